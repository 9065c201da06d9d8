"""The words of a notice: one text per event, way and language, with what to do and where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ..domain.numbers import grouped
from ..http import words
from ..http.linked import told_text

SMS_SIGNS = 200  # three linked messages of 67 signs


@dataclass(frozen=True, slots=True)
class Message:
    """One message by one way. `key` is (case number, event, way): a receiver that knows it shows it once."""

    key: str
    way: str
    to: str
    subject: str
    text: str


def compose(
    head: Mapping[str, Any], event: Mapping[str, Any], *, way: str, to: str, site: Mapping[str, str]
) -> Message:
    """The message for an event of a case; an SMS is Chinese only and short, a mail holds both languages."""
    key = f"{head['number']}#{event['seq']}#{way}"
    chinese = _text(head, event, "zh", site)
    if way == "sms":
        return Message(key, way, to, "", f"【{site['name']}】{chinese}"[:SMS_SIGNS])
    english = _text(head, event, "en", site)
    return Message(key, way, to, _subject(head, event), f"{chinese}\n\n{english}\n")


def _subject(head: Mapping[str, Any], event: Mapping[str, Any]) -> str:
    return f"{told_text(event['action'], event['data'], 'zh')}（{grouped(head['number'])}）"


def _text(head: Mapping[str, Any], event: Mapping[str, Any], lang: str, site: Mapping[str, str]) -> str:
    """What happened, by when, where to look. No personal data: mail and SMS are read by others."""
    told = told_text(event["action"], event["data"], lang)
    name = head["item_name_en" if lang == "en" else "item_name"]
    text = words.say("messages", "sent", lang, item=name, number=grouped(head["number"]), event=told)
    due = event["data"].get("due", {}).get("correction") or event["data"].get("due", {}).get("owed")
    if due:
        text += words.say("messages", "due", lang, day=words.day_text(date.fromisoformat(due), lang))
    return text + words.say(
        "messages", "where", lang, url=f"{site['url']}{'/en' if lang == 'en' else ''}/status/"
    )
