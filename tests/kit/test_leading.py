"""Every way that a message or a page offers can be gone by whom it is offered to."""

from __future__ import annotations

from uuid import uuid4

import pytest
from tests import make
from tests.kit.people import logged_in
from tests.kit.test_conformance import samples

from songhe.engines.access.roles import roles
from songhe.kit.links import opened_by
from songhe.kit.spec import RECORDS

pytestmark = [pytest.mark.django_db, pytest.mark.long]
MESSAGES_LEAD_TO = ("alarms", "errands", "orders")
PAGES = ("/family/", "/today/")


@pytest.mark.parametrize("role", roles())
def test_who_is_led_somewhere_can_open_it_and_nobody_else(role: str) -> None:
    """Rows of one's own county, of another one and of nowhere; pages that messages name."""
    user = make.user(role, make.COUNTY, holder_id=uuid4())
    rows = [
        samples(RECORDS[slug], 1, region)[0]
        for slug in MESSAGES_LEAD_TO
        for region in (make.village(), make.village(make.OTHER_COUNTY))
    ]
    ways = [*PAGES, *(RECORDS[slug].url_of(row) for slug, row in zip(sorted(MESSAGES_LEAD_TO * 2), rows, strict=True)), f"/alarms/{uuid4()}/"]  # fmt: skip
    client = logged_in(user)
    opens = {way for way in ways if client.get(way).status_code < 400}
    assert (
        opened_by(user, [*ways, "", "//elsewhere/family/", "https://elsewhere/family/", "/nowhere/"]) == opens
    )
