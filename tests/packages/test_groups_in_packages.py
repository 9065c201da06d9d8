"""Things told one by one (出资人、共同申请人) within a package: asked once, split, handed in by program, corrected."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from schemas.packages import Package, Packages
from tests.comfort.citizen import Citizen, Page, Town, town
from tests.comfort.filling import typed
from tests.http.front_door import Answer, bearer
from tests.http.stand_in import Town as Served
from tests.http.stand_in import token
from tests.http.stand_in import town as served
from tests.packages import life

NAME, OWN, SHARED = "package-kaiban-qiye", "zufang.members", "owners"


@pytest.fixture(scope="module")
def homes(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site with one item more in the package, whose co-applicants are told one by one."""
    copy = tmp_path_factory.mktemp("homes") / "site"
    shutil.copytree(site, copy, copy_function=os.link)
    made = json.loads((copy / f"catalogue/{NAME}.json").read_text("utf-8"))
    item = json.loads((copy / "catalogue/gongzufang-zige.json").read_text("utf-8"))
    made["children"].append({
        "key": "zufang", "item": item["id"], "item_version": item["version"], "name": "公租房资格确认", "name_en": "",
        "optional": True, "after": [], "note": "", "fixed": {}, "materials": {},
        "share": {"applicant": "head", "applicant_id": "head_id", "phone": "phone", "declare": "declare"},
    })  # fmt: skip
    made["version"] = made["version"][::-1]
    for path in (f"catalogue/{NAME}.json", f"catalogue/{NAME}/{made['version']}.json"):
        (copy / path).unlink(missing_ok=True)
        (copy / path).write_text(json.dumps(made), "utf-8")
    return copy


@pytest.fixture
def here(homes: Path, tmp_path: Path) -> Town:
    return town(homes, tmp_path)


@pytest.fixture
def program(homes: Path, tmp_path: Path) -> Served:
    return served(homes, tmp_path)


def package_of(here: Town | Served) -> Package:
    package = here.house.packages.current(NAME)
    assert package
    return package


def page_asking(here: Town, who: Citizen, group: str) -> Page:
    bundle = life.bundle_of(package_of(here))
    page = who.post(f"/apply/{NAME}/", typed(life.answers(bundle)))
    while f"add:{group}" not in page.text and f"drop:{group}" not in page.text:
        page = who.press(page, {**typed(life.answers(bundle)), "_go": "next"})
    return page


@pytest.mark.parametrize("group", [OWN, SHARED])
def test_entries_are_added_and_removed_on_the_page_of_a_package(here: Town, group: str) -> None:
    who = here.citizen()
    page = page_asking(here, who, group)
    page = who.press(page, {f"{group}[0].name": "林小舟", "_go": f"add:{group}"})
    assert (page.value(f"{group}[0].name"), page.value(f"{group}[1].name")) == ("林小舟", "")
    page = who.press(
        page,
        {f"{group}[0].name": "林小舟", f"{group}[1].name": "林小满", "_go": f"drop:{group}:0"},
    )
    assert (page.value(f"{group}[0].name"), page.value(f"{group}[1].name")) == ("林小满", None)


@pytest.mark.parametrize("group", [OWN, SHARED])
def test_a_wrong_entry_says_which_one_and_leads_there(here: Town, group: str) -> None:
    who = here.citizen()
    page = page_asking(here, who, group)
    page = who.press(page, {f"{group}[0].name": "林", f"{group}[0].id_no": "1", "_go": "next"})
    assert page.status == 422
    assert f'href="#f-{group}[0].name"' in page.text and f'id="f-{group}[0].name"' in page.text


def test_each_item_gets_the_entries_it_asked_for(here: Town) -> None:
    who = here.citizen("lin-he")
    bundle = life.bundle_of(package_of(here))
    check = life.at_check(who, bundle)
    assert "出资人 2" in check.text and "共同申请人 1" in check.text
    assert who.press(check, {"_go": "submit"}).path.endswith("/receipt/")
    forms = {item: form_of(here, row.key) for item, row in life.cases(here.house.store).items()}
    assert [one["name"] for one in forms["kaiban-qiye-sheli"]["owners"]] == ["林禾", "周听澜"]
    assert [one["name"] for one in forms["gongzufang-zige"]["members"]] == ["林小舟"]
    assert all("owners" not in form for item, form in forms.items() if item != "kaiban-qiye-sheli")
    desk = here.citizen("shen-lan")
    page = desk.get(f"/review/{life.cases(here.house.store)['kaiban-qiye-sheli'].key}/").text
    assert "出资人 2" in page and "990102198506120020" not in page, "masked within the entries, too"


def test_what_may_follow_later_may_follow_in_a_package_too(here: Town) -> None:
    who = here.citizen("lin-he")
    who.press(life.at_check(who, life.bundle_of(package_of(here))), {"_go": "submit"})
    number = life.cases(here.house.store)["gongzufang-zige"].key
    case = here.house.desk.find(number, now=here.clock.now)
    assert case and "income" not in case.materials
    assert "owed" in life.do(here, number, "accept").clocks


def form_of(here: Town, number: str) -> dict[str, Any]:
    case = here.house.desk.find(number, now=here.clock.now)
    assert case
    return dict(case.form)


def test_entries_of_one_case_are_corrected_there_and_nowhere_else(here: Town) -> None:
    who = here.citizen("lin-he")
    who.press(life.at_check(who, life.bundle_of(package_of(here))), {"_go": "submit"})
    number = life.cases(here.house.store)["kaiban-qiye-sheli"].key
    life.do(here, number, "correct", reason="出资额不对", fields=["owners"])
    page = who.get(f"/me/{number}/supplement/")
    assert page.value("owners[1].name") == "周听澜"
    rows = [{"name": "林禾", "id_no": "990101199003070015", "amount": 50}]
    again = who.press(page, {**typed({"owners": rows}), "_version": page.hidden("_version"), "_go": "submit"})
    assert again.path == f"/me/{number}/", again.text
    assert form_of(here, number)["owners"] == rows


def test_programs_hand_in_entries_and_hear_where_one_is_wrong(program: Served) -> None:
    bundle = life.bundle_of(package_of(program), ["zufang"])
    form = life.answers(bundle)
    files = {one.id: [reference(program, one.id)] for one in bundle.materials_for(form) if one.need == "1"}
    wrong = {**form, OWN: [{**form[OWN][0], "id_no": "1"}]}
    answer = sent(program, {"package": NAME, "form": wrong, "materials": files})
    assert answer.status == 422
    assert [one["pointer"] for one in answer.json["errors"]] == [f"/form/{OWN}/0/id_no"], answer.text
    answer = sent(program, {"package": NAME, "form": form, "materials": files})
    assert answer.status == 201, answer.text


def sent(program: Served, body: dict[str, Any]) -> Answer:
    return program.program.call(
        "/api/v1/packages", body, token=token("lin-he"), **{"idempotency-key": "k" * 20}
    )


def reference(program: Served, name: str) -> Any:
    answer = program.program.send(
        "POST", f"/api/v1/files?name={name}.pdf", body=life.PDF + name.encode(), kind="application/octet-stream",
        headers=bearer(token("lin-he")),
    )  # fmt: skip
    return answer.json


def test_a_package_with_groups_is_published_like_any_other(packages: Packages) -> None:
    package = packages.current(NAME)
    assert package and life.bundle_of(package).form().most(SHARED) == 10
