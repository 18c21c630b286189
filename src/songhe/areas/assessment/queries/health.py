"""What an assessment in force says of a person's health, for whoever has to help at once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from songhe.areas.assessment.queries.results import in_force
from songhe.core.labels import Label
from songhe.core.scoring import Answer, Field
from songhe.engines.forms import api as forms


@dataclass(frozen=True, slots=True)
class Said:
    """One answer: its question, what was chosen, and what was written."""

    question: Label
    chosen: tuple[Label, ...]
    written: str = ""


def health_answers(person_id: UUID, codes: Collection[str], on: date) -> tuple[date | None, list[Said]]:
    """Answers to unscored questions with these codes, and the day of the assessment. Showing them is a read that the
    caller logs with its purpose.
    """
    row = in_force([person_id], on).get(person_id)
    if row is None or row.answers is None:
        return None, []
    given, form = forms.read(row.answers), forms.form_of(row.answers.form)
    asked = [(form.field(code), given.get(code)) for code in codes]
    found = [
        _said(field, answer) for field, answer in asked if field is not None and answer not in (None, "", ())
    ]
    return row.assessed_on, found


def _said(field: Field, answer: Answer | None) -> Said:
    keys = answer if isinstance(answer, tuple) else (answer,)
    chosen = tuple(option.label for option in field.options if option.key in keys)
    return Said(field.label, chosen, "" if chosen else " · ".join(str(key) for key in keys))
