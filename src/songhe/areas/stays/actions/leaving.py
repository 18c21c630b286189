"""During a stay: leave, return, another bed, and discharge; and what the clock does to beds of those on leave."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.stays.actions.common import bed_taken, kept_apart, line, past, unbind
from songhe.areas.stays.actions.home_beds import resume_after
from songhe.areas.stays.limits import terms
from songhe.areas.stays.models import (
    Bed,
    Ending,
    Leave,
    LeaveKind,
    Occupancy,
    Setting,
    Stay,
    StayState,
)
from songhe.areas.stays.queries.beds import free_beds, freed, unused
from songhe.areas.stays.queries.living import bed_now, leave_now, level_on
from songhe.areas.stays.rules import Fen, fits_level, freed_on
from songhe.core.refusal import Refused
from songhe.engines.access.api import SYSTEM, Actor, elevated
from songhe.engines.acts.api import act, add_detail
from songhe.kit.clock import today
from songhe.kit.fields import Field


def _free_here(row: Any, user: Any) -> list[tuple[str, str]]:
    if row is None:
        return []
    scope, day = user.scope("stays.admit"), today()
    rows = free_beds(scope, day).filter(facility_id=row.facility_id)
    return [(str(bed.pk), f"{bed} · {bed.get_kind_display()}") for bed in rows[:400]]


Another = Annotated[str, Field(label=_("Bed"), choices=_free_here)]


@act("stays.admit")
def go_on_leave(
    stay: Stay,
    *,
    actor: Actor,
    at: datetime,
    kind: Annotated[LeaveKind, Field(label=_("Why"), radio=True)],
    since: Annotated[date, Field(label=_("From"))],
    back_on: Annotated[
        date | None, Field(label=_("Expected back"), help=_("Leave empty if not known"))
    ] = None,
) -> Stay:
    """Enter that somebody is in hospital, visits home or is elsewhere; the rule says how long the bed is kept."""
    _need(stay, StayState.LIVING)
    past(since, at, "since", days=terms().back_days, least=stay.since)
    if back_on is not None and back_on <= since:
        raise Refused("order", "The last day must not lie before the first.", field="back_on")
    last = Leave.everywhere.filter(stay=stay).order_by("-since").first()
    if last is not None and last.until is not None and since < last.until:
        raise Refused(
            "leave_overlaps", "The person came back from the last leave on {day}. Choose that day or a later one.",
            field="since", day=last.until,
        )  # fmt: skip
    frees = freed_on(kind, since, back_on, terms().keeps)
    Leave.everywhere.create(
        stay=stay, person_id=stay.person_id, facility_id=stay.facility_id, organisation_id=stay.organisation_id,
        region_id=stay.region_id, kind=kind, since=since, back_on=back_on, frees_on=frees, entered_by=actor.name[:80],
    )  # fmt: skip
    stay.state = StayState.AWAY
    stay.save(update_fields=["state"])
    add_detail(kind=str(kind), since=since.isoformat(), bed_kept_until=frees.isoformat() if frees else "")
    return stay


@act("stays.admit")
def come_back(
    stay: Stay,
    *,
    actor: Actor,
    at: datetime,
    on: Annotated[date, Field(label=_("Back in the facility on"))],
    bed: Annotated[
        str, Field(label=_("Bed"), help=_("Only if the person's own bed was released"), choices=_free_here)
    ] = "",
) -> Stay:
    """The person is back: in the own bed where it was kept, else in another one."""
    _need(stay, StayState.AWAY)
    leave = leave_now(stay)
    assert leave is not None, "a stay on leave has an open leave"
    past(on, at, "on", days=terms().back_days, least=leave.since)
    if bed_now(stay) is None:
        if not bed:
            raise Refused(
                "bed_freed",
                "The bed was released on {day}. Choose a free one.",
                field="bed",
                day=leave.frees_on,
            )
        _lie_in(stay, _chosen(bed, stay, actor, on), on)
    leave.until = on
    leave.save(update_fields=["until"])
    stay.state = StayState.LIVING
    stay.save(update_fields=["state"])
    add_detail(on=on.isoformat())
    return stay


@act("stays.admit")
def change_bed_of(
    stay: Stay, *, actor: Actor, at: datetime, bed: Another, on: Annotated[date, Field(label=_("From"))]
) -> Stay:
    """Move somebody to another free bed of the house."""
    _need(stay, StayState.LIVING, StayState.AWAY)
    now = bed_now(stay)
    past(on, at, "on", days=terms().back_days, least=now.since if now else stay.since)
    target = _chosen(bed, stay, actor, on)
    fits_level(level_on(stay.person_id, on), target.kind, terms(), why=stay.without_why or "-").or_refuse()
    if now is not None:
        now.until = on
        now.save(update_fields=["until"])
    _lie_in(stay, target, on)
    add_detail(bed=str(target), on=on.isoformat())
    return stay


@act("stays.admit")
def discharge(
    stay: Stay,
    *,
    actor: Actor,
    at: datetime,
    on: Annotated[date, Field(label=_("Left on"))],
    ending: Annotated[Ending, Field(label=_("Went to"), radio=True)],
    reason: Annotated[str, Field(label=_("Note"), size=200)] = "",
) -> Stay:
    """End a stay: the bed is free from this day on, and a family care bed goes on for whoever went home."""
    _need(stay, StayState.LIVING, StayState.AWAY)
    past(on, at, "on", days=terms().back_days, least=_last_begin(stay))
    end_stay(stay, on, ending, line(reason, "reason", needed=False), at=at)
    if ending == Ending.HOME:
        resume_after(stay.person_id, on, at=at)
    add_detail(on=on.isoformat(), ending=str(ending))
    return stay


@act("stays.admit")
def set_terms(
    stay: Stay,
    *,
    actor: Actor,
    at: datetime,
    bed_fee: Annotated[Fen, Field(label=_("Bed (yuan a month)"), least=0, most=10_000_000)],
    care_fee: Annotated[Fen, Field(label=_("Care (yuan a month)"), least=0, most=10_000_000)],
    meals_fee: Annotated[Fen, Field(label=_("Meals (yuan a month)"), least=0, most=10_000_000)],
    due_on: Annotated[date | None, Field(label=_("Planned until"))] = None,
) -> Stay:
    """Change what a month costs and until when the stay is planned."""
    _need(stay, StayState.LIVING, StayState.AWAY)
    if due_on is not None and due_on < stay.since:
        raise Refused("order", "The last day must not lie before the first.", field="due_on")
    stay.bed_fen, stay.care_fen, stay.meals_fen, stay.due_on = bed_fee, care_fee, meals_fee, due_on
    stay.save(update_fields=["bed_fen", "care_fen", "meals_fen", "due_on"])
    return stay


@act("stays.admit")
def note_level(stay: Stay, *, actor: Actor, at: datetime) -> Stay:
    """Take the assessment that was made since into a stay that began without one."""
    level = level_on(stay.person_id, timezone.localdate(at))
    if level is None:
        raise Refused(
            "still_not_assessed", "No ability assessment of this person is in force yet. Ask for one."
        )
    stay.level = level
    stay.save(update_fields=["level"])
    return stay


def end_stay(stay: Stay, on: date, ending: Ending, reason: str, *, at: datetime) -> None:
    """Everything that ends with a stay, inside an act."""
    with elevated():  # the person's setting, bed and tie
        for rows in (Occupancy.everywhere.filter(stay=stay), Leave.everywhere.filter(stay=stay)):
            for row in rows.filter(until=None):
                row.until = max(on, row.since)
                row.save(update_fields=["until"])
        for setting in Setting.everywhere.filter(source_id=stay.pk, until=None):
            setting.until = max(on, setting.since)
            setting.save(update_fields=["until"])
        stay.state, stay.until, stay.ending, stay.reason = (
            StayState.ENDED,
            max(on, stay.since),
            ending,
            reason,
        )
        stay.save()
        unbind(stay.person_id, stay.facility_id, until=timezone.localdate(at))


@act("stays.admit")
def free_bed(stay: Stay, *, actor: Actor, at: datetime) -> Stay:
    """Free the bed of somebody whose leave is longer than the rule keeps it."""
    leave, now = leave_now(stay), bed_now(stay)
    if leave is None or now is None or leave.frees_on is None or leave.frees_on > timezone.localdate(at):
        raise Refused("bed_kept", "The bed is still held. Reload the page.")
    now.until = max(leave.frees_on, now.since)
    now.save(update_fields=["until"])
    add_detail(bed=str(now.bed), on=now.until.isoformat())
    return stay


def free_overdue(*, at: datetime) -> int:
    """Free the beds of those whose leave is longer than the rule keeps them; run by a periodic job."""
    done = 0
    with elevated():  # of all facilities
        for leave in freed(timezone.localdate(at)).select_related("stay"):
            if bed_now(leave.stay) is not None:
                free_bed(leave.stay, actor=SYSTEM, at=at)
                done += 1
    return done


def _need(stay: Stay, *states: StayState) -> None:
    if stay.state not in states:
        raise Refused(
            "stay_state",
            "This is not possible while the stay is “{state}”. Reload the page and choose again.",
            state=stay.get_state_display(),
        )


def _last_begin(stay: Stay) -> date:
    """The last day on which something of a stay began: it does not end before that."""
    begun = [stay.since]
    for rows in (Occupancy.everywhere.filter(stay=stay), Leave.everywhere.filter(stay=stay)):
        begun += rows.values_list("since", flat=True)
        begun += [day for day in rows.values_list("until", flat=True) if day is not None]
    return max(begun)


def _chosen(key: str, stay: Stay, actor: Actor, on: date) -> Bed:
    """The chosen bed of the same house, locked; refused where it is not free."""
    try:
        wanted = UUID(key)
    except ValueError:
        raise bed_taken() from None
    rows = Bed.objects.within(actor.scope("stays.admit")).filter(facility_id=stay.facility_id, pk=wanted)
    bed: Bed | None = rows.select_for_update(no_key=True).first()
    with elevated():  # whoever has or was promised it
        if bed is None or not unused(Bed.everywhere.filter(pk=wanted), on).exists():
            raise bed_taken()
    return bed


def _lie_in(stay: Stay, bed: Bed, on: date) -> None:
    with elevated(), kept_apart(person=stay.person, since=on):
        Occupancy.everywhere.create(
            stay=stay, bed=bed, person_id=stay.person_id, facility_id=stay.facility_id,
            organisation_id=stay.organisation_id, region_id=stay.region_id, since=on,
        )  # fmt: skip
