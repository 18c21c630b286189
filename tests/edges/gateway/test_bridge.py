"""An ordinary broker beside the gateway: what it hands on is acknowledged after the commit."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Sequence

import pytest
from django.utils import timezone
from tests.bench.gateway import measure
from tests.edges.gateway.scene import OPEN, Caller, device, keys, played, rows, soon

from songhe.core.mqtt import V311, Connack, Connect, Decoder, Puback, Publish, Reason, Subscribe, encoding
from songhe.core.refusal import Refused
from songhe.edges.gateway.bridge import Bridge, Broker
from songhe.edges.gateway.hub import Hub
from songhe.edges.gateway.keeping import Keeper, Message, Verdict
from songhe.edges.gateway.sink import Areas

installed = pytest.mark.skipif(
    measure.mosquitto() is None, reason="Mosquitto is not installed (apt-get install mosquitto)"
)


class Held(Keeper):
    """Writes while the gate is open, and counts the batches that came to it."""

    def __init__(self) -> None:
        super().__init__(Areas(), clock=timezone.now)
        self.gate, self.came = threading.Event(), 0
        self.gate.set()

    def keep(self, batch: Sequence[Message]) -> list[Verdict]:
        """Write once the gate is open."""
        self.came += 1
        self.gate.wait(20)
        return super().keep(batch)


@installed
@pytest.mark.usefixtures("ground")
@pytest.mark.long
def test_a_broker_is_answered_after_the_commit_and_may_go_away_and_come_back() -> None:
    device("K1")
    keeper = Held()

    async def said(port: int, number: int) -> None:
        caller = Caller(port, "K1")
        assert await caller.introduce() == Connack(0)
        assert await caller.told(number, {"id": number, "kind": "sos"}) == Puback(number), (
            "the broker's own word"
        )
        caller.writer.close()

    async def story(hub: Hub, _port: int) -> None:
        broker, stored = await asyncio.to_thread(measure.start, folder, port), hub.intake.counts
        bridge = Bridge(hub, Broker.of(f"mqtt://127.0.0.1:{port}"))
        listening = asyncio.create_task(bridge.run())
        try:
            await asyncio.wait_for(bridge.ready.wait(), 20)
            await said(port, 1)
            await soon(lambda: stored.stored == 1)
            keeper.gate.clear()
            await said(port, 2)
            await soon(lambda: keeper.came == 2)
            broker.terminate()  # before the commit, so that there is no answer
            await asyncio.to_thread(broker.wait, 20)
            keeper.gate.set()
            await soon(lambda: stored.stored == 2)
            broker = await asyncio.to_thread(measure.start, folder, port)
            await soon(lambda: stored.stored == 3, 20)
            await said(port, 3)
            await soon(lambda: stored.stored == 4)
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
            listening = asyncio.create_task(Bridge(hub, bridge.broker).run())
            await said(port, 4)
            await soon(lambda: stored.stored >= 5, 20)
            assert stored.stored == 5, "what was answered does not come again"
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
            broker.kill()
            await asyncio.to_thread(broker.wait, 20)

    with measure.broker("persistence true\n") as (port, folder):
        played(story, keeper=keeper)
    assert keys("K1") == ["1", "2", "3", "4"], "and what came twice is there once"


@pytest.mark.usefixtures("ground")
def test_a_message_that_is_far_too_long_stops_no_other() -> None:
    """The connection was once broken off before it, and the broker handed it out first again, for ever."""
    device("K2")
    told: list[int] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """As a broker does: what was not acknowledged comes first again."""
        OPEN.append(writer)
        decoder = Decoder(most=100_000)
        long = {"id": 1, "kind": "position", "words": "x" * 70_000}
        while data := await reader.read(65_536):
            for packet in decoder.feed(data):
                if isinstance(packet, Connect):
                    writer.write(encoding.connack(V311, Reason.SUCCESS, session_present=True))
                elif isinstance(packet, Subscribe):
                    writer.write(encoding.suback(V311, packet.packet_id, [1] * len(packet.filters)))
                    for number, body in enumerate((long, {"id": 2, "kind": "sos"}), 1):
                        if number not in told:
                            said = Publish("d/K2/up", json.dumps(body).encode(), 1, number)
                            writer.write(encoding.publish(V311, said))
                elif isinstance(packet, Puback):
                    told.append(packet.packet_id)

    async def story(hub: Hub, _port: int) -> None:
        async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            listening = asyncio.create_task(Bridge(hub, Broker.of(f"mqtt://127.0.0.1:{port}")).run())
            await soon(lambda: sorted(told) == [1, 2])
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)

    played(story)
    assert keys("K2") == ["2"]
    ((kept,),) = rows("SELECT length(body) FROM gateway_quarantined WHERE device = 'K2'")
    assert kept < 5_000, "kept aside, cut"


def test_a_brokers_address_is_read_or_refused() -> None:
    assert Broker.of("mqtt://name:p%40ss@host") == Broker("host", 1883, tls=False, name="name", secret="p@ss")
    assert Broker.of("mqtts://host") == Broker("host", 8883, tls=True, name=None, secret=None)
    for wrong in ("host", "http://host", "mqtt://", "mqtt://host:no"):
        with pytest.raises(Refused, match="not a broker address"):
            Broker.of(wrong)
