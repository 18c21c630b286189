"""More time: asked for by whoever handles a case, approved by another, then asked of 12345, which decides."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from django.utils.translation import gettext_lazy as _

from songhe.areas.tickets.actions.common import said
from songhe.areas.tickets.actions.handling import HANDLE
from songhe.areas.tickets.actions.outbox import tell
from songhe.areas.tickets.limits import terms
from songhe.areas.tickets.models import CaseExtension, CaseState, CityCase
from songhe.core.flow import Span
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor
from songhe.engines.acts.api import act
from songhe.engines.cases.api import calendar
from songhe.engines.regions.ids import uuid7
from songhe.kit.fields import Field

APPROVE = "tickets.approve"


@act(HANDLE)
def ask_extension(
    row: CityCase,
    *,
    actor: Actor,
    at: datetime,
    days: Annotated[int, Field(label=_("Working days"), least=1, most=60)],
    reason: Annotated[str, Field(label=_("Reason"), long=True, size=400)],
) -> CaseExtension:
    """Ask for more time, before the deadline and once at a time."""
    clean, most = said(reason, "reason", most=400), terms().most_extra_days
    if not 1 <= days <= most:
        raise Refused("days", "An extension has 1 to {most} working days.", field="days", most=most)
    if row.state != CaseState.IN_HAND or at > row.due_at:
        raise Refused(
            "too_late", "An extension can only be requested while a case is in hand and before its deadline."
        )
    if CaseExtension.everywhere.filter(case=row).exclude(state=CaseExtension.State.REFUSED).exists():
        raise Refused("once", "An extension was requested already. 12345 grants only one.")
    made = CaseExtension(
        id=uuid7(), case=row, days=days, reason=clean, asked_by_id=actor.id, asked_by=actor.name[:80], asked_at=at,
        region_id=row.region_id,
    )  # fmt: skip
    made.save(force_insert=True)
    return made


@act(APPROVE)
def approve_extension(extension: CaseExtension, *, actor: Actor, at: datetime) -> CaseExtension:
    """Approve that more time is asked of 12345."""
    _decide(extension, CaseExtension.State.APPROVED, actor, at)
    row = extension.case
    until = calendar().deadline(row.due_at, Span("working_days", extension.days))
    tell(row, "extend", extension.reason, actor=actor, at=at, until=until.isoformat(), days=extension.days)
    return extension


@act(APPROVE)
def refuse_extension(extension: CaseExtension, *, actor: Actor, at: datetime) -> CaseExtension:
    """Refuse it; the deadline stays."""
    return _decide(extension, CaseExtension.State.REFUSED, actor, at)


def _decide(
    extension: CaseExtension, state: CaseExtension.State, actor: Actor, at: datetime
) -> CaseExtension:
    if extension.state != CaseExtension.State.ASKED:
        raise Refused("decided", "This was decided already. Look at its page.")
    if extension.asked_by_id == actor.id:
        raise Refused("own_wish", "You asked for this yourself. Somebody else decides.")
    extension.state, extension.decided_at = state, at
    extension.decided_by_id, extension.decided_by = actor.id, actor.name[:80]
    extension.save()
    return extension
