"""What a person is entitled to and why: the facts with their origin, what changes next, letters, and the same for programs."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from tests import make
from tests.areas.entitlement.applying import Offices
from tests.areas.entitlement.conftest import Elder, open_canteen, signed_in
from tests.kit.test_rest import Program

from songhe.areas.entitlement import queries
from songhe.areas.entitlement.queries.courses import asked
from songhe.areas.entitlement.queries.months import known
from songhe.areas.registry.api import Enrolment, Fact, Household
from songhe.engines.access.api import SYSTEM
from songhe.engines.acts.models import Act
from songhe.kit.clock import today

pytestmark = pytest.mark.django_db


@pytest.fixture
def offices(at: datetime) -> Offices:
    return Offices(at)


def words(reply: object) -> str:
    return " ".join(reply.content.decode().split())  # type: ignore[attr-defined]  # a response


def test_the_page_tells_amount_reason_origin_and_what_changes(offices: Offices, elder: Elder) -> None:
    village = make.village(nth=400)
    person = elder(
        region=village, tags=("low_income",), born=date(1947, 3, 9), enrolled_on=date(2024, 1, 5)
    )
    Fact.everywhere.filter(person=person).update(
        valid_to=date(2027, 5, 10), source_note="低保名单2026", recorded_by_id=offices.users["town"].pk
    )
    open_canteen(person.region_id)
    page = offices.county.get(f"/entitled-people/{person.pk}/explained/")
    text = words(page)
    assert "45 h a month" in text and "Receives the minimum living allowance" in text
    assert "An imported list · 低保名单2026 · since 2026-01-01 · until before 2027-05-10" in text
    assert "by 镇干部" in text and "the entry in the registry" in text
    assert "turning 80 in March 2027: + 31 meals a month" in text
    assert "Minimum living allowance ends in June 2027: − 45 h a month, it ends" in text
    assert "with “Certificate of support for the extremely poor”" in text and "hypothetical" in text
    assert Act.objects.filter(verb="entitlement.read_explanation", subject_id=person.pk).count() == 1
