"""What areas do at once when a contract ends early or its term is shortened: nothing is planned or paid beyond it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from songhe.areas.contracts.models import Contract
from songhe.engines.access.api import Actor, elevated

Beyond = Callable[[Contract, date], int]
LetGo = Callable[[Contract, date, Actor, datetime], int]
_HELD: list[tuple[Beyond, LetGo]] = []


def when_cut(beyond: Beyond, let_go: LetGo) -> None:
    """Let an area let go of what a contract promised for days after its last: ``beyond(contract, last)`` tells of how many
    services, and ``let_go(contract, last, actor, at)`` does it inside the act and returns how many they were."""
    _HELD.append((beyond, let_go))


def beyond(contract: Contract, last: date) -> int:
    """How many services that nobody has begun are promised for days after a last one."""
    with elevated():  # orders in all regions of the contract
        return sum(count(contract, last) for count, _let_go in _HELD)


def cut(contract: Contract, last: date, *, actor: Actor, at: datetime) -> int:
    """Let go of them; all of it or nothing happens. Returns how many they were."""
    with elevated():  # as above
        return sum(let_go(contract, last, actor, at) for _count, let_go in _HELD)
