"""What several verbs of inspections share."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.inspections import queries
from songhe.areas.inspections.models import FINISHED, Finding, FindingState, Inspection, State
from songhe.core.flow import Span
from songhe.core.refusal import Forbidden, Refused
from songhe.core.text import normalise
from songhe.engines.access.api import Actor, Grant, elevated
from songhe.engines.cases.api import Case, calendar, move_case
from songhe.engines.vault.api import Place, make_key, take_in
from songhe.kit.fields import Field

Reason = Annotated[str, Field(label=_("Reason"), long=True, size=400)]


def said(text: str, field: str, *, needed: bool = False) -> str:
    """Words of several lines ready to be stored."""
    clean = normalise(text, lines=True, field=field)
    if needed and not clean:
        raise Refused("empty", "This must not be empty. Fill it in.", field=field)
    if len(clean) > 400:
        raise Refused(
            "too_long", "At most {most} characters are kept here. Shorten it.", field=field, most=400
        )
    return clean


def move(
    case_id: UUID, code: str, *, actor: Actor, at: datetime, passed: Collection[str] = (), note: str = ""
) -> Case:
    """Move a case; whoever may act on the row acts on its case."""
    with elevated():
        return move_case(Case.everywhere.get(pk=case_id), code, actor=actor, at=at, passed=passed, note=note)


def moved(
    inspection: Inspection, code: str, *, actor: Actor, at: datetime, passed: Collection[str] = (), note: str = ""
) -> Inspection:  # fmt: skip
    """Move the case of a check and mirror its state; the caller saves."""
    case = move(inspection.case_id, code, actor=actor, at=at, passed=passed, note=note)
    inspection.state = State(case.state)
    return inspection


def need(inspection: Inspection, *states: State) -> None:
    """Refuse what does not fit the state."""
    if inspection.state not in states:
        raise Refused(
            "inspection_state",
            "This is not possible while the check is “{state}”. Reload the page and choose again.",
            state=inspection.get_state_display(),
        )


def need_officer(inspection: Inspection, actor: Actor) -> None:
    """Forbid what only the two officers may do."""
    if not inspection.is_officer(actor.id):
        raise Forbidden(
            "not_officer", "Only the officers selected for this check may do this. Ask one of them."
        )


def deadline(severity: str, at: datetime) -> date:
    """Until when a finding is to be mended, over the business calendar."""
    return timezone.localdate(calendar().deadline(at, Span("working_days", queries.mend_days(severity))))


def keep_file(
    file: UploadedFile, inspection: Inspection, about: UUID, *, actor: Actor, at: datetime, holder: UUID | None = None  # type: ignore[type-arg]
) -> UUID:  # fmt: skip
    """Keep a picture or PDF, sealed with a key of the check's own."""
    make_key(inspection.pk)
    place = Place(
        owner_id=inspection.pk, about_id=about, region_id=inspection.region_id,
        holder_id=holder or (told(inspection) if inspection.state in FINISHED else None),
    )  # fmt: skip
    kept = take_in(file, name=file.name or "file", place=place, actor_id=actor.id, at=at)
    found: UUID = kept.pk
    return found


def told(inspection: Inspection) -> UUID:
    """Through which of the two a facility's people see files: its own log-in where there is one, else the organisation's."""
    has_own = Grant.objects.filter(holder_id=inspection.facility_id, revoked_at=None).exists()
    return inspection.facility_id if has_own else inspection.organisation_id


def count_left(inspection: Inspection) -> Inspection:
    """How many findings are open, and which deadline comes next; the caller saves."""
    with elevated():
        rows = list(Finding.everywhere.filter(inspection=inspection).exclude(state=FindingState.MENDED))
    inspection.left = len(rows)
    inspection.next_due = min((row.due_on for row in rows), default=None)
    return inspection
