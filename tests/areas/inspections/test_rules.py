"""The draw is the same for whoever draws again, keeps to its strata and shares, and changes with seed and list."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from songhe.areas.inspections.limits import terms
from songhe.areas.inspections.rules import (
    Listed,
    build_terms,
    is_risky,
    list_hash,
    quotas,
    sample,
    stratum_of,
    teams,
)
from songhe.core.sources import DataError

STRATA = st.sampled_from(["a", "b", "c"])
LISTS = st.lists(
    st.builds(Listed, key=st.uuids().map(str), stratum=STRATA), max_size=40, unique_by=lambda one: one.key
)
SHARES = st.fixed_dictionaries({name: st.integers(0, 100) for name in "abc"})
SEEDS = st.text(min_size=1, max_size=10)
OFFICERS = st.lists(st.uuids().map(str), min_size=2, max_size=9, unique=True)


@given(LISTS, OFFICERS, SHARES, SEEDS, st.randoms())
def test_the_draw_is_reproducible_whatever_the_order(
    listed: list[Listed], officers: list[str], shares: dict[str, int], seed: str, chance: Any
) -> None:
    shuffled, others = list(listed), list(officers)
    chance.shuffle(shuffled)
    chance.shuffle(others)
    digest = list_hash(listed, officers)
    assert digest == list_hash(shuffled, others)
    drawn = sample(seed, digest, listed, shares)
    assert drawn == sample(seed, digest, shuffled, shares)
    assert teams(seed, digest, drawn, officers, 2) == teams(seed, digest, list(reversed(drawn)), others, 2)


@given(LISTS, SHARES, SEEDS)
def test_each_stratum_gets_its_share_and_nobody_comes_from_elsewhere(
    listed: list[Listed], shares: dict[str, int], seed: str
) -> None:
    drawn = sample(seed, "x", listed, shares)
    assert len(drawn) == len(set(drawn))
    of = {one.key: one.stratum for one in listed}
    for stratum, number in quotas(listed, shares).items():
        size = sum(one.stratum == stratum for one in listed)
        assert sum(of[key] == stratum for key in drawn) == number
        assert size * shares[stratum] / 100 <= number <= min(size, size * shares[stratum] // 100 + 1)


@given(LISTS, OFFICERS, SEEDS, st.integers(1, 2))
def test_officers_of_a_team_differ_and_work_is_even(
    listed: list[Listed], officers: list[str], seed: str, size: int
) -> None:
    keys = [one.key for one in listed]
    by = teams(seed, "x", keys, officers, size)
    assert set(by) == set(keys)
    assert all(len(set(team)) == size and set(team) <= set(officers) for team in by.values())
    load = [sum(one in team for team in by.values()) for one in officers]
    assert max(load) - min(load) <= 1


@given(st.lists(st.builds(Listed, key=st.uuids().map(str)), min_size=1, max_size=10, unique=True), OFFICERS)
def test_a_list_that_was_touched_has_another_hash(listed: list[Listed], officers: list[str]) -> None:
    digest = list_hash(listed, officers)
    assert digest != list_hash(listed[1:], officers)
    assert digest != list_hash(listed, officers[1:])
    assert digest != list_hash([Listed(listed[0].key, "z"), *listed[1:]], officers)


def test_another_seed_draws_others() -> None:
    listed = [Listed(str(n), "a") for n in range(60)]
    draws = {tuple(sample(str(seed), "x", listed, {"a": 20})) for seed in range(20)}
    assert len(draws) == 20


def test_strata_have_one_name_whatever_the_order() -> None:
    assert (
        stratum_of(risk="high", kind="canteen")
        == stratum_of(kind="canteen", risk="high")
        == "kind=canteen|risk=high"
    )


def test_impossible_draws_raise() -> None:
    with pytest.raises(ValueError):
        quotas([Listed("a", "s")], {"s": 101})
    with pytest.raises(ValueError):
        teams("s", "x", ["a"], ["one"], 2)


@given(st.integers(0, 50), st.booleans(), st.integers(0, 3), st.none() | st.integers(0, 2))
def test_more_wrong_is_never_less_risky(beds: int, accepted: bool, open_: int, level: int | None) -> None:
    if is_risky(beds=beds, fire_accepted=accepted, open_findings=open_, last_level=level):
        assert is_risky(beds=beds, fire_accepted=accepted, open_findings=open_ + 1, last_level=level)
        assert is_risky(beds=beds, fire_accepted=accepted, open_findings=open_, last_level=0)


def test_the_files_items_are_on_the_checklist_and_bad_data_is_named() -> None:
    from django.conf import settings

    from songhe.engines.forms.versions import in_folder

    form = in_folder(terms().form)
    assert {item.code for item in form.items} == set(terms().items)
    assert form.uncertain and terms().assumed
    good: dict[str, Any] = yaml.safe_load((settings.DATA / "nation/inspections.yaml").read_text("utf-8"))
    row = good["items"][0]
    wrong: list[dict[str, Any]] = [
        {"share_percent": 0}, {"share_percent": 60, "high_share_percent": 50}, {"team": 0}, {"team": 9},
        {"mend_days": {"minor": 1}}, {"mend_days": {"minor": 3, "serious": 10, "grave": 20}}, {"items": [row, row]},
        {"items": [row | {"severity": "bad"}]}, {"form": ""},
    ]  # fmt: skip
    for part in wrong:
        with pytest.raises(DataError, match="inspections"):
            build_terms(good | part)
