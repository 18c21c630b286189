"""Ordering commands, taking them for sending, and what came of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet

from songhe.core.refusal import Refused
from songhe.engines.commands.models import Command
from songhe.engines.vault.api import Unreadable, reveal_json, seal_json

LASTS = timedelta(hours=24)
MOST_AT_ONCE = 50
OPEN = (Command.State.QUEUED, Command.State.SENT)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What is sent: number, kind, parameters, and whether it may have been sent before."""

    id: UUID
    device_id: UUID
    kind: str
    params: Mapping[str, Any]
    again: bool


def order(
    device_id: UUID,
    kind: str,
    params: Mapping[str, Any] | None = None,
    *,
    region_id: int,
    owner_id: UUID | None = None,
    key: str,
    at: datetime,
    lasts: timedelta = LASTS,
) -> Command:
    """Queue a command in the caller's transaction; the same ``key`` for a device again is the same command.

    The caller has checked the right and the person's consent, and has logged the act. ``params`` are sealed with the
    key of ``owner_id``, the person at whom the device is.
    """
    if kind not in Command.Kind.values:
        raise Refused("commands.kind", "There is no command “{kind}”. Choose one from the list.", kind=kind)
    if params and owner_id is None:
        raise ValueError("parameters are sealed, so they need an owner")
    sealed = seal_json(owner_id, dict(params)) if params and owner_id else b""
    made, _new = Command.everywhere.get_or_create(
        device_id=device_id,
        key=key,
        defaults={
            "region_id": region_id,
            "kind": kind,
            "owner_id": owner_id,
            "sealed": sealed,
            "queued_at": at,
            "expires_at": at + lasts,
        },
    )
    return made


def take(devices: Iterable[UUID], *, at: datetime, again: bool = False) -> list[Outgoing]:
    """Mark what is to be sent to connected devices as sent, oldest first, and return it.

    With ``again`` also what was sent and not acknowledged: the connection is a new one.
    """
    states = OPEN if again else (Command.State.QUEUED,)
    open_ = Command.everywhere.filter(device_id__in=list(devices), state__in=states, expires_at__gt=at)
    rows = list(open_.select_for_update(skip_locked=True).order_by("id")[:MOST_AT_ONCE])
    ids = [row.pk for row in rows]
    Command.everywhere.filter(pk__in=ids).update(
        state=Command.State.SENT, sent_at=at, sent_times=F("sent_times") + 1
    )
    return [
        Outgoing(row.pk, row.device_id, row.kind, found, row.state == Command.State.SENT)
        for row in rows
        if (found := _params(row)) is not None
    ]


def acknowledge(ids: Sequence[UUID], *, at: datetime) -> int:
    """Note that devices have received commands; a second receipt changes nothing."""
    return Command.everywhere.filter(pk__in=ids, state__in=OPEN).update(
        state=Command.State.ACKNOWLEDGED, acknowledged_at=at
    )


def expire(*, at: datetime) -> int:
    """End what was not acknowledged in time."""
    return Command.everywhere.filter(state__in=OPEN, expires_at__lte=at).update(state=Command.State.EXPIRED)


def of_device(device_id: UUID) -> QuerySet[Command]:
    """The commands of a device in the scope that is entered, newest first."""
    return Command.objects.here().filter(device_id=device_id).order_by("-queued_at")


def _params(row: Command) -> Mapping[str, Any] | None:
    """What was sealed; None where the person was erased meanwhile, so that nothing is sent."""
    if not row.sealed or row.owner_id is None:
        return {}
    try:
        found: Mapping[str, Any] = reveal_json(row.owner_id, row.sealed)
    except (Refused, Unreadable):
        return None
    return found
