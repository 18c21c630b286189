"""Hearing an ordinary broker: for telemetry that already goes there.

The receipt that a device got from such a broker is worth what the broker's is: most keep messages in memory and lose them
when they fall. So nothing urgent should come this way; what comes all the same is written like everything else, and the
broker is answered after the commit, so that from here on nothing is lost.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from dataclasses import dataclass
from typing import Self
from urllib.parse import unquote, urlsplit

from songhe.core.mqtt import (
    V311,
    Broken,
    Connack,
    Connect,
    Decoder,
    Packet,
    Pingresp,
    Publish,
    Suback,
    encoding,
)
from songhe.core.refusal import Refused
from songhe.edges.gateway.hub import Hub
from songhe.edges.gateway.intake import Item
from songhe.edges.gateway.keeping import Verdict
from songhe.edges.gateway.models import Quarantined

log = logging.getLogger(__name__)
KEEP_ALIVE = 60
CLIENT = "songhe-bridge"
_RETRY_SECONDS = 2.0
_MOST_BYTES = 268_435_455
"""The longest packet that there is: one that is not taken would be the first to come again, for ever."""


@dataclass(frozen=True, slots=True)
class Broker:
    """Where the broker is, and who we are there."""

    host: str
    port: int
    tls: bool
    name: str | None
    secret: str | None

    @classmethod
    def of(cls, url: str) -> Self:
        """Read ``mqtt://name:secret@host:1883`` or ``mqtts://…``."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            parts, port = urlsplit(""), None
        if parts.scheme not in ("mqtt", "mqtts") or not parts.hostname:
            raise Refused(
                "gateway.bridge",
                "“{url}” is not a broker address. Write mqtt://name:secret@host:1883",
                url=url,
            )
        tls = parts.scheme == "mqtts"
        name, secret = (unquote(each) if each else None for each in (parts.username, parts.password))
        return cls(parts.hostname, port or (8883 if tls else 1883), tls, name, secret)


class Bridge:
    """One connection to one broker, made again after every break. The broker keeps our session meanwhile."""

    def __init__(self, hub: Hub, broker: Broker) -> None:
        self.hub, self.broker = hub, broker
        self.topics = hub.formats.filters
        self.ready = asyncio.Event()

    async def run(self) -> None:
        """Listen for ever."""
        while True:
            try:
                await self._listen()
            except (OSError, TimeoutError, EOFError) as fault:
                log.warning("gateway: the broker is away (%s)", str(fault)[:200])
            self.ready.clear()
            await asyncio.sleep(_RETRY_SECONDS)

    async def _listen(self) -> None:
        here = self.broker
        tls = ssl.create_default_context() if here.tls else None
        async with asyncio.timeout(10):
            reader, writer = await asyncio.open_connection(here.host, here.port, ssl=tls)
        secret = here.secret.encode() if here.secret is not None else None
        wish = Connect(CLIENT, V311, clean=False, keep_alive=KEEP_ALIVE, username=here.name, password=secret)
        writer.write(encoding.connect(wish))
        decoder = Decoder(most=_MOST_BYTES, version=V311)
        pinger = asyncio.create_task(self._ping(writer))
        try:
            while data := await asyncio.wait_for(reader.read(65_536), KEEP_ALIVE * 1.5):
                for packet in decoder.feed(data):
                    await self._heard(packet, writer)
            raise EOFError("closed")
        finally:
            pinger.cancel()
            writer.close()

    async def _ping(self, writer: asyncio.StreamWriter) -> None:
        while True:
            await asyncio.sleep(KEEP_ALIVE / 2)
            writer.write(encoding.PINGREQ)

    async def _heard(self, packet: Packet | Broken, writer: asyncio.StreamWriter) -> None:
        match packet:
            case Connack(code=0):
                writer.write(encoding.subscribe(V311, 1, [(topic, 1) for topic in self.topics]))
            case Connack(code=code):
                raise ConnectionRefusedError(f"the broker answers {code}")
            case Suback():
                self.ready.set()
            case Publish():
                await self._published(packet, writer)
            case Pingresp():
                pass
            case _:
                raise ConnectionAbortedError(
                    "the broker says what only a device says, or nothing that can be read"
                )

    async def _published(self, packet: Publish, writer: asyncio.StreamWriter) -> None:
        """Queue a message; what is of nobody is acknowledged and counted, since it would come again for ever."""
        found = self.hub.formats.of_topic(packet.topic)
        device = await self.hub.known.of(found[1]) if found else None
        message = self.hub.understood(packet, device, road=Quarantined.Road.BRIDGE) if device else None

        def answer(verdict: Verdict) -> None:
            if packet.qos and verdict is not Verdict.FAILED and not writer.is_closing():
                writer.write(encoding.puback(V311, packet.packet_id))

        if message is None:
            self.hub.count("of nobody")
            answer(Verdict.STORED)
        elif not self.hub.intake.put(Item(message, answer)) and packet.qos:
            raise ConnectionAbortedError("too much is waiting; the broker keeps it")
