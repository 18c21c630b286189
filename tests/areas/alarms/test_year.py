"""No alarm is forgotten: a small year here, a hundred thousand alarms by command."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests import make

from songhe.areas.alarms.simulating import simulate_year

pytestmark = [pytest.mark.django_db, pytest.mark.long]
START = datetime(2026, 1, 1, tzinfo=UTC)


def test_nothing_is_forgotten_though_agents_vanish_and_workers_die() -> None:
    found = simulate_year(10, seed=20261125, start=START, region=make.village(), vanish=0.5)
    assert found.forgotten == []
    assert found.lost_to_others
    assert sum(found.outcomes.values()) == found.alarms
    assert found.late_most <= 16


def test_where_silent_agents_lose_nothing_their_alarms_are_forgotten() -> None:
    """The control: without the loss of what silent agents hold, the same simulation finds what is forgotten."""
    found = simulate_year(5, seed=20261125, start=START, region=make.village(), lose_silent=False, vanish=0.5)
    assert found.forgotten
