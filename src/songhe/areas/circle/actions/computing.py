"""Working out the circle of a city: figures of every community and hex, service by service."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np
from django.utils import timezone
from numpy.typing import NDArray

from songhe.areas.circle.actions.counting import keep_counts
from songhe.areas.circle.book import book
from songhe.areas.circle.models import DOUBTS, Figure, Run
from songhe.areas.circle.queries import homes as kept
from songhe.areas.circle.queries.access import access
from songhe.areas.circle.queries.doubts import doubts
from songhe.areas.circle.queries.ground import streets
from songhe.areas.circle.queries.held import Held, held
from songhe.areas.circle.queries.sites import degrees, sites
from songhe.areas.circle.rules import MEASURES, Shares, packed
from songhe.areas.providers.api import circle, service_kinds
from songhe.core.codes import span
from songhe.core.reach import Access, gini, lorenz
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor, Scope, entered, insert_many
from songhe.engines.acts.api import act, record_bulk
from songhe.engines.jobs.api import start
from songhe.engines.jobs.models import Job
from songhe.engines.regions.ids import uuid7
from songhe.engines.regions.models import Level, Region

Array = NDArray[Any]
KEPT_RUNS = 3
POINTS = 21
"""Of an equity curve."""


@act("circle.compute")
def compute(*, actor: Actor, at: datetime) -> Job:
    """Gather everybody's place again and work the circle out; it goes on in the background."""
    return start("circle.compute", actor=actor, at=at, key="circle")


def compute_now(city: int, *, actor: Actor, at: datetime) -> Run:
    """Work out a city from what was gathered. Refused where nobody was."""
    day = timezone.localdate(at)
    low, high = span(city)
    with entered(Scope.EVERYTHING):
        found = held(day)
        rows = slice(*np.searchsorted(found.homes.region, [low, high]))
        if not found.people[rows].any():
            raise Refused(
                "circle.nobody",
                "No registry data has been collected here yet. Run “songhe circle compute”, or use the button on the map.",
            )
        run = _run(city, found, rows, actor, at)
        run.told[DOUBTS] = doubts(found, low, high)
        _save(run, found, rows)
        keep_counts(city, found)
        old = Run.objects.filter(region_id=city).order_by("-at").values_list("pk", flat=True)[KEPT_RUNS:]
        Run.objects.filter(pk__in=list(old)).delete()
    return run


def cities() -> list[int]:
    """The cities that are loaded."""
    return list(
        Region.objects.filter(level=Level.CITY, until=None).order_by("code").values_list("code", flat=True)
    )


def _run(city: int, found: Held, rows: slice, actor: Actor, at: datetime) -> Run:
    how = found.homes.how[rows][found.people[rows]]
    used = streets()
    return Run(
        region_id=city, at=at, by_id=actor.id, by=actor.name[:80], walker=found.ground.profile.speed,
        network=used.name if used else "", attribution=used.attribution if used else "",
        approximate=found.ground.approximate, circle=circle().code, kinds=list(service_kinds()), bands=list(found.bands),
        groups=list(book().codes), minutes={kind: list(pair) for kind, pair in found.minutes.items()}, cell=book().cell,
        people=len(how), exact=int((how == kept.EXACT).sum()), middle=int((how == kept.MIDDLE).sum()),
        nowhere=int((how == kept.NOWHERE).sum()),
        off_street=int((~found.spots.placed[rows] & found.people[rows] & (found.homes.how[rows] != kept.NOWHERE)).sum()),
        sites=sum(1 for site in sites(found.day) if site.point),
    )  # fmt: skip


def _save(run: Run, found: Held, rows: slice) -> None:
    region, villages = _numbered(found.homes.region[rows])
    cell, names = found.cells(book().cell)
    atom, atoms = _numbered(region * (len(names) + 1) + cell[rows] + 1)
    whole, parts = _Sums(found, rows, region, len(villages)), _Sums(found, rows, atom, len(atoms))
    for place, kind in enumerate(run.kinds):
        run.told[kind] = _told(found, kind, rows, place, whole, parts)
    run.save(force_insert=True)
    lines = [(villages[at], "", *one) for at, one in enumerate(packed(whole.shares))]
    lines += [
        (villages[key // (len(names) + 1)], names[key % (len(names) + 1) - 1], *one)
        for key, one in zip(atoms, packed(parts.shares), strict=True)
        if key % (len(names) + 1)
    ]
    insert_many(
        Figure,
        ("id", "run", "region", "cell", "people", "covered", "ways"),
        [(uuid7(), run.pk, *line) for line in lines],
    )
    record_bulk(
        "circle.compute",
        model=Figure,
        count=len(lines),
        digest="",
        actor=_By(run),
        at=run.at,
        region_id=run.region_id,
    )


def _numbered(values: Array) -> tuple[Array, list[int]]:
    codes, group = np.unique(values, return_inverse=True)
    return group, codes.tolist()


class _By:
    """Who worked a run out, as an actor for its line in the log."""

    def __init__(self, run: Run) -> None:
        self.id, self.name = run.by_id, run.by

    def may(self, right: str) -> bool:
        """The job was started by who may."""
        return True

    def scope(self, right: str | None = None) -> Scope:
        """A city is worked out as a whole."""
        return Scope.EVERYTHING


class _Sums:
    """Sums of people by place."""

    def __init__(self, found: Held, rows: slice, group: Array, count: int) -> None:
        self.group, self.count, self.bands = group, count, len(found.bands)
        self.weights = [column[rows] for column in found.weights.values()]
        kinds = len(found.minutes)
        people = np.stack(
            [self._added(np.zeros(len(group), int), column, 1)[:, 0] for column in self.weights], 1
        )
        self.shares = Shares(
            people,
            np.zeros((count, kinds, self.bands + 1, len(self.weights)), np.int64),
            np.full((count, kinds, MEASURES), np.nan),
        )

    def _added(self, column: Array, weight: Array, columns: int) -> Array:
        flat = np.bincount(self.group * columns + column, weight, self.count * columns)
        return np.rint(flat).astype(np.int64).reshape(self.count, columns)

    def fill(self, kind: int, first: Array, own: Array, seconds: Array, places: list[Array]) -> None:
        """One service: the first band in which each home is reached, whether within the circle, the seconds, the places for each person in
        every way that they are measured."""
        for at, weight in enumerate(self.weights):
            reached = self._added(first, weight, self.bands + 1)[:, : self.bands].cumsum(1)
            self.shares.covered[:, kind, : self.bands, at] = reached
            self.shares.covered[:, kind, self.bands, at] = self._added(own.astype(int), weight, 2)[:, 1]
        everybody = self.weights[0]
        self.shares.ways[:, kind, 0] = self._mean(seconds, everybody * (first < self.bands))
        for at, each in enumerate(places, 1):
            self.shares.ways[:, kind, at] = self._mean(each * 1000, everybody)

    def _mean(self, values: Array, weight: Array) -> Array:
        sums = np.bincount(self.group, np.where(weight > 0, values, 0) * weight, self.count)
        counts = np.bincount(self.group, weight, self.count)
        found: Array = np.divide(sums, counts, out=np.full(self.count, np.nan), where=counts > 0)
        return found


def _told(found: Held, kind: str, rows: slice, place: int, *sums: _Sums) -> dict[str, Any]:
    """Fill in one service; what holds for the whole city."""
    given = [site for site in sites(found.day, kind) if site.point]
    pairs = found.ground.pairs(found.snapped(*degrees(given)), found.ready, limit=found.bands[-1])
    best = np.full(len(found.homes), np.inf)
    np.minimum.at(best, pairs.home, pairs.seconds.astype(float))
    first = np.searchsorted(np.array(found.bands, float), best[rows], side="left")
    own = best[rows] <= found.limits(kind, None)[rows]
    measured = access(found, kind, given, pairs)
    for each in sums:
        each.fill(place, first, own, best[rows], [one.per_person[rows] for one in measured.values()])
    people = found.weights[book().codes[0]][rows]
    evenly = {way: _evenness(one, rows, people) for way, one in measured.items()} if people.any() else {}
    return {"sites": len(given), **evenly}


def _evenness(one: Access, rows: slice, people: Array) -> dict[str, Any]:
    """How evenly places are spread over people, and of how much of what they have the places are known."""
    mine = one.per_person[rows]
    x, y = lorenz(mine, people)
    return {
        "gini": round(gini(mine, people), 4), "curve": np.interp(np.linspace(0, 1, POINTS), x, y).round(4).tolist(),
        "confidence": round(float(np.average(one.confidence[rows], weights=people)), 4), "left": round(one.left, 4),
    }  # fmt: skip
