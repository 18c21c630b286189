"""Opening and moving cases. Callers are the actions of areas, inside their act."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection, models

from songhe.core.flow import Kind, State, move, moves_from
from songhe.core.refusal import Forbidden
from songhe.engines.access.actor import Actor
from songhe.engines.access.bulk import update_many
from songhe.engines.access.scope import Scope
from songhe.engines.access.scoped import ScopedQuerySet
from songhe.engines.cases.clock import timers
from songhe.engines.cases.flows import calendar, flow
from songhe.engines.cases.models import Case, CaseKind, CaseStep, Priority
from songhe.engines.jobs.api import start_many


def open_case(
    flow_code: str,
    *,
    region_id: int,
    actor: Actor,
    at: datetime,
    person_id: UUID | None = None,
    holder_id: UUID | None = None,
    about: models.Model | None = None,
    priority: int = Priority.NORMAL,
) -> Case:
    """A new case in the first state of its flow, with a number of its own."""
    way = flow(flow_code)
    first = way.state(way.start)
    case = Case(
        number=f"{way.prefix}-{_next_number():06d}",
        flow_code=flow_code,
        state=first.code,
        priority=priority,
        person_id=person_id,
        holder_id=holder_id,
        about_kind=about._meta.label_lower if about is not None else "",
        about_id=about.pk if about is not None else None,
        region_id=region_id,
        opened_at=at,
        entered_at=at,
    )
    _enter(case, first, at)
    case.save(force_insert=True)
    step = _record(case, "open", "", actor=actor, at=at)
    _set_timers(case, first, step)
    return case


def move_case(
    case: Case, code: str, *, actor: Actor, at: datetime, passed: Collection[str] = (), note: str = ""
) -> Case:
    """Move a case along its flow; refused when the move does not start here, a guard holds or the right is missing.

    ``passed`` names the guards whose conditions the caller has found fulfilled.
    """
    row = Case.everywhere.select_for_update(no_key=True).get(pk=case.pk)
    target = move(row.flow, row.state, code, passed=passed)
    right = next(way.right for way in moves_from(row.flow, row.state) if way.code == code)
    if not actor.may(right):
        raise Forbidden(
            "no_right",
            "Your role does not allow this. Ask your administrator for the right “{right}”.",
            right=right,
        )
    source, row.state = row.state, target.code
    _enter(row, target, at)
    row.save(update_fields=["state", "kind", "entered_at", "due_at", "closed_at"])
    step = _record(row, code, source, actor=actor, at=at, note=note)
    _set_timers(row, target, step)
    case.refresh_from_db()
    return case


def move_cases(
    cases: Sequence[Case],
    code: str,
    *,
    actor: Actor,
    at: datetime,
    passed: Collection[str] = (),
    notes: Mapping[UUID, str] | None = None,
    due: Mapping[UUID, datetime] | None = None,
) -> None:
    """Move many cases of one flow, which the caller has locked; none is moved where one of them may not.

    The same as ``move_case`` for each, in a few statements for all. ``due``: by case until when somebody has to act, where
    that is not a while after now.
    """
    steps, clocks = [], []
    for case in cases:
        target = move(case.flow, case.state, code, passed=passed)
        right = next(way.right for way in moves_from(case.flow, case.state) if way.code == code)
        if not actor.may(right):
            raise Forbidden(
                "no_right",
                "Your role does not allow this. Ask your administrator for the right “{right}”.",
                right=right,
            )
        source, case.state = case.state, target.code
        _enter(case, target, at)
        case.due_at = (due or {}).get(case.pk, case.due_at)
        step = _step(case, code, source, actor=actor, at=at, note=(notes or {}).get(case.pk, ""))
        steps.append(step)
        clocks += timers(case, target, step)
    names = ("id", "state", "kind", "entered_at", "due_at", "closed_at", "holder_id")
    update_many(Case, names, [tuple(getattr(case, name) for name in names) for case in cases])
    CaseStep.everywhere.bulk_create(steps, batch_size=500)
    start_many(clocks)


def due_before(at: datetime, scope: Scope) -> ScopedQuerySet[Case]:
    """Open cases of a scope whose deadline falls before a moment, the most urgent first."""
    rows = Case.objects.within(scope).filter(kind=CaseKind.OPEN, due_at__lt=at)
    return rows.order_by("-priority", "due_at", "id")


def _enter(case: Case, state: State, at: datetime) -> None:
    case.entered_at = at
    case.kind = CaseKind(state.kind.value)
    due = state.due_for(case.priority)
    case.due_at = calendar().deadline(at, due) if due else None
    case.closed_at = None if state.kind is Kind.OPEN else at


def _record(case: Case, code: str, source: str, *, actor: Actor, at: datetime, note: str = "") -> CaseStep:
    step = _step(case, code, source, actor=actor, at=at, note=note)
    step.save(force_insert=True)
    return step


def _step(case: Case, code: str, source: str, *, actor: Actor, at: datetime, note: str = "") -> CaseStep:
    return CaseStep(
        case=case,
        move=code,
        source=source,
        target=case.state,
        at=at,
        actor_id=actor.id,
        actor_name=actor.name[:80],
        note=note[:400],
        due_at=case.due_at,
        region_id=case.region_id,
        person_id=case.person_id,
        holder_id=case.holder_id,
    )


def _set_timers(case: Case, state: State, step: CaseStep) -> None:
    start_many(timers(case, state, step))


def _next_number() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('cases_number')")
        return int(cursor.fetchone()[0])
