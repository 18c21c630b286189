"""Reads of premises: compounds with their phases as the rules take them, what waits, and free rooms as sites."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Min, Q, QuerySet, Sum

from songhe.areas.premises.limits import terms
from songhe.areas.premises.models import (
    PREPARING,
    Compound,
    Idle,
    IdleState,
    Milestone,
    Paper,
    Phase,
    PhaseState,
    Proposal,
    ProposalState,
    Standing,
    Step,
    StepState,
    Upgrade,
    UpgradeState,
    Use,
)
from songhe.areas.premises.rules import STEPS, Part, Seen, faults, total
from songhe.core.codes import Point, span
from songhe.core.labels import Label
from songhe.engines.access.api import Scope
from songhe.kit.days import begin_of


@dataclass(frozen=True, slots=True)
class Candidate:
    """Free rooms as a place where a site could be: what siting needs to know of them."""

    id: UUID
    name: str
    point: Point
    cost_fen: int | None
    area_m2: int
    region: int


def candidates(region: int, scope: Scope | None = None) -> list[Candidate]:
    """The free rooms of a region whose place is known, by name; the cost is that of the cheapest open proposal, else the
    one that was entered. Without a scope, as far as the one that is entered reaches."""
    low, high = span(region)
    rows: QuerySet[Any] = Idle.everywhere.all() if scope is None else Idle.objects.within(scope)
    rows = rows.filter(region_id__gte=low, region_id__lt=high, state=IdleState.AVAILABLE, lon__isnull=False)
    found = rows.annotate(
        asked=Min("proposals__cost_fen", filter=Q(proposals__state=ProposalState.OPEN))
    ).order_by("name", "id")
    return [
        Candidate(
            row.pk, row.name, row.point, row.cost_fen if row.asked is None else row.asked, row.area_m2, row.region_id
        )
        for row in found
        if row.point is not None
    ]  # fmt: skip


def seen(compounds: Sequence[Compound], on: date) -> dict[UUID, Seen]:
    """Compounds as the rules judge them on a day, by key, read at once. Steps, uses and phases that were dropped count from
    their days on; of everything else only how it stands now is known."""
    keys = [row.pk for row in compounds]
    phases: defaultdict[UUID, list[Phase]] = defaultdict(list)
    steps: defaultdict[UUID, list[Step]] = defaultdict(list)
    kept = ~Q(state=PhaseState.DROPPED) | Q(case__closed_at__gte=after(on))
    for phase in Phase.everywhere.filter(kept, compound__in=keys).order_by("number"):
        phases[phase.compound_id].append(phase)
    for step in Step.everywhere.filter(phase__compound__in=keys).order_by("number"):
        steps[step.phase_id].append(step)
    return {
        row.pk: Seen(
            counts=row.counts(on),
            required=row.required_m2,
            parts=[part_of(phase, steps[phase.pk], on) for phase in phases[row.pk]],
            least_m2=row.least_m2,
            before_half=row.before_half,
        )
        for row in compounds
    }


def part_of(phase: Phase, steps: Iterable[Step], on: date) -> Part:
    """One phase as the rules take it. A handover in parts counts what has come so far, and is due until all has come."""
    given: dict[str, int] = {}
    due: dict[str, date] = {}
    all_ = phase.state == PhaseState.DONE
    for step in steps:
        passed = step.state == StepState.PASSED and step.on is not None and step.on <= on
        if passed and step.m2 is not None:
            given[step.kind] = given.get(step.kind, 0) + step.m2
        if step.due is not None and not passed:
            due[step.kind] = step.due
        all_ &= passed or step.kind != "deliver"
    if not all_:
        given.pop("deliver", None)
    return Part(
        number=phase.number,
        households=phase.households,
        planned=phase.asked_m2,
        given=given,
        due=due,
        used_otherwise=phase.use == Use.OTHER and (phase.used_on or on) <= on,
    )


def standing_of(row: Compound, found: Seen, on: date) -> Standing:
    """How a compound stands on a day."""
    if row.standing == Standing.STRUCK:
        return Standing.STRUCK
    if faults(found, on):
        return Standing.FAILS
    open_ = not found.counts or total(found.parts, "plan") < found.required
    return Standing.OPEN if open_ else Standing.COMPLIES


def after(day: date) -> datetime:
    """The moment at which a day is over."""
    return begin_of(day + timedelta(days=1))


def handed_over(phases: Iterable[Phase]) -> int:
    """The square metres that phases have handed over, whole or in part."""
    return sum(phase.delivered_m2 for phase in phases)


def phases_of(compound: Compound) -> list[Phase]:
    """Its phases in their order."""
    return list(Phase.everywhere.filter(compound=compound).order_by("number"))


def steps_of(phase: Phase) -> list[Step]:
    """The steps of a phase in their order, the parts of a handover one after the other."""
    found = list(Step.everywhere.filter(phase=phase).prefetch_related("papers"))
    return sorted(found, key=lambda step: (STEPS.index(step.kind), step.number))


def step_now(phase: Phase) -> Step | None:
    """The step that is under way."""
    if not phase.step:
        return None
    found: Step | None = Step.everywhere.filter(phase=phase, kind=phase.step).order_by("-number").first()
    return found


def step_before(phase: Phase, kind: str) -> Step | None:
    """The last step that passed before one of this kind."""
    before = STEPS[: STEPS.index(kind)]
    found = Step.everywhere.filter(phase=phase, kind__in=before, state=StepState.PASSED)
    return max(found, key=lambda step: (STEPS.index(step.kind), step.number), default=None)


def lacking(step: Step) -> list[Label]:
    """The documents of a step that are needed and not there."""
    rows = Paper.everywhere.filter(step=step, needed=True, attachment_id=None).order_by("rank")
    return [Label(paper.name_en, paper.name_zh) for paper in rows]


def paper_choices(row: object, _user: object) -> list[tuple[str, str]]:
    """The documents of the step that is under way, as choices of a form."""
    step = step_now(row) if isinstance(row, Phase) else None
    if step is None:
        return []
    return [(paper.code, str(paper)) for paper in Paper.everywhere.filter(step=step).order_by("rank")]


def failing(scope: Scope) -> QuerySet[Compound]:
    """Compounds that are not in order, the largest first."""
    rows: QuerySet[Compound] = Compound.objects.within(scope).filter(standing=Standing.FAILS)
    return rows.order_by("-required_m2", "id")


def to_prepare(scope: Scope) -> QuerySet[Phase]:
    """Phases whose next step is to be prepared, the first to be due first."""
    rows: QuerySet[Phase] = Phase.objects.within(scope).filter(state__in=PREPARING)
    return rows.order_by("due_on", "id")


def late_milestones(scope: Scope, on: date) -> QuerySet[Milestone]:
    """Milestones of projects under way whose day is over, the oldest first."""
    rows: QuerySet[Milestone] = Milestone.objects.within(scope).filter(
        done_on=None, planned_on__lt=on, upgrade__state=UpgradeState.UNDER_WAY
    )
    return rows.select_related("upgrade").order_by("planned_on", "id")


def under_way(rows: QuerySet[Upgrade], on: date) -> QuerySet[Upgrade]:
    """Those that were approved by a day and were neither finished nor dropped by then."""
    going = Q(finished_on=None) | Q(finished_on__gt=on)
    return rows.filter(going, approved_at__lt=after(on)).exclude(dropped(on))


def dropped(on: date) -> Q:
    """Projects that were dropped by a day."""
    return Q(state=UpgradeState.DROPPED, case__closed_at__lt=after(on))


def late_upgrades(rows: QuerySet[Upgrade], on: date) -> QuerySet[Upgrade]:
    """Those under way on a day of which a milestone, or the whole, was late."""
    open_ = Q(done_on=None) | Q(done_on__gt=on)
    behind = Milestone.everywhere.filter(open_, planned_on__lt=on).values("upgrade_id")
    return under_way(rows, on).filter(Q(pk__in=behind) | Q(due__lt=on))


def milestones_of(upgrades: Sequence[Upgrade]) -> dict[UUID, list[Milestone]]:
    """The milestones of projects in the order of their days, read at once."""
    found: defaultdict[UUID, list[Milestone]] = defaultdict(list)
    order = [kind.code for kind in terms().milestones]
    for row in Milestone.everywhere.filter(upgrade__in=[one.pk for one in upgrades]):
        found[row.upgrade_id].append(row)
    for rows in found.values():
        rows.sort(key=lambda row: (row.planned_on, order.index(row.kind) if row.kind in order else 99))
    return found


def spent(upgrade: Upgrade) -> int:
    """Fen spent so far."""
    rows = Milestone.everywhere.filter(upgrade=upgrade).aggregate(sum=Sum("spent_fen"))
    return rows["sum"] or 0


def open_proposals(scope: Scope) -> QuerySet[Proposal]:
    """Proposals that wait to be decided, the oldest first."""
    rows: QuerySet[Proposal] = Proposal.objects.within(scope).filter(state=ProposalState.OPEN)
    return rows.select_related("idle").order_by("proposed_at", "id")
