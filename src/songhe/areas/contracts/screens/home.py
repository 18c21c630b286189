"""What contracts put on the home page: to approve, ending soon, nearly used."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.contracts import queries
from songhe.areas.contracts.limits import bounds
from songhe.areas.contracts.models import Contract, State
from songhe.areas.contracts.screens.contracts import contracts
from songhe.engines.access.api import Scope
from songhe.kit.pages import SHOWN, HomeList, home_panel, waiting
from songhe.kit.words import yuan


def _to_approve(user: Any, scope: Scope, at: datetime) -> HomeList:
    rows: QuerySet[Contract] = Contract.objects.within(user.scope("contracts.approve")).filter(
        state=State.DRAFT
    )
    found = rows.exclude(prepared_by_id=user.pk).select_related("organisation").order_by("prepared_at", "id")
    return waiting(found, _named, url=f"{contracts.url()}?state=draft", tone="warn")


def _ending(user: Any, scope: Scope, at: datetime) -> HomeList:
    rows = queries.ending(user.scope("contracts.view"), timezone.localdate(at), bounds().ending_days)
    return waiting(rows, _until, url=f"{contracts.url()}?state=in_force", tone="warn")


def _nearly_used(user: Any, scope: Scope, at: datetime) -> HomeList:
    found = queries.nearly_used(user.scope("contracts.view"), bounds().used_percent)
    rows: list[tuple[Any, ...]] = []
    for row, standing in found[:SHOWN]:
        left = gettext("{percent} % · {left} yuan left").format(
            percent=standing.percent, left=yuan(standing.left[0])
        )
        rows.append((f"{row.lot} · {row.organisation}", contracts.url_of(row), left))
    return HomeList(len(found), rows, f"{contracts.url()}?state=in_force", "danger" if found else "")


def _named(found: list[Contract]) -> Iterable[tuple[Any, ...]]:
    return [
        (f"{row.lot} · {row.organisation}", contracts.url_of(row), yuan(row.ceiling_fen)) for row in found
    ]


def _until(found: list[Contract]) -> Iterable[tuple[Any, ...]]:
    return [
        (f"{row.lot} · {row.organisation}", contracts.url_of(row), f"{row.until:%Y-%m-%d}") for row in found
    ]


panels = [
    home_panel(
        title=_("Contracts to approve"), right="contracts.approve", rows=_to_approve, icon="file-text", order=20,
        none=_("Every contract is decided."),
    ),
    home_panel(
        title=_("Contracts that end soon"), right="contracts.view", rows=_ending, icon="calendar", order=60,
        none=_("No contract ends soon."), roles=("city_officer", "county_officer", "organisation_manager"),
    ),
    home_panel(
        title=_("Contracts nearly used up"), right="contracts.view", rows=_nearly_used, icon="chart-pie", order=50,
        none=_("Every contract has capacity left."), roles=("city_officer", "county_officer", "organisation_manager", "finance_officer"),
    ),
]  # fmt: skip
