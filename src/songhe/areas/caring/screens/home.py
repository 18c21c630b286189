"""What caring puts on the home page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.caring.models import OPEN, Caring, CaringPlan, Pause, PlanState, Probe, ProbeState, Review
from songhe.areas.caring.queries import lists
from songhe.areas.caring.rules import Way
from songhe.areas.caring.screens.calls import calls
from songhe.areas.caring.screens.carings import carings
from songhe.areas.caring.screens.checks import probes, reviews
from songhe.areas.caring.screens.pauses import pauses
from songhe.areas.caring.screens.plans import plans
from songhe.areas.caring.screens.searches import searches
from songhe.core.days import month_after, month_of
from songhe.engines.access.api import SYSTEM, Scope
from songhe.kit.pages import HomeList, home_panel, waiting
from songhe.kit.words import moment

NEAR = ("village_officer", "town_officer", "county_officer")
PLAN_FROM = 22
"""The day of a month from which the next one's plan stands among what is to be done."""


def _searches(user: Any, scope: Scope, at: datetime) -> HomeList:
    rows = lists.searches(user.scope("caring.search"))

    def lines(found: list[Any]) -> Iterable[tuple[Any, ...]]:
        names = lists.names_of(row.person_id for row in found)
        for row in found:
            due = moment(row.due_at) if row.due_at else "—"
            yield names.get(row.person_id, "—"), searches.url_of(row), f"{row.get_state_display()} · {due}"

    return waiting(rows, lines, url=f"{searches.url()}?open=1", tone="danger")


def _missing(user: Any, scope: Scope, at: datetime) -> HomeList:
    """Overdue, or without anybody to go."""
    reach = user.scope("caring.assign")
    rows = Caring.objects.within(reach).filter(state__in=OPEN).filter(
        Q(due_at__lt=at) | Q(way=Way.VISIT, helper=None, planned_on__lte=timezone.localdate(at) + timedelta(days=7))
    ).order_by("due_at", "id")  # fmt: skip

    def lines(found: list[Caring]) -> Iterable[tuple[Any, ...]]:
        names = lists.names_of(row.person_id for row in found)
        for row in found:
            note = (
                gettext("overdue since {time}").format(time=moment(row.due_at))
                if row.due_at < at
                else gettext("nobody available")
            )
            yield names.get(row.person_id, "—"), carings.url_of(row), f"{row.get_way_display()} · {note}"

    return waiting(rows, lines, url=f"{carings.url()}?late=1", tone="warn")


def _calls(user: Any, scope: Scope, at: datetime) -> HomeList:
    rows = lists.to_call(user.scope("caring.call"), at)

    def lines(found: list[Caring]) -> Iterable[tuple[Any, ...]]:
        names = lists.names_of(row.person_id for row in found)
        for row in found:
            again = gettext("second attempt") if row.tries else row.group_label
            yield names.get(row.person_id, "—"), f"/{calls.path}?call={row.pk}", again

    return waiting(rows, lines, url=f"/{calls.path}", tone="info")


def _plan(user: Any, scope: Scope, at: datetime) -> HomeList:
    """This month's plan, and near its end the next one's, where they are not made; and what the clock has made, to look at."""
    reach, day = user.scope("caring.plan"), timezone.localdate(at)
    months = [month_of(day), *([month_after(day)] if day.day >= PLAN_FROM else [])]
    made = list(
        CaringPlan.everywhere.filter(month__in=months, state=PlanState.MADE).values_list(
            "month", "region_id", "region__upper"
        )
    )
    low, high = reach.hull
    lacking = [
        month
        for month in months
        if not any(one == month and code <= low and high <= upper for one, code, upper in made)
    ]
    covered = {(month, code) for month, code, _upper in made if low <= code < high}
    lacking = [month for month in lacking if not any(month == one for one, _code in covered)]
    rows = [
        (f"{month:%Y-%m}", f"{plans.url()}do/start_plan/?month={month}", gettext("not generated yet"))
        for month in lacking
    ]
    ahead = CaringPlan.objects.within(reach).filter(
        month=month_after(day), by_id=SYSTEM.id, state=PlanState.MADE
    )
    told = [
        (
            f"{one.month:%Y-%m} {one.region}",
            plans.url_of(one),
            gettext("generated automatically; {n} visits with nobody available").format(n=one.unassigned),
        )
        for one in ahead.select_related("region").order_by("region_id")[:6]
    ]
    return HomeList(
        len(rows) + len(told), [*rows, *told], plans.url(), "warn" if rows else "info" if told else ""
    )


def _probes(user: Any, scope: Scope, at: datetime) -> HomeList:
    rows = Probe.objects.within(user.scope("caring.check")).filter(state=ProbeState.OPEN).order_by("id")

    def lines(found: list[Probe]) -> Iterable[tuple[Any, ...]]:
        names = lists.names_of(row.person_id for row in found)
        return [
            (names.get(row.person_id, "—"), probes.url_of(row), str(row.get_state_display())) for row in found
        ]

    found = waiting(rows, lines, url=f"{probes.url()}?state=open", tone="warn")
    last = month_of(month_of(timezone.localdate(at)) - timedelta(days=1))
    drawn = Review.objects.within(user.scope("caring.check")).filter(month=last).exists()
    if not drawn and lists.of_month(user.scope("caring.check"), last).filter(state="done").exists():
        line = (
            gettext("Sample the visits of {month}").format(month=f"{last:%Y-%m}"),
            f"{reviews.url()}do/draw_review/?month={last}",
            gettext("not sampled yet"),
        )
        return HomeList(found.count + 1, [line, *found.rows][:6], found.url, "warn")
    return found


def _wrong(user: Any, scope: Scope, at: datetime) -> HomeList:
    rows = (
        Probe.objects.within(user.scope("caring.assign"))
        .filter(state=ProbeState.WRONG)
        .order_by("checked_at", "id")
    )

    def lines(found: list[Probe]) -> Iterable[tuple[Any, ...]]:
        names = lists.names_of(row.person_id for row in found)
        return [
            (names.get(row.person_id, "—"), probes.url_of(row), str(row.get_found_display())) for row in found
        ]

    return waiting(rows, lines, url=f"{probes.url()}?state=wrong", tone="danger")


def _ask(user: Any, scope: Scope, at: datetime) -> HomeList:
    """Who refused and is to be asked again, and who moved without having been entered."""
    day = timezone.localdate(at)
    holds = Q(until=None) | Q(until__gt=day)
    rows = (
        Pause.objects.within(user.scope("caring.pause"))
        .filter(holds, Q(ask_on__lte=day) | Q(kind="moved"))
        .order_by("ask_on", "id")
    )

    def lines(found: list[Pause]) -> Iterable[tuple[Any, ...]]:
        names = lists.names_of(row.person_id for row in found)
        return [
            (names.get(row.person_id, "—"), pauses.url_of(row), str(row.get_kind_display())) for row in found
        ]

    return waiting(rows, lines, url=f"{pauses.url()}?ask=1", tone="info")


panels = [
    home_panel(
        title=_("Persons not found"), right="caring.search", rows=_searches, icon="urgent", order=1,
        none=_("Everybody was found."),
    ),
    home_panel(
        title=_("Visits overdue or with nobody available"), right="caring.assign", rows=_missing, icon="home-heart", order=8,
        none=_("Every visit is on schedule."), roles=NEAR,
    ),
    home_panel(
        title=_("Caring calls to make"), right="caring.call", rows=_calls, icon="phone", order=12,
        none=_("All of today's calls are made."),
    ),
    home_panel(
        title=_("Visit plan"), right="caring.plan", rows=_plan, icon="calendar-event", order=14,
        none=_("The monthly plan is generated."),
    ),
    home_panel(
        title=_("Visits to check"), right="caring.check", rows=_probes, icon="shield-check", order=30,
        none=_("Every sampled visit is checked."), roles=NEAR,
    ),
    home_panel(
        title=_("Visits not as reported"), right="caring.assign", rows=_wrong, icon="alert-triangle", order=18,
        none=_("Every visit that was checked was as reported."), roles=NEAR,
    ),
    home_panel(
        title=_("To be asked again"), right="caring.pause", rows=_ask, icon="hand-stop", order=55,
        none=_("Nobody is due to be asked again."), roles=NEAR,
    ),
]  # fmt: skip
