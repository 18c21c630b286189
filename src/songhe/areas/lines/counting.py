"""What is counted when a shift is handed over. Areas above say what they leave open; what is here is the line's own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from songhe.areas.lines.models import LINE_STATES, Session
from songhe.core.labels import Label
from songhe.engines.access.api import Scope, elevated

Counter = Callable[[Scope, datetime], int]
_COUNTERS: dict[str, tuple[Label, Counter]] = {}


@dataclass(frozen=True, slots=True)
class Counted:
    """One line of a hand-over."""

    code: str
    label: Label
    count: int


def left_open(code: str, label: Label) -> Callable[[Counter], Counter]:
    """Let an area say what it leaves open: (scope, moment) → how many. The order of names is the order on the paper."""

    def register(counter: Counter) -> Counter:
        _COUNTERS[code] = (label, counter)
        return counter

    return register


def counted(scope: Scope, at: datetime) -> Iterable[Counted]:
    """Everything that is open in a region at a moment."""
    with elevated():  # numbers alone, of the region whose desk is handed over
        return [
            Counted(code, label, counter(scope, at)) for code, (label, counter) in sorted(_COUNTERS.items())
        ]


@left_open("10.lines", Label("Calls on the line", "在线通话"))
def _on_the_line(scope: Scope, at: datetime) -> int:
    return Session.objects.within(scope).filter(state__in=LINE_STATES).count()
