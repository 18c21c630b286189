"""What waits on the home page: what rings, whom one holds, where one is sent, what is to be reviewed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from songhe.areas.alarms.models import Alarm, AlarmState, Response
from songhe.areas.alarms.queries.board import open_alarms
from songhe.areas.alarms.screens.alarms import alarms
from songhe.areas.alarms.screens.errands import errands
from songhe.engines.access.api import Scope
from songhe.kit.clock import now
from songhe.kit.pages import HomeList, home_panel, waiting
from songhe.kit.words import ago


def _lines(found: list[Alarm]) -> Iterable[tuple[Any, ...]]:
    for row in found:
        name = row.whom or _("User unknown")
        yield f"{row.kind_label} · {name}", alarms.url_of(row), ago(row.raised_at, now())


def _ringing(user: Any, scope: Scope, at: datetime) -> HomeList:
    rows = open_alarms(user.scope("alarms.view")).filter(rings_from__isnull=False)
    return waiting(rows, _lines, url="/alarms/board/", tone="danger")


def _open(user: Any, scope: Scope, at: datetime) -> HomeList:
    rows = open_alarms(user.scope("alarms.view"))
    return waiting(rows, _lines, url="/alarms/board/", tone="warn")


def _to_review(user: Any, scope: Scope, at: datetime) -> HomeList:
    done = (AlarmState.RESOLVED, AlarmState.FALSE_ALARM, AlarmState.NO_CONTACT, AlarmState.DUPLICATE)
    rows = Alarm.objects.within(user.scope("alarms.review")).filter(state__in=done)
    rows = rows.exclude(closed_by_id=user.pk).select_related("person").order_by("closed_at", "id")
    return waiting(rows, _lines, url=f"{alarms.url()}?state=resolved", tone="warn")


def _sent(user: Any, scope: Scope, at: datetime) -> HomeList:
    rows = Response.objects.within(user.scope("alarms.respond"))
    rows = rows.filter(
        refused_at=None, lapsed_at=None, left_at=None, service="network", alarm__closed_at=None
    )

    def lines(found: list[Response]) -> Iterable[tuple[Any, ...]]:
        return [(row.name, errands.url_of(row), ago(row.sent_at, now())) for row in found]

    return waiting(rows.order_by("-sent_at", "id"), lines, url=errands.url(), tone="danger")


panels = [
    home_panel(title=_("Ringing alarms"), right="alarms.answer", icon="alert-triangle", order=1, rows=_ringing, none=_("Nothing is ringing.")),
    home_panel(title=_("Call-outs assigned to you"), right="alarms.respond", icon="walk", order=2, rows=_sent, none=_("Nobody was sent.")),
    home_panel(title=_("Open alarms"), right="alarms.view", icon="alert-triangle", order=20, rows=_open, none=_("No open alarms.")),
    home_panel(title=_("Alarms to review"), right="alarms.review", icon="clipboard-check", order=30, rows=_to_review, none=_("Everything is reviewed.")),
]  # fmt: skip
