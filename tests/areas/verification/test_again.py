"""What is compared again, and that nothing which speaks against a visit is without its weight."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from tests import make
from tests.areas.verification.test_story import ended, yesterday
from tests.areas.visits import made

from songhe.areas.verification import actions
from songhe.areas.verification.guide import guide
from songhe.areas.verification.models import Check
from songhe.areas.visits import actions as visits
from songhe.areas.visits.api import Visit
from songhe.areas.visits.models import DOUBTFUL, FLAGS

pytestmark = pytest.mark.django_db


def test_a_visit_that_changed_while_it_was_compared_is_compared_again() -> None:
    town = made.town()
    visit = ended(town, yesterday(9), flags=["late"])
    read = Visit.everywhere.get(pk=visit.pk)
    begun = visit.arrived_at
    assert begun is not None
    visits.correct_visit(
        visit, actor=town.user("organisation_manager", town.organisation), at=timezone.now(), arrived_at=begun,
        left_at=begun + timedelta(minutes=30), cause="forgot_out", reason="忘记签退",
    )  # fmt: skip
    visits.looked_at({visit.pk: read}, {visit.pk: 5}, passing=10, at=timezone.now())
    visit.refresh_from_db()
    assert (visit.looked_at, visit.verified_at, visit.counts) == (None, None, False)
    visits.looked_at({visit.pk: read}, {visit.pk: 80}, passing=10, at=timezone.now())
    visit.refresh_from_db()
    assert visit.looked_at is None and "doubtful" in visit.flags, "what was found meanwhile is not lost"


def test_a_visit_beside_those_of_a_county_is_still_to_be_compared_in_its_own() -> None:
    town = made.town()
    first = ended(town, yesterday(9))
    far = made.person("周大姐", make.village(make.OTHER_COUNTY))
    other = ended(town, yesterday(9) + timedelta(minutes=20), person=far, flags=["far"])
    low = make.COUNTY
    actions.look_through(at=timezone.now(), low=low, high=low + 10**6)
    first.refresh_from_db()
    other.refresh_from_db()
    assert first.looked_at is not None and "doubtful" in other.flags
    assert other.looked_at is None
    actions.look_through(at=timezone.now())
    assert set(Check.everywhere.get(visit=other).signs) == {"far", "overlap_worker"}


def test_every_flag_of_a_visit_is_a_sign_with_its_own_weight() -> None:
    assert set(FLAGS) - {DOUBTFUL} <= set(guide().signs)
