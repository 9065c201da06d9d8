"""The documents an item asks for (申请材料)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Material:
    """One document an item asks for (申请材料)."""

    id: str
    name: str
    name_en: str = ""
    need: str = "1"  # 1 required, 2 optional, 3 may follow later (容缺后补)
    medium: str = "3"  # 1 paper, 2 electronic, 3 either
    kind: str = "1"  # 1 original, 2 copy, 3 both
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    accept: tuple[str, ...] = ("pdf", "jpg", "png")
    max_mb: int = 4
    shared_from: str = ""
    from_form: bool = False
    source_note: str = ""
    fill_note: str = ""
    fill_note_en: str = ""
    accept_rule: str = ""
    review_points: tuple[str, ...] = ()  # what to look at when reviewing it (审查要点)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Material:
        """A material as the guide writes it; what only the guide page shows is left out."""
        known = {key: data[key] for key in _PLAIN_MATERIAL_KEYS if key in data}
        points = tuple(data.get("review_points", ()))
        when = {name: _texts(wanted) for name, wanted in data.get("when", {}).items()}
        accept = tuple(data.get("accept", ("pdf", "jpg", "png")))
        return cls(when=when, accept=accept, review_points=points, **known)

    @property
    def upload(self) -> bool:
        """Whether the applicant uploads it: not on paper only, not shared, not made from the form."""
        return self.medium in ("2", "3") and not self.shared_from and not self.from_form

    def title(self, lang: str) -> str:
        """Its name; Chinese where there is no English."""
        return self.name_en if lang == "en" and self.name_en else self.name

    def note(self, lang: str) -> str:
        """What to mind when giving it; Chinese where there is no English."""
        return self.fill_note_en if lang == "en" and self.fill_note_en else self.fill_note

    def applies_to(self, instance: Mapping[str, Any]) -> bool:
        """Whether these answers call for it (适用情形)."""
        return answers_meet(self.when, instance)


def answers_meet(when: Mapping[str, str | Sequence[str]], instance: Mapping[str, Any]) -> bool:
    """Whether every named answer is one of the wanted values (适用情形)."""
    return all(_meets(instance.get(name), _texts(wanted)) for name, wanted in when.items())


_NOT_PLAIN = ("when", "accept", "review_points")
_PLAIN_MATERIAL_KEYS = tuple(name for name in Material.__dataclass_fields__ if name not in _NOT_PLAIN)


def _texts(wanted: str | Sequence[str]) -> tuple[str, ...]:
    return (wanted,) if isinstance(wanted, str) else tuple(wanted)


def _meets(answer: object, wanted: tuple[str, ...]) -> bool:
    given = answer if isinstance(answer, (list, tuple)) else [answer]
    return any(value in wanted for value in given)
