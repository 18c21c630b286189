"""What cases of 12345 put on the home page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.tickets import queries
from songhe.areas.tickets.models import CaseExtension, CityCase
from songhe.areas.tickets.screens.cases import cases, extensions
from songhe.engines.access.api import Scope
from songhe.kit.pages import HomeList, home_panel, waiting


def _rows(found: list[CityCase]) -> Iterable[tuple[Any, ...]]:
    return [
        (f"{row.number} · {row.title or row.get_kind_display()}", cases.url_of(row), f"{timezone.localtime(row.due_at):%m-%d %H:%M}")
        for row in found
    ]  # fmt: skip


def _to_take_up(user: Any, scope: Scope, at: datetime) -> HomeList:
    return waiting(
        queries.to_take_up(user.scope("tickets.handle")),
        _rows,
        url=f"{cases.url()}?state=received",
        tone="warn",
    )


def _mine(user: Any, scope: Scope, at: datetime) -> HomeList:
    return waiting(
        queries.in_hands_of(user.pk, user.scope("tickets.handle")),
        _rows,
        url=f"{cases.url()}?state=in_hand",
        tone="info",
    )


def _late(user: Any, scope: Scope, at: datetime) -> HomeList:
    return waiting(
        queries.overdue(user.scope("tickets.view"), at),
        _rows,
        url=f"{cases.url()}?sort=due_at",
        tone="danger",
    )


def _near(user: Any, scope: Scope, at: datetime) -> HomeList:
    return waiting(
        queries.near(user.scope("tickets.view"), at), _rows, url=f"{cases.url()}?sort=due_at", tone="warn"
    )


def _supervised(user: Any, scope: Scope, at: datetime) -> HomeList:
    return waiting(
        queries.supervised(user.scope("tickets.view")),
        _rows,
        url=f"{cases.url()}?level=supervised",
        tone="danger",
    )


def _extensions(user: Any, scope: Scope, at: datetime) -> HomeList:
    def shown(found: list[CaseExtension]) -> Iterable[tuple[Any, ...]]:
        return [(row.case.number, extensions.url_of(row), row.asked_by) for row in found]

    rows = queries.to_approve(user.scope("tickets.approve"), user.pk)
    return waiting(rows, shown, url=f"{extensions.url()}?state=asked", tone="warn")


panels = [
    home_panel(title=_("12345 cases to take up"), right="tickets.handle", rows=_to_take_up, icon="file-text", order=8,
               none=_("No case of 12345 waits.")),
    home_panel(title=_("My 12345 cases"), right="tickets.handle", rows=_mine, icon="file-text", order=22,
               none=_("You have no case of 12345 in hand.")),
    home_panel(title=_("12345 cases overdue"), right="tickets.view", rows=_late, icon="alert-triangle", order=6,
               none=_("No case of 12345 is overdue.")),
    home_panel(title=_("12345 cases due soon"), right="tickets.view", rows=_near, icon="clock", order=7,
               none=_("No deadline of 12345 is near.")),
    home_panel(title=_("12345 cases under supervision"), right="tickets.view", rows=_supervised, icon="flag", order=9,
               none=_("No case is under supervision.")),
    home_panel(title=_("Extensions to approve"), right="tickets.approve", rows=_extensions, icon="hourglass", order=24,
               none=_("No extension is waiting for approval.")),
]  # fmt: skip
