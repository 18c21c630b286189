"""Reading what the registry knows of many persons, in a few passes over whole tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

import numpy as np
from django.db.models import Case, F, Func, IntegerField, Q, QuerySet, TextField, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce, Concat

from songhe.areas.assessment.api import counted, national_counted
from songhe.areas.entitlement.models import HELD, Entitlement
from songhe.areas.entitlement.queries.vouchers import voucher_months
from songhe.areas.entitlement.rules.readings import NO, UNKNOWN, YES, Array, Finder, Readings, Received, Times
from songhe.areas.providers.api import canteens_of
from songhe.areas.registry.api import Enrolment, Fact, Kind, Member, Person, State, believed, terms
from songhe.core.codes.region import CITY, at_level, span
from songhe.core.rules import Document
from songhe.engines.access.api import elevated
from songhe.engines.access.copying import copied, open_from, open_until
from songhe.engines.access.scoped import ScopedQuerySet
from songhe.engines.regions.models import Region


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which persons and days are read: who of a region, or of the persons named, lived on the first day; and what was
    believed at a moment (None: what is believed now)."""

    region: int
    first: date
    last: date
    known_at: datetime | None = None
    persons: QuerySet[Any] | Sequence[UUID] | None = None

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise ValueError("the days to read end before they begin")

    def of(self, rows: ScopedQuerySet[Any], column: str = "person__id") -> ScopedQuerySet[Any]:
        """The rows of these persons, as far as the scope that is entered shows them."""
        inside = rows.within_region(*span(self.region))
        if self.persons is None:
            return inside
        how = "in" if isinstance(self.persons, QuerySet) else "among"
        return inside.filter(**{f"{column}__{how}": self.persons})


def read(wanted: Wanted, documents: Iterable[Document]) -> Readings:
    """Everything that some documents may ask of the registry. Dates and amounts are as ``Readings`` says."""
    return _Reader(wanted, list(documents)).readings()


class _Reader:
    def __init__(self, wanted: Wanted, documents: Sequence[Document]) -> None:
        self.wanted, self.documents = wanted, documents

    def readings(self) -> Readings:
        people, words = self.people, self.words
        villages, urban = _villages(people["region"])
        rules = tuple(sorted(self.once))
        return Readings(
            ids=people["id"],
            region=people["region"],
            home=people["home"],
            born=people["born_on"],
            died=people["died"],
            moved=self.past(Q(kind=Kind.RESIDENCE), "bigint"),
            rehomed=self.past(
                Q(kind=Kind.REGISTERED) | Q(kind=Kind.RESIDENCE, person__household_region_id=None),
                "bigint",
            ),
            reborn=self.past(Q(kind=Kind.BORN), "date"),
            tags=self.tags(words),
            enrolled=self.enrolled(),
            household=self.household(),
            level=self.level(),
            canteens=_canteens(people["home"], people["region"]),
            villages=villages,
            urban=urban,
            received=self.received(rules),
            words=words,
            rules=rules,
            national_level=self.national_level(),
            national_voucher=self.national_voucher(),
        )

    @cached_property
    def people(self) -> dict[str, Array]:
        living = Q(state=State.ALIVE) | Q(state=State.DEAD, died_on__gte=self.wanted.first)
        rows = self.wanted.of(Person.objects.here(), "id").filter(living)
        rows = rows.annotate(
            home=Coalesce(F("household_region_id"), F("region_id")),
            born_on=open_until("born"),
            died=open_until("died_on"),
        )
        return copied(
            rows.order_by("id"),
            id="uuid",
            region="bigint",
            home="bigint",
            born_on="date",
            died="date",
        )

    @cached_property
    def finder(self) -> Finder:
        return Finder(self.people["id"])

    @property
    def words(self) -> tuple[str, ...]:
        """The tags that the documents ask for, alone and with each grade."""
        asked = {tag.partition(":")[0] for document in self.documents for tag in document.tags}
        known = terms()
        return tuple(
            word
            for code in sorted(asked & known.keys())
            for word in (code, *(f"{code}:{grade[0]}" for grade in known[code].grades))
        )

    @property
    def once(self) -> set[str]:
        """The rules that grant once in a year or a lifetime."""
        periods = ("year", "lifetime")
        rules = [rule for one in self.documents for rule in one.rules if rule.beneficiary == "person"]
        return {rule.code for rule in rules if rule.once_per in periods}

    def times(
        self, rows: QuerySet[Any], value: str, kind: str = "bigint", *, first: date | None = None
    ) -> Times:
        """Rows with ``start`` and ``stop``, and the column of the value."""
        lasting = rows.filter(Q(stop__gt=first or self.wanted.first), Q(start__lte=self.wanted.last))
        found = copied(lasting, person_id="uuid", **{value: kind}, start="date", stop="date")
        row, known = self.finder.rows(found["person_id"])
        told = found[value] if kind != "uuid" else np.unique(found[value], axis=0, return_inverse=True)[1]
        return Times(row[known], told.reshape(-1)[known], found["start"][known], found["stop"][known])

    def facts(self, which: Q) -> QuerySet[Any]:
        rows = self.wanted.of(Fact.objects.here()).filter(which, believed(self.wanted.known_at))
        return rows.annotate(start=open_from("valid_from"), stop=open_until("valid_to"))

    def past(self, which: Q, kind: str) -> Times:
        told = Func(F("value"), template="(%(expressions)s #>> '{}')", output_field=TextField())
        return self.times(self.facts(which & ~Q(value=None)).annotate(told=told), "told", kind)

    def tags(self, words: tuple[str, ...]) -> Times:
        codes = {word.partition(":")[0] for word in words}
        grade = Coalesce(KeyTextTransform("grade", "value"), Value(""), output_field=TextField())
        graded = Concat(F("term"), Value(":"), grade, output_field=TextField())
        places = {word: Value(place) for place, word in enumerate(words)}
        word = Case(
            *(When(_graded=word, then=place) for word, place in places.items() if ":" in word),
            *(When(term=word, then=place) for word, place in places.items() if ":" not in word),
            default=Value(UNKNOWN),
            output_field=IntegerField(),
        )
        rows = self.facts(Q(kind=Kind.TAG, term__in=codes)).annotate(_graded=graded)
        return self.times(rows.annotate(word=word), "word")

    def enrolled(self) -> Times:
        rows = self.wanted.of(Enrolment.objects.here())
        rows = rows.annotate(start=open_from("since"), stop=open_until("until"))
        return self.times(rows.order_by("since", "id"), "since", "date")

    def household(self) -> Times:
        rows = self.wanted.of(Member.objects.here())
        rows = rows.annotate(start=open_from("since"), stop=open_until("until"))
        before = self.wanted.first - timedelta(days=1)  # one that ended with a death on the first day counts
        return self.times(rows, "household_id", "uuid", first=before)

    def level(self) -> Times:
        return self.times(self.wanted.of(counted(self.wanted.known_at)), "told")

    def national_level(self) -> Times:
        return self.times(self.wanted.of(national_counted(self.wanted.known_at)), "told")

    def national_voucher(self) -> Times:
        return self.times(self.wanted.of(voucher_months(self.wanted.known_at)), "told")

    def received(self, rules: tuple[str, ...]) -> Received:
        places: Mapping[str, int] = {code: place for place, code in enumerate(rules)}
        rows = Entitlement.everywhere.filter(rule__in=rules, state__in=HELD)
        which = Case(
            *(When(rule=code, then=Value(place)) for code, place in places.items()), default=Value(UNKNOWN)
        )
        found = copied(
            self.wanted.of(rows).annotate(which=which),
            person_id="uuid",
            which="bigint",
            month="date",
            amount="bigint",
        )
        row, known = self.finder.rows(found["person_id"])
        months = found["month"].astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) + 1970 * 12
        return Received(row[known], found["which"][known], months[known], found["amount"][known])


def _villages(regions: Array) -> tuple[Array, Array]:
    codes = np.unique(regions)
    rows = {row.code: row.is_urban for row in Region.objects.filter(code__in=codes.tolist())}
    told = {None: UNKNOWN, True: YES, False: NO}
    return codes, np.array([told[rows[code]] for code in codes.tolist()], np.int8)


def _canteens(*regions: Array) -> Times:
    """When canteens were open in the cities of some regions. That a canteen is open is public."""
    cities = {at_level(int(code), CITY) for some in regions for code in np.unique(some)}
    with elevated():
        found = [one for city in sorted(cities) for one in canteens_of(city)]
    table = np.array([(region, since, until) for region, since, until in found], np.int64).reshape(-1, 3)
    return Times(np.full(len(table), -1, np.int64), table[:, 0], table[:, 1], table[:, 2])
