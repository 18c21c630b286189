"""The gateway's process: a socket, a writer, an ear for what changes in the database."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from django.db import connections

from songhe.core.refusal import Refused
from songhe.edges.gateway.bridge import Bridge, Broker
from songhe.edges.gateway.guards import CHANNEL as DEVICES
from songhe.edges.gateway.hub import Hub
from songhe.edges.gateway.line import Line
from songhe.engines.commands.guards import CHANNEL as COMMANDS

log = logging.getLogger(__name__)
BACKLOG = 4_096
RECEIVE_BYTES = 16_384
_RETRY_SECONDS = 0.5


@contextlib.asynccontextmanager
async def serving(
    hub: Hub, *, host: str = "127.0.0.1", port: int = 1883, tls: ssl.SSLContext | None = None
) -> AsyncIterator[int]:
    """Serve for the length of the block; gives the port."""
    loop = asyncio.get_running_loop()
    hub.intake.start()
    extra: dict[str, Any] = {"ssl": tls, "ssl_handshake_timeout": 10.0} if tls else {}
    server = await loop.create_server(lambda: Line(hub), host, port, backlog=BACKLOG, **extra)
    for (
        door
    ) in server.sockets:  # what comes is read in small pieces, so that many connections need little memory
        with contextlib.suppress(OSError):
            door.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BYTES)
    chores = [loop.create_task(_look_round(hub)), loop.create_task(_hear(hub))]
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for chore in chores:
            chore.cancel()
        await asyncio.gather(*chores, return_exceptions=True)
        await hub.stop()


async def run(
    hub: Hub,
    *,
    host: str,
    port: int,
    tls: ssl.SSLContext | None,
    ready: Callable[[int], object],
    broker: Broker | None = None,
) -> None:
    """Serve until a signal asks to stop; with a broker, hear that too."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with serving(hub, host=host, port=port, tls=tls) as found:
        ready(found)
        bridge = loop.create_task(Bridge(hub, broker).run()) if broker else None
        await stop.wait()
        if bridge:
            bridge.cancel()


def tls_of(certificate: Path | None, key: Path | None) -> ssl.SSLContext | None:
    """TLS 1.2 or newer with a certificate; None without one."""
    if certificate is None and key is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(str(certificate), str(key) if key else None)
    except (OSError, ssl.SSLError) as fault:
        raise Refused(
            "gateway.certificate",
            "The certificate {certificate} with key {key} cannot be used ({why}). Give both as PEM files.",
            certificate=str(certificate),
            key=str(key or "-"),
            why=str(fault),
        ) from fault
    return context


async def _look_round(hub: Hub) -> None:
    while True:
        await asyncio.sleep(1.0)
        hub.look_round()


async def _hear(hub: Hub) -> None:
    """Listen to the database; after a break everything that may have been missed is asked for."""
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(**_address(), autocommit=True) as ear:
                await ear.execute(f"LISTEN {COMMANDS}")
                await ear.execute(f"LISTEN {DEVICES}")
                hub.heard = True
                hub.catch_up()
                async for note in ear.notifies():
                    if note.channel == DEVICES:
                        hub.revoked(note.payload or None)
                    else:
                        hub.ordered(UUID(note.payload))
        except (psycopg.Error, OSError) as fault:
            hub.heard = False
            log.warning("gateway: listening again after %s", str(fault)[:200])
        await asyncio.sleep(_RETRY_SECONDS)


def _address() -> dict[str, Any]:
    known = connections["default"].get_connection_params()
    return {name: known[name] for name in ("dbname", "user", "password", "host", "port") if known.get(name)}
