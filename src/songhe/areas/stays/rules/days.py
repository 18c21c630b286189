"""Days of stays and leave. All spans are half-open: ``until`` is the first day that does not belong to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True, order=True)
class Days:
    """Days from one until before another; without an end, until further notice."""

    since: date
    until: date | None = None

    def __post_init__(self) -> None:
        if self.until is not None and self.until < self.since:
            raise ValueError("days end no earlier than they begin")

    def holds(self, day: date) -> bool:
        """Whether a day belongs to them."""
        return self.since <= day and (self.until is None or day < self.until)

    @property
    def empty(self) -> bool:
        """Whether no day belongs to them: somebody came and went on one day."""
        return self.until == self.since


def without(span: Days, cuts: Iterable[Days]) -> tuple[Days, ...]:
    """The days of a span that lie in none of the cuts, in order."""
    left: list[Days] = []
    begin = span.since
    for cut in sorted(cuts, key=lambda one: one.since):
        if span.until is not None and cut.since >= span.until:
            break
        if cut.empty or (cut.until is not None and cut.until <= begin):
            continue
        if cut.since > begin:
            left.append(Days(begin, cut.since))
        if cut.until is None:
            return tuple(left)
        begin = cut.until
    if span.until is None or begin < span.until:
        left.append(Days(begin, span.until))
    return tuple(left)


def freed_on(kind: str, since: date, back_on: date | None, keeps: Mapping[str, int]) -> date | None:
    """From which day a bed is free for others while somebody is on leave; None where it is kept until they are back."""
    last = since + timedelta(days=keeps[kind])
    return None if back_on is not None and back_on <= last else last
