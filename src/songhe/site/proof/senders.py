"""Devices that send over MQTT, and send again until they have their receipt."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from songhe.core.mqtt import Connect, Publish, encoding

_CONNACK, _PUBACK = 0x20, 0x40
Say = Callable[[int], tuple[str, bytes]]


@dataclass
class Tally:
    """What all devices together have sent and heard."""

    acknowledged: set[tuple[str, int]] = field(default_factory=set)
    sent: int = 0
    again: int = 0
    connections: int = 0
    refused: int = 0
    waits: list[float] = field(default_factory=list)

    def wait(self, part: float) -> float:
        """Milliseconds from the first sending to the receipt below which a part lies."""
        ordered = sorted(self.waits)
        return ordered[min(len(ordered) - 1, int(part * len(ordered)))] * 1000 if ordered else float("nan")


class Sender(asyncio.Protocol):
    """One device. It keeps what has no receipt, and after a break sends that first and as it was, as the standard asks.
    ``deaf``: the part of receipts that do not reach it."""

    def __init__(
        self,
        code: str,
        secret: str,
        say: Say,
        tally: Tally,
        *,
        window: int = 8,
        deaf: float = 0.0,
        seed: int = 0,
    ) -> None:
        self.code, self.secret, self.say, self.tally = code, secret, say, tally
        self.window, self.deaf = window, deaf
        self.outbox: deque[int] = deque()
        self.pending: dict[int, tuple[int, float, tuple[str, bytes]]] = {}
        self.online = asyncio.Event()
        self.idle = asyncio.Event()
        self.transport: asyncio.Transport | None = None
        self.lost = asyncio.Event()
        self._kept = b""
        self._accepted = False
        self._random = random.Random(f"{code} {seed}")  # noqa: S311  only spreads the calls
        self.closing = False

    # The connection -------------------------------------------------------------------------------------------

    async def live(self, host: str, port: int, *, source: str = "") -> None:
        """Connect, and connect again after every break, until told to stop. ``source``: the address to call from; one has some
        28,000 ports."""
        loop = asyncio.get_running_loop()
        ours = (source, 0) if source else None
        while not self.closing:
            self.lost.clear()
            try:
                async with asyncio.timeout(15):
                    await loop.create_connection(lambda: self, host, port, local_addr=ours)
                await self.lost.wait()
            except (OSError, TimeoutError):
                pass
            if not self.closing:
                await asyncio.sleep(0.05 + 0.3 * self._random.random())

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Introduce ourselves."""
        assert isinstance(transport, asyncio.Transport)
        self.transport, self._kept, self._accepted = transport, b"", False
        wish = Connect(self.code, keep_alive=60, username=self.code, password=self.secret.encode())
        transport.write(encoding.connect(wish))

    def connection_lost(self, exc: Exception | None) -> None:
        """The line is cut."""
        self.transport = None
        self.online.clear()
        self.lost.set()

    def data_received(self, data: bytes) -> None:
        """Receipts: four bytes each, as CONNACK of 3.1.1 is."""
        kept = self._kept + data
        place = 0
        while len(kept) - place >= 2 and len(kept) - place >= 2 + kept[place + 1]:
            kind, body = kept[place], kept[place + 2 : place + 2 + kept[place + 1]]
            place += 2 + kept[place + 1]
            if kind == _PUBACK:
                self._receipt(int.from_bytes(body[:2], "big"))
            elif kind == _CONNACK:
                self._welcome(body[1])
        self._kept = kept[place:]
        self._fill()

    def stop(self) -> None:
        """Leave in peace."""
        self.closing = True
        if self.transport is not None:
            self.transport.write(encoding.FAREWELL)
            self.transport.close()
        self.lost.set()

    # Messages -------------------------------------------------------------------------------------------------

    def send(self, numbers: Iterator[int] | range) -> None:
        """Send messages by number."""
        self.outbox.extend(numbers)
        if self.outbox:
            self.idle.clear()
        self._fill()

    def _welcome(self, code: int) -> None:
        if code:
            self.tally.refused += 1
            return
        self._accepted = True
        self.tally.connections += 1
        self.online.set()
        for packet_id, (_number, _since, said) in self.pending.items():
            self.tally.again += 1
            self._write(packet_id, said, dup=True)

    def _receipt(self, packet_id: int) -> None:
        found = self.pending.get(packet_id)
        if found is not None and self._random.random() < self.deaf:  # the receipt did not reach us
            self.tally.again += 1
            self._write(packet_id, found[2], dup=True)
        elif found is not None:
            del self.pending[packet_id]
            number, since, _said = found
            self.tally.acknowledged.add((self.code, number))
            self.tally.waits.append(time.monotonic() - since)
        if not self.pending and not self.outbox:
            self.idle.set()

    def _fill(self) -> None:
        while self._accepted and self.transport and self.outbox and len(self.pending) < self.window:
            number = self.outbox.popleft()
            packet_id = number % 60_000 + 1
            said = self.say(number)
            self.pending[packet_id] = (number, time.monotonic(), said)
            self.tally.sent += 1
            self._write(packet_id, said, dup=False)

    def _write(self, packet_id: int, said: tuple[str, bytes], *, dup: bool) -> None:
        topic, payload = said
        if self.transport is not None:
            self.transport.write(encoding.publish(4, Publish(topic, payload, 1, packet_id, dup)))

    def beat(self) -> None:
        """A heartbeat of QoS 0, if the line is there."""
        if self._accepted and self.transport is not None:
            topic, payload = f"d/{self.code}/up", b'{"kind":"heartbeat","battery":80}'
            self.transport.write(encoding.publish(4, Publish(topic, payload)))


def own_format(code: str, kind: Callable[[int], str]) -> Say:
    """Messages in our own format; number and time tell one from another."""
    topic = f"d/{code}/up"

    def say(number: int) -> tuple[str, bytes]:
        body = {"id": number, "kind": kind(number), "battery": 50 + number % 50, "time": int(time.time())}
        return topic, json.dumps(body).encode()

    return say
