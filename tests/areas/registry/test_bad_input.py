"""No text breaks a search or an address of the registry, and nothing is half written."""

from __future__ import annotations

from typing import Any

import pytest
from tests import make
from tests.areas.registry import samples  # noqa: F401  the makers of rows register themselves
from tests.badinput.strings import NAUGHTY
from tests.kit.people import logged_in

from songhe.areas.registry.models import Person
from songhe.kit.spec import RECORDS

pytestmark = [pytest.mark.django_db, pytest.mark.long]


def officer() -> Any:
    user = make.user("county_officer", make.COUNTY)
    make.grant(user, "town_officer", make.COUNTY)
    return user


@pytest.mark.parametrize(
    "slug", ["people", "households", "enrolments", "suspects", "transfers", "deaths", "imports"]
)
def test_no_text_breaks_a_list(slug: str) -> None:
    client = logged_in(officer())
    make.SAMPLES[slug](1, make.village())
    url = RECORDS[slug].url()
    for text in NAUGHTY:
        given = {
            "q": text[:2000],
            "region": text[:100],
            "state": text[:100],
            "cursor": text[:200],
            "sort": text[:100],
        }
        answer = client.get(url, given | {"tag": text[:100], "age": text[:100], "born_from": text[:50]})
        assert answer.status_code == 200, text[:40]
        assert b"<script>alert" not in answer.content


def test_what_is_refused_leaves_no_trace() -> None:
    client = logged_in(officer())
    before = Person.everywhere.count()
    for text in filter(str.strip, NAUGHTY):  # without a number a person is registered, for the time being
        client.post(
            "/people/do/register/",
            {"name": "王建国", "region": str(make.village()), "id_number": text},
        )
    assert Person.everywhere.count() == before
