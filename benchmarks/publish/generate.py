"""A province's worth of guides: python -m benchmarks.publish.generate COUNT FOLDER [--seed N].

21 cities with 40 bureaus each; FOLDER gets content/ and forms/ as this project reads them. The same count and
seed give the same bytes.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from stdnum.cn import uscc

from benchmarks.publish.words import (
    ACTS,
    BUREAUS,
    CITIES,
    CONDITIONS,
    CORP,
    EXPLAINED,
    LAWS,
    MATERIALS,
    PERSON,
    QUESTIONS,
)
from publishing.sources import FORMS, ROOT

SHARED_FORMS = 40
KEPT = ("notices", "pages", "packages", "policies")
_NAMING = ("guide:", "related:", "topic:", "events:", "groups:", "online:")
_ADDRESS = re.compile(r"\]\(/[^)]*\)")
LEVEL = "3"


def generate(count: int, folder: Path, *, seed: int = 1) -> None:
    """Write the content folder anew."""
    shutil.rmtree(folder, ignore_errors=True)
    content = folder / "content"
    (content / "files").mkdir(parents=True)
    _others(content)
    _forms(folder / "forms")
    shutil.copy(ROOT / "content" / "files" / "shebaoka-buling-result.svg", content / "files" / "result.svg")
    (content / "site.yaml").write_text(_site(), "utf-8")
    for number, (city, bureau, item) in enumerate(_items(count)):
        target = content / "guides" / CITIES[city][1] / BUREAUS[bureau][1]
        target.mkdir(parents=True, exist_ok=True)
        name, text = _guide(random.Random(f"{seed}/{number}"), city, bureau, item)
        (target / f"{name}.md").write_text(text, "utf-8")


def _items(count: int) -> Iterator[tuple[int, int, int]]:
    """City, bureau and number of each item, spread evenly."""
    places = len(CITIES) * len(BUREAUS)
    for number in range(count):
        item, place = divmod(number, places)
        yield place % len(CITIES), place // len(CITIES), item


def _site() -> str:
    kept = (
        (ROOT / "content" / "site.yaml")
        .read_text("utf-8")
        .partition("departments:")[0]
        .partition("region:")[0]
    )
    departments = [_department(city, bureau) for bureau in range(len(BUREAUS)) for city in range(len(CITIES))]
    data = {
        "region": {"code": "990000", "name": "望澜省", "name_en": "Wanglan Province", "level": "2"},
        "departments": departments,
        "topics": {
            side: [_topic(number, name) for number, name in enumerate(names)]
            for side, names in (("person", PERSON), ("corp", CORP))
        },
        "nav": [
            {"url": url, "name": name, "name_en": english}
            for url, name, english in (
                ("/", "首页", "Home"),
                ("/topics/person/", "个人办事", "For people"),
                ("/topics/corp/", "法人办事", "For firms"),
                ("/departments/", "部门", "Departments"),
                ("/status/", "办件查询", "Track a case"),
                ("/notices/", "通知公告", "Notices"),
            )
        ],
    }
    return kept + "".join(f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in data.items())


def _topic(number: int, name: str) -> dict[str, str]:
    return {"id": f"t{number:02}x", "glyph": name[0], "name": name, "name_en": f"Topic {number + 1}"}


def _dept(city: int, bureau: int) -> str:
    return CITIES[city][1] + BUREAUS[bureau][1]


def _code(city: int, bureau: int) -> str:
    stem = f"1199{city + 1:02}00{bureau + 1:09}"
    return stem + uscc.calc_check_digit(stem)


def _department(city: int, bureau: int) -> dict[str, str]:
    name = f"{CITIES[city][0]}市{BUREAUS[bureau][0]}局"
    return {
        "id": _dept(city, bureau),
        "code": _code(city, bureau),
        "num": BUREAUS[bureau][2],
        "short": f"{CITIES[city][0]}{BUREAUS[bureau][0]}"[:12],
        "name": name,
        "name_en": f"Bureau {bureau + 1} of city {city + 1}",
        "phone": _phone(city, bureau),
        "addr": f"{CITIES[city][0]}市政通路 {bureau + 1} 号",
    }


def _phone(city: int, bureau: int) -> str:
    return f"0999-555{city:02}{bureau:02}"


def _others(content: Path) -> None:
    """Other kinds as in the sample content, without what they say about its items."""
    for kind in KEPT:
        (content / kind).mkdir()
        for path in sorted((ROOT / "content" / kind).glob("*.md")):
            lines = [
                line for line in path.read_text("utf-8").split("\n") if not line.strip().startswith(_NAMING)
            ]
            text = "\n".join(f"lead: {_dept(0, 9)}" if line.startswith("lead:") else line for line in lines)
            (content / kind / path.name).write_text(_ADDRESS.sub("](/guides/)", text), "utf-8")


def _forms(folder: Path) -> None:
    """The sample forms under names that many guides share."""
    folder.mkdir(parents=True)
    models = sorted(path for path in FORMS.glob("*.schema.json") if not path.name.startswith("package-"))
    for number in range(SHARED_FORMS):
        model = models[number % len(models)]
        for suffix in ("schema", "en"):
            shutil.copy(
                model.with_name(model.name.replace(".schema.", f".{suffix}.")),
                folder / f"shared-{number:02}.{suffix}.json",
            )


def _guide(dice: random.Random, city: int, bureau: int, item: int) -> tuple[str, str]:
    """The file name and text of one guide."""
    things = BUREAUS[bureau][3].split()
    act, spelled = ACTS[item % len(ACTS)]
    thing = things[item // len(ACTS) % len(things)]
    place = CITIES[city][0]
    name = f"{CITIES[city][1]}-{BUREAUS[bureau][1]}-{spelled}-{item:03}"
    front = _front(dice, city, bureau, item) | {
        "id": name,
        "name": f"{place}市{thing}{act}",
        "name_en": f"{spelled.title()} {item}, city {city + 1}, bureau {bureau + 1}",
    }
    front |= {
        "summary": f"在{place}市从事{thing}的个人和单位申请{act}，材料齐全的 {front['promise_limit']['n']} 个工作日内办结。"
    }
    front |= {"aliases": [f"{thing}{act}", f"办{thing[:4]}"], "related": _related(dice, city, bureau, item)}
    lines = [line for key, value in front.items() for line in _lines(key, value)]
    return name, "---\n" + "\n".join(lines) + "\n---\n\n" + _body(dice, f"{thing}{act}", place)


def _related(dice: random.Random, city: int, bureau: int, item: int) -> list[str]:
    """Earlier items of the same bureau."""
    earlier = sorted(dice.sample(range(item), min(item, 2)))
    return [f"{CITIES[city][1]}-{BUREAUS[bureau][1]}-{ACTS[one % len(ACTS)][1]}-{one:03}" for one in earlier]


def _front(dice: random.Random, city: int, bureau: int, item: int) -> dict[str, Any]:
    legal = dice.choice((10, 15, 20, 30))
    promise = dice.randint(3, legal // 2)
    people = dice.random() < 0.6
    kind = dice.choice(("07", "10", "20"))
    catalog = f"99{kind}{BUREAUS[bureau][2]}{city:02}{item:04}"
    topics = {"topics_person": [f"t{dice.randrange(len(PERSON)):02}x"]} if people else {}
    return {
        "catalog_code": catalog,
        "task_code": _code(city, bureau) + LEVEL + catalog,
        "item_type": kind,
        "summary_en": f"Apply here; complete applications are decided within {promise} working days.",
        "legal_basis": [_law(dice) for _ in range(dice.randint(2, 3))],
        "power_source": "1", "level": LEVEL, "dept": _dept(city, bureau), "dept_kind": "1",
        "audience": ["1"] * people + ["2", "4"],
        "case_type": "2", "state": "1", "effective_on": f"20{dice.randint(18, 25)}-{dice.randint(1, 12):02}-{dice.randint(1, 28):02}",
        "steps": [
            {"name": "受理", "post": "综合窗口", "days": 0.5, "result": "出具受理通知书"},
            {"name": "审查", "post": "业务科室", "days": promise - 2, "result": "提出审查意见"},
            {"name": "决定", "post": "分管负责人", "days": 1, "result": "作出决定"},
            {"name": "送达", "post": "综合窗口", "days": 0.5, "result": "送达办理结果"},
        ],
        "legal_limit": {"n": legal, "unit": "workday"},
        "promise_limit": {"n": promise, "unit": "workday", "note": "从受理的次日起算"},
        "special": [], "correction_days": 30, "channels": ["1", "2", "3"], "online_depth": ["1", "2", "3", "4", "5"], "visits": 0,
        "places": [
            {"name": f"{CITIES[city][0]}市政务服务中心 {bureau + 1} 号窗口", "addr": f"{CITIES[city][0]}市政通路 1 号一层", "hours": "周一至周五 9:00-12:00，13:30-17:00（法定节假日除外）", "phone": _phone(city, bureau)}
        ],
        "booking": True, "express": True, "online_pay": False, "kiosk": dice.random() < 0.3, "in_centre": True, "commitment": dice.random() < 0.3, "tolerate_missing": False,
        "consult": {"phone": _phone(city, bureau), "window": f"{CITIES[city][0]}市政务服务中心一层"},
        "complain": {"phone": "0999-5559999", "mail": "望澜省政务服务局监督处"},
        "remedies": {"review": "自知道结果之日起 60 日内，可以依法申请行政复议。", "lawsuit": "自知道结果之日起 6 个月内，可以依法提起行政诉讼。"},
        **topics, "topics_corp": [f"t{dice.randrange(len(CORP)):02}x"],
        "result": {"type": "40", "name": "办理结果通知书", "sample": "files/result.svg"},
        "materials": [_material(dice, number) for number in sorted({0, 1, *dice.sample(range(2, len(MATERIALS)), 3)})],
        "fee": {"charged": False},
        "form": f"shared-{(bureau * 7 + item) % SHARED_FORMS:02}",
        "updated": "2026-11-10", "reviewed_by": "政策法规处", "retention": "10年",
    }  # fmt: skip


def _law(dice: random.Random) -> dict[str, str]:
    return {
        "law": f"中华人民共和国{dice.choice(LAWS)}",
        "article": f"第{dice.choice('一二三四五六七八九')}十{dice.choice('一二三四五六七八')}条",
        "text": f"{dice.choice(CONDITIONS)}的，主管部门应当依照规定的权限、程序和期限办理，并把办理的条件、材料、期限和结果向社会公开。",
    }


def _material(dice: random.Random, number: int) -> dict[str, Any]:
    key, name, source = MATERIALS[number]
    one = {
        "id": key,
        "name": name,
        "name_en": key.title(),
        "need": "1",
        "source": source,
        "medium": "3",
        "kind": "1",
        "basis": f"{dice.choice(LAWS)}第{dice.randint(10, 60)}条",
    }
    if not number:
        return one | {"medium": "2", "from_form": True, "fill_note": "网上填写后自动生成，不用下载和上传。"}
    return one | {
        "copies": {"orig": 1, "copy": dice.randint(0, 1)},
        "accept": ["jpg", "png", "pdf"],
        "max_mb": 4,
        "accept_rule": "文字和印章清楚，四角齐全，在有效期内。",
    }


def _lines(key: str, value: Any) -> Iterator[str]:
    """One field as an editor would write it."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        yield f"{key}:"
        for row in value:
            if key in ("materials", "legal_basis"):
                pairs = [f"{name}: {_plain(one)}" for name, one in row.items()]
                yield f"  - {pairs[0]}"
                yield from (f"    {pair}" for pair in pairs[1:])
            else:
                yield f"  - {_plain(row)}"
    else:
        yield f"{key}: {_plain(value)}"


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return (
            json.dumps(value, ensure_ascii=False)
            if (value[:1].isdigit() and value.isascii() and "-" not in value) or ": " in value or "," in value
            else value
        )
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_plain(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_plain(one) for one in value) + "]"
    return str(value)


def _body(dice: random.Random, what: str, place: str) -> str:
    conditions = "\n".join(f"{number}. {text}；" for number, text in enumerate(dice.sample(CONDITIONS, 4), 1))
    explained = "\n\n".join(dice.sample(EXPLAINED, 3))
    asked = "\n\n".join(f"### {question}\n\n{answer}" for question, answer in dice.sample(QUESTIONS, 3))
    return (
        f"## 受理条件\n\n在{place}市申请{what}，要同时符合下列条件：\n\n{conditions}\n\n"
        f"## 办理说明\n\n{explained}\n\n| 情形 | 时限 | 方式 |\n| --- | --- | --- |\n| 材料齐全 | 当日受理 | 网上、窗口 |\n"
        f"| 需要补正 | 一次告知 | 短信通知 |\n\n**特别提醒**：{what}的办理结果可以在[办件查询](/status/)里查到。\n\n"
        f"## 常见问题\n\n{asked}\n"
    )


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    generate(options.count, options.folder, seed=options.seed)


if __name__ == "__main__":
    main()
