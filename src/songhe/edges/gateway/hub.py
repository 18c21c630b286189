"""All connections of one gateway, and what they share."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import connection

from songhe.areas.devices.api import Credentials
from songhe.core.mqtt import Publish, Reason
from songhe.edges.gateway.formats import Formats, Mark
from songhe.edges.gateway.intake import Intake
from songhe.edges.gateway.keeping import Keeper, Message, unread
from songhe.edges.gateway.known import Known, Unreachable
from songhe.edges.gateway.limits import Buckets, Limits
from songhe.edges.gateway.line import Line
from songhe.edges.gateway.models import Quarantined
from songhe.edges.gateway.sink import Sink
from songhe.engines.access.api import Scope, entered
from songhe.engines.commands.api import Outgoing, acknowledge, take

log = logging.getLogger(__name__)


class Hub:
    """Who is connected, what waits, and the counts."""

    def __init__(
        self,
        sink: Sink,
        formats: Formats,
        *,
        clock: Callable[[], datetime],
        limits: Limits | None = None,
        keeper: Keeper | None = None,
    ) -> None:
        self.limits = limits or Limits()
        self.formats = formats
        self.clock = clock
        self.intake = Intake(keeper or Keeper(sink, clock=clock), self.limits)
        self.known = Known(sink, self.limits)
        self.counts: Counter[str] = Counter()
        self.devices: dict[UUID, Line] = {}
        self.lines: set[Line] = set()
        self.buckets = Buckets(self.limits)
        self._wanted: dict[UUID, bool] = {}
        self._received: list[UUID] = []
        self._chores: set[asyncio.Task[None]] = set()
        self.heard = False
        """Whether changes in the database are heard of."""

    @staticmethod
    def now() -> float:
        """Seconds that only go forward."""
        return time.monotonic()

    def count(self, what: str) -> None:
        """Something happened once more."""
        self.counts[what] += 1

    # Connections ----------------------------------------------------------------------------------------------

    def enter(self, line: Line) -> bool:
        """A new connection; False when there are too many."""
        self.lines.add(line)
        self.count("connections")
        return len(self.lines) <= self.limits.connections

    def leave(self, line: Line) -> None:
        """A connection has ended."""
        self.lines.discard(line)
        if line.device is not None and self.devices.get(line.device.id) is line:
            del self.devices[line.device.id]

    def take_over(self, line: Line) -> None:
        """A device has one connection: a new one ends the old."""
        assert line.device is not None
        before = self.devices.get(line.device.id)
        self.devices[line.device.id] = line
        if before is not None and before is not line:
            before.close(Reason.TAKEN_OVER, "connected anew")

    def revoked(self, code: str | None) -> None:
        """A device's credentials have changed (None: perhaps anybody's): ask anew, and end what it has open."""
        self.known.forget(code)
        for line in [each for each in self.lines if each.device is not None and each.device.code == code]:
            line.close(Reason.NOT_AUTHORISED, "the credentials have changed")

    def look_round(self) -> None:
        """End connections that are silent, stuck or never introduced themselves."""
        now = self.now()
        for line in list(self.lines):
            if why := line.overdue(now):
                self.count(why)
                if why == "silent":
                    line.close(Reason.KEEP_ALIVE, why)
                else:
                    line.abort()

    # Messages in ----------------------------------------------------------------------------------------------

    def understood(
        self, packet: Publish, device: Credentials, *, road: str = Quarantined.Road.MQTT
    ) -> Message | None:
        """What a message says, or why it cannot be understood; None where its device may not publish there."""
        found = self.formats.of_topic(packet.topic)
        if found is None or found[1] != device.code:
            return None
        format_, _code, kind = found
        at, body = self.clock(), packet.payload
        mark = Mark(str(packet.packet_id).encode(), first=not packet.dup)
        try:
            values = self.formats.values(body)
            signal = format_.signal(values, device.id, at=at, kind=kind, mark=mark)
        except ValueError as fault:  # Unfit, and what no signal can be
            kept = body[: self.formats.most_bytes]
            return unread(road, device.code, kept, fault, device_id=device.id, at=at, kind=kind, mark=mark)
        return Message(road, device.code, body, urgent=signal.kind in self.formats.urgent, signal=signal)

    def idle(self, packet: Publish) -> bool:
        """Whether a message is no call for help: all that is asked of one that is let go."""
        found = self.formats.of_topic(packet.topic)
        if found is None:
            return False
        format_, _code, told = found
        try:
            kind = format_.kind(self.formats.values(packet.payload), told)
        except ValueError:
            kind = ""
        return kind not in self.formats.urgent and not self.formats.alarming(packet.payload, told)

    # Commands out ---------------------------------------------------------------------------------------------

    def listens(self, line: Line) -> None:
        """A device hears commands from now on: what was not acknowledged before is sent again."""
        assert line.device is not None
        self._want(line.device.id, again=True)

    def ordered(self, device_id: UUID) -> None:
        """There is a new command."""
        line = self.devices.get(device_id)
        if line is not None and line.listens:
            self._want(device_id, again=False)

    def catch_up(self) -> None:
        """Notifications may have been missed: ask for all who listen, and whether everybody is still let in."""
        self.known.forget()
        self._start(self._let_in)
        for device_id, line in self.devices.items():
            if line.listens:
                self._want(device_id, again=False)

    def received(self, command: UUID | None) -> None:
        """A device has acknowledged a command."""
        if command is not None:
            self._received.append(command)
            self._start(self._note_received)

    def _want(self, device_id: UUID, *, again: bool) -> None:
        self._wanted[device_id] = again or self._wanted.get(device_id, False)
        self._start(self._send_commands)

    def _start(self, chore: Callable[[], Any]) -> None:
        if not any(task.get_name() == chore.__name__ and not task.done() for task in self._chores):
            task = asyncio.get_running_loop().create_task(chore(), name=chore.__name__)
            self._chores.add(task)
            task.add_done_callback(self._chores.discard)

    async def _let_in(self) -> None:
        """End the connections of devices whose credentials have changed without our hearing of it."""
        here = {line.device.code: line.device for line in self.lines if line.device is not None}
        try:
            found = await asyncio.gather(*map(self.known.of, here))
        except Unreachable:  # the ear is deaf again, too, and asks anew when it is not
            return
        for (code, before), now in zip(here.items(), found, strict=True):
            if now != before:
                self.revoked(code)

    async def _send_commands(self) -> None:
        while self._wanted:
            await asyncio.sleep(0.005)
            wanted, self._wanted = self._wanted, {}
            for again in (False, True):
                devices = [device for device, wish in wanted.items() if wish is again]
                for start in range(0, len(devices), 500):
                    some = devices[start : start + 500]
                    found = await self._in_thread(partial(take, some, at=self.clock(), again=again))
                    for outgoing in found or ():
                        self._send(outgoing)

    def _send(self, outgoing: Outgoing) -> None:
        line = self.devices.get(outgoing.device_id)
        if line is not None and line.listens:
            body = {"id": str(outgoing.id), "kind": outgoing.kind, **outgoing.params}
            line.command(outgoing, json.dumps(body, ensure_ascii=False).encode())

    async def _note_received(self) -> None:
        while self._received:
            await asyncio.sleep(0.01)
            ids, self._received = self._received, []
            await self._in_thread(partial(acknowledge, ids, at=self.clock()))

    async def _in_thread(self, work: Callable[[], Any]) -> Any:
        """Do something in the database; None where it is away: a command that stays unacknowledged is sent again."""
        try:
            return await asyncio.to_thread(_entered, work)
        except Exception as fault:
            log.warning("gateway: commands cannot be reached now: %s", str(fault)[:200])
            return None

    async def stop(self) -> None:
        """Say good-bye, write what is there."""
        await self.intake.stop()
        await asyncio.sleep(0)
        for line in list(self.lines):
            line.close(Reason.SHUTTING_DOWN if line.device else None)


def _entered(work: Callable[[], Any]) -> Any:
    try:
        with entered(Scope.EVERYTHING):
            return work()
    except Exception:
        connection.close()
        raise
