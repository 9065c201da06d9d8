"""The index files: what is packed is found again, and an edit touches few of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from chalicelib.search.index import Index
from hypothesis import given, settings
from hypothesis import strategies as st

from publishing.search import contents, entries
from schemas.search.chunk import BODY, HEAD, TITLE, Chunk, entry, pack, read_entry
from schemas.search.fold import fold, is_chinese, runs
from schemas.search.grams import fact, pair, text_tokens, word
from tests.search.labelled_corpus import document, extracted, published

TEXTS = st.text(alphabet="办事指南許可證乾著〇ABc019，。 \n　ａ１𠮷é", max_size=40)
TOKENS = st.sets(st.integers(0x30003001, 0xFFFFFFFF), max_size=30)


@given(TEXTS)
def test_tokens_of_a_text_are_its_character_pairs_and_words(text: str) -> None:
    parts = runs(fold(text))
    pairs = {pair(run[at : at + 2]) for run in parts if is_chinese(run) for at in range(len(run) - 1)}
    assert text_tokens(text) == pairs | {word(run) for run in parts if not is_chinese(run)}


@given(st.text(max_size=80))
def test_folding_keeps_the_length_so_that_positions_stay_true(text: str) -> None:
    assert len(fold(text)) == len(text)


@settings(max_examples=50)
@given(st.lists(st.tuples(TOKENS, TOKENS, TOKENS), min_size=1, max_size=40))
def test_every_token_is_found_in_its_highest_tier_and_nowhere_else(
    documents: list[tuple[set[int], ...]],
) -> None:
    packed = pack(
        entry(title=set(title), head=set(head), body=set(body), record={"n": number})
        for number, (title, head, body) in enumerate(documents)
    )
    chunk = Chunk(packed)
    for number, (title, head, body) in enumerate(documents):
        assert chunk.record(number) == {"n": number}
        for tier, tokens in ((TITLE, title), (HEAD, head - title), (BODY, body - head - title)):
            for token in tokens:
                assert _has(chunk, tier, token, number)
                assert not any(_has(chunk, other, token, number) for other in {TITLE, HEAD, BODY} - {tier})


def _has(chunk: Chunk, tier: int, token: int, number: int) -> bool:
    bits = chunk.bitmap(tier, token)
    return bool(bits and bits[number >> 3] >> (number & 7) & 1)


def test_documents_in_several_files_keep_their_numbers_apart() -> None:
    made = {("guide", f"g{number:05}"): _numbered(number) for number in range(5000)}
    files = published(made, {})
    index = Index(files.get, json.loads(files["index.json"]))
    assert len(files) > 3
    found = index.bitmaps(word("w4321")).title
    assert index.record(found.bit_length() - 1) == {"k": "guide", "i": "g04321", "n": "w4321"}


def _numbered(number: int) -> bytes:
    record = {"k": "guide", "i": f"g{number:05}", "n": f"w{number}"}
    return entry(title={word(f"w{number}")}, head=set(), body=set(), record=record)


def within(made: dict[contents.Key, bytes]) -> Callable[[contents.File], list[contents.Key]]:
    """What the store answers: the documents from the first to the last of a file, as they are now."""
    return lambda file: [key for key in made if file.first <= key <= file.last]


CHANGES = st.lists(
    st.tuples(st.sampled_from(["put", "drop", "hide"]), st.integers(0, 6000)), min_size=1, max_size=8
)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 5000), CHANGES)
def test_an_index_brought_up_to_date_is_the_index_made_anew(
    start: int, changes: list[tuple[str, int]]
) -> None:
    made = {("guide", f"g{number:05}"): _numbered(number) for number in range(0, start, 2)}
    old = dict(contents.cut(made.items()))
    read = {file.name: data for file, data in old.items()}
    changed: set[Any] = set()
    removed: set[Any] = set()
    for what, number in changes:
        key = ("guide", f"g{number:05}")
        changed, removed = changed - {key}, removed - {key}
        if what == "put":
            made[key] = _numbered(number)
        else:
            made.pop(key, None)
        (removed if what == "drop" else changed).add(key)
    made = dict(sorted(made.items()))
    parts = contents.recut(list(old), changed=changed, removed=removed, members=within(made), entry=made.get)
    new = [(file, read[file.name] if data is None else data) for file, data in parts]
    assert new == list(contents.cut(made.items()))


def test_one_edit_among_many_documents_makes_one_file_anew() -> None:
    made = {("guide", f"g{number:05}"): _numbered(number) for number in range(20_000)}
    old = dict(contents.cut(made.items()))
    key = ("guide", "g12345")
    made[key] = entry(
        title={word("new")}, head=set(), body=set(), record={"k": "guide", "i": "g12345", "n": "new"}
    )
    parts = contents.recut(list(old), changed=[key], removed=[], members=within(made), entry=made.get)
    assert sum(data is not None for _, data in parts) == 1


def test_an_entry_says_who_handles_what_where_and_for_whom() -> None:
    front: dict[str, Any] = {
        "id": "g", "name": "高龄津贴申领", "aliases": ["老人补贴"], "dept": "mzj", "dept_name": "民政局",
        "audience": ["1", "2"], "region": "990102100", "topics_person": ["yanglao"], "summary": "满八十周岁",
    }  # fmt: skip
    (made,) = extracted([front]).values()
    title, head, _ = read_entry(made).tokens
    assert pair("高龄") in title
    assert pair("补贴") in title
    assert pair("民政") in head
    wanted = [
        ("kind", "guide"),
        ("dept", "mzj"),
        ("side", "person"),
        ("side", "corp"),
        ("topic", "person/yanglao"),
    ]
    wanted += [
        ("at", "990102100"),
        *(("region", code) for code in ("990102100", "990102", "990100", "990000")),
    ]
    assert {fact(*one) for one in wanted} <= set(head)


def test_drafts_and_cancelled_items_are_not_indexed() -> None:
    front = {"id": "g", "name": "停办事项", "state": "3"}
    assert entries.extract(document(front), {"guide": front}) is None
    notice = {"id": "n", "title": "草稿", "draft": True}
    assert entries.extract(document(notice, kind="notice"), None) is None
