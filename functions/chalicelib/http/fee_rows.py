"""What an application costs, in words: on the check page and the receipt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from schemas import fees
from schemas.packages import Applicable, Bundle

from . import words


def fee_rows(item: Applicable, answers: Mapping[str, Any], lang: str) -> list[tuple[str, str]]:
    """(name, what it comes to) of each fee; none for an item without charge."""
    if isinstance(item, Bundle):
        return [row for child in item.children for row in fee_rows(child.item, child.answers(answers), lang)]
    return [(fee.name, _text(fee, lang)) for fee in fees.due(item.guide, answers, lang=lang)]


def _text(fee: fees.Fee, lang: str) -> str:
    if fee.waived:
        return words.say("fees", "waived", lang)
    if fee.fen is None:
        return fee.rule
    return words.say("fees", "amount", lang, yuan=fees.yuan(fee.fen), rule=fee.rule)
