"""Signs by themselves and together: what they must find, what they must not, and laws of looking."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from functools import cache
from uuid import UUID

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st
from tests.areas.verification.frauds import FIRST, City

from songhe.areas.verification.rules import Away, Finding, Guide, Stay, build_guide, findings
from songhe.areas.verification.rules.alike import BITS, bands
from songhe.core.sources import DataError, read


@cache
def guide() -> Guide:
    """The guide as shipped."""
    file = settings.DATA / "nation/verification.yaml"
    return build_guide(read(file.read_text(encoding="utf-8"), name=file.name).data)


def looked(city: City) -> tuple[dict[UUID, set[str]], dict[UUID, int]]:
    """Signs and risk by visit."""
    signs: dict[UUID, set[str]] = {}
    for found in findings(city.stays, guide().bounds, away=city.away):
        signs.setdefault(found.visit, set()).add(found.sign)
    return signs, {visit: guide().risk(codes) for visit, codes in signs.items()}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_frauds_of_every_kind_are_found_among_honest_visits(seed: int) -> None:
    city = City(seed)
    _, risk = looked(city)
    doubtful = {visit for visit, found in risk.items() if found >= guide().bounds.suspicious}
    real = {visit: kind for visit, kind in city.frauds.items() if kind != "either"}
    every, hit = Counter(real.values()), Counter(kind for visit, kind in real.items() if visit in doubtful)
    honest = [stay.visit for stay in city.stays if stay.visit not in city.frauds]
    wrong = [visit for visit in honest if visit in doubtful]
    recall = sum(hit.values()) / sum(every.values())
    precision = sum(hit.values()) / (sum(hit.values()) + len(wrong))
    print(
        f"seed {seed}: {len(city.stays)} visits, recall {recall:.3f}, precision {precision:.3f}, {dict(hit)}"
    )
    assert recall >= 0.95
    assert precision >= 0.95
    assert all(hit[kind] >= 0.85 * count for kind, count in every.items()), (hit, every)


def test_honest_visits_pass_by_themselves() -> None:
    city = City(7, workers=30, each=2)
    _, risk = looked(city)
    honest = [stay.visit for stay in city.stays if stay.visit not in city.frauds]
    waiting = [visit for visit in honest if risk.get(visit, 0) >= guide().bounds.pass_below]
    assert len(waiting) < 0.1 * len(honest)


def test_the_order_of_visits_does_not_matter() -> None:
    city = City(5, workers=12, days=8, each=2)
    found = findings(city.stays, guide().bounds, away=city.away)
    random.Random(1).shuffle(city.stays)
    assert findings(city.stays, guide().bounds, away=city.away) == found


def test_what_was_found_stays_found_beside_more_visits() -> None:
    city = City(6, workers=12, days=8, each=2)
    workers = sorted({stay.worker for stay in city.stays}, key=str)
    some = [stay for stay in city.stays if stay.worker in workers[:8]]

    def keys(found: list[Finding]) -> set[tuple[UUID, str]]:
        return {(one.visit, one.sign) for one in found if one.sign != "impossible_travel"}

    assert keys(findings(some, guide().bounds)) <= keys(findings(city.stays, guide().bounds))


@given(st.integers(5, 720), st.integers(1, 1_440))
def test_a_visit_is_seen_from_fifteen_minutes_and_a_fifth_beyond_its_promise_on(
    promised: int, lasted: int
) -> None:
    begun = datetime(2026, 10, 5, 8, tzinfo=UTC)
    stay = Stay(
        visit=UUID(int=1), worker=UUID(int=2), person=UUID(int=3), promised=(begun, begun + timedelta(minutes=promised)),
        arrived=begun, left=begun + timedelta(minutes=lasted), day=FIRST,
    )  # fmt: skip
    signs = {found.sign for found in findings([stay], guide().bounds)} & {"longer", "long"}
    assert bool(signs) == (lasted - promised >= 15 and 5 * (lasted - promised) >= promised)
    assert len(signs) <= 1


@given(st.lists(st.sampled_from(sorted(guide().signs)), max_size=8), st.sampled_from(sorted(guide().signs)))
def test_a_further_sign_never_lowers_the_risk(signs: list[str], more: str) -> None:
    before, after = guide().risk(signs), guide().risk([*signs, more])
    assert 0 <= before <= after <= 100
    assert after >= guide().signs[more].weight
    assert guide().risk(signs * 2) == before


@given(st.integers(0, 2**BITS - 1), st.sets(st.integers(0, BITS - 1), max_size=10))
def test_hashes_that_differ_in_ten_bits_share_a_band(bits: int, turned: set[int]) -> None:
    other = bits
    for place in turned:
        other ^= 1 << place
    assert set(bands(bits)) & set(bands(other))


def test_on_the_first_and_last_day_away_somebody_may_be_at_home() -> None:
    stay = Away("hospital", date(2026, 10, 5), date(2026, 10, 8))
    assert [stay.holds(FIRST.replace(day=day)) for day in (4, 5, 6, 7, 8)] == [
        False,
        False,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"bounds": {}}, "verification bounds"),
        ({"signs": [{"code": "far", "weight": 120, "en": "a", "zh": "b"}]}, "between 0 and 100"),
        ({"signs": [{"code": "far", "weight": 12, "en": "a", "zh": "b"}]}, "words are missing"),
        ({"reasons": [{"code": "x", "outcome": "maybe", "en": "a", "zh": "b"}]}, "outcome must be"),
    ],
)
def test_a_wrong_guide_is_named(change: dict[str, object], words: str) -> None:
    file = settings.DATA / "nation/verification.yaml"
    data = read(file.read_text(encoding="utf-8"), name=file.name).data
    with pytest.raises(DataError, match=words):
        build_guide({**data, **change})
