"""What lines put on the home page: calls not opened at the desk, who wrote, lost calls, shifts to sign."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from songhe.areas.lines.queries import sessions
from songhe.areas.lines.queries import shifts as reads
from songhe.areas.lines.screens.calls import calls, found, leads_to
from songhe.areas.lines.screens.shifts import handovers, shifts
from songhe.engines.access.api import Scope
from songhe.kit.pages import HomeList, home_panel, waiting
from songhe.kit.words import ago


def _written(user: Any, scope: Scope, at: datetime) -> HomeList:
    rows = sessions.in_writing(user.scope("lines.seat"))
    return waiting(rows, found, url=f"{calls.url()}?media=text", tone="danger")


def _back(user: Any, scope: Scope, at: datetime) -> HomeList:
    rows = sessions.to_call_back(user.scope("lines.dial"), at)
    return waiting(
        rows, lambda some: [(str(row), calls.url_of(row), ago(row.began_at, at)) for row in some],
        url=f"{calls.url()}?state=abandoned", tone="warn",
    )  # fmt: skip


def _left(user: Any, scope: Scope, at: datetime) -> HomeList:
    rows = sessions.not_opened(user.pk, at - timedelta(hours=24))
    return waiting(
        rows,
        lambda some: [(str(row), leads_to(row, user), ago(row.began_at, at)) for row in some],
        tone="warn",
    )  # fmt: skip


def _give(user: Any, scope: Scope, at: datetime) -> HomeList:
    rows = reads.to_hand_over(user.pk, user.scope("lines.hand_over"), at)
    return waiting(
        rows, lambda some: [(str(row), shifts.url_of(row), row.lead_name) for row in some], tone="warn"
    )


def _take(user: Any, scope: Scope, at: datetime) -> HomeList:
    rows = reads.to_take_over(user.pk, user.scope("lines.hand_over"), at)
    return waiting(
        rows, lambda some: [(str(row), handovers.url_of(row), ago(row.given_at, at)) for row in some], tone="warn"
    )  # fmt: skip


panels = [
    home_panel(
        title=_("Chat from somebody who cannot hear or speak"), right="lines.seat", rows=_written, icon="file-text", order=4,
        none=_("No chat is waiting."),
    ),
    home_panel(
        title=_("Lost calls to call back"), right="lines.dial", rows=_back, icon="phone", order=20,
        none=_("Every lost call was called back."),
    ),
    home_panel(
        title=_("Answered and not opened at the desk"), right="lines.seat", rows=_left, icon="phone", order=30,
        none=_("Every call you answered was opened."),
    ),
    home_panel(
        title=_("Shifts to hand over"), right="lines.hand_over", rows=_give, icon="checklist", order=40,
        none=_("You have no shift to hand over."),
    ),
    home_panel(
        title=_("Shifts to take over"), right="lines.hand_over", rows=_take, icon="checklist", order=35,
        none=_("There is nothing to take over."),
    ),
]  # fmt: skip
