"""A gateway on loopback with a database of its own, and devices that speak to it, for stories."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from django.db import connection
from django.utils import timezone

from songhe.areas.devices.models import Device, Last
from songhe.areas.devices.rules.secrets import hash_of
from songhe.core.mqtt import V5, V311, Broken, Connect, Decoder, Packet, Publish, encoding
from songhe.edges.gateway.formats import formats
from songhe.edges.gateway.hub import Hub
from songhe.edges.gateway.keeping import Keeper
from songhe.edges.gateway.limits import Limits
from songhe.edges.gateway.server import serving
from songhe.edges.gateway.sink import Areas
from songhe.engines.access.api import Scope, entered
from songhe.engines.regions.models import Level, Region
from songhe.engines.vault.api import make_key

T = TypeVar("T")
SECRET = "a-secret-of-many-letters"
OPEN: list[asyncio.StreamWriter] = []


def device(code: str, kind: str = "bracelet") -> Device:
    """A device with a secret, committed."""
    with entered(Scope.EVERYTHING):
        home = Region.objects.filter(level=Level.VILLAGE).order_by("code")[0].pk
        row = Device.everywhere.create(
            code=code, kind=kind, region_id=home, registered_at=timezone.now(), secret_hash=hash_of(SECRET)
        )
        make_key(row.pk)
        Last.everywhere.create(device=row, region_id=home)
    return row


def rows(statement: str, *given: Any) -> list[tuple[Any, ...]]:
    """What is in the database now."""
    with entered(Scope.EVERYTHING), connection.cursor() as cursor:
        cursor.execute(statement, given)
        return cursor.fetchall()


def keys(code: str) -> list[str]:
    """The keys of a device's signals that are kept."""
    found = rows(
        "SELECT s.key FROM devices_signal s JOIN devices_device d ON d.id = s.device_id WHERE d.code = %s ORDER BY s.id",
        code,
    )
    return [key for (key,) in found]


class Caller:
    """One device's end of a connection."""

    def __init__(self, port: int, code: str, version: int = V311, tls: ssl.SSLContext | None = None) -> None:
        self.port, self.code, self.version, self.tls = port, code, version, tls
        self.decoder = Decoder(most=100_000, version=version)
        self._found: list[Packet | Broken] = []

    async def open(self) -> None:
        """Connect without a word."""
        extra = {"ssl": self.tls, "server_hostname": "localhost"} if self.tls else {}
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port, **extra)  # type: ignore[arg-type]
        OPEN.append(self.writer)

    async def introduce(self, secret: str = SECRET, **more: Any) -> Any:
        """Connect and introduce ourselves; the answer."""
        await self.open()
        given = {
            "version": self.version,
            "keep_alive": 60,
            "username": self.code,
            "password": secret.encode(),
        } | more
        self.writer.write(encoding.connect(Connect(given.pop("client_id", self.code), **given)))
        return await self.next()

    async def next(self, seconds: float = 20) -> Any:
        """The next packet; None when the line was closed."""
        async with asyncio.timeout(seconds):
            while not self._found:
                data = await self.reader.read(65536)
                if not data:
                    return None
                self._found += self.decoder.feed(data)
        return self._found.pop(0)

    def say(
        self, number: int, body: dict[str, Any] | bytes, *, qos: int = 1, topic: str = "", dup: bool = False
    ) -> None:
        """Send a message."""
        payload = body if isinstance(body, bytes) else json.dumps(body).encode()
        message = Publish(topic or f"d/{self.code}/up", payload, qos, number if qos else 0, dup)
        self.writer.write(encoding.publish(self.version, message))

    async def told(self, number: int, body: dict[str, Any] | bytes, **more: Any) -> Any:
        """Send a message and wait for the answer."""
        self.say(number, body, **more)
        return await self.next()


@asynccontextmanager
async def gateway(
    limits: Limits | None = None, keeper: Keeper | None = None, tls: ssl.SSLContext | None = None
) -> AsyncIterator[tuple[Hub, int]]:
    """A gateway that serves for the length of the block."""
    hub = Hub(Areas(), formats(), clock=timezone.now, limits=limits, keeper=keeper)
    async with serving(hub, port=0, tls=tls) as port:
        yield hub, port


def played(
    story: Callable[[Hub, int], Awaitable[T]],
    *,
    limits: Limits | None = None,
    keeper: Keeper | None = None,
    tls: ssl.SSLContext | None = None,
) -> T:
    """Tell a story to a gateway; every thread's connection is closed afterwards."""

    async def run() -> T:
        loop = asyncio.get_running_loop()
        from concurrent.futures import ThreadPoolExecutor

        pool = ThreadPoolExecutor(2)
        loop.set_default_executor(pool)
        try:
            async with gateway(limits, keeper, tls) as (hub, port), asyncio.timeout(60):
                return await story(hub, port)
        finally:
            for writer in OPEN:
                writer.close()
            OPEN.clear()
            await asyncio.gather(*(loop.run_in_executor(pool, _close) for _each in range(4)))

    return asyncio.run(run())


def _close() -> None:
    import time

    connection.close()
    time.sleep(0.02)  # so that the other thread of the pool has its turn


async def soon(what: Callable[[], object], seconds: float = 10) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(seconds):
        while not what():  # noqa: ASYNC110  counts, not events
            await asyncio.sleep(0.02)


__all__ = ["SECRET", "V5", "V311", "Caller", "device", "gateway", "keys", "played", "rows", "soon"]
