"""Who is asking: a browser session in a signed cookie, or a bearer token. Nothing is kept on the server."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.cookies import CookieError, SimpleCookie
from typing import Any

from schemas.formats import is_mobile, is_resident_id, mobile, squeezed

from .. import jose
from ..domain.case import Actor
from ..domain.lifecycle import APPLICANT
from ..keys import Keys

COOKIE = "banshi"
LASTS = timedelta(hours=8)
_FRESH = 60  # seconds a cookie's last sight may lie back before it is written again
_SEAL = {"alg": "dir", "enc": "A256GCM"}
_CLAIMS = ("name", "id_number", "phone_number")


@dataclass(frozen=True, slots=True)
class Visitor:
    """A visitor. `session` names the browser session, `before` the one it was before signing in.

    `assurance` is how surely the provider knows the person (实名等级); 0 for nobody in particular.
    `since` and `seen` are when they signed in and when their cookie was last written, in Unix seconds.
    `sealed` is what the provider told of the person, for filling in forms: encrypted, since cookies lie about.
    """

    session: str = ""
    before: str = ""
    sub: str = ""
    name: str = ""
    assurance: int = 0
    staff: Actor | None = None
    sealed: str = ""
    since: int = 0
    seen: int = 0

    @property
    def sessions(self) -> frozenset[str]:
        """The sessions whose drafts are this visitor's."""
        return frozenset(name for name in (self.session, self.before) if name)

    @property
    def citizen(self) -> Actor:
        """This person as an applicant."""
        return Actor(self.sub, self.name, frozenset({APPLICANT}))


NOBODY = Visitor()


def begun(visitor: Visitor) -> Visitor:
    """The visitor with a browser session, a new one if there was none."""
    return visitor if visitor.session else Visitor(session=secrets.token_urlsafe(18))


def write(visitor: Visitor, keys: Keys, *, now: datetime, secure: bool) -> str:
    """The Set-Cookie value for this session: from signing in it lasts eight hours, however busy it is."""
    since = datetime.fromtimestamp(visitor.since, now.tzinfo) if visitor.sub and visitor.since else now
    claims = {
        "sid": visitor.session,
        "was": visitor.before,
        "sub": visitor.sub,
        "name": visitor.name,
        "loa": visitor.assurance,
        **({"kn": visitor.sealed} if visitor.sealed else {}),
        "at": int(since.timestamp()),
        "seen": int(now.timestamp()),
        "exp": int((since + LASTS).timestamp()),
    }
    return cookie(COOKIE, jose.jwt.encode({"alg": "HS256"}, claims, _key(keys)), secure=secure)


def seal(facts: Mapping[str, str], keys: Keys) -> str:
    """Facts about a person that only this house can read again."""
    plain = json.dumps(facts, ensure_ascii=False).encode()
    return jose.jwe.encrypt_compact(_SEAL, plain, jose.OctKey.import_key(keys.key("known"))) if facts else ""


def known(visitor: Visitor, keys: Keys) -> dict[str, str]:
    """What the provider told of the person: name, id_no, phone, as far as it did."""
    if not visitor.sealed:
        return {}
    for key in keys.keys("known"):
        try:
            plain = jose.jwe.decrypt_compact(visitor.sealed, jose.OctKey.import_key(key)).plaintext
        except (jose.JoseError, ValueError):
            continue
        return dict(json.loads(plain or b"{}"))
    return {}


def facts_of(claims: Mapping[str, Any]) -> dict[str, str]:
    """The usable facts among a provider's claims, in our forms' own formats; anything else is left out."""
    name, id_no, phone = (str(claims.get(claim) or "")[:100].strip() for claim in _CLAIMS)
    told = {"name": name, "id_no": squeezed(id_no), "phone": mobile(phone)}
    sound = (2 <= len(name) <= 50, is_resident_id(told["id_no"]), is_mobile(told["phone"]))
    return {key: text for (key, text), usable in zip(told.items(), sound, strict=True) if usable}


def erase(*, secure: bool, name: str = COOKIE) -> str:
    """The Set-Cookie value that ends a session."""
    return f"{cookie(name, '', secure=secure)}; Max-Age=0"


def cookie(name: str, value: str, *, secure: bool) -> str:
    """A cookie that scripts cannot read and other sites cannot send with a post."""
    return f"{name}={value}; Path=/; HttpOnly; SameSite=Lax{'; Secure' if secure else ''}"


def read(headers: Mapping[str, str], keys: Keys, *, now: datetime, idle: timedelta) -> dict[str, Any] | None:
    """The claims of the session cookie; None when it is absent, forged, over, or signed in and idle too long."""
    value = cookie_value(headers, COOKIE)
    if not value:
        return None
    claims = signed(value, keys.keys("session"))
    if claims is None or claims.get("exp", 0) <= now.timestamp():
        return None
    left_alone = claims.get("sub") and claims.get("seen", 0) + idle.total_seconds() <= now.timestamp()
    return None if left_alone else claims


def refreshed(visitor: Visitor, keys: Keys, *, now: datetime, secure: bool) -> str | None:
    """A newer cookie for somebody signed in by cookie who is at work; None when theirs is fresh."""
    at_work = visitor.session and visitor.sub and now.timestamp() - visitor.seen >= _FRESH
    return write(visitor, keys, now=now, secure=secure) if at_work else None


def signed(value: str, ours: Iterable[bytes]) -> dict[str, Any] | None:
    """The claims of a token that one of our keys signed."""
    for key in ours:
        try:
            return dict(jose.jwt.decode(value, jose.OctKey.import_key(key), algorithms=["HS256"]).claims)
        except (jose.JoseError, ValueError):
            continue
    return None


def cookie_value(headers: Mapping[str, str], name: str) -> str:
    """One cookie of a request; nothing when the header is broken."""
    try:
        jar = SimpleCookie(headers.get("cookie", "")[:8192])
    except CookieError:
        return ""
    return jar[name].value if name in jar else ""


def csrf(visitor: Visitor, keys: Keys) -> str:
    """The token that a form of this session carries; another one each time, so that compression tells nothing."""
    salt = secrets.token_urlsafe(9)
    return f"{salt}.{keys.mark('csrf', visitor.session, salt)}"


def csrf_holds(token: str, visitor: Visitor, keys: Keys) -> bool:
    """Whether a posted token belongs to this session."""
    salt, _, mark = token.partition(".")
    return bool(visitor.session) and keys.holds(mark, "csrf", visitor.session, salt)


def _key(keys: Keys) -> Any:
    return jose.OctKey.import_key(keys.key("session"))
