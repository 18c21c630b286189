"""Asking for an assessment, naming who makes it, giving it up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.assessment.actions.common import Note, Reason, begun, moved, opened, reach, unreach
from songhe.areas.assessment.models import Assessment, Cause, Level, Medical
from songhe.areas.assessment.queries.bonds import bounds
from songhe.areas.assessment.queries.national import national_of
from songhe.areas.assessment.queries.results import able_to_assess, assessor_choices, disputed, under_way
from songhe.areas.assessment.rules.appointment import booking
from songhe.areas.assessment.rules.pair import assessors
from songhe.areas.registry.api import Person
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor
from songhe.engines.acts.api import act, add_detail
from songhe.engines.acts.once import digest_of
from songhe.kit.fields import Field

AT_ONCE = 300
Whom = Annotated[Person, Field(label=_("Person"))]


@act("assessment.request")
def request(
    *,
    actor: Actor,
    at: datetime,
    person: Whom,
    asked: Annotated[
        Level | None,
        Field(
            label=_("Level applied for"), help=_("What the person applies for or found in a self-assessment.")
        ),
    ] = None,
    note: Note = "",
    for_voucher: Annotated[
        bool,
        Field(
            label=_("Only for the national voucher"),
            help=_("Not needed for anybody the national platform has already assessed."),
        ),
    ] = False,
) -> Assessment:
    """Ask for an assessment of a person; one at a time. For the voucher nobody is assessed twice."""
    if for_voucher:
        _not_assessed_nationally(person, timezone.localdate(at))
        add_detail(for_voucher=True)
    return opened(person, actor=actor, at=at, note=note, asked=asked)


def _not_assessed_nationally(person: Person, day: date) -> None:
    found = national_of([person.pk], day).get(person.pk)
    if found is not None:
        raise Refused(
            "assessment.assessed_nationally",
            "{person} is already assessed nationally: {level}, valid until {day}. The voucher needs no other assessment.",
            field="person",
            person=person,
            level=found.get_level_display(),
            day=found.valid_until,
        )


@act("assessment.request")
def request_many(*, actor: Actor, at: datetime, persons: Sequence[Person], note: str = "") -> int:
    """Ask for the assessments of several persons at once; returns how many. Who has one under way is left out."""
    if not persons:
        raise Refused("assessment.nobody", "Nobody is ticked. Tick at least one person.")
    if len(persons) > AT_ONCE:
        raise Refused(
            "assessment.too_many",
            "At most {most} can be requested at once. Narrow the list first.",
            most=AT_ONCE,
        )
    busy = under_way([person.pk for person in persons])
    made = [
        request(actor=actor, at=at, person=person, note=note[:400])
        for person in persons
        if person.pk not in busy
    ]
    numbers = [row.number for row in made]
    add_detail(count=len(made), digest=digest_of(numbers))
    return len(made)


@act("assessment.assign")
def assign(
    assessment: Assessment,
    *,
    actor: Actor,
    at: datetime,
    first: Annotated[str, Field(label=_("First assessor"), choices=assessor_choices)],
    second: Annotated[str, Field(label=_("Second assessor"), choices=assessor_choices)],
    medical: Annotated[Medical, Field(label=_("Medical background"))],
    appointment_at: Annotated[datetime | None, Field(label=_("Appointment"))] = None,
    namesakes_differ: Annotated[
        bool, Field(label=_("An assessor only has the same name as a relative; I have checked it"))
    ] = False,
) -> Assessment:
    """Name two assessors who are not bound to the person, at least one with a medical or nursing background."""
    pair = (UUID(first), UUID(second))
    has = {Medical.FIRST: pair[:1], Medical.SECOND: pair[1:], Medical.BOTH: pair}.get(medical, ())
    decision = assessors(
        *pair,
        medical=frozenset(has),
        able=frozenset(able_to_assess(assessment.region_id)),
        bounds=bounds(assessment.person_id, pair, on=timezone.localdate(at), disputed=disputed(assessment)),
        namesakes_differ=namesakes_differ,
    )
    decision.or_refuse()
    if appointment_at is not None:
        booking(appointment_at, at).or_refuse()
    unreach(assessment, at)
    assessment.appointment_at = appointment_at or assessment.appointment_at
    assessment.first_assessor_id, assessment.second_assessor_id = pair
    assessment.medical, assessment.namesakes_differ = medical, namesakes_differ
    if assessment.answers is None:
        assessment.answers = begun(assessment, actor=actor, at=at)
    for holder in pair:
        reach(assessment, holder, at)
    return moved(assessment, "assign", actor=actor, at=at, passed={"two_assessors"})


@act("assessment.assign")
def cancel(assessment: Assessment, *, actor: Actor, at: datetime, reason: Reason) -> Assessment:
    """Give up an assessment that is not signed."""
    if assessment.cause == Cause.OBJECTION:
        raise Refused(
            "assessment.objection_open",
            "This assessment answers an objection. Withdraw the objection on the result it is against instead.",
        )
    unreach(assessment, at)
    return moved(assessment, "cancel", actor=actor, at=at, note=reason)
