"""Verbs of simulations: what a draft would change, and what policies will cost."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.entitlement.models import Simulation, SimulationKind, SimulationState
from songhe.areas.entitlement.queries.simulating import MOST_MONTHS
from songhe.core.codes.region import is_within
from songhe.core.days import month_of
from songhe.core.refusal import Forbidden, Refused
from songhe.engines.access.api import Actor
from songhe.engines.acts.api import act
from songhe.engines.jobs.api import start
from songhe.engines.policies.api import PolicyDraft
from songhe.engines.regions.models import Region
from songhe.kit.fields import Field

Area = Annotated[Region, Field(label=_("Region"), help=_("Everybody who lives there is included."))]

Draft = Annotated[PolicyDraft, Field(label=_("Policy draft"))]
DraftOrNone = Annotated[
    PolicyDraft | None,
    Field(label=_("Policy draft"), help=_("As if it were in force; if empty, current policies apply.")),
]


@act("entitlement.simulate")
def simulate(
    *,
    actor: Actor,
    at: datetime,
    draft: Draft,
    region: Area,
    month: Annotated[
        date | None,
        Field(
            label=_("Month"),
            help=_("Any day of the month. If empty: the month in which the draft takes effect."),
        ),
    ] = None,
) -> Simulation:
    """Work out who would gain and lose by a draft, and how much, against the policies in force."""
    _reaches(region, actor)
    if draft.start is None or not draft.code:
        raise Refused(
            "entitlement.draft_unread",
            "This draft cannot be read yet. Check it, correct what is wrong, then simulate it.",
            field="draft",
        )
    if not (is_within(region.pk, draft.region_id) or is_within(draft.region_id, region.pk)):
        raise Refused(
            "entitlement.draft_elsewhere",
            "The draft does not apply in this region. Choose one where it does.",
            field="region",
        )
    chosen = month_of(month or max(draft.start, timezone.localdate(at)))
    return _ask(SimulationKind.WHAT_IF, region, chosen, draft=draft, actor=actor, at=at)


@act("entitlement.simulate")
def look_ahead(
    *,
    actor: Actor,
    at: datetime,
    region: Area,
    months: Annotated[int, Field(label=_("Number of months"), least=1, most=MOST_MONTHS)] = 12,
    draft: DraftOrNone = None,
) -> Simulation:
    """Work out what policies will cost in the coming months, as people grow older and fewer."""
    _reaches(region, actor)
    month = month_of(timezone.localdate(at))
    return _ask(SimulationKind.OUTLOOK, region, month, draft=draft, months=months, actor=actor, at=at)


def _ask(
    kind: SimulationKind,
    region: Region,
    month: date,
    *,
    draft: PolicyDraft | None,
    actor: Actor,
    at: datetime,
    months: int = 1,
) -> Simulation:
    asked: Simulation = Simulation.everywhere.create(
        region=region,
        kind=kind,
        draft=draft,
        revision=draft.revision if draft else None,
        month=month,
        months=months,
        state=SimulationState.WORKING,
        asked_by_id=actor.id,
        asked_by=actor.name[:80],
        asked_at=at,
    )
    start("entitlement.simulate", {"simulation": str(asked.pk)}, actor=actor, at=at, key=str(asked.pk))
    return asked


def _reaches(region: Region, actor: Actor) -> None:
    if not actor.scope("entitlement.simulate").holds(region.pk):
        raise Forbidden(
            "outside_scope", "This is outside your area. Hand it to the colleague who is responsible there."
        )
