"""Requests take turns in a web process, and a crowded process lets its connections go.

Threads that all reckon at once hand the interpreter round after every answer of the database, and all of them are late; a few at a time
are each done sooner. The kernel deals new connections out among the processes by chance, and browsers keep theirs: of eight, six may
sit with one process while the other has time. A proxy in front that opens a connection for each request loses nothing by it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, TypeAlias

Event: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Event]]
Send: TypeAlias = Callable[[Event], Awaitable[None]]
App: TypeAlias = Callable[[Event, Receive, Send], Awaitable[None]]

TURNS = 2
"""So many requests are worked on at once; the others begin in the order in which they came."""
PATIENCE_SECONDS = 0.25
"""So long a request waits for its turn at most: what takes long keeps nobody else out."""
CROWD = 2
"""So many others that wait for their answer are a crowd."""
CLOSE = (b"connection", b"close")


class Spread:
    """An ASGI application whose requests take turns, and whose answers end their connection while others wait for theirs.

    A request waits, and has its turn, until its answer begins: a stream that goes on for hours crowds nobody.
    """

    def __init__(self, app: App) -> None:
        self.app, self.waiting, self.turns = app, 0, asyncio.Semaphore(TURNS)

    async def __call__(self, scope: Event, receive: Receive, send: Send) -> None:
        """Pass one request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        async with AsyncExitStack() as turn:
            await turn.enter_async_context(self._turn())

            async def told(event: Event) -> None:
                if event["type"] == "http.response.start":
                    await turn.aclose()
                    if self.waiting >= CROWD and scope["http_version"].startswith("1"):
                        event = {**event, "headers": [*event.get("headers", ()), CLOSE]}
                await send(event)

            await self.app(scope, receive, told)

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        self.waiting += 1
        try:
            held = await self._acquired()
            try:
                yield
            finally:
                if held:
                    self.turns.release()
        finally:
            self.waiting -= 1

    async def _acquired(self) -> bool:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await self.turns.acquire()
        except TimeoutError:
            return False
