"""The look both halves share: Jinja environment, strings in two languages, hashed assets."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

FOLDER = Path(__file__).parent
LANGUAGES = ("zh", "en")
SHANGHAI = ZoneInfo("Asia/Shanghai")
IN_ENGLISH = {"/": "/en/", "/status/": "/en/status/"}


def render(template: str, *, lang: str, **context: Any) -> str:
    """One page as HTML; the environment is made once."""
    return _shared().get_template(template).render(L=strings(lang), lang=lang, **context)


@cache
def _shared() -> Environment:
    return environment()


def environment(*, asset_base: str = "/static", base: type[Environment] = Environment) -> Environment:
    """A strict, escaping environment: a name a template needs and nobody gave is an error."""
    env = base(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters.update(dt=_moment, day=_day, num=_grouped)
    env.globals.update(
        asset=_address(asset_base),
        navigation=navigation,
        footer_links=footer_links,
        site_name=site_name,
    )
    return env


@cache
def strings(lang: str) -> Mapping[str, str]:
    """Every visible text of the templates in one language ("zh" or "en"), read-only."""
    return MappingProxyType(json.loads((FOLDER / "strings" / f"{lang}.json").read_text("utf-8")))


@cache
def assets() -> dict[str, str]:
    """File name -> name that carries the content's hash, so that it may be cached for ever."""
    return {path.name: _hashed(path) for path in sorted((FOLDER / "static").iterdir()) if path.is_file()}


def write_assets(target: Path) -> None:
    """Copies every asset under its hashed name."""
    target.mkdir(parents=True, exist_ok=True)
    for name, hashed in assets().items():
        (target / hashed).write_bytes(_shipped(FOLDER / "static" / name))


def _hashed(path: Path) -> str:
    return f"{path.stem}.{hashlib.sha256(_shipped(path)).hexdigest()[:10]}{path.suffix}"


def _shipped(path: Path) -> bytes:
    """What readers fetch: style sheets and scripts go without their comments and indents."""
    data = path.read_bytes()
    if path.suffix == ".js":
        return re.sub(rb"(?m)^\s*//.*\n|^[ \t]+|\s+//(?= ).*$", b"", data)
    if path.suffix != ".css":
        return data
    bare = re.sub(rb"/\*.*?\*/\s*", b"", data, flags=re.DOTALL)
    return re.sub(rb";?\s*}\s*", b"}", re.sub(rb"\n\s+", b"\n", bare))


def _address(base: str) -> Callable[[str], str]:
    return lambda name: f"{base}/{assets()[name]}"


def site_name(site: Mapping[str, Any], lang: str) -> str:
    """The site's name in the page's language."""
    return str(_named(site["site"], lang))


def navigation(
    site: Mapping[str, Any], lang: str, desk: Sequence[Mapping[str, str]] | None = None
) -> list[dict[str, str]]:
    """The main menu; in English only what has an English page. `desk` is the menu of a page of the desk."""
    texts = strings(lang)
    if desk is not None:
        own = [{"url": entry["url"], "name": texts[entry["key"]]} for entry in desk]
        return [*own, {"url": texts["home_url"], "name": texts["public_site"]}]
    if lang == "zh":
        return [{"url": entry["url"], "name": entry["name"]} for entry in site["nav"]]
    english = [entry for entry in site["nav"] if entry["url"] in IN_ENGLISH]
    return [{"url": IN_ENGLISH[entry["url"]], "name": entry["name_en"]} for entry in english]


def footer_links(site: Mapping[str, Any], lang: str) -> list[dict[str, str]]:
    """The site's own footer entries (site.yaml, `footer`) after the site map."""
    own = [{"url": entry["url"], "name": _named(entry, lang)} for entry in site.get("footer", ())]
    return [{"url": "/sitemap/", "name": strings(lang)["site_map"]}, *own]


def _named(entry: Mapping[str, Any], lang: str) -> str:
    return str(entry["name"] if lang == "zh" else entry.get("name_en") or entry["name"])


@pass_context
def _moment(context: Context, value: datetime | str, after: datetime | str | None = None) -> str:
    """2026年11月23日 15:40 in Shanghai; only the time when `after` is the same day."""
    instant = _local(value)
    clock = f"{instant:%H:%M}"
    if after is not None and _local(after).date() == instant.date():
        return clock
    joint = " " if context["lang"] == "zh" else ", "
    return _written(instant.date(), context["lang"]) + joint + clock


@pass_context
def _day(context: Context, value: date | datetime | str) -> str:
    """2026年11月23日; an instant is taken as its day in Shanghai."""
    if isinstance(value, str) and len(value) == len("2026-11-23"):
        return _written(date.fromisoformat(value), context["lang"])
    is_plain_date = isinstance(value, date) and not isinstance(value, datetime)
    return _written(value if is_plain_date else _local(value).date(), context["lang"])  # type: ignore[arg-type]


def _local(value: datetime | str) -> datetime:
    instant = datetime.fromisoformat(value) if isinstance(value, str) else value
    if instant.tzinfo is None:
        raise ValueError(f"an instant needs its offset: {value!r}")
    return instant.astimezone(SHANGHAI)


def _written(day: date, lang: str) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if lang == "zh" else f"{day.day} {day:%b} {day.year}"


def _grouped(text: str, size: int = 4) -> str:
    """Long numbers in groups of four, for reading aloud."""
    bare = str(text).replace("-", "").replace(" ", "")
    return " ".join(bare[at : at + size] for at in range(0, len(bare), size))
