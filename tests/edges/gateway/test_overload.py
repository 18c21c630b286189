"""Too much at once: calls for help go first, one device's in turn with another's, and heartbeats are let go."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence

import pytest
from django.utils import timezone
from tests.edges.gateway.scene import V5, Caller, device, keys, played, soon

from songhe.core.mqtt import Disconnect, Puback, Reason
from songhe.edges.gateway.hub import Hub
from songhe.edges.gateway.intake import Intake, Item
from songhe.edges.gateway.keeping import Keeper, Message, Verdict
from songhe.edges.gateway.limits import Limits
from songhe.edges.gateway.sink import Areas

pytestmark = pytest.mark.usefixtures("ground")


class Slow(Keeper):
    """Waits before it writes."""

    gate = threading.Event()

    def keep(self, batch: Sequence[Message]) -> list[Verdict]:
        """Write once the gate is open."""
        self.gate.wait(20)
        return super().keep(batch)


def test_under_overload_heartbeats_go_first() -> None:
    device("G8")
    device("G9")
    keeper = Slow(Areas(), clock=timezone.now)

    async def story(hub: Hub, port: int) -> None:
        noisy, other = Caller(port, "G8"), Caller(port, "G9", V5)
        await noisy.introduce()
        await other.introduce()
        for _each in range(30):
            noisy.say(0, {"kind": "heartbeat"}, qos=0)
        await soon(lambda: hub.intake.counts.shed >= 15)
        other.say(1, {"id": 1, "kind": "sos"})
        keeper.gate.set()
        assert await other.next() == Puback(1)

    played(story, limits=Limits(room=10, batch=5, gather_seconds=0), keeper=keeper)
    assert keys("G9") == ["1"]


class Noting(Keeper):
    """Notes in which order messages come, once the gate is open."""

    def __init__(self) -> None:
        self.gate, self.seen, self.sizes = threading.Event(), list[bytes](), list[int]()

    def keep(self, batch: Sequence[Message]) -> list[Verdict]:
        """Note a batch."""
        self.gate.wait(20)
        self.seen += [each.body for each in batch]
        self.sizes.append(len(batch))
        return [Verdict.STORED] * len(batch)


def test_an_emergency_goes_before_all_and_takes_along_what_its_device_sent_before() -> None:
    keeper, answers = Noting(), list[bytes]()

    async def story() -> None:
        intake = Intake(keeper, Limits(room=5, batch=4, gather_seconds=0))
        intake.start()

        def put(body: bytes, *, urgent: bool = False, before: Sequence[Item] = ()) -> Item:
            item = Item(Message("mqtt", "x", body, urgent, None), lambda _verdict: answers.append(body))
            assert intake.put(item, before=before)
            return item

        first = put(b"first")
        await soon(lambda: first.taken)  # the writer holds it, and waits
        ours = put(b"ours")
        for name in (b"a", b"b", b"c"):
            put(name)
        put(b"SOS", urgent=True, before=[ours])
        put(b"d")
        assert not intake.put(Item(Message("mqtt", "x", b"e", urgent=False, signal=None), None))
        for _each in range(3):
            put(b"SOS", urgent=True)
        keeper.gate.set()
        await intake.stop()
        await asyncio.sleep(0.05)

    asyncio.run(story())
    assert keeper.seen == [b"first", b"ours", b"SOS", b"SOS", b"SOS", b"SOS", b"a", b"b", b"c", b"d"]
    assert keeper.sizes == [1, 4, 4, 1]
    assert answers == keeper.seen


def test_who_calls_again_and_again_stands_behind_who_calls_first() -> None:
    keeper = Noting()

    async def story() -> None:
        intake = Intake(keeper, Limits(unanswered=4, batch=2, gather_seconds=0))
        intake.start()

        def put(body: bytes) -> bool:
            return intake.put(Item(Message("mqtt", body[:1].decode(), body, urgent=True, signal=None), None))

        assert put(b"a0")
        await soon(lambda: not intake.waiting)  # the writer holds it, and waits
        assert [put(each) for each in (b"a1", b"a2", b"a3", b"a4", b"a5")] == [True] * 4 + [False]
        assert [put(each) for each in (b"b1", b"c1", b"b2")] == [True] * 3
        assert (intake.waiting, intake.counts.shed) == (7, 1)
        keeper.gate.set()
        await intake.stop()

    asyncio.run(story())
    assert keeper.seen == [b"a0", b"a1", b"b1", b"c1", b"a2", b"b2", b"a3", b"a4"]


def test_where_a_commit_takes_long_less_is_written_at_once() -> None:
    keeper = Noting()

    async def story(commit_seconds: float) -> list[int]:
        keeper.gate.clear()
        keeper.sizes.clear()
        limits = Limits(batch=40, fewest=5, gather_seconds=0, commit_seconds=commit_seconds)
        intake = Intake(keeper, limits)
        intake.start()
        for number in range(120):
            assert intake.put(
                Item(Message("mqtt", "x", str(number).encode(), urgent=False, signal=None), None)
            )
        keeper.gate.set()
        await intake.stop()
        return keeper.sizes[1:]  # the first is whatever was there

    slow = asyncio.run(story(commit_seconds=0.0))
    assert slow[:3] == [20, 10, 5]
    assert max(slow[3:-1]) == 5
    assert asyncio.run(story(commit_seconds=60.0))[:2] == [40, 40]


@pytest.mark.long
def test_a_device_that_calls_without_end_is_read_slowly_and_loses_nothing() -> None:
    device("J1")
    device("J2")

    async def story(hub: Hub, port: int) -> None:
        noisy, calm = Caller(port, "J1"), Caller(port, "J2")
        await noisy.introduce()
        await calm.introduce()
        for number in range(1, 41):
            noisy.say(number, {"id": number, "kind": "sos"})
        assert await calm.told(1, {"id": 1, "kind": "sos"}) == Puback(1)
        assert hub.intake.counts.stored < 41, "before the other's forty were even read"
        assert [await noisy.next() for _each in range(40)] == [Puback(number) for number in range(1, 41)]
        assert hub.counts["held back"] >= 20

    played(story, limits=Limits(rate=5, burst=5, urgent=2, patience_seconds=0.1))
    assert len(keys("J1")) == 40


def test_calls_that_want_no_receipt_fill_no_memory() -> None:
    device("J3")
    device("J4")
    keeper = Slow(Areas(), clock=timezone.now)
    keeper.gate = threading.Event()

    async def story(hub: Hub, port: int) -> None:
        noisy, other = Caller(port, "J3"), Caller(port, "J4")
        await noisy.introduce()
        await other.introduce()
        for number in range(100):
            noisy.say(0, {"id": number, "kind": "sos"}, qos=0)
        await soon(lambda: hub.intake.counts.shed >= 100 - 2 * 8)
        assert hub.intake.waiting <= 8
        other.say(1, {"id": 1, "kind": "sos"})
        keeper.gate.set()
        assert await other.next() == Puback(1)

    played(story, limits=Limits(unanswered=8, rate=1000, burst=1000), keeper=keeper)
    assert 8 <= len(keys("J3")) <= 16


def test_a_noisy_device_is_held_back_and_then_cut_off() -> None:
    device("H1")
    device("H2")

    async def story(hub: Hub, port: int) -> None:
        noisy, calm = Caller(port, "H1", V5), Caller(port, "H2")
        await noisy.introduce()
        await calm.introduce()
        for number in range(1, 200):
            noisy.say(number, {"id": number, "kind": "low_battery"})
        assert await calm.told(1, {"id": 1, "kind": "sos"}) == Puback(1)
        found = await noisy.next()
        while isinstance(found, Puback):
            found = await noisy.next()
        assert found == Disconnect(Reason.TOO_OFTEN)
        assert hub.counts["held back"] >= 2

    played(story, limits=Limits(rate=20, burst=5, patience_seconds=0.2))
    assert len(keys("H1")) < 20


def test_of_what_wants_no_receipt_only_calls_for_help_are_taken_beyond_the_measure() -> None:
    device("J5")

    async def story(hub: Hub, port: int) -> None:
        noisy = Caller(port, "J5")
        await noisy.introduce()
        for _each in range(10):
            noisy.say(0, {"kind": "heartbeat"}, qos=0)
        noisy.say(0, b"no message at all", qos=0)
        noisy.say(0, {"id": 1, "kind": "sos"}, qos=0)
        noisy.say(0, b"{kind: fall", qos=0)
        await soon(lambda: hub.intake.counts.stored + hub.intake.counts.quarantined >= 5)
        assert hub.intake.counts.shed == 8

    played(story, limits=Limits(rate=0.001, burst=3))
    assert "1" in keys("J5")
