"""Invented people are the same for the same seed, formally valid, and spread as plans and yearbooks say."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from stdnum.cn import ric

from songhe.site.demo.places import Places, read_places
from songhe.site.demo.population import BANDS, Columns, population
from songhe.site.demo.tags import ALONE, COUPLE, has

FOLDER = Path(__file__).resolve().parents[2] / "data" / "regions"
ON = date(2026, 11, 25)
CITIES = ("371000", "370800", "410300", "410100", "420100")


@pytest.fixture(scope="module")
def weihai() -> Places:
    return read_places(FOLDER, "371000")


@pytest.fixture(scope="module")
def people(weihai: Places) -> Columns:
    return population(60_000, places=weihai, seed=1, on=ON)


def test_same_seed_same_people(weihai: Places) -> None:
    first = population(3_000, places=weihai, seed=7, on=ON).digest()
    assert first == population(3_000, places=weihai, seed=7, on=ON).digest()
    assert first != population(3_000, places=weihai, seed=8, on=ON).digest()


@pytest.mark.parametrize("city", CITIES)
def test_identity_numbers_are_valid_and_distinct(city: str) -> None:
    people = population(2_000, places=read_places(FOLDER, city), seed=3, on=ON)
    numbers = [number.decode() for number in people.id_number]
    assert len(set(numbers)) == len(numbers)
    for number, born, sex in zip(numbers, people.born, people.sex, strict=True):
        assert ric.calc_check_digit(number) == number[-1]
        assert str(ric.get_birth_date(number)) == str(born)
        assert number[6:14] == str(born).replace("-", "")
        assert int(number[16]) % 2 == (sex == 1)
        assert number.startswith(city[:4])


def test_ages_follow_the_pyramid(people: Columns) -> None:
    age = (np.datetime64(ON) - people.born).astype(int) / 365.2425
    assert age.min() >= 60
    assert age.max() < 106
    shares = np.histogram(age, [60, 65, 70, 75, 80, 85, 90, 95, 100, 106])[0] / len(people)
    assert np.abs(shares - np.array(BANDS)).max() < 0.01
    assert (people.sex[age >= 85] == 2).mean() > (people.sex[age < 65] == 2).mean() + 0.05


def test_enrolment_is_the_exact_share(people: Columns) -> None:
    assert people.enrolled.sum() == round(60_000 * 210_000 / 1_630_000)
    age = (np.datetime64(ON) - people.born).astype(int) / 365.2425
    assert age[people.enrolled].mean() > age[~people.enrolled].mean() + 1


@pytest.mark.parametrize(
    ("tag", "low", "high"),
    [
        ("low_income", 0.02, 0.05),
        ("extreme_poverty", 0.003, 0.012),
        ("functional_loss", 0.04, 0.08),
        ("living_alone", 0.07, 0.15),
        ("empty_nest", 0.45, 0.65),
        ("family_planning_special", 0.003, 0.01),
    ],
)
def test_groups_have_plausible_shares(people: Columns, tag: str, low: float, high: float) -> None:
    assert low < has(people.tags, tag).mean() < high


def test_tags_agree_with_households(people: Columns) -> None:
    assert np.array_equal(has(people.tags, "living_alone"), people.living == ALONE)
    assert not (has(people.tags, "low_income") & has(people.tags, "extreme_poverty")).any()
    size = np.bincount(people.home)
    assert set(size) == {1, 2}
    assert (size[people.home[people.living == COUPLE]] == 2).all()
    assert (size[people.home[people.living == ALONE]] == 1).all()


def test_couples_live_at_one_address(people: Columns) -> None:
    order = np.argsort(people.home, kind="stable")
    home, village = people.home[order], people.residence[order]
    same = home[1:] == home[:-1]
    assert (village[1:][same] == village[:-1][same]).all()


def test_names_include_rare_characters_and_the_local_surname(people: Columns) -> None:
    assert any(ord(sign) > 0xFFFF for name in people.name for sign in name)
    assert all(2 <= len(name) <= 4 for name in people.name)
    assert 0.02 < np.mean([name.startswith("于") for name in people.name]) < 0.08


def test_villages_are_the_citys_own(people: Columns, weihai: Places) -> None:
    assert np.isin(people.residence, weihai.code).all()
    assert 0.05 < (people.residence != people.registered).mean() < 0.2


def test_no_people_is_refused(weihai: Places) -> None:
    with pytest.raises(ValueError, match="at least one"):
        population(0, places=weihai, seed=1, on=ON)
