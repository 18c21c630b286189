"""Carrying claimed messages to the providers, several at once, and writing down what came of it.

Nothing is locked while a provider is asked. If this process dies in between, the lease runs out and another one sends
again under the same ids, so that the provider recognises the repeat.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from songhe.core.notices import Health, back_off, chosen, sent
from songhe.engines.access.bulk import update_many
from songhe.engines.access.scope import Scope, entered
from songhe.engines.notices import providers
from songhe.engines.notices.book import book
from songhe.engines.notices.channels import Gateway, Rejected, Taken, Unavailable, gateways
from songhe.engines.notices.claiming import Ready, claim, save
from songhe.engines.notices.course import arrived, climb, step, waited
from songhe.engines.notices.models import Delivery, Notice, State, Step, Why

HANDS = 12
SAME = 5
"""So many tries of what is not urgent go to the provider that may have sent it, before another is asked: some two minutes."""
SENT = ("provider", "reference", "state", "accepted_at", "delivered_at", "segments", "error")
Clock = Callable[[], datetime]


@dataclass(slots=True)
class Outcome:
    """What came of one message: who took it, or why nobody did; and the failures on the way. ``unheard``: who may have taken it."""

    ready: Ready
    provider: str = ""
    taken: Taken | None = None
    rejected: str = ""
    unheard: str = ""
    at: datetime | None = None
    troubles: list[tuple[str, str]] = field(default_factory=list)


def clock_from(at: datetime) -> Clock:
    """A clock that shows ``at`` now and goes on from there."""
    begun = time.monotonic()
    return lambda: at + timedelta(seconds=time.monotonic() - begun)


def send_batch(clock: Clock) -> int:
    """Take one batch, send it and mark it; returns how many messages were taken, 0 when nothing is due."""
    with entered(Scope.EVERYTHING):
        ready, taken = claim(clock())
        known = providers.known() if ready else {}
    if ready:
        outcomes = carry(ready, known, clock)
        with entered(Scope.EVERYTHING):
            mark(outcomes, clock())
    return taken


class Switch:
    """Which provider the next message of a batch goes to; several threads ask."""

    def __init__(self, known: dict[str, Health]) -> None:
        self._known = dict(known)
        self._tried: set[str] = set()
        self._lock = threading.Lock()

    def choose(
        self, ways: Sequence[Gateway], at: datetime, *, urgent: bool, not_by: set[str]
    ) -> Gateway | None:
        """The gateway that is well, or one to be tried again."""
        by_code = {way.code: way for way in ways if way.code not in not_by}
        with self._lock:
            code = chosen(list(by_code), self._known, at, tried=self._tried, urgent=urgent)
            if code is None:
                return None
            if self._known.get(code, Health()).on_trial(at):
                self._tried.add(code)
            return by_code[code]

    def note(self, code: str, at: datetime, *, well: bool) -> None:
        """What a try came to, so that the rest of the batch does not run into the same wall."""
        with self._lock:
            health = self._known.get(code, Health())
            self._known[code] = sent(
                health, book().switching, accepted=int(well), failed=int(not well), at=at
            )


def carry(ready: Sequence[Ready], known: dict[str, Health], clock: Clock) -> list[Outcome]:
    """Hand the messages over, several at once; no transaction is open."""
    switch = Switch(known)
    ways = {one.letter.channel: gateways(one.letter.channel) for one in ready}

    def hand_over(one: Ready) -> Outcome:
        return _hand_over(one, _open_to(one, ways[one.letter.channel]), switch, clock)

    if len(ready) == 1:
        return [hand_over(ready[0])]
    with ThreadPoolExecutor(min(HANDS, len(ready)), thread_name_prefix="notices") as pool:
        return list(pool.map(hand_over, ready))


def _open_to(one: Ready, ways: Sequence[Gateway]) -> Sequence[Gateway]:
    """The providers that a message may go to: for some tries only the one that may have sent it, unless it is urgent."""
    same = [way for way in ways if way.code == one.delivery.provider]
    return same if same and one.delivery.tries <= SAME and not one.letter.urgent else ways


def _hand_over(one: Ready, ways: Sequence[Gateway], switch: Switch, clock: Clock) -> Outcome:
    """Try the providers one after the other. After a time-out nobody knows whether the message went: then it is repeated
    later where it went first, unless it is urgent."""
    found = Outcome(one)
    failed: set[str] = set()
    while gateway := switch.choose(ways, clock(), urgent=one.letter.urgent, not_by=failed):
        try:
            found.taken = gateway.send(one.letter)
        except Rejected as refusal:
            found.rejected, found.provider = str(refusal)[:200] or "rejected", gateway.code
        except Unavailable as trouble:
            switch.note(gateway.code, clock(), well=False)
            found.troubles.append((gateway.code, str(trouble)[:200]))
            failed.add(gateway.code)
            if trouble.uncertain and not one.letter.urgent:
                found.unheard = gateway.code
                break
            continue
        switch.note(gateway.code, clock(), well=True)
        found.provider = gateway.code
        break
    found.at = clock()
    return found


def mark(outcomes: Sequence[Outcome], at: datetime) -> None:
    """Write down what came of a batch. What was stopped, answered or reported on meanwhile stays as it is."""
    rows = Notice.everywhere.filter(pk__in=[one.ready.notice.pk for one in outcomes]).order_by("pk")
    now = {notice.pk: notice for notice in rows.select_for_update(no_key=True)}
    deliveries = Delivery.everywhere.in_bulk([one.ready.delivery.pk for one in outcomes])
    steps: list[Step] = []
    for one in outcomes:
        notice = now.get(one.ready.notice.pk)
        delivery = deliveries.get(one.ready.delivery.pk)
        if notice is None or delivery is None:
            continue
        steps += _steps(notice, one, at)
        delivery.segments = one.ready.delivery.segments
        if delivery.state == Delivery.State.WAITING:
            _enter(delivery, one, at)
        if _is_ours(notice, one.ready):
            steps += _move(notice, one, at)
    save(now.values())
    update_many(
        Delivery, ("id", *SENT), [(d.pk, *(getattr(d, name) for name in SENT)) for d in deliveries.values()]
    )
    Step.everywhere.bulk_create(steps)
    _tell_providers(outcomes, at)


def _is_ours(notice: Notice, ready: Ready) -> bool:
    """Whether the message still stands where it was when it was taken."""
    before = ready.notice
    return notice.is_open and (notice.rung, notice.round, notice.state) == (
        before.rung,
        before.round,
        State.WAITING,
    )


def _enter(delivery: Delivery, one: Outcome, at: datetime) -> None:
    moment = one.at or at
    if one.taken is not None:
        delivery.provider, delivery.reference = one.provider, one.taken.reference[:80]
        delivery.state, delivery.accepted_at, delivery.error = Delivery.State.ACCEPTED, moment, ""
        if one.taken.delivered:
            delivery.state, delivery.delivered_at = Delivery.State.DELIVERED, moment
    elif one.rejected:
        delivery.provider, delivery.error = one.provider, one.rejected
        delivery.state = Delivery.State.FAILED
    elif one.troubles:
        delivery.provider, delivery.error = one.unheard or delivery.provider, one.troubles[-1][1]


def _move(notice: Notice, one: Outcome, at: datetime) -> list[Step]:
    notice.lease_until = None
    moment = one.at or at
    if one.taken is not None:
        notice.state, notice.why = State.SENT, ""
        notice.next_at = waited(notice, moment)
        if one.taken.delivered:
            arrived(notice, moment)
        return []
    if one.rejected:
        return [climb(notice, moment, why=Why.REJECTED)]
    spread = random.random()  # noqa: S311  it only spreads repeats
    wait = back_off(one.ready.delivery.tries, first=book().first_wait, share=spread)
    notice.next_at, notice.why = min(moment + wait, notice.expires_at), Why.UNREACHABLE
    more = notice.rung + 1 < len(notice.channels)
    since = one.ready.delivery.due_at + timedelta(seconds=notice.wait_seconds)
    return [climb(notice, moment, why=Why.UNREACHABLE)] if more and notice.next_at > since else []


def _steps(notice: Notice, one: Outcome, at: datetime) -> list[Step]:
    channel, moment = one.ready.letter.channel, one.at or at
    found = [
        step(notice, Step.What.TROUBLE, moment, channel=channel, provider=code, note=what)
        for code, what in one.troubles
    ]
    if one.taken is not None:
        found.append(step(notice, Step.What.ACCEPTED, moment, channel=channel, provider=one.provider))
        if one.taken.delivered:
            found.append(step(notice, Step.What.DELIVERED, moment, channel=channel, provider=one.provider))
    elif one.rejected:
        found.append(
            step(
                notice, Step.What.REJECTED, moment, channel=channel, provider=one.provider, note=one.rejected
            )
        )
    return found


def _tell_providers(outcomes: Sequence[Outcome], at: datetime) -> None:
    accepted: Counter[str] = Counter(one.provider for one in outcomes if one.provider)
    failed: Counter[str] = Counter(code for one in outcomes for code, _what in one.troubles)
    troubles = {code: what for one in outcomes for code, what in one.troubles}
    counts = {code: (accepted[code], failed[code]) for code in {*accepted, *failed}}
    if counts:
        providers.after_sending(counts, troubles, at)
