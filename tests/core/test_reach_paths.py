"""Travel times on streets: what the search finds is what Floyd and Warshall find, in whatever way it is done."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.core.streets import Spot, between, street_nets

from songhe.core.reach import Open, Paths, Profile, Spots, Streets, build

pytestmark = pytest.mark.usefixtures("street_kernels")
WALKER = Profile("walker", "foot", 1.0)
NEAR = 1e-4


def spots_on(found: Any, net: Any, spots: list[Spot], streets: Streets) -> Spots:
    """The same places in a built network."""
    pieces, parts = [], []
    rows = {}
    for piece, (one, other) in enumerate(zip(net.piece_from, net.piece_to, strict=True)):
        rows.setdefault(
            (int(one), int(other), float(net.metres[piece]), int(net.open[net.street_of[piece]])), piece
        )
    for spot in spots:
        tail, head = found[streets.tail[spot.piece]], found[streets.head[spot.piece]]
        metres = float(np.asarray(streets.metres)[spot.piece])
        open_ = int(np.asarray(streets.open)[spot.piece])
        back = (open_ & 0x55) << 1 | (open_ & 0xAA) >> 1
        straight = rows.get((int(tail), int(head), metres, open_))
        pieces.append(straight if straight is not None else rows[int(head), int(tail), metres, back])
        parts.append(spot.part if straight is not None else 1 - spot.part)
    none = np.zeros(len(spots))
    return Spots(none, none, np.array(pieces, np.int32), np.array(parts), none)


def plain(streets: Streets) -> Streets:
    """Without what the reader would take out: twins and empty loops."""
    whole = streets.whole()
    return Streets(
        whole.lon, whole.lat, whole.tail, whole.head, whole.metres, whole.open, whole.kind, slope=whole.slope
    )


@st.composite
def asked(draw: st.DrawFn) -> tuple[Streets, list[Spot], list[Spot]]:
    streets = plain(draw(street_nets(slopes=draw(st.booleans()))))
    ends = np.sort(np.stack([streets.tail, streets.head], 1), axis=1).tolist()
    alike = list(zip(map(tuple, ends), np.asarray(streets.metres).tolist(), strict=True))
    assume(
        len(set(alike)) == len(alike)
    )  # the test finds a street in the built network by its ends and its length
    one = st.builds(
        Spot, st.integers(0, len(streets.tail) - 1), st.sampled_from([0.0, 0.25, 0.5, 0.875, 1.0])
    )
    lists = st.lists(one, min_size=1, max_size=5)
    return streets, draw(lists), draw(lists)


def by_hand(streets: Streets, spots: list[Spot]) -> Any:
    """Seconds between spots for the walker."""
    slope = np.nan_to_num(np.asarray(streets.slope))
    metres, open_ = np.asarray(streets.metres), np.asarray(streets.open)
    go = np.where(open_ & Open.FOOT, metres * WALKER.effort(slope), np.inf)
    back = np.where(open_ & Open.FOOT_BACK, metres * WALKER.effort(-slope), np.inf)
    with np.errstate(invalid="ignore"):
        return between(streets, go, back, spots)


@settings(deadline=None)
@given(asked(), st.booleans())
def test_minutes_are_those_of_floyd_and_warshall(case: Any, contract: bool) -> None:
    streets, sites, homes = case
    built = build(streets, contract=contract)
    paths = Paths(built.network, WALKER)
    one, other = (spots_on(built.vertex, built.network, some, streets) for some in (sites, homes))
    with np.errstate(invalid="ignore"):
        wanted = np.nan_to_num(by_hand(streets, sites + homes), nan=0.0, posinf=np.inf)
    away, back = wanted[: len(sites), len(sites) :], wanted[len(sites) :, : len(sites)].T
    usable = paths.usable[built.network.street_of]
    away = np.where(usable[one.piece][:, None] & usable[other.piece][None], away, np.inf)
    back = np.where(usable[one.piece][:, None] & usable[other.piece][None], back, np.inf)
    assert np.allclose(paths.matrix(one, other), away, atol=NEAR)
    for toward, right in ((True, back), (False, away)):
        ready = paths.homes(other, toward=toward)
        nearest = paths.nearest(one, ready)
        assert np.allclose(nearest.seconds, right.min(0), atol=NEAR)
        reached = np.isfinite(nearest.seconds)
        assert (nearest.site >= 0).tolist() == reached.tolist()
        assert np.allclose(
            right[nearest.site[reached], np.flatnonzero(reached)], right.min(0)[reached], atol=NEAR
        )
        limit = float(np.median(right[np.isfinite(right)])) + 0.5 if np.isfinite(right).any() else 100.0
        pairs = paths.pairs(one, ready, limit=limit)
        full = np.full(right.shape, np.inf)
        full[pairs.site, pairs.home] = pairs.seconds
        assert np.allclose(full, np.where(right <= limit, right, np.inf), rtol=1e-6, atol=1e-3)
        assert len(np.unique(pairs.site.astype(np.int64) * len(homes) + pairs.home)) == len(pairs)


@settings(deadline=None)
@given(asked())
def test_contraction_changes_nothing(case: Any) -> None:
    streets, sites, homes = case
    found = []
    for contract in (True, False):
        built = build(streets, contract=contract)
        one, other = (spots_on(built.vertex, built.network, some, streets) for some in (sites, homes))
        found.append(Paths(built.network, WALKER).matrix(one, other))
    assert np.array_equal(found[0], found[1])
