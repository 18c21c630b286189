"""What premises put on the home page: steps to decide and to prepare, compounds not in order, proposals, late milestones."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.premises import queries
from songhe.areas.premises.models import REVIEWED, Phase, Step, StepState, Upgrade, UpgradeState
from songhe.areas.premises.screens.compounds import compounds
from songhe.areas.premises.screens.idle import proposals
from songhe.areas.premises.screens.phases import phases
from songhe.areas.premises.screens.upgrades import upgrades
from songhe.engines.access.api import Scope
from songhe.kit.pages import HomeList, home_panel, waiting
from songhe.kit.words import yuan


def _to_decide(user: Any, scope: Scope, at: datetime) -> HomeList:
    own = Step.everywhere.filter(state=StepState.HANDED_IN, prepared_by_id=user.pk).values("phase_id")
    rows = Phase.objects.within(user.scope("premises.decide")).filter(state__in=REVIEWED).exclude(pk__in=own)
    return waiting(rows.order_by("due_on", "id"), _named, url=phases.url(), tone="warn")


def _to_prepare(user: Any, scope: Scope, at: datetime) -> HomeList:
    rows = queries.to_prepare(user.scope("premises.record"))
    late = rows.filter(due_on__lt=timezone.localdate(at)).exists()
    return waiting(rows, _named, url=phases.url(), tone="danger" if late else "warn")


def _failing(user: Any, scope: Scope, at: datetime) -> HomeList:
    rows = queries.failing(user.scope("premises.view"))
    return waiting(
        rows,
        lambda found: [(row.name, compounds.url_of(row), row.fault_names) for row in found],
        url=f"{compounds.url()}?standing=fails",
        tone="danger",
    )


def _proposed(user: Any, scope: Scope, at: datetime) -> HomeList:
    rows = queries.open_proposals(user.scope("premises.decide")).exclude(proposed_by_id=user.pk)
    return waiting(
        rows,
        lambda found: [(f"{row.idle} · {row}", proposals.url_of(row), yuan(row.cost_fen)) for row in found],
        url=f"{proposals.url()}?state=open",
        tone="warn",
    )


def _milestones(user: Any, scope: Scope, at: datetime) -> HomeList:
    rows = queries.late_milestones(user.scope("premises.project"), timezone.localdate(at))
    return waiting(
        rows,
        lambda found: [
            (f"{row.upgrade} · {row}", upgrades.url_of(row.upgrade), f"{row.planned_on:%Y-%m-%d}")
            for row in found
        ],
        url=f"{upgrades.url()}?late=1",
        tone="danger",
    )


def _to_approve(user: Any, scope: Scope, at: datetime) -> HomeList:
    rows = Upgrade.objects.within(user.scope("premises.decide")).filter(state=UpgradeState.DRAFT)
    return waiting(
        rows.exclude(prepared_by_id=user.pk).order_by("prepared_at", "id"),
        lambda found: [(row.name, upgrades.url_of(row), yuan(row.planned_fen)) for row in found],
        url=f"{upgrades.url()}?state=draft",
        tone="warn",
    )


def _named(found: list[Phase]) -> Iterable[tuple[Any, ...]]:
    return [
        (row.caption, phases.url_of(row), f"{row.get_state_display()} {row.due_on or ''}".strip())
        for row in found
    ]


panels = [
    home_panel(
        title=_("Premises steps to decide"), right="premises.decide", rows=_to_decide, icon="checklist", order=20,
        none=_("Every step submitted is decided."),
    ),
    home_panel(
        title=_("Premises steps to prepare"), right="premises.record", rows=_to_prepare, icon="clipboard-list", order=30,
        none=_("No step waits to be prepared."), roles=("town_officer", "county_officer"),
    ),
    home_panel(
        title=_("Compounds not in order"), right="premises.view", rows=_failing, icon="alert-triangle", order=40,
        none=_("Every compound required to provide premises is in order."), roles=("city_officer", "county_officer", "town_officer"),
    ),
    home_panel(
        title=_("Proposals for reuse to decide"), right="premises.decide", rows=_proposed, icon="door", order=50,
        none=_("No proposals to decide."),
    ),
    home_panel(
        title=_("Upgrade projects to approve"), right="premises.decide", rows=_to_approve, icon="tools", order=55,
        none=_("No project waits to be approved."),
    ),
    home_panel(
        title=_("Late milestones"), right="premises.project", rows=_milestones, icon="flag", order=60,
        none=_("No milestone is late."),
    ),
]  # fmt: skip
