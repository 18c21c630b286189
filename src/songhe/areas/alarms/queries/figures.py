"""Figures of alarms: read from their events, by region, agent and kind; as indicators and as a page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from songhe.areas.alarms.limits import terms
from songhe.areas.alarms.models import Alarm, Attempt, Step
from songhe.areas.alarms.rules.figures import Event, Figures, Times, count, fold
from songhe.core.codes.region import TOWN, at_level
from songhe.engines.access.api import Scope, elevated
from songhe.engines.indicators.api import Row, Span, measured

CHUNK = 20_000


@dataclass(frozen=True, slots=True)
class Told:
    """One alarm with what counts of it."""

    id: UUID
    region: int
    kind: str
    times: Times


def told(rows: QuerySet[Alarm]) -> list[Told]:
    """What counts of some alarms, with two more questions for each twenty thousand."""
    heads = list(rows.order_by("id").values_list("pk", "region_id", "kind"))
    out: list[Told] = []
    for first in range(0, len(heads), CHUNK):
        part = heads[first : first + CHUNK]
        events = _events([key for key, _region, _kind in part])
        out += [Told(key, region, kind, fold(events[key])) for key, region, kind in part]
    return out


def raised_between(rows: QuerySet[Alarm], since: datetime, until: datetime) -> QuerySet[Alarm]:
    """Alarms raised in a half-open span."""
    return rows.filter(raised_at__gte=since, raised_at__lt=until)


def within(scope: Scope, since: datetime, until: datetime) -> list[Told]:
    """What counts of the alarms of a scope in a span."""
    return told(raised_between(Alarm.objects.within(scope), since, until))


def counted(rows: Iterable[Told]) -> Figures:
    """Counts of some alarms, by the targets of the data."""
    spans = [one.span for one in terms().answered]
    return count((one.times for one in rows), spans, terms().on_site.span)


def by(rows: Iterable[Told], key: Callable[[Told], str]) -> dict[str, Figures]:
    """Counts of each group, the largest first."""
    groups: defaultdict[str, list[Told]] = defaultdict(list)
    for one in rows:
        groups[key(one)].append(one)
    return {name: counted(groups[name]) for name in sorted(groups, key=lambda one: (-len(groups[one]), one))}


def town_of(one: Told) -> str:
    """The code of the town of an alarm."""
    return str(at_level(one.region, TOWN))


def _events(keys: Sequence[UUID]) -> dict[UUID, list[Event]]:
    """Events of each alarm in the order in which they were written down: keys of rows grow with time."""
    with elevated():  # whose alarms they are was decided before
        steps = Step.everywhere.filter(alarm__in=keys).values_list(
            "pk", "alarm_id", "what", "at", "actor_name", "target"
        )
        calls = Attempt.everywhere.filter(alarm__in=keys).values_list("pk", "alarm_id", "at", "by_name", "reached")  # fmt: skip
        found = [
            (pk, alarm, Event(what, at, name, target=target)) for pk, alarm, what, at, name, target in steps
        ]
        found += [(pk, alarm, Event("call", at, name, reached)) for pk, alarm, at, name, reached in calls]
    out: dict[UUID, list[Event]] = defaultdict(list)
    for _pk, alarm, event in sorted(found, key=lambda one: one[0]):
        out[alarm].append(event)
    return out


def _measured(span: Span) -> dict[int, Figures]:
    rows = Alarm.everywhere.filter(**span.within)
    groups = by(told(raised_between(rows, span.begins, span.ends)), lambda one: str(one.region))
    return {int(code): found for code, found in groups.items()}


def _answered(seconds: int) -> Callable[[Span], Iterable[Row]]:
    def measure(span: Span) -> Iterable[Row]:
        """Alarms answered within a span over all alarms that were no tests."""
        for region, found in sorted(_measured(span).items()):
            yield region, found.within.get(timedelta(seconds=seconds), 0), found.alarms

    return measure


for _seconds in (15, 20, 60, 180):
    measured(f"alarm_answered_{_seconds}")(_answered(_seconds))


@measured("alarms_raised")
def alarms_raised(span: Span) -> Iterable[Row]:
    """Alarms that were no tests."""
    for region, found in sorted(_measured(span).items()):
        yield region, found.alarms, None


@measured("alarm_on_site")
def alarm_on_site(span: Span) -> Iterable[Row]:
    """Alarms in which somebody was there in time over those in which help was sent."""
    for region, found in sorted(_measured(span).items()):
        yield region, found.on_site, found.sent


@measured("alarm_false")
def alarm_false(span: Span) -> Iterable[Row]:
    """False alarms over those that have ended."""
    for region, found in sorted(_measured(span).items()):
        yield region, found.false, found.ended


@measured("alarm_no_contact")
def alarm_no_contact(span: Span) -> Iterable[Row]:
    """Alarms in which nobody was reached over those that have ended."""
    for region, found in sorted(_measured(span).items()):
        yield region, found.no_contact, found.ended


@measured("alarm_first_failed")
def alarm_first_failed(span: Span) -> Iterable[Row]:
    """Alarms in which the first call reached nobody over those in which somebody was called."""
    for region, found in sorted(_measured(span).items()):
        yield region, found.first_failed, found.called
