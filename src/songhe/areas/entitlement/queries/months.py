"""Facts that policies ask for, and reads of entitlements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from songhe.areas.assessment.api import in_force, national_of
from songhe.areas.entitlement.models import HELD, Entitlement, State, account_code
from songhe.areas.entitlement.queries.carrying import left_facts
from songhe.areas.entitlement.queries.vouchers import with_voucher
from songhe.areas.entitlement.rules import is_rural
from songhe.areas.providers.api import canteen_regions
from songhe.areas.registry.api import Enrolment, Member, Person, tags_on
from songhe.core.codes.region import CITY, VILLAGE, at_level, level_of
from songhe.core.days import month_of
from songhe.core.rules import FactValue, Tags, received
from songhe.engines.access.api import Scope, asked, elevated
from songhe.engines.ledger.api import Account
from songhe.engines.policies import api as policies
from songhe.engines.regions.models import Region


@dataclass(frozen=True)
class Known:
    """What is known of one person on the day of decision."""

    person: Person
    household_id: UUID | None
    facts: Mapping[str, FactValue]


def known(persons: Iterable[Person], on: date) -> dict[UUID, Known]:
    """The facts of several people on a day, in the same number of queries for any number of them."""
    people = {person.pk: person for person in persons}
    tags, enrolled = _tags(people, on), _enrolled(people, on)
    levels, households = in_force(people, on), _households(people, on)
    national, vouchers = national_of(people, on), with_voucher(people, on)
    regions = Region.objects.in_bulk({person.region_id for person in people.values()})
    canteens, before = _canteens(people.values(), on), _received(people, on)
    kept = left_facts(people, on)
    out = {}
    for key, person in people.items():
        enrolment = enrolled.get(key)
        in_village = level_of(person.region_id) == VILLAGE
        facts: dict[str, FactValue] = {
            "birth": person.born,
            "tags": Tags(frozenset(tags[key])),
            "enrolled": enrolment is not None,
            "enrolled_on": enrolment.since if enrolment else None,
            "rural": is_rural(person.region_id, regions[person.region_id].is_urban),
            "canteen": person.region_id in canteens if in_village else None,
            "level": levels[key].level if key in levels else None,
            "national_level": national[key].level if key in national else None,
            "national_voucher": key in vouchers,
            **before[key],
            **kept[key],
        }
        out[key] = Known(person, households.get(key), facts)
    return out


def families(people: Iterable[Known], on: date) -> dict[UUID, dict[UUID, Known]]:
    """For each person: the person and everybody living in the household on a day, in the same number of queries.

    Who of a household receives what is granted once must not depend on the scope of the officer who asks.
    """
    asked = {one.person.pk: one for one in people}
    homes = {one.household_id for one in asked.values() if one.household_id}
    with elevated():
        lives_in = dict(_members(on).filter(household_id__in=homes).values_list("person_id", "household_id"))
        others = Person.everywhere.filter(pk__in=[key for key in lives_in if key not in asked])
        everybody = {**known([other for other in others if other.is_living], on), **asked}
    by_home: dict[UUID, dict[UUID, Known]] = defaultdict(dict)
    for key, home in lives_in.items():
        if key in everybody and everybody[key].person.is_living:
            by_home[home][key] = everybody[key]
    return {key: {key: one, **by_home.get(one.household_id or key, {})} for key, one in asked.items()}


def holders(households: Iterable[UUID], month: date) -> dict[tuple[UUID, str], UUID]:
    """Who of a household holds a month's entitlement already, by household and rule."""
    with elevated():
        rows = Entitlement.everywhere.filter(household_id__in=list(households), month=month, state__in=HELD)
        found = rows.values_list("household_id", "rule", "person_id")
        return {(home, rule): person_id for home, rule, person_id in found if home}


def to_approve(scope: Scope) -> QuerySet[Entitlement]:
    """Drafts of a scope, the oldest month first."""
    rows = Entitlement.objects.within(scope).filter(state=State.DRAFT)
    return rows.select_related("person").order_by("month", "prepared_at", "id")


def waiting(scope: Scope) -> QuerySet[Entitlement]:
    """Decisions of a scope that wait for a document."""
    rows = Entitlement.objects.within(scope).filter(state=State.PENDING)
    return rows.select_related("person").order_by("month", "prepared_at", "id")


def entitled(person_id: UUID, on: date) -> list[Entitlement]:
    """What is approved for a person in the month of a day."""
    return _approved(person_id, month_of(on))


@asked
def _approved(person_id: UUID, month: date) -> QuerySet[Entitlement]:
    rows = Entitlement.everywhere.filter(person_id=person_id, month=month, state=State.APPROVED)
    return rows.order_by("rule")


def account(person_id: UUID, rule: str, month: date) -> Account | None:
    """The ledger account that holds what a rule granted a person for a month; None where nothing was granted."""
    code = account_code(rule, month_of(month))
    return next(iter(_accounts(person_id, code)), None)


@asked
def _accounts(owner: UUID, code: str) -> QuerySet[Account]:
    return Account.everywhere.filter(owner_id=owner, code=code).order_by("pk")[:1]


def _received(people: Mapping[UUID, Person], on: date) -> dict[UUID, dict[str, FactValue]]:
    """What was granted before this month of rules that grant once in a year or a lifetime."""
    once = {
        rule.code: rule.once_per
        for document in policies.newest()
        for rule in document.rules
        if rule.once_per and rule.beneficiary == "person"
    }
    sums = {key: dict.fromkeys(once, 0) for key in people}
    if once:
        first = month_of(on)
        rows = Entitlement.everywhere.filter(
            person__in=list(people), rule__in=once, state__in=HELD, month__lt=first
        )
        for person_id, rule, month, amount in rows.values_list("person_id", "rule", "month", "amount"):
            if once[rule] == "lifetime" or month.year == first.year:
                sums[person_id][rule] += amount
    return {key: {received(rule): amount for rule, amount in found.items()} for key, found in sums.items()}


def _tags(people: Mapping[UUID, Person], on: date) -> dict[UUID, set[str]]:
    """Tags as ``term``, and ``term:grade`` where they have a grade."""
    out: dict[UUID, set[str]] = defaultdict(set)
    for person_id, held in tags_on(people, on).items():
        for term, grade in held.items():
            out[person_id] |= {term, f"{term}:{grade}"} if grade else {term}
    return out


def _enrolled(people: Mapping[UUID, Person], on: date) -> dict[UUID, Enrolment]:
    rows = Enrolment.everywhere.filter(person_id__in=list(people), since__lte=on)
    return {row.person_id: row for row in rows.filter(Q(until=None) | Q(until__gt=on))}


def _members(on: date) -> QuerySet[Member]:
    rows: QuerySet[Member] = Member.everywhere.filter(Q(since=None) | Q(since__lte=on))
    return rows.filter(Q(until=None) | Q(until__gt=on))


def _households(people: Mapping[UUID, Person], on: date) -> dict[UUID, UUID]:
    rows = _members(on).filter(person_id__in=list(people))
    return dict(rows.values_list("person_id", "household_id"))


def _canteens(people: Iterable[Person], on: date) -> set[int]:
    cities = {at_level(person.region_id, CITY) for person in people}
    return {code for city in cities for code in canteen_regions(city, on)}
