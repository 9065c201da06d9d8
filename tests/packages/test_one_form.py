"""One form for several items: shared questions once, the rest asked by the item that needs it, split again at the end."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.forms import Form, lint
from schemas.package_form import Part, compose, overlay_of, project
from schemas.packages import Packages
from tests.packages import life

TODAY = date(2026, 11, 23)
YES_NO = [{"const": "yes", "title": "是"}, {"const": "no", "title": "否"}]


def text(title: str) -> dict[str, Any]:
    return {"type": "string", "title": title, "minLength": 1, "maxLength": 20}


def choice(title: str) -> dict[str, Any]:
    return {"type": "string", "title": title, "oneOf": YES_NO}


def schema(
    pages: dict[str, list[str]], fields: dict[str, Any], rules: list[tuple[str, str, dict[str, Any]]]
) -> dict[str, Any]:
    return {
        "title": "表", "type": "object", "properties": fields, "required": list(fields), "unevaluatedProperties": False,
        "x-pages": [{"id": key, "title": key, "fields": names} for key, names in pages.items()],
        "allOf": [
            {"if": {"properties": {control: {"const": value}}, "required": [control]},
             "then": {"properties": then, "required": list(then)}}
            for control, value, then in rules
        ],
    }  # fmt: skip


PROMISE = {"const": True, "title": "保证", "x-widget": "declare"}
SHARED = schema(
    {"who": ["name", "agent"], "extra": ["account"], "last": ["promise"]},
    {"name": text("姓名"), "agent": choice("代办"), "account": text("账号"), "promise": PROMISE},
    [("agent", "yes", {"agent_name": text("代办人")})],
)
ITEM = schema(
    {"one": ["holder", "agent"], "two": ["kind", "colour", "done"]},
    {
        "holder": text("持有人"),
        "agent": choice("代办"),
        "kind": choice("种类"),
        "colour": text("颜色"),
        "done": PROMISE,
    },
    [
        ("agent", "yes", {"agent_name": text("代办人"), "agent_phone": text("代办人电话")}),
        ("kind", "yes", {"seats": text("座位")}),
        ("kind", "no", {"reason": text("原因")}),
    ],
)
SHARE = {"holder": "name", "agent": "agent", "agent_name": "agent_name", "done": "promise"}


def made(**changes: Any) -> dict[str, Any]:
    part = Part(**{"key": "k", "title": "事项", "schema": ITEM, "share": SHARE, "fixed": {}, **changes})
    return compose(SHARED, [part], choice=None, joint="：")


def pages_of(composed: dict[str, Any]) -> dict[str, list[str]]:
    return {page["id"]: page["fields"] for page in composed["x-pages"]}


@pytest.mark.parametrize(
    ("changes", "pages"),
    [
        ({}, {"who": ["name", "agent"], "k.two": ["k.kind", "k.colour"], "last": ["promise"]}),
        (
            {"fixed": {"kind": "yes"}},
            {"who": ["name", "agent"], "k.two": ["k.seats", "k.colour"], "last": ["promise"]},
        ),
        (
            {"fixed": {"kind": "no"}},
            {"who": ["name", "agent"], "k.two": ["k.reason", "k.colour"], "last": ["promise"]},
        ),
        (
            {"share": {"holder": "name"}},
            {
                "who": ["name"],
                "k.one": ["k.agent"],
                "k.two": ["k.kind", "k.colour", "k.done"],
                "last": ["promise"],
            },
        ),
        (
            {"share": {**SHARE, "colour": "account"}},
            {"who": ["name", "agent"], "extra": ["account"], "k.two": ["k.kind"], "last": ["promise"]},
        ),
    ],
)
def test_a_question_is_asked_once_and_only_if_somebody_needs_it(
    changes: dict[str, Any], pages: dict[str, list[str]]
) -> None:
    assert pages_of(made(**changes)) == pages


def test_a_branch_under_a_shared_question_opens_there() -> None:
    form = Form(made())
    assert form.names(0) == ("name", "agent", "agent_name", "k.agent_phone")
    given = {
        "name": "林",
        "agent": "yes",
        "agent_name": "周",
        "k.kind": "yes",
        "k.seats": "2",
        "k.colour": "红",
        "promise": True,
    }
    assert [fault.field for fault in form.faults(given, today=TODAY)] == ["k.agent_phone"]
    assert form.faults({**given, "agent": "no"}, today=TODAY) == ()


def test_a_fixed_answer_settles_its_branch_for_good() -> None:
    form = Form(made(fixed={"kind": "yes"}))
    given = {"name": "林", "agent": "no", "k.colour": "红", "promise": True}
    assert [fault.field for fault in form.faults(given, today=TODAY)] == ["k.seats"]
    assert not form.has("k.reason") and not form.has("k.kind")


def test_an_item_without_a_guide_sees_only_the_fields_it_lists() -> None:
    cut = project(SHARED, ["agent_name", "promise"])
    assert pages_of(cut) == {"who": ["agent"], "last": ["promise"]}
    assert Form(cut).prune({"name": "林", "account": "1", "agent": "yes", "agent_name": "周"}) == {
        "agent": "yes",
        "agent_name": "周",
    }


def test_the_english_overlay_of_a_cut_form_points_into_the_cut_form() -> None:
    english = {**SHARED, "x-pages": [{**page, "title": page["id"].upper()} for page in SHARED["x-pages"]]}
    names = ["account", "promise"]
    assert overlay_of(project(SHARED, names), project(english, names)) == {
        "/x-pages/0/title": "EXTRA",
        "/x-pages/1/title": "LAST",
    }


@pytest.mark.parametrize("name", life.SAMPLES)
def test_items_without_a_guide_have_sound_forms_in_both_languages(packages: Packages, name: str) -> None:
    package = packages.current(f"package-{name}")
    assert package
    for child in package.children:
        if not child.item.online:
            schema, english = dict(child.item.form_schema), child.item.form_en
            assert (
                lint(schema | {"examples": [child.answers(life.answers(life.bundle_of(package)))]}, english)
                == ()
            )


@settings(max_examples=60, deadline=None)
@given(name=st.sampled_from(life.SAMPLES), data=st.data(), lang=st.sampled_from(["zh", "en"]))
def test_any_choice_gives_a_form_whose_parts_satisfy_every_item(
    packages: Packages, name: str, data: Any, lang: str
) -> None:
    package = packages.current(f"package-{name}")
    assert package
    bundle = life.bundle_of(package, data.draw(st.sets(st.sampled_from(life.everything(package)))))
    given_answers = life.answers(bundle)
    form = bundle.form(lang)
    assert form.faults(given_answers, today=TODAY) == ()
    assert form.prune(given_answers) == given_answers
    asked = [name for index in range(len(form.pages)) for name in form.names(index)]
    assert len(asked) == len(set(asked))
    for child in bundle.children:
        own = child.answers(given_answers)
        assert child.item.form(lang).faults(own, today=TODAY) == ()
        assert child.item.form().prune(own) == own
    unchosen = {child.key for child in package.children} - {child.key for child in bundle.children}
    assert not any(field.startswith(f"{key}.") for field in asked for key in unchosen)


@pytest.mark.parametrize(
    "chosen", [None, "shipin", 7, {"a": 1}, ["nothing", "__class__"], [["zhaopai"]], [None]]
)
def test_a_hostile_choice_chooses_nothing(packages: Packages, chosen: Any) -> None:
    package = packages.current("package-kai-canyindian")
    assert package
    assert package.with_answers({"chosen": chosen}).chosen == frozenset()


def test_one_upload_serves_every_item_that_wants_it(packages: Packages) -> None:
    package = packages.current("package-kai-canyindian")
    assert package
    bundle = life.bundle_of(package)
    given_answers = {
        **life.answers(bundle),
        "agent": "proxy",
        "agent_name": "周亦然",
        "agent_id": "990102199208201126",
    }
    files = {"authority": ("paper",), "shipin.layout": ("plan",), "xiaofang.rules": ("rules",)}
    split = {child.key: child.files(child.answers(given_answers), files) for child in bundle.children}
    assert split["shipin"] == {"authority": ("paper",), "layout": ("plan",)}
    assert split["xiaofang"] == {"authority": ("paper",), "rules": ("rules",)}
    assert split["zhaopai"] == split["zhizhao"] == split["yancao"] == {}


def test_a_document_nobody_chosen_wants_is_not_asked_for(packages: Packages) -> None:
    package = packages.current("package-shenhou-shi")
    assert package
    assert [one.id for one in life.bundle_of(package, ()).materials] == ["death_cert", "household_book"]
    assert "bank_card" in [one.id for one in life.bundle_of(package, ["gongjijin"]).materials]
