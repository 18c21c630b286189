"""Organisations have valid codes of their own, run every site once, and employ every skill in each county."""

from __future__ import annotations

from pathlib import Path

import pytest
from stdnum.cn import uscc

from songhe.site.demo.bodies import SKILLS, bodies
from songhe.site.demo.cast import SHOWN
from songhe.site.demo.places import read_places
from songhe.site.demo.stock import stock

REGIONS = Path(__file__).resolve().parents[2] / "data" / "regions"


@pytest.mark.parametrize("city", sorted(SHOWN))
def test_credit_codes_are_valid_and_distinct(city: str) -> None:
    made = bodies(read_places(REGIONS, city), workers=300, seed=1)
    codes = [body.code for body in made]
    assert len(set(codes)) == len(codes)
    assert all(uscc.is_valid(code) for code in codes)


@pytest.mark.parametrize("city", sorted(SHOWN))
def test_every_site_has_one_operator_and_no_body_two_of_one_name(city: str) -> None:
    places = read_places(REGIONS, city)
    run = [site for body in bodies(places, workers=0, seed=1) for site in body.sites]
    assert len(run) == len(stock(places))
    for body in bodies(places, workers=0, seed=1):
        named = [(site.kind, site.name) for site in body.sites]
        assert len(named) == len(set(named))


def test_every_county_has_every_skill() -> None:
    places = read_places(REGIONS, "371000")
    employers = [body for body in bodies(places, workers=400, seed=1) if body.staff]
    for county in places.counties:
        held = {hand.skills for body in employers if body.region == county for hand in body.staff}
        assert held == {skills for skills, _ in SKILLS}
    assert 350 < sum(len(body.staff) for body in employers) < 480
