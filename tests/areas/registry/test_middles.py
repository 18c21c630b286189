"""Where villages lie: the middle of homes that no home can be read off, within each reader's area."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import make
from tests.conftest import AT

from songhe.areas.registry import api as registry
from songhe.areas.registry.models import Middle
from songhe.areas.registry.rules.middles import LEAST, middle
from songhe.areas.registry.tasks import find_places
from songhe.core.codes import Point, span
from songhe.engines.access.api import SYSTEM, Scope
from songhe.engines.jobs.api import Work
from songhe.engines.jobs.models import Job
from songhe.engines.vault.api import erase

homes = st.lists(st.builds(Point, st.floats(122, 122.2), st.floats(37, 37.2)), max_size=30)


@given(homes)
def test_a_middle_lies_among_the_homes_and_needs_enough_of_them(given_: list[Point]) -> None:
    found = middle(given_)
    different = {(round(home.lon, 4), round(home.lat, 4)) for home in given_}
    assert (found is None) == (len(different) < LEAST)
    if found:
        point, count = found
        assert count == len(different)
        assert min(lon for lon, _ in given_) - 0.001 <= point.lon <= max(lon for lon, _ in given_) + 0.001
        assert (round(point.lon, 3), round(point.lat, 3)) == point


@given(homes, st.randoms())
def test_the_order_of_homes_does_not_matter(given_: list[Point], random: st.DataObject) -> None:
    mixed = list(given_)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert middle(mixed) == middle(given_)


def test_one_home_in_the_wrong_place_does_not_move_a_village() -> None:
    near = [Point(122.1 + n / 1000, 37.1 + n / 1000) for n in range(8)]
    right, wrong = middle(near), middle([*near[:-1], Point(73.5, 4.0)])
    assert right
    assert wrong
    assert abs(right[0].lon - wrong[0].lon) <= 0.002


def test_a_couple_is_one_home() -> None:
    assert middle([Point(122.1, 37.1), Point(122.1, 37.1)] * 10) is None


@pytest.mark.django_db
def test_every_night_villages_are_placed_and_forgotten_with_their_homes() -> None:
    village, thin, other = make.village(), make.village(nth=4), make.village(make.OTHER_COUNTY)
    people = []
    for code, count in ((village, 6), (thin, LEAST - 1), (other, 5)):
        for n in range(count):
            people.append(make.person(code, name=f"王建{'一二三四五六七'[n]}"))
            registry.locate(people[-1], Point(122.4 + n / 100, 37.2))
    make.person(village, name="无处")
    job = Job.objects.create(kind="registry.middles", actor_id=SYSTEM.id, run_at=AT, created_at=AT)
    assert find_places(Work(job, AT)) == {"found": 2}
    whole = registry.middles(Scope.EVERYTHING, *span(make.CITY))
    assert set(whole) == {village, other}
    assert whole[village] == Point(122.425, 37.2)
    here = Scope((span(make.COUNTY),))
    assert set(registry.middles(here, *span(make.CITY))) == {village}, "within the reader's area"
    for row in people[:2]:
        erase(row.pk)
    assert find_places(Work(job, AT + timedelta(days=1))) == {"found": 1}
    assert set(Middle.everywhere.values_list("region_id", flat=True)) == {other}
