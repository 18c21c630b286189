"""Facilities add up to the numbers that the cities' reports print."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from songhe.site.demo.places import Places, read_places
from songhe.site.demo.stock import Site, split, stem, stock

REGIONS = Path(__file__).resolve().parents[2] / "data" / "regions"


@pytest.fixture(scope="module")
def weihai() -> Places:
    return read_places(REGIONS, "371000")


def institutions(sites: list[Site]) -> list[Site]:
    return [site for site in sites if site.kind in ("nursing_home", "township_home")]


def test_weihai_prints_these_numbers(weihai: Places) -> None:
    sites = stock(weihai)
    count = Counter(site.kind for site in sites)
    homes = institutions(sites)
    assert (len(homes), sum(s.beds for s in homes), sum(s.nursing for s in homes)) == (160, 38_366, 21_360)
    assert round(sum(s.social for s in homes) / len(homes), 3) == 0.956
    assert (count["day_care"], count["happiness_home"], count["medical_care"]) == (297, 430, 37)
    for kind, county, number in (
        ("canteen", 371082, 507),
        ("dining_table", 371083, 111),
        ("mutual_point", 371003, 55),
    ):
        found = [site for site in sites if site.kind == kind]
        assert len(found) == number
        assert {int(weihai.code[site.spot]) // 10**6 for site in found} == {county}


def test_jining_prints_these_numbers() -> None:
    sites = stock(read_places(REGIONS, "370800"))
    assert len(sites) == 1_284 == 222 + 179 + 696 + 53 + 134
    assert len(institutions(sites)) == 222
    assert sum(site.beds for site in sites) == 67_000


def test_luoyang_stands_where_its_plan_wants_it() -> None:
    count = Counter(site.kind for site in stock(read_places(REGIONS, "410300")))
    assert (count["comprehensive"], count["happiness_home"], count["township_home"]) == (300, 1_919, 134)


def test_nursing_beds_are_among_beds(weihai: Places) -> None:
    assert all(0 <= site.nursing <= site.beds for site in stock(weihai))


def test_no_village_has_two_of_a_kind(weihai: Places) -> None:
    pairs = [(site.kind, site.spot) for site in stock(weihai)]
    assert len(pairs) == len(set(pairs))


def test_parts_add_up() -> None:
    assert split(10, np.array([1.0, 1.0, 1.0])).tolist() == [4, 3, 3]
    assert stem("富甲社区居委会") == "富甲"
