"""A browser without a screen, and a program: both speak to the gateway as WSGI, nothing in between."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote, unquote_to_bytes, urlencode
from wsgiref.validate import validator

HOST = "zwfw.wanglan.example"
BASE = f"https://{HOST}"
BOUNDARY = "frontdoor"


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    fields: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def header(self, name: str) -> str:
        return next((value for key, value in self.fields if key.lower() == name.lower()), "")

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.fields if key.lower() == name.lower()]

    @property
    def kind(self) -> str:
        return self.header("Content-Type").split(";")[0]

    @property
    def errors(self) -> list[str]:
        """The messages of the error summary."""
        box = re.search(r'<div class="errs".*?</ul></div>', self.text, re.S)
        return re.findall(r"<li>(?:<a[^>]*>)?(.*?)(?:</a>)?</li>", box[0], re.S) if box else []

    @property
    def forms(self) -> list[Form]:
        reader = FormReader()
        reader.feed(self.text)
        return reader.forms


@dataclass
class Form:
    """One form of a page, filled in as the page came."""

    action: str
    multipart: bool
    values: dict[str, list[str]] = field(default_factory=dict)
    offered: dict[str, list[str]] = field(default_factory=dict)


class FormReader(HTMLParser):
    """The forms of a page: what each would send as it stands, and what it offers."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._named: dict[str, Form] = {}
        self._waiting: dict[str, list[tuple[str, Mapping[str, str]]]] = {}
        self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(told.get("action", ""), "multipart" in told.get("enctype", "")))
            self._named[told.get("id", "")] = self.forms[-1]
            for early in self._waiting.pop(told.get("id", ""), []):
                self._control(*early, self.forms[-1])
        elif tag in ("input", "textarea", "button", "select") and told.get("name"):
            self._belonging(tag, told)

    def _belonging(self, tag: str, told: Mapping[str, str]) -> None:
        """A control is of the form it names, which may come after it, or of the one it stands in."""
        if "form" not in told and self.forms:
            self._control(tag, told, self.forms[-1])
        elif told.get("form") in self._named:
            self._control(tag, told, self._named[told["form"]])
        elif "form" in told:
            self._waiting.setdefault(told["form"], []).append((tag, told))

    def _control(self, tag: str, told: Mapping[str, str], form: Form) -> None:
        name = told["name"]
        form.offered.setdefault(name, []).append(told.get("value", ""))
        ticked = told.get("type") not in ("radio", "checkbox") or "checked" in told
        if tag == "input" and told.get("type") != "file" and ticked:
            form.values.setdefault(name, []).append(told.get("value", ""))
        self._area = name if tag == "textarea" else ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.forms[-1].values.setdefault(self._area, []).append(data.removeprefix("\n"))
            self._area = ""


class Caller:
    """A program: sends what it is told, remembers nothing. `strict` watches both sides keep to WSGI."""

    def __init__(self, gateway: Any, *, strict: bool = True) -> None:
        self._gateway: Any = validator(gateway) if strict else gateway

    def send(
        self, method: str, path: str, *, body: bytes = b"", kind: str = "", query: str = "",
        length: str | None = None, headers: Mapping[str, str] | None = None, peer: str = "192.0.2.7",
    ) -> Answer:  # fmt: skip
        path, _, inline = path.partition("?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method, "SCRIPT_NAME": "", "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query or inline, "SERVER_NAME": HOST, "SERVER_PORT": "443", "HTTP_HOST": HOST,
            "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": peer, "wsgi.version": (1, 0),
            "wsgi.url_scheme": "https", "wsgi.input": io.BytesIO(body), "wsgi.errors": io.StringIO(),
            "wsgi.multithread": True, "wsgi.multiprocess": True, "wsgi.run_once": False,
        }  # fmt: skip
        if kind:
            environ["CONTENT_TYPE"] = kind
        if length != "absent":
            environ["CONTENT_LENGTH"] = str(len(body)) if length is None else length
        environ |= {
            f"HTTP_{name.upper().replace('-', '_')}": value for name, value in (headers or {}).items()
        }
        return self._called(environ)

    def _called(self, environ: dict[str, Any]) -> Answer:
        told: list[Any] = []
        out = self._gateway(environ, lambda status, fields, exc=None: told.append((status, fields)))
        try:
            body = b"".join(out)
        finally:
            getattr(out, "close", bool)()
        status, fields = told[0]
        for name, value in fields:
            f"{name}: {value}".encode("latin-1")  # as a server must
        return Answer(int(status.split()[0]), tuple(fields), body)

    def get(self, path: str, **headers: str) -> Answer:
        return self.send("GET", path, headers=headers)

    def call(self, path: str, value: Any, *, token: str = "", **headers: str) -> Answer:
        """A JSON request with a bearer token."""
        body = value if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False).encode()
        return self.send(
            "POST", path, body=body, kind="application/json", headers={**bearer(token), **headers}
        )

    def read(self, path: str, token: str = "") -> Answer:
        return self.send("GET", path, headers=bearer(token))


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}


class Browser(Caller):
    """Keeps cookies, fills in forms, follows where it is sent within the site."""

    def __init__(self, gateway: Any) -> None:
        super().__init__(gateway)
        self.cookies: dict[str, str] = {}

    def send(self, method: str, path: str, **more: Any) -> Answer:  # type: ignore[override]
        jar = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {**({"Cookie": jar} if jar else {}), **(more.pop("headers", None) or {})}
        answer = super().send(method, path, headers=headers, **more)
        for line in answer.all("Set-Cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
            if "Max-Age=0" in line:
                del self.cookies[name]
        return answer

    def follow(self, answer: Answer) -> Answer:
        while answer.status == 303:
            answer = self.get(answer.header("Location").removeprefix(BASE).partition("#")[0])
        return answer

    def open(self, path: str) -> Answer:
        return self.follow(self.get(path))

    def post(self, path: str, fields: Mapping[str, Any], **headers: str) -> Answer:
        body = urlencode(fields, doseq=True).encode()
        return self.send("POST", path, body=body, kind="application/x-www-form-urlencoded", headers=headers)

    def attach(self, path: str, fields: Mapping[str, str], name: str, data: bytes) -> Answer:
        body, kind = multipart(fields, name, data)
        return self.send("POST", path, body=body, kind=kind)

    def fill(self, page: Answer, fields: Mapping[str, Any], *, has: str, go: str = "") -> Answer:
        """Fills in the form that has a control of that name, and presses its button."""
        form = next(form for form in page.forms if has in form.offered)
        missing = set(fields) - set(form.offered)
        assert not missing, f"the page has no {missing}"
        return self.follow(self.post(form.action, {**form.values, **fields, **({"_go": go} if go else {})}))

    def choose_file(self, page: Answer, slot: str, name: str, data: bytes) -> Answer:
        form = next(form for form in page.forms if form.multipart and form.values["_slot"] == [slot])
        plain = {key: values[0] for key, values in form.values.items()}
        return self.follow(self.attach(form.action, {**plain, "_go": "upload"}, name, data))

    def sign_in(self, sub: str, *, to: str = "/me/") -> Answer:
        away = self.get(f"/signin?next={quote(to)}")
        assert away.status == 303, away.text
        return self.back_from_provider(away, sub)

    def back_from_provider(self, away: Answer, sub: str) -> Answer:
        """What the provider's redirect does; the stand-in takes the person's id for a code."""
        state = re.search(r"[?&]state=([^&]+)", away.header("Location"))
        nonce = re.search(r"[?&]nonce=([^&]+)", away.header("Location"))
        assert state and nonce
        return self.follow(self.get(f"/signin/callback?code={sub}.{nonce[1]}&state={state[1]}"))

    @property
    def token(self) -> str:
        """The CSRF token that the forms of a signed-in session carry."""
        form = next(form for form in self.get("/me/").forms if "_csrf" in form.values)
        return form.values["_csrf"][0]


def multipart(fields: Mapping[str, str], name: str, data: bytes) -> tuple[bytes, str]:
    """A multipart body with one file, and its content type. The name goes in as browsers write it."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
        for key, value in fields.items()
    ]
    safe = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{safe}"\r\nContent-Type: image/png\r\n\r\n'
    body = "".join(parts).encode() + head.encode() + data + f"\r\n--{BOUNDARY}--\r\n".encode()
    return body, f"multipart/form-data; boundary={BOUNDARY}"


def without(answer: Answer, *names: str) -> Answer:
    """The answer without some headers, for comparing."""
    return replace(answer, fields=tuple(pair for pair in answer.fields if pair[0].lower() not in names))
