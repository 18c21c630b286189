"""The clock of a case: a warning before its deadline, and what follows one after another when it is missed.

One timer waits for each case at a time; when it goes off it sets the next one, so that moving cases by the thousand costs one
timer each. Timers are jobs: another worker takes one over whose worker died.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from songhe.core.flow import Escalation, Kind, State
from songhe.engines.access.actor import SYSTEM
from songhe.engines.cases.flows import calendar
from songhe.engines.cases.models import Case, CaseKind, CaseStep, Priority
from songhe.engines.jobs.models import Job

WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Late:
    """What the clock of a case says: a warning, where ``rule`` is None, or one step of its escalation."""

    case: Case
    rule: Escalation | None
    at: datetime


Effect = Callable[[Late], str]
_EFFECTS: dict[str, list[Effect]] = {}


def when_late(flow_code: str) -> Callable[[Effect], Effect]:
    """Let an area follow the clock of its flow, inside the same transaction; it returns words for the history, or none."""

    def decorate(effect: Effect) -> Effect:
        _EFFECTS.setdefault(flow_code, []).append(effect)
        return effect

    return decorate


def timers(case: Case, state: State, step: CaseStep, *, after: str | None = None) -> list[Job]:
    """The next timer of a case that entered a state with ``step``; ``after``: the one that has just gone off."""
    return _next(case, state, step, priority=case.priority, after=after, soonest=step.at)


def _next(
    case: Case, state: State, step: CaseStep, *, priority: int, after: str | None, soonest: datetime
) -> list[Job]:
    line = _line(case, state, priority)
    codes = [code for _moment, code in line]
    left = line if after is None else line[codes.index(after) + 1 :] if after in codes else []
    if not left or state.kind is not Kind.OPEN:
        return []
    moment, code = left[0]
    return [
        Job(
            kind="cases.escalate",
            args={"step": str(step.pk), "escalation": code, "priority": priority},
            actor_id=SYSTEM.id,
            key=f"{step.pk}:{code}",
            lane=Job.Lane.TIMER,
            created_at=soonest,
            run_at=max(moment, soonest + timedelta(seconds=1)),
        )
    ]


def _line(case: Case, state: State, priority: int) -> list[tuple[datetime, str]]:
    """Everything that the clock does in a state, in the order of the moments."""
    if case.due_at is None:
        return []
    found = [
        (calendar().deadline(case.due_at, rule.after_for(priority)), rule.code) for rule in state.escalations
    ]
    if state.warn:
        found.insert(0, (case.entered_at + (case.due_at - case.entered_at) * state.warn / 100, WARNING))
    return sorted(found, key=lambda one: one[0])


def strike(step: CaseStep, args: Mapping[str, Any], *, at: datetime) -> tuple[bool, list[Job]]:
    """What a timer does unless the case has moved on since ``step``: whether it did, and the timer that comes next."""
    case = Case.everywhere.select_for_update(no_key=True).get(pk=step.case_id)
    later = Q(at__gt=step.at) | Q(at=step.at, pk__gt=step.pk)  # several steps may fall on one moment
    moved = CaseStep.everywhere.filter(later, case=case, escalates=False).exists()
    if moved or case.kind != CaseKind.OPEN:
        return False, []
    code, state = str(args["escalation"]), case.state_now
    rule = next((rule for rule in state.escalations if rule.code == code), None)
    if rule is None and not (code == WARNING and state.warn):
        return False, []
    priority = int(args.get("priority", case.priority))
    if rule is not None and rule.raise_by:
        case.priority = min(Priority.URGENT, case.priority + rule.raise_by)
        case.save(update_fields=["priority"])
    words = [effect(Late(case, rule, at)) for effect in _EFFECTS.get(case.flow_code, ())]
    label = str(rule.label) if rule is not None else ""
    _record(case, code, " · ".join(part for part in (label, *words) if part), at=at)
    return True, _next(case, state, step, priority=priority, after=code, soonest=at)


def _record(case: Case, code: str, note: str, *, at: datetime) -> None:
    CaseStep.everywhere.create(
        case=case, move=code, source=case.state, target=case.state, at=at, actor_id=SYSTEM.id,
        actor_name=SYSTEM.name, note=note[:400], escalates=True, due_at=case.due_at, region_id=case.region_id,
        person_id=case.person_id, holder_id=case.holder_id,
    )  # fmt: skip
