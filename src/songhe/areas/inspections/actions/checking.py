"""Carrying out a check: the checklist is filled in on the spot, with notes and pictures, and finished by an officer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.inspections import queries
from songhe.areas.inspections.actions.common import (
    Reason,
    count_left,
    deadline,
    keep_file,
    moved,
    need,
    need_officer,
    said,
    told,
)
from songhe.areas.inspections.limits import terms
from songhe.areas.inspections.models import Finding, Inspection, Mark, State
from songhe.core.refusal import Refused
from songhe.core.scoring import Answer, Result
from songhe.engines.access.api import Actor, elevated
from songhe.engines.acts.api import act, add_detail
from songhe.engines.cases.api import Case
from songhe.engines.forms import api as forms
from songhe.engines.vault.api import make_key
from songhe.engines.vault.models import Attachment
from songhe.kit.fields import Field

MOST_PICTURES = 5
"""Pictures of one item."""


@act("inspections.check")
def fill_checklist(
    inspection: Inspection,
    *,
    actor: Actor,
    at: datetime,
    answers: Mapping[str, Answer],
    notes: Mapping[str, str],
    photos: Sequence[tuple[str, UploadedFile]] = (),  # type: ignore[type-arg]
) -> Inspection:
    """Keep what is ticked and noted so far; a check may be filled in bit by bit."""
    need(inspection, State.DRAWN)
    need_officer(inspection, actor)
    begin(inspection, actor=actor, at=at)
    assert inspection.answers is not None
    result = forms.change(inspection.answers, answers, actor=actor, at=at)
    known = {item.code for item in forms.form_of(inspection.answers.form).items}
    for code, note in notes.items():
        if code in known:
            _note(inspection, code, said(note, f"n-{code}"))
    for code, photo in photos:
        if code in known:
            _photo(inspection, code, photo, actor=actor, at=at)
    _scored(inspection, result)
    inspection.save()
    add_detail(
        answered=len(answers), noted=sum(1 for note in notes.values() if note.strip()), pictures=len(photos)
    )
    return inspection


@act("inspections.check")
def finish_check(
    inspection: Inspection,
    *,
    actor: Actor,
    at: datetime,
    words: Annotated[str, Field(label=_("Summary"), long=True, size=400)] = "",
) -> Inspection:
    """Finish a check: the checklist is final, what is not met becomes a finding, and the facility is told."""
    need(inspection, State.DRAWN)
    need_officer(inspection, actor)
    if inspection.answers is None:
        raise Refused("not_begun", "The checklist is not filled in yet. Fill it in first.")
    forms.lock(inspection.answers, at=at)
    result = forms.result_of(inspection.answers)
    _scored(inspection, result)
    form = forms.form_of(inspection.answers.form)
    band = form.level(result.level or 0)
    inspection.level, inspection.level_en, inspection.level_zh = band.level, band.label.en, band.label.zh
    inspection.words, inspection.done_at = said(words, "words"), at
    inspection.told_organisation_id = inspection.organisation_id
    inspection.told_facility_id = inspection.facility_id
    made = _findings(inspection, result, at)
    moved(inspection, "finish" if made else "finish_clean", actor=actor, at=at, passed={"checklist"})
    inspection.found = len(made)
    if not made:
        inspection.closed_on = timezone.localdate(at)
    count_left(inspection).save()
    _tell(inspection)
    add_detail(found=len(made), level=band.level, digest=bytes(inspection.answers.digest).hex())
    return inspection


@act("inspections.decide")
def cancel_check(inspection: Inspection, *, actor: Actor, at: datetime, reason: Reason) -> Inspection:
    """Call a check off that is not carried out: the facility has closed, or both officers have to stand back."""
    inspection.reason = said(reason, "reason", needed=True)
    moved(inspection, "cancel", actor=actor, at=at, note=inspection.reason).save()
    return inspection


def begin(inspection: Inspection, *, actor: Actor, at: datetime) -> None:
    """Begin the checklist with the version of the day; sealed with a key of the check's own."""
    if inspection.answers_id is not None:
        return
    make_key(inspection.pk)
    version = forms.current(terms().form, on=timezone.localdate(at), at=at)
    inspection.answers = forms.begin(
        version, subject_id=inspection.pk, region_id=inspection.region_id, actor=actor, at=at
    )
    inspection.begun_at = at


def _scored(inspection: Inspection, result: Result) -> None:
    top = sum(part.top for part in result.dimensions)
    inspection.score_bp = result.so_far * 10_000 // top if top else None


def _note(inspection: Inspection, code: str, note: str) -> None:
    row = Mark.everywhere.filter(inspection=inspection, item=code).first()
    if row is None and not note:
        return
    if row is None:
        row = Mark(inspection=inspection, region_id=inspection.region_id, item=code)
    if row.note != note or row._state.adding:
        row.note = note
        row.save()


def _photo(
    inspection: Inspection, code: str, photo: UploadedFile, *, actor: Actor, at: datetime  # type: ignore[type-arg]
) -> None:  # fmt: skip
    row, _made = Mark.everywhere.get_or_create(
        inspection=inspection, item=code, defaults={"region_id": inspection.region_id}
    )
    if Attachment.everywhere.filter(about_id=row.pk).count() >= MOST_PICTURES:
        raise Refused(
            "pictures",
            "At most {most} pictures are kept of one item.",
            field=f"p-{code}",
            most=MOST_PICTURES,
        )
    keep_file(photo, inspection, row.pk, actor=actor, at=at)


def _findings(inspection: Inspection, result: Result, at: datetime) -> list[Finding]:
    missed = [item for item in result.items if item.top and item.score < item.top]
    day, marks = timezone.localdate(at), queries.marks_of(inspection)
    since = day - timedelta(days=terms().repeat_months * 365 // 12)
    before = queries.found_before(inspection.facility_id, [item.code for item in missed], since)
    made = []
    for item in missed:
        held = terms().item(item.code)
        due = deadline(held.severity, at)
        made.append(
            Finding(
                inspection=inspection, region_id=inspection.region_id, organisation_id=inspection.organisation_id,
                facility_id=inspection.facility_id, facility_name=inspection.facility_name, item=item.code,
                name_en=item.label.en, name_zh=item.label.zh, choice_en=item.choice.en, choice_zh=item.choice.zh,
                severity=held.severity, source=held.source, words=marks[item.code].note if item.code in marks else "",
                repeated=item.code in before, found_on=day, first_due=due, due_on=due,
            )
        )  # fmt: skip
    Finding.everywhere.bulk_create(made)
    return made


def _tell(inspection: Inspection) -> None:
    """From here on the facility's people see the pictures, and the case is theirs as well."""
    holder = told(inspection)
    with elevated():
        marks = [mark.pk for mark in queries.marks_of(inspection).values()]
        Attachment.everywhere.filter(about_id__in=marks).update(holder_id=holder)
        Case.everywhere.filter(pk=inspection.case_id).update(holder_id=inspection.organisation_id)
