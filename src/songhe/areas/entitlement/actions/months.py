"""Verbs of entitlements."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from songhe.areas.entitlement import determining, granting
from songhe.areas.entitlement.actions.grants import award_unasked
from songhe.areas.entitlement.determining import Month
from songhe.areas.entitlement.models import HELD, Entitlement, State
from songhe.areas.registry.api import Person
from songhe.core.days import month_of
from songhe.core.refusal import Forbidden, Refused
from songhe.engines.access.api import Actor
from songhe.engines.acts.api import act, add_detail, four_eyes
from songhe.engines.jobs.api import start
from songhe.engines.jobs.models import Job
from songhe.engines.policies.api import PolicyVersion
from songhe.engines.regions.models import Region
from songhe.kit.fields import Field

AnyDay = Annotated[date, Field(label=_("Month"), help=_("Any day of the month."))]
Reason = Annotated[str, Field(label=_("Reason"), long=True, size=400)]
Area = Annotated[Region, Field(label=_("Region"))]


@act("entitlement.determine")
def determine(person: Person, *, actor: Actor, at: datetime, month: AnyDay) -> Person:
    """Decide every policy in force for one person and month."""
    determining.ensure_policies(actor=actor, at=at)
    rows = determining.determine_all([person], Month.to_decide(month_of(month), actor=actor, at=at))
    add_detail(month=month_of(month).isoformat(), decided={row.rule: [row.state, row.amount] for row in rows})
    return person


@act("entitlement.determine")
def determine_region(*, actor: Actor, at: datetime, region: Area, month: AnyDay) -> Job:
    """Decide a month for everybody who lives in a region; progress is shown with the jobs."""
    _need_region(region, "entitlement.determine", actor)
    determining.ensure_policies(actor=actor, at=at)
    args = {"region": region.pk, "month": month_of(month).isoformat()}
    return start("entitlement.determine", args, actor=actor, at=at, key=f"{region.pk}:{args['month']}")


@act("entitlement.approve")
def approve(entitlement: Entitlement, *, actor: Actor, at: datetime) -> Entitlement:
    """Approve what somebody else determined; hours and meals are granted at once."""
    _need_state(entitlement, State.DRAFT)
    four_eyes(entitlement.prepared_by_id, actor)
    _approved([entitlement], actor=actor, at=at)
    granting.grant([entitlement], key=f"entitlement:{entitlement.pk}:grant", actor=actor, at=at)
    return entitlement


@act("entitlement.approve")
def approve_region(*, actor: Actor, at: datetime, region: Area, month: AnyDay) -> Job:
    """Approve a month's drafts of a region, all but those that you determined yourself."""
    _need_region(region, "entitlement.approve", actor)
    args = {"region": region.pk, "month": month_of(month).isoformat()}
    return start(
        "entitlement.approve", args, actor=actor, at=at, key=f"{region.pk}:{args['month']}:{actor.id}"
    )


@act("entitlement.suspend")
def suspend(entitlement: Entitlement, *, actor: Actor, at: datetime, reason: Reason) -> Entitlement:
    """Hold back an approved entitlement; what is not used yet goes back until it is resumed."""
    _need_state(entitlement, State.APPROVED)
    key = f"entitlement:{entitlement.pk}:suspend:{at.isoformat()}"
    entitlement.returned += granting.give_back(entitlement, key=key, actor=actor, at=at)
    return _changed(entitlement, State.SUSPENDED, reason, at)


@act("entitlement.approve")
def resume(entitlement: Entitlement, *, actor: Actor, at: datetime, reason: Reason) -> Entitlement:
    """Give a suspended entitlement again, with what was left of it."""
    _need_state(entitlement, State.SUSPENDED)
    key = f"entitlement:{entitlement.pk}:resume:{at.isoformat()}"
    granting.give_again(entitlement, entitlement.returned, key=key, actor=actor, at=at)
    entitlement.returned = 0
    return _changed(entitlement, State.APPROVED, reason, at)


@act("entitlement.suspend")
def end(entitlement: Entitlement, *, actor: Actor, at: datetime, reason: Reason) -> Entitlement:
    """End an approved or suspended entitlement for good; what is not used goes back."""
    _need_state(entitlement, *HELD)
    if entitlement.state == State.APPROVED:
        key = f"entitlement:{entitlement.pk}:end"
        entitlement.returned += granting.give_back(entitlement, key=key, actor=actor, at=at)
    return _changed(entitlement, State.ENDED, reason, at)


@act("entitlement.policy")
def load_policies(*, actor: Actor, at: datetime) -> PolicyVersion | None:
    """Load the city's policy files; a broken file loads nothing and is named with line and clause."""
    loaded = determining.load(actor=actor, at=at)
    add_detail(policies=[row.code for row in loaded])
    return loaded[0] if loaded else None


def approve_many(rows: Sequence[Entitlement], *, actor: Actor, at: datetime) -> int:
    """Approve drafts of others that are locked by the caller, with one journal for each rule and month."""
    chosen = [row for row in rows if row.state == State.DRAFT and row.prepared_by_id != actor.id]
    if chosen:
        _approved(chosen, actor=actor, at=at)
        granting.grant(chosen, key=f"entitlement:batch:{chosen[0].pk}", actor=actor, at=at)
    return len(chosen)


def _approved(rows: Sequence[Entitlement], *, actor: Actor, at: datetime) -> None:
    for row in rows:
        row.state = State.APPROVED
        row.approved_by_id, row.approved_at, row.changed_at = actor.id, at, at
    try:
        with transaction.atomic():
            Entitlement.everywhere.bulk_update(rows, ["state", "approved_by_id", "approved_at", "changed_at"])
    except IntegrityError as error:
        raise Refused(
            "entitlement.household_has_it",
            "Another member of the household already has this entitlement for the month. Determine again, then approve.",
            rule="once_per_household",
        ) from error
    award_unasked(rows, actor=actor, at=at)


def _changed(row: Entitlement, state: State, reason: str, at: datetime) -> Entitlement:
    row.state, row.note, row.changed_at = state, reason[:400], at
    row.save(update_fields=["state", "note", "changed_at", "returned"])
    return row


def _need_state(row: Entitlement, *states: State) -> None:
    if row.state not in states:
        raise Refused(
            "entitlement.state",
            "This is not possible while the entitlement is “{state}”. Reload the page and choose again.",
            state=row.get_state_display(),
        )


def _need_region(region: Region, right: str, actor: Actor) -> None:
    if not actor.scope(right).holds(region.pk):
        raise Forbidden(
            "outside_scope", "This is outside your area. Hand it to the colleague who is responsible there."
        )
