"""Who sees a person sees what was posted for that person; amounts and pages by right."""

from __future__ import annotations

import pytest
from tests import make
from tests.areas.entitlement.conftest import signed_in
from tests.areas.payments.conftest import Caller, Office

from songhe.areas.registry.queries.timeline import happenings
from songhe.engines.access.api import User, entered

pytestmark = pytest.mark.django_db


def test_a_village_officer_sees_what_was_posted_for_a_person(
    office: Office, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = caller("甲")
    office.posted()

    def told(role: str, region: int) -> tuple[int, int, int]:
        scope = make.user(role, region).scope("registry.view")
        with entered(scope):
            lines = [one for one in happenings(person, scope) if one.note.startswith("2026-")]
        return len(lines), sum("10.00" in one.text for one in lines), sum(bool(one.url) for one in lines)

    assert told("county_officer", make.COUNTY) == (3, 3, 3)
    assert told("village_officer", person.region_id) == (3, 3, 0), (
        "amounts as with the entitlements; no page of the county's"
    )
    assert told("village_officer", make.village(make.OTHER_COUNTY))[0] == 0
    with monkeypatch.context() as patch:
        patch.setattr(User, "may", lambda self, right: right != "entitlement.view")
        assert told("village_officer", person.region_id) == (3, 0, 3)
    page = signed_in(make.user("village_officer", person.region_id)).get(f"/people/{person.pk}/")
    assert page.content.decode().count("Call subsidy · 10.00") == 3
