"""A development identity provider: the sample people, one click each. Never for production."""

from __future__ import annotations

import json
import logging
import sys
import time
import warnings
from collections import deque
from collections.abc import Callable
from pathlib import Path

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the provider's own dependencies announce their next versions
    from oidc_provider_mock import User, init_app

from flask import Flask, Response, request
from werkzeug.serving import make_server

HERE = Path(__file__).parent
PEOPLE = HERE.parent / "sample" / "people.json"
WRONG, SECONDS = 20, 900  # as many wrong codes as the portal lets one address bring back


def provider(clock: Callable[[], float] = time.monotonic) -> Flask:
    """The provider with the sample people and our page to choose one; its remote debugger stays off.

    There is no password to guess here. Codes that were not given out are refused, and after too many of them
    everybody waits: a client that tries wrong codes in a loop is noticed in development already.
    """
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
    return _patient(app, clock)


def _patient(app: Flask, clock: Callable[[], float]) -> Flask:
    """The same, refusing codes for a while after too many wrong ones."""
    wrong: deque[float] = deque(maxlen=WRONG)

    @app.before_request
    def wait() -> Response | None:
        left = SECONDS - (clock() - wrong[0]) if len(wrong) == WRONG else 0
        if request.path != "/oauth2/token" or left <= 0:
            return None
        return Response("Too many wrong codes.\n", 429, {"Retry-After": str(int(left) + 1)})

    @app.after_request
    def count(answer: Response) -> Response:
        if request.path == "/oauth2/token" and answer.status_code in (400, 401):
            wrong.append(clock())
        return answer

    return app


def main(port: int) -> None:
    """Serves until stopped."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    make_server("127.0.0.1", port, provider(), threaded=True).serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]))
