"""Figures of the last run, as far as the reader's scope reaches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from songhe.areas.circle.models import Figure, Run
from songhe.areas.circle.rules import Shares, unpacked
from songhe.engines.access.api import Scope
from songhe.engines.regions.models import Region

Array = NDArray[Any]
UNITS = {"county": 10**6, "town": 1000, "village": 1}


@dataclass(frozen=True, eq=False)
class Table:
    """Places by row: ``region`` codes, hexes (empty for whole communities) and their figures."""

    run: Run
    region: Array
    cell: list[str]
    shares: Shares

    def column(self, kind: str, group: str, minutes: int | None) -> tuple[Array, Array]:
        """People and covered people of a group by place; minutes None: the circle's own."""
        at = self.run.groups.index(group)
        return self.shares.people[:, at], self.shares.covered[
            :, self.run.kinds.index(kind), band_of(self.run, minutes), at
        ]

    def whole(self) -> Shares:
        """All places together, as one row."""
        return self.shares.joined(np.zeros(len(self.region), int), 1)

    def by(self, unit: int) -> Table:
        """By town (1,000) or county (1,000,000)."""
        if unit == 1:
            return self
        codes, group = np.unique(self.region // unit * unit, return_inverse=True)
        return Table(self.run, codes, [""] * len(codes), self.shares.joined(group, len(codes)))


def band_of(run: Run, minutes: int | None) -> int:
    """Which row of the covered people holds for so many minutes. ValueError where no such time was looked at."""
    return len(run.bands) if minutes is None else list(run.bands).index(minutes * 60)


def last_run(region: int) -> Run | None:
    """The newest run of the city that holds a region."""
    city = region // 10**8 * 10**8
    return Run.objects.filter(region_id=city).order_by("-at").first()


def table(run: Run, scope: Scope, region: Region, *, hexes: bool = False) -> Table:
    """Communities (or their hexes) of a region in a scope."""
    rows = Figure.objects.within(scope).filter(
        run=run, region_id__gte=region.code, region_id__lt=region.upper
    )
    rows = rows.exclude(cell="") if hexes else rows.filter(cell="")
    found = list(
        rows.order_by("region_id", "cell").values_list("region_id", "cell", "people", "covered", "ways")
    )
    shares = unpacked(
        [row[2:] for row in found], kinds=len(run.kinds), bands=len(run.bands), groups=len(run.groups)
    )
    return Table(run, np.array([row[0] for row in found], np.int64), [row[1] for row in found], shares)
