"""What is to be done: calls, visits, whoever is missing in a month, persons not found."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from songhe.areas.caring.limits import terms
from songhe.areas.caring.models import DUE, OPEN, Caring, Pause, Search, SearchState, State
from songhe.areas.caring.rules import Way
from songhe.areas.grid.api import Helper
from songhe.areas.registry.api import Person
from songhe.core.days import month_after
from songhe.engines.access.api import Scope, asked, elevated
from songhe.engines.access.scoped import ScopedQuerySet
from songhe.kit.days import begin_of


def to_call(scope: Scope, at: datetime) -> QuerySet[Caring]:
    """Calls that can be made now, second tries first, then those that are due soonest."""
    rows: QuerySet[Caring] = Caring.objects.within(scope).filter(way=Way.CALL, state__in=OPEN)
    rows = rows.filter(planned_on__lte=timezone.localdate(at)).filter(Q(next_at=None) | Q(next_at__lte=at))
    return rows.order_by("-tries", "due_at", "id")


def to_visit(helper: Helper, at: datetime) -> list[Caring]:
    """A helper's visits that are due, the latest deadline last; wherever the persons live."""
    with elevated():
        rows = Caring.everywhere.filter(
            helper=helper, way=Way.VISIT, state__in=OPEN, planned_on__lte=timezone.localdate(at)
        )
        return list(rows.order_by("due_at", "id")[:60])


def of_month(scope: Scope, month: date) -> ScopedQuerySet[Caring]:
    """What is due in a month and not called off."""
    rows: ScopedQuerySet[Caring] = Caring.objects.within(scope).filter(
        planned_on__gte=month, planned_on__lt=month_after(month), state__in=DUE
    )
    return rows


def counting(since: date, until: date) -> QuerySet[Caring]:
    """What counts for some days: carried out in them by the clock of whoever was there, and told of soon enough. So a month that
    is over is not mended afterwards.
    """
    begins, ends = begin_of(since), begin_of(until)
    rows = Caring.everywhere.filter(state=State.DONE, done_at__gte=begins, done_at__lt=ends)
    return rows.filter(told_at__lt=ends + timedelta(days=terms().late_days))


def in_touch(since: date, until: date) -> Exists:
    """Whether somebody was in touch with the person of a row in some days."""
    return Exists(counting(since, until).filter(person_id=OuterRef("person_id")))


def missing(rows: QuerySet[Caring], month: date) -> QuerySet[Caring]:
    """Of the rows of a month those of persons with whom nobody was in touch in it."""
    return rows.filter(~in_touch(month, month_after(month)))


def rate(scope: Scope, month: date) -> tuple[int, int]:
    """Persons with whom somebody was in touch in a month, and persons due in it."""
    rows = of_month(scope, month)
    due = rows.values("person_id").distinct().count()
    seen = rows.filter(in_touch(month, month_after(month))).values("person_id").distinct().count()
    return seen, due


def late(scope: Scope, at: datetime) -> QuerySet[Caring]:
    """Visits and calls whose deadline is over."""
    rows: QuerySet[Caring] = Caring.objects.within(scope).filter(state__in=OPEN, due_at__lt=at)
    return rows.order_by("due_at", "id")


def searches(scope: Scope) -> QuerySet[Search]:
    """Persons who are being searched for."""
    rows: QuerySet[Search] = Search.objects.within(scope).exclude(state=SearchState.FOUND)
    return rows.order_by("due_at", "id")


def of_person(person: Person, scope: Scope, most: int = 8) -> list[Caring]:
    """The latest of a person."""
    return _of_person(person.pk, scope.shared, most)


@asked
def _of_person(person: UUID, scope: Scope, most: int) -> QuerySet[Caring]:
    return Caring.objects.within(scope).filter(person=person).order_by("-due_at", "id")[:most]


def pause_of(person_id: UUID, day: date) -> Pause | None:
    """The pause that holds."""
    return next(iter(_pauses(person_id, day)), None)


@asked
def _pauses(person_id: UUID, day: date) -> QuerySet[Pause]:
    rows = Pause.everywhere.filter(Q(until=None) | Q(until__gt=day), person_id=person_id, since__lte=day)
    return rows.order_by("-since")[:1]


def names_of(ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Names of persons, for rows whose reader may see the row."""
    wanted = {one for one in ids if one}
    if not wanted:
        return {}
    with elevated():
        return dict(Person.everywhere.filter(pk__in=wanted).values_list("pk", "name"))


def helper_names(ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Names of helpers, for rows whose reader may see the row."""
    wanted = {one for one in ids if one}
    if not wanted:
        return {}
    with elevated():
        return dict(Helper.everywhere.filter(pk__in=wanted).values_list("pk", "name"))
