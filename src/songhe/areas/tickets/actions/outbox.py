"""The outbox: what we say to 12345 is written with the act, and sent until it is acknowledged."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction

from songhe.areas.tickets.carrier import Rejected, Unreachable, carrier
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
    """Send what is due, the oldest first and those of one case in order; returns how many were acknowledged."""
    rows = Outgoing.everywhere.select_for_update(skip_locked=True, of=("self",)).filter(
        state=Outgoing.State.WAITING, next_at__lte=at
    )
    done, stuck = 0, set()
    for row in rows.select_related("message__line", "message__case").order_by("message__at", "id")[:most]:
        line: CityLine = row.message.line
        if line.way == CityLine.Way.FILES or row.message.case_id in stuck:
            continue
        try:
            carrier(line.way).carry(line, row.message.key, reveal_json(row.message.case_id, row.body_sealed))
        except Unreachable as fault:
            stuck.add(row.message.case_id)
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
