"""A development identity provider: the sample people, one click each. Never for production."""

from __future__ import annotations

import json
import logging
import sys
import warnings
from pathlib import Path

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the provider's own dependencies announce their next versions
    from oidc_provider_mock import User, init_app

from flask import Flask
from werkzeug.serving import make_server

HERE = Path(__file__).parent
PEOPLE = HERE.parent / "sample" / "people.json"


def provider() -> Flask:
    """The provider with the sample people and our page to choose one; its remote debugger stays off."""
    people = json.loads(PEOPLE.read_text("utf-8"))
    app = Flask(__name__, template_folder=str(HERE / "sign_in"))
    app.secret_key = "development only"
    plain = app.wsgi_app
    users = [
        User(sub=one["sub"], claims={key: one[key] for key in one if key not in ("sub", "about")})
        for one in people
    ]
    init_app(app, require_nonce=True, user_claims=users)
    app.wsgi_app, app.debug = plain, False  # type: ignore[method-assign]
    app.jinja_env.globals["people"] = people
    return app


def main(port: int) -> None:
    """Serves until stopped."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    make_server("127.0.0.1", port, provider(), threaded=True).serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]))
