"""A page of a real browser that notices anything an attack could have done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Browser, Page

from tests.http.stand_in import Town

STRANGE = """() => {
  const own = location.origin;
  const bad = [];
  for (const e of document.querySelectorAll('*')) {
    const tag = e.localName;
    for (const a of e.attributes) {
      if (a.name.startsWith('on')) bad.push(`${tag} ${a.name}`);
      if (['href', 'src', 'action', 'formaction', 'data'].includes(a.name)) {
        const to = new URL(a.value || '/', location.href);
        const fine = to.origin === own || to.protocol === 'tel:' || a.value.startsWith('data:image/');
        const link = tag === 'a' && ['http:', 'https:'].includes(to.protocol) && to.hostname !== 'evil.example';
        if (!fine && !link) bad.push(`${tag} ${a.name}=${a.value}`);
      }
      if (['srcdoc', 'autofocus'].includes(a.name) || (a.name === 'style' && /url|evil/.test(a.value))) bad.push(`${tag} ${a.name}`);
    }
    if (['iframe', 'object', 'embed', 'base', 'video', 'audio', 'math', 'marquee', 'style', 'template', 'xmp',
         'plaintext'].includes(tag)) bad.push(tag);
    if (tag === 'script' && !new URL(e.src || 'x:').pathname.startsWith('/static/')) bad.push('script ' + (e.src || e.textContent.slice(0, 80)));
    if (tag === 'meta' && e.httpEquiv && e.httpEquiv !== 'X-UA-Compatible') bad.push('meta ' + e.httpEquiv);
    if (['foreignObject', 'animate', 'use'].includes(tag) && !e.closest('[aria-hidden]')) bad.push(tag);
  }
  if (typeof top.X !== 'undefined') bad.push('a script ran');
  if (document.querySelectorAll('h1').length !== 1) bad.push('h1');
  return bad;
}"""

ARRIVED = "() => document.readyState === 'complete' && document.querySelector('main:not([data-before])')"


class Watched:
    """One page, signed in as somebody; `seen` holds everything that should not have happened."""

    def __init__(self, browser: Browser, town: Town, base: str, who: str) -> None:
        self.base, self.town = base, town
        self.context = browser.new_context(locale="zh-CN")
        if who:
            cookie = town.browser(who).cookies["banshi"]
            self.context.add_cookies([{"name": "banshi", "value": cookie, "url": base}])
        self.page: Page = self.context.new_page()
        self.seen: list[str] = []
        self.page.on("dialog", self._dialog)
        self.page.on("pageerror", lambda error: self.seen.append(f"script error: {error}"))
        self.page.on("console", self._said)
        self.page.on("request", self._asked)

    def open(self, path: str) -> str:
        """Goes there, looks for anything strange, and gives the text that people read."""
        self.page.goto(self.base + path)
        return self.look(path)

    def send(self, press: Callable[[], object]) -> None:
        """Presses something that leads on, and waits for what comes: a new page, or a new part of this one."""
        self.page.evaluate("document.querySelector('main').dataset.before = ''")
        press()
        self.page.wait_for_function(ARRIVED)

    def look(self, where: str) -> str:
        strange = [*self.seen, *self.page.evaluate(STRANGE)]
        self.seen.clear()
        assert strange == [], (where, strange)
        return self.page.inner_text("body")

    def _dialog(self, dialog: Any) -> None:
        self.seen.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _said(self, message: Any) -> None:
        if message.type in ("error", "warning") and "status of 4" not in message.text:
            self.seen.append(f"console: {message.text}")

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((self.base, "data:image/")):
            self.seen.append(f"request: {request.url}")
