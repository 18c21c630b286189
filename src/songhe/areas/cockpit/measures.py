"""Who is asked for what: the providers of every indicator, the counts of today, and the rows behind a figure.

Each provider reads under the scope that is entered: the refresh enters everything, a page its reader's own scope.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Count, Q, Sum
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from songhe.areas.entitlement.api import HOME_SERVICE, Entitlement, Unit, approved
from songhe.areas.entitlement.api import State as Granted
from songhe.areas.finance.api import settled_in
from songhe.areas.hotline.api import Call
from songhe.areas.providers.api import Facility, Kind, State
from songhe.areas.registry.api import Enrolment, Person
from songhe.areas.registry.api import State as Life
from songhe.areas.visits.api import OPEN_STATES, Order, Visit, VisitState, minutes_given, visits_on
from songhe.core.measure import Period
from songhe.engines.access.api import Scope
from songhe.engines.indicators.api import Row, Span, measured
from songhe.engines.regions.models import Region
from songhe.engines.regions.tree import name_of
from songhe.kit.days import begin_of
from songhe.kit.spec import RECORDS, url_of
from songhe.kit.words import Label, spent

OLD = 60
FACILITIES = {
    "facilities_institution": (Kind.NURSING_HOME, Kind.TOWNSHIP_HOME),
    "facilities_day_care": (Kind.DAY_CARE,),
    "facilities_happiness_home": (Kind.HAPPINESS_HOME,),
    "facilities_canteen": (Kind.CANTEEN, Kind.DINING_TABLE),
    "facilities_demonstration": (Kind.DEMONSTRATION,),
}
NAMED = tuple(kind for kinds in FACILITIES.values() for kind in kinds)


def _open(span: Span) -> Any:
    day = span.last_day
    rows = Facility.everywhere.filter(**span.within, state=State.ACTIVE)
    return rows.filter(Q(since=None) | Q(since__lte=day)).filter(Q(until=None) | Q(until__gt=day))


def _counted(rows: Any) -> Iterable[Row]:
    for region, count in rows.values_list("region_id").annotate(count=Count("id")).order_by("region_id"):
        yield region, count, None


def _facilities(code: str, kinds: tuple[Kind, ...]) -> None:
    @measured(code)
    def provider(span: Span) -> Iterable[Row]:
        return _counted(_open(span).filter(kind__in=kinds))


for _code, _kinds in FACILITIES.items():
    _facilities(_code, _kinds)


@measured("facilities_other")
def other_facilities(span: Span) -> Iterable[Row]:
    """Facilities of the kinds that no other indicator counts."""
    return _counted(_open(span).exclude(kind__in=NAMED))


@measured("facilities_all")
def all_facilities(span: Span) -> Iterable[Row]:
    """Facilities of every kind, counted by themselves, so that the sum of the kinds can be checked."""
    return _counted(_open(span))


@measured("beds")
def beds(span: Span) -> Iterable[Row]:
    """Beds of facilities in operation."""
    for region, count in (
        _open(span).values_list("region_id").annotate(count=Sum("beds")).order_by("region_id")
    ):
        yield region, count, None


@measured("nursing_beds")
def nursing_beds(span: Span) -> Iterable[Row]:
    """Nursing beds over all beds."""
    rows = _open(span).values_list("region_id").annotate(nursing=Sum("nursing_beds"), beds=Sum("beds"))
    yield from rows.order_by("region_id")


@measured("persons_registered")
def persons_registered(span: Span) -> Iterable[Row]:
    """Living persons aged 60 and over by the end of the period; those without a birthday are left out."""
    born_by = _years_before(span.period.end, OLD)
    rows = Person.everywhere.filter(**span.within, state=Life.ALIVE, born__lt=born_by)
    return _counted(rows)


@measured("persons_enrolled")
def persons_enrolled(span: Span) -> Iterable[Row]:
    """Members of the service network on the last day of the period."""
    day = span.last_day
    rows = Enrolment.everywhere.filter(**span.within, since__lte=day)
    return _counted(rows.filter(Q(until=None) | Q(until__gt=day)))


def _granted(span: Span) -> dict[int, tuple[int, int]]:
    """Minutes of home service granted and not given back, and persons entitled, by region."""
    rows = Entitlement.everywhere.filter(
        rule=HOME_SERVICE,
        unit=Unit.MINUTE,
        month=span.period.start,
        state__in=[Granted.APPROVED, Granted.SUSPENDED, Granted.ENDED],
        **span.within,
    )
    sums = rows.values_list("region_id").annotate(
        minutes=Sum("amount") - Sum("returned") - Sum("moved"), persons=Count("person_id", distinct=True)
    )
    return {region: (minutes, persons) for region, minutes, persons in sums.order_by("region_id")}


@measured("home_service_minutes")
def home_service_minutes(span: Span) -> Iterable[Row]:
    """Minutes of visits that count over minutes granted for the month."""
    given, granted = minutes_given(span), _granted(span)
    for region in sorted(given.keys() | granted.keys()):
        yield region, given.get(region, 0), granted.get(region, (0, 0))[0]


@measured("home_service_per_person")
def home_service_per_person(span: Span) -> Iterable[Row]:
    """Minutes of visits that count over persons entitled to home service."""
    given, granted = minutes_given(span), _granted(span)
    for region in sorted(given.keys() | granted.keys()):
        yield region, given.get(region, 0), granted.get(region, (0, 0))[1]


@measured("settled_fen")
def settled_fen(span: Span) -> Iterable[Row]:
    """Fen approved for visits given in the period."""
    for region, fen in settled_in(span.period, span.low, span.high).items():
        yield region, fen, None


def _years_before(day: date, years: int) -> date:
    return day.replace(year=day.year - years, day=1)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a list: words, perhaps with a page behind them, under a head."""

    label: Label
    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows behind a figure: heads, the first rows, and where the whole list is."""

    heads: list[Label]
    rows: list[list[Cell]] = field(default_factory=list)
    more: str = ""


@dataclass(frozen=True, slots=True)
class Tile:
    """One count of today, with the list it comes from."""

    label: Label
    count: int
    url: str = ""


FIRST = 50


def today(user: Any, region: Region, scope: Scope, at: datetime) -> list[Tile]:
    """What happens today in a region, as far as the reader may see each kind; each count opens its own rows."""
    day = localtime(at).date()
    tiles = []

    if user.may("visits.view"):
        visits = visits_on(scope, day)
        done = visits.filter(state=VisitState.DONE).count()
        open_orders = Order.objects.within(scope).filter(state__in=OPEN_STATES)
        of_today = {"starts_at_from": day, "starts_at_to": day}
        tiles += [
            Tile(_("Visits planned for today"), visits.count(), _list("visits", region, **of_today)),
            Tile(_("Visits done today"), done, _list("visits", region, state="done", **of_today)),
            Tile(_("Orders under way"), open_orders.count(), _list("orders", region, open=1)),
        ]
    if user.may("hotline.view"):
        since, until = begin_of(day), begin_of(day + timedelta(days=1))
        calls = Call.objects.within(scope).filter(direction=Call.Direction.IN)
        calls = calls.filter(started_at__gte=since, started_at__lt=until)
        url = _list("calls", region, direction="in", started_at_from=day, started_at_to=day)
        tiles.insert(0, Tile(_("Calls today"), calls.count(), url))
    return tiles


def rows(code: str, user: Any, region: Region, period: Period) -> Rows | None:
    """The rows behind an indicator in a small region; None where the reader's rights do not reach them."""
    if code.startswith(("facilities_", "beds", "nursing_")):
        return _facility_rows(code, user, region, period)
    if code.startswith("persons_"):
        return _person_rows(code, user, region, period)
    if code.startswith("home_service_"):
        return _entitled_rows(user, region, period)
    return None


def _facility_rows(code: str, user: Any, region: Region, period: Period) -> Rows | None:
    if not user.may("providers.view"):
        return None
    span = Span(period, region.code, region.upper)
    found = _open(span).filter(pk__in=Facility.objects.within(user.scope("providers.view")).values("pk"))
    if code in FACILITIES:
        found = found.filter(kind__in=FACILITIES[code])
    elif code == "facilities_other":
        found = found.exclude(kind__in=NAMED)
    heads: list[Label] = [_("Facility"), _("Kind"), _("Beds")]
    lines = [
        [
            Cell(heads[0], facility.name, url_of(facility) or ""),
            Cell(heads[1], str(facility.get_kind_display())),
            Cell(heads[2], f"{facility.beds:,}"),
        ]
        for facility in found.order_by("name")[:FIRST]
    ]
    return Rows(heads, lines, _list("facilities", region))


def _person_rows(code: str, user: Any, region: Region, period: Period) -> Rows | None:
    if not user.may("registry.view"):
        return None
    scope: Scope = user.scope("registry.view")
    persons = Person.objects.within(scope).filter(
        region_id__gte=region.code, region_id__lt=region.upper, state=Life.ALIVE
    )
    if code == "persons_enrolled":
        persons = persons.filter(is_enrolled=True)
    else:
        persons = persons.filter(born__lt=_years_before(period.end, OLD))
    return _persons(persons, region)


def _entitled_rows(user: Any, region: Region, period: Period) -> Rows | None:
    """Persons entitled to home service, with what was granted and how much of it was given."""
    if not user.may("entitlement.view"):
        return None
    scope: Scope = user.scope("entitlement.view").narrowed(region.code, region.upper)
    found = (
        approved(period.start, Unit.MINUTE, scope)
        .filter(rule=HOME_SERVICE)
        .order_by("person__name_pinyin", "id")
    )
    granted = list(found[:FIRST])
    given = _given_to([one.person_id for one in granted], period, scope)
    heads: list[Label] = [_("Person"), _("Region"), _("Hours granted"), _("Hours delivered")]
    lines = [
        [
            Cell(heads[0], one.person.name, url_of(one) or ""),
            Cell(heads[1], name_of(one.region_id)),
            Cell(heads[2], spent(one.amount - one.returned - one.moved)),
            Cell(heads[3], spent(given.get(one.person_id, 0))),
        ]
        for one in granted
    ]
    return Rows(heads, lines, _list("entitlements", region))


def _given_to(persons: list[UUID], period: Period, scope: Scope) -> Counter[UUID]:
    """Minutes of visits that count, by person."""
    rows = Visit.objects.within(scope).filter(
        person_id__in=persons, starts_at__gte=begin_of(period.start), starts_at__lt=begin_of(period.end)
    )
    given: Counter[UUID] = Counter()
    for visit in rows:
        if visit.counts:
            given[visit.person_id] += visit.minutes or 0
    return given


def _persons(persons: Any, region: Region) -> Rows:
    heads: list[Label] = [_("Person"), _("Born")]
    lines = [
        [
            Cell(heads[0], person.name, url_of(person) or ""),
            Cell(heads[1], f"{person.born:%Y-%m}" if person.born else "–"),
        ]
        for person in persons.order_by("name_pinyin", "id")[:FIRST]
    ]
    return Rows(heads, lines, _list("people", region))


def _list(slug: str, region: Region, **narrowed: object) -> str:
    """The list of a record narrowed to a region, and by filters, where the record is installed."""
    found = RECORDS.get(slug)
    return f"{found.url()}?{urlencode({'region': region.code, **narrowed})}" if found else ""
