"""The outbox: what we say to 12345 is written with the act, and sent until it is acknowledged."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from songhe.areas.tickets.carrier import Rejected, Silent, Unreachable, carrier
from songhe.areas.tickets.models import CityCase, CityLine, CityMessage, Outgoing
from songhe.engines.access.api import Actor, Scope, entered
from songhe.engines.regions.ids import uuid7
from songhe.engines.vault.api import make_key, reveal_json, seal, seal_json

PAUSES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))


def tell(row: CityCase, kind: str, words: str, *, actor: Actor, at: datetime, **more: Any) -> Outgoing:
    """Put a message of ours into the outbox, in the caller's transaction; it is sent when that is through."""
    key = uuid7()
    body: Mapping[str, Any] = {"number": row.number, "do": kind, "text": words, "at": at.isoformat(), **more}
    message = CityMessage(
        id=key, line_id=row.line_id, case=row, outward=True, key=str(key), kind=kind, words_sealed=seal(row.pk, words),
        by_name=actor.name[:80], digest=hashlib.sha256(json.dumps(body, sort_keys=True).encode()).digest(), at=at,
        region_id=row.region_id,
    )  # fmt: skip
    message.save(force_insert=True)
    make_key(row.pk)
    out = Outgoing(
        id=uuid7(), message=message, body_sealed=seal_json(row.pk, dict(body)), next_at=at, region_id=row.region_id
    )  # fmt: skip
    out.save(force_insert=True)
    transaction.on_commit(partial(_send_at_once, at), robust=True)
    return out


def _send_at_once(at: datetime) -> None:
    with entered(Scope.EVERYTHING):  # what is to be sent was decided when it was written
        send_waiting(at=at + timedelta(seconds=1))


def send_waiting(*, at: datetime, most: int = 100) -> int:
    """Send what is due, the oldest first and those of one case in order; returns how many were acknowledged. A platform that is
    mute is asked once."""
    waiting = Outgoing.everywhere.filter(state=Outgoing.State.WAITING)
    due = waiting.filter(next_at__lte=at).exclude(message__line__way=CityLine.Way.FILES)
    found = due.select_related("message__line", "message__case").order_by("message__at", "id")
    rows = list(found.select_for_update(skip_locked=True, of=("self",))[:most])
    earlier = _earlier(rows, waiting)
    done, stuck, mute = 0, set[UUID](), set[UUID]()
    for row in rows:
        line: CityLine = row.message.line
        case = row.message.case_id
        if case in stuck or line.pk in mute or earlier.get(case, row.pk) < row.pk:
            continue
        try:
            carrier(line.way).carry(line, row.message.key, reveal_json(case, row.body_sealed))
        except Unreachable as fault:
            stuck.add(case)
            mute |= {line.pk} if isinstance(fault, Silent) else set()
            row.fault, row.next_at = str(fault)[:200], at + PAUSES[min(row.tries, len(PAUSES) - 1)]
            row.tries += 1
        except Rejected as fault:
            row.state, row.fault, row.done_at, row.tries = (
                Outgoing.State.FAILED,
                str(fault)[:200],
                at,
                row.tries + 1,
            )
        else:
            row.state, row.done_at, row.fault, row.tries = Outgoing.State.DONE, at, "", row.tries + 1
            done += 1
        row.save()
    return done


def _earlier(rows: Sequence[Outgoing], waiting: QuerySet[Outgoing]) -> dict[UUID, UUID]:
    """The first message of each case that waits elsewhere: it is tried again later, or another process has it in hand. Keys of
    rows grow with time."""
    mine = [row.pk for row in rows]
    others = waiting.filter(message__case__in={row.message.case_id for row in rows}).exclude(pk__in=mine)
    return dict(others.order_by("-id").values_list("message__case_id", "pk"))
