"""What the exchange shall do for us: dial, hang up, write, know who is ready. Written with the act, carried out after it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from songhe.areas.lines.actions.hearing import conclude
from songhe.areas.lines.models import LINE_STATES, Exchange, LineState, Seat, Session, TextLine, Wish
from songhe.areas.lines.queries.hashes import number_hash
from songhe.areas.lines.rules import Kind, SeatState
from songhe.areas.lines.switch import Gone, Rejected, Silent, Unreachable, carry_out
from songhe.core.codes import parse_phone
from songhe.core.refusal import Refused
from songhe.core.text import normalise
from songhe.engines.access.api import Actor, Scope, entered
from songhe.engines.acts.api import act
from songhe.engines.regions.ids import uuid7
from songhe.engines.vault.api import make_key, reveal_json, seal, seal_json
from songhe.kit.fields import Field

LASTS = {
    Wish.Kind.DIAL: timedelta(seconds=20),
    Wish.Kind.HANG_UP: timedelta(minutes=2),
    Wish.Kind.SAY: timedelta(minutes=10),
    Wish.Kind.SEAT: timedelta(minutes=2),
}
"""How long after it was wanted a wish is still one."""


@act("lines.dial")
def dial(
    *,
    actor: Actor,
    at: datetime,
    number: Annotated[str, Field(label=_("Telephone number"), size=30)],
    for_key: Annotated[str, Field(label=_("About"), hidden=True, size=80)] = "",
) -> Session:
    """Call a number from one's own seat. ``for_key`` says what it is about, for whoever asks later."""
    phone = parse_phone(number, field="number")
    seat = Seat.everywhere.select_for_update(no_key=True).filter(agent_id=actor.id, enabled=True).first()
    if seat is None:
        raise Refused(
            "no_seat", "You have no seat at the exchange. Dial by hand, or ask whoever leads the desk."
        )
    if seat.state in (SeatState.OFF, SeatState.TALKING):
        raise Refused("not_free", "Log on and end the call you are on, then dial.")
    session = Session(
        id=uuid7(), exchange_id=seat.exchange_id, region_id=seat.region_id, direction=Session.Way.OUT,
        state=LineState.ASKED, agent_id=seat.agent_id, agent_name=seat.agent_name, began_at=at, last_at=at,
        number_masked=phone.masked, number_hash=number_hash(phone.dialled), for_key=normalise(for_key)[:80],
    )  # fmt: skip
    session.ref = session.pk.hex
    make_key(session.pk)
    session.number_sealed = seal(session.pk, phone.dialled)
    session.save(force_insert=True)
    body = {"number": phone.dialled, "extension": seat.extension, "ref": session.ref}
    wish(seat.exchange, Wish.Kind.DIAL, body, at=at, session_id=session.pk)
    return session


@act("lines.seat")
def end_call(session: Session, *, actor: Actor, at: datetime) -> Session:
    """Hang up."""
    if not session.is_open:
        raise Refused("over", "This call is over.")
    if session.agent_id != actor.id:
        raise Refused("not_yours", "Another agent is on this call. Only they can hang up.")
    wish(session.exchange, Wish.Kind.HANG_UP, {"ref": session.ref}, at=at, session_id=session.pk)
    return session


@act("lines.seat")
def reply(
    session: Session,
    *,
    actor: Actor,
    at: datetime,
    words: Annotated[str, Field(label=_("Answer"), long=True, size=500)],
) -> Session:
    """Write to somebody who cannot hear or speak."""
    clean = normalise(words, lines=True, field="words")
    if not clean:
        raise Refused("empty", "This must not be empty. Fill it in.", field="words")
    if session.media != Session.Medium.TEXT or not session.is_open:
        raise Refused("not_in_writing", "Nothing can be written here any more. Call instead.")
    seat = Seat.everywhere.filter(agent_id=actor.id, enabled=True).first()
    if seat is None or seat.state == SeatState.OFF:
        raise Refused("no_seat_yet", "Log on at your seat first, then write.")
    TextLine(
        session=session, from_desk=True, words_sealed=seal(session.pk, clean), by_name=actor.name[:80], at=at,
        region_id=session.region_id,
    ).save(force_insert=True)  # fmt: skip
    body = {"ref": session.ref, "words": clean, "extension": seat.extension}
    wish(session.exchange, Wish.Kind.SAY, body, at=at, session_id=session.pk)
    return session


def wish(
    exchange: Exchange, kind: Wish.Kind, body: Mapping[str, Any], *, at: datetime, session_id: UUID | None = None
) -> Wish:  # fmt: skip
    """Write a wish in the open transaction; it is carried out when that is through."""
    row = Wish(
        exchange=exchange, kind=kind, session_id=session_id, body_sealed=seal_json(exchange.pk, dict(body)), asked_at=at,
        expires_at=at + LASTS[kind], region_id=exchange.region_id,
    )  # fmt: skip
    row.save(force_insert=True)
    transaction.on_commit(partial(_send_at_once, at), robust=True)
    return row


def _send_at_once(at: datetime) -> None:
    with entered(
        Scope.EVERYTHING
    ):  # the wish was checked when it was written; sending it needs the exchange's secret
        send_wishes(at=at)


def send_wishes(*, at: datetime) -> int:
    """Carry out what waits, the oldest first; what is too old has failed. Returns how many were carried out.

    A call that shall end and that the exchange does not know is over. An exchange that is mute is asked once.
    """
    rows = Wish.everywhere.select_for_update(skip_locked=True, of=("self",)).filter(state=Wish.State.WAITING)
    done, over, mute = 0, list[UUID](), set[UUID]()
    for row in rows.select_related("exchange").order_by("asked_at", "id")[:50]:
        if row.expires_at < at:
            _failed(row, "too late", at)
            continue
        if row.exchange_id in mute:
            continue
        try:
            carry_out(row.exchange, row.kind, str(row.pk), reveal_json(row.exchange_id, row.body_sealed))
        except Unreachable as fault:
            mute |= {row.exchange_id} if isinstance(fault, Silent) else set()
            row.tries += 1
            row.fault = str(fault)[:200]
            row.save(update_fields=["tries", "fault"])
        except Rejected as fault:
            _failed(row, str(fault), at)
            if isinstance(fault, Gone) and row.kind == Wish.Kind.HANG_UP and row.session_id:
                over.append(row.session_id)
        else:
            row.state, row.done_at = Wish.State.DONE, at
            row.save(update_fields=["state", "done_at"])
            done += 1
    for session in Session.everywhere.filter(pk__in=over, state__in=LINE_STATES).select_related("exchange"):
        conclude(session, Kind.HUNG_UP, at=at)
    return done


def _failed(row: Wish, why: str, at: datetime) -> None:
    row.state, row.fault, row.done_at = Wish.State.FAILED, why[:200], at
    row.save(update_fields=["state", "fault", "done_at"])
    if row.kind == Wish.Kind.DIAL and row.session_id:
        Session.everywhere.filter(pk=row.session_id, state=LineState.ASKED).update(
            state=LineState.FAILED, ended_at=at
        )
