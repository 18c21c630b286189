"""What canteens put on the home page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.canteens.columns import canteen_names
from songhe.areas.canteens.limits import count_due, meal_name, terms
from songhe.areas.canteens.models import OPEN, Canteen, CanteenDay, Check, Cook, DayState, Meal, Sample
from songhe.areas.canteens.queries import months, table
from songhe.areas.canteens.queries.table import person_names
from songhe.areas.canteens.screens.checks import checks
from songhe.areas.canteens.screens.closing import statements
from songhe.areas.canteens.screens.kitchen import cooks, samples
from songhe.areas.canteens.screens.places import canteens
from songhe.areas.canteens.screens.rolls import rolls
from songhe.engines.access.api import Scope
from songhe.kit.pages import SHOWN, HomeList, home_panel, waiting
from songhe.kit.words import moment, yuan

MANY = 60
"""Canteens beyond which a reader is no one canteen's keeper, and is told nothing of single head counts."""
RUNNERS = ("facility_manager", "village_officer", "organisation_manager")


def _absent(user: Any, scope: Scope, at: datetime) -> HomeList:
    rows = Check.objects.within(user.scope("canteens.check")).filter(state__in=OPEN).order_by("due_at", "id")

    def lines(found: list[Check]) -> Iterable[tuple[Any, ...]]:
        names = person_names(row.person_id for row in found)
        for row in found:
            due = row.due_at
            late = gettext("overdue since {time}") if due and due < at else gettext("due {time}")
            note = f"{row.get_state_display()} · {late.format(time=moment(due) if due else '—')}"
            yield names.get(row.person_id, "—"), checks.url_of(row), note

    late = rows.filter(due_at__lt=at).exists()
    return waiting(rows, lines, url=f"{checks.url()}?open=1", tone="danger" if late else "warn")


def _counts(user: Any, scope: Scope, at: datetime) -> HomeList:
    """Canteens open today whose head count is not confirmed."""
    day = timezone.localdate(at)
    own = list(Canteen.objects.within(user.scope("canteens.run")).order_by("name")[: MANY + 1])
    if len(own) > MANY:
        return HomeList(0)
    rows: list[tuple[Any, ...]] = []
    late = False
    for canteen in own:
        for meal in canteen.meals if table.is_open(canteen, day) else []:
            if table.count_of(canteen, day, meal) is None:
                due = count_due(meal, day)
                late = late or at > due
                note = gettext("{meal}, due until {time}").format(
                    meal=meal_name(meal), time=f"{timezone.localtime(due):%H:%M}"
                )
                rows.append((canteen.name, canteens.url_of(canteen), note))
    return HomeList(len(rows), rows[:SHOWN], canteens.url(), "danger" if late else "warn" if rows else "")


def _rolls(user: Any, scope: Scope, at: datetime) -> HomeList:
    rows = table.rolls_to_enter(user.scope("canteens.roll"), timezone.localdate(at))

    def lines(found: list[Any]) -> Iterable[tuple[Any, ...]]:
        names = canteen_names(row.canteen_id for row in found)
        return [
            (
                names.get(row.canteen_id, "—"),
                rolls.url_of(row),
                f"{row.monday:%m-%d} – {row.last:%m-%d} · {row.get_state_display()}",
            )
            for row in found
        ]

    return waiting(rows, lines, url=f"{rolls.url()}?state=printed", tone="warn")


def _samples(user: Any, scope: Scope, at: datetime) -> HomeList:
    rows = Sample.objects.within(user.scope("canteens.run")).filter(discarded_at=None, keep_until__lte=at)

    def lines(found: list[Sample]) -> Iterable[tuple[Any, ...]]:
        names = canteen_names(row.canteen_id for row in found)
        return [
            (f"{row.dish} · {names.get(row.canteen_id, '')}", samples.url_of(row), moment(row.keep_until))
            for row in found
        ]

    return waiting(rows.order_by("keep_until", "id"), lines, url=f"{samples.url()}?overdue=1", tone="warn")


def _papers(user: Any, scope: Scope, at: datetime) -> HomeList:
    """Health certificates and food papers that ended or end soon."""
    day, reach = timezone.localdate(at), user.scope("canteens.view")
    ending = Cook.objects.within(reach).filter(
        certificate_until__lte=day + timedelta(days=terms().certificate_days), until=None
    )
    permits = Canteen.objects.within(reach).filter(paper_until__lte=day + timedelta(days=terms().permit_days))
    rows: list[tuple[Any, ...]] = [
        (
            row.name,
            canteens.url_of(row),
            gettext("food permit or filing until {day}").format(day=row.paper_until),
        )
        for row in permits.order_by("paper_until", "id")[:SHOWN]
    ]
    rows += [
        (
            row.name,
            cooks.url_of(row),
            gettext("health certificate until {day}").format(day=row.certificate_until),
        )
        for row in ending.order_by("certificate_until", "id")[:SHOWN]
    ]
    count = ending.count() + permits.count()
    over = ending.filter(certificate_until__lt=day).exists() or permits.filter(paper_until__lt=day).exists()
    return HomeList(
        count, rows[:SHOWN], f"{cooks.url()}?ending=1", "danger" if over else "warn" if count else ""
    )


def _open_days(user: Any, scope: Scope, at: datetime) -> HomeList:
    """Days before today with meals that nobody closed."""
    day, reach = timezone.localdate(at), user.scope("canteens.close")
    closed = CanteenDay.everywhere.filter(
        canteen_id=OuterRef("canteen_id"), on=OuterRef("on"), state=DayState.CLOSED
    )
    rows = Meal.objects.within(reach).filter(on__lt=day, on__gte=day - timedelta(days=62), voided_at=None)
    found = list(rows.filter(~Exists(closed)).order_by("on").values_list("canteen_id", "on").distinct())
    names = canteen_names(key for key, _on in found[:SHOWN])
    lines = [
        (names.get(key, "—"), f"{canteens.url()}{key}/close_day/?on={on}", f"{on}")
        for key, on in found[:SHOWN]
    ]
    return HomeList(len(found), lines, canteens.url(), "warn" if found else "")


def _months(user: Any, scope: Scope, at: datetime) -> HomeList:
    rows = months.waiting(user.scope("canteens.accept")).exclude(stated_by_id=user.pk)

    def lines(found: list[Any]) -> Iterable[tuple[Any, ...]]:
        names = canteen_names(row.canteen_id for row in found)
        for row in found:
            eaten = ngettext("{n} meal", "{n} meals", row.meals).format(n=row.meals)
            yield (
                f"{names.get(row.canteen_id, '—')} {row.month:%Y-%m}",
                statements.url_of(row),
                f"{eaten} · {yuan(row.subsidy_fen)}",
            )

    return waiting(rows, lines, url=f"{statements.url()}?state=stated", tone="warn")


panels = [
    home_panel(
        title=_("Diners who missed a meal"), right="canteens.check", rows=_absent, icon="urgent", order=5,
        none=_("Everybody who was expected is known to be well."),
    ),
    home_panel(
        title=_("Head counts to confirm"), right="canteens.run", rows=_counts, icon="soup", order=10,
        none=_("Every head count of today is confirmed."), roles=RUNNERS,
    ),
    home_panel(
        title=_("Attendance sheets to enter"), right="canteens.roll", rows=_rolls, icon="list-check", order=20, none=_("Every attendance sheet is entered."),
        roles=RUNNERS,
    ),
    home_panel(
        title=_("Days to close"), right="canteens.close", rows=_open_days, icon="lock", order=30, none=_("Every day is closed."),
        roles=RUNNERS,
    ),
    home_panel(
        title=_("Samples to discard"), right="canteens.run", rows=_samples, icon="hourglass", order=40,
        none=_("No sample is past its hours."), roles=RUNNERS,
    ),
    home_panel(
        title=_("Canteen permits expiring"), right="canteens.view", rows=_papers, icon="certificate", order=50,
        none=_("Every certificate and food permit or filing is valid."), roles=(*RUNNERS, "town_officer", "county_officer", "inspector"),
    ),
    home_panel(
        title=_("Canteen monthly statements to accept"), right="canteens.accept", rows=_months, icon="coin-yuan", order=25,
        none=_("Every submitted monthly statement is decided."),
    ),
]  # fmt: skip
