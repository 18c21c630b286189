"""How many places of a service there are for each person of the city, measured in two ways."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from songhe.areas.circle.book import book
from songhe.areas.circle.queries.held import Held
from songhe.areas.providers.api import PublicPlace
from songhe.core.reach import Access, Gaussian, Pairs, e2sfca, rational

Array = NDArray[Any]
REACHED, CHOSEN = "reached", "chosen"
"""Everything in reach, the nearer the more; and where people go if everybody goes where they fare best."""


def access(found: Held, kind: str, given: list[PublicPlace], pairs: Pairs) -> dict[str, Access]:
    """Places for each person in both ways; nothing where of no site it is known how many it can take."""
    places = np.array(
        [np.nan if (count := site.capacity.get(kind)) is None else count for site in given], float
    )
    if not len(places) or np.isnan(places).all():
        return {}
    people = found.weights[book().codes[0]].astype(float)
    return {
        REACHED: e2sfca(pairs, places, people, Gaussian(book().sigma)),
        CHOSEN: _chosen(found, pairs, places, people),
    }


def _chosen(found: Held, pairs: Pairs, places: Array, people: Array) -> Access:
    """Homes in one of the finest hexes go together, from the door of one of them: they choose a hundred times over."""
    rows = np.flatnonzero(found.people & found.spots.placed)
    hexes, count = found.finest[0][rows], len(found.finest[1])
    home = np.full(count, -1)
    home[hexes[::-1]] = rows[::-1]
    used = np.flatnonzero(home >= 0)
    number = np.zeros(count, np.int64)
    number[used] = np.arange(len(used))
    behind = np.bincount(hexes, people[rows], count)[used]
    one = rational(pairs.of_homes(home[used]), places, behind, book().half_minutes * 60)
    per_person, confidence = np.zeros(len(people)), np.ones(len(people))
    per_person[rows], confidence[rows] = (
        column[number[hexes]] for column in (one.per_person, one.confidence)
    )
    return replace(one, per_person=per_person, confidence=confidence)
