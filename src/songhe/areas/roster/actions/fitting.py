"""Fitting an urgent order into a day; what is promised to others stays, and nobody is sent before it is published."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_noop

from songhe.areas.roster import queries
from songhe.areas.roster.actions.editing import Edit, revised, write
from songhe.areas.roster.actions.planning import like
from songhe.areas.roster.fitting import fitted, promised_lines, standing
from songhe.areas.roster.limits import ground
from songhe.areas.roster.models import Pinned, Roster, RosterLine, State
from songhe.areas.roster.planning import Draft, judged, rows_of
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor
from songhe.engines.acts.api import act
from songhe.kit.refusals import worded


@act("roster.plan")
def fit_in(
    roster: Roster,
    *,
    actor: Actor,
    at: datetime,
    order: UUID,
    worker: UUID | None = None,
    revision: int | None = None,
) -> Roster:
    """Give an urgent order to a worker, or to whom it suits best; a published day becomes a draft that differs by it."""
    if roster.state == State.PUBLISHED:
        _none_waits(roster)
    else:
        revised(roster, revision)
    draft = standing(roster, at)
    plan = fitted(draft, order, worker)
    cost = judged(draft.facts, plan).cost(ground().weights) - draft.cost
    fresh = _draft(roster, draft, actor=actor, at=at)
    code, part = draft.facts.built.halves.of_order[str(order)]
    pinned = Pinned.WORKER if worker else Pinned.NO
    write(draft, plan, Edit(fresh, draft.lines[code, part], "fit", pinned, cost), actor=actor, at=at)
    return fresh


def _none_waits(roster: Roster) -> None:
    """Two drafts of one day would each leave out what the other took up."""
    if queries.drafts_since(roster).exists():
        raise Refused(
            "draft_waits", "A draft of this day is waiting. Insert the order there, or put that draft aside."
        )


def _draft(roster: Roster, draft: Draft, *, actor: Actor, at: datetime) -> Roster:
    """The draft that takes the order, with a line for every order; of a published roster a new one."""
    if roster.is_draft:
        known = set(RosterLine.everywhere.filter(roster=roster).values_list("order_id", flat=True))
        lines = rows_of(roster, draft.facts, draft.plan, draft.problem.pins)
        fresh = [line for line in lines if line.order_id not in known]
        RosterLine.everywhere.bulk_create(fresh, batch_size=500)
        draft.lines.update({(line.code, line.part): line for line in fresh})
        return roster
    fresh_roster = like(roster, again=True)
    fresh_roster.reason = worded(gettext_noop("Urgent order inserted"))
    fresh_roster.seconds, fresh_roster.params = ground().seconds["again"], roster.params
    fresh_roster.made_by_id, fresh_roster.made_by_name, fresh_roster.made_at = actor.id, actor.name[:80], at
    fresh_roster.state, fresh_roster.planned_at = State.DRAFT, at
    fresh_roster.save(force_insert=True)
    draft.lines.update(promised_lines(fresh_roster, draft))
    RosterLine.everywhere.bulk_create(draft.lines.values(), batch_size=500)
    return fresh_roster
