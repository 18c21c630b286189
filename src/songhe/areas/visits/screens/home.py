"""What waits on the home page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.visits import queries, watching
from songhe.areas.visits.models import Conflict, Incident, Order, Visit, VisitState, Vital
from songhe.areas.visits.queries import who_and_what
from songhe.areas.visits.screens.conflicts import conflicts, what_of
from songhe.areas.visits.screens.incidents import incidents
from songhe.areas.visits.screens.orders import orders, wish
from songhe.areas.visits.screens.visits import visits
from songhe.areas.visits.screens.vitals import vitals
from songhe.engines.access.api import elevated
from songhe.engines.regions.tree import name_of
from songhe.kit.days import span_of
from songhe.kit.pages import SHOWN, HomeList, home_panel, waiting
from songhe.kit.words import moment


def _orders(found: list[Order]) -> Iterator[tuple[str, str, str]]:
    for row, words in who_and_what(found):
        yield words, orders.url_of(row), wish(row)


def _visits(found: list[Visit]) -> Iterator[tuple[str, str, str]]:
    for row, words in who_and_what(found):
        yield words, visits.url_of(row), row.flag_names or moment(row.starts_at)


def to_dispatch(user: Any, scope: Any, at: datetime) -> HomeList:
    """Orders without a worker for today and tomorrow; what a month's plan asks for later waits for its roster."""
    tomorrow = timezone.localdate(at) + timedelta(days=1)
    rows = queries.to_dispatch(user.scope("visits.assign")).filter(wanted_from__lt=span_of(tomorrow)[1])
    return waiting(rows, _orders, url=f"{orders.url()}?state=received&wanted_from_to={tomorrow}", tone="warn")


def to_hand_over(user: Any, scope: Any, at: datetime) -> HomeList:
    """Orders without an organisation."""
    rows = queries.to_dispatch(user.scope("hotline.dispatch")).filter(organisation=None)
    return waiting(rows, _orders, url=f"{orders.url()}?state=received", tone="warn")


def _due(found: list[Order]) -> Iterator[tuple[str, str, str]]:
    for row, words in who_and_what(found):
        yield words, orders.url_of(row), moment(row.case.due_at) if row.case.due_at else wish(row)


def come_up(user: Any, scope: Any, at: datetime) -> HomeList:
    """Orders that found nobody in time and came up to one's own level."""
    rows = watching.come_up_to(user).select_related("case")
    return waiting(rows, _due, url=f"{orders.url()}?above=1", tone="danger")


def at_risk(user: Any, scope: Any, at: datetime) -> HomeList:
    """Orders due soon or overdue."""
    mine = user.scope("visits.assign")
    late, soon = watching.overdue(mine, at), watching.due_soon(mine, at)
    rows = (late | soon).select_related("case")
    return waiting(rows, _due, url=reverse("visits.risk"), tone="danger" if late.exists() else "warn")


def in_pool(user: Any, scope: Any, at: datetime) -> HomeList:
    """Orders that are offered to one's organisation."""
    bodies, pool = sorted(user.scope("visits.take").holders), reverse("visits.pool")
    with elevated():  # of the person only the village is shown
        rows = watching.open_offers(bodies)
        found = list(rows[:SHOWN])
        lines = [
            (f"{one.order.item_label} · {name_of(one.region_id)}", pool, wish(one.order)) for one in found
        ]
        count = rows.count()
    return HomeList(count, lines, pool, "warn" if lines else "")


def not_begun(user: Any, scope: Any, at: datetime) -> HomeList:
    """Orders taken from the pool for which nobody was chosen yet."""
    rows = watching.not_begun(user.scope("visits.assign"))
    return waiting(rows, _orders, url=f"{orders.url()}?state=taken", tone="warn")


def came_to_neighbour(user: Any, scope: Any, at: datetime) -> HomeList:
    """Services for elders near by that found nobody."""
    rows, near = watching.come_up_to_neighbour(user.pk), reverse("visits.near")
    return HomeList(
        len(rows),
        [(words, near, wish(row)) for row, words in who_and_what(rows)],
        near,
        "danger" if rows else "",
    )


def to_accept(user: Any, scope: Any, at: datetime) -> HomeList:
    """Services that were given and wait for a word of the family."""
    rows = watching.to_accept(user.scope("visits.rate"))
    return waiting(rows, _orders, url=f"{orders.url()}?state=completed", tone="info")


def of_today(user: Any, scope: Any, at: datetime) -> HomeList:
    """Visits still to be done today."""
    day = timezone.localdate(at)
    rows = queries.visits_on(user.scope("visits.view"), day)
    rows = rows.filter(state__in=[VisitState.PLANNED, VisitState.ARRIVED])
    return waiting(rows, _visits, url=f"{visits.url()}?starts_at_from={day}&starts_at_to={day}")


def missed(user: Any, scope: Any, at: datetime) -> HomeList:
    """Visits of the last week to which nobody came."""
    rows = queries.missed(user.scope("visits.view"), at - timedelta(days=7))
    return waiting(rows, _visits, url=f"{visits.url()}?state=missed", tone="danger")


def to_verify(user: Any, scope: Any, at: datetime) -> HomeList:
    """Done visits with flags."""
    rows = queries.waiting_for_check(user.scope("visits.verify"))
    return waiting(rows, _visits, url=f"{visits.url()}?state=done&flagged=1", tone="warn")


def to_look_after(user: Any, scope: Any, at: datetime) -> HomeList:
    """Persons who did not open the door and whom nobody has seen since."""
    rows = queries.to_look_after(user.scope("visits.look"))
    return waiting(rows, _visits, url=f"{visits.url()}?look=1", tone="danger")


def to_look_at(user: Any, scope: Any, at: datetime) -> HomeList:
    """Values outside their bounds at which nobody has looked."""
    rows = queries.vitals_to_look_at(user.scope("visits.vitals"))

    def lines(found: list[Vital]) -> Iterator[tuple[str, str, str]]:
        names = queries.person_names(row.person_id for row in found)
        for row in found:
            yield names.get(row.person_id, ""), vitals.url_of(row), moment(row.taken_at)

    return waiting(rows, lines, url=f"{vitals.url()}?waits=1", tone="danger")


def to_decide(user: Any, scope: Any, at: datetime) -> HomeList:
    """What phones brought too late and nobody has decided."""
    rows = queries.to_decide(user.scope("visits.correct"))

    def lines(found: list[Conflict]) -> Iterator[tuple[str, str, str]]:
        names = queries.person_names(row.person_id for row in found)
        for row in found:
            yield (
                f"{names.get(row.person_id, '')} · {what_of(row)}",
                conflicts.url_of(row),
                moment(row.claimed_at),
            )

    return waiting(rows, lines, url=f"{conflicts.url()}?state=open", tone="danger")


def incidents_open(user: Any, scope: Any, at: datetime) -> HomeList:
    """Incidents that are not closed, the most pressing first."""
    rows = queries.incidents_open(user.scope("visits.incident"))

    def lines(found: list[Incident]) -> Iterator[tuple[str, str, str]]:
        names = queries.person_names(row.person_id for row in found)
        for row in found:
            words = f"{names.get(row.person_id, '')} · {row.get_kind_display()}"
            yield words, incidents.url_of(row), f"{row.get_severity_display()} · {moment(row.happened_at)}"

    return waiting(rows, lines, url=incidents.url(), tone="danger")


panels = [
    home_panel(
        title=_("Escalated to you"),
        right="visits.escalated",
        rows=come_up,
        icon="urgent",
        order=1,
        none=_("No order was escalated to your level."),
    ),
    home_panel(
        title=_("Services nobody has taken"),
        right="grid.help",
        area="grid",
        rows=came_to_neighbour,
        icon="urgent",
        order=1,
        none=_("Nothing waits for you"),
        roles=("helper", "volunteer"),
    ),
    home_panel(
        title=_("Orders at risk"),
        right="visits.assign",
        rows=at_risk,
        icon="stopwatch",
        order=2,
        none=_("No order is due soon or overdue."),
    ),
    home_panel(
        title=_("Order pool"),
        right="visits.take",
        rows=in_pool,
        icon="users",
        order=3,
        none=_("The pool is empty"),
        roles=("organisation_manager", "dispatcher"),
    ),
    home_panel(
        title=_("Taken and not begun"),
        right="visits.take",
        rows=not_begun,
        icon="hourglass",
        order=9,
        none=_("Every order that was taken has somebody."),
        roles=("organisation_manager", "dispatcher"),
    ),
    home_panel(
        title=_("Awaiting your acceptance"),
        right="visits.rate",
        rows=to_accept,
        icon="check",
        order=15,
        none=_("No service awaits your acceptance."),
    ),
    home_panel(
        title=_("Incidents"),
        right="visits.incident",
        rows=incidents_open,
        icon="alert-triangle",
        order=4,
        none=_("No incident was reported."),
    ),
    home_panel(
        title=_("Conflicts to decide"),
        right="visits.correct",
        rows=to_decide,
        icon="git-merge",
        order=6,
        none=_("Phone and office records agree."),
    ),
    home_panel(
        title=_("Orders to dispatch"),
        right="visits.assign",
        rows=to_dispatch,
        icon="route",
        order=10,
        none=_("Every order has a worker."),
    ),
    home_panel(
        title=_("Orders to hand over"),
        right="hotline.dispatch",
        rows=to_hand_over,
        icon="phone",
        order=20,
        none=_("Every order has an organisation."),
        roles=("hotline_agent",),
    ),
    home_panel(
        title=_("Visits today"),
        right="visits.view",
        rows=of_today,
        icon="home-heart",
        order=30,
        none=_("No visit is left for today."),
    ),
    home_panel(
        title=_("Missed visits, last seven days"),
        right="visits.view",
        rows=missed,
        icon="alert-triangle",
        order=40,
        none=_("Somebody came every time."),
    ),
    home_panel(
        title=_("Did not open the door"),
        right="visits.look",
        rows=to_look_after,
        icon="heart-handshake",
        order=5,
        none=_("Everybody was at home."),
    ),
    home_panel(
        title=_("Measured out of range"),
        right="visits.vitals",
        rows=to_look_at,
        icon="heartbeat",
        order=8,
        none=_("No value waits to be looked at."),
        roles=("organisation_manager", "dispatcher", "town_officer"),
    ),
    home_panel(
        title=_("Visits to verify"),
        right="visits.verify",
        rows=to_verify,
        icon="shield-check",
        order=50,
        none=_("Every visit's proof is in order."),
    ),
]
