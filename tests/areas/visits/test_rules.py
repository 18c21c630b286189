"""Who can go, and what a visit's proof is worth."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songhe.areas.visits import rules
from songhe.areas.visits.limits import limits
from songhe.core.codes import Point
from songhe.core.refusal import Refused
from songhe.core.sources import DataError

NINE = datetime(2026, 11, 26, 1, 0, tzinfo=UTC)
STAY = (NINE, NINE + timedelta(hours=1))
moments = st.integers(0, 600).map(lambda m: NINE + timedelta(minutes=m))


def hand(**values: Any) -> rules.Hand:
    given_: dict[str, Any] = {"skilled": True, "certified": True, "on_shift": True, "busy": [], "metres": 100}
    return rules.Hand(**given_ | values)


def seen(
    minutes: int = 0, *, heard: int | None = None, metres: int | None = 10, accuracy: int | None = 20
) -> rules.Seen:
    claimed = NINE + timedelta(minutes=minutes)
    received = claimed if heard is None else NINE + timedelta(minutes=heard)
    return rules.Seen(claimed=claimed, received=received, metres=metres, accuracy=accuracy)


def test_everything_against_a_worker_is_said_at_once() -> None:
    no = rules.can_go(hand(skilled=False, certified=False, on_shift=False, busy=[STAY]), STAY)
    assert no.refused
    assert [reason.rule for reason in no.reasons] == ["skill", "certificate", "shift", "busy"]
    yes = rules.can_go(hand(), STAY)
    assert not yes.refused
    assert yes.value == 100


def test_near_and_idle_go_before_far_and_busy() -> None:
    ranks = [
        rules.can_go(hand(metres=metres, visits_that_day=day), STAY).value
        for metres, day in ((100, 0), (100, 1), (2000, 0), (None, 0))
    ]
    assert ranks == sorted(ranks, key=lambda rank: rank or 0)


@given(moments, moments, moments, moments)
def test_stays_overlap_both_ways_or_not_at_all(a: datetime, b: datetime, c: datetime, d: datetime) -> None:
    one, two = (min(a, b), max(a, b)), (min(c, d), max(c, d))
    assert rules.overlaps(one, two) == rules.overlaps(two, one)
    shared = any(one[0] <= t < one[1] and two[0] <= t < two[1] for t in (one[0], two[0]))
    if one[0] < one[1] and two[0] < two[1]:
        assert rules.overlaps(one, two) == shared


def test_stays_that_touch_do_not_overlap() -> None:
    assert not rules.overlaps(STAY, (STAY[1], STAY[1] + timedelta(hours=1)))


@pytest.mark.parametrize(
    ("given_", "flags"),
    [
        (seen(), []),
        (seen(15), []),
        (seen(16), ["late"]),
        (seen(metres=320), []),
        (seen(metres=321), ["far"]),
        (seen(metres=900, accuracy=2000), ["no_place"]),
        (seen(metres=None, accuracy=None), ["no_place"]),
        (seen(metres=None), []),
        (seen(0, heard=31), ["sent_late"]),
        (seen(5, heard=2), ["clock_skew"]),
    ],
)
def test_arrivals_are_flagged(given_: rules.Seen, flags: list[str]) -> None:
    rules.check_arrival(STAY, given_, limits())
    assert rules.arrival_flags(STAY, given_, limits()) == flags


@pytest.mark.parametrize(
    ("given_", "code"),
    [(seen(-121), "too_early"), (seen(11, heard=0), "future"), (seen(60 + 721), "too_late")],
)
def test_impossible_arrivals_are_refused(given_: rules.Seen, code: str) -> None:
    with pytest.raises(Refused) as caught:
        rules.check_arrival(STAY, given_, limits())
    assert caught.value.code == code


def test_leaving_early_is_short_and_leaving_before_arriving_is_refused() -> None:
    assert rules.leaving_flags(NINE, 60, seen(47), limits()) == ["short"]
    assert rules.leaving_flags(NINE, 60, seen(48), limits()) == []
    for bad in (seen(0), seen(-5), seen(60 * 25)):
        with pytest.raises(Refused):
            rules.check_leaving(NINE, bad, limits())


@pytest.mark.parametrize(
    ("since", "until", "code"),
    [
        (2, 2, "window"),
        (5, 3, "window"),
        (-2, 3, "window_past"),
        (24 * 93, 24 * 94, "window_far"),
        (1, 1.5, "window_short"),
    ],
)
def test_windows_that_cannot_be_are_refused(since: float, until: float, code: str) -> None:
    with pytest.raises(Refused) as caught:
        rules.check_window(NINE + timedelta(hours=since), NINE + timedelta(hours=until), minutes=60, at=NINE)
    assert caught.value.code == code


def test_proofs_that_are_missing_are_named() -> None:
    wanted = frozenset({"check_in", "check_out", "note", "photo"})
    assert rules.lacking(wanted, set()) == ["no_note", "no_photo"]
    assert rules.lacking(wanted, {"note", "photo"}) == []


@pytest.mark.parametrize(
    ("lon", "lat", "name"),
    [
        (122.42, 37.17, "north"),
        (122.43, 37.16, "east"),
        (122.42, 37.15, "south"),
        (122.41, 37.16, "west"),
        (122.4325, 37.17, "north_east"),
    ],
)
def test_headings(lon: float, lat: float, name: str) -> None:
    assert rules.heading(Point(122.42, 37.16), Point(lon, lat)) == name


def test_bounds_must_be_complete() -> None:
    with pytest.raises(DataError, match="late_minutes"):
        rules.build_limits({})
