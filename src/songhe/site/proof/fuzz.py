"""Broken bytes for the gateway's readers, as many as fit into the time: nothing may come out of them but an answer.

With atheris, which sees which lines an input reaches; without it, with bytes changed by chance from a small stock.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from songhe.core.mqtt import V5, V311, Broken, Connect, Decoder, Packet, Publish, encoding

_DEVICE, _AT = UUID(int=1), datetime(2026, 11, 25, tzinfo=UTC)
_WATCHED = ("songhe.core.mqtt", "songhe.edges.gateway")
STOCK = (
    encoding.connect(Connect("d", V311, username="d", password=b"x")),
    encoding.connect(Connect("d", V5, username="d", password=b"x"), {0x21: 20}),
    encoding.publish(
        V311, Publish("d/d/up", b'{"kind":"sos","id":1,"lon":122.1,"lat":37.5,"time":"20261125100000"}', 1, 7)
    ),
    encoding.publish(V5, Publish("watch/d/report", '{"cmd":"跌倒","lng":1,"lat":1}'.encode("gb18030"), 1, 7)),
    encoding.subscribe(V5, 3, [("d/d/down", 1), ("a/+/#", 0)]),
    encoding.unsubscribe(V311, 4, ["d/d/down"]),
    encoding.puback(V5, 9) + encoding.PINGREQ + encoding.FAREWELL,
    b'{"position":{"latitude":1,"longitude":2,"attributes":{"alarm":"sos"}},"device":{"uniqueId":"1"},"event":{"type":"x"}}',
)


def one(data: bytes) -> None:
    """Feed one input to every reader: frames of either version in pieces, payloads in every format, forwarding."""
    for version in (None, V311, V5):
        decoder = Decoder(most=4096, version=version)
        for piece in (data[: len(data) // 2], data[len(data) // 2 :]):
            for packet in decoder.feed(piece):
                assert isinstance(packet, Broken | Packet)
    for body in (data, data[data.find(b"{") :]):
        read_payload(body)


def read_payload(body: bytes) -> None:
    """Read a payload in every format; a refusal is an answer."""
    from songhe.edges.gateway import traccar
    from songhe.edges.gateway.formats import formats

    book = formats()
    try:
        values = book.values(body)
    except ValueError:
        return
    for format_ in book.by_code.values():
        with contextlib.suppress(ValueError):
            format_.signal(values, _DEVICE, at=_AT)
    with contextlib.suppress(ValueError):
        traccar.signals(values, _DEVICE, book.traccar, code=traccar.device_code(values), at=_AT)


def fuzz(*, seconds: float, seed: int) -> int:
    """Feed for so long; 0 when nothing broke."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "songhe.site.settings")
    import django

    django.setup()
    try:
        atheris: Any = importlib.import_module("atheris")
    except ImportError:
        return _by_chance(seconds=seconds, seed=seed)
    return _by_coverage(atheris, seconds=seconds, seed=seed)


def _by_coverage(atheris: Any, *, seconds: float, seed: int) -> int:
    """Read all that is fed anew, so that it is watched; begin with the stock."""
    for name in [name for name in sys.modules if name == __name__ or name.startswith(_WATCHED)]:
        del sys.modules[name]
    with atheris.instrument_imports(include=list(_WATCHED)):
        for part in ("formats", "reading", "traccar"):
            importlib.import_module(f"songhe.edges.gateway.{part}")
        feed = importlib.import_module(__name__).one
    print(f"atheris, {seconds:g} s, seed {seed}", flush=True)
    with tempfile.TemporaryDirectory() as stock:
        for number, data in enumerate(STOCK):
            Path(stock, str(number)).write_bytes(data)
        settings = (f"-max_total_time={seconds:g}", f"-seed={seed}", "-max_len=2048")
        child = os.fork()
        if not child:
            atheris.Setup([sys.argv[0], *settings, stock], feed)
            atheris.Fuzz()  # ends the process: 0, or another status and the input that broke something
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _by_chance(*, seconds: float, seed: int) -> int:
    chance = random.Random(seed)  # noqa: S311  the seed makes it the same again
    print(f"by chance (atheris is not installed), {seconds:g} s, seed {seed}", flush=True)
    began, tried = time.monotonic(), 0
    while time.monotonic() - began < seconds:
        data = changed(
            chance.choice(STOCK) + (chance.choice(STOCK) if chance.random() < 0.3 else b""), chance
        )
        try:
            one(data)
        except Exception as fault:
            print(f"BROKEN by {data!r}: {fault!r}")
            return 1
        tried += 1
    print(f"{tried:,} inputs, nothing broke.")
    return 0


def changed(data: bytes, chance: random.Random) -> bytes:
    """Some bytes of an input changed, removed, doubled or added."""
    out = bytearray(data)
    changes: tuple[Callable[[int], object], ...] = (
        lambda place: out.__setitem__(place, chance.randrange(256)),
        out.pop,
        lambda place: out.insert(place, chance.choice(b'\x00\xff\x80\x7f{}[]"\\')),
        lambda place: out.__setitem__(slice(place, place), out[place : place + chance.randrange(40)]),
        lambda place: out.__delitem__(slice(place, place + chance.randrange(20))),
    )
    for _each in range(chance.randrange(1, 8)):
        if out:
            chance.choice(changes)(chance.randrange(len(out)))
    return bytes(out)
