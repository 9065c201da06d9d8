"""Items and the catalogue, as the functions half reads them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from schemas.items import Catalogue, Item, Limit, Material
from schemas.materials import Material as SameMaterial

GUIDE = {
    "id": "xiao-yang",
    "name": "样例事项",
    "name_en": "Sample item",
    "summary": "谁可以办什么事情。",
    "dept": "csgl",
    "dept_name": "望澜区城市管理局",
    "dept_name_en": "Urban Management Bureau",
    "state": "1",
    "channels": ["1", "2"],
    "legal_limit": {"n": 20, "unit": "workday"},
    "promise_limit": {"n": 8, "unit": "workday", "note": "材料齐全起算"},
    "correction_days": 20,
    "steps": [{"name": "受理", "post": "综合窗口", "days": 0.5, "result": "受理通知书"}],
    "materials": [
        {
            "id": "form",
            "name": "申请书",
            "need": "1",
            "source": "10",
            "medium": "2",
            "kind": "1",
            "from_form": True,
        },
        {
            "id": "photo",
            "name": "照片",
            "name_en": "Photo",
            "need": "1",
            "source": "10",
            "medium": "3",
            "kind": "1",
        },
        {
            "id": "consent",
            "name": "同意书",
            "need": "3",
            "source": "10",
            "medium": "3",
            "kind": "1",
            "when": {"kind": ["agent", "post"]},
            "accept": ["pdf"],
            "max_mb": 2,
        },
    ],
}


def data(schema: dict[str, Any], *, version: str = "0123456789abcdef", **guide: Any) -> dict[str, Any]:
    return {
        "id": "xiao-yang",
        "version": version,
        "guide": GUIDE | guide,
        "body": {},
        "form": schema,
        "form_en": {},
    }


def write(folder: Path, item: dict[str, Any]) -> None:
    (folder / item["id"]).mkdir(exist_ok=True)
    for path in (folder / f"{item['id']}.json", folder / item["id"] / f"{item['version']}.json"):
        path.write_text(json.dumps(item), "utf-8")


def test_an_item_reads_its_guide(small: dict) -> None:
    item = Item.from_json(data(small))
    assert (item.name(), item.name("en"), item.summary("en")) == (
        "样例事项",
        "Sample item",
        "谁可以办什么事情。",
    )
    assert (item.dept, item.dept_name("en")) == ("csgl", "Urban Management Bureau")
    assert (item.legal_limit, item.promise_limit.note) == (Limit(20, "workday"), "材料齐全起算")
    assert (item.correction_days, item.steps[0].days, item.guide_url("en")) == (20, 0.5, "/guides/xiao-yang/")


@pytest.mark.parametrize(
    ("unit", "immediate"), [("workday", False), ("calendar_day", False), ("immediate", True)]
)
def test_an_item_promised_on_the_spot_is_immediate(small: dict, unit: str, immediate: bool) -> None:
    assert Item.from_json(data(small, promise_limit={"n": 0, "unit": unit})).immediate is immediate


@pytest.mark.parametrize(
    ("guide", "online"), [({}, True), ({"state": "2"}, False), ({"channels": ["1", "3"]}, False)]
)
def test_an_item_is_online_when_in_use_and_with_that_channel(small: dict, guide: dict, online: bool) -> None:
    assert Item.from_json(data(small, **guide)).online is online


def test_an_item_that_sets_no_correction_time_gives_thirty_days(small: dict) -> None:
    guide = {key: value for key, value in GUIDE.items() if key != "correction_days"}
    assert Item.from_json({**data(small), "guide": guide}).correction_days == 30


@pytest.mark.parametrize(
    ("extra", "upload"),
    [
        ({}, True),
        ({"medium": "2"}, True),
        ({"medium": "1"}, False),
        ({"shared_from": "电子营业执照"}, False),
        ({"from_form": True}, False),
    ],
)
def test_a_material_is_uploaded_unless_paper_shared_or_made_here(extra: dict, upload: bool) -> None:
    material = Material.from_json(
        {"id": "a1", "name": "材料", "need": "1", "medium": "3", "kind": "1"} | extra
    )
    assert material.upload is upload


def test_a_material_has_defaults_and_a_name_in_each_language() -> None:
    material = Material.from_json(
        {"id": "a1", "name": "材料", "need": "1", "medium": "3", "kind": "1", "paper": "A4"}
    )
    assert (material.accept, material.max_mb, material.title("en")) == (("pdf", "jpg", "png"), 4, "材料")
    assert SameMaterial is Material


@pytest.mark.parametrize(
    ("answers", "wanted"),
    [
        ({"kind": "self"}, ["form", "photo"]),
        ({"kind": "post"}, ["form", "photo", "consent"]),
        ({"kind": "agent"}, ["form", "photo", "consent"]),
        ({"kind": ["agent"]}, ["form", "photo", "consent"]),
        ({"kind": {"x": 1}}, ["form", "photo"]),
        ({}, ["form", "photo"]),
    ],
)
def test_materials_follow_the_answers(small: dict, answers: dict, wanted: list[str]) -> None:
    item = Item.from_json(data(small))
    assert [material.id for material in item.materials_for(answers)] == wanted


def test_an_item_without_a_form_still_lists_its_materials() -> None:
    item = Item.from_json(data({}))
    assert [material.id for material in item.materials_for({"kind": "post"})] == ["form", "photo"]


def test_a_form_is_made_once_for_each_language(small: dict) -> None:
    item = Item.from_json(data(small))
    assert item.form("en") is item.form("en")
    assert item.form("en") is not item.form("zh")


def test_the_current_item_follows_the_file(small: dict, tmp_path: Path) -> None:
    catalogue = Catalogue.in_folder(tmp_path)
    assert catalogue.current("xiao-yang") is None
    write(tmp_path, data(small))
    first = catalogue.current("xiao-yang")
    assert first and first is catalogue.current("xiao-yang")
    write(tmp_path, data(small, version="f" * 16, name="新名称"))
    os.utime(tmp_path / "xiao-yang.json", ns=(1, 1))
    later = catalogue.current("xiao-yang")
    assert later and [later.name(), first.name()] == ["新名称", "样例事项"]


def test_a_version_stays_what_it_was(small: dict, tmp_path: Path) -> None:
    write(tmp_path, data(small))
    write(tmp_path, data(small, version="f" * 16, name="新名称"))
    catalogue = Catalogue.in_folder(tmp_path)
    old = catalogue.version("xiao-yang", "0123456789abcdef")
    new = catalogue.version("xiao-yang", "f" * 16)
    assert old and new and (old.name(), new.name()) == ("样例事项", "新名称")
    assert catalogue.version("xiao-yang", "0123456789abcdef") is old


def test_a_version_not_there_yet_is_looked_for_again(small: dict, tmp_path: Path) -> None:
    catalogue = Catalogue.in_folder(tmp_path)
    assert catalogue.version("xiao-yang", "0123456789abcdef") is None
    write(tmp_path, data(small))
    assert catalogue.version("xiao-yang", "0123456789abcdef") is not None


SHARED = "/catalogue/forms/0123456789abcdef.json"


def test_a_form_that_items_share_is_read_once_and_looked_for_again_when_it_was_not_there(small: dict) -> None:
    named = {key: value for key, value in data(small).items() if key != "form_en"} | {"form": SHARED}
    files = {f"xiao-yang/{number:016x}.json": json.dumps(named).encode() for number in range(3)}
    reads: list[str] = []
    catalogue = Catalogue(lambda name: (reads.append(name), files.get(name))[1])  # type: ignore[func-returns-value]
    assert catalogue.version("xiao-yang", f"{0:016x}") is None
    text = json.dumps({"form": {"title": "一张表"}, "form_en": {}})
    files["forms/0123456789abcdef.json"] = text.encode()
    found = [catalogue.version("xiao-yang", f"{number:016x}") for number in range(3)]
    assert all(one and one.form().title == "一张表" for one in found)
    assert reads.count("forms/0123456789abcdef.json") == 2


@pytest.mark.parametrize(
    "address", ["/catalogue/forms/../site.json", "forms/0123456789abcdef.json", "", "/etc/passwd"]
)
def test_only_a_form_of_the_catalogue_is_read(small: dict, address: str) -> None:
    reads: list[str] = []
    text = json.dumps(data(small) | {"form": address}).encode()
    catalogue = Catalogue(lambda name: (reads.append(name), text)[1])  # type: ignore[func-returns-value]
    assert catalogue.version("xiao-yang", "0" * 16) is None
    assert reads == [f"xiao-yang/{'0' * 16}.json"]


def test_of_257_versions_the_one_used_longest_ago_is_read_again(small: dict) -> None:
    reads: list[str] = []
    text = json.dumps(data(small)).encode()
    catalogue = Catalogue(lambda name: (reads.append(name), text)[1])  # type: ignore[func-returns-value]
    for number in [*range(256), 0, 256, 0, 1]:
        catalogue.version("xiao-yang", f"{number:016x}")
    assert reads[256:] == [f"xiao-yang/{number:016x}.json" for number in (256, 1)]


@pytest.mark.parametrize(
    "item_id",
    [
        "../etc/passwd",
        "a/b",
        "Xiao-yang",
        "xy",
        "",
        "x" * 41,
        "xiao-yang\n",
        "xiao.yang",
        "index",
        "site",
        "forms",
        "packages",
        "小样",
    ],
)
def test_only_the_id_of_an_item_is_read(item_id: str) -> None:
    reads: list[str] = []
    catalogue = Catalogue(reads.append)
    assert catalogue.current(item_id) is None
    assert catalogue.version(item_id, "0" * 16) is None
    assert reads == []


@pytest.mark.parametrize(
    "version", ["", "..", "0" * 15, "0" * 17, "G" * 16, "0" * 16 + "\n", "../../../0000000"]
)
def test_only_the_hash_of_a_version_is_read(version: str) -> None:
    reads: list[str] = []
    assert Catalogue(reads.append).version("xiao-yang", version) is None
    assert reads == []


def test_the_index_and_the_site_come_from_the_catalogue_too(tmp_path: Path) -> None:
    catalogue = Catalogue.in_folder(tmp_path)
    assert (catalogue.index(), catalogue.site()) == ([], {})
    (tmp_path / "index").mkdir()
    parts = [{"dept": dept, "path": f"index/{dept}.json"} for dept in ("zwfw", "minzheng")]
    (tmp_path / "index.json").write_text(json.dumps({"parts": parts}))
    for dept, name in (("zwfw", "xiao-yang"), ("minzheng", "da-yang")):
        (tmp_path / "index" / f"{dept}.json").write_text(json.dumps({"items": [{"id": name}]}))
    (tmp_path / "site.json").write_text('{"site": {"name": "望澜"}}', "utf-8")
    assert catalogue.index() == [{"id": "da-yang"}, {"id": "xiao-yang"}]
    assert catalogue.index({"zwfw"}) == [{"id": "xiao-yang"}]
    assert list(catalogue.departments()) == ["zwfw", "minzheng"]
    assert catalogue.site()["site"]["name"] == "望澜"
