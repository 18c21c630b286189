"""What the run counted and kept is what is counted anew, and is left alone where it does not stand any more."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from django.utils import timezone
from tests import make
from tests.areas.circle import made

from songhe.areas.circle import actions
from songhe.areas.circle.models import Counted
from songhe.areas.circle.queries import counted
from songhe.areas.circle.queries.held import Held, held
from songhe.areas.providers.api import Facility, service_kinds
from songhe.core.codes import span
from songhe.core.reach import Straight
from songhe.engines.access.api import Scope, entered
from songhe.engines.vault.api import erase
from songhe.kit.clock import today

pytestmark = pytest.mark.django_db


@pytest.fixture
def sites() -> Iterator[list[Facility]]:
    """A city worked out: three sites, homes near and far."""
    village = make.village()
    for metres in range(0, 3000, 100):
        made.living(village, made.at(made.HERE, metres))
    rows = [made.site(made.at(made.HERE, metres), village) for metres in (0, 900, 2200)]
    made.worked_out()
    made.forget()
    with entered(Scope.EVERYTHING):
        yield rows
    made.forget()


def fresh() -> Held:
    """The city in another process."""
    made.forget()
    return held(today())


def anew() -> Held:
    """The same with nothing kept."""
    Counted.everywhere.all().delete()
    return fresh()


def same(one: Held, other: Held, kind: str = made.KIND) -> None:
    """They say the same of every site, home and minute."""
    first, second = one.cover(kind), other.cover(kind)
    assert first.points == second.points
    assert np.array_equal(first.coverage.near, second.coverage.near)
    assert np.array_equal(first.coverage.covered, second.coverage.covered)
    assert one.loads(kind) == other.loads(kind)
    for key, number in first.numbers.items():
        for mine, theirs in zip(
            first.coverage.rows[number], second.coverage.rows[second.numbers[key]], strict=True
        ):
            assert np.array_equal(mine, theirs)


def taken(city: Held, kind: str = made.KIND) -> bool:
    """Whether the map was drawn without making the homes ready."""
    city.cover(kind), city.near(kind, None), city.loads(kind)
    return "ready" not in vars(city)


def test_kept_counts_are_those_counted_anew(sites: list[Facility]) -> None:
    city = fresh()
    assert taken(city)
    assert city.near(made.KIND, 15).max() > 0
    whole = anew()
    assert not taken(whole)
    for kind in service_kinds():
        same(city, whole, kind)


def test_a_site_that_came_went_or_moved_since_is_seen(sites: list[Facility]) -> None:
    made.site(made.at(made.HERE, 1500), make.village())
    gone, moved, _last = sites
    Facility.everywhere.filter(pk=gone.pk).update(until=today())
    there = made.at(made.HERE, 2900)
    Facility.everywhere.filter(pk=moved.pk).update(lon=round(there.lon, 6), lat=round(there.lat, 6))
    city = fresh()
    assert set(city.loads(made.KIND)) == set(city.cover(made.KIND).sites)
    assert gone.pk not in city.loads(made.KIND)
    same(city, anew())


def test_homes_gathered_since_are_noticed(sites: list[Facility]) -> None:
    made.living(make.village(), made.HERE)
    actions.gather(*span(make.CITY), at=timezone.now())
    city = fresh()
    assert len(city.homes) == 31
    assert not taken(city)
    same(city, anew())


def test_counts_of_other_ground_or_times_are_not_taken(sites: list[Facility]) -> None:
    city = fresh()
    assert counted.counted(city, made.KIND)
    for name, other in (("bands", (300,)), ("rural", ~city.rural), ("stamp", "older")):
        kept = getattr(city, name)
        vars(city).pop("basis")
        setattr(city, name, other)
        assert counted.counted(city, made.KIND) is None, name
        setattr(city, name, kept)
    vars(city).pop("basis")
    city.ground = Straight(city.ground.profile, detour=2.0)
    assert counted.counted(city, made.KIND) is None


def test_counts_whose_key_is_gone_are_counted_anew(sites: list[Facility]) -> None:
    for row in Counted.everywhere.all():
        erase(row.pk)
    city = fresh()
    assert not taken(city)
    same(city, anew())
