"""Verbs of grants: they come into force, are suspended, resumed and stopped from a month on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.entitlement import queries
from songhe.areas.entitlement.models import (
    Application,
    Entitlement,
    Grant,
    GrantSpan,
    GrantState,
    HolderKind,
    Owed,
)
from songhe.areas.entitlement.reasons import DECEASED, GRANTED, choices_for, reason
from songhe.areas.entitlement.rules import Months, Stretch, reinstated, with_state
from songhe.areas.entitlement.terms import book
from songhe.areas.registry.api import Death, Person
from songhe.core.days import month_after, month_of
from songhe.core.refusal import Refused
from songhe.core.rules import Document, Tags
from songhe.core.text import normalise
from songhe.engines.access.api import Actor
from songhe.engines.acts.api import act, add_detail
from songhe.engines.policies.api import document_of
from songhe.kit.fields import Field

FromMonth = Annotated[date, Field(label=_("From month"), help=_("Any day of the month."))]
Remark = Annotated[str, Field(label=_("Note"), size=400)]


@act("entitlement.suspend")
def suspend_grant(
    grant: Grant,
    *,
    actor: Actor,
    at: datetime,
    from_month: FromMonth,
    why: Annotated[str, Field(label=_("Reason"), choices=choices_for("suspend"))],
    note: Remark = "",
) -> Grant:
    """Suspend a grant from a month on; months paid before stay paid."""
    _need(grant, GrantState.IN_FORCE)
    _within(grant, from_month)
    stretches = with_state(
        queries.stretches_of(grant),
        GrantState.SUSPENDED,
        month_of(from_month),
        reason=reason(why, "suspend").code,
    )
    return _keep(grant, stretches, note, actor=actor, at=at)


@act("entitlement.approve")
def resume_grant(
    grant: Grant,
    *,
    actor: Actor,
    at: datetime,
    from_month: FromMonth,
    why: Annotated[str, Field(label=_("Reason"), choices=choices_for("resume"))],
    arrears: Annotated[bool, Field(label=_("The suspended months are paid after all"))] = False,
    note: Remark = "",
) -> Grant:
    """Resume a suspended grant; with arrears, the months between are owed with the next payment."""
    _need(grant, GrantState.SUSPENDED)
    _within(grant, from_month)
    stretches = with_state(
        queries.stretches_of(grant),
        GrantState.IN_FORCE,
        month_of(from_month),
        reason=reason(why, "resume").code,
        owed=arrears,
    )
    return _keep(grant, stretches, note, actor=actor, at=at)


@act("entitlement.suspend")
def stop_grant(
    grant: Grant,
    *,
    actor: Actor,
    at: datetime,
    on: Annotated[date, Field(label=_("On"), help=_("The day on which the reason arose."))],
    why: Annotated[str, Field(label=_("Reason"), choices=choices_for("stop"))],
    note: Remark = "",
) -> Grant:
    """Stop a grant for good; whether the month of the day is still paid depends on the reason."""
    _need(grant, GrantState.IN_FORCE, GrantState.SUSPENDED)
    return _stopped(grant, on, why, note, actor=actor, at=at)


def award(application: Application, *, actor: Actor, at: datetime) -> Grant:
    """The grant of an application that was approved, inside its act."""
    assert application.from_month is not None
    assert application.verified_by_id is not None
    assert application.decided_by_id is not None
    fresh = Grant(
        person=application.person,
        region_id=application.region_id,
        number=application.decision_number,
        benefit=application.rule,
        name_en=application.name_en,
        name_zh=application.name_zh,
        policy=application.policy,
        application=application,
        from_month=application.from_month,
        basis=basis_of(application.person, document_of(application.policy), timezone.localdate(at)),
        prepared_by_id=application.verified_by_id,
        approved_by_id=application.decided_by_id,
        granted_at=at,
        changed_at=at,
    )
    try:
        with transaction.atomic():
            fresh.save(force_insert=True)
    except IntegrityError as error:
        raise Refused(
            "entitlement.grant_twice",
            "This person has a grant of this benefit for the same months. Stop that one first.",
        ) from error
    _begin([fresh], actor=actor, at=at)
    return fresh


def award_unasked(rows: Iterable[Entitlement], *, actor: Actor, at: datetime) -> int:
    """Let approved months of benefits that nobody has to ask for become grants, where there is none; how many."""
    silent = [row for row in rows if row.rule in book().silent]
    if not silent:
        return 0
    held = set(
        Grant.everywhere.filter(person__in={row.person_id for row in silent}, benefit__in=book().silent)
        .filter(until_month=None)
        .values_list("person_id", "benefit")
    )
    held |= set(
        Grant.everywhere.filter(
            person__in={row.person_id for row in silent}, until_month__gt=min(row.month for row in silent)
        ).values_list("person_id", "benefit")
    )
    wanted: dict[tuple[UUID, str], Entitlement] = {}
    for row in sorted(silent, key=lambda row: row.month):
        if (row.person_id, row.rule) not in held:
            wanted.setdefault((row.person_id, row.rule), row)
    fresh = _unasked(list(wanted.values()), at)
    Grant.everywhere.bulk_create(fresh, batch_size=1_000)
    _begin(fresh, actor=actor, at=at)
    return len(fresh)


def basis_of(person: Person, document: Document, day: date) -> dict[str, Any]:
    """The facts and tags of a person that a policy looks at, as plain data."""
    return plain_basis(queries.known([person], day)[person.pk], document)


def plain_basis(one: queries.Known, document: Document) -> dict[str, Any]:
    """The same of what is known already."""
    tags = one.facts.get("tags")
    held = tags.held if isinstance(tags, Tags) else frozenset()
    facts = {code: one.facts.get(code) for code in document.facts}
    return {
        "facts": {
            code: value.isoformat() if isinstance(value, date) else value for code, value in facts.items()
        },
        "tags": sorted(held & set(document.tags)),
    }


def end_at_death(person: Person, death: Death, actor: Actor, at: datetime) -> None:
    """Stop every grant of somebody who died with the month of death, inside the act that confirms it."""
    for grant in queries.grants_of(person.pk).select_for_update(no_key=True):
        until = month_after(death.died_on)
        if grant.until_month is None or grant.until_month > until:
            die(grant, actor=actor, at=at, on=death.died_on)


def live_again(person: Person, death: Death, actor: Actor, at: datetime) -> None:
    """Put grants back into force that only a death stopped which was taken back; the months between are owed."""
    for grant in queries.grants_of(person.pk).filter(state=GrantState.STOPPED, why=DECEASED):
        revive(grant, actor=actor, at=at)


@act("entitlement.suspend")
def die(grant: Grant, *, actor: Actor, at: datetime, on: date) -> Grant:
    """Stop a grant with the month of its holder's death."""
    return _stopped(grant, on, DECEASED, "", actor=actor, at=at)


@act("entitlement.approve")
def revive(grant: Grant, *, actor: Actor, at: datetime) -> Grant:
    """Put a grant back as it was before a death that was no death; months since then are owed."""
    stretches = queries.stretches_of(grant)
    before = stretches[-2] if len(stretches) > 1 else None
    if before is not None and before.state == GrantState.SUSPENDED:
        start = stretches[-1].months.start
        back = with_state(stretches, GrantState.SUSPENDED, start, reason=before.reason)
    else:
        month = month_of(timezone.localdate(at))
        back = reinstated(stretches, month, before.reason if before else GRANTED)
    return _keep(grant, back, "", actor=actor, at=at)


@act("entitlement.approve")
def reinstate(grant: Grant, *, actor: Actor, at: datetime, why: str) -> Grant:
    """Undo the last suspension or stop; the months since are owed."""
    _need(grant, GrantState.SUSPENDED, GrantState.STOPPED)
    month = month_of(timezone.localdate(at))
    back = reinstated(queries.stretches_of(grant), month, reason(why, "resume").code)
    return _keep(grant, back, "", actor=actor, at=at)


@act("entitlement.suspend")
def arrears_paid(grant: Grant, *, actor: Actor, at: datetime, spans: Sequence[UUID]) -> Grant:
    """Mark owed months as paid; a payment run calls it for the months it took."""
    rows = GrantSpan.everywhere.filter(grant=grant, pk__in=list(spans), owed=Owed.OWED)
    add_detail(paid=[f"{row.from_month:%Y-%m}" for row in rows])
    rows.update(owed=Owed.PAID)
    return grant


def _stopped(grant: Grant, on: date, why: str, note: str, *, actor: Actor, at: datetime) -> Grant:
    found = reason(why, "stop")
    until = month_after(on) if found.last_month else month_of(on)
    stretches = with_state(queries.stretches_of(grant), GrantState.STOPPED, until, reason=found.code)
    add_detail(on=on.isoformat())
    return _keep(grant, stretches, note, actor=actor, at=at)


def _keep(grant: Grant, stretches: Sequence[Stretch], note: str, *, actor: Actor, at: datetime) -> Grant:
    """Write the stretches: rows that stay are closed or opened, the rest is new or falls away."""
    rows = {row.from_month: row for row in GrantSpan.everywhere.filter(grant=grant)}
    for one in stretches:
        row = rows.get(one.months.start)
        if row is not None and (row.state, row.why) == (one.state, one.reason):
            del rows[one.months.start]
            if (row.until_month, row.owed) != (one.months.until, one.owed):
                row.until_month, row.owed = one.months.until, Owed(one.owed)
                row.save(update_fields=["until_month", "owed"])
    GrantSpan.everywhere.filter(pk__in=[row.pk for row in rows.values()]).delete()
    known = set(GrantSpan.everywhere.filter(grant=grant).values_list("from_month", flat=True))
    GrantSpan.everywhere.bulk_create(
        [_span(grant, one, note, actor, at) for one in stretches if one.months.start not in known]
    )
    last = stretches[-1]
    grant.state, grant.why, grant.changed_at = GrantState(last.state), last.reason, at
    grant.until_month = last.months.start if last.state == GrantState.STOPPED else None
    try:
        with transaction.atomic():
            grant.save(update_fields=["state", "why", "changed_at", "until_month"])
    except IntegrityError as error:
        raise Refused(
            "entitlement.grant_twice",
            "This person has a grant of this benefit for the same months. Stop that one first.",
        ) from error
    add_detail(months=[[f"{one.months.start:%Y-%m}", one.state, one.reason, one.owed] for one in stretches])
    return grant


def _begin(fresh: Sequence[Grant], *, actor: Actor, at: datetime) -> None:
    GrantSpan.everywhere.bulk_create(
        [
            _span(grant, Stretch(Months(grant.from_month), GrantState.IN_FORCE, GRANTED), "", actor, at)
            for grant in fresh
        ],
        batch_size=1_000,
    )


def _span(grant: Grant, one: Stretch, note: str, actor: Actor, at: datetime) -> GrantSpan:
    return GrantSpan(
        grant=grant,
        person_id=grant.person_id,
        holder_id=grant.holder_id,
        organisation_id=grant.organisation_id,
        region_id=grant.region_id,
        state=one.state,
        from_month=one.months.start,
        until_month=one.months.until,
        why=one.reason,
        note=normalise(note)[:400],
        owed=one.owed,
        at=at,
        by_id=actor.id,
        by_name=actor.name[:80],
    )


def _unasked(rows: Sequence[Entitlement], at: datetime) -> list[Grant]:
    people = Person.everywhere.filter(pk__in=[row.person_id for row in rows])
    facts = queries.known(people, timezone.localdate(at))
    documents = {row.policy_id: document_of(row.policy) for row in rows}
    return [
        _unasked_one(row, plain_basis(facts[row.person_id], documents[row.policy_id]), at) for row in rows
    ]


def _unasked_one(row: Entitlement, basis: dict[str, Any], at: datetime) -> Grant:
    assert row.approved_by_id is not None
    return Grant(
        holder_kind=HolderKind.PERSON,
        person_id=row.person_id,
        region_id=row.region_id,
        number=f"{row.name_zh[:30]} {row.month:%Y-%m}",
        benefit=row.rule,
        name_en=row.name_en,
        name_zh=row.name_zh,
        policy_id=row.policy_id,
        from_month=row.month,
        basis=basis,
        prepared_by_id=row.prepared_by_id,
        approved_by_id=row.approved_by_id,
        granted_at=at,
        changed_at=at,
    )


def _need(grant: Grant, *states: GrantState) -> None:
    if grant.state not in states:
        raise Refused(
            "entitlement.grant_state",
            "This is not possible while the grant is “{state}”. Reload the page and choose again.",
            state=grant.get_state_display(),
        )


def _within(grant: Grant, day: date) -> None:
    if month_of(day) < grant.from_month:
        raise Refused(
            "entitlement.before_grant",
            "The grant begins in {month}. Choose that month or a later one.",
            field="from_month",
            month=f"{grant.from_month:%Y-%m}",
        )
