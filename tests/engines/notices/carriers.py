"""Gateways for tests: one that does as it is told, and remembers what it was given."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from songhe.engines.notices.api import Letter, Taken


def take(_letter: Letter) -> Taken:
    return Taken(delivered=True)


@dataclass
class Carrier:
    """``does``: what happens to each letter; ``ids`` are those of all tries, ``taken`` of those that were accepted."""

    code: str
    does: Callable[[Letter], Taken] = take
    channel: str = "sms"
    letters: list[Letter] = field(default_factory=list)
    taken: list[UUID] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()

    def send(self, letter: Letter) -> Taken:
        with self._lock:
            self.letters.append(letter)
        found = self.does(letter)
        with self._lock:
            self.taken.append(letter.id)
        return found
