"""The Chalice application: each route of the table, registered for Chinese and English."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextvars import ContextVar
from functools import cache, cached_property
from typing import Any
from urllib.parse import unquote

from chalice import Chalice, Rate, Response
from chalicelib import clock, logs, settings
from chalicelib.house import House, build
from chalicelib.http.door import answer
from chalicelib.http.elsewhere import nowhere, published_instead, wrong_method
from chalicelib.http.reply import Reply
from chalicelib.http.routes import ROUTES, Route
from chalicelib.interfaces.courier import send_due as send_outside
from chalicelib.jobs.answers import tell_askers
from chalicelib.jobs.due_soon import remind_applicants
from chalicelib.jobs.forget import forget
from chalicelib.jobs.loop import courier, deliver_all, outward
from chalicelib.jobs.release import release
from chalicelib.jobs.sweep import sweep
from chalicelib.jobs.watch import remind, sweep_lights
from chalicelib.notify.post import send_due
from chalicelib.router import Router


class PortalApp(Chalice):
    """Chalice keeps the request on the app object; under threads it must belong to the request instead."""

    elsewhere: Callable[[str, str, dict[str, Any], set[str]], Response]
    _request: ContextVar[Any] = ContextVar("request", default=None)
    _context: ContextVar[Any] = ContextVar("context", default=None)
    current_request = property(lambda self: self._request.get(), lambda self, value: self._request.set(value))
    lambda_context = property(lambda self: self._context.get(), lambda self, value: self._context.set(value))

    @cached_property
    def _router(self) -> Router:
        return Router(self.routes)

    def __call__(self, event: dict[str, Any], context: Any) -> Any:
        """One request. API Gateway hands over every address as one resource: routes are found here."""
        if event.get("resource") not in ANYWHERE:
            return super().__call__(event, context)
        method, path = event["httpMethod"], _path(event["requestContext"])
        pattern, params = self._router.match(path)
        views = self.routes[pattern] if pattern else {}
        verb = "GET" if method == "HEAD" else method
        if verb not in views:
            return self.elsewhere(method, path, event, set(views)).to_dict(self.api.binary_types)
        answer = super().__call__(_routed(event, verb, pattern or "", params), context)
        return answer | {"body": ""} if method == "HEAD" else answer


ANYWHERE = ("/", "/{proxy+}")  # the resources of API Gateway, as deploying sets it up
BINARY = ["multipart/form-data", "application/octet-stream", "application/pdf", "image/jpeg", "image/png"]


@cache
def house() -> House:
    """The house of this process, built when the first request needs it."""
    logs.begin()
    return build(settings.read(os.environ), clock=clock.now)


def portal(house: Callable[[], House]) -> PortalApp:
    """An application with every route of the table; `house` is asked for at each request."""
    made = PortalApp(app_name="banshi", configure_logs=False)  # chalicelib.logs does
    made.api.binary_types = list(BINARY)
    made.elsewhere = lambda *what: _response(_elsewhere(house(), *what))
    for route in ROUTES:
        _register(made, house, route, "zh")
        if route.both:
            _register(made, house, route, "en")
    return made


def _register(made: PortalApp, house: Callable[[], House], route: Route, lang: str) -> None:
    def view(**params: str) -> Response:
        here, raw = house(), _raw(made.current_request, route, params, lang)
        return _response(published_instead(here, raw, answer(route, here, raw)))

    path = f"/en{route.path}" if lang == "en" else route.path
    view.__name__ = f"{route.handler.__module__.rpartition('.')[2]}_{route.handler.__name__}_{lang}"
    # No content types: the door refuses with a page or a problem, Chalice would with bare JSON.
    made.route(path, methods=[route.method], name=view.__name__, content_types=[])(view)


def _raw(request: Any, route: Route, params: dict[str, str], lang: str) -> dict[str, Any]:
    path = _path(request.context)
    return {
        "method": route.method,
        "path": path.removeprefix("/en") if lang == "en" else path,
        "lang": lang,
        "params": params,
        "query": dict(request.query_params or {}),
        "peer": str((request.context.get("identity") or {}).get("sourceIp") or ""),
        "headers": {name.lower(): value for name, value in request.headers.items()},
        "body": request.raw_body or b"",
    }


def _path(context: dict[str, Any]) -> str:
    """The path as the visitor typed it: API Gateway puts its stage before it."""
    path: str = context.get("path", "/")
    stage = f"/{context.get('stage', '')}"
    return path.removeprefix(stage) or "/" if path.startswith(f"{stage}/") else path


def _routed(event: dict[str, Any], verb: str, pattern: str, params: dict[str, str]) -> dict[str, Any]:
    """The event as it would be if API Gateway itself knew the route. Chalice holds back files from callers whose
    Accept does not name their type, which no browser's does for a PDF: so it is told that they take anything."""
    context = event["requestContext"] | {"resourcePath": pattern, "httpMethod": verb}
    plain = {name: unquote(value) for name, value in params.items()}
    return event | {
        "resource": pattern,
        "pathParameters": plain,
        "httpMethod": verb,
        "requestContext": context,
    }


def _elsewhere(house: House, method: str, path: str, event: dict[str, Any], known: set[str]) -> Reply:
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    return wrong_method(house, path, headers, known) if known else nowhere(house, method, path, headers)


def _response(reply: Reply) -> Response:
    headers: dict[str, Any] = {"Content-Type": reply.content_type, **dict(reply.headers)}
    if reply.cookies:
        headers["Set-Cookie"] = list(reply.cookies)
    is_text = reply.content_type.endswith("charset=utf-8")
    return Response(reply.body.decode() if is_text else reply.body, headers, reply.status)


app = portal(house)


@app.schedule(Rate(5, unit=Rate.MINUTES))
def sweep_cases(event: Any) -> None:
    """What happens by itself: limits that passed (行政许可法 32), lights that change, the next items of packages,
    files that nothing uses any more, reminders to applicants."""
    sweep_all(house())


@app.schedule(Rate(1, unit=Rate.MINUTES))
def deliver_notices(event: Any) -> None:
    """The outbox, reminders to staff, then the post and other systems."""
    send_all(house())


def sweep_all(here: House) -> None:
    """The work of sweep_cases in one house."""
    sweep(here.desk, now=here.clock())
    sweep_lights(here.desk, now=here.clock())
    release(here.desk, now=here.clock())
    forget(here.store, now=here.clock())
    remind_applicants(here.desk, now=here.clock(), outward=outward(here))


def send_all(here: House) -> None:
    """The work of deliver_notices in one house."""
    deliver_all(here)
    remind(here.store, here.staff, now=here.clock())
    tell_askers(here.store, now=here.clock(), outward=outward(here))
    send_due(here.store, here.ways, now=here.clock())
    send_outside(courier(here), now=here.clock())
