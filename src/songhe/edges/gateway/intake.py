"""Messages of all connections, gathered for one commit: emergencies first, receipts after it.

Connections put messages in from the event loop; one writer thread takes what is there, writes it and tells the loop,
which sends the receipts. While a commit is under way the next batch gathers by itself.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable

from django.db import connection

from songhe.edges.gateway.keeping import Keeper, Message, Outage, Verdict
from songhe.edges.gateway.limits import Limits

log = logging.getLogger(__name__)
_RETRY_SECONDS = (0.05, 0.1, 0.2, 0.5, 1.0)


class Item:
    """A message on its way, and what to do once it is safe (None: no receipt is wanted)."""

    __slots__ = ("answer", "message", "taken")

    def __init__(self, message: Message, answer: Callable[[Verdict], None] | None) -> None:
        self.message = message
        self.answer = answer
        self.taken = False


class Counts:
    """What passed since the start."""

    __slots__ = ("batches", "failed", "largest", "outages", "quarantined", "shed", "stored")

    def __init__(self) -> None:
        self.stored = self.quarantined = self.failed = self.shed = 0
        self.batches = self.largest = self.outages = 0


class Turns:
    """Calls for help that wait: one of each device in turn, so that who calls again stands behind whoever calls first.

    A call stands there with what its own device sent before it, so that a device's messages are written in their order.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self._waiting: OrderedDict[str, deque[list[Item]]] = OrderedDict()
        self._items = 0

    def __len__(self) -> int:
        return self._items

    def put(self, device: str, calls: list[Item]) -> bool:
        """Queue a call; False where as many of its device wait as may."""
        queue = self._waiting.setdefault(device, deque())
        if len(queue) >= self.most:
            return False
        queue.append(calls)
        self._items += len(calls)
        return True

    def take(self) -> list[Item]:
        """The call whose turn it is."""
        device, queue = self._waiting.popitem(last=False)
        calls = queue.popleft()
        if queue:
            self._waiting[device] = queue
        self._items -= len(calls)
        return calls

    def clear(self) -> None:
        """Forget them all."""
        self._waiting.clear()
        self._items = 0


class Intake:
    """The queue between the connections and the database."""

    def __init__(self, keeper: Keeper, limits: Limits) -> None:
        self.keeper = keeper
        self.limits = limits
        self.counts = Counts()
        self._urgent = Turns(limits.unanswered)
        self._plain: deque[Item] = deque()
        self._held: list[Item] = []
        self._most = limits.batch
        self._there = threading.Condition()
        self._stopping = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    # On the event loop ----------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to write; receipts come on the loop that runs now."""
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._work, name="gateway-writer", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """Messages that wait to be written."""
        return len(self._urgent) + len(self._plain)

    def put(self, item: Item, *, before: Iterable[Item] = ()) -> bool:
        """Queue a message; False when it was not taken, which happens to a call for help only behind many of its own device.

        ``before``: what its own device sent earlier and still waits. A call takes along what does not stand there by itself,
        so that a device's messages are written and acknowledged in their order.
        """
        with self._there:
            if item.message.urgent:
                along = [one for one in before if not (one.taken or one.message.urgent)]
                taken = self._urgent.put(item.message.device, [*map(_again, along), item])
                for one in along if taken else ():
                    one.taken = True
            elif taken := len(self._plain) < self.limits.room:
                self._plain.append(item)
            if taken:
                self._there.notify()
            else:
                self.counts.shed += 1
        return taken

    async def stop(self, *, seconds: float = 10.0) -> None:
        """Write what is there, then end."""
        with self._there:
            self._stopping = True
            self._there.notify()
        if self._thread is not None:
            await asyncio.to_thread(self._thread.join, seconds)

    # In the writer's thread -----------------------------------------------------------------------------------

    def _work(self) -> None:
        try:
            failures = 0
            while batch := self._next():
                began = time.monotonic()
                try:
                    verdicts = self.keeper.keep([item.message for item in batch])
                except Outage as fault:
                    failures = self._again_later(batch, failures, str(fault))
                    continue
                except Exception:
                    log.exception("gateway: a defect; the batch is tried again")
                    failures = self._again_later(batch, failures, "defect")
                    continue
                failures = 0
                self._pace(time.monotonic() - began)
                self._tell(batch, verdicts)
        finally:
            connection.close()

    def _next(self) -> list[Item]:
        """The next batch, what was held first; empty when the gateway stops and nothing is left."""
        while self._wait():
            batch, self._held = self._held, []
            most = len(batch) + self._most
            with self._there:
                while self._urgent and len(batch) < most:
                    batch += self._urgent.take()
                while self._plain and len(batch) < most:
                    item = self._plain.popleft()
                    if not item.taken:
                        item.taken = True
                        batch.append(item)
            if batch:
                return batch
        return []

    def _pace(self, seconds: float) -> None:
        """Less at once where a commit takes long: a call for help waits for the one that is under way."""
        limits, late = self.limits, seconds > self.limits.commit_seconds
        self._most = min(
            limits.batch, max(limits.fewest, self._most // 2) if late else self._most * 5 // 4 + 1
        )

    def _wait(self) -> bool:
        """Wait until there is something, and a moment more where nothing hurries; False at the end."""
        with self._there:
            while not (self._held or self._urgent or self._plain):
                if self._stopping:
                    return False
                self._there.wait()
            hurry = bool(self._held or self._urgent or self._stopping)
            few = len(self._plain) < self._most
        if few and not hurry:
            time.sleep(self.limits.gather_seconds)
        return True

    def _again_later(self, batch: list[Item], failures: int, why: str) -> int:
        """Hold a batch that could not be written now; nothing of it is lost, its order stays."""
        self.counts.outages += 1
        if not failures:
            log.warning("gateway: nothing can be written now (%s)", why)
        self._held = batch
        connection.close()
        if self._stopping and failures > len(_RETRY_SECONDS):
            log.error("gateway: stopped with %d messages that were not acknowledged", len(batch))
            self._held = []
            self._urgent.clear()
            self._plain.clear()
        time.sleep(_RETRY_SECONDS[min(failures, len(_RETRY_SECONDS) - 1)])
        return failures + 1

    def _tell(self, batch: list[Item], verdicts: list[Verdict]) -> None:
        counts = self.counts
        counts.batches += 1
        counts.largest = max(counts.largest, len(batch))
        for verdict in verdicts:
            if verdict is Verdict.STORED:
                counts.stored += 1
            elif verdict is Verdict.QUARANTINED:
                counts.quarantined += 1
            else:
                counts.failed += 1
        assert self._loop is not None
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(_answer, batch, verdicts)


def _again(item: Item) -> Item:
    """The same message under a new entry, since the old one is passed over."""
    return Item(item.message, item.answer)


def _answer(batch: list[Item], verdicts: list[Verdict]) -> None:
    for item, verdict in zip(batch, verdicts, strict=True):
        if item.answer is not None:
            item.answer(verdict)
