"""Orders of plans, made by the thousand: the same checks as for one, in a few statements for all."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_noop

from songhe.areas.contracts import api as contracts
from songhe.areas.entitlement.api import home_hours
from songhe.areas.providers.api import Organisation, State, catalogue
from songhe.areas.registry.api import Person
from songhe.areas.visits import queries
from songhe.areas.visits.actions.common import TOPIC, call_off, move_order, save_order
from songhe.areas.visits.actions.informing import off_news
from songhe.areas.visits.models import OPEN_STATES, Order, OrderState, PaidBy, Source, Visit
from songhe.areas.visits.rules import AHEAD_DAYS
from songhe.core.decision import Decision, Reason
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor, Tie, elevated, insert_many
from songhe.engines.acts.api import record_bulk
from songhe.engines.cases.api import ToOpen, open_cases
from songhe.engines.live.api import publish
from songhe.engines.regions.ids import uuid7
from songhe.kit.days import day_of

ORDER = (
    "id", "case", "number", "state", "disposition", "person", "region", "item", "minutes", "wanted_from", "wanted_until",
    "paid_by", "source", "note_sealed", "words_sealed", "organisation", "contract", "placed_by_id", "placed_by_name",
    "placed_at", "gender", "language", "preferred", "unwanted", "pair", "gap_least", "gap_most",
)  # fmt: skip
NOT_NEEDED = "not_needed"
GONE = gettext_noop("The person is not registered as living any more.")
NOT_ACTIVE = gettext_noop("The organisation does not operate at present.")
PAST = gettext_noop("The time lies in the past, or more than three months ahead.")
TWICE = gettext_noop("The same service is ordered for this time already ({number}).")
NOT_GRANTED = gettext_noop("The hours of this month are not approved yet, or none are granted.")
OVER = gettext_noop("The grant of the month has {left} minutes left, and this takes {minutes}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One visit of a plan: whom, what, when, and by whom. ``double``: two workers, the second ``gap_least`` to ``gap_most``
    minutes after the first."""

    key: UUID
    person_id: UUID
    organisation_id: UUID
    item: str
    minutes: int
    since: datetime
    until: datetime
    paid_by: PaidBy = PaidBy.ENTITLEMENT
    gender: str = ""
    language: str = ""
    preferred: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()
    double: bool = False
    gap_least: int = 0
    gap_most: int = 0


@dataclass(frozen=True, slots=True)
class Planned:
    """What became of a wish: its orders (two for a double visit), or why there is none."""

    orders: tuple[UUID, ...] = ()
    code: str = ""
    reason: Reason | None = None


@dataclass(slots=True)
class _Half:
    """One order to be made for a wish."""

    order_id: UUID
    wish: Wish
    since: datetime
    until: datetime


def plan_many(wishes: Sequence[Wish], *, actor: Actor, at: datetime) -> dict[UUID, Planned]:
    """Make the orders of plans, in the order of the wishes; by key, what became of each.

    The caller answers for the right, keeps what it made, and runs inside its own transaction. The persons are locked, so
    that the same minutes are not promised twice meanwhile.
    """
    with elevated():  # a plan's organisation books on contracts and grants that it does not see itself
        people = _people({wish.person_id for wish in wishes})
        out, open_to = _standing(wishes, people, at=at)
        halves = {wish.key: _halves(wish) for wish in open_to}
        _within_grants(halves, _priced(halves, people, out), out)
        halves = {key: pair for key, pair in halves.items() if key not in out}
        taken = _on_contracts(halves, people, out, at=at)
        made = [half for key, pair in halves.items() if key not in out for half in pair]
        _write(made, people, taken, actor=actor, at=at)
    for key, pair in halves.items():
        if key not in out:
            out[key] = Planned(tuple(half.order_id for half in pair))
    return out


def _people(keys: Collection[UUID]) -> dict[UUID, Person]:
    rows = Person.everywhere.filter(pk__among=list(keys)).order_by("pk")
    return {row.pk: row for row in rows.select_for_update(no_key=True, of=("self",))}


def _standing(
    wishes: Sequence[Wish], people: dict[UUID, Person], *, at: datetime
) -> tuple[dict[UUID, Planned], list[Wish]]:
    """Leave out what cannot be: nobody to serve, nobody to serve them, too far away in time, or ordered already."""
    out: dict[UUID, Planned] = {}
    active = set(
        Organisation.everywhere.filter(
            pk__in={wish.organisation_id for wish in wishes}, state=State.ACTIVE
        ).values_list("pk", flat=True)
    )
    known = _ordered(people, wishes)
    latest = at + timedelta(days=AHEAD_DAYS)
    open_to = []
    for wish in wishes:
        person = people.get(wish.person_id)
        twice = next(
            (
                n
                for since, until, n in known[wish.person_id, wish.item]
                if since < wish.until and wish.since < until
            ),
            None,
        )
        if person is None or not person.is_living:
            out[wish.key] = Planned(code="not_living", reason=Reason(GONE))
        elif wish.organisation_id not in active or wish.item not in catalogue().items:
            out[wish.key] = Planned(code="not_active", reason=Reason(NOT_ACTIVE))
        elif not at <= wish.since < wish.until <= latest:
            out[wish.key] = Planned(code="window", reason=Reason(PAST))
        elif twice:
            out[wish.key] = Planned(code="ordered_twice", reason=Reason(TWICE, values={"number": twice}))
        else:
            open_to.append(wish)
    return out, open_to


def _ordered(
    people: dict[UUID, Person], wishes: Sequence[Wish]
) -> defaultdict[tuple[UUID, str], list[tuple[datetime, datetime, str]]]:
    known: defaultdict[tuple[UUID, str], list[tuple[datetime, datetime, str]]] = defaultdict(list)
    if wishes:
        since, until = min(wish.since for wish in wishes), max(wish.until for wish in wishes)
        rows = Order.everywhere.filter(person__id__among=list(people), state__in=OPEN_STATES)
        rows = rows.filter(wanted_from__lt=until, wanted_until__gt=since)
        for person, item, begins, ends, number in rows.values_list(
            "person_id", "item", "wanted_from", "wanted_until", "number"
        ):
            known[person, item].append((begins, ends, number))
    return known


def _priced(
    halves: dict[UUID, list[_Half]], people: dict[UUID, Person], out: dict[UUID, Planned]
) -> dict[UUID, contracts.Taken]:
    """What each half would take under its contract; a wish that no contract holds is left out."""
    return _found(contracts.preview(_asks(halves, people)), halves, out)


def _within_grants(
    halves: dict[UUID, list[_Half]], priced: dict[UUID, contracts.Taken], out: dict[UUID, Planned]
) -> None:
    """Leave out what goes beyond the grants of the months, by what the contract charges, or else what it lasts."""
    free = _Free(pair[0].wish for pair in halves.values())
    for key, pair in halves.items():
        if key in out:
            continue
        takes = [priced[half.order_id] for half in pair]
        minutes = sum(one.amount.minutes if one.contract_id else pair[0].wish.minutes for one in takes)
        if reason := free.refuses(pair[0].wish, minutes):
            out[key] = Planned(code=reason[0], reason=reason[1])


class _Free:
    """Minutes of grants that are still free, by person and month, less what is taken of them here."""

    def __init__(self, wishes: Iterable[Wish]) -> None:
        persons: defaultdict[date, set[UUID]] = defaultdict(set)
        for wish in wishes:
            if wish.paid_by == PaidBy.ENTITLEMENT:
                persons[_month(wish)].add(wish.person_id)
        self.left: dict[tuple[UUID, date], int | None] = {}
        for month, keys in persons.items():
            hours, taken = home_hours(keys, month), queries.taken_minutes(keys, month)
            for key in keys:
                found = hours.get(key)
                decided = found is not None and found.decided
                self.left[key, month] = (
                    found.free - taken.get(key, 0) if found is not None and decided else None
                )

    def refuses(self, wish: Wish, minutes: int) -> tuple[str, Reason] | None:
        """Take minutes of a grant, or say why they cannot be taken."""
        if wish.paid_by != PaidBy.ENTITLEMENT:
            return None
        key = wish.person_id, _month(wish)
        left = self.left[key]
        if left is None:
            return "not_granted", Reason(NOT_GRANTED)
        if left < minutes:
            return "over_grant", Reason(OVER, values={"left": max(left, 0), "minutes": minutes})
        self.left[key] = left - minutes
        return None


def _month(wish: Wish) -> date:
    return day_of(wish.since).replace(day=1)


def _halves(wish: Wish) -> list[_Half]:
    first = _Half(uuid7(), wish, wish.since, wish.until)
    if not wish.double:
        return [first]
    least, most = timedelta(minutes=wish.gap_least), timedelta(minutes=wish.gap_most)
    return [first, _Half(uuid7(), wish, wish.since + least, wish.until + most)]


def _asks(halves: dict[UUID, list[_Half]], people: dict[UUID, Person]) -> list[contracts.Ask]:
    return [
        contracts.Ask(
            key=half.order_id, organisation_id=half.wish.organisation_id, person_id=half.wish.person_id,
            region=people[half.wish.person_id].region_id, item=half.wish.item, on=day_of(half.since),
            minutes=half.wish.minutes,
        )
        for pair in halves.values()
        for half in pair
        if half.wish.paid_by == PaidBy.ENTITLEMENT
    ]  # fmt: skip


def _on_contracts(
    halves: dict[UUID, list[_Half]], people: dict[UUID, Person], out: dict[UUID, Planned], *, at: datetime
) -> dict[UUID, contracts.Taken]:
    """Book on contracts; a half that finds no room leaves the whole wish out, and what it took is free again."""
    asks = _asks(halves, people)
    taken = _found(contracts.take_many(asks, at=at) if asks else {}, halves, out)
    freed = [half.order_id for key, pair in halves.items() if key in out for half in pair]
    if freed:
        contracts.release(freed, at=at)
    return taken


def _found(
    decisions: Mapping[UUID, Decision[contracts.Taken]],
    halves: dict[UUID, list[_Half]],
    out: dict[UUID, Planned],
) -> dict[UUID, contracts.Taken]:
    taken: dict[UUID, contracts.Taken] = {}
    for key, pair in halves.items():
        for half in pair:
            decision = decisions.get(half.order_id)
            if decision is not None and decision.value is None:
                out[key] = Planned(code=decision.code, reason=decision.reasons[-1])
            taken[half.order_id] = (decision.value if decision else None) or contracts.Taken(None)
    return taken


def _write(
    made: Sequence[_Half],
    people: dict[UUID, Person],
    taken: dict[UUID, contracts.Taken],
    *,
    actor: Actor,
    at: datetime,
) -> None:
    if not made:
        return
    _tie(made, people, at=at)
    to_open = [
        ToOpen(half.order_id, people[half.wish.person_id].region_id, half.wish.organisation_id, half.since)
        for half in made
    ]
    cases = open_cases("order", to_open, about_kind="visits.order", actor=actor, at=at)
    pairs: dict[UUID, UUID] = {half.wish.key: uuid7() for half in made if half.wish.double}
    rows = [
        _row(
            half,
            case,
            people[half.wish.person_id].region_id,
            taken[half.order_id].contract_id,
            pairs,
            actor=actor,
            at=at,
        )
        for half, case in zip(made, cases, strict=True)
    ]
    insert_many(Order, ORDER, rows)
    digest = hashlib.sha256("\n".join(f"{half.order_id} {half.since.isoformat()}" for half in made).encode())
    record_bulk(
        "visits.plan_many", model=Order, count=len(made), digest=digest.hexdigest(), actor=actor, at=at
    )
    _tell(made, people, at=at)


def _row(
    half: _Half,
    case: tuple[UUID, str],
    region: int,
    contract: UUID | None,
    pairs: dict[UUID, UUID],
    *,
    actor: Actor,
    at: datetime,
) -> tuple[Any, ...]:
    wish = half.wish
    return (
        half.order_id, case[0], case[1], OrderState.RECEIVED, "", wish.person_id, region, wish.item, wish.minutes, half.since,
        half.until, wish.paid_by, Source.PLAN, b"", b"", wish.organisation_id, contract, actor.id, actor.name[:80], at,
        wish.gender, wish.language, list(wish.preferred), list(wish.unwanted), pairs.get(wish.key), wish.gap_least,
        wish.gap_most,
    )  # fmt: skip


def _tie(made: Sequence[_Half], people: dict[UUID, Person], *, at: datetime) -> None:
    """Let the organisations see the persons whom they are to serve."""
    pairs = {(half.wish.person_id, half.wish.organisation_id) for half in made}
    since = day_of(at)
    Tie.everywhere.bulk_create(
        [
            Tie(
                person_id=person, holder_id=holder, kind=Tie.Kind.ORGANISATION, region_id=people[person].region_id,
                since=since,
            )
            for person, holder in sorted(pairs)
        ],
        ignore_conflicts=True,
        batch_size=2_000,
    )  # fmt: skip


def _tell(made: Sequence[_Half], people: dict[UUID, Person], *, at: datetime) -> None:
    """Tell open boards once for each organisation."""
    counts: defaultdict[UUID, int] = defaultdict(int)
    where: dict[UUID, int] = {}
    for half in made:
        counts[half.wish.organisation_id] += 1
        where.setdefault(half.wish.organisation_id, people[half.wish.person_id].region_id)
    for holder, count in counts.items():
        publish(TOPIC, where[holder], {"what": "planned", "count": count}, at=at, holder_id=holder)


def call_off_planned(orders: Collection[UUID], *, why: str, actor: Actor, at: datetime) -> set[UUID]:
    """Call off orders of plans that will not be needed, and tell the workers; those under way or ended stay. Returns what was
    called off."""
    gone: set[UUID] = set()
    visits: list[Visit] = []
    with elevated():  # a plan ends for all organisations that serve by it
        rows = Order.everywhere.filter(pk__in=list(orders), source=Source.PLAN, state__in=OPEN_STATES)
        for order in rows.exclude(state=OrderState.IN_SERVICE).order_by("pk").select_for_update(of=("self",)):
            try:
                before = call_off(order, at=at)
            except Refused:
                continue  # somebody is at the door
            visits += [before] if before else []
            order.disposition = NOT_NEEDED
            move_order(order, "cancel", actor=actor, at=at, note=why)
            save_order(order)
            gone.add(order.pk)
        contracts.release(gone, at=at)
        off_news(sorted(visits, key=attrgetter("starts_at")), at=at, families=False)
    return gone
