"""From a finding to its end: answered by the facility, checked again by an officer, escalated by the office."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.inspections import queries
from songhe.areas.inspections.actions.common import (
    count_left,
    deadline,
    keep_file,
    moved,
    need,
    said,
)
from songhe.areas.inspections.models import Finding, FindingState, Inspection, Measure, MeasureKind, State
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor, elevated
from songhe.engines.acts.api import act, add_detail, four_eyes
from songhe.kit.fields import Field

Words = Annotated[str, Field(label=_("What was rectified"), long=True, size=400)]
File = Annotated[UploadedFile | None, Field(label=_("Picture or PDF"), accept="image/*,application/pdf")]  # type: ignore[type-arg]
Seen = Annotated[str, Field(label=_("What was seen"), long=True, size=400)]


@act("inspections.answer")
def answer_finding(
    finding: Finding, *, actor: Actor, at: datetime, words: Words, file: File = None
) -> Finding:
    """Say what was done about a finding, with evidence; when all are answered, an officer looks again."""
    inspection = _inspection(finding)
    need(inspection, State.RECTIFY, State.ESCALATED)
    if finding.state != FindingState.OPEN:
        raise _not_now(finding)
    finding.answer, finding.state = said(words, "words", needed=True), FindingState.ANSWERED
    finding.answered_by_id, finding.answered_by, finding.answered_at = actor.id, actor.name[:80], at
    finding.save()
    with elevated():  # the check belongs to the office; its facility answers
        if file is not None:
            holder = next(iter(actor.scope("inspections.answer").holders & _both(finding)), None)
            keep_file(file, inspection, finding.pk, actor=actor, at=at, holder=holder)
        if not Finding.everywhere.filter(inspection=inspection, state=FindingState.OPEN).exists():
            moved(inspection, "answer", actor=actor, at=at, passed={"answers"})
        count_left(inspection).save()
    return finding


@act("inspections.check")
def call_again(inspection: Inspection, *, actor: Actor, at: datetime) -> Inspection:
    """Go and look again though the facility has not answered everything."""
    need(inspection, State.RECTIFY, State.ESCALATED)
    moved(inspection, "call", actor=actor, at=at).save()
    return inspection


@act("inspections.check")
def mend_finding(
    finding: Finding, *, actor: Actor, at: datetime, words: Seen = "", file: File = None
) -> Finding:
    """Look at a finding again: it is mended. When all are, the check is closed."""
    inspection = _looked_at(finding, actor, at, said(words, "words"))
    finding.state, finding.mended_on = FindingState.MENDED, timezone.localdate(at)
    finding.save()
    _evidence(inspection, finding, file, actor, at)
    _settle(inspection, actor, at)
    return finding


@act("inspections.check")
def still_found(finding: Finding, *, actor: Actor, at: datetime, words: Seen, file: File = None) -> Finding:
    """Look at a finding again: it is not mended, and gets another deadline."""
    inspection = _looked_at(finding, actor, at, said(words, "words", needed=True))
    finding.state, finding.rounds = FindingState.OPEN, finding.rounds + 1
    finding.due_on = deadline(finding.severity, at)
    finding.save()
    _evidence(inspection, finding, file, actor, at)
    _settle(inspection, actor, at)
    return finding


@act("inspections.decide")
def take_measure(
    inspection: Inspection,
    *,
    actor: Actor,
    at: datetime,
    kind: Annotated[MeasureKind, Field(label=_("Enforcement measure"), radio=True)],
    words: Annotated[str, Field(label=_("Reason"), long=True, size=400)],
    to: Annotated[
        str, Field(label=_("Referred to"), size=120, help=_("If referred to another authority"))
    ] = "",
) -> Inspection:
    """Warn a facility, suspend it, or report it, where findings are grave or not mended; not by who checked."""
    need(inspection, State.RECTIFY, State.RECHECK, State.ESCALATED)
    for officer in (inspection.first_id, inspection.second_id):
        four_eyes(officer, actor)
    whom = said(to, "to")[:120]
    if kind == MeasureKind.REPORT and not whom:
        raise Refused("reported_to", "Say which authority it is referred to.", field="to")
    Measure.everywhere.create(
        inspection=inspection, region_id=inspection.region_id, organisation_id=inspection.organisation_id,
        facility_id=inspection.facility_id, kind=kind, to=whom, words=said(words, "words", needed=True),
        by=actor.name[:80], at=at,
    )  # fmt: skip
    moved(inspection, "escalate", actor=actor, at=at, passed={"another"}, note=str(kind)).save()
    _reopen(inspection)
    count_left(inspection).save()
    add_detail(measure=str(kind), to=whom)
    return inspection


def _reopen(inspection: Inspection) -> None:
    """What was answered but not looked at goes back to the facility, so that its answers meet the measure."""
    Finding.everywhere.filter(inspection=inspection, state=FindingState.ANSWERED).update(
        state=FindingState.OPEN
    )


def _both(finding: Finding) -> set[object]:
    return {finding.organisation_id, finding.facility_id}


def _inspection(finding: Finding) -> Inspection:
    with elevated():
        found: Inspection = Inspection.everywhere.select_for_update(no_key=True).get(pk=finding.inspection_id)
    return found


def _looked_at(finding: Finding, actor: Actor, at: datetime, words: str) -> Inspection:
    inspection = _inspection(finding)
    need(inspection, State.RECHECK)
    four_eyes(finding.answered_by_id, actor)
    if finding.state == FindingState.MENDED or _since_recheck(finding, inspection):
        raise _not_now(finding)
    finding.checked_by, finding.checked_at, finding.check_words = actor.name[:80], at, words
    return inspection


def _since_recheck(finding: Finding, inspection: Inspection) -> bool:
    """Whether it was looked at in this round already."""
    with elevated():
        entered: datetime = inspection.case.entered_at
    return finding.checked_at is not None and finding.checked_at >= entered


def _evidence(
    inspection: Inspection, finding: Finding, file: UploadedFile | None, actor: Actor, at: datetime  # type: ignore[type-arg]
) -> None:  # fmt: skip
    if file is not None:
        keep_file(file, inspection, finding.pk, actor=actor, at=at)


def _settle(inspection: Inspection, actor: Actor, at: datetime) -> None:
    """When each finding is looked at in this round: close the check, or give it back to be mended."""
    rows = queries.findings_of(inspection)
    if not all(row.state == FindingState.MENDED or _since_recheck(row, inspection) for row in rows):
        count_left(inspection).save()
        return
    done = all(row.state == FindingState.MENDED for row in rows)
    if done:
        moved(inspection, "close", actor=actor, at=at, passed={"mended"})
        inspection.closed_on = timezone.localdate(at)
    else:
        moved(inspection, "again", actor=actor, at=at)
    count_left(inspection).save()


def _not_now(finding: Finding) -> Refused:
    return Refused(
        "finding_state",
        "This is not possible while the finding is “{state}”. Reload the page and choose again.",
        state=finding.get_state_display(),
    )
