"""From the press of a device to the operators' screens: seats that listen, devices that call, moments of both."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import subprocess
import sys
import time
from dataclasses import dataclass, field

import psycopg

from songhe.site.postgres.roles import SUPERUSER
from songhe.site.proof.installation import Installation
from songhe.site.proof.senders import Sender, Tally, own_format

PROBES = 10
"""Seats whose frames are read to the word; of the others the frames are counted."""
SETTLED = 3.0
"""Seconds after which boards and devices that all came at once have nothing more to ask."""
_FRAME = re.compile(rb"^data: (.*)$", re.MULTILINE)


@dataclass
class Seat:
    """One open board."""

    frames: int = 0
    came: dict[str, float] = field(default_factory=dict)
    open: asyncio.Event = field(default_factory=asyncio.Event)

    async def live(self, port: int, session: str, *, probe: bool) -> None:
        """Listen until told to stop."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        head = f"GET /live/alarms/ HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: sessionid={session}\r\nAccept: text/event-stream\r\n\r\n"
        writer.write(head.encode())
        with contextlib.closing(writer):
            kept = b""
            while data := await reader.read(65_536):
                self.frames += data.count(b"event: alarms\n")
                if b": \n\n" in data:  # it has read its place in the news
                    self.open.set()
                if probe:
                    kept = self._read(kept + data)

    def _read(self, data: bytes) -> bytes:
        whole, _end, rest = data.rpartition(b"\n\n")
        for found in _FRAME.findall(whole):
            body = json.loads(found)
            if body["what"] == "raised":
                self.came.setdefault(body["id"], time.monotonic())
        return rest


@dataclass
class Seen:
    """What the operators saw."""

    calls: int
    told: int
    frames: int
    waits: list[float]
    receipts: Tally

    def wait(self, part: float) -> float:
        """Milliseconds below which a part lies."""
        ordered = sorted(self.waits)
        return ordered[min(len(ordered) - 1, int(part * len(ordered)))] * 1000 if ordered else float("inf")


def sessions(here: Installation, number: int) -> list[str]:
    """Sessions of so many agents."""
    made = subprocess.run(
        [sys.executable, "-m", "tests.bench.gateway.seats", str(number)],
        env=here.environment(), capture_output=True, text=True, check=True,
    )  # fmt: skip
    return made.stdout.split()


async def watched(
    here: Installation, seats: list[str], devices: list[tuple[str, str]], *, rate: float, seconds: float, beats: float
) -> Seen:  # fmt: skip
    """Calls for help at a rate, each from another home, and heartbeats beside them, while all seats look on."""
    tally, places = Tally(), [Seat() for _each in seats]
    looks = [
        asyncio.create_task(one.live(here.web_port, key, probe=n < PROBES))
        for n, (one, key) in enumerate(zip(places, seats, strict=True))
    ]
    async with asyncio.timeout(120):
        await asyncio.gather(*(one.open.wait() for one in places))
    senders = [Sender(code, secret, own_format(code, lambda _n: "sos"), tally) for code, secret in devices]
    lives = [asyncio.create_task(one.live("127.0.0.1", here.port)) for one in senders]
    await asyncio.gather(*(one.online.wait() for one in senders))
    await asyncio.sleep(SETTLED)
    sent: dict[str, float] = {}
    began, beaten = time.monotonic(), 0
    while (now := time.monotonic() - began) < seconds:
        while len(sent) < min(rate * now, len(senders)):
            one = senders[len(sent)]
            sent[one.code] = time.monotonic()
            one.send(range(1, 2))
        while beaten < beats * now:
            senders[-1 - beaten * 7919 % (len(senders) // 2)].beat()
            beaten += 1
        await asyncio.sleep(0.002)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(5):  # what is not on screen by then was not told
            while any(len(one.came) < len(sent) for one in places[:PROBES]):  # noqa: ASYNC110  a count
                await asyncio.sleep(0.02)
    for one in senders:
        one.stop()
    for task in (*looks, *lives):
        task.cancel()
    await asyncio.gather(*looks, *lives, return_exceptions=True)
    alarms = _alarms(here)
    waits = [
        place.came[alarm] - since for place in places[:PROBES] for code, since in sent.items() if (alarm := alarms.get(code)) in place.came
    ]  # fmt: skip
    return Seen(len(sent), len(waits) // PROBES, sum(one.frames for one in places), waits, tally)


def _alarms(here: Installation) -> dict[str, str]:
    with psycopg.connect(here.cluster.url(SUPERUSER, here.database)) as connection:
        rows = connection.execute(
            "SELECT d.code, max(a.id::text) FROM alarms_alarm a JOIN devices_device d ON d.id = a.device_id GROUP BY 1"
        )
        return dict(rows.fetchall())


def deafened(here: Installation) -> None:
    """The planted fault: the database tells nobody of news any more."""
    with psycopg.connect(here.cluster.url(SUPERUSER, here.cluster.database), autocommit=True) as connection:
        connection.execute("ALTER TABLE live_event DISABLE TRIGGER tell")
