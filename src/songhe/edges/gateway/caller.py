"""Made-up devices that call the gateway as real ones do: one short connection for what each has to say."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from songhe.areas.devices.api import Signal
from songhe.core.mqtt import Connack, Connect, Decoder, Puback, Publish, encoding
from songhe.core.refusal import Refused

PATIENCE_SECONDS = 10.0


def told(signals: Sequence[tuple[str, Signal]], *, host: str, port: int, secret_of: str) -> int:
    """Tell the gateway what devices, each by its number, have to say, and wait for every receipt; how many there were.

    ``secret_of`` is what the secrets are made of, with ``{code}`` in it.
    """
    return asyncio.run(_told(signals, host, port, secret_of))


async def _told(signals: Sequence[tuple[str, Signal]], host: str, port: int, secret_of: str) -> int:
    said: dict[str, list[Signal]] = {}
    for code, one in signals:
        said.setdefault(code, []).append(one)
    calls = [_one(code, each, host, port, secret_of.format(code=code)) for code, each in said.items()]
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return sum(await asyncio.gather(*calls))
    except (OSError, TimeoutError) as fault:
        raise Refused("gateway.away", "The gateway at {host}:{port} does not answer. Start it: songhe demo", host=host, port=port) from fault  # fmt: skip


async def _one(code: str, signals: Sequence[Signal], host: str, port: int, secret: str) -> int:
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(encoding.connect(Connect(code, keep_alive=30, username=code, password=secret.encode())))
    decoder, receipts = Decoder(most=4096, version=4), 0
    try:
        while receipts < len(signals) and (data := await reader.read(4096)):
            for packet in decoder.feed(data):
                if isinstance(packet, Connack) and packet.code:
                    raise Refused("gateway.secret", "The gateway does not know device {number} or its secret.", number=code)  # fmt: skip
                if isinstance(packet, Connack):
                    for number, one in enumerate(signals, 1):
                        writer.write(encoding.publish(4, Publish(f"d/{code}/up", _payload(one), 1, number)))
                receipts += isinstance(packet, Puback)
        writer.write(encoding.FAREWELL)
    finally:
        writer.close()
    return receipts


def _payload(signal: Signal) -> bytes:
    """In our own format, see devices.yaml."""
    body: dict[str, Any] = {"id": str(signal.key), "kind": signal.kind, **signal.extra}
    given = {
        "battery": signal.battery,
        "lon": signal.longitude,
        "lat": signal.latitude,
        "accuracy": signal.accuracy,
    }
    body |= {name: value for name, value in given.items() if value is not None}
    if isinstance(signal.sent_at, datetime):
        body["time"] = int(signal.sent_at.timestamp())
    return json.dumps(body, ensure_ascii=False).encode()
