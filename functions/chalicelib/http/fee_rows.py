"""What an application costs, in words: on the check page and the receipt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from schemas import fees
from schemas.items import Item
from schemas.packages import Applicable, Bundle

from . import words


def fee_rows(item: Applicable, answers: Mapping[str, Any], lang: str) -> list[tuple[str, str]]:
    """(name, what it comes to) of each fee of an item or package; none where nothing is charged."""
    if isinstance(item, Bundle):
        return bill([(child.item, child.answers(answers)) for child in item.children], lang)
    return bill([(item, answers)], lang)


def bill(handled: Iterable[tuple[Item, Mapping[str, Any]]], lang: str) -> list[tuple[str, str]]:
    """One bill (一票收费) for items with their answers: each fee, and where there are several what they come to."""
    found = [fee for item, answers in handled for fee in fees.due(item.guide, answers, lang=lang)]
    known = [fee.fen for fee in found if fee.fen is not None and not fee.waived]
    text = "bill" if len(known) == sum(not fee.waived for fee in found) else "bill_so_far"
    total = (words.say("fees", "total", lang), words.say("fees", text, lang, yuan=fees.yuan(sum(known))))
    return [(fee.name, _text(fee, lang)) for fee in found] + ([total] if len(known) > 1 else [])


def _text(fee: fees.Fee, lang: str) -> str:
    if fee.waived:
        return words.say("fees", "waived", lang)
    if fee.fen is None:
        return fee.rule
    return words.say("fees", "amount", lang, yuan=fees.yuan(fee.fen), rule=fee.rule)
