"""Those beside whom something is measured: readers of lists and reports, devices that never stop talking, a city's devices that
are there and beat.

Each is a process of its own, so that the clock of what is measured beside them stays its own: ``python -m
tests.bench.gateway.crowd readers PORT``, ``… noise PORT`` and ``… beats PORT`` read what they need from the first line of standard
input, say "ready", and go on until the input ends; then they tell what they did.
"""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any

from tests.bench.browsing import Visitor
from tests.bench.gateway.measure import Device

from songhe.edges.gateway.process import open_files
from songhe.site.proof.senders import Sender, Tally, own_format

PAUSE_SECONDS = 1.0
WINDOW = 32
STARTS = 8
"""So many readers log in at once: to check a password is dear."""
COMING, PORTS = 200, 20_000
"""So many devices come at once, and so many call from one address."""


class Crowd:
    """One such process. ``told``: what it did, once it is over."""

    def __init__(self, role: str, port: int, given: object, environment: Mapping[str, str]) -> None:
        self.told: dict[str, Any] = {}
        command = [sys.executable, "-m", "tests.bench.gateway.crowd", role, str(port)]
        self.process = subprocess.Popen(
            command, env=dict(environment), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(given) + "\n")
        self.process.stdin.flush()
        if self.process.stdout.readline().strip() != "ready":
            raise RuntimeError(f"no {role}")

    def __enter__(self) -> Crowd:
        return self

    def __exit__(self, *_fault: object) -> None:
        told, _errors = self.process.communicate(timeout=120)
        self.told = json.loads(told.splitlines()[-1])


def readers(port: int, pages: dict[str, list[str]]) -> None:
    """Everybody opens pages of theirs, a second between two; ``pages`` names a log-in for each."""
    over, times, faults = threading.Event(), list[float](), list[str]()
    ready, gate = threading.Semaphore(0), threading.Semaphore(STARTS)

    def read(number: int, name: str, paths: list[str]) -> None:
        dice, visitor = random.Random(number), Visitor(name, port, {})
        with gate:
            visitor.log_in()
        ready.release()
        while not over.wait(dice.uniform(0.5, 1.5) * PAUSE_SECONDS):
            path, began = dice.choice(paths), time.monotonic()
            try:
                status, _text = visitor.ask("GET", path)
            except (OSError, HTTPException) as fault:
                status, _text = 0, faults.append(f"{path}: {fault}")
            times.append(time.monotonic() - began)
            if status not in (200, 302):  # a large export becomes a job
                faults.append(f"{path}: {status}")

    threads = [
        threading.Thread(target=read, args=(number, name.partition(" ")[0], paths))
        for number, (name, paths) in enumerate(pages.items())
    ]
    for thread in threads:
        thread.start()
    for _each in threads:
        ready.acquire()
    print("ready", flush=True)
    began = time.monotonic()
    times.clear()
    sys.stdin.read()
    seconds, ordered = time.monotonic() - began, sorted(times) or [0.0]
    over.set()
    for thread in threads:
        thread.join()
    told = {"pages": len(times), "a second": len(times) / seconds, "faults": faults[:20]}
    print(json.dumps(told | {"p95": ordered[int(0.95 * (len(ordered) - 1))] * 1000}))


async def noise(port: int, devices: list[Device]) -> None:
    """Devices that send an event as soon as another has its receipt, and heartbeats beside."""
    tally = Tally()
    senders = [Sender(code, secret, own_format(code, lambda _n: "low_battery"), tally, window=WINDOW) for code, secret in devices]  # fmt: skip
    lives = [asyncio.create_task(one.live("127.0.0.1", port)) for one in senders]
    await asyncio.gather(*(one.online.wait() for one in senders))
    print("ready", flush=True)
    over = asyncio.create_task(asyncio.to_thread(sys.stdin.read))
    number, began = 1, time.monotonic()
    while not over.done():
        for one in senders:
            if len(one.outbox) < WINDOW:
                one.send(range(number, number + WINDOW))
            one.beat()
        number += WINDOW
        await asyncio.sleep(0.02)
    for one in senders:
        one.stop()
    for task in lives:
        task.cancel()
    await asyncio.gather(*lives, return_exceptions=True)
    print(json.dumps({"taken": len(tally.acknowledged), "seconds": time.monotonic() - began}))


async def beats(port: int, devices: list[Device], rate: float) -> None:
    """All devices of a city connected, one after another beating."""
    open_files(len(devices) + 100)
    tally = Tally()
    senders = [
        Sender(code, secret, own_format(code, lambda _n: "heartbeat"), tally) for code, secret in devices
    ]
    gate, lives = asyncio.Semaphore(COMING), list[asyncio.Task[None]]()

    async def come(place: int, one: Sender) -> None:
        async with gate:
            source = f"127.0.0.{2 + place // PORTS}"
            lives.append(asyncio.create_task(one.live("127.0.0.1", port, source=source)))
            await one.online.wait()

    await asyncio.gather(*(come(place, one) for place, one in enumerate(senders)))
    print("ready", flush=True)
    over = asyncio.create_task(asyncio.to_thread(sys.stdin.read))
    beaten, began = 0, time.monotonic()
    while not over.done():
        while beaten < rate * (time.monotonic() - began):
            senders[beaten * 7919 % len(senders)].beat()
            beaten += 1
        await asyncio.sleep(0.005)
    there = sum(one.online.is_set() for one in senders)
    for one in senders:
        one.stop()
    await asyncio.gather(*lives)
    print(json.dumps({"there": there, "again": tally.connections - len(senders), "beats": beaten}))


if __name__ == "__main__":
    role, listens, first = sys.argv[1], int(sys.argv[2]), json.loads(sys.stdin.readline())
    if role == "readers":
        readers(listens, first)
    elif role == "noise":
        asyncio.run(noise(listens, [(code, secret) for code, secret in first]))
    else:
        asyncio.run(beats(listens, [(code, secret) for code, secret in first["devices"]], first["rate"]))
