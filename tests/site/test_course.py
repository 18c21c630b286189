"""A short proof with each change: a part falls at every step of an alarm's course, and a fault that the same proof must catch."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connection

from songhe.site.postgres import Temporary
from songhe.site.postgres.roles import SUPERUSER
from songhe.site.proof.course import MOMENTS, SIDE, STEPS, Plan, falls, people_for, tried
from songhe.site.proof.installation import installation
from songhe.site.proof.kills import TARGETS

PLAN = Plan(courses=SIDE, seed=31)


def test_the_same_falls_again_for_the_same_seed() -> None:
    planned = list(falls(PLAN))
    assert planned == list(falls(PLAN)) != list(falls(replace(PLAN, seed=32)))
    assert [step for _numbers, step, _fall in planned] == list(STEPS)
    fallen = [fall for _numbers, _step, fall in planned if fall is not None]
    assert {fall.part for fall in fallen} == set(TARGETS)
    assert {fall.moment for fall in fallen} == set(MOMENTS)


@pytest.mark.long
def test_a_course_ends_right_whatever_falls_and_a_planted_fault_is_caught(
    cluster: Temporary, django_db_setup: None
) -> None:
    connection.close()
    like = cluster.dsn(SUPERUSER, "songhe_test")
    with installation(devices=2 * SIDE, like=like) as here:
        people = people_for(here)
        found = tried(here, people, PLAN, say=lambda _line: None)
        assert found.kept, found.table()
        assert found.fallen.total() == len(STEPS)
        broken = replace(PLAN, fault="no-idempotency", first=SIDE, at=("call",))
        found = tried(here, people, broken, say=lambda _line: None)
        assert found.fallen == {"postgres after": 1}
        assert found.broken["steps missing or doubled"] == found.broken["acts missing or doubled"] == SIDE
        assert found.broken["alarms missing or doubled"] == found.broken["figures off"] == 0
