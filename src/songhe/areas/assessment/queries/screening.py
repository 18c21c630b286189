"""Who is to be asked in a census, who was, and how far each place is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count, QuerySet

from songhe.areas.assessment.models import AGAIN, Census, Finding, Outcome
from songhe.areas.assessment.rules.screening import build_questionnaire
from songhe.areas.providers.api import site_middles
from songhe.areas.registry.api import Person, State, birthday_after, by_id_number, living, middles, search
from songhe.core.codes import Point
from songhe.core.codes.region import COUNTY, TOWN, VILLAGE, at_level, level_of, span
from songhe.core.refusal import Refused
from songhe.core.sources import read
from songhe.core.text import normalise_name
from songhe.engines.access.api import Scope
from songhe.engines.regions.models import Region
from songhe.engines.regions.tree import children

SHOWN = 300


@dataclass(frozen=True, slots=True)
class Line:
    """How far one place is."""

    code: int
    name: str
    expected: int
    missing: int
    outcomes: Counter[str] = field(default_factory=Counter)

    @property
    def done(self) -> int:
        """Of those expected, how many need no further visit."""
        return self.expected - self.missing

    def of(self, outcome: str) -> int:
        """How many were found so."""
        return self.outcomes[outcome]


def questions() -> dict[str, Any]:
    """The questions of this installation as data: the city's own before the nation's."""
    return _questions(settings.DATA, settings.CITY)


@lru_cache(maxsize=8)
def _questions(data: Path, city: str) -> dict[str, Any]:
    for file in (data / "cities" / city / "screening.yaml", data / "nation/screening.yaml"):
        if file.is_file():
            found = dict(read(file.read_text(encoding="utf-8"), name=file.name).data)
            build_questionnaire(found)
            return found
    raise Refused(
        "assessment.no_questions", "There are no questions for a census. Add data/nation/screening.yaml."
    )


def expected(census: Census, scope: Scope, code: int | None = None) -> QuerySet[Person]:
    """Persons living in the census, or in one place of it, who are old enough on its first day."""
    low, high = span(code or census.region_id)
    return living(scope).filter(
        region_id__gte=low, region_id__lt=high, born__lte=birthday_after(census.since, census.min_age)
    )


def missing(census: Census, scope: Scope, code: int | None = None) -> QuerySet[Person]:
    """Those expected to whom somebody still has to go."""
    asked = Finding.objects.within(scope).filter(census=census).exclude(outcome__in=AGAIN)
    return expected(census, scope, code).exclude(pk__in=asked.values("person_id"))


def findings(census: Census, scope: Scope, code: int | None = None) -> QuerySet[Finding]:
    """What was entered for a census, or for one place of it."""
    low, high = span(code or census.region_id)
    rows: QuerySet[Finding] = Finding.objects.within(scope)
    return rows.filter(census=census, region_id__gte=low, region_id__lt=high)


def progress(census: Census, scope: Scope, code: int) -> list[Line]:
    """The places directly below one, each with its counts; a village stands for itself."""
    return _lines(census, scope, code, children(code), min(level_of(code) + 1, VILLAGE))


def villages(census: Census, scope: Scope, code: int) -> list[Line]:
    """All villages of a place in which somebody is to be asked or was, each with its counts."""
    low, high = span(code)
    rows = Region.objects.filter(code__gte=low, code__lt=high, level=VILLAGE, until=None).order_by("code")
    return [line for line in _lines(census, scope, code, rows, VILLAGE) if line.expected or line.outcomes]


def places(scope: Scope, code: int) -> dict[int, Point]:
    """Where the villages of a place lie: the middle of the homes known there, else of its open sites."""
    low, high = span(code)
    return site_middles(scope, low, high) | middles(scope, low, high)


def _lines(census: Census, scope: Scope, code: int, regions: Iterable[Region], level: int) -> list[Line]:
    all_of = _by(expected(census, scope, code), level)
    left = _by(missing(census, scope, code), level)
    told: dict[int, Counter[str]] = {}
    rows = findings(census, scope, code).values_list("region_id", "outcome").annotate(n=Count("pk"))
    for region, outcome, n in rows.order_by("region_id"):
        told.setdefault(at_level(region, level), Counter())[outcome] += n
    reached = [row for row in regions if scope.overlaps(*span(row.code))]
    return [
        Line(row.code, row.name, all_of[row.code], left[row.code], told.get(row.code, Counter()))
        for row in reached
    ]


def tiers(census: Census, scope: Scope, code: int | None = None) -> Counter[str]:
    """How many persons are proposed for each tier."""
    rows = findings(census, scope, code).exclude(tier="").values_list("tier").annotate(n=Count("pk"))
    return Counter(dict(rows.order_by("tier")))


def looked_up(census: Census, scope: Scope, code: int, words: str) -> list[Person]:
    """Persons of a place found by name, pinyin or identity number."""
    low, high = span(code)
    rows = living(scope).filter(region_id__gte=low, region_id__lt=high)
    return list(search(rows, words, scope).order_by("name_pinyin", "id")[:20])


def same_person(
    census: Census, scope: Scope, *, name: str, born: date | None, id_number: str
) -> Person | None:
    """The registered person with this identity number, or with this name and birthday within the census.

    Raises Refused where the number is wrong, or where two persons share name and birthday.
    """
    if id_number.strip():
        found = by_id_number(id_number, scope)
        if found is not None:
            return found
    if born is None:
        return None
    low, high = span(census.region_id)
    rows = Person.objects.within(scope).filter(
        name=normalise_name(name, field="name"), born=born, region_id__gte=low, region_id__lt=high
    )
    rows = rows.filter(state__in=[State.ALIVE, State.DEAD])
    if id_number.strip():
        rows = rows.filter(id_number_hash=None)
    same = list(rows[:2])
    if len(same) > 1:
        raise Refused(
            "assessment.two_of_a_name",
            "Two registered persons have this name and date of birth. Enter the identity number.",
            field="id_number",
        )
    return same[0] if same else None


def finding_of(census: Census, person_id: UUID) -> Finding | None:
    """What was entered for a person."""
    found: Finding | None = Finding.everywhere.filter(census=census, person_id=person_id).first()
    return found


def is_place(census: Census, scope: Scope, code: int) -> bool:
    """Whether a code is a place of the census that the reader reaches at least in part."""
    try:
        low, high = span(code)
    except ValueError:
        return False
    inside = census.region_id <= low and high <= census.upper
    return inside and level_of(code) in (COUNTY, TOWN, VILLAGE) and scope.overlaps(low, high)


def entered_by_person(found: Iterable[Finding]) -> dict[UUID, Outcome]:
    """Outcomes by person."""
    return {row.person_id: Outcome(row.outcome) for row in found}


def _by(rows: QuerySet[Person], level: int) -> Counter[int]:
    out: Counter[int] = Counter()
    for region, n in rows.order_by("region_id").values_list("region_id").annotate(n=Count("pk")):
        out[at_level(region, level)] += n
    return out
