"""A user's in-box: what waits there, reading it, and acknowledging what asks for it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from songhe.core.notices import Goal
from songhe.engines.access.asked import asked
from songhe.engines.access.scope import elevated
from songhe.engines.notices.claiming import save
from songhe.engines.notices.course import step
from songhe.engines.notices.models import Inbox, Notice, State, Step
from songhe.engines.notices.receipts import answered
from songhe.engines.notices.sealing import opened
from songhe.engines.notices.telling import tell_pages, topic_of

__all__ = ["Item", "acknowledge", "items", "read", "topic_of", "unread"]

SHOWN = 100
MANY = 99


@dataclass(frozen=True, slots=True)
class Item:
    """One message as its reader sees it."""

    id: UUID
    at: datetime
    title: str
    text: str
    url: str
    urgent: bool
    read: bool
    asks: bool
    answered: bool


def unread(user_id: UUID) -> int:
    """How many are unread; counts no further than a hundred."""
    return len(_unread(user_id))


@asked
def _unread(user_id: UUID) -> QuerySet[Inbox, Any]:
    return Inbox.objects.filter(user_id=user_id, read_at=None).order_by().values_list("pk")[: MANY + 1]


def items(user_id: UUID, *, most: int = SHOWN) -> list[Item]:
    """The newest messages of a user; those whose words are gone are left out."""
    rows = list(Inbox.objects.filter(user_id=user_id).order_by("-at", "-pk")[:most])
    with elevated():  # a message belongs to the region it is about; its reader need not reach that
        notices = Notice.everywhere.in_bulk([row.pk for row in rows])
        said = opened(notices.values())
    return [
        Item(
            id=row.pk,
            at=row.at,
            title=said[row.pk].title,
            text=said[row.pk].text,
            url=notices[row.pk].url,
            urgent=notices[row.pk].urgency > 1,
            read=row.read_at is not None,
            asks=row.asks,
            answered=row.answered_at is not None,
        )
        for row in rows
        if row.pk in said
    ]


def read(user_id: UUID, ids: Collection[UUID] | None, *, at: datetime) -> int:
    """Mark messages as read, all where none are named; those of others stay as they are."""
    rows = Inbox.objects.filter(user_id=user_id, read_at=None)
    if ids is not None:
        rows = rows.filter(pk__in=list(ids))
    with elevated():  # as above
        known = Notice.everywhere.filter(pk__in=list(rows.values_list("pk", flat=True))).order_by("pk")
        notices = list(known.select_for_update(no_key=True))
        rows.filter(pk__in=[notice.pk for notice in notices]).update(read_at=at)
        for notice in notices:
            _read(notice, at)
        save(notices)
        Step.everywhere.bulk_create([step(n, Step.What.READ, at, channel="in_app") for n in notices])
        if notices:
            tell_pages([user_id], at=at)
    return len(notices)


def acknowledge(user_id: UUID, notice_id: UUID, *, at: datetime) -> bool:
    """Answer a message that asks for it; False where there is none, or it was answered before."""
    row = Inbox.objects.filter(user_id=user_id, pk=notice_id, asks=True).first()
    if row is None:
        return False
    with elevated():  # as above
        notice = Notice.everywhere.select_for_update(no_key=True).get(pk=notice_id)
        if row.answered_at is not None or notice.state == State.ANSWERED:
            return False
        done = answered(notice, "", at=at)
        save([notice])
        done.save(force_insert=True)
        Inbox.objects.filter(pk=notice_id).update(answered_at=at, read_at=row.read_at or at)
        tell_pages([user_id], at=at)
    return True


def _read(notice: Notice, at: datetime) -> None:
    """What reading in the in-box means for where a message stands; other channels need not be tried any more."""
    if notice.state == State.ANSWERED:
        return
    if notice.goal != Goal.ANSWERED:
        notice.state, notice.why = State.READ, ""
        notice.ended_at, notice.next_at = notice.ended_at or at, None
        notice.lease_until = None
    elif notice.is_open and notice.channel == "in_app":
        notice.state = State.READ
