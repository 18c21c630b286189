"""Plans become visits, once."""

from __future__ import annotations

import pytest
from tests.areas.roster import made

from songhe.areas.roster.models import Outcome, State

pytestmark = pytest.mark.django_db


def test_a_plan_gives_every_order_a_worker_and_publishing_sends_them() -> None:
    here = made.office()
    roster = made.plan(here)
    assert roster.state == State.DRAFT, roster.reason
    assert [bool(line.worker_id) for line in made.lines(roster)] == [True] * 6
    assert made.visits_of(here) == []
    made.published(here, roster)
    assert roster.state == State.PUBLISHED
    assert {line.outcome for line in made.lines(roster)} == {Outcome.SENT}
    assert len(made.visits_of(here)) == 6
