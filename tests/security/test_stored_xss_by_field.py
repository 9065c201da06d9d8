"""Every text that anybody can write, found in the code, carries the corpus to every page that shows it.

`free_text` lists the fields; what is not in a table here, and not said to be no text, makes a test fail.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

import pytest
from chalicelib import grants, ledger
from chalicelib.domain.case import Case, Event, File
from chalicelib.domain.lifecycle import RULES
from chalicelib.domain.timeline import explains
from chalicelib.http import visitor as visitors
from chalicelib.http.progress import DOCUMENTS
from chalicelib.jobs.watch import remind
from chalicelib.store.port import Record
from playwright.sync_api import Browser

from tests.comfort.citizen import Citizen
from tests.comfort.filling import at_check, example
from tests.http.deeds import png
from tests.http.front_door import Caller
from tests.http.served import served
from tests.http.stand_in import MONDAY, Town, token
from tests.interfaces.department import Department
from tests.interfaces.province import Province
from tests.interfaces.test_exchange import open_to
from tests.interfaces.test_handoff import joined
from tests.packages import life as parcels
from tests.security import free_text
from tests.security.attacks import ATTACKS, EVERYTHING, all_marks, chunks, fitting, mark, marks
from tests.security.stage import Stage
from tests.security.watched_page import Watched

pytestmark = pytest.mark.browser
WINDOW, CHIEF, CITIZEN, AGENT = "shen-lan", "jiang-ying", "lin-he", "zhou-man"
SUPERVISOR, EDITOR = "gu-mingzhu", "wen-qinghe"
EVERY = {mark(attack) for attack in ATTACKS}


def kept(stage: Stage, case: Case, read: Record) -> None:
    """The case over what was read, whatever the rules say of it."""
    world = stage.town.house.desk.world(case, MONDAY)
    assert ledger.save(stage.town.store, case, read=read, world=world)


@pytest.fixture(scope="module")
def stage(browser: Browser, attacked: Town, base: str) -> Iterator[Stage]:
    made = Stage(attacked, browser, base)
    yield made
    made.close()


# What the steps of the lifecycle say: all attacks in every text of every step, on one case.

BOUND: dict[str, Any] = {  # what the steps say beside texts, so that their pages can be written
    "propose": {"proposed": "hold", "max_days": 3}, "ask_opinion": {"departments": ["mzj"]},
    "give_opinion": {"dept": "mzj", "opinion": "no_objection"}, "deliver": {"method": "window"}, "rate": {"score": "1"},
    "correct": {"fields": ["address"], "materials": ["picture"]}, "invite_fix": {"fields": ["address"]},
    "site_check": {"days": 2}, "extend": {"days": 5}, "check_after": {"kept": "no"},
    "dispatch": {"tracking": "EM990102001CN"}, "plan_video": {"day": "2026-11-25", "time": "10:30"},
    "query_shared": {"resource": "resident", "fields": ["firm"]},
}  # fmt: skip

CLOCKS = ("intake", "legal", "promise", "correction", "hold", "delivery")


def said(stage: Stage, number: str, action: str) -> None:
    """One event of history with everything in each of its texts, as if it had got past every rule."""
    found = ledger.find(stage.town.store, number, now=MONDAY)
    assert found
    case, record = found
    rule = next(rule for rule in RULES if rule.action == action)
    texts = dict.fromkeys(free_text.actions()[action], EVERYTHING)
    data: dict[str, Any] = {**texts, **BOUND.get(action, {}), "due": dict.fromkeys(CLOCKS, "2026-12-31")}
    event = Event(
        seq=0, at=MONDAY, action=action, source=case.state, target=rule.leads_to(rule.source[0]), role=rule.by[0],
        actor=CHIEF, actor_name="江映", post="首席代表", note=str(data.pop("note", "")), data=data, previous="",
    )  # fmt: skip
    kept(stage, replace(case.with_event(event), version=case.version + 1), record)


def test_every_text_of_every_step_is_text_in_history_and_on_every_paper(stage: Stage) -> None:
    number = stage.case()
    for action in free_text.actions():
        said(stage, number, action)
    case = stage.now(number)
    assert not explains(case), "no rule stood in the way"
    assert marks(stage.read(WINDOW, f"/review/{number}/")) == EVERY
    assert marks(stage.read(CITIZEN, f"/me/{number}/", f"/en/me/{number}/")) == EVERY
    papers = [event.seq for event in case.events if event.action in DOCUMENTS]
    assert len(papers) > 12
    for seq in papers:
        stage.read(CITIZEN, f"/me/{number}/papers/{seq}/")
    stage.read(CITIZEN, f"/en/me/{number}/papers/{papers[-1]}/")


# What the forms of items and packages ask for.


def attacked_answers(form: str, given: dict[str, Any], start: int) -> tuple[dict[str, Any], set[str]]:
    """The answers with an attack in every text that the form has, each another one; the marks put in."""
    put: set[str] = set()
    texts = free_text.item_forms()[form]

    def turned(value: Any, name: str) -> Any:
        plain = name.rpartition(".")[2]
        if isinstance(value, list):
            return [
                {key: turned(one, key) for key, one in row.items()} if isinstance(row, dict) else row
                for row in value
            ]
        if not isinstance(value, str) or plain not in texts:
            return value
        attack = fitting(start + 5 * len(put), texts[plain])
        put.add(mark(attack))
        return attack  # fmt: skip

    return {name: turned(value, name) for name, value in given.items()}, put


def pages_before_handing_in(address: str) -> list[str]:
    """The pages of a draft, from its check page."""
    draft = address.rstrip("/").rpartition("/")[0]
    return [f"{draft}/{page}" for page in ("1", "2", "materials", "check")]


ITEMS = [name for name in free_text.item_forms() if not name.startswith("package-")]


@pytest.mark.parametrize("item", ITEMS)
def test_every_text_of_a_form_is_text_in_the_draft_on_the_receipt_and_at_the_desk(
    stage: Stage, item: str
) -> None:
    answers, put = attacked_answers(item, example(item), 7 * ITEMS.index(item))
    assert put
    writer = Citizen(stage.town.gateway, stage.town.browser(CITIZEN).cookies)
    check = at_check(writer, item, answers)
    assert marks(stage.read(CITIZEN, *pages_before_handing_in(check.path))) >= put
    receipt = writer.press(check, {"_go": "submit"})
    number = receipt.path.split("/")[2]
    dept = stage.now(number).dept
    desk = next(sub for sub in (WINDOW, "lu-zhiyuan") if dept in stage.town.house.staff.find(sub).depts)  # type: ignore[union-attr]
    window = stage.seen_by(desk)
    window.open(f"/review/{number}/")
    reveal = window.page.get_by_role("button", name="显示完整信息")
    if reveal.count():
        window.send(reveal.click)
    window.look(f"revealed {number}")
    stage.read(CITIZEN, f"/me/{number}/receipt/")


@pytest.mark.parametrize("name", parcels.SAMPLES)
def test_every_text_of_a_packages_form_is_text_before_and_after_it_is_handed_in(
    stage: Stage, name: str
) -> None:
    package = stage.town.house.packages.current(f"package-{name}")
    assert package
    bundle = parcels.bundle_of(package)
    given, put = attacked_answers(f"package-{name}", parcels.answers(bundle), 11 * len(name))
    assert put
    bundle_given = bundle.form().prune(given)
    writer = Citizen(stage.town.gateway, stage.town.browser(CITIZEN).cookies)
    check = parcels.at_check(writer, bundle, given=bundle_given)
    assert marks(stage.read(CITIZEN, *pages_before_handing_in(check.path))) >= put
    done = writer.press(check, {"_go": "submit"})
    number = done.path.split("/")[3]
    stage.read(CITIZEN, f"/me/package/{number}/", f"/me/package/{number}/receipt/")
    stage.read(CHIEF, f"/review/package/{number}/")


# What pages read by name.


def on_the_sheet(stage: Stage) -> None:
    """Notes, reasons for taking over, handing over and stepping back, a question to a colleague and its answer."""
    number = stage.case()
    sheet, people = f"/review/{number}/sheet/", (WINDOW, CHIEF)
    for n, text in enumerate(chunks(490)):
        me, other = people[n % 2], people[1 - n % 2]
        for deed in ("note", "take_over", "ask_second"):
            stage.post(me, sheet, _do=deed, text=text, to=other)
        stage.read(other, f"/review/{number}/")  # asked
        stage.post(other, sheet, _do="second", text=text)
        stage.post(me, sheet, _do="hand_over", text=text, to=other)
    stage.post(WINDOW, sheet, _do="recuse", text=next(chunks(490)))
    written = stage.town.house.desk.sheet(stage.now(number), MONDAY).entries
    assert len(written) == 5 * len(list(chunks(490))) + 1, "every deed was done"
    for who in people:
        assert marks(stage.read(who, f"/review/{number}/")) == EVERY
    stage.read(CHIEF, sheet)


def saved_phrases(stage: Stage) -> None:
    """One's own and the department's, where they are kept and where they are offered."""
    for text in chunks(290):
        stage.post(WINDOW, "/review/phrases/", text=text)
        stage.post(EDITOR, "/review/phrases/", text=text, owner="csgl")
    assert marks(stage.read(WINDOW, "/review/phrases/")) == EVERY
    stage.read(EDITOR, "/review/phrases/")
    window = stage.seen_by(WINDOW)
    window.open(f"/review/{stage.case()}/")
    offered = [one.get_attribute("value") or "" for one in window.page.locator("select option").all()]
    assert all_marks(offered) == EVERY


def a_phrase_chosen(stage: Stage) -> None:
    """Chosen where no script put it into the text."""
    for text in list(chunks(290))[:3]:
        number = stage.case()
        stage.post(WINDOW, f"/review/{number}/", action="accept", phrase=text, _version="1")
        assert marks(stage.read(WINDOW, f"/review/{number}/")) >= marks(text)


def on_review_points(stage: Stage) -> None:
    """What is wrong with a point: for its keeper, and again to whoever forgot to say how bad it is."""
    address = "/review/points/huwai-zhaopai/picture/"
    for text in chunks(290):
        stage.post(WINDOW, address, rating="wrong", text=text)
    assert marks(stage.read(EDITOR, "/review/points/")) == EVERY
    window = stage.seen_by(WINDOW)
    window.open(address)
    window.page.fill("textarea[name=text]", next(chunks(290)))
    window.send(window.page.locator("main form button.btn").first.click)
    window.look("a point without a rating")


def on_cards(stage: Stage) -> None:
    """Why a case is pressed, what its handler answers, and the ruling."""
    for text in chunks(480):
        number = stage.case()
        card = stage.post(SUPERVISOR, "/review/cards/new/", number=number, rule="urged", why=text).header(
            "Location"
        )
        stage.post(CHIEF, card, action="answer", why=text)
        stage.post(SUPERVISOR, card, action="excuse", why=text)
        assert stage.read(SUPERVISOR, card).count(mark(text)) >= 3
    remind(stage.town.store, stage.town.house.staff, now=MONDAY)
    stage.read(SUPERVISOR, "/review/board/", "/review/reminders/")
    window = stage.seen_by(SUPERVISOR)
    for number, why in zip((attack for attack in ATTACKS if len(attack) <= 20), chunks(480), strict=False):
        window.open(f"/review/cards/new/?number={quote(number)}")
        window.page.fill("textarea[name=why]", why)
        window.send(window.page.locator("main form button.btn").first.click)
        window.look("a card for no case")


def in_a_form_of_two(path: str, one: str, other: str) -> Callable[[Stage], None]:
    """Number and code, or code and secret: typed wrongly, they stand in the form again."""

    def typed(stage: Stage) -> None:
        window = stage.seen_by(CITIZEN)
        short = [attack for attack in ATTACKS if len(attack) <= 40]
        for number, code in zip(short[::2], short[1::2], strict=False):
            window.open(path)
            window.page.fill(f"[name={one}]", number)
            window.page.fill(f"[name={other}]", code)
            window.send(lambda: window.page.locator(f"[name={other}]").press("Enter"))
            window.look(f"{path} again")

    return typed


STATUS = in_a_form_of_two("/status/", "number", "code")
RESUME = in_a_form_of_two("/resume/", "code", "secret")
TAKE = in_a_form_of_two("/me/agents/", "number", "code")
WRITTEN: dict[str, Callable[[Stage], None]] = {
    "sheet_desk.text": on_the_sheet,
    "phrase_pages.text": saved_phrases,
    "review.phrase_pages.FIELD": a_phrase_chosen,
    "knowledge.text": on_review_points,
    "board_cards.why": on_cards,
    "board_cards.number": on_cards,
    "status.number": STATUS,
    "status.code": STATUS,
    "later.code": RESUME,
    "later.secret": RESUME,
    "agent_pages.number": TAKE,
    "agent_pages.code": TAKE,
}
NO_TEXT = {  # compared with what we know ourselves, and never shown
    "our own names of what is meant": [
        "board_cards.action", "board_cards.rule", "earlier_files._slot", "apply_files._slot", "enquiry_pages._item",
        "knowledge.rating", "material_slots._slot", "my_data.sure", "phrase_pages.owner", "review.action",
        "sheet_desk._do", "sheet_desk.to", "supplement._slot", "agent_form._case", "hand_in._for", "batch.case",
    ],
    "buttons": ["apply_files._go", "favourites.do", "later._go", "review._go", "rows._go", "supplement._go", "throttle._go"],
    "marks, keys, versions and tokens": [
        "action_forms._version", "agent_form._key", "door._csrf", "earlier_files._file", "enquiry_pages._key",
        "handoff.ticket", "knowledge.key", "knowledge.version", "letters.key", "material_slots._file", "phrase_pages.drop",
    ],
}  # fmt: skip


def test_every_text_that_a_page_reads_has_its_attack_or_is_none() -> None:
    none = {name for names in NO_TEXT.values() for name in names}
    assert free_text.posted() == {*WRITTEN, *none} and not none & set(WRITTEN)


@pytest.mark.parametrize("attack", dict.fromkeys(WRITTEN.values()), ids=lambda one: one.__qualname__)
def test_every_attack_in_what_a_page_reads_is_text(stage: Stage, attack: Callable[[Stage], None]) -> None:
    attack(stage)


# Enquiries, authorities, names and files.


def answers_published(stage: Stage) -> None:
    """The number and the contact of a question, the answer, and the summary that everybody reads."""
    for n, text in enumerate(chunks(290)):
        asked = {"kind": "consult", "text": text, "contact": fitting(n, 80), "number": fitting(n, 20)[:20]}
        stage.post(CITIZEN, "/ask/", _key=f"a-key-of-a-question-{n:02}", **{**asked, "number": ""})
        stage.post(CITIZEN, "/ask/", _key=f"a-key-of-another-question-{n:02}", **asked)
    desk = stage.seen_by(CHIEF)
    desk.open("/review/enquiries/")
    links = [
        one.get_attribute("href") for one in desk.page.locator("a.num[href^='/review/enquiries/']").all()
    ]
    for link, text in zip(links, chunks(290), strict=False):
        answer = {"answer": EVERYTHING[:1990], "publish": "yes", "summary": text, "_version": "1"}
        stage.post(CHIEF, str(link), **answer)
        stage.read(CHIEF, str(link))
    stage.read("", "/ask/answers/", "/en/ask/answers/")


def authorities(stage: Stage) -> None:
    """The agent's name, items that nobody knows, and the letter's file name."""
    terms = {
        "kind": "person", "powers": ["apply"], "ends-year": "2026", "ends-month": "12", "ends-day": "31", "agree": "true",
    }  # fmt: skip
    for n, name in enumerate(attack for attack in ATTACKS if len(attack) <= 50):
        given = stage.post(
            CITIZEN, "/me/agents/new/", agent_name=name, _key=f"a-key-of-an-authority-{n:02}", **terms
        )
    listed = stage.read(CITIZEN, "/me/agents/", "/en/me/agents/", given.header("Location"))
    assert marks(listed) >= all_marks(attack for attack in ATTACKS if len(attack) <= 50)
    held = grants.given_by(stage.town.store, CITIZEN)[0]
    full = replace(
        held,
        evidence=File("a" * 64, EVERYTHING, 100, "png"),
        agent_name=EVERYTHING,
        principal_name=EVERYTHING,
    )
    made = grants.make(stage.town.store, full, key="an authority full of attacks", now=MONDAY)
    assert not hasattr(made, "code") or marks(
        stage.read(CITIZEN, f"/me/agents/{made.number}/", f"/me/agents/{made.number}/end/")
    )  # type: ignore[union-attr]
    window = stage.seen_by(CITIZEN)
    for text in chunks(990):
        window.open("/me/agents/new/")
        window.page.fill("#f-items", text.replace(" ", "\n"))
        window.send(window.page.locator("main form button.btn").first.click)
        window.look("items unknown")


def points_judged(stage: Stage) -> None:
    """Why a supervisor gave these points, to everybody who may read the score."""
    address = "/review/board/scores/csgl/judged/"
    for n, text in enumerate(chunks(480)):
        stage.post(SUPERVISOR, address, part="manner", points="9", why=text, _version=str(n))
    assert marks(stage.read("bai-heng", address)) == EVERY
    window = stage.seen_by(SUPERVISOR)
    window.open(address)
    window.page.fill("#f-why", next(chunks(480)))
    window.send(window.page.locator("main form button.btn").first.click)
    assert marks(window.look("points without a part")) == EVERY


SMALL = {"ask": answers_published, "answer": answers_published, "make": authorities, "enter": points_judged}


def test_every_small_form_has_its_attack() -> None:
    assert set(SMALL) == {name for name, texts in free_text.small_forms().items() if texts}


@pytest.mark.parametrize("attack", dict.fromkeys(SMALL.values()), ids=lambda one: one.__name__)
def test_every_attack_in_a_question_an_answer_or_an_authority_is_text(
    stage: Stage, attack: Callable[[Stage], None]
) -> None:
    attack(stage)


def file_of_a_case(stage: Stage) -> None:
    """At the desk, beside the picture itself, where it is corrected, and offered again for the next application."""
    number = str(stage.deeds.handed_in(AGENT)["number"])  # who has no other case
    stage.deeds.corrected(number)
    found = ledger.find(stage.town.store, number, now=MONDAY)
    assert found
    case, record = found
    (file,) = case.materials["picture"]
    named = replace(case, materials={"picture": (replace(file, name=EVERYTHING),)}, version=case.version + 1)
    touched = named.with_event(replace(case.events[-1], action="recalendar", seq=0, data={}))
    kept(stage, touched, record)
    assert marks(stage.read(WINDOW, f"/review/{number}/")) == EVERY
    stage.read(WINDOW, f"/review/{number}/files/{file.sha256}/look")
    stage.read(AGENT, f"/me/{number}/supplement/")
    writer = stage.town.browser(AGENT)
    materials = stage.deeds.fill_in(writer, item="huwai-zhaopai")
    draft = next(form.action for form in materials.forms if form.multipart)
    assert marks(stage.read(AGENT, draft)) == EVERY, "offered again"


def file_of_a_draft(stage: Stage) -> None:
    """Sent in by page, on the page of documents and on the check page."""
    writer = stage.town.browser(CITIZEN)
    page = stage.deeds.fill_in(writer)
    for n, name in enumerate(list(chunks(90))[:5]):
        page = writer.choose_file(page, "picture", f"{name}.png", png(n))
    draft = next(form.action for form in page.forms if form.multipart).rpartition("/")[0]
    shown = stage.read(CITIZEN, f"{draft}/materials", f"{draft}/check")
    assert len(marks(shown)) >= 3, "what stood behind a slash was a folder"


FILES = {
    "material_slots": file_of_a_draft, "api": file_of_a_case, "direct_uploads": file_of_a_case,  # one way to show them
    "agent_form": authorities,
}  # fmt: skip


def test_every_way_that_a_file_brings_its_name_has_its_attack() -> None:
    assert set(FILES) == free_text.named_files()


@pytest.mark.parametrize("attack", [file_of_a_case, file_of_a_draft], ids=lambda one: one.__name__)
def test_every_attack_in_the_name_of_a_file_is_text(stage: Stage, attack: Callable[[Stage], None]) -> None:
    attack(stage)


def by_signing_in(stage: Stage) -> None:
    """The name in the frame of every page."""
    writer = stage.town.browser(CITIZEN)
    keys, now = stage.town.house.keys, stage.town.clock()
    claims = visitors.read(
        {"cookie": f"banshi={writer.cookies['banshi']}"}, keys, now=now, idle=stage.town.house.settings.idle
    )
    assert claims
    window = Watched(stage.chromium, stage.town, stage.base, "")
    for name in chunks(1500):  # a cookie holds no more
        named = visitors.Visitor(claims["sid"], "", CITIZEN, name, 3)
        cookie = visitors.write(named, keys, now=now, secure=True).partition(";")[0].partition("=")[2]
        window.context.add_cookies([{"name": "banshi", "value": cookie, "url": stage.base}])
        assert marks(window.open("/me/")) == marks(name)
    window.context.close()


def by_token(stage: Stage) -> None:
    """The applicant's name, everywhere that it stands."""
    sent = token(CITIZEN, name=next(chunks(50)))
    made = stage.town.program.call(
        "/api/v1/applications",
        stage.deeds.application(),
        token=sent,
        **{"Idempotency-Key": "named-by-a-token-1"},
    )
    assert made.status == 201, made.text
    found = ledger.find(stage.town.store, made.json["number"], now=MONDAY)
    assert found
    case, record = found
    named = replace(case, applicant_name=EVERYTHING, version=2).with_event(
        replace(case.events[0], action="accept", seq=0, actor_name=EVERYTHING, post=EVERYTHING, role="window")
    )
    kept(stage, named, record)
    number = case.number
    stage.read(WINDOW, f"/review/{number}/", "/review/", "/review/?view=all")
    stage.read(CITIZEN, f"/me/{number}/", f"/me/{number}/receipt/", f"/me/{number}/papers/2/")


def by_ticket(stage: Stage) -> None:
    """The person that another sign-in vouches for, before they are let in."""
    with TemporaryDirectory() as folder:
        here = joined(stage.town, Path(folder))
        province = Province(here.clock)
        with served(here.gateway) as base:
            window = Watched(stage.chromium, here, base, "")
            for name in list(chunks(50))[:6]:
                window.open(f"/handoff/?ticket={quote(province.ticket(CITIZEN, name=name))}")
            window.context.close()


NAMES = {"signing": by_signing_in, "door": by_token, "handoff": by_ticket}


def test_every_way_that_a_name_is_told_has_its_attack() -> None:
    assert set(NAMES) == free_text.told_names()


@pytest.mark.parametrize("who", NAMES)
def test_every_attack_in_a_name_is_text(stage: Stage, who: str) -> None:
    NAMES[who](stage)


def test_every_attack_in_what_another_system_says_is_text(stage: Stage) -> None:
    """Who decided in the department's own system, and their post."""
    linked = open_to(stage.town)
    system, number = Department(Caller(linked.gateway), linked.clock), stage.case()
    operator = {"name": next(chunks(50)), "post": next(chunks(60))}
    done = system.act(number, "accept", version=1, operator=operator, note=next(chunks(490)))
    assert done.status == 200, done.text
    assert marks(stage.read(WINDOW, f"/review/{number}/")) >= marks(next(chunks(490)))
    stage.read(CITIZEN, f"/me/{number}/", f"/me/{number}/papers/2/")
