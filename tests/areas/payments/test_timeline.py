"""Who may know of a person's benefits sees what was posted for that person; pages by right."""

from __future__ import annotations

import pytest
from tests import make
from tests.areas.entitlement.conftest import signed_in
from tests.areas.payments.conftest import Caller, Office

from songhe.areas.registry.queries.timeline import happenings
from songhe.engines.access.api import entered
from songhe.kit.who import read_by

pytestmark = pytest.mark.django_db


def test_a_village_officer_sees_what_was_posted_for_a_person(office: Office, caller: Caller) -> None:
    person = caller("甲")
    office.posted()

    def told(role: str, region: int) -> tuple[int, int]:
        user = make.user(role, region)
        with entered(user.scope()), read_by(user):
            lines = [one for one in happenings(person, user) if "10.00" in one.text]
        return len(lines), sum(bool(one.url) for one in lines)

    assert told("county_officer", make.COUNTY) == (3, 3)
    assert told("village_officer", person.region_id) == (3, 0), "no page of the county's"
    assert told("village_officer", make.village(make.OTHER_COUNTY)) == (0, 0)
    assert told("hotline_agent", make.OTHER_COUNTY) == (0, 0)
    page = signed_in(make.user("village_officer", person.region_id)).get(f"/people/{person.pk}/")
    assert page.content.decode().count("Call subsidy · 10.00") == 3
