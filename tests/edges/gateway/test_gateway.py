"""The gateway with real sockets and a real database: receipts after the commit, and who may say what."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import OperationalError, connection
from django.utils import timezone
from tests.edges.gateway.scene import SECRET, V5, Caller, device, keys, played, rows, soon

from songhe.areas.devices.api import Signal
from songhe.areas.devices.rules.secrets import hash_of
from songhe.core.mqtt import (
    Connack,
    Disconnect,
    Pingresp,
    Puback,
    Publish,
    Reason,
    Suback,
    Unsuback,
    encoding,
)
from songhe.edges.gateway.hub import Hub
from songhe.edges.gateway.keeping import Keeper, Message, Outage, Verdict
from songhe.edges.gateway.limits import Limits
from songhe.edges.gateway.sink import Areas
from songhe.engines.access.api import Scope, entered
from songhe.engines.commands import api as commands

pytestmark = pytest.mark.usefixtures("ground")


async def in_thread(work: Any, *given: Any) -> Any:
    """Ask the database from a thread, as the loop must not wait."""
    return await asyncio.to_thread(work, *given)


def test_a_receipt_means_that_the_alarm_is_there() -> None:
    device("G1")

    async def story(hub: Hub, port: int) -> None:
        caller = Caller(port, "G1")
        assert await caller.introduce() == Connack(0)
        assert await caller.told(7, {"id": 1, "kind": "sos"}) == Puback(7)
        assert await in_thread(keys, "G1") == ["1"]
        assert await caller.told(7, {"id": 1, "kind": "sos"}, dup=True) == Puback(7)
        caller.say(8, {"kind": "heartbeat", "battery": 77}, qos=0)
        assert await caller.told(9, {"id": 2, "kind": "fall"}) == Puback(9)
        caller.writer.write(encoding.PINGREQ)
        assert await caller.next() == Pingresp()
        assert hub.intake.counts.stored == 4

    played(story)
    assert keys("G1") == ["1", "2"], "what came twice is there once"
    own = "device_id = (SELECT id FROM devices_device WHERE code = 'G1')"
    assert rows(f"SELECT battery FROM devices_last WHERE {own}") == [(77,)]
    assert rows(f"SELECT signals FROM alarms_alarm WHERE closed_at IS NULL AND {own}") == [(2,)], (
        "one open alarm of a home"
    )


def test_a_message_again_is_one_signal_and_another_under_its_number_is_not_lost() -> None:
    device("G0")
    press = {"id": 1, "kind": "sos", "time": 1_764_036_000}

    async def story(hub: Hub, port: int) -> None:
        for dup in (False, True):  # after a break it comes again
            caller = Caller(port, "G0")
            await caller.introduce()
            assert await caller.told(1, press, dup=dup) == Puback(1)
            caller.writer.close()
        caller = Caller(port, "G0")
        await caller.introduce()
        assert await caller.told(1, press | {"time": 1_764_136_000}) == Puback(1)
        for dup in (False, True, False):  # with neither number nor time
            assert await caller.told(1, {"kind": "sos"}, dup=dup) == Puback(1)

    played(story)
    assert keys("G0")[:2] == ["1", "1"]
    assert len(keys("G0")) == 4, "a bare press is sent again only where the device says so"


def test_only_a_device_with_its_secret_is_heard_and_only_on_its_own_topic() -> None:
    device("G2")

    async def story(_hub: Hub, port: int) -> None:
        assert await Caller(port, "G2").introduce("wrong") == Connack(4)
        assert (await Caller(port, "nobody", V5).introduce()).code == Reason.CREDENTIALS
        assert await Caller(port, "G2").introduce(password=None) == Connack(4)
        caller = Caller(port, "G2")
        assert await caller.introduce() == Connack(0)
        assert await caller.told(1, {"id": 1, "kind": "sos"}, topic="d/G9/up") is None
        modern = Caller(port, "G2", V5)
        assert (await modern.introduce()).code == 0
        assert await modern.told(1, {"id": 1, "kind": "sos"}, topic="d/G9/up") == Puback(
            1, Reason.NOT_AUTHORISED
        )
        assert await modern.told(2, {"id": 1}, qos=2) == Disconnect(Reason.QOS)

    played(story)
    assert keys("G2") == []


def test_a_device_that_is_shut_out_is_cut_off_at_once() -> None:
    row = device("G3")

    async def story(hub: Hub, port: int) -> None:
        caller = Caller(port, "G3", V5)
        await caller.introduce()
        await soon(lambda: hub.heard)

        def shut() -> None:
            with entered(Scope.EVERYTHING):
                type(row).everywhere.filter(pk=row.pk).update(enabled=False)

        await in_thread(shut)
        assert await caller.next() == Disconnect(Reason.NOT_AUTHORISED)
        assert (await Caller(port, "G3", V5).introduce()).code == Reason.CREDENTIALS

    played(story)


def test_a_device_that_was_shut_out_while_nobody_listened_is_cut_off_as_well() -> None:
    """Whoever was connected once stayed so, with a secret that opened nothing any more."""
    row = device("G18")
    device("G19")

    async def story(hub: Hub, port: int) -> None:
        caller, other = Caller(port, "G18", V5), Caller(port, "G19", V5)
        await caller.introduce()
        await other.introduce()
        await soon(lambda: hub.heard)

        def deafened() -> None:
            ears = "SELECT pid FROM pg_stat_activity WHERE query LIKE %s AND datname = current_database()"
            for (pid,) in rows(ears, "LISTEN%"):
                rows("SELECT pg_terminate_backend(%s)", pid)

        def renewed() -> None:
            with entered(Scope.EVERYTHING):
                type(row).everywhere.filter(pk=row.pk).update(secret_hash=hash_of("another"))

        await in_thread(deafened)
        await soon(lambda: not hub.heard)
        await in_thread(renewed)
        assert await caller.next() == Disconnect(Reason.NOT_AUTHORISED)
        assert hub.heard
        assert await other.told(1, {"id": 1, "kind": "sos"}) is not None, "nobody else"

    played(story)


def test_what_is_told_while_a_chore_ends_is_not_left_lying() -> None:
    """A command that came in the very moment in which the sending of others had ended once waited for the next one."""

    async def story(hub: Hub, _port: int) -> None:
        hub.received(UUID(int=1))
        while not any(task.done() for task in hub._chores):  # noqa: ASYNC110  that very moment
            await asyncio.sleep(0)
        hub.received(UUID(int=2))
        await soon(lambda: not hub._received)

    played(story)


def test_a_new_connection_takes_over_and_silence_ends_one() -> None:
    device("G4")

    async def story(hub: Hub, port: int) -> None:
        first, second = Caller(port, "G4", V5), Caller(port, "G4", V5)
        await first.introduce()
        await second.introduce(keep_alive=1)
        assert await first.next() == Disconnect(Reason.TAKEN_OVER)
        mute = Caller(port, "G4")
        await mute.open()
        assert await mute.next(5) is None, "never introduced itself"
        assert await second.next(5) == Disconnect(Reason.KEEP_ALIVE)
        await soon(lambda: not hub.lines)
        assert not hub.devices

    played(story, limits=Limits(introduce_seconds=0.5))


def test_a_message_that_cannot_be_understood_is_kept_aside_rings_where_it_may_be_a_call_and_stops_nobody() -> (
    None
):
    device("G5")

    async def story(_hub: Hub, port: int) -> None:
        caller = Caller(port, "G5")
        await caller.introduce()
        caller.say(1, {"id": 1, "kind": "sos"})
        caller.say(2, b"{broken sos")
        caller.say(3, b'{"id":"\\u0000","kind":"sos"}')
        caller.say(4, {"id": 4, "kind": "fall"})
        assert [await caller.next() for _each in range(4)] == [Puback(1), Puback(2), Puback(3), Puback(4)]
        assert await caller.told(2, b"{broken sos", dup=True) == Puback(2)
        assert await caller.told(5, b"{broken") == Puback(5)

    played(story)
    assert {"1", "4"} < set(keys("G5"))
    own = "device_id = (SELECT id FROM devices_device WHERE code = 'G5')"
    kinds = rows(f"SELECT kind, count(*) FROM alarms_signal WHERE {own} GROUP BY 1 ORDER BY 1")
    assert kinds == [("fall", 1), ("other", 2), ("sos", 1)]
    kept = rows("SELECT reason, urgent FROM gateway_quarantined WHERE device = 'G5' ORDER BY id")
    assert [urgent for _reason, urgent in kept] == [True, True, False]
    assert kept[1][0] == "a text holds NUL"


class Sick(Areas):
    """Cannot write signals with a certain battery, nor any at all while the database is away."""

    poison = 13
    away = threading.Event()

    def store(self, signals: Sequence[Signal], *, at: datetime) -> None:
        """Fails on some."""
        if self.away.is_set():
            connection.close()
            raise OperationalError("the server went away")
        if any(each.battery == self.poison for each in signals):
            raise ZeroDivisionError("such a battery")
        super().store(signals, at=at)


def message(row: Any, key: str, *, battery: int = 50, kind: str = "sos") -> Message:
    now = timezone.now()
    signal = Signal(row.pk, key, kind, now, now, battery=battery)
    return Message("mqtt", row.code, f"{key}".encode(), kind == "sos", signal)


def test_a_bad_message_is_found_by_halving_and_an_emergency_is_written_bare() -> None:
    row = device("G6")
    keeper = Keeper(Sick(), clock=timezone.now)
    batch = [message(row, f"m{number}", battery=13 if number in (3, 11) else 50) for number in range(20)]
    batch[3] = message(row, "m3", battery=13, kind="low_battery")
    verdicts = keeper.keep([*batch, batch[0]])
    assert [place for place, each in enumerate(verdicts) if each is not Verdict.STORED] == [3]
    assert verdicts[3] is Verdict.QUARANTINED
    assert sorted(keys("G6")) == sorted(f"m{number}" for number in range(20) if number != 3)
    assert len(rows("SELECT 1 FROM gateway_quarantined WHERE device = 'G6'")) == 2
    assert keeper.keep([batch[3], batch[0], batch[3]]) == [verdicts[3], Verdict.STORED, verdicts[3]], (
        "what comes twice at once has the fate of the first"
    )
    with pytest.raises(Outage):  # where all of many fail, nothing is put aside
        keeper.keep([message(row, f"n{number}", battery=13, kind="low_battery") for number in range(10)])


def test_nothing_is_acknowledged_while_the_database_is_away_and_nothing_is_lost() -> None:
    device("G7")
    sink = Sick()

    async def story(hub: Hub, port: int) -> None:
        caller = Caller(port, "G7")
        await caller.introduce()
        sink.away.set()
        for number in range(1, 6):
            caller.say(number, {"id": number, "kind": "low_battery" if number < 5 else "sos"})
        await soon(lambda: hub.intake.counts.outages > 2)
        with pytest.raises(TimeoutError):
            await caller.next(0.2)
        sink.away.clear()
        assert [await caller.next() for _each in range(5)] == [Puback(number) for number in range(1, 6)]

    played(story, keeper=Keeper(sink, clock=timezone.now))
    assert keys("G7") == ["1", "2", "3", "4", "5"], "in the order in which the device sent them"


def test_commands_are_sent_until_the_device_has_them() -> None:
    row = device("H3")

    def order(kind: str, key: str) -> UUID:
        with entered(Scope.EVERYTHING):
            made = commands.order(
                row.pk, kind, {"number": "13800000000"} if kind == "sos_number" else None, region_id=row.region_id,
                owner_id=row.pk, key=key, at=timezone.now(),
            )  # fmt: skip
            return made.pk

    def state(pk: UUID) -> str:
        return str(rows("SELECT state FROM commands_command WHERE id = %s", pk)[0][0])

    async def story(hub: Hub, port: int) -> None:
        await soon(lambda: hub.heard)
        waiting = await in_thread(order, "ring", "a")
        caller = Caller(port, "H3")
        await caller.introduce()
        caller.writer.write(encoding.subscribe(4, 1, [("d/H3/down", 1), ("d/H4/down", 1), ("#", 0)]))
        assert await caller.next() == Suback(1, (1, 0x80, 0x80))
        found = await caller.next()
        assert isinstance(found, Publish)
        assert json.loads(found.payload) == {"id": str(waiting), "kind": "ring"}
        assert await in_thread(state, waiting) == "sent"
        caller.writer.close()
        again = Caller(port, "H3")  # without having acknowledged it
        await again.introduce()
        again.writer.write(encoding.subscribe(4, 1, [("d/H3/down", 1)]))
        assert await again.next() == Suback(1, (1,))
        repeated = await again.next()
        assert json.loads(repeated.payload) == json.loads(found.payload)
        again.writer.write(encoding.puback(4, repeated.packet_id))
        fresh = await in_thread(order, "sos_number", "b")
        assert await in_thread(order, "sos_number", "b") == fresh
        live = await again.next()
        assert json.loads(live.payload) == {"id": str(fresh), "kind": "sos_number", "number": "13800000000"}
        again.writer.write(encoding.puback(4, live.packet_id))
        for pk in (waiting, fresh):
            while await in_thread(state, pk) != "acknowledged":  # noqa: ASYNC110  seen in the database
                await asyncio.sleep(0.02)
        again.writer.write(encoding.unsubscribe(4, 2, ["d/H3/down"]))
        assert await again.next() == Unsuback(2)

    played(story)


def test_a_real_client_is_served() -> None:
    """The library that most devices' gateways are built with."""
    client = pytest.importorskip("paho.mqtt.client", reason="paho-mqtt is a test dependency")
    device("H5")

    def speak(port: int, version: int) -> list[int]:
        from paho.mqtt.enums import CallbackAPIVersion

        caller = client.Client(CallbackAPIVersion.VERSION2, client_id="H5", protocol=version)
        caller.username_pw_set("H5", SECRET)
        caller.connect("127.0.0.1", port)
        caller.loop_start()
        sent = [
            caller.publish("d/H5/up", json.dumps({"id": f"{version}-{n}", "kind": "sos"}), 1)
            for n in range(5)
        ]
        for each in sent:
            each.wait_for_publish(20)
        caller.disconnect()
        caller.loop_stop()
        return [each.rc for each in sent]

    async def story(_hub: Hub, port: int) -> None:
        for version in (client.MQTTv311, client.MQTTv5):
            assert await in_thread(speak, port, version) == [0] * 5

    played(story)
    assert len(keys("H5")) == 10
