"""Idempotency keys: what the outside repeats has one effect."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction

from songhe.core.refusal import Refused
from songhe.engines.access.actor import Actor
from songhe.engines.acts.models import Once


def forget(before: datetime, *, most: int) -> int:
    """Let go of the next keys from before a moment, never of those of the last thirty days; returns how many. A repeat that comes
    later than that has its effect again."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT acts_forget_once(%s, %s)", [before, most])
        return int(cursor.fetchone()[0])


class Slot:
    """``done`` is what the first call stored, or None when this is the first."""

    def __init__(self, done: Any | None) -> None:
        self.done = done
        self.result: Any = None

    def store(self, result: Any) -> None:
        """Keep what came of the first call."""
        self.result = result


def digest_of(value: Any) -> str:
    """A hash of any JSON value, the same for equal values."""
    text = json.dumps(value, cls=DjangoJSONEncoder, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@contextmanager
def once(key: str | None, *, actor: Actor, digest: str, at: datetime) -> Iterator[Slot]:
    """Run the body once for each actor and key; a repeat finds the first result, another body is refused.

    Repeats that come at the same moment wait for the first to finish. Without a key the body always runs.
    """
    if not key:
        yield Slot(None)
        return
    if len(key) > 255 or "\0" in key:
        raise Refused(
            "bad_key", "The idempotency key must be 1 to 255 characters. Use a new UUID for each request."
        )
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 77))", [f"{actor.id}:{key}"])
        first = Once.objects.filter(actor_id=actor.id, key=key).first()
        if first is not None and first.digest != digest:
            raise Refused("key_reused", "This idempotency key was used for another request. Use a new key.")
        slot = Slot(first.result if first else None)
        yield slot
        if first is None:
            Once.objects.create(actor_id=actor.id, key=key, digest=digest, at=at, result=slot.result)
