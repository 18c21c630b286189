"""Every role of the data has somebody to log in as, in regions that exist."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from songhe.site.demo.cast import SHOWN, cast
from songhe.site.demo.places import read_places

DATA = Path(__file__).resolve().parents[2] / "data"


@pytest.mark.parametrize("city", sorted(SHOWN))
def test_every_role_has_somebody(city: str) -> None:
    places = read_places(DATA / "regions", city)
    seats = cast(places, seed=1)
    roles = set(yaml.safe_load((DATA / "nation/roles.yaml").read_text("utf-8")))
    assert {seat.role for seat in seats} == roles - {"helper"}, "helpers get their log-ins with the grid"
    assert len({seat.username for seat in seats}) == len(seats)
    known = {int(city) * 10**6, *places.counties, *places.towns, *map(int, places.code)}
    assert {seat.region for seat in seats} <= known
    assert all("{" not in seat.name for seat in seats)


def test_neighbours_exist_at_each_level() -> None:
    seats = cast(read_places(DATA / "regions", "371000"), seed=1)
    for role in ("county_officer", "town_officer", "village_officer"):
        assert len({seat.region for seat in seats if seat.role == role}) >= 2
