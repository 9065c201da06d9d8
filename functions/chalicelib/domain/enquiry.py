"""An enquiry (咨询、投诉、建议): asked once, due on a working day, answered once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from .case import Actor
from .refusal import Refusal

CONSULT, COMPLAIN, SUGGEST = "consult", "complain", "suggest"
OPEN, ANSWERED = "open", "answered"
ANSWER_TOLD = "enquiry_answered"  # what a notice of an answer is about


@dataclass(frozen=True, slots=True)
class Answer:
    """What the office says. `summary` is the question as staff rewrote it for the public; "" keeps all private."""

    text: str
    summary: str
    at: datetime
    post: str
    actor: str


@dataclass(frozen=True, slots=True)
class Enquiry:
    """One enquiry. `item` and `case_number` are "" where it is about neither; `session` is the asker's browser."""

    number: str
    code: str
    kind: str
    text: str
    contact: str
    dept: str
    asked_at: datetime
    due: date
    session: str = ""
    sub: str = ""
    item: str = ""
    item_name: str = ""
    item_name_en: str = ""
    case_number: str = ""
    answer: Answer | None = None
    version: int = 1

    @property
    def state(self) -> str:
        """open until it is answered."""
        return ANSWERED if self.answer else OPEN

    @property
    def published(self) -> bool:
        """Whether anybody may read the summary and the answer."""
        return self.answer is not None and bool(self.answer.summary)

    def late(self, today: date) -> bool:
        """Whether the day it was due passed without an answer."""
        return self.answer is None and today > self.due


def answered(enquiry: Enquiry, actor: Actor, *, text: str, summary: str, now: datetime) -> Enquiry | Refusal:
    """The enquiry with its answer. Refusals: not_yours (another department's), answered_before."""
    if not actor.works_on(enquiry.dept):
        return Refusal("not_yours")
    if enquiry.answer:
        return Refusal("answered_before")
    answer = Answer(text, summary, now, actor.post, actor.sub)
    return replace(enquiry, answer=answer, version=enquiry.version + 1)
