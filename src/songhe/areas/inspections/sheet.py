"""The checklist as it is drawn on a page and read back from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils import timezone

from songhe.areas.inspections import queries
from songhe.areas.inspections.limits import say, terms
from songhe.areas.inspections.models import Inspection, Severity
from songhe.core.decision import Reason
from songhe.core.scoring import Answer, Form, problems
from songhe.engines.access.api import Scope, elevated
from songhe.engines.forms import api as forms
from songhe.engines.vault.models import Attachment
from songhe.kit.clock import now


@dataclass(frozen=True)
class Line:
    """One item with what is ticked, noted and photographed."""

    code: str
    text: str
    severity: str
    severity_name: str
    source: str
    choices: list[tuple[str, str, bool]]
    chosen: str
    note: str
    pictures: list[Attachment]
    fault: Reason | None = None

    @property
    def is_open(self) -> bool:
        """Whether the note stands open: something is noted, or the item is not met."""
        return bool(self.note or self.pictures) or self.chosen in ("partly", "no")


@dataclass(frozen=True)
class Part:
    """Items of one topic."""

    code: str
    title: str
    lines: list[Line] = field(default_factory=list)


def form_of(inspection: Inspection) -> Form:
    """The checklist of a check: the version it was begun with, else the one in force."""
    if inspection.answers is not None:
        return forms.form_of(inspection.answers.form)
    at = now()
    return forms.form_of(forms.current(terms().form, on=timezone.localdate(at), at=at))


def given(inspection: Inspection) -> dict[str, Answer]:
    """What is ticked so far."""
    with elevated():  # whoever sees a check sees its checklist
        if inspection.answers is None:
            return {}
        return forms.read(inspection.answers)


def parts(
    inspection: Inspection,
    form: Form,
    answers: Mapping[str, Answer],
    *,
    scope: Scope,
    faults: Mapping[str, Reason] | None = None,
    notes: Mapping[str, str] | None = None,
) -> list[Part]:
    """The checklist by topic."""
    marks = queries.marks_of(inspection)
    pictures = queries.pictures_about([mark.pk for mark in marks.values()], scope)
    made = []
    for dimension in form.dimensions:
        part = Part(dimension.code, say(dimension.label))
        for item in dimension.items:
            held, mark = terms().item(item.code), marks.get(item.code)
            chosen = str(answers.get(item.code, ""))
            kept = mark.note if mark else ""
            part.lines.append(
                Line(
                    code=item.code,
                    text=say(item.label),
                    severity=held.severity,
                    severity_name=str(Severity(held.severity).label),
                    source=held.source,
                    choices=[
                        (option.key, say(option.label), option.key == chosen) for option in item.options
                    ],
                    chosen=chosen,
                    note=(notes or {}).get(item.code, kept),
                    pictures=pictures.get(mark.pk, []) if mark else [],
                    fault=(faults or {}).get(item.code),
                )
            )
        made.append(part)
    return made


def read(
    form: Form, request: HttpRequest
) -> tuple[dict[str, Answer], dict[str, str], list[tuple[str, UploadedFile]], dict[str, Reason]]:  # type: ignore[type-arg]
    """Answers, notes, pictures, and what is wrong with the answers, as they were sent."""
    sent = request.POST
    answers: dict[str, Answer] = {
        item.code: str(sent[f"q-{item.code}"]) for item in form.items if sent.get(f"q-{item.code}")
    }
    notes = {
        item.code: str(sent.get(f"n-{item.code}", "")) for item in form.items if f"n-{item.code}" in sent
    }
    photos = [(item.code, file) for item in form.items for file in request.FILES.getlist(f"p-{item.code}")]
    return answers, notes, photos, problems(form, answers)
