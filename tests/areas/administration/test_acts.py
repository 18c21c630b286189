"""The list of acts: where they come from in words, and those about one person."""

from __future__ import annotations

from datetime import datetime

import pytest
from tests import make
from tests.kit.people import logged_in

from songhe.areas.registry.actions.tagging import tag
from songhe.engines.access.api import SYSTEM
from songhe.engines.acts.models import Act

pytestmark = pytest.mark.django_db


def keys(page: str) -> set[str]:
    """The acts that a page lists."""
    return {str(act.pk) for act in Act.objects.all() if f"/acts/{act.pk}/" in page}


@pytest.mark.parametrize(("language", "words"), [("en", "Command line"), ("zh-hans", "命令行")])
def test_where_an_act_comes_from_is_told_in_words(language: str, words: str) -> None:
    make.person()
    reader = logged_in(make.user("auditor"))
    reader.cookies["django_language"] = language
    page = reader.get("/acts/").content.decode()
    assert words in page
    assert ">command<" not in page
    assert keys(reader.get("/acts/?channel=web").content.decode()) == set()
    assert keys(reader.get("/acts/?channel=command").content.decode())


def test_the_page_of_a_person_leads_to_the_acts_about_them_within_the_own_area(at: datetime) -> None:
    one, other = make.person(name="鄢雪柏"), make.person()
    for person in (one, other):
        tag(person, actor=SYSTEM, at=at, tag="dementia")
    near, far = (make.user("auditor", place) for place in (make.COUNTY, make.OTHER_COUNTY))
    link = f"/acts/?person={one.pk}"
    assert link in logged_in(near).get(f"/people/{one.pk}/").content.decode()
    page = logged_in(near).get(link).content.decode()
    mine = {str(act.pk) for act in Act.objects.filter(person_id=one.pk)}
    assert len(mine) >= 2
    assert keys(page) == mine
    assert "鄢雪柏" in page
    elsewhere = logged_in(far).get(link).content.decode()
    assert keys(elsewhere) == set()
    assert "鄢雪柏" not in elsewhere
    assert keys(logged_in(near).get("/acts/?person=nobody").content.decode()) > mine, "no person, no filter"
    assert 'name="person"' not in logged_in(near).get("/acts/").content.decode()
