"""The worst of all windows of one length, wherever they begin."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate

DAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Worst:
    """The window with the smallest share, the earliest of several such."""

    since: datetime
    good: int
    of: int

    @property
    def share(self) -> float:
        """Good ones among all of the window."""
        return self.good / self.of


def worst_window(
    marks: Sequence[tuple[datetime, bool]], since: datetime, until: datetime, *, length: timedelta = DAY
) -> Worst | None:
    """The window of ``length`` inside [since, until) in which the smallest share of the marks is good.

    Windows are half-open and begin at any moment; what lies in one changes only where its beginning passes a mark or its end
    does, so that those moments are all that have to be looked at. A span no longer than ``length`` is one window. None where
    there is no mark.
    """
    ordered = sorted(mark for mark in marks if since <= mark[0] < until)
    if not ordered:
        return None
    moments = [at for at, _good in ordered]
    sums = [0, *accumulate(int(good) for _at, good in ordered)]
    if until - since <= length:
        return Worst(since, sums[-1], len(ordered))
    last = until - length
    begins = {since, last}
    begins |= {at for at in moments if at <= last}
    begins |= {at - length for at in moments if since <= at - length}
    found: Worst | None = None
    for begin in sorted(begins):
        low, high = bisect_left(moments, begin), bisect_left(moments, begin + length)
        if high > low:
            here = Worst(begin, sums[high] - sums[low], high - low)
            if found is None or here.good * found.of < found.good * here.of:
                found = here
    return found
