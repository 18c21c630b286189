"""Turns: so many at once, the urgent before the others."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

USUAL = 2
"""So many are worked on at once; the others begin in the order in which they came."""
SLOW_SECONDS = 0.5
"""What is worked on for so long keeps nobody else out: another begins beside it."""
MOST = 6
"""So many at once where some are slow; so many of the urgent besides."""
URGENT_AT_ONCE = 4
"""So many of the urgent begin at once, whatever else is worked on."""
LONGEST_SECONDS = 30.0
"""Nobody waits longer, the urgent excepted: by then whoever asked has given up, or asks again."""


class Busy(Exception):
    """The turn did not come in time."""


@dataclass(eq=False)
class _Turn:
    urgent: bool
    slow: bool = False
    begun: asyncio.Event = field(default_factory=asyncio.Event)


class Turns:
    """The turns of one event loop."""

    def __init__(self) -> None:
        self._begun: set[_Turn] = set()
        self._waiting: dict[bool, deque[_Turn]] = {True: deque(), False: deque()}

    @property
    def crowd(self) -> int:
        """How many are worked on or wait."""
        return len(self._begun) + sum(map(len, self._waiting.values()))

    @asynccontextmanager
    async def turn(self, *, urgent: bool) -> AsyncIterator[None]:
        """A turn, once it comes; `Busy` where it does not."""
        mine = _Turn(urgent)
        self._waiting[urgent].append(mine)
        self._go_on()
        try:
            if not mine.begun.is_set():
                await self._waited(mine)
            slow = asyncio.get_running_loop().call_later(SLOW_SECONDS, self._slowed, mine)
            try:
                yield
            finally:
                slow.cancel()
        finally:
            if mine.begun.is_set():
                self._begun.remove(mine)
                self._go_on()
            else:
                self._waiting[urgent].remove(mine)

    async def _waited(self, mine: _Turn) -> None:
        try:
            async with asyncio.timeout(None if mine.urgent else LONGEST_SECONDS):
                await mine.begun.wait()
        except TimeoutError as fault:
            raise Busy from fault

    def _slowed(self, turn: _Turn) -> None:
        turn.slow = True
        self._go_on()

    def _go_on(self) -> None:
        """Let begin whoever may: the urgent first."""
        for row in (self._waiting[True], self._waiting[False]):
            while row and self._may(row[0]):
                turn = row.popleft()
                self._begun.add(turn)
                turn.begun.set()

    def _may(self, turn: _Turn) -> bool:
        alike = [one for one in self._begun if one.urgent is turn.urgent]
        quick = sum(not one.slow for one in (alike if turn.urgent else self._begun))
        return len(alike) < MOST and quick < (URGENT_AT_ONCE if turn.urgent else USUAL)
