"""What providers and people report back: receipts and answers, once each, in whatever order they come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from songhe.core.codes import parse_phone
from songhe.core.notices import Goal
from songhe.core.refusal import Refused
from songhe.engines.access.bulk import update_many
from songhe.engines.access.scope import elevated
from songhe.engines.notices.book import book
from songhe.engines.notices.claiming import save
from songhe.engines.notices.course import arrived, climb, end, step
from songhe.engines.notices.models import Delivery, Inbox, Notice, State, Step, Why
from songhe.engines.notices.providers import after_receipts
from songhe.engines.notices.telling import wake
from songhe.engines.vault.api import keyed_hashes

REPLIES_FOR = timedelta(days=2)
Answered = Callable[[Notice, str, datetime], None]
LONGEST_ANSWER = 500
_answered: dict[str, Answered] = {}
_talks: set[str] = set()


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A provider's word on one message, by our id or by its own number."""

    id: UUID | None = None
    reference: str = ""
    delivered: bool
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A key that was pressed or a text that came back, by our id or by the number it came from."""

    id: UUID | None = None
    number: str = ""
    text: str


def when_answered(template: str, *, talk: bool = False) -> Callable[[Answered], Answered]:
    """Register what an area does, in the same transaction, when somebody answers a message of a template.

    ``talk``: answers are somebody's own words. They are handed on and not kept here, also the second and third to the same
    message; the area keeps what comes twice once.
    """

    def register(found: Answered) -> Answered:
        _answered[template] = found
        if talk:
            _talks.add(template)
        return found

    return register


def receive(provider: str, receipts: Sequence[Receipt], *, at: datetime) -> int:
    """Enter receipts in the caller's transaction; returns how many changed something. The rest was known or is foreign."""
    with elevated():  # a provider knows no regions; it names its own messages
        found = _found(provider, receipts)
        notices = _locked({delivery.notice_id for delivery, _receipt in found})
        rows = Delivery.everywhere.in_bulk([delivery.pk for delivery, _receipt in found])  # as they are now
        steps: list[Step] = []
        quick: Counter[str] = Counter()
        slow: Counter[str] = Counter()
        for known, receipt in found:
            delivery, notice = rows[known.pk], notices[known.notice_id]
            if not _news(delivery, receipt):
                continue
            steps += _enter(delivery, notice, receipt, provider, at=at)
            taken_at = delivery.accepted_at or at
            counted = quick if at - taken_at <= book().switching.slow_after else slow
            counted[provider] += 1
        _save(notices.values(), rows.values(), steps, at=at)
        if quick or slow:
            after_receipts(quick, slow, at)
    return quick.total() + slow.total()


def answer(replies: Sequence[Reply], *, at: datetime) -> int:
    """Enter answers in the caller's transaction; returns how many were to a message that waited for one."""
    with elevated():  # as above
        wanted = [(found, reply) for reply in replies if (found := _asked(reply, at))]
        notices = _locked({pk for pk, _reply in wanted})
        steps, more = [], 0
        for pk, reply in wanted:
            notice = notices[pk]
            if notice.state != State.ANSWERED:
                steps.append(answered(notice, reply.text, at=at))
            elif notice.template in _talks:
                _answered[notice.template](notice, _said(reply.text), at)
                more += 1
        _save(notices.values(), (), steps, at=at)
    return len(steps) + more


def settle(template: str, key: str, *, at: datetime) -> int:
    """What was told has been seen to otherwise: messages whose key begins so go no further. Returns how many."""
    with elevated():  # whoever sees to it need not be who was told
        rows = Notice.everywhere.filter(template=template, key__startswith=key, next_at__isnull=False)
        notices = list(rows.order_by("pk").select_for_update(no_key=True))
        steps = [end(one, State.DELIVERED if one.arrived_at else State.STOPPED, at) for one in notices]
        _save(notices, (), steps, at=at)
    return len(steps)


def answered(notice: Notice, text: str, *, at: datetime) -> Step:
    """Somebody has acknowledged a message: its end, and the area's business."""
    channel = notice.channel
    said = _said(text)
    notice.answer = "" if notice.template in _talks else said[:40]
    notice.state, notice.why = State.ANSWERED, ""
    notice.ended_at, notice.next_at, notice.lease_until = at, None, None
    if hook := _answered.get(notice.template):
        hook(notice, said if notice.template in _talks else notice.answer, at)
    return step(notice, Step.What.ANSWERED, at, channel=channel, note=notice.answer)


def _said(text: str) -> str:
    return text.replace("\0", "").strip()[:LONGEST_ANSWER]


def _found(provider: str, receipts: Iterable[Receipt]) -> list[tuple[Delivery, Receipt]]:
    rows = list(receipts)
    ids = [one.id for one in rows if one.id]
    references = [one.reference for one in rows if not one.id and one.reference]
    mine = Q(provider=provider) | Q(provider="")  # a receipt may overtake our own note of who took it
    known = Delivery.everywhere.filter(
        (Q(pk__in=ids) & mine) | Q(provider=provider, reference__in=references)
    )
    by_id, by_reference = {}, {}
    for row in known:
        by_id[row.pk] = row
        by_reference[row.reference] = row
    pairs = [(by_id.get(one.id) if one.id else by_reference.get(one.reference), one) for one in rows]
    return [(row, one) for row, one in pairs if row is not None]


def _news(delivery: Delivery, receipt: Receipt) -> bool:
    """Whether a receipt says more than is known: delivered is the last word, whatever came before."""
    if delivery.state == Delivery.State.DELIVERED:
        return False
    return receipt.delivered or delivery.state != Delivery.State.FAILED


def _enter(
    delivery: Delivery, notice: Notice, receipt: Receipt, provider: str, *, at: datetime
) -> list[Step]:
    delivery.provider = provider
    delivery.accepted_at = delivery.accepted_at or at
    here = (delivery.channel, delivery.round) == (notice.channel, notice.round)
    if receipt.delivered:
        delivery.state, delivery.delivered_at, delivery.error = Delivery.State.DELIVERED, at, ""
        if _helps(notice, here=here):
            arrived(notice, at)
        return [step(notice, Step.What.DELIVERED, at, channel=delivery.channel, provider=provider)]
    delivery.state, delivery.error = Delivery.State.FAILED, receipt.note.replace("\0", "")[:200]
    steps = [
        step(
            notice, Step.What.UNDELIVERED, at, channel=delivery.channel, provider=provider,
            note=delivery.error,
        )
    ]  # fmt: skip
    if here and notice.is_open and notice.state in (State.WAITING, State.SENT):
        steps.append(climb(notice, at, why=Why.UNDELIVERED))
    elif here and notice.state == State.SENT:  # it had ended without a receipt
        notice.state, notice.why = State.FAILED, Why.UNDELIVERED
    return steps


def _helps(notice: Notice, *, here: bool) -> bool:
    """Whether a delivery changes where the message stands: on its channel, after its end without a receipt, or on an
    earlier channel where a delivery is all that was wanted."""
    if notice.state in (State.SENT, State.FAILED) or (here and notice.state == State.WAITING):
        return here or notice.goal == Goal.DELIVERED
    return notice.state == State.WAITING and notice.goal == Goal.DELIVERED


def _asked(reply: Reply, at: datetime) -> UUID | None:
    """The message that a reply answers: the one named, else the newest to that number that wants an answer or is part of
    a talk."""
    if reply.id:
        row = Delivery.everywhere.filter(pk=reply.id, notice__goal=Goal.ANSWERED).first()
        return row.notice_id if row else None
    try:
        number = parse_phone(reply.number).dialled
    except Refused:
        return None
    rows = Notice.everywhere.filter(
        number_hash__in=keyed_hashes("notice:number", number),
        goal=Goal.ANSWERED,
        told_at__gte=at - REPLIES_FOR,
    )
    talk = Q(template__in=_talks) & ~Q(state__in=[State.WITHHELD, State.STOPPED])
    rows = rows.filter(Q(next_at__isnull=False) | talk)
    return rows.order_by("-told_at", "-id").values_list("pk", flat=True).first()


def _locked(ids: Iterable[UUID]) -> dict[UUID, Notice]:
    rows = Notice.everywhere.filter(pk__in=list(ids)).order_by("pk")
    return {notice.pk: notice for notice in rows.select_for_update(no_key=True)}


def _save(
    notices: Iterable[Notice], deliveries: Iterable[Delivery], steps: Sequence[Step], *, at: datetime
) -> None:
    if not steps:
        return
    rows = list(notices)
    save(rows)
    names = ("provider", "state", "accepted_at", "delivered_at", "error")
    update_many(Delivery, ("id", *names), [(d.pk, *(getattr(d, name) for name in names)) for d in deliveries])
    Step.everywhere.bulk_create(steps)
    ended = [notice.pk for notice in rows if notice.state == State.ANSWERED]
    if ended:
        Inbox.objects.filter(pk__in=ended, answered_at=None).update(answered_at=at)
    wake(rows, at)
