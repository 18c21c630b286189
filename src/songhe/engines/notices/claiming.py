"""Taking a batch of messages for a while, most urgent first, and making ready what a provider is given.

All of it is committed before anything is sent: whoever takes a batch over finds the same ids.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from uuid import UUID

from django.db import connection
from django.db.models import F

from songhe.core.notices import Urgency, segments
from songhe.engines.access.bulk import insert_new, update_many
from songhe.engines.notices.book import book
from songhe.engines.notices.channels import Letter, is_carried
from songhe.engines.notices.course import MOVED, arrived, climb, end, step, time_is_up
from songhe.engines.notices.models import Channel, Delivery, Notice, State, Step, Tally, Why
from songhe.engines.notices.providers import late
from songhe.engines.notices.sealing import Opened, opened
from songhe.engines.notices.telling import put_in_box, withdrawn

BATCH = 40
URGENT_BATCH = 8
LEASE = timedelta(seconds=60)
URGENT_LEASE = timedelta(seconds=15)
BY_NUMBER = (Channel.SMS, Channel.VOICE)

_CLAIM = """
UPDATE notices_notice SET lease_until = %s WHERE id = ANY(ARRAY(
  SELECT id FROM notices_notice WHERE next_at <= %s AND (lease_until IS NULL OR lease_until < %s) AND urgency >= %s
  ORDER BY urgency DESC, next_at LIMIT %s FOR UPDATE SKIP LOCKED)) RETURNING *
"""


@dataclass(frozen=True, slots=True)
class Ready:
    """A message with the row of its channel and what the provider is given."""

    notice: Notice
    delivery: Delivery
    letter: Letter


def claim(at: datetime) -> tuple[list[Ready], int]:
    """Take what is due in the caller's transaction, under everybody's scope: what is to be sent, and how many were taken.

    Where the wait of a channel is over, the message moves on here; it is taken again for its next channel.
    """
    taken = _taken(at, Urgency.URGENT, URGENT_BATCH, URGENT_LEASE) or _taken(
        at, Urgency.ORDINARY, BATCH, LEASE
    )
    steps: list[Step] = []
    going, boxed, silent = [], [], []
    for notice in taken:
        if notice.state != State.WAITING or at >= notice.expires_at:
            silent += [notice] if notice.state == State.SENT else []
            steps.append(time_is_up(notice, at))
        elif notice.channel == Channel.IN_APP:
            boxed.append(notice)
        else:
            going.append(notice)
    late(silent, at)
    steps += _put(boxed, at)
    ready = _ready(going, steps, at)
    waiting = {one.notice.pk for one in ready}
    save([notice for notice in taken if notice.pk not in waiting])
    Step.everywhere.bulk_create(steps)
    return ready, len(taken)


def save(notices: Iterable[Notice]) -> None:
    """Write down where messages stand, in one statement."""
    update_many(Notice, ("id", *MOVED), [(n.pk, *(getattr(n, name) for name in MOVED)) for n in notices])


def _taken(at: datetime, least: int, most: int, lease: timedelta) -> list[Notice]:
    rows = Notice.everywhere.raw(_CLAIM, [at + lease, at, at, least, most])
    return sorted(rows, key=lambda notice: (-notice.urgency, notice.next_at or at, notice.pk))


def _put(boxed: Sequence[Notice], at: datetime) -> list[Step]:
    """In-boxes that a message comes to after another channel, or once more."""
    put_in_box(boxed, at=at)
    for notice in boxed:
        notice.lease_until = None
        arrived(notice, at)
    return [step(notice, Step.What.PUT, at, channel=Channel.IN_APP) for notice in boxed]


def _ready(going: Sequence[Notice], steps: list[Step], at: datetime) -> list[Ready]:
    said = opened(going)
    away = withdrawn({notice.to_person_id for notice in going if notice.to_person_id})
    possible = []
    for notice in going:
        if notice.pk not in said:
            steps.append(end(notice, State.STOPPED, at, Why.ERASED))
        elif not is_carried(notice.channel):
            steps.append(climb(notice, at, why=Why.NO_PROVIDER))
        elif notice.to_person_id in away and notice.channel in BY_NUMBER and _asks_consent(notice):
            steps.append(end(notice, State.WITHHELD, at, Why.CONSENT))
        else:
            possible.append(notice)
    deliveries = _deliveries(possible, at)
    held = _held([n for n in possible if n.channel in BY_NUMBER and not deliveries[n.pk].tries], at)
    steps += [_hold(notice, held[notice.pk], at) for notice in possible if notice.pk in held]
    letters = [n for n in possible if n.pk not in held]
    rows = [deliveries[notice.pk] for notice in letters]
    Delivery.everywhere.filter(pk__in=[row.pk for row in rows]).update(tries=F("tries") + 1)
    return [_letter(notice, deliveries[notice.pk], said[notice.pk]) for notice in letters]


def _asks_consent(notice: Notice) -> bool:
    form = book().templates.get(notice.template)
    return form is None or form.consent


def _letter(notice: Notice, delivery: Delivery, said: Opened) -> Ready:
    text = book().signed(said.text, notice.language) if notice.channel == Channel.SMS else said.text
    delivery.tries += 1
    delivery.segments = segments(text) if notice.channel == Channel.SMS else 0
    letter = Letter(
        id=delivery.pk,
        channel=notice.channel,
        number=said.number,
        robot=notice.robot,
        text=text,
        language=notice.language,
        urgent=notice.urgency == Urgency.URGENT,
        asks=notice.goal == "answered",
    )
    return Ready(notice, delivery, letter)


def _deliveries(notices: Sequence[Notice], at: datetime) -> Mapping[UUID, Delivery]:
    """The row of each message's channel, made the first time it is taken; its key stays for every later try."""
    fresh = [
        Delivery(
            notice=n, region_id=n.region_id, holder_id=n.holder_id, channel=n.channel, round=n.round,
            due_at=n.next_at or at,
        )
        for n in notices
    ]  # fmt: skip
    columns = Delivery._meta.concrete_fields
    insert_new(
        Delivery,
        [column.name for column in columns],
        [tuple(getattr(row, column.attname) for column in columns) for row in fresh],
        unless=("notice", "channel", "round"),
    )
    rows = Delivery.everywhere.filter(notice__in=notices).select_related(None)
    known = {(row.notice_id, row.channel, row.round): row for row in rows}
    return {n.pk: known[n.pk, n.channel, n.round] for n in notices}


def _hold(notice: Notice, until: datetime, at: datetime) -> Step:
    """Too many went to this number: later, if it is still worth it then."""
    if until >= notice.expires_at:
        return end(notice, State.WITHHELD, at, Why.LIMIT)
    notice.next_at, notice.lease_until, notice.why = until, None, Why.LIMIT
    return step(notice, Step.What.HELD, at, channel=notice.channel, note=Why.LIMIT)


def _held(notices: Sequence[Notice], at: datetime) -> dict[UUID, datetime]:
    """Which go over a limit of their number, and until when. The tallies are moved on in one statement for all."""
    wanted: dict[UUID, list[tuple[bytes, int, datetime]]] = {}
    for notice in notices:
        form = book().templates.get(notice.template)
        level = book().limits[Urgency(notice.urgency)]
        rules = [(f"level {notice.urgency}", level.count, level.over)]
        if form is not None and form.at_most:
            rules.append((form.code, *form.at_most))
        wanted[notice.pk] = [_tally(notice, name, most, over, at) for name, most, over in rules]
    counts = _counted(wanted.values())
    held: dict[UUID, datetime] = {}
    for key in reversed(wanted):
        over = [until for what, most, until in wanted[key] if counts[what] > most]
        for what, _most, _until in wanted[key]:
            counts[what] -= 1
        if over:
            held[key] = max(over)
    return held


def _tally(
    notice: Notice, name: str, most: int, over: timedelta, at: datetime
) -> tuple[bytes, int, datetime]:
    window = int(at.timestamp() // over.total_seconds())
    text = b"|".join([bytes(notice.number_hash or b""), name.encode(), str(window).encode()])
    since = datetime.fromtimestamp(window * over.total_seconds(), tz=at.tzinfo)
    return blake2b(text, digest_size=16).digest(), most, since + over


def _counted(wanted: Iterable[Sequence[tuple[bytes, int, datetime]]]) -> Counter[bytes]:
    more: Counter[bytes] = Counter()
    ends: dict[bytes, datetime] = {}
    for rules in wanted:
        for what, _most, until in rules:
            more[what] += 1
            ends[what] = until
    rows = sorted(more.items())  # in one order, so that two workers do not wait for each other
    if not rows:
        return more
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{Tally._meta.db_table}" AS known (what, count, ends_at)'  # noqa: S608  our own table
            " SELECT * FROM unnest(%s::bytea[], %s::int[], %s::timestamptz[]) ON CONFLICT (what)"
            " DO UPDATE SET count = known.count + EXCLUDED.count RETURNING what, count",
            [[what for what, _n in rows], [n for _what, n in rows], [ends[what] for what, _n in rows]],
        )
        return Counter({bytes(what): int(count) for what, count in cursor.fetchall()})
