"""One listening connection in each process, shared by all its streams."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import psycopg
from django.db import connections

from songhe.engines.access.scope import Scope
from songhe.engines.live.guards import CHANNEL, REVOKED
from songhe.engines.live.publish import News, read
from songhe.engines.live.threads import in_thread

log = logging.getLogger(__name__)
_RETRY_SECONDS = 1.0


@dataclass(eq=False)
class Seat:
    """One open stream: woken when something it may see arrives, or when its user's rights changed.

    What arrives lies in ``fresh``, chosen by the scope the seat has, until the seat has caught up: ``behind`` is the number
    beyond which it reads on, None where nothing is missing. A ``stale`` seat is handed nothing: its rights or its place in
    the news are to be read from the database first.
    """

    user_id: UUID
    topic: str
    scope: Scope
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    fresh: list[News] = field(default_factory=list)
    stale: bool = True
    behind: int | None = None
    turns: int = 0

    def turn(self) -> None:
        """Let the seat look everything up again."""
        self.stale, self.turns = True, self.turns + 1
        self.wake.set()

    def wants(self, topic: str, region: int, holder: UUID | None) -> bool:
        """Whether the seat's scope holds a piece of news."""
        return topic == self.topic and (self.scope.holds(region) or holder in self.scope.holders)


class Hub:
    """Listens while there are seats; after a lost connection all seats are woken to catch up."""

    def __init__(self) -> None:
        self.seats: set[Seat] = set()
        self.ready = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._numbers: list[int] = []
        self._reading: asyncio.Task[None] | None = None

    def add(self, seat: Seat) -> None:
        """Take a seat; the first one starts the listening."""
        self.seats.add(seat)
        if self._task is None or self._task.done():
            self.ready.clear()
            self._task = asyncio.create_task(self._listen())

    async def drop(self, seat: Seat) -> None:
        """Leave; the last one ends the listening."""
        self.seats.discard(seat)
        if not self.seats and self._task is not None:
            task, self._task = self._task, None
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _listen(self) -> None:
        while True:
            try:
                await self._hear()
            except psycopg.Error as fault:
                log.warning("live: listening again after %s", fault)
                self.ready.clear()
                await asyncio.sleep(_RETRY_SECONDS)

    async def _hear(self) -> None:
        connection = await psycopg.AsyncConnection.connect(**_address(), autocommit=True)
        async with connection:
            await connection.execute(f"LISTEN {CHANNEL}")
            await connection.execute(f"LISTEN {REVOKED}")
            self.ready.set()
            for seat in self.seats:
                seat.turn()
            async for note in connection.notifies():
                self._tell(note.channel, note.payload)

    def _tell(self, channel: str, payload: str) -> None:
        if channel == REVOKED:
            user_id = UUID(payload)
            for seat in self.seats:
                if seat.user_id == user_id:
                    seat.turn()
            return
        number, topic, region, holder = payload.split(" ")
        owner = None if holder == "-" else UUID(holder)
        if any(seat.stale or seat.wants(topic, int(region), owner) for seat in self.seats):
            self._numbers.append(int(number))
            if self._reading is None or self._reading.done():
                self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        """Read each piece of news once for all seats; while that goes on, more of it gathers."""
        while self._numbers:
            numbers, self._numbers = self._numbers, []
            try:
                found = await self.read(numbers)
            except Exception as fault:  # each seat finds it by itself
                log.warning("live: seats look for themselves after %s", fault)
                for seat in self.seats:
                    seat.turn()
                continue
            for news, holder in found:
                for seat in self.seats:
                    if seat.stale:
                        seat.wake.set()
                    elif seat.wants(news.topic, news.region_id, holder):
                        seat.fresh.append(news)
                        seat.wake.set()

    async def read(self, numbers: list[int]) -> list[tuple[News, UUID | None]]:
        """News by number, off the loop."""
        return await in_thread(read)(numbers)


_hubs: dict[asyncio.AbstractEventLoop, Hub] = {}


def hub() -> Hub:
    """The hub of the running event loop."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        for old in [known for known in _hubs if known.is_closed()]:
            del _hubs[old]
        _hubs[loop] = Hub()
    return _hubs[loop]


def _address() -> dict[str, Any]:
    known = connections["default"].get_connection_params()
    return {name: known[name] for name in ("dbname", "user", "password", "host", "port") if known.get(name)}
