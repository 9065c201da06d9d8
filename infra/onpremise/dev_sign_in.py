"""A development identity provider: the sample people, one click each. Never for production."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from oidc_provider_mock import User, app
from werkzeug.serving import make_server

PEOPLE = Path(__file__).parents[1] / "sample" / "people.json"


def main(port: int) -> None:
    """Serves until stopped."""
    people = json.loads(PEOPLE.read_text("utf-8"))
    users = [User(sub=person["sub"], claims={k: v for k, v in person.items() if k not in ("sub", "about")}) for person in people]
    make_server("127.0.0.1", port, app(require_nonce=True, user_claims=users), threaded=True).serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]))
