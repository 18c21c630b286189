"""Requests take turns, and a crowded process ends connections with its answers; with time, or streams only, it keeps them."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence
from typing import Any

import pytest

from songhe.site import spread as spreading
from songhe.site.spread import CLOSE, TURNS, Spread


def told(doors: Sequence[str], *, version: str = "1.1") -> dict[str, Any]:
    """Requests that all wait at once and are answered in this order; the headers of each, and how many wait at the end."""
    heads: dict[str, Any] = {}
    gates: dict[str, asyncio.Event] = {}

    async def app(scope: Any, receive: Any, send: Any) -> None:
        name = scope["path"]
        if name.startswith("stream"):
            await send({"type": "http.response.start", "status": 200, "headers": [(b"x", b"y")]})
        await gates[name].wait()
        if name.startswith("fault"):
            raise RuntimeError(name)
        if not name.startswith("stream"):
            await send({"type": "http.response.start", "status": 200, "headers": [(b"x", b"y")]})
        await send({"type": "http.response.body", "body": b""})

    async def run() -> None:
        spread = Spread(app)

        async def ask(name: str) -> None:
            async def send(event: Any) -> None:
                if event["type"] == "http.response.start":
                    heads[name] = list(event["headers"])

            await spread({"type": "http", "http_version": version, "path": name}, None, send)  # type: ignore[arg-type]

        for name in doors:
            gates[name] = asyncio.Event()
        tasks = {name: asyncio.create_task(ask(name)) for name in doors}
        await asyncio.sleep(0)
        for name in doors:
            gates[name].set()
            await asyncio.gather(tasks[name], return_exceptions=True)
        heads["waiting"] = spread.waiting

    asyncio.run(run())
    return heads


def closed(heads: dict[str, Any]) -> list[str]:
    return [name for name, found in heads.items() if name != "waiting" and CLOSE in found]


def test_answers_end_their_connection_while_two_others_wait() -> None:
    heads = told(["a", "b", "c", "d"])
    assert closed(heads) == ["a", "b"]
    assert heads["c"] == [(b"x", b"y")]
    assert heads["waiting"] == 0


def test_a_process_with_time_keeps_every_connection_and_streams_crowd_nobody() -> None:
    assert closed(told(["a", "b"])) == []
    assert closed(told([*(f"stream {n}" for n in range(9)), "a"])) == []


def test_faults_wait_no_longer_and_newer_protocols_have_no_such_header() -> None:
    heads = told(["fault", "a", "b"])
    assert closed(heads) == []
    assert heads["waiting"] == 0
    assert closed(told(["a", "b", "c", "d"], version="2")) == []


def begun(number: int, *, cancelled: int = -1) -> list[set[int]]:
    """Which of many requests are worked on at once, one ending after the other; one of them may be given up while it waits."""
    now: set[int] = set()
    seen: list[set[int]] = []
    gates = [asyncio.Event() for _ in range(number)]

    async def app(scope: Any, receive: Any, send: Any) -> None:
        now.add(scope["path"])
        try:
            await gates[scope["path"]].wait()
        finally:
            now.discard(scope["path"])

    async def run() -> None:
        spread = Spread(app)
        tasks = [
            asyncio.create_task(spread({"type": "http", "http_version": "1.1", "path": n}, None, None))
            for n in range(number)
        ]  # type: ignore[arg-type]
        for task, gate in itertools.zip_longest(tasks, gates):
            await asyncio.sleep(0.01)
            seen.append(set(now))
            if cancelled >= 0:
                tasks[cancelled].cancel()
            gate.set()
            await asyncio.gather(task, return_exceptions=True)
        assert spread.waiting == 0
        assert spread.turns._value == TURNS

    asyncio.run(run())
    return seen


def test_requests_begin_in_the_order_in_which_they_came() -> None:
    assert begun(5) == [{0, 1}, {1, 2}, {2, 3}, {3, 4}, {4}]
    assert begun(5, cancelled=3)[2:4] == [{2, 4}, {4}]


def test_whoever_waited_long_enough_begins_beside_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreading, "PATIENCE_SECONDS", 0.001)
    assert begun(5)[0] == {0, 1, 2, 3, 4}
