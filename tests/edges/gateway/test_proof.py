"""A short proof with each change: kills at random, and a fault that the same proof must catch."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connection

from songhe.site.postgres import Temporary
from songhe.site.postgres.roles import SUPERUSER
from songhe.site.proof.installation import installation
from songhe.site.proof.kills import Plan, tried

pytestmark = pytest.mark.long


@pytest.fixture
def like(cluster: Temporary, django_db_setup: None) -> str:
    """A database with tables and regions, to be copied."""
    connection.close()
    return cluster.dsn(SUPERUSER, "songhe_test")


def test_what_is_acknowledged_survives_kills_and_a_planted_fault_is_caught(like: str) -> None:
    plan = Plan(kills=4, messages=2_400, devices=40, seed=7, http=False, worker=False)
    with installation(devices=plan.devices, like=like) as here:
        outcome = tried(here, plan, say=lambda _line: None)
        assert outcome.kills.keys() == {"gateway", "postgres"}
        assert outcome.acknowledged >= plan.messages
        assert (outcome.lost, outcome.doubled, outcome.alarms_wrong, outcome.unfinished) == (0, 0, 0, 0)
        here.parts["gateway"].kill()
        hasty = replace(plan, kills=6, messages=12_000, fault="ack-before-commit", start=100_000)
        outcome = tried(here, hasty, say=lambda _line: None)
        assert outcome.lost > 0
        assert not outcome.kept
