"""Jobs: run once, take over, stop, retry, keep keys apart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from tests import make

from songhe.core.refusal import Refused
from songhe.engines.access.api import SYSTEM
from songhe.engines.jobs.api import Lost, Work, ask_to_stop, job, run_due, run_one, start
from songhe.engines.jobs.models import Job

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
seen: list[dict[str, Any]] = []


@job("test.note")
def note(work: Work) -> dict[str, Any]:
    work.step(1, 2, "half")
    seen.append(work.args)
    return {"kept": len(seen)}


@job("test.refuses", together=True)
def refuses(work: Work) -> None:
    raise Refused("no", "The file is gone. Upload it again.")


@job("test.breaks")
def breaks(work: Work) -> None:
    raise ZeroDivisionError("bad arithmetic")


def test_a_job_runs_once_with_progress_and_result() -> None:
    seen.clear()
    made = start("test.note", {"a": 1}, actor=SYSTEM, at=AT)
    assert run_due(AT) == 1
    assert run_due(AT) == 0
    made.refresh_from_db()
    assert (made.state, made.done, made.total, made.result, seen) == ("done", 1, 2, {"kept": 1}, [{"a": 1}])


def test_one_job_is_run_and_what_was_due_before_it_is_left() -> None:
    seen.clear()
    earlier = start("test.note", {"a": 1}, actor=SYSTEM, at=AT - timedelta(minutes=1))
    mine = start("test.note", {"a": 2}, actor=SYSTEM, at=AT)
    later = start("test.note", {"a": 3}, actor=SYSTEM, at=AT, run_at=AT + timedelta(minutes=1))
    assert run_one(mine.pk, AT)
    assert not run_one(mine.pk, AT)
    assert not run_one(later.pk, AT)
    assert seen == [{"a": 2}]
    assert [Job.objects.get(pk=one.pk).state for one in (earlier, mine, later)] == [
        "waiting",
        "done",
        "waiting",
    ]


def test_an_open_job_of_the_same_key_is_not_doubled() -> None:
    first = start("test.note", key="k", actor=SYSTEM, at=AT)
    assert start("test.note", key="k", actor=SYSTEM, at=AT).pk == first.pk
    run_due(AT)
    assert start("test.note", key="k", actor=SYSTEM, at=AT).pk != first.pk


def test_an_open_job_that_ends_while_it_is_looked_for_makes_room_for_the_next() -> None:
    first = start("test.note", actor=SYSTEM, at=AT, key="k")

    def ends(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        done = execute(sql, params, many, context)
        if sql.startswith("INSERT"):
            execute("UPDATE jobs_job SET state = 'done' WHERE id = %s", [first.pk], False, context)
        return done

    with connection.execute_wrapper(ends):
        second = start("test.note", actor=SYSTEM, at=AT, key="k")
    assert second.pk != first.pk
    assert Job.objects.filter(key="k").values_list("state", flat=True).order_by("state")[0] == "done"


def test_a_lease_that_ran_out_is_taken_over() -> None:
    made = start("test.note", actor=SYSTEM, at=AT)
    Job.objects.filter(pk=made.pk).update(state="running", lease_until=AT + timedelta(seconds=30))
    assert run_due(AT) == 0
    assert run_due(AT + timedelta(minutes=2)) == 1


def test_what_a_person_waits_for_goes_before_what_the_clock_started() -> None:
    by_clock = [start("test.note", key=str(number), actor=SYSTEM, at=AT) for number in range(3)]
    later = AT + timedelta(seconds=1)
    asked = start("test.note", actor=make.user("county_officer"), at=later)
    assert run_due(later, most=1) == 1
    asked.refresh_from_db()
    assert asked.state == Job.State.DONE
    assert run_due(later) == len(by_clock), "and the others are not forgotten"


def test_a_job_can_be_stopped_before_and_while_it_runs() -> None:
    waiting = start("test.note", actor=SYSTEM, at=AT)
    ask_to_stop(waiting.pk, at=AT)
    assert run_due(AT) == 0
    running = start("test.note", actor=SYSTEM, at=AT)
    Job.objects.filter(pk=running.pk).update(stop_asked=True)
    run_due(AT)
    running.refresh_from_db()
    assert running.state == "cancelled"


def test_a_refusal_ends_it_and_a_defect_is_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    refused, broken = start("test.refuses", actor=SYSTEM, at=AT), start("test.breaks", actor=SYSTEM, at=AT)
    run_due(AT)
    refused.refresh_from_db()
    broken.refresh_from_db()
    assert (refused.state, refused.error) == ("failed", "The file is gone. Upload it again.")
    assert broken.state == "waiting"
    assert broken.run_at > AT
    assert "bad arithmetic" in broken.error
    for hours in range(1, 6):
        run_due(AT + timedelta(hours=hours))
    broken.refresh_from_db()
    assert broken.state == "failed"
    assert "bad arithmetic" in caplog.text


told: list[Lost] = []


@job("test.told", lost=told.append)
def is_told(work: Work) -> None:
    if work.args["refuse"]:
        raise Refused("no", "The file is gone. Upload it again.")
    raise ZeroDivisionError("bad arithmetic")


def unable_to_say(lost: Lost) -> None:
    Job.objects.filter(pk=lost.job_id).update(note="half told")
    raise LookupError("gone")


@job("test.untold", lost=unable_to_say)
def is_untold(work: Work) -> None:
    raise Refused("no", "The file is gone. Upload it again.")


def test_what_waits_for_a_job_learns_once_that_it_came_to_nothing() -> None:
    told.clear()
    refused = start("test.told", {"refuse": True}, actor=SYSTEM, at=AT)
    broken = start("test.told", {"refuse": False}, actor=SYSTEM, at=AT)
    run_due(AT)
    assert [(one.job_id, str(one.refused)) for one in told] == [
        (refused.pk, "The file is gone. Upload it again.")
    ], "one that is tried again is not lost yet"
    for hours in range(1, 6):
        run_due(AT + timedelta(hours=hours))
    assert [(one.job_id, one.refused, one.stopped) for one in told[1:]] == [(broken.pk, None, False)]


def test_a_job_whose_workers_died_or_that_was_stopped_before_it_ran_is_lost_too() -> None:
    told.clear()
    dead = start("test.told", {"refuse": True}, actor=SYSTEM, at=AT)
    Job.objects.filter(pk=dead.pk).update(state="running", attempts=5, lease_until=AT - timedelta(seconds=1))
    waiting = start("test.told", {"refuse": True}, actor=SYSTEM, at=AT + timedelta(hours=1))
    ask_to_stop(waiting.pk, at=AT)
    ask_to_stop(waiting.pk, at=AT)
    run_due(AT)
    assert [(one.job_id, one.stopped) for one in told] == [(waiting.pk, True), (dead.pk, False)]


def test_a_job_ends_although_what_waits_for_it_cannot_be_told(caplog: pytest.LogCaptureFixture) -> None:
    made = start("test.untold", actor=SYSTEM, at=AT)
    run_due(AT)
    made.refresh_from_db()
    assert (made.state, made.note) == ("failed", ""), "and what was half told is taken back"
    assert "nobody could be told" in caplog.text
