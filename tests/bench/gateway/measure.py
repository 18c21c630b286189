"""Loads for the gateway and, with the same messages, for Mosquitto."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from songhe.core.mqtt import Connack, Connect, Decoder, Publish, Suback, encoding
from songhe.site.proof.installation import free_port, listens
from songhe.site.proof.senders import Say, Sender, Tally, own_format

Device = tuple[str, str]
Kind = Callable[[int], str]


@dataclass
class Figures:
    """What one load brought."""

    acknowledged: int
    seconds: float
    tally: Tally

    @property
    def rate(self) -> float:
        """Receipts a second."""
        return self.acknowledged / self.seconds


def kind(number: int) -> str:
    """One emergency in twenty messages, as when a city has a bad day; the rest are events that are kept."""
    return "sos" if number % 20 == 0 else "low_battery"


def ordinary(number: int) -> str:
    """An ordinary day: beats and places, now and then a battery, one emergency in 250."""
    if number % 250 == 0:
        return "sos"
    return "low_battery" if number % 25 == 0 else "position" if number % 5 < 2 else "heartbeat"


async def saturate(
    devices: Sequence[Device], port: int, each: int, *, window: int = 16, start: int = 0, told: Kind = kind
) -> Figures:
    """Every device sends as fast as it has its receipts."""
    tally = Tally()
    senders = await _online(devices, port, tally, window, told)
    began = time.monotonic()
    for one in senders:
        one.send(range(start, start + each))
    await asyncio.gather(*(one.idle.wait() for one in senders))
    seconds = time.monotonic() - began
    await _away(senders)
    return Figures(len(tally.acknowledged), seconds, tally)


async def paced(
    devices: Sequence[Device], port: int, rate: float, seconds: float, *, start: int, beats: float = 0
) -> Figures:
    """Messages of QoS 1 at a rate, and heartbeats of QoS 0 beside them."""
    tally = Tally()
    senders = await _online(devices, port, tally, 50)
    began, sent, beaten = time.monotonic(), 0, 0
    while (now := time.monotonic() - began) < seconds:
        while sent < rate * now:
            senders[sent % len(senders)].send(range(start + sent, start + sent + 1))
            sent += 1
        while beaten < beats * now:
            senders[beaten * 7919 % len(senders)].beat()
            beaten += 1
        await asyncio.sleep(0.002)
    await asyncio.gather(*(one.idle.wait() for one in senders if one.pending or one.outbox))
    took = time.monotonic() - began
    await _away(senders)
    return Figures(len(tally.acknowledged), took, tally)


async def storm(devices: Sequence[Device], port: int) -> Figures:
    """All devices come back at once, each with one message that must not be lost; until the last has its receipt."""
    tally = Tally()
    senders = [Sender(code, secret, own_format(code, kind), tally) for code, secret in devices]
    for one in senders:
        one.send(range(900_000, 900_001))
    began = time.monotonic()
    lives = [asyncio.create_task(one.live("127.0.0.1", port)) for one in senders]
    await asyncio.gather(*(one.idle.wait() for one in senders))
    seconds = time.monotonic() - began
    await _away(senders)
    await asyncio.gather(*lives)
    return Figures(len(tally.acknowledged), seconds, tally)


async def _online(
    devices: Sequence[Device], port: int, tally: Tally, window: int, told: Kind = kind
) -> list[Sender]:
    senders = [Sender(code, secret, own_format(code, told), tally, window=window) for code, secret in devices]
    for one in senders:
        one.task = asyncio.create_task(one.live("127.0.0.1", port))  # type: ignore[attr-defined]
    await asyncio.gather(*(one.online.wait() for one in senders))
    return senders


async def _away(senders: Sequence[Sender]) -> None:
    for one in senders:
        one.stop()
    await asyncio.sleep(0.2)


# The peer --------------------------------------------------------------------------------------------------------

SETTINGS = {
    "Mosquitto, its defaults": "",
    "Mosquitto, persistence on": "persistence true\n",
    "Mosquitto, persistence at every change": "persistence true\nautosave_on_changes true\nautosave_interval 1\nmax_queued_messages 0\n",
}


def mosquitto() -> str | None:
    """The broker's program; None where it is not installed."""
    return shutil.which("mosquitto", path=os.environ.get("PATH", "") + ":/usr/sbin")


@contextlib.contextmanager
def broker(settings: str) -> Iterator[tuple[int, Path]]:
    """A folder and a port for a broker with some settings."""
    with tempfile.TemporaryDirectory(prefix="songhe-broker-") as folder:
        Path(folder).chmod(0o777)
        port = free_port()
        text = f"listener {port} 127.0.0.1\nallow_anonymous true\nuser root\npersistence_location {folder}/\n{settings}"
        (Path(folder) / "conf").write_text(text)
        yield port, Path(folder)


def start(folder: Path, port: int) -> subprocess.Popen[bytes]:
    """Start the broker and wait until it listens."""
    program = mosquitto()
    assert program is not None
    process = subprocess.Popen(
        [program, "-c", str(folder / "conf")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    for _try in range(100):
        if listens(port):
            return process
        time.sleep(0.05)
    raise TimeoutError("the broker did not start")


async def heard(port: int, *, seconds: float) -> set[tuple[str, int]]:
    """What a consumer with a kept session is given: who said which number. The first call only subscribes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(encoding.connect(Connect("consumer", clean=False, keep_alive=60)))
    decoder, found = Decoder(most=10**6, version=4), set()
    with contextlib.suppress(TimeoutError):
        while data := await asyncio.wait_for(reader.read(65_536), seconds):
            for packet in decoder.feed(data):
                if isinstance(packet, Connack):
                    writer.write(encoding.subscribe(4, 1, [("d/#", 1)]))
                elif isinstance(packet, Publish):
                    found.add((packet.topic.split("/")[1], json.loads(packet.payload)["id"]))
                    writer.write(encoding.puback(4, packet.packet_id))
                elif isinstance(packet, Suback) and seconds < 1:
                    break
    writer.write(encoding.FAREWELL)
    writer.close()
    return found


def killed(settings: str, devices: Sequence[Device], each: int) -> tuple[Figures, int]:
    """Send to a broker whose consumer is away, kill it, start it again; receipts, and what the consumer finds."""
    with broker(settings) as (port, folder):
        process = start(folder, port)
        asyncio.run(heard(port, seconds=0.5))
        figures = asyncio.run(saturate(devices, port, each))
        process.send_signal(signal.SIGKILL)
        process.wait()
        process = start(folder, port)
        there = asyncio.run(heard(port, seconds=2.0))
        process.kill()
        process.wait()
    return figures, len(there & figures.tally.acknowledged)


__all__ = ["SETTINGS", "Figures", "Say", "killed", "mosquitto", "paced", "saturate", "storm"]
