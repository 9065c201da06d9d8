"""Every dynamic page renders in both languages, escapes what people typed and runs under a strict CSP."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser

import pytest
from jinja2 import UndefinedError
from theme_contexts import COMMON, CONTEXTS, CONTROLS

import theme

PAGES = [(name, lang) for name in CONTEXTS for lang in theme.LANGUAGES]


def page(name: str, lang: str = "zh", **changed: object) -> str:
    return theme.render(name, lang=lang, **{**COMMON, **CONTEXTS[name], **changed})


class Tags(HTMLParser):
    """Collects start tags with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize(("name", "lang"), PAGES)
def test_hostile_text_is_always_escaped(name: str, lang: str) -> None:
    html = page(name, lang)
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert" in html


@pytest.mark.parametrize(("name", "lang"), PAGES)
def test_nothing_on_a_page_needs_inline_code_or_style(name: str, lang: str) -> None:
    for tag, attrs in Tags(page(name, lang)).found:
        assert tag != "style"
        assert not {key for key in attrs if key == "style" or key.startswith("on")}, (tag, attrs)
        assert tag != "script" or attrs.get("src")


@pytest.mark.parametrize(("name", "lang"), PAGES)
def test_ids_are_unique_and_every_reference_has_a_target(name: str, lang: str) -> None:
    found = Tags(page(name, lang)).found
    ids = Counter(attrs["id"] for _, attrs in found if "id" in attrs)
    assert not [id for id, times in ids.items() if times > 1]
    for _, attrs in found:
        for key in ("for", "aria-describedby", "aria-labelledby"):
            assert set((attrs.get(key) or "").split()) <= set(ids), attrs


@pytest.mark.parametrize("name", sorted(CONTEXTS))
def test_a_form_that_posts_carries_the_session_token(name: str) -> None:
    forms = re.findall(r'<form method="post".*?</form>', page(name), flags=re.DOTALL)
    assert all('name="_csrf" value="token"' in form for form in forms)


@pytest.mark.parametrize("name", [name for name in CONTEXTS if CONTEXTS[name].get("errors")])
def test_a_refused_form_says_so_in_the_title_and_links_to_its_fields(name: str) -> None:
    html = page(name)
    assert "<title>错误：" in html
    assert 'role="alert"' in html
    assert f'href="#{CONTEXTS[name]["errors"][0][0]}"' in html


def test_a_static_form_has_no_token_and_no_sign_in_state() -> None:
    context = {key: value for key, value in COMMON.items() if key not in ("user", "csrf")}
    html = theme.render("form.html", lang="zh", **{**context, **CONTEXTS["form.html"]})
    assert "_csrf" not in html
    assert "/signout" not in html
    assert "/signin" not in html
    assert 'href="/me/"' in html


def test_a_missing_name_is_an_error_not_an_empty_space() -> None:
    with pytest.raises(UndefinedError):
        theme.render("receipt.html", lang="zh", **COMMON, receipt={})


def test_the_sign_in_link_brings_people_back() -> None:
    assert 'href="/signin?next=/apply/x/%3Fa%3D1%262"' in page("message.html", path="/apply/x/?a=1&2")


def test_a_refused_decision_comes_back_with_its_action_chosen_and_its_field_named() -> None:
    html = page("review/case.html")
    assert re.search(r'value="refuse" checked', html)
    assert 'id="f-refuse-reason"' in html


def test_an_answer_shows_its_branch_with_a_lead_in_sentence_for_old_browsers() -> None:
    html = page("form.html", controls=[CONTROLS[5]], errors=[])
    assert '<p class="reveal__w">如选择“' in html
    assert 'id="f-inner"' in html


def test_a_text_that_starts_with_an_empty_line_keeps_it() -> None:
    html = page("form.html", controls=[{**CONTROLS[1], "value": "\nx", "raw": "\nx"}])
    assert ">\n\nx</textarea>" in html


@pytest.mark.parametrize(
    ("user", "staff", "expected"),
    [
        (None, False, "登录</a>"),
        ({"name": "林*禾", "staff": False}, False, "退出</button>"),
        ({"name": "王*敏", "staff": True}, True, "待审队列</a>"),
    ],
)
def test_the_header_says_who_is_signed_in(user: object, staff: bool, expected: str) -> None:
    menu = [{"url": "/review/", "key": "queue"}]
    assert expected in page("message.html", user=user, staff=staff, desk_menu=menu)
