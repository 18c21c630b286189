"""What happened to a person is told to whoever may know of it, and to nobody else who sees the person."""

from __future__ import annotations

import pytest
from tests import make
from tests.areas.entitlement.samples import grants

from songhe.areas.registry.queries.timeline import FEEDERS, happenings
from songhe.engines.access.api import roles

pytestmark = pytest.mark.django_db


def test_each_part_needs_its_right() -> None:
    (grant,) = grants(1, make.village())
    person = grant.person
    officer, assessor = make.user("county_officer", make.COUNTY), make.user("assessor", make.COUNTY)
    assert grant.name in [one.text for one in happenings(person, officer)]
    told = [one.text for one in happenings(person, assessor)]
    assert grant.name not in told
    assert len(told) < len(happenings(person, officer))


def test_every_part_names_a_right_that_somebody_holds() -> None:
    held = {right for role in roles().values() for right in role.rights}
    assert {right for right, _feeder in FEEDERS} <= held
