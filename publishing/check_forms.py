"""A guide's form: there when something needs it, sound, and in step with the guide."""

from __future__ import annotations

from collections.abc import Iterator

from publishing.faults import Fault, Found, shown
from publishing.location import pointer_steps
from publishing.sources import Content, Document, JsonFile, takes_applications
from schemas.form_lint import lint
from schemas.form_rules import Problem


def faults(content: Content, guide: Document) -> Iterator[Fault]:
    """Findings in the guide, the form schema or its English overlay."""
    name = guide.front.get("form", guide.id)
    form, overlay = content.form(name), content.form(name, suffix="en")
    if form.data is None and not _needs_form(guide):
        return
    if form.data is None:
        yield guide.fault(Found(("form",), f"找不到表单 {shown(form.path)}，请新建，或者改正 form"))
        return
    if overlay.data is None:
        yield guide.fault(Found(("form",), f"找不到表单的英文 {shown(overlay.path)}，请新建"))
    files: dict[str, Document | JsonFile] = {"form": form, "overlay": overlay, "guide": guide}
    for problem in _problems(content, form, overlay, guide):
        yield files[problem.part].fault(Found(pointer_steps(problem.pointer), problem.message))


def _problems(content: Content, form: JsonFile, overlay: JsonFile, guide: Document) -> tuple[Problem, ...]:
    """What lint says; asked once for all guides that share a form and everything that speaks of its fields."""
    materials = guide.front.get("materials")
    when = (
        [one.get("when") for one in materials if isinstance(one, dict)]
        if isinstance(materials, list)
        else materials
    )
    key = form.path, overlay.path, repr((when, guide.front.get("fees"), guide.front.get("process")))
    known = content.linted.get(key)
    if known is None or known[0] is not form or known[1] is not overlay:
        known = content.linted[key] = form, overlay, lint(form.data, overlay.data, guide.front)
    return known[2]


def _needs_form(guide: Document) -> bool:
    """Online items need one, and so do materials asked for by an answer (`when`)."""
    materials = guide.front.get("materials", [])
    return takes_applications(guide.front) or "form" in guide.front or any("when" in one for one in materials)
