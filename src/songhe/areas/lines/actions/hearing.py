"""Hearing what an exchange tells. Events are telemetry and no acts: each is kept as it was, and cannot be changed.

A session is locked, its new events are added, and everything that can be derived is derived anew from all of them. So it
does not matter in which order they come, how late, and how often.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from songhe.areas.lines.actions.following import follow
from songhe.areas.lines.actions.placing import place
from songhe.areas.lines.limits import terms
from songhe.areas.lines.models import Exchange, LineEvent, LineState, Seat, Session, TextLine
from songhe.areas.lines.models.sessions import write_leg
from songhe.areas.lines.queries.hashes import number_hash
from songhe.areas.lines.rules import Course, Direction, Event, Heard, Kind, Media, SeatNews, SeatState, fold
from songhe.core.codes import parse_phone
from songhe.core.refusal import Refused
from songhe.engines.access.api import asked
from songhe.engines.regions.ids import uuid7
from songhe.engines.vault.api import make_key, open_keys, reveal_with, seal_json, seal_with
from songhe.engines.vault.cipher import Key

STORED, KNOWN, CLASH = "stored", "known", "clash"
AHEAD = timedelta(minutes=5)


def hear(exchange: Exchange, heard: Sequence[Heard], *, at: datetime) -> list[str]:
    """Keep events and bring their sessions up to date; says of each whether it was stored, known, or clashes.

    In the caller's transaction. An event clashes that has the key of another one with other content: the first is kept.
    """
    verdicts: dict[int, str] = {}
    by_ref: dict[str, list[int]] = {}
    for number, each in enumerate(heard):
        by_ref.setdefault(each.ref, []).append(number)
    sessions = {ref: _session(exchange, ref, heard[by_ref[ref][0]], at) for ref in sorted(by_ref)}
    seats = _seats(exchange, heard, [session for session, _key in sessions.values()])
    for ref, places in by_ref.items():
        mine = [heard[number] for number in places]
        verdicts |= dict(zip(places, _take(*sessions[ref], mine, seats, at), strict=True))
    return [verdicts[number] for number in range(len(heard))]


def hear_seats(exchange: Exchange, news: Sequence[SeatNews], *, at: datetime) -> int:
    """Bring seats up to date with what the exchange knows of them; returns how many changed."""
    if not news:
        return 0
    rows = Seat.everywhere.select_for_update(no_key=True).filter(
        exchange=exchange, extension__in={each.extension for each in news}, enabled=True
    )
    seats = {seat.extension: seat for seat in rows.order_by("id")}
    changed = 0
    for each in sorted(news, key=lambda one: one.at):
        seat = seats.get(each.extension)
        if seat is not None and seat.since <= each.at <= at + AHEAD:
            changed += place(seat, SeatState(each.state), at=each.at, reason=each.reason)
    return changed


def conclude(session: Session, kind: Kind, *, at: datetime) -> None:
    """Say ourselves of an open call what its exchange did not: that it is over now, or that nothing more was told."""
    moment = session.last_at if kind is Kind.UNTOLD else max(at, session.last_at)
    key = f"{session.pk.hex}-{kind}-{moment:%Y%m%d%H%M%S%f}"
    hear(session.exchange, [Heard(key, session.ref, kind, moment)], at=at)


def link(session_id: UUID, call_id: UUID, *, at: datetime) -> None:
    """Note which call of the desk was opened for a session; the first moment is kept."""
    rows = Session.everywhere.filter(pk=session_id)
    rows.update(call_id=call_id)
    rows.filter(linked_at=None).update(linked_at=at)


def _seats(exchange: Exchange, heard: Sequence[Heard], sessions: Sequence[Session]) -> list[Seat]:
    """The seats that these events may move, locked in one order, after the sessions."""
    named = tuple({each.extension for each in heard if each.extension})
    return _locked_seats(
        (exchange.pk,) if named else (),
        named,
        tuple(session.pk for session in sessions),
        tuple(session.agent_id for session in sessions if session.agent_id),
    )


@asked
def _locked_seats(
    exchanges: tuple[UUID, ...],
    extensions: tuple[str, ...],
    sessions: tuple[UUID, ...],
    agents: tuple[UUID, ...],
) -> QuerySet[Seat]:
    rows = Seat.everywhere.select_for_update(no_key=True).filter(
        Q(exchange__in=exchanges, extension__in=extensions)
        | Q(session_id__in=sessions)
        | Q(agent_id__in=agents)
    )
    return rows.order_by("id")


def _take(session: Session, key: Key, heard: Sequence[Heard], seats: list[Seat], at: datetime) -> list[str]:
    """Written first and read then, with all that the session has: so one reading tells which of them were there already."""
    digests = [hashlib.sha256(each.body.encode("utf-8", "surrogatepass")).digest() for each in heard]
    agents = {seat.extension: seat.agent_id for seat in seats if seat.exchange_id == session.exchange_id}
    made: dict[str, LineEvent] = {}
    for each, digest in zip(heard, digests, strict=True):
        if each.key not in made:
            made[each.key] = _event(session, key, each, digest, agents.get(each.extension), at)
    LineEvent.everywhere.bulk_create(made.values(), ignore_conflicts=True)
    kept = {row.key: row for row in _told_so_far(session.pk, session.exchange_id, tuple(made))}
    verdicts, news = [], []
    for each, digest in zip(heard, digests, strict=True):
        mine, row = made.pop(each.key, None), kept[each.key]
        if mine is not None and mine.pk == row.pk:
            verdicts.append(STORED)
            news.append(each)
        else:
            verdicts.append(KNOWN if bytes(row.digest) == digest else CLASH)
    if news:
        _told(session, key, news, at)
        _derive(session, key, [row for row in kept.values() if row.session_id == session.pk], seats, at)
    return verdicts


@asked
def _told_so_far(session: UUID, exchange: UUID, keys: tuple[str, ...]) -> QuerySet[LineEvent]:
    """What a session has, and whatever else has one of these keys."""
    return LineEvent.everywhere.filter(Q(session=session) | Q(exchange=exchange, key__in=keys))


@asked
def _locked(exchange: UUID, ref: str) -> QuerySet[Session]:
    return Session.everywhere.select_for_update(no_key=True).filter(exchange=exchange, ref=ref)


def _session(exchange: Exchange, ref: str, first: Heard, at: datetime) -> tuple[Session, Key]:
    """The session of a reference, locked, and its open key; a new one where there is none."""
    found = _locked(exchange.pk, ref)
    if not found:
        row = Session(
            id=uuid7(), exchange=exchange, ref=ref, region_id=exchange.region_id, began_at=first.at, last_at=first.at
        )  # fmt: skip
        Session.everywhere.bulk_create([row], ignore_conflicts=True)
        found = _locked(exchange.pk, ref)
        make_key(found[0].pk)
    session = found[0]
    keys = open_keys([session.pk])
    if session.pk not in keys:
        raise Refused("erased", "This record's personal data was erased and cannot be read or changed.")
    return session, keys[session.pk]


def _event(
    session: Session, key: Key, each: Heard, digest: bytes, agent_id: UUID | None, at: datetime
) -> LineEvent:
    return LineEvent(
        exchange_id=session.exchange_id, session=session, key=each.key, kind=each.kind.value, at=each.at, seq=each.seq,
        agent_id=agent_id, queue=each.queue, note_sealed=seal_with(key, session.pk, each.recording),
        body_sealed=seal_with(key, session.pk, each.body), digest=digest, received_at=at, region_id=session.region_id,
    )  # fmt: skip


def _told(session: Session, key: Key, news: Sequence[Heard], at: datetime) -> None:
    """What events say about the session itself; each says it once for all, so that their order does not matter."""
    for each in news:
        if each.direction is Direction.OUT or each.kind is Kind.DIALLED:
            session.direction = Session.Way.OUT
        if each.media is Media.TEXT or each.kind is Kind.TEXTED:
            session.media = Session.Medium.TEXT
        if each.number and not session.number_sealed:
            _number(session, key, each.number)
        session.late += each.kind is not Kind.UNTOLD and at - each.at > timedelta(
            seconds=terms().late_seconds
        )
    TextLine.everywhere.bulk_create(
        TextLine(
            session=session, words_sealed=seal_with(key, session.pk, each.words), at=each.at, region_id=session.region_id
        )
        for each in news
        if each.words
    )  # fmt: skip


def _number(session: Session, key: Key, number: str) -> None:
    try:
        phone = parse_phone(number)
    except Refused:  # a number from abroad, or hidden in the exchange's own way
        session.number_sealed = seal_with(key, session.pk, number)
        session.number_masked = number[:3] + "*" * min(len(number) - 3, 8) if len(number) > 3 else "***"
        return
    session.number_sealed = seal_with(key, session.pk, phone.dialled)
    session.number_masked = phone.masked
    session.number_hash = number_hash(phone.dialled)


def _derive(session: Session, key: Key, rows: Sequence[LineEvent], seats: list[Seat], at: datetime) -> None:
    """Everything that follows from the events, anew; then the seats, and the news."""
    events = [
        Event(
            row.key, Kind(row.kind), row.at, row.seq, str(row.agent_id or ""),
            reveal_with(key, session.pk, row.note_sealed) if row.kind == Kind.RECORDED else "",
        )
        for row in rows
    ]  # fmt: skip
    course = fold(events, direction=Direction(session.direction), media=Media(session.media))
    session.queue = max(((row.at, row.queue) for row in rows if row.queue), default=(at, session.queue))[1]
    session.began_at = min(row.at for row in rows)
    session.last_at = max(row.at for row in rows)
    session.legs = [write_leg(leg) for leg in course.legs]
    session.clock_moved = course.clock_moved
    if course.legs or course.state == LineState.UNTOLD:
        session.state = LineState(course.state)
        session.answered_at = next((leg.answered for leg in course.legs if leg.answered), None)
        session.ended_at = course.legs[-1].ended if course.legs else session.last_at
    _recordings(session, course)
    follow(session, course, seats, at=at)
    session.save()


def _recordings(session: Session, course: Course) -> None:
    if len(course.recordings) != session.recordings:
        session.recordings = len(course.recordings)
        session.recordings_sealed = seal_json(session.pk, list(course.recordings))
