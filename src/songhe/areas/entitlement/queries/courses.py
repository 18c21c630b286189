"""What is known of people in the months to come: as it is today, and as it will be where something ends or begins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q

from songhe.areas.assessment.api import Assessment
from songhe.areas.assessment.api import State as Assessed
from songhe.areas.entitlement.queries.months import Known, families, holders, known
from songhe.areas.providers.api import canteens_of
from songhe.areas.registry.api import Enrolment, Fact, Kind, Person
from songhe.core.codes.region import VILLAGE, level_of
from songhe.core.days import month_after, month_of, months_later
from songhe.core.rules import MOST, Asked, Course, Document
from songhe.engines.access.api import elevated
from songhe.engines.policies import api as policies

EPOCH = date(1970, 1, 1)


def asked(one: Known, day: date, home: int) -> Asked:
    """A person with the household, the policies of the months to come, and who of the household holds what."""
    last = months_later(month_of(day), MOST)
    documents = [document for _version, document in policies.known(last)]
    shared = any(rule.payee for document in documents for rule in document.rules)
    family: Mapping[UUID, Known] = {one.person.pk: one}
    held: Mapping[tuple[UUID, str], UUID] = {}
    if shared and one.household_id:
        family = families([one], day)[one.person.pk]
        held = holders([one.household_id], month_of(day))
    return Asked(
        str(one.person.pk),
        {str(key): course for key, course in _courses(family, day, last, documents).items()},
        home,
        tuple(documents),
        {rule: str(person) for (_home, rule), person in held.items()},
    )


def _courses(
    family: Mapping[UUID, Known], day: date, last: date, documents: Iterable[Document]
) -> dict[UUID, Course]:
    """What is known of each on every first of a month before which something ended or began."""
    people = [one.person for one in family.values()]
    steps = {key: [(day, one.facts)] for key, one in family.items()}
    with elevated():  # what a housemate brings in must not depend on who looks
        months = sorted({_decided_from(edge) for edge in _edges(people, day, last, documents)})
        for month in months:
            for key, then in known(people, month).items():
                steps[key].append((month, then.facts))
    return {key: Course(tuple(found)) for key, found in steps.items()}


def _decided_from(edge: date) -> date:
    """The month to come whose first day is the first to see what changes on a day."""
    return edge if edge.day == 1 else month_after(edge)


def _edges(people: Iterable[Person], day: date, last: date, documents: Iterable[Document]) -> set[date]:
    """The days to come on which something known of somebody ends or begins."""
    ids = [person.pk for person in people]
    tags = Fact.everywhere.filter(person__in=ids, kind=Kind.TAG, recorded_until=None)
    results = Assessment.everywhere.filter(person__in=ids, state=Assessed.CONFIRMED)
    enrolled = Enrolment.everywhere.filter(person__in=ids)
    found: set[date | None] = set()
    for rows, since, until in (
        (tags, "valid_from", "valid_to"),
        (results, "in_force_on", "holds_until"),
        (enrolled, "since", "until"),
    ):
        near = Q(**{f"{since}__gt": day}) | Q(**{f"{until}__gt": day})
        for pair in rows.filter(near).values_list(since, until):
            found |= set(pair)
    for region in {person.region_id for person in people if level_of(person.region_id) == VILLAGE}:
        for _code, first, end in canteens_of(region):
            found |= {EPOCH + timedelta(days) for days in (first, end)}
    once = {rule.once_per for document in documents for rule in document.rules}
    if once & {"year", "lifetime"}:
        found |= {month_after(day), *(date(year, 1, 1) for year in range(day.year + 1, last.year + 1))}
    return {edge for edge in found if edge is not None and day < edge <= last}
