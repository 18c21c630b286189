"""The worklist of persons who need an assessment: the rows by one condition for each reason, and the reasons of a page.

The conditions say the same as ``rules.needs``, which decides for one person; a test holds them together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from songhe.areas.assessment.limits import parameters
from songhe.areas.assessment.models import OPEN, UNDECIDED, Assessment, State
from songhe.areas.assessment.queries.national import national_of, valid
from songhe.areas.assessment.rules.national import ASSESSED_AFRESH
from songhe.areas.assessment.rules.needs import Known, Need, Why, needs
from songhe.areas.assessment.rules.parameters import Parameters
from songhe.areas.registry.api import Fact, Kind, Person, birthday_after, living
from songhe.engines.access.api import Scope

DISCHARGED = "discharged"
"""The tag that says a person left hospital, from that day on."""

BUSY = tuple(state for state in (*OPEN, *UNDECIDED) if state != State.REQUESTED)


def needing(scope: Scope, on: date) -> QuerySet[Person]:
    """Living persons of a scope who need an assessment on a day, for any reason."""
    some = Q(pk__in=[])
    for need in Need:
        some |= condition(need, on)
    return living(scope).filter(some).exclude(pk__in=_persons(state__in=BUSY))


def condition(need: Need, on: date) -> Q:
    """The persons for whom one reason holds on a day."""
    told = _CONDITIONS[need](on, parameters())
    return told & ~Q(pk__in=valid(on).values("person_id")) if need in ASSESSED_AFRESH else told


def why_of(persons: Iterable[Person], on: date) -> dict[UUID, tuple[Why, ...]]:
    """The reasons of several persons, with the same number of questions for any number of them."""
    people = {person.pk: person for person in persons}
    rows = Assessment.everywhere.filter(person_id__in=people)
    last = {
        key: (assessed, until)
        for key, assessed, until in rows.filter(state=State.CONFIRMED)
        .values_list("person_id")
        .annotate(assessed=Max("assessed_on"), until=Max("holds_until"))
    }
    open_ones = dict(rows.filter(state__in=(*OPEN, *UNDECIDED)).values_list("person_id", "state"))
    left = dict(
        _discharges(on, parameters())
        .filter(person_id__in=people)
        .values_list("person_id")
        .annotate(day=Max("valid_from"))
    )
    national = national_of(people, on)
    out = {}
    for key, person in people.items():
        assessed, until = last.get(key, (None, None))
        known = Known(
            born=person.born,
            assessed_on=assessed,
            holds_until=until,
            discharged_on=left.get(key),
            requested=open_ones.get(key) == State.REQUESTED,
            under_way=open_ones.get(key) in BUSY,
            national_until=national[key].valid_until if key in national else None,
        )
        out[key] = needs(known, on, parameters())
    return out


def _persons(**conditions: Any) -> QuerySet[Any]:
    return Assessment.everywhere.filter(**conditions).values("person_id")


def _discharges(on: date, given: Parameters) -> QuerySet[Fact]:
    rows: QuerySet[Fact] = Fact.everywhere.filter(kind=Kind.TAG, term=DISCHARGED, recorded_until=None)
    return rows.filter(valid_from__gt=on - timedelta(days=given.discharge_days), valid_from__lte=on)


def _requested(on: date, given: Parameters) -> Q:
    return Q(pk__in=_persons(state=State.REQUESTED))


def _discharged(on: date, given: Parameters) -> Q:
    since = Assessment.everywhere.filter(
        person_id=OuterRef("person_id"), state=State.CONFIRMED, assessed_on__gte=OuterRef("valid_from")
    )
    return Q(pk__in=_discharges(on, given).exclude(Exists(since)).values("person_id"))


def _expiring(on: date, given: Parameters) -> Q:
    soon = on + timedelta(days=given.expiring_days)
    lasting = _persons(state=State.CONFIRMED, holds_until__gt=soon)
    return Q(pk__in=_persons(state=State.CONFIRMED, holds_until__lte=soon)) & ~Q(pk__in=lasting)


def _age(on: date, given: Parameters) -> Q:
    since = on - timedelta(days=given.age_window_days)
    reached = Q(pk__in=[])
    for age in given.ages:
        reached |= Q(born__lte=birthday_after(on, age), born__gt=birthday_after(since, age))
    return reached & ~Q(pk__in=_persons(state=State.CONFIRMED, assessed_on__gt=since))


def _never(on: date, given: Parameters) -> Q:
    old = Q(born__lte=birthday_after(on, given.never_assessed_from))
    return old & ~Q(pk__in=_persons(state=State.CONFIRMED))


_CONDITIONS: dict[Need, Callable[[date, Parameters], Q]] = {
    Need.REQUESTED: _requested,
    Need.DISCHARGED: _discharged,
    Need.EXPIRING: _expiring,
    Need.AGE: _age,
    Need.NEVER: _never,
}
