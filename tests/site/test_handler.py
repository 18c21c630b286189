"""Streams run in the loop and nothing else is written for it; pages take turns, and a crowded process lets connections go."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from inspect import iscoroutinefunction
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import override_settings
from django.urls import URLPattern, get_resolver, path

from songhe.site import turns
from songhe.site.handler import STREAMS, URGENT, Handler
from songhe.site.turns import MOST, USUAL


def addresses(patterns: Any, before: str = "/") -> Iterator[tuple[str, Any]]:
    for one in patterns:
        place = before + str(one.pattern).lstrip("^")
        if isinstance(one, URLPattern):
            yield place, one.callback
        else:
            yield from addresses(one.url_patterns, place)


def test_what_is_written_for_the_loop_is_a_stream() -> None:
    found = {place for place, view in addresses(get_resolver().url_patterns) if iscoroutinefunction(view)}
    assert found
    assert {place for place in found if not place.startswith(STREAMS)} == set()


threads: list[int] = []
now: set[str] = set()
gates: dict[str, threading.Event] = {}
PLAIN = override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=["django.middleware.security.SecurityMiddleware"])


def _page(request: Any) -> HttpResponse:
    threads.append(threading.get_ident())
    if name := request.GET.get("name"):
        now.add(name)
        assert gates[name].wait(20)
        now.discard(name)
    if request.GET.get("fault"):
        raise RuntimeError("a fault")
    return HttpResponse(request.body)


async def _stream(request: Any) -> HttpResponse:
    threads.append(threading.get_ident())
    return HttpResponse("stream")


urlpatterns = [
    path("page/", _page),
    path("alarms/page/", _page),
    path("live/x/", _stream),
    path("elsewhere/", _stream),
]


async def ask(
    handler: Handler,
    place: str,
    body: bytes = b"",
    *,
    query: str = "",
    whole: asyncio.Event | None = None,
    gone: asyncio.Event | None = None,
    version: str = "1.1",
) -> tuple[int, bytes, list[Any]]:
    """One request: its status, body and headers. Its own body is not there before it is ``whole``; the client hangs up when it is ``gone``."""
    said: list[Any] = []
    sent = False

    async def receive() -> Any:
        nonlocal sent
        if sent:
            await (gone or asyncio.Event()).wait()
            return {"type": "http.disconnect"}
        if whole:
            await whole.wait()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(event: Any) -> None:
        said.append(event)

    await handler({
        "type": "http", "method": "POST", "path": place, "raw_path": place.encode(), "query_string": query.encode(),
        "headers": [(b"host", b"testserver")], "http_version": version, "scheme": "http", "root_path": "",
    }, receive, send)  # fmt: skip
    if not said:
        return 0, b"", []
    return said[0]["status"], b"".join(event.get("body", b"") for event in said), said[0]["headers"]


def answered(place: str, body: bytes = b"", *, query: str = "") -> tuple[int, bytes]:
    return asyncio.run(ask(Handler(), place, body, query=query))[:2]


@pytest.mark.parametrize(("place", "loops"), [("/page/", False), ("/live/x/", True)])
def test_a_page_has_a_thread_and_a_stream_the_loop(place: str, loops: bool) -> None:
    with PLAIN:
        assert answered(place, b"told") == (200, b"stream" if loops else b"told")
    assert (threads[-1] == threading.get_ident()) is loops


def test_faults_and_streams_at_other_addresses_are_answered() -> None:
    with PLAIN:
        assert answered("/elsewhere/") == (200, b"stream")
        assert answered("/page/", query="fault=1")[0] == 500


async def settled(names: str, *, most: int = 200) -> set[str]:
    """Who is worked on, once it is these or long after."""
    for _turn in range(most):
        if now == set(names):
            break
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.02)
    return set(now)


async def in_turn(names: str, *, gone: str = "", version: str = "1.1") -> tuple[list[str], list[str]]:
    """Pages that all come at once and are let end one by one: who is worked on each time, and whose connection is ended."""
    handler, ended, seen, up = Handler(), [], [], asyncio.Event()
    gates.update({name: threading.Event() for name in names})
    tasks = {}
    for name in names:
        tasks[name] = asyncio.create_task(
            ask(handler, "/page/", query=f"name={name}", version=version, gone=up if name == gone else None)
        )
        await asyncio.sleep(0.02)
    left = names
    for name in names:
        seen.append("".join(sorted(await settled(left[:USUAL]))))
        if gone and gone in left:
            up.set()
            assert (await tasks[gone])[0] == 0
            left = left.replace(gone, "")
        gates[name].set()
        left = left.replace(name, "")
        if name != gone:
            _status, _body, heads = await tasks[name]
            ended += [name] if (b"Connection", b"close") in heads else []
    assert handler.turns.crowd == 0
    return seen, ended


def test_pages_begin_in_the_order_in_which_they_came_and_a_crowd_is_let_go(patient: None) -> None:
    with PLAIN:
        assert asyncio.run(in_turn("abcde")) == (["ab", "bc", "cd", "de", "e"], ["a", "b", "c"])
        assert asyncio.run(in_turn("ab")) == (["ab", "b"], [])
        assert asyncio.run(in_turn("abcd", version="2")) == (["ab", "bc", "cd", "d"], [])


def test_whoever_hangs_up_gives_up_the_turn(patient: None) -> None:
    with PLAIN:
        seen, _ended = asyncio.run(in_turn("abcd", gone="c"))
    assert seen == ["ab", "bd", "d", "d"]


async def crowded(handler: Handler, names: str, *, place: str = "/page/") -> list[asyncio.Task[Any]]:
    """Pages that all come at once and stay until their gates open."""
    gates.update({name: threading.Event() for name in names})
    tasks = [asyncio.create_task(ask(handler, place, query=f"name={name}")) for name in names]
    await asyncio.sleep(0.02)
    return tasks


async def emptied(tasks: list[asyncio.Task[Any]]) -> list[int]:
    for gate in gates.values():
        gate.set()
    return [status for status, _body, _heads in await asyncio.gather(*tasks)]


def test_others_begin_beside_what_is_slow_up_to_a_bound(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(turns, "SLOW_SECONDS", 0.001)
    names = "abcdefgh"

    async def run() -> set[str]:
        tasks = await crowded(Handler(), names)
        found = await settled(names[:MOST])
        assert await emptied(tasks) == [200] * len(names)
        return found

    with PLAIN:
        assert asyncio.run(run()) == set(names[:MOST])


def test_the_urgent_do_not_wait_for_the_others(patient: None) -> None:
    async def run() -> None:
        handler = Handler()
        tasks = await crowded(handler, "abcd")
        urgent = await crowded(handler, "xy", place="/alarms/page/")
        assert await settled("abxy") == set("abxy")
        gates["a"].set()
        assert (await tasks[0])[0] == 200
        assert await settled("bxy") == set("bxy"), "others begin where fewer than usual are worked on"
        assert await emptied([*tasks, *urgent]) == [200] * 6

    with PLAIN:
        asyncio.run(run())


def test_whoever_waits_too_long_is_told_to_come_again(monkeypatch: pytest.MonkeyPatch, patient: None) -> None:
    monkeypatch.setattr(turns, "LONGEST_SECONDS", 0.05)

    async def run() -> None:
        handler = Handler()
        tasks = await crowded(handler, "ab")
        status, body, heads = await ask(handler, "/page/")
        assert (status, json.loads(body)["code"]) == (503, "later")
        assert (b"Retry-After", b"5") in heads
        assert await emptied(tasks) == [200, 200]
        assert handler.turns.crowd == 0

    with PLAIN:
        asyncio.run(run())


def test_what_is_urgent_is_somewhere() -> None:
    places = [place for place, _view in addresses(get_resolver().url_patterns)]
    assert [start for start in URGENT if not any(place.startswith(start) for place in places)] == []


def test_who_sends_slowly_holds_no_turn() -> None:
    async def run() -> None:
        handler, whole = Handler(), asyncio.Event()
        slow = [asyncio.create_task(ask(handler, "/page/", b"a picture", whole=whole)) for _phone in range(5)]
        await asyncio.sleep(0.02)
        assert handler.turns.crowd == 0
        assert (await ask(handler, "/page/", b"quick"))[1] == b"quick"
        whole.set()
        assert {body for _status, body, _heads in await asyncio.gather(*slow)} == {b"a picture"}

    with PLAIN:
        asyncio.run(run())


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "SLOW_SECONDS", 20)
