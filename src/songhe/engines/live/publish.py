"""Writing news, and reading what came after a number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection

from songhe.engines.access.bulk import insert_many
from songhe.engines.access.scope import Scope, entered
from songhe.engines.live.models import Event

KEPT = timedelta(days=2)
LATE = 10_000
MOST = 500
_body = DjangoJSONEncoder(ensure_ascii=False).encode

_PUBLISH = """
INSERT INTO live_event (topic, region_id, holder_id, at, payload) VALUES (%s, %s, %s, %s, %s)
"""

# Numbers are given before commit, so a smaller number can appear after a larger one was sent. Such an event was
# still in progress when the larger was written: its transaction is not below that event's horizon.
_MISSED = """
id > %s OR (id < %s AND id > %s AND xid >= (SELECT horizon FROM live_event seen WHERE seen.id = %s))
"""


@dataclass(frozen=True)
class News:
    """What a page is told: number, topic, region, time and a small payload without personal data."""

    id: int
    topic: str
    region_id: int
    at: datetime
    payload: dict[str, Any]

    @cached_property
    def frame(self) -> bytes:
        """As a server-sent event, written once for all who hear it."""
        data = _body({"topic": self.topic, "region": self.region_id, "at": self.at, **self.payload})
        return f"id: {self.id}\nevent: {self.topic}\ndata: {data}\n\n".encode()


def publish(
    topic: str, region_id: int, payload: dict[str, Any], *, at: datetime, holder_id: UUID | None = None
) -> None:
    """Tell pages that are open on ``topic`` when this transaction commits; nothing is told when it fails.

    Seen by whoever's scope holds the region, and by ``holder_id`` (an organisation or facility) where given.
    """
    body = _body(payload)
    with connection.cursor() as cursor:
        cursor.execute(_PUBLISH, [topic, region_id, holder_id, at, body])


def publish_to(topic: str, readers: Mapping[UUID, int], payload: dict[str, Any], *, at: datetime) -> None:
    """The same news for each of several holders (a user, an organisation), each in a region, in one statement."""
    publish_many([(topic, region, holder, at, payload) for holder, region in readers.items()])


def publish_many(rows: Sequence[tuple[str, int, UUID | None, datetime, dict[str, Any]]]) -> None:
    """Many pieces of news (topic, region, holder, at, payload), in one statement."""
    plain = [(*row[:4], b"\x01" + _body(row[4]).encode()) for row in rows]  # jsonb as it is sent
    insert_many(Event, ("topic", "region", "holder_id", "at", "payload"), plain)


def since(topic: str, last_id: int, scope: Scope, beyond: int = 0) -> list[News]:
    """The news of a topic after number ``last_id`` that a scope allows, oldest first, at most 500: the next 500 are those
    ``beyond`` the last of them."""
    with entered(scope):
        known = Event.objects.within(scope).filter(topic=topic, id__gt=beyond)
        rows = known.extra(where=[_MISSED], params=[last_id, last_id, last_id - LATE, last_id])  # noqa: S610  constant
        return [News(e.id, e.topic, e.region_id, e.at, e.payload) for e in rows.order_by("id")[:MOST]]


def read(numbers: Sequence[int]) -> list[tuple[News, UUID | None]]:
    """Some news by number, each with its holder; for the hub alone, which hands each seat what its scope allows."""
    with entered(Scope.EVERYTHING):
        rows = Event.everywhere.filter(id__in=numbers).order_by("id")
        return [(News(e.id, e.topic, e.region_id, e.at, e.payload), e.holder_id) for e in rows]


def newest(topic: str, scope: Scope) -> int:
    """The number of the newest news of a topic in a scope; 0 where there is none."""
    with entered(scope):
        return (
            Event.objects.within(scope)
            .filter(topic=topic)
            .order_by("-id")
            .values_list("id", flat=True)
            .first()
            or 0
        )


def prune(at: datetime) -> int:
    """Drop news older than two days; returns how many."""
    with entered(Scope.EVERYTHING):
        return int(Event.everywhere.filter(at__lt=at - KEPT).delete()[0])
