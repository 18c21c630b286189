"""What the grid puts on the home page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.grid.limits import terms
from songhe.areas.grid.models import OPEN, Helper, Report
from songhe.areas.grid.queries import books, rosters
from songhe.areas.grid.screens.common import gap_words
from songhe.areas.grid.screens.helpers import helpers
from songhe.areas.grid.screens.pairs import pairs
from songhe.areas.grid.screens.posts import posts
from songhe.areas.grid.screens.reports import reports
from songhe.areas.registry.api import Person
from songhe.engines.access.api import Scope
from songhe.kit.pages import SHOWN, HomeList, home_panel, waiting
from songhe.kit.words import moment

MANY = 400
"""Posts beyond which a reader is told of present gaps in the lists only."""
NEAR = ("village_officer", "town_officer", "county_officer")


def _reports(user: Any, scope: Scope, at: datetime) -> HomeList:
    rows = Report.objects.within(user.scope("grid.answer")).filter(state__in=OPEN).order_by("due_at", "id")

    def lines(found: list[Report]) -> Iterable[tuple[Any, ...]]:
        names = books.person_names(row.person_id for row in found)
        for row in found:
            due = row.due_at
            late = gettext("overdue since {time}") if due and due < at else gettext("due {time}")
            about = names.get(row.person_id, "") if row.person_id else ""
            text = " · ".join(part for part in (about, str(row.get_kind_display())) if part)
            yield text, reports.url_of(row), late.format(time=moment(due) if due else "—")

    late = rows.filter(due_at__lt=at).exists()
    return waiting(rows, lines, url=f"{reports.url()}?open=1", tone="danger" if late else "warn")


def _orphans(user: Any, scope: Scope, at: datetime) -> HomeList:
    """Elders whose helper left, and those who live alone and never had one."""
    day, reach = timezone.localdate(at), user.scope("grid.pair")
    left = books.left_by_helper(reach, day)
    lonely = books.without_helper(reach, day)
    rows = list(left[:SHOWN])
    names = books.person_names(row.person_id for row in rows)
    lines: list[tuple[Any, ...]] = [
        (names.get(row.person_id, "—"), f"{pairs.url()}do/begin_pair/?person={row.person_id}&role={row.role}",
         gettext("helper left on {day}").format(day=row.until))
        for row in rows
    ]  # fmt: skip
    seen = {row.person_id for row in rows}
    others: list[Person] = list(lonely.order_by("born", "id")[:SHOWN]) if len(lines) < SHOWN else []
    lines += [
        (one.name, f"{pairs.url()}do/begin_pair/?person={one.pk}", gettext("lives alone"))
        for one in others
        if one.pk not in seen
    ]
    count = lonely.count() + left.exclude(person_id__in=lonely.values("pk")).count()
    return HomeList(
        count,
        lines[:SHOWN],
        "/people/?tag=living_alone" if count else "",
        "warn" if count else "",
    )


def _gaps(user: Any, scope: Scope, at: datetime) -> HomeList:
    """Gaps of the rosters in the next days."""
    day = timezone.localdate(at)
    own = list(rosters.posts_on(user.scope("grid.roster"), day).order_by("level", "name", "id")[: MANY + 1])
    if len(own) > MANY:
        return HomeList(0)
    told = rosters.gaps_of(own, day, terms().roster_days)
    found = [row for row in own if row.pk in told]
    lines = [
        (
            row.name,
            posts.url_of(row),
            f"{gap_words(told[row.pk][0])}" + (f" +{len(told[row.pk]) - 1}" if len(told[row.pk]) > 1 else ""),
        )
        for row in found[:SHOWN]
    ]
    now_open = any(one.on == day for rows in told.values() for one in rows)
    return HomeList(len(found), lines, posts.url(), "danger" if now_open else "warn" if found else "")


def _training(user: Any, scope: Scope, at: datetime) -> HomeList:
    day = timezone.localdate(at)
    before = day - timedelta(days=terms().training_days)
    rows = books.helping(Helper.objects.within(user.scope("grid.edit")), day)
    rows = rows.filter(Q(trained_on=None) | Q(trained_on__lt=before) | Q(consented_on=None)).order_by(
        "trained_on", "id"
    )

    def lines(found: list[Helper]) -> Iterable[tuple[Any, ...]]:
        for row in found:
            note = (
                gettext("consent missing")
                if row.consented_on is None
                else gettext("never trained")
                if row.trained_on is None
                else ""
            )
            yield (
                row.name,
                helpers.url_of(row),
                note or gettext("trained on {day}").format(day=row.trained_on),
            )

    return waiting(rows, lines, url=f"{helpers.url()}?here=1", tone="warn")


panels = [
    home_panel(
        title=_("Helpers' reports"), right="grid.answer", rows=_reports, icon="flag", order=5,
        none=_("Every report is settled."),
    ),
    home_panel(
        title=_("Elders without a helper"), right="grid.pair", rows=_orphans, icon="heart-handshake", order=20, roles=NEAR,
        none=_("Everybody who lives alone has somebody near by."),
    ),
    home_panel(
        title=_("Gaps in duty rosters"), right="grid.roster", rows=_gaps, icon="calendar", order=15, roles=NEAR,
        none=_("Somebody is on duty at every hour of the next days."),
    ),
    home_panel(
        title=_("Helpers to train"), right="grid.edit", rows=_training, icon="certificate", order=50, roles=NEAR,
        none=_("Every helper is trained and has agreed."),
    ),
]  # fmt: skip
