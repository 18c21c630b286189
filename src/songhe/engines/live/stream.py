"""Server-sent events for one user and topic."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from asgiref.sync import sync_to_async
from django.db import connections

from songhe.engines.access.models import User
from songhe.engines.access.scope import Scope
from songhe.engines.live.hub import Seat, hub
from songhe.engines.live.publish import LATE, MOST, News, newest, since
from songhe.engines.live.threads import in_thread

HEARTBEAT_SECONDS = 20.0
_RETRY_MILLISECONDS = 3_000
_FEW = 200


async def stream(
    user: User, topic: str, last_id: int | None = None, *, heartbeat: float = HEARTBEAT_SECONDS
) -> AsyncIterator[bytes]:
    """Frames of a ``text/event-stream``: news after ``last_id`` first, then as it happens.

    Without ``last_id`` only what happens from now on. A silent stream sends a comment every ``heartbeat``
    seconds, after asking whether the user may still see anything; it ends when not.
    """
    await sync_to_async(
        connections.close_all
    )()  # the page's own connection is not kept while the stream is open
    yield f"retry: {_RETRY_MILLISECONDS}\n\n".encode()
    async for news in listen(user, topic, last_id, heartbeat=heartbeat):
        yield b": \n\n" if news is None else news.frame


async def listen(
    user: User, topic: str, last_id: int | None = None, *, heartbeat: float = HEARTBEAT_SECONDS
) -> AsyncIterator[News | None]:
    """The news of a topic in the user's scope of each moment; None is a heartbeat. Ends with the user's rights.

    The hub reads each piece of news once for all seats. A seat asks the database itself when it begins, after a break, when
    its user's rights change, and with every heartbeat.
    """
    scope = await in_thread(_scope_now)(user)
    if scope is None:
        return
    seat = Seat(user.pk, topic, scope)
    hub().add(seat)
    try:
        await hub().ready.wait()
        last = await in_thread(newest)(topic, scope) if last_id is None else last_id
        sent, many = set[int](), _FEW
        yield None
        while True:
            seat.wake.clear()
            if seat.stale and not await _looked_up(seat, user):
                return
            if seat.behind is None:
                found, seat.fresh = seat.fresh, []
            else:
                found = await in_thread(since)(topic, last, seat.scope, seat.behind)
                seat.behind = found[-1].id if len(found) == MOST else None
            for news in found:
                if news.id not in sent:
                    sent.add(news.id)
                    last = max(last, news.id)
                    yield news
            if len(sent) > many:
                sent = {number for number in sent if number > last - LATE}
                many = 2 * len(sent) + _FEW
            if seat.behind is None and not seat.fresh and not await _woken(seat, heartbeat):
                yield None
                seat.turn()
    finally:
        await hub().drop(seat)


async def _looked_up(seat: Seat, user: User) -> bool:
    """Give a seat the scope of this moment, and let it catch up; whether there is anything left to see."""
    before = seat.turns
    scope = await in_thread(_scope_now)(user)
    if scope is None:
        return False
    seat.scope, seat.behind, seat.fresh, seat.stale = scope, 0, [], seat.turns != before
    return True


async def _woken(seat: Seat, seconds: float) -> bool:
    """Whether anything came before so many seconds; a timer of the loop costs half of a timeout."""
    silent = False

    def end() -> None:
        nonlocal silent
        silent = True
        seat.wake.set()

    late = asyncio.get_running_loop().call_later(seconds, end)
    try:
        await seat.wake.wait()
    finally:
        late.cancel()
    return not silent


def _scope_now(user: User) -> Scope | None:
    """The user's scope by the grants of this moment; None when the session or every grant has ended."""
    now = User.objects.filter(pk=user.pk, is_active=True, epoch=user.epoch).first()
    scope = now.scope() if now else Scope.NOTHING
    return scope if scope.areas or scope.bounds else None
