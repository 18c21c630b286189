"""Cases: along the flow, on time, with every step kept; timers escalate what stays where it is."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from tests.make import COUNTY, OTHER_COUNTY, user, village

from songhe.core.refusal import Forbidden, Refused
from songhe.engines.access.api import SYSTEM, Scope, entered
from songhe.engines.cases import tasks
from songhe.engines.cases.api import Case, CaseStep, Priority, due_before, move_case, open_case
from songhe.engines.jobs.api import run_due
from songhe.engines.live.models import Event
from songhe.engines.regions.ids import uuid7

pytestmark = pytest.mark.django_db
ASSIGN = {"two_assessors"}
assert callable(tasks.run), "importing it registers the timer's job"


def opened(at: datetime) -> Case:
    """A requested assessment in a village of Rongcheng."""
    return open_case("assessment", region_id=village(), person_id=uuid7(), actor=SYSTEM, at=at)


def test_a_case_opens_with_a_number_a_deadline_and_its_first_step(at: datetime) -> None:
    one, other = opened(at), opened(at)
    assert one.number.startswith("P-") and len(one.number) == 8 and one.number != other.number
    assert (one.state, one.kind, one.closed_at) == ("requested", "open", None)
    assert one.due_at is not None and one.due_at.isoformat() == "2026-12-02T17:30:00+08:00"
    assert [(step.move, step.target) for step in one.steps.all()] == [("open", "requested")]


def test_a_case_moves_only_along_its_flow(at: datetime) -> None:
    case = opened(at)
    with pytest.raises(Refused, match="not possible while the state is Requested"):
        move_case(case, "sign", actor=SYSTEM, at=at, passed={"both_signed"})
    with pytest.raises(Refused, match="two assessors are named, one of them medical"):
        move_case(case, "assign", actor=SYSTEM, at=at)
    with pytest.raises(Forbidden):
        move_case(case, "assign", actor=user("village_officer", village()), at=at, passed=ASSIGN)
    assert case.steps.count() == 1
    later = at + timedelta(hours=1)
    move_case(case, "assign", actor=user("county_officer", COUNTY), at=later, passed=ASSIGN)
    assert (case.state, case.entered_at) == ("assigned", later)


def test_an_end_closes_the_case_and_clears_its_deadline(at: datetime) -> None:
    case = move_case(opened(at), "cancel", actor=SYSTEM, at=at)
    assert (case.kind, case.closed_at, case.due_at) == ("cancelled", at, None)


def test_cases_due_are_listed_the_most_urgent_first_and_within_the_scope(at: datetime) -> None:
    calm = opened(at)
    urgent = open_case("assessment", region_id=village(), actor=SYSTEM, at=at, priority=Priority.URGENT)
    open_case("assessment", region_id=village(OTHER_COUNTY), actor=SYSTEM, at=at)
    county = Scope(areas=((COUNTY, COUNTY + 10**6),))
    assert not due_before(at, county).exists()
    assert [case.pk for case in due_before(at + timedelta(days=30), county)] == [urgent.pk, calm.pk]
    with entered(county):
        assert Case.everywhere.count() == 2
        assert CaseStep.everywhere.count() == 2


def test_a_case_that_stays_is_escalated_once_and_one_that_moved_is_not(at: datetime) -> None:
    stays, moves = opened(at), opened(at)
    move_case(moves, "assign", actor=SYSTEM, at=at + timedelta(minutes=5), passed=ASSIGN)
    assert stays.due_at is not None
    run_due(stays.due_at, lanes=("timer",))
    stays.refresh_from_db()
    assert stays.priority == Priority.NORMAL
    late = stays.due_at + timedelta(days=1)
    assert run_due(late, lanes=("timer",)) == 2
    assert run_due(late, lanes=("timer",)) == 0
    stays.refresh_from_db()
    moves.refresh_from_db()
    assert (stays.priority, moves.priority) == (Priority.HIGH, Priority.NORMAL)
    assert [step.move for step in stays.steps.filter(escalates=True)] == ["unassigned"]
    assert Event.everywhere.filter(topic="cases.assessment", payload__number=stays.number).count() == 1


def test_a_case_opened_and_moved_in_one_moment_is_still_escalated(at: datetime) -> None:
    case = move_case(opened(at), "assign", actor=SYSTEM, at=at, passed=ASSIGN)
    assert case.due_at is not None
    run_due(case.due_at + timedelta(days=30), lanes=("timer",))
    assert case.steps.filter(escalates=True).exists() is bool(case.state_now.escalations)


def test_history_cannot_be_changed_or_removed(at: datetime) -> None:
    opened(at)
    for statement in ("UPDATE cases_casestep SET note = ''", "DELETE FROM cases_casestep"):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            connection.cursor().execute(statement)
