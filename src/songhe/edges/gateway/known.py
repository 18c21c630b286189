"""Who a device is: asked of the database in batches, believed for a while, forgotten at once when it changes."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from songhe.areas.devices.api import Credentials
from songhe.edges.gateway.limits import Limits
from songhe.edges.gateway.sink import Sink

log = logging.getLogger(__name__)
_ASKED_AT_ONCE = 500
_UNKNOWN_SECONDS = 5.0
_KEPT = 200_000
_WRONG, _WRONG_SECONDS = 10, 60.0
"""So many wrong passwords within so many seconds, and a device's right one is not tried either."""


class Unreachable(Exception):
    """The database cannot be asked now."""


@dataclass(slots=True)
class Entry:
    """What is believed of one code, until when."""

    credentials: Credentials | None
    until: float
    wrong: int = 0


class Known:
    """The devices that this gateway has met."""

    def __init__(self, sink: Sink, limits: Limits) -> None:
        self.sink = sink
        self.limits = limits
        self._entries: OrderedDict[str, Entry] = OrderedDict()
        self._asking: dict[str, list[asyncio.Future[Entry]]] = {}
        self._task: asyncio.Task[None] | None = None

    async def admitted(self, code: str, secret: bytes) -> Credentials | None:
        """The device of a code whose secret is right; None where there is none or it may not speak."""
        entry = await self._entry(code)
        found = entry.credentials
        if found is None or entry.wrong >= _WRONG:
            return None
        if not found.fit(secret.decode(errors="replace")):
            entry.wrong += 1
            if entry.wrong >= _WRONG:
                entry.until = time.monotonic() + _WRONG_SECONDS
            return None
        entry.wrong = 0
        return found

    async def of(self, code: str) -> Credentials | None:
        """The device of a code, without a secret: a trusted source speaks for it."""
        found = (await self._entry(code)).credentials
        return found if found is not None and found.enabled else None

    def forget(self, code: str | None = None) -> None:
        """Ask again: for one device, or for all, since a notification may have been missed."""
        if code is None:
            self._entries.clear()
        else:
            self._entries.pop(code, None)

    async def _entry(self, code: str) -> Entry:
        entry = self._entries.get(code)
        if entry is not None and entry.until > time.monotonic():
            self._entries.move_to_end(code)
            return entry
        asked: asyncio.Future[Entry] = asyncio.get_running_loop().create_future()
        self._asking.setdefault(code, []).append(asked)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._ask())
        return await asked

    async def _ask(self) -> None:
        """Ask for all codes that wait, a few hundred in one query."""
        while self._asking:
            await asyncio.sleep(0.002)
            codes = list(self._asking)[:_ASKED_AT_ONCE]
            waiting = {code: self._asking.pop(code) for code in codes}
            try:
                found = await asyncio.to_thread(_closing, self.sink.credentials, codes)
            except Exception as fault:
                log.warning("gateway: nobody can be looked up now: %s", str(fault)[:200])
                for each in (each for futures in waiting.values() for each in futures):
                    if not each.done():
                        each.set_exception(Unreachable(str(fault)[:200]))
                continue
            for code, futures in waiting.items():
                entry = self._keep(code, found.get(code))
                for each in futures:
                    if not each.done():
                        each.set_result(entry)

    def _keep(self, code: str, credentials: Credentials | None) -> Entry:
        lasts = self.limits.credential_seconds if credentials else _UNKNOWN_SECONDS
        self._entries.pop(code, None)
        entry = self._entries[code] = Entry(credentials, time.monotonic() + lasts)
        while len(self._entries) > _KEPT:
            self._entries.popitem(last=False)
        return entry


def _closing(function: Callable[..., Any], *given: Any) -> Any:
    """Call in a thread of the pool; a broken connection is not kept."""
    try:
        return function(*given)
    except Exception:
        connection.close()
        raise
