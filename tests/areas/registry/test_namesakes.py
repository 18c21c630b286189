"""More namesakes than a page of found persons holds."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests import make

from songhe.areas.registry.models import Person
from songhe.areas.registry.queries import search as finding
from songhe.core.codes import span
from songhe.engines.access.api import Scope, entered

pytestmark = pytest.mark.django_db
COUNTY = Scope((span(make.COUNTY),))


@pytest.fixture(autouse=True)
def _six(monkeypatch: pytest.MonkeyPatch) -> None:
    """Thirty namesakes, of whom every fifth is enrolled, and at most six are shown."""
    monkeypatch.setattr(finding, "FOUND_MAX", 6)
    for number in range(30):
        row = make.person(name="王秀英")
        Person.everywhere.filter(pk=row.pk).update(is_enrolled=number % 5 == 0)


def test_a_list_without_filters_finds_its_share_of_namesakes_and_asks_nobody_twice() -> None:
    with entered(COUNTY), CaptureQueriesContext(connection) as asked:
        found = list(finding.search(Person.objects.within(COUNTY), "王秀英", COUNTY))
    assert len(found) == 6
    assert len(asked) == 2


def test_a_region_and_other_filters_are_applied_before_the_share_is_taken() -> None:
    with entered(COUNTY):
        here = finding.narrowed(Person.objects.within(COUNTY), str(make.village()))
        with CaptureQueriesContext(connection) as asked:
            assert len(finding.search(here, "王秀英", COUNTY)) == 6
        assert len(asked) == 2
        few = finding.search(here.filter(is_enrolled=True), "王秀英", COUNTY)
        assert [row.is_enrolled for row in few] == [True] * 6
        most = finding.search(here.filter(is_enrolled=False), "王秀英", COUNTY)
        assert [row.is_enrolled for row in most] == [False] * len(most)
        assert len(most) >= 3
