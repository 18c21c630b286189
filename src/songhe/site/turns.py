"""Turns: so many at once, the urgent before the others, and nobody waits for ever."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

USUAL = 2
"""So many are worked on at once; the others begin in the order in which they came."""
MOST = 6
"""So many where some take long: whoever has waited ``PATIENCE_SECONDS`` begins beside the others."""
URGENT = 4
"""So many of the urgent begin at once, whatever else is worked on."""
PATIENCE_SECONDS = 0.25
LONGEST_SECONDS = 30.0
"""By then whoever asked has given up, or asks again."""


class Busy(Exception):
    """The turn did not come in time."""


@dataclass(eq=False)
class _Place:
    urgent: bool
    patient: bool = True
    begun: asyncio.Event = field(default_factory=asyncio.Event)


class Turns:
    """The turns of one event loop."""

    def __init__(self) -> None:
        self.working = {True: 0, False: 0}
        self._rows: dict[bool, deque[_Place]] = {True: deque(), False: deque()}

    @property
    def crowd(self) -> int:
        """How many are worked on or wait."""
        return sum(self.working.values()) + sum(map(len, self._rows.values()))

    @asynccontextmanager
    async def turn(self, *, urgent: bool) -> AsyncIterator[None]:
        """A turn, once it comes; `Busy` where it does not."""
        place = _Place(urgent)
        self._rows[urgent].append(place)
        self._go_on()
        try:
            if not place.begun.is_set():
                await self._waited(place)
            yield
        finally:
            if place.begun.is_set():
                self.working[urgent] -= 1
                self._go_on()
            else:
                self._rows[urgent].remove(place)

    async def _waited(self, place: _Place) -> None:
        patience = asyncio.get_running_loop().call_later(PATIENCE_SECONDS, self._outwaited, place)
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                await place.begun.wait()
        except TimeoutError as fault:
            raise Busy from fault
        finally:
            patience.cancel()

    def _outwaited(self, place: _Place) -> None:
        place.patient = False
        self._go_on()

    def _go_on(self) -> None:
        """Let begin whoever may: the urgent first."""
        for row in (self._rows[True], self._rows[False]):
            while row and self._may(row[0]):
                place = row.popleft()
                self.working[place.urgent] += 1
                place.begun.set()

    def _may(self, place: _Place) -> bool:
        if place.urgent:
            return self.working[True] < URGENT
        return sum(self.working.values()) < USUAL or (not place.patient and self.working[False] < MOST)
