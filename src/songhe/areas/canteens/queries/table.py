"""Who eats where, who is expected, who came."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from songhe.areas.canteens.limits import works
from songhe.areas.canteens.models import (
    Booking,
    Canteen,
    CanteenDay,
    Counting,
    DayState,
    Diner,
    HeadCount,
    Meal,
    OpenDays,
    Roll,
    Way,
)
from songhe.areas.canteens.rules.days import Seat, comes
from songhe.areas.registry.api import Person
from songhe.engines.access.api import Scope, elevated
from songhe.engines.access.scoped import ScopedQuerySet


def enrolled(canteen: Canteen, on: date) -> list[Diner]:
    """The diners of a canteen on a day, by name."""
    rows = Diner.everywhere.filter(canteen=canteen, since__lte=on).filter(Q(until=None) | Q(until__gt=on))
    return by_name(rows)


def by_name(rows: QuerySet[Diner]) -> list[Diner]:
    """Diners with their persons, by name. Whoever reaches the canteen serves all of them, wherever they live."""
    with elevated():
        return list(rows.select_related("person").order_by("person__name_pinyin", "id"))


def is_open(canteen: Canteen, on: date) -> bool:
    """Whether meals are served on a day."""
    return on >= canteen.since and (canteen.open_days == OpenDays.DAILY or works(on))


def expected(canteen: Canteen, on: date, meal: str) -> list[Diner]:
    """The diners who are expected at a meal, by name."""
    said = dict(Booking.everywhere.filter(canteen=canteen, on=on, meal=meal).values_list("diner_id", "comes"))
    opens = is_open(canteen, on) and meal in canteen.meals
    by_order = canteen.counting == Counting.ORDERED
    return [
        diner
        for diner in enrolled(canteen, on)
        if comes(Seat(True, meal in diner.meals, said.get(diner.pk)), open_day=opens, by_order=by_order)
    ]


def meals_on(canteen: Canteen, on: date, meal: str = "") -> QuerySet[Meal]:
    """The meals of a day that count."""
    rows = Meal.everywhere.filter(canteen=canteen, on=on, voided_at=None)
    return rows.filter(meal=meal) if meal else rows


def seen_after(persons: Iterable[UUID], on: date) -> set[UUID]:
    """Who of some persons ate anywhere after a day; asked beyond the scope, as it may have been elsewhere."""
    with elevated():
        rows = Meal.everywhere.filter(person_id__in=list(persons), on__gt=on, voided_at=None)
        return set(rows.values_list("person_id", flat=True))


def closing(canteen: Canteen, on: date) -> CanteenDay | None:
    """The closing of a day that counts."""
    return CanteenDay.everywhere.filter(canteen=canteen, on=on, state=DayState.CLOSED).first()


def closed_days(canteen: Canteen, first: date, last: date) -> set[date]:
    """The days of a span that are closed."""
    rows = CanteenDay.everywhere.filter(canteen=canteen, on__range=(first, last), state=DayState.CLOSED)
    return set(rows.values_list("on", flat=True))


def count_of(canteen: Canteen, on: date, meal: str) -> HeadCount | None:
    """The confirmed head count of a meal."""
    return HeadCount.everywhere.filter(canteen=canteen, on=on, meal=meal).first()


def person_names(ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Names of persons; known to whoever may see the row that names them."""
    wanted = {found for found in ids if found}
    if not wanted:
        return {}
    with elevated():
        return dict(Person.everywhere.filter(pk__in=wanted).values_list("pk", "name"))


@dataclass(frozen=True, slots=True)
class Today:
    """A meal of a day at a glance."""

    expected: list[Diner]
    served: dict[UUID, Meal]
    guests: list[Meal]
    count: HeadCount | None
    closed: CanteenDay | None
    ways: dict[str, int] = field(default_factory=dict)

    @property
    def came(self) -> int:
        """How many meals were served."""
        return len(self.served) + len(self.guests)

    @property
    def missing(self) -> list[Diner]:
        """Who was expected and has not come so far."""
        return [diner for diner in self.expected if diner.person_id not in self.served]


def today_of(canteen: Canteen, on: date, meal: str) -> Today:
    """Who is expected, who came, and how it was counted."""
    wanted = expected(canteen, on, meal)
    persons = {diner.person_id for diner in wanted}
    served: dict[UUID, Meal] = {}
    guests: list[Meal] = []
    ways: defaultdict[str, int] = defaultdict(int)
    with elevated():  # whoever serves here knows who ate here
        rows = list(meals_on(canteen, on, meal).select_related("person").order_by("served_at"))
    for row in rows:
        if row.person_id in persons:
            served[row.person_id] = row
        else:
            guests.append(row)
    for diner in wanted:
        ways[diner.way] += 1
    return Today(wanted, served, guests, count_of(canteen, on, meal), closing(canteen, on), dict(ways))


def to_deliver(wanted: Iterable[Diner]) -> int:
    """How many meals are carried to somebody's door."""
    return sum(diner.way == Way.DELIVERED for diner in wanted)


def rolls_to_enter(scope: Scope, on: date) -> ScopedQuerySet[Roll]:
    """Rolls that were printed and are not entered up to today."""
    rows = Roll.objects.within(scope).exclude(state="entered").filter(monday__lte=on)
    return rows.filter(monday__gte=on - timedelta(days=60)).order_by("monday", "id")


def diners_by_canteen(ids: Iterable[UUID], on: date) -> dict[UUID, int]:
    """How many diners each of some canteens has on a day."""
    rows = Diner.everywhere.filter(canteen_id__in=list(ids), since__lte=on).filter(
        Q(until=None) | Q(until__gt=on)
    )
    return dict(rows.values_list("canteen_id").annotate(n=Count("id")).order_by())


def found_by_name(rows: QuerySet[Diner], words: str, scope: Scope) -> QuerySet[Diner]:
    """Diners by the name of the person, who may live elsewhere, or of the neighbour; within the rows given."""
    with elevated():  # only ids come back, and the rows they narrow are the reader's own
        ids = list(Diner.everywhere.filter(person__name__icontains=words).values_list("pk", flat=True)[:500])
    return rows.filter(Q(pk__in=ids) | Q(neighbour__icontains=words))
