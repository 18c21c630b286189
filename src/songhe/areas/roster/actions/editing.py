"""Changing a draft by hand; each change is kept, and none sends anybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from songhe.areas.roster.editing import Against, Tried, task_of, try_move
from songhe.areas.roster.models import Pinned, Roster, RosterEdit, RosterLine
from songhe.areas.roster.planning import Draft, draft_of, judged, moment, shown
from songhe.areas.roster.rules import RULES
from songhe.core.refusal import Refused
from songhe.core.roster import Plan
from songhe.engines.access.api import Actor
from songhe.engines.acts.api import act, add_detail
from songhe.kit.fields import Field


@dataclass(frozen=True, slots=True)
class Edit:
    """One change by hand."""

    roster: Roster
    row: RosterLine
    what: str
    pinned: Pinned
    cost: int


@act("roster.plan")
def move_line(
    roster: Roster,
    *,
    actor: Actor,
    at: datetime,
    line: UUID,
    worker: UUID | None = None,
    starts_at: datetime | None = None,
    revision: int | None = None,
) -> Tried:
    """Give an order to another worker or another time; without a worker to whom it suits best."""
    revised(roster, revision)
    row = _line(roster, line)
    draft = draft_of(roster, at, but=row.code)
    tried = try_move(draft, row, worker, starts_at)
    if isinstance(tried, Against):
        raise Refused("cannot_be", RULES[tried.reason.rule if tried.reason else "time"], field="worker")
    pinned = Pinned.NO if worker is None else Pinned.BOTH if starts_at and tried.exact else Pinned.WORKER
    write(draft, tried.plan, Edit(roster, row, "move", pinned, tried.cost), actor=actor, at=at)
    return tried


@act("roster.plan")
def take_out(
    roster: Roster, *, actor: Actor, at: datetime, line: UUID, revision: int | None = None
) -> RosterLine:
    """Leave an order, and where it is half of a double visit the other half too, without a worker."""
    revised(roster, revision)
    row = _line(roster, line)
    draft = draft_of(roster, at, but=row.code)
    code, _part = task_of(draft, row)
    plan = Plan(tuple(stay for stay in draft.plan.stays if stay.visit != code), draft.plan.rests)
    cost = judged(draft.facts, plan).cost(_weights()) - draft.cost
    write(draft, plan, Edit(roster, row, "out", Pinned.NO, cost), actor=actor, at=at)
    return row


@act("roster.plan")
def pin_line(
    roster: Roster,
    *,
    actor: Actor,
    at: datetime,
    line: UUID,
    pinned: Annotated[Pinned, Field(label=_("Pinned"))],
) -> RosterLine:
    """Fix who comes, or who and when, or let it free again. A plan that is made anew keeps what is fixed."""
    revised(roster, None)
    row = _line(roster, line)
    if row.worker_id is None and pinned:
        raise Refused("nobody", "Nobody is assigned to this visit, so there is nothing to pin.")
    edit = Edit(roster, row, "pin", Pinned(pinned), 0)
    _log(edit, {"pinned": row.pinned}, {"pinned": pinned}, actor=actor, at=at)
    row.pinned = pinned
    row.save(update_fields=["pinned"])
    return row


def _weights() -> Any:
    from songhe.areas.roster.limits import ground

    return ground().weights


def revised(roster: Roster, revision: int | None) -> None:
    """Refuse to change what is no draft, or is another draft than was looked at."""
    if not roster.is_draft:
        raise Refused("not_a_draft", "Only a draft can be changed. Re-plan to change what is published.")
    if revision is not None and revision != roster.revision:
        raise Refused("changed", "Somebody else changed this plan meanwhile. Look at it again.")


def _line(roster: Roster, key: UUID) -> RosterLine:
    row = (
        RosterLine.everywhere.select_for_update(no_key=True, of=("self",))
        .filter(roster=roster, pk=key)
        .first()
    )
    if row is None:
        raise Refused("no_line", "There is no such visit in this plan. Look at it again.")
    return row


def write(draft: Draft, plan: Plan, edit: Edit, *, actor: Actor, at: datetime) -> None:
    """Write the new plan's lines, the change, and what the plan is worth now."""
    roster, row, pinned = edit.roster, edit.row, edit.pinned
    before = {"worker": str(row.worker_id or ""), "starts_at": _iso(row.starts_at), "pinned": row.pinned}
    changed = []
    same = draft.plan.by_task if edit.what == "fit" else None  # what is promised stays to the minute
    for task, line in draft.lines.items():
        stay = plan.by_task.get(task)
        if same is not None and stay == same.get(task):
            continue
        worker = UUID(stay.worker) if stay else None
        starts = moment(draft.facts, stay) if stay and not line.begun else line.starts_at if stay else None
        if (line.worker_id, line.starts_at) != (worker, starts):
            line.worker_id, line.starts_at = worker, starts
            line.pinned = line.pinned if worker else Pinned.NO
            changed.append(line)
        if line.pk == row.pk and (line.pinned != pinned or line not in changed):
            line.pinned = pinned
            changed += [line] if line not in changed else []
            row = line
    RosterLine.everywhere.bulk_update(changed, ["worker", "starts_at", "pinned"])
    terms = judged(draft.facts, plan)
    roster.terms, roster.cost = shown(draft.facts, plan, terms), terms.cost(_weights())
    roster.unassigned = RosterLine.everywhere.filter(roster=roster, worker=None).count()
    roster.revision += 1
    roster.save(update_fields=["terms", "cost", "unassigned", "revision"])
    after = {"worker": str(row.worker_id or ""), "starts_at": _iso(row.starts_at), "pinned": row.pinned}
    after["also"] = sum(line.pk != row.pk for line in changed)  # type: ignore[assignment]
    _log(edit, before, after, actor=actor, at=at)


def _log(edit: Edit, before: dict[str, Any], after: dict[str, Any], *, actor: Actor, at: datetime) -> None:
    roster = edit.roster
    RosterEdit(
        roster=roster,
        line_id=edit.row.pk,
        organisation_id=roster.organisation_id,
        region_id=roster.region_id,
        what=edit.what,
        before=before,
        after=after,
        cost=edit.cost,
        at=at,
        actor_id=actor.id,
        actor_name=actor.name[:80],
    ).save(force_insert=True)
    add_detail(line=str(edit.row.pk), what=edit.what, cost=edit.cost)


def _iso(moment_: datetime | None) -> str:
    return moment_.isoformat() if moment_ else ""
