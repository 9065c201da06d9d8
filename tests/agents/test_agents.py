"""Acting for somebody else (代办): given, accepted, used within its bounds, seen, and ended."""

from __future__ import annotations

from datetime import timedelta

import pytest
from chalicelib import grants, ledger
from chalicelib.domain.case import first_broken
from chalicelib.jobs.deliver import deliver

from tests.agents.conftest import AGENT, PRINCIPAL, Office, values
from tests.http.deeds import png
from tests.http.stand_in import MONDAY

DAY = timedelta(days=1)


def test_an_agent_applies_and_the_history_says_who_for_whom_and_by_which_grant(office: Office) -> None:
    number = office.running()
    case, _ = ledger.find(office.town.store, office.handed_in(number), now=MONDAY) or (None, None)
    assert case and (case.applicant, case.applicant_name, case.grant) == (PRINCIPAL, "林禾", number)
    event = case.events[0]
    assert (event.actor, event.actor_name, event.data["for"], event.data["grant"]) == (
        AGENT,
        "周满",
        "林禾",
        number,
    )
    assert first_broken(case.events) is None


def test_the_principal_sees_the_case_its_receipt_and_who_handed_it_in(office: Office) -> None:
    number = office.running()
    case = office.handed_in(number)
    page = office.principal.open(f"/me/{case}/")
    assert page.status == 200 and "周满（凭委托" in page.text and "代办人（受申请人委托）" in page.text
    assert "周满（凭委托" in office.principal.open(f"/me/{case}/receipt/").text
    assert case[:4] in office.principal.open(f"/me/agents/{number}/").text
    assert case[:4] in office.agent.open(f"/me/agents/{number}/").text
    assert case[:4] in office.principal.open("/me/").text and case[:4] not in office.agent.open("/me/").text


def test_the_principal_is_told_what_the_agent_did(office: Office) -> None:
    office.handed_in(office.running())
    deliver(office.town.store, now=MONDAY)
    assert "户外招牌设置备案" in office.principal.open("/me/").text.partition("消息")[2]


def test_an_agent_is_told_for_whom_once_and_only_while_the_grant_runs(office: Office) -> None:
    number = office.running()
    case = office.handed_in(number)
    for _ in range(2):
        deliver(office.town.store, now=MONDAY)
    told = office.agent.open("/me/").text
    assert told.count("您代林禾办理的户外招牌设置备案") == 1 and f"/me/{case}/" in told
    assert "您代" not in office.principal.open("/me/").text
    assert "On behalf of 林禾: " in office.agent.open("/en/me/").text
    grants.end(office.town.store, number, sub=PRINCIPAL, now=MONDAY)
    office.deeds.corrected(case)
    deliver(office.town.store, now=MONDAY)
    assert office.agent.open("/me/").text.count("您代林禾办理的") == 1
    assert office.principal.open("/me/").text.count("户外招牌设置备案（") == 2


def test_an_agent_for_one_case_is_told_of_that_case_alone(office: Office) -> None:
    one, other = (office.deeds.handed_in(PRINCIPAL)["number"] for _ in range(2))
    number, code = values(office.give(case=one))
    office.take(number, code)
    deliver(office.town.store, now=MONDAY)
    told = office.agent.open("/me/").text
    assert f"/me/{one}/" in told and f"/me/{other}/" not in told


def test_the_desk_sees_that_an_agent_applied(office: Office) -> None:
    case = office.handed_in(office.running())
    assert "周满（凭委托" in office.town.browser("shen-lan").open(f"/review/{case}/").text


def test_an_agent_supplements_what_was_asked_for_and_the_history_says_so(office: Office) -> None:
    number = office.running()
    case = office.handed_in(number)
    office.deeds.corrected(case)
    page = office.agent.open(f"/me/{case}/supplement/")
    page = office.agent.choose_file(page, "picture", "新图.png", png(7))
    done = office.agent.fill(page, {"address": "望澜区澜湾街道听潮路 14 号"}, has="address", go="submit")
    assert done.status == 200, done.text
    found, _ = ledger.find(office.town.store, case, now=MONDAY) or (None, None)
    assert found and found.state == "submitted" and found.events[-1].data["grant"] == number


@pytest.mark.parametrize("path", ["withdraw", "rate"])
def test_an_agent_does_only_what_the_grant_names(office: Office, path: str) -> None:
    """Withdrawing was not named; rating is never an agent's."""
    number = office.running()
    case = office.handed_in(number)
    assert f"/me/{case}/{path}/" not in office.agent.open(f"/me/{case}/").text
    fields = {"_csrf": office.agent.token, "_version": "1", "score": "5", "note": ""}
    refused = office.agent.post(f"/me/{case}/{path}/", fields)
    assert refused.status == 403 and "委托不包括这个操作" in refused.text


def test_a_grant_with_that_power_lets_the_agent_withdraw(office: Office) -> None:
    case = office.handed_in(office.running(powers=["apply", "withdraw"]))
    page = office.agent.open(f"/me/{case}/withdraw/")
    assert "已撤回" in office.agent.fill(page, {}, has="_version").text


def test_an_item_outside_the_grant_is_not_offered_and_not_taken(office: Office) -> None:
    number = office.running(items="高龄津贴申领")
    check = office.deeds.to_check(office.agent)
    form = next(form for form in check.forms if "submit" in form.offered.get("_go", ()))
    assert "_for" not in form.offered
    refused = office.agent.post(form.action, {**form.values, "_for": number, "_go": "submit"})
    assert refused.status == 403 and "不包括这个事项" in refused.text


def test_a_grant_for_one_case_covers_that_case_alone(office: Office) -> None:
    one, other = (office.deeds.handed_in(PRINCIPAL)["number"] for _ in range(2))
    number, code = values(office.give(case=one))
    assert office.agent.get(f"/me/{one}/").status == 403
    office.take(number, code)
    assert office.agent.get(f"/me/{one}/").status == 200
    assert office.agent.get(f"/me/{other}/").status == 403
    check = office.deeds.to_check(office.agent)
    assert "以谁的名义提交" not in check.text


@pytest.mark.parametrize("by", ["principal", "agent"])
def test_what_either_of_them_ends_is_over_at_once(office: Office, by: str) -> None:
    number = office.running()
    case = office.handed_in(number)
    browser = office.principal if by == "principal" else office.agent
    page = browser.open(f"/me/agents/{number}/end/")
    form = next(form for form in page.forms if form.action.endswith("/end/"))
    browser.post(form.action, form.values)
    assert office.agent.get(f"/me/{case}/").status == 403
    assert office.agent.get(f"/me/agents/{number}/").status == 404
    assert "以谁的名义提交" not in office.deeds.to_check(office.agent).text
    assert "已结束" in office.principal.open(f"/me/agents/{number}/").text
    assert office.principal.get(f"/me/{case}/").status == 200


def test_it_holds_on_its_last_day_and_not_on_the_next(office: Office) -> None:
    number = office.running(**{"ends-month": "11", "ends-day": "24"})
    case = office.handed_in(number)
    office.town.clock.now = MONDAY + DAY
    assert office.town.browser(AGENT).get(f"/me/{case}/").status == 200
    office.town.clock.now = MONDAY + 2 * DAY
    assert office.town.browser(AGENT).get(f"/me/{case}/").status == 403
    assert "已到期" in office.town.browser(PRINCIPAL).open(f"/me/agents/{number}/").text


def test_an_application_pressed_twice_is_one_case_of_the_principal(office: Office) -> None:
    number = office.running()
    check = office.deeds.to_check(office.agent)
    form = next(form for form in check.forms if "submit" in form.offered.get("_go", ()))
    sent = {**form.values, "_for": number, "_go": "submit"}
    first = office.agent.post(form.action, sent)
    second = office.agent.post(form.action, sent)
    assert first.header("Location") == second.header("Location")


# --- giving and accepting ---------------------------------------------------------------------------


def test_the_code_is_shown_to_the_principal_until_it_is_taken(office: Office) -> None:
    number, code = office.given()
    assert code in office.principal.open(f"/me/agents/{number}/").text
    office.take(number, code)
    for browser in (office.principal, office.agent):
        assert code not in browser.open(f"/me/agents/{number}/").text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"agent_name": "江映"}, "姓名不一致"),
        ({"kind": "helper"}, "不是工作人员账号"),
    ],
)
def test_only_the_person_it_names_can_accept(office: Office, changes: dict[str, str], said: str) -> None:
    number, code = office.given(**changes)
    refused = office.take(number, code)
    assert refused.status == 403 and said in refused.text


def test_the_principal_cannot_accept_and_a_second_person_comes_too_late(office: Office) -> None:
    number, code = office.given()
    assert "不能接受自己给出的委托" in office.take(number, code, by=office.principal).text
    office.take(number, code)
    assert "已经由别人接受" in office.take(number, code, by=office.town.browser("jiang-ying")).text
    assert "有效" in office.take(number, code).text, "accepting twice is accepting once"


def test_an_official_helper_accepts_with_a_staff_account(office: Office) -> None:
    number, code = office.given(kind="helper", agent_name="沈岚")
    assert "有效" in office.take(number, code, by=office.town.browser("shen-lan")).text


def test_a_wrong_code_sounds_like_an_unknown_number_and_guessing_is_stopped(office: Office) -> None:
    number, _ = office.given()
    wrong, unknown = office.take(number, "AAAAAAAA"), office.take("22222222222P", "AAAAAAAA")
    assert wrong.errors == unknown.errors and wrong.status == unknown.status == 404
    for _ in range(10):
        last = office.take(number, "AAAAAAAA")
    assert last.status == 429


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"items": "没有的事项"}, "没有找到这些事项：没有的事项"),
        ({"ends-year": "2028"}, "一年以内"),
        ({"ends-year": "2025"}, "一年以内"),
        ({"agent_name": "林禾"}, "代办人不能是您自己"),
        ({"kind": "staff"}, "请附上单位授权书"),
        ({"powers": []}, "可以做什么"),
    ],
)
def test_terms_that_cannot_stand_come_back_with_what_to_mend(
    office: Office, changes: dict[str, object], said: str
) -> None:
    refused = office.give(**changes)
    assert refused.status == 422 and any(said in error for error in refused.errors), refused.errors


def test_a_letter_of_authority_is_kept_for_the_two_of_them(office: Office) -> None:
    page = office.principal.open("/me/agents/new/")
    form = next(form for form in page.forms if "agent_name" in form.offered)
    terms = {**{name: given[0] for name, given in form.values.items()}, "kind": "staff", "agent_name": "周满"}
    terms |= {"powers": "apply", "ends-year": "2026", "ends-month": "12", "ends-day": "31", "agree": "true"}
    made = office.principal.follow(office.principal.attach(form.action, terms, "授权书.png", png(3)))
    number, code = values(made)
    assert "授权书.png" in made.text and "单位经办人" in made.text
    office.take(number, code)
    assert office.agent.get(f"/me/agents/{number}/paper/").body == png(3)
    assert office.town.browser("shen-lan").get(f"/me/agents/{number}/paper/").status == 404


# --- strangers --------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["", "paper/", "end/"])
def test_a_grant_does_not_exist_for_anybody_else(office: Office, path: str) -> None:
    number = office.running()
    stranger = office.town.browser("shen-lan")
    assert stranger.get(f"/me/agents/{number}/{path}").status == 404
    assert stranger.post(f"/me/agents/{number}/end/", {"_csrf": stranger.token}).status == 404


def test_somebody_elses_grant_number_helps_nobody(office: Office) -> None:
    number = office.running()
    stranger = office.town.browser("jiang-ying")
    check = office.deeds.to_check(stranger)
    form = next(form for form in check.forms if "submit" in form.offered.get("_go", ()))
    refused = stranger.post(form.action, {**form.values, "_for": number, "_go": "submit"})
    assert refused.status == 403 and "没有这份由您代办的委托" in refused.text


@pytest.mark.parametrize(
    "path", ["", "receipt/", "papers/1/", "files/" + "0" * 64, "supplement/", "withdraw/"]
)
def test_an_agent_reaches_no_other_case_of_the_principal(office: Office, path: str) -> None:
    office.running()
    own = office.deeds.handed_in(PRINCIPAL)["number"]
    assert office.agent.get(f"/me/{own}/{path}").status == 403


def test_a_case_of_somebody_else_cannot_be_given_away(office: Office) -> None:
    other = office.deeds.handed_in(AGENT)["number"]
    assert office.principal.get(f"/me/agents/new/?case={other}").status == 404
