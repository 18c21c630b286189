"""What inspections put on the home page of officers, facilities and offices."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.inspections import queries
from songhe.areas.inspections.models import Finding, Inspection
from songhe.areas.inspections.screens.campaigns import campaigns
from songhe.areas.inspections.screens.checks import checks
from songhe.areas.inspections.screens.findings import findings
from songhe.engines.access.api import Scope
from songhe.kit.pages import HomeList, home_panel, waiting


def _to_carry_out(user: Any, scope: Scope, at: datetime) -> HomeList:
    rows = queries.to_carry_out(user.pk, user.scope("inspections.check"))
    return waiting(
        rows,
        lambda found: [
            (row.facility_name, reverse("inspections.checklist", args=[row.pk]), f"{row.due_on:%Y-%m-%d}")
            for row in found
        ],
        url=f"{checks.url()}?state=drawn",
        tone="warn",
    )


def _to_recheck(user: Any, scope: Scope, at: datetime) -> HomeList:
    rows = queries.to_recheck(user.pk, user.scope("inspections.check"))
    return waiting(rows, _checks, url=f"{checks.url()}?state=recheck", tone="warn")


def _to_mend(user: Any, scope: Scope, at: datetime) -> HomeList:
    rows = queries.to_mend(user.scope("inspections.answer"))
    late = rows.filter(due_on__lt=timezone.localdate(at)).exists()
    return waiting(rows, _findings, url=f"{findings.url()}?state=open", tone="danger" if late else "warn")


def _overdue(user: Any, scope: Scope, at: datetime) -> HomeList:
    rows = queries.overdue(user.scope("inspections.decide"), timezone.localdate(at))
    return waiting(rows, _findings, url=f"{findings.url()}?overdue=1", tone="danger")


def _to_draw(user: Any, scope: Scope, at: datetime) -> HomeList:
    rows = queries.to_draw(user.scope("inspections.draw")).exclude(prepared_by_id=user.pk)
    return waiting(
        rows,
        lambda found: [(row.title, campaigns.url_of(row), f"{row.until:%Y-%m-%d}") for row in found],
        url=f"{campaigns.url()}?state=draft",
        tone="warn",
    )


def _checks(found: list[Inspection]) -> Iterable[tuple[Any, ...]]:
    return [
        (row.facility_name, checks.url_of(row), gettext("{left} open").format(left=row.left)) for row in found
    ]


def _findings(found: list[Finding]) -> Iterable[tuple[Any, ...]]:
    return [(f"{row.facility_name} · {row}", findings.url_of(row), f"{row.due_on:%Y-%m-%d}") for row in found]


panels = [
    home_panel(
        title=_("Checks to carry out"), right="inspections.check", rows=_to_carry_out, icon="clipboard-check", order=10,
        none=_("No check waits for you."),
    ),
    home_panel(
        title=_("Checks to re-check"), right="inspections.check", rows=_to_recheck, icon="refresh", order=20,
        none=_("Nothing to re-check."),
    ),
    home_panel(
        title=_("Findings to rectify"), right="inspections.answer", rows=_to_mend, icon="alert-triangle", order=15,
        none=_("Nothing to rectify."),
    ),
    home_panel(
        title=_("Findings overdue"), right="inspections.decide", rows=_overdue, icon="alert-triangle", order=30,
        none=_("No finding is overdue."),
    ),
    home_panel(
        title=_("Campaigns to sample"), right="inspections.draw", rows=_to_draw, icon="bolt", order=40,
        none=_("No campaigns to sample."),
    ),
]  # fmt: skip
