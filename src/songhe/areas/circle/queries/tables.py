"""A question where to build as problems of `core.siting`: who lives where, which sites there are, and how far it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from songhe.areas.circle.book import book
from songhe.areas.circle.models import Change, Each, Goal, Siting, What
from songhe.areas.circle.queries.candidates import Candidate, candidates
from songhe.areas.circle.queries.figures import UNITS
from songhe.areas.circle.queries.held import Held
from songhe.areas.circle.queries.sites import degrees
from songhe.areas.providers.api import PublicPlace
from songhe.core.reach import Spots
from songhe.core.refusal import Refused
from songhe.core.siting import Demand, Pairs, Problem, Site, State
from songhe.engines.access.api import Scope

Array = NDArray[Any]
MOST_HOMES, MOST_SERVED, MOST_WAYS = 60_000, 6_000, 20_000_000
"""Homes of a question of coverage and of one of places, and pairs of one of ways. Where there are more, homes of one community
in one hex of 130 m are taken together, then those of one community."""
FARTHEST_SECONDS = 4 * 3600.0


@dataclass(eq=False)
class Table:
    """What is asked with the places behind its codes; ``cover`` tells who is within reach, ``asked`` is what is solved."""

    cover: Problem
    asked: Problem
    places: dict[str, Candidate]
    off_street: list[str]
    own: list[str]


@dataclass(eq=False)
class _Ground:
    """The sites of a question, new ones first, tied to the streets."""

    found: Held
    asked: Siting
    sites: tuple[Site, ...]
    spots: Spots

    def problem(self, rows: Array, weights: dict[str, Array], *, ways: bool) -> Problem:
        """Ways are parts of what counts as near, or seconds."""
        found, first = self.found, book().codes[0]
        ready = found.ground.homes(found.spots.take(rows))
        limits = found.limits(self.asked.kind, None)[rows].astype(float)
        most = FARTHEST_SECONDS if ways else float(limits.max(initial=60.0))
        pairs = found.ground.pairs(self.spots, ready, limit=most)
        near = np.ones(len(pairs.home), bool) if ways else pairs.seconds <= limits[pairs.home]
        starts = np.concatenate([[0], np.cumsum(near)])[pairs.first]
        scale = 1.0 if ways else limits[pairs.home[near]]
        groups = {code: column for code, column in weights.items() if code != first}
        return Problem(
            self.sites,
            Demand(weights[first], groups, regions=(found.homes.region[rows] // 1000 * 1000).tolist()),
            Pairs(starts, pairs.home[near], pairs.seconds[near] / scale, len(rows)),
            limit=None if ways else 1.0,
            importance={code: self.asked.times - 1 for code in self.asked.weighed if code in groups},
        )


def table(asked: Siting, scope: Scope, found: Held) -> Table:
    """Set the problem up."""
    given, own = candidates(asked, scope), _own(asked)
    spots = found.snapped(*_degrees([*given, *own]))
    kept = [one for one, good in zip([*given, *own], spots.placed, strict=True) if good]
    standing = list(found.cover(asked.kind).sites.values())
    both = spots.take(np.flatnonzero(spots.placed)).joined(found.snapped(*degrees(standing)))
    sites = [
        Site(
            one.code,
            cost=one.cost,
            area=one.area,
            capacity=_served(asked, asked.places),
            state=_state(asked, one.code),
        )
        for one in kept
    ]
    sites += [Site(f"s{one.id}", state="existing", capacity=_room(asked, one)) for one in standing]
    ground, rows = _Ground(found, asked, tuple(sites), both), _rows(found, asked, scope)
    cover = ground.problem(*_together(found, rows, MOST_HOMES), ways=False)
    codes = {one.code for one in kept}
    return Table(
        cover, _asked(ground, rows, cover), {one.code: one for one in kept}, [one.name for one in given if one.code not in codes],
        [one.code for one in own if one.code in codes],
    )  # fmt: skip


def _asked(ground: _Ground, rows: Array, cover: Problem) -> Problem:
    goal = ground.asked.goal
    if goal in (Goal.MEDIAN, Goal.CENTRE):
        return ground.problem(
            *_together(ground.found, rows, MOST_WAYS // max(len(ground.sites), 1)), ways=True
        )
    if goal == Goal.PLACES:
        return ground.problem(*_together(ground.found, rows, MOST_SERVED), ways=False)
    if ground.asked.floor_by == Each.COUNTY:
        counties = [
            int(str(town)) // UNITS["county"] * UNITS["county"] for town in cover.demand.regions or ()
        ]
        return replace(cover, demand=replace(cover.demand, regions=counties))
    return cover


def _state(asked: Siting, code: str) -> State:
    return "must" if code in asked.musts else "never" if code in asked.nevers else "free"


def _served(asked: Siting, places: int | None) -> int | None:
    """For how many people so many places are enough, by how many in a thousand need one."""
    return None if places is None or not asked.need else places * 1000 // asked.need


def _room(asked: Siting, site: PublicPlace) -> int | None:
    """For how many a site that stands is enough; one whose places nobody told counts for none, so that it is not overrated."""
    return _served(asked, site.capacity.get(asked.kind) or 0)


def _own(asked: Siting) -> list[Candidate]:
    if not asked.scenario_id:
        return []
    rows = Change.everywhere.filter(scenario=asked.scenario_id, what=What.ADD).order_by("id")
    return [
        Candidate(f"own{at}", row.name, row.point, row.cost_fen) for at, row in enumerate(rows) if row.point
    ]


def _degrees(rows: list[Candidate]) -> tuple[Array, Array]:
    points = np.array([one.point for one in rows], float).reshape(-1, 2)
    return points[:, 0], points[:, 1]


def _rows(found: Held, asked: Siting, scope: Scope) -> Array:
    """The homes of the region that are on a street and hold somebody who counts."""
    mine = found.homes.mask(scope.narrowed(asked.region_id, asked.region.upper))
    rows = np.flatnonzero(mine & found.people & found.spots.placed)
    if not len(rows):
        raise Refused(
            "circle.nobody_here",
            "Nobody in the registry with a known location lives in this region.",
            field="region",
        )
    return rows


def _together(found: Held, rows: Array, most: int) -> tuple[Array, dict[str, Array]]:
    """One home for each row of demand, and how many people of each group stand behind it; at most so many."""
    region = found.homes.region[rows]
    finest = region * (len(found.finest[1]) + 1) + found.finest[0][rows]
    for keys in (np.arange(len(rows)), finest, region):
        _codes, first, group = np.unique(keys, return_index=True, return_inverse=True)
        if len(first) <= most:
            sums = {
                code: np.bincount(group, column[rows], len(first)) for code, column in found.weights.items()
            }
            return rows[first], {code: np.rint(column).astype(np.int64) for code, column in sums.items()}
    raise Refused(
        "circle.too_large",
        "There are too many communities and places here for this goal. Choose a county or town, or fewer places.",
        field="region",
    )
