"""Streams run in the loop, and nothing else is written for it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from inspect import iscoroutinefunction
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import override_settings
from django.urls import URLPattern, get_resolver, path

from songhe.site.handler import STREAMS, Handler


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


def _page(request: Any) -> HttpResponse:
    threads.append(threading.get_ident())
    if request.GET.get("fault"):
        raise RuntimeError("a fault")
    return HttpResponse(request.body)


async def _stream(request: Any) -> HttpResponse:
    threads.append(threading.get_ident())
    return HttpResponse("stream")


urlpatterns = [path("page/", _page), path("live/x/", _stream), path("elsewhere/", _stream)]


def answered(place: str, body: bytes = b"", query: bytes = b"") -> tuple[int, bytes]:
    """What is sent for one request."""
    said: list[Any] = []

    async def run() -> None:
        told = asyncio.Event()

        async def receive() -> Any:
            if not told.is_set():
                told.set()
                return {"type": "http.request", "body": body, "more_body": False}
            return await asyncio.sleep(60)

        async def send(event: Any) -> None:
            said.append(event)

        scope = {
            "type": "http", "method": "POST", "path": place, "raw_path": place.encode(), "query_string": query,
            "headers": [(b"host", b"testserver")], "http_version": "1.1", "scheme": "http", "root_path": "",
        }  # fmt: skip
        await Handler()(scope, receive, send)

    asyncio.run(run())
    return said[0]["status"], b"".join(event.get("body", b"") for event in said)


@pytest.mark.parametrize(("place", "loops"), [("/page/", False), ("/live/x/", True)])
def test_a_page_has_a_thread_and_a_stream_the_loop(place: str, loops: bool) -> None:
    with override_settings(
        ROOT_URLCONF=__name__, MIDDLEWARE=["django.middleware.security.SecurityMiddleware"]
    ):
        status, body = answered(place, b"told")
    assert (status, body) == (200, b"stream" if loops else b"told")
    assert (threads[-1] == threading.get_ident()) is loops


def test_faults_and_streams_at_other_addresses_are_answered() -> None:
    with override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=[]):
        assert answered("/elsewhere/") == (200, b"stream")
        assert answered("/page/", query=b"fault=1")[0] == 500
