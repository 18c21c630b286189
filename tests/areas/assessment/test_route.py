"""The way of a pair of assessors from village to village."""

from __future__ import annotations

import pytest
from tests import make
from tests.areas.assessment.office import Office, signed_in

from songhe.areas.assessment.api import Assessment, request
from songhe.engines.access.api import SYSTEM
from songhe.engines.acts.models import Act

pytestmark = pytest.mark.django_db


def begun(office: Office, *names: str, nth: int) -> None:
    """Persons of a village whom the pair has to assess."""
    for name in names:
        person = make.person(make.village(nth=nth), name=name, address="大庄许家社区7号")
        row = request(actor=SYSTEM, at=office.at, person=person)
        assert office.assigned(row).status_code == 302


def test_open_work_stands_by_village_in_their_order(office: Office) -> None:
    begun(office, "丙", nth=2)
    begun(office, "甲", "乙", nth=1)
    page = office.first.get("/assessment-route/").content.decode()
    assert page.index("甲") < page.index("乙") < page.index("丙")
    assert page.count("护士 · 社工") + page.count("社工 · 护士") == 1
    assert "3 persons" in page
    assert "7号" not in page


def test_addresses_are_shown_when_asked_for_and_logged(office: Office) -> None:
    begun(office, "甲", nth=1)
    page = office.second.get("/assessment-route/?addresses=1").content.decode()
    assert "大庄许家社区7号" in page
    line = Act.objects.get(verb="registry.reveal")
    assert (line.actor_id, line.purpose) == (office.social.pk, "assessment route")
    town = signed_in(make.user("auditor", make.COUNTY))
    assert town.get("/assessment-route/?addresses=1").status_code == 403


def test_others_see_their_own_work_only(office: Office) -> None:
    begun(office, "甲", nth=1)
    third = signed_in(make.user("assessor", make.COUNTY))
    neighbour = signed_in(make.user("county_officer", make.OTHER_COUNTY))
    for client in (third, neighbour):
        page = client.get("/assessment-route/").content.decode()
        assert "甲" not in page
        assert "Nobody is to be assessed now" in page
    assert "甲" in office.desk.get("/assessment-route/").content.decode()
    stranger = signed_in(make.user("worker", make.COUNTY))
    assert stranger.get("/assessment-route/").status_code == 403
    assert Assessment.everywhere.count() == 1


def test_the_page_is_in_chinese_too(office: Office) -> None:
    begun(office, "甲", nth=1)
    office.first.cookies["django_language"] = "zh-hans"
    page = office.first.get("/assessment-route/").content.decode()
    for words in ("评估路线", "村(社区)", "预约时间", "1人"):
        assert words in page
