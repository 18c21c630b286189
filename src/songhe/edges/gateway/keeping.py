"""Writing a batch so that nothing is lost, nothing doubled, and one bad message stops nobody else.

One transaction for the whole batch. Where it fails for a reason that lies in a message, the batch is halved until the
bad ones are alone; the rest is written in order. Where it fails because the database is away, nothing was written and
the batch is tried again as a whole. Where every single message fails, the fault is taken to be ours and not theirs.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from uuid import UUID

import psycopg
from django.db import InterfaceError, OperationalError
from django.db.models import Q, Window
from django.db.models.functions import RowNumber

from songhe.areas.devices.api import NoRoom, Signal
from songhe.edges.gateway.formats import Mark, formats
from songhe.edges.gateway.models import Quarantined
from songhe.edges.gateway.sink import Sink
from songhe.engines.access.api import Actor, Scope, entered
from songhe.engines.acts.api import record_bulk
from songhe.engines.acts.once import digest_of
from songhe.engines.regions.ids import uuid7
from songhe.engines.vault.api import make_keys, seal_bytes
from songhe.engines.vault.models import DataKey

log = logging.getLogger(__name__)
AWAY = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)
OURS = 8
"""So many messages that all fail alone, and none that does not: a defect of ours."""
CHUNK = 5_000
UNREAD = "other"
"""What a message is called that cannot be understood and may be a call for help; see devices.yaml."""


class Verdict(Enum):
    """What became of a message: written, kept aside, or neither, so that it must not be acknowledged."""

    STORED = "stored"
    QUARANTINED = "quarantined"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it came, and what it says. With a ``reason`` it was not understood and is kept aside; ``signal`` is None then,
    or no more than that somebody has to look."""

    road: str
    device: str
    body: bytes
    urgent: bool
    signal: Signal | None
    reason: str = ""


def unread(
    road: str,
    device: str,
    body: bytes,
    fault: ValueError,
    *,
    device_id: UUID | None,
    at: datetime,
    mark: Mark,
    kind: str = "",
) -> Message:
    """A message that cannot be understood. What may be a call for help of a known device rings all the same."""
    urgent, signal = formats().alarming(body, kind), None
    if urgent and device_id is not None:
        key = hashlib.sha256(mark.told + body).hexdigest()
        signal = Signal(device_id, key, UNREAD, None, at, code=device, first=mark.first)
    return Message(road, device, body, urgent, signal, str(fault))


class Outage(Exception):
    """Nothing of the batch is acknowledged; try again later."""


class Keeper:
    """Writes batches into a sink."""

    def __init__(self, sink: Sink, *, clock: Callable[[], datetime]) -> None:
        self.sink = sink
        self.clock = clock

    def keep(self, batch: Sequence[Message]) -> list[Verdict]:
        """Write a batch; a verdict for each message, in order. Raises Outage when nothing could be done now."""
        verdicts = [Verdict.STORED] * len(batch)
        alike = _alike(batch)
        good = sorted(set(alike.values()))
        try:
            failed = self._halved(batch, good)
            crowded = {place for place, fault in failed.items() if isinstance(fault, NoRoom)}
            if len(failed) >= OURS and not crowded and len(failed) == len(good):
                log.error("gateway: every message of a batch failed, as %r", next(iter(failed.values())))
                raise Outage
            for place, message in enumerate(batch):
                if place in crowded:
                    verdicts[place] = Verdict.FAILED
                elif place in failed:
                    verdicts[place] = self._alone(message, failed[place])
                elif alike.get(place, place) != place:
                    verdicts[place] = verdicts[alike[place]]
                elif message.signal is None or message.reason:
                    verdicts[place] = self._set_aside(message, message.reason)
        except AWAY as fault:
            raise Outage(str(fault)[:200]) from fault
        return verdicts

    def _halved(self, batch: Sequence[Message], places: Sequence[int]) -> dict[int, Exception]:
        """Write what can be written; the places of the rest with their faults."""
        if not places:
            return {}
        try:
            self._write([signal for place in places if (signal := batch[place].signal)])
        except AWAY:
            raise
        except Exception as fault:
            if len(places) == 1:
                return {places[0]: fault}
            middle = len(places) // 2
            return self._halved(batch, places[:middle]) | self._halved(batch, places[middle:])
        return {}

    def _write(self, signals: Sequence[Signal]) -> None:
        with entered(Scope.EVERYTHING):
            self.sink.store(signals, at=self.clock())

    def _alone(self, message: Message, fault: Exception) -> Verdict:
        """A message that cannot be written. An emergency is tried once more without all that is not the emergency;
        where even that fails it is kept aside and not acknowledged: the device must go on calling."""
        verdict = self._set_aside(message, f"{type(fault).__name__}: {fault}")
        if not message.urgent or message.signal is None:
            return verdict
        bare = replace(
            message.signal, battery=None, longitude=None, latitude=None, accuracy=None, sent_at=None, extra={}
        )
        try:
            self._write([bare])
        except AWAY:
            raise
        except Exception:
            log.exception("gateway: an emergency of device %s could not be written", message.device)
            return Verdict.FAILED
        return Verdict.STORED

    def _set_aside(self, message: Message, reason: str) -> Verdict:
        try:
            with entered(Scope.EVERYTHING):
                put_aside(message, reason, region_id=self.sink.region(message.device), at=self.clock())
        except AWAY:
            raise
        except Exception:
            log.exception("gateway: a message of device %s could not be kept aside", message.device)
            return Verdict.FAILED
        return Verdict.QUARANTINED


def put_aside(message: Message, reason: str, *, region_id: int, at: datetime) -> UUID | None:
    """Keep a message with its reason; the same one again is not kept twice."""
    device, digest = message.device[:80], hashlib.sha256(message.body).digest()
    if Quarantined.everywhere.filter(device=device, digest=digest).exists():
        return None
    number = uuid7()
    make_keys([number])
    row = Quarantined(
        id=number,
        region_id=region_id,
        road=message.road,
        device=device,
        digest=digest,
        reason=reason.replace("\0", "")[:200],
        body=seal_bytes(number, message.body),
        urgent=message.urgent,
        at=at,
    )
    Quarantined.everywhere.bulk_create([row], ignore_conflicts=True)
    return number


def let_go(*, actor: Actor, at: datetime) -> int:
    """Delete a chunk of what was kept aside long enough, and of each device all but the newest; how many there were.

    Called until it is 0. What one device says crowds out nothing of another.
    """
    aside = formats().aside
    newest = Window(RowNumber(), partition_by="device", order_by=["-at", "-id"])
    ranked = Quarantined.everywhere.annotate(place=newest)
    gone = ranked.filter(Q(at__lt=at - aside.kept) | Q(place__gt=aside.each)).order_by("pk")
    numbers = list(gone.values_list("pk", flat=True)[:CHUNK])
    if numbers:
        DataKey.objects.filter(owner_id__in=numbers).delete()
        Quarantined.everywhere.filter(pk__in=numbers).delete()
        digest = digest_of([str(number) for number in numbers])
        record_bulk(
            "gateway.let_go", model=Quarantined, count=len(numbers), digest=digest, actor=actor, at=at
        )
    return len(numbers)


def _alike(batch: Sequence[Message]) -> dict[int, int]:
    """The places of what was understood, each with the first place of the same message: what becomes of one becomes of all."""
    first: dict[object, int] = {}
    found = {}
    for place, message in enumerate(batch):
        if (one := message.signal) is not None:
            told = (*one.named, one.code, one.sent_at, one.received_at if one.first else None)
            found[place] = first.setdefault(told, place)
    return found
