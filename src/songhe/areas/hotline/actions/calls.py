"""Taking, passing on and closing calls, and what is ordered in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.hotline import queries
from songhe.areas.hotline.actions.alarming import alarm_of, kind_of, told_of
from songhe.areas.hotline.actions.common import number_hash, phone_of, region_of, still_open, words_of
from songhe.areas.hotline.actions.complaining import complaint_of_call
from songhe.areas.hotline.actions.triage import Triaged
from songhe.areas.hotline.city import branch_of
from songhe.areas.hotline.informing import send_line
from songhe.areas.hotline.models import (
    Call,
    CallOrder,
    Channel,
    Consent,
    Draft,
    Outcome,
    Purpose,
    Relation,
    TextLine,
    Urgency,
)
from songhe.areas.hotline.rules.windows import Repeat
from songhe.areas.lines.api import done
from songhe.areas.providers.api import Organisation
from songhe.areas.registry.api import Person, Source, register
from songhe.areas.visits import api as visits
from songhe.areas.visits.api import Order, PaidBy
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor, User
from songhe.engines.acts.api import act, add_detail
from songhe.engines.live.api import publish
from songhe.engines.regions.ids import uuid7
from songhe.engines.regions.models import Region
from songhe.engines.vault.api import erase, make_key, seal, seal_json
from songhe.kit.fields import Field

Number = Annotated[str, Field(label=_("Telephone number"), size=30, help=_("Empty if withheld"))]
TOPIC = "hotline.calls"


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """A person whom the hotline does not know yet."""

    name: str
    region: Region
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be ordered; without an organisation somebody hands the order over later. ``repeat``: a series of orders."""

    item: str
    wanted_from: datetime
    wanted_until: datetime
    paid_by: PaidBy
    organisation: Organisation | None = None
    nearest: bool = False
    repeat: Repeat | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """How a call ends. ``matter``: the branch of the call tree; ``caller``: who calls for somebody else."""

    purpose: Purpose
    outcome: Outcome
    relation: Relation
    note: str = ""
    matter: str = ""
    caller: str = ""
    consent: str = ""
    triage: Triaged | None = None


@act("hotline.answer")
def answer(
    *,
    actor: Actor,
    at: datetime,
    number: Number = "",
    channel: Channel = Channel.PHONE,
    line_id: UUID | None = None,
) -> Call:
    """Take a call; it stays open until it is closed. A session of the telephone exchange has one call."""
    phone = phone_of(number)
    call = Call(
        id=uuid7(), region_id=region_of(actor), agent_id=actor.id, agent_name=actor.name[:80], started_at=at,
        channel=channel, line_id=line_id,
    )  # fmt: skip
    call.owner_id = call.id
    make_key(call.id)
    if phone:
        call.number_masked = phone.masked
        call.number_sealed = seal(call.id, phone.dialled)
        call.number_hash = number_hash(phone)
    call.save(force_insert=True)
    return call


@act("hotline.answer")
def serve(
    call: Call,
    *,
    actor: Actor,
    at: datetime,
    closing: Closing,
    person: Person | None = None,
    newcomer: Newcomer | None = None,
    wish: Wish | None = None,
) -> Call:
    """Close a call: who it was about, what was ordered, what came of it, all or nothing."""
    still_open(call)
    number = call.number
    if newcomer is not None:
        person = _registered(newcomer, number, actor=actor, at=at)
    outcome = closing.outcome
    if wish is not None:
        _take_order(call, person, wish, closing, actor=actor, at=at)
    if call.order_id is not None:
        outcome = Outcome.ORDERED
    elif outcome == Outcome.ORDERED:
        raise Refused("no_order", "No service was chosen. Choose one, or another outcome.", field="outcome")
    _note_triage(call, closing.triage)
    call.purpose, call.relation, call.outcome = closing.purpose, closing.relation, outcome
    call.matter = _matter(closing.matter)
    call.consent = _consent(closing.consent)
    _belongs_to(call, person, number, closing)
    call.ended_at = at
    call.save()
    Draft.everywhere.filter(call=call).delete()
    if closing.triage is not None and closing.triage.way.code == Urgency.NOW and call.alarm_id is None:
        words = told_of(call.matter, closing.triage, closing.note)
        alarm_of(call, person, kind=kind_of(call.matter), words=words, actor=actor, at=at)
    _tell_line(call, actor=actor, at=at)
    if closing.purpose == Purpose.COMPLAINT:
        complaint_of_call(call, closing.note, matter=call.matter, actor=actor, at=at)
    return call


@act("hotline.answer")
def order_more(
    call: Call,
    *,
    actor: Actor,
    at: datetime,
    closing: Closing,
    wish: Wish,
    person: Person | None = None,
    newcomer: Newcomer | None = None,
) -> Call:
    """Order for one person and keep the call open, since the caller wants more, for this person or for another."""
    still_open(call)
    if newcomer is not None:
        person = _registered(newcomer, call.number, actor=actor, at=at)
    _take_order(call, person, wish, closing, actor=actor, at=at)
    _note_triage(call, closing.triage)
    call.save()
    return call


@act("hotline.answer")
def hang_up(
    call: Call,
    *,
    actor: Actor,
    at: datetime,
    outcome: Annotated[
        Outcome,
        Field(
            label=_("Outcome"),
            choices=[(o.value, o.label) for o in (Outcome.WRONG_NUMBER, Outcome.NO_CONTACT)],
        ),
    ],
) -> Call:
    """Close a call in which nobody spoke."""
    still_open(call)
    if call.order_id is not None:
        raise Refused("ordered", "A service was ordered in this call. Close it at the desk.")
    call.purpose, call.outcome, call.ended_at = Purpose.OTHER, outcome, at
    call.save()
    Draft.everywhere.filter(call=call).delete()
    _tell_line(call, actor=actor, at=at)
    return call


def _colleagues(row: Any, user: Any) -> list[tuple[str, str]]:
    return [(str(found.pk), found.name or found.username) for found in queries.colleagues(row, user)]


@act("hotline.answer")
def pass_on(
    call: Call,
    *,
    actor: Actor,
    at: datetime,
    to: Annotated[str, Field(label=_("Transfer to"), choices=_colleagues)],
    why: Annotated[str, Field(label=_("Reason"), size=200)] = "",
) -> Call:
    """Hand an open call to another agent, with everything that was typed so far."""
    still_open(call)
    found = next((one for one in queries.colleagues(call, actor) if str(one.pk) == to), None)
    if found is None:
        raise Refused("no_agent", "This agent does not answer here. Choose another one.", field="to")
    add_detail(why=words_of(why, field="why", most=200))
    return _held_by(call, found, actor=actor, at=at)


@act("hotline.answer")
def take_over(call: Call, *, actor: Actor, at: datetime) -> Call:
    """Take an open call from an agent whose desk has failed, with everything that was typed so far."""
    still_open(call)
    return _held_by(call, actor, actor=actor, at=at)


@act("hotline.answer")
def write_line(
    call: Call,
    *,
    actor: Actor,
    at: datetime,
    words: Annotated[str, Field(label=_("Reply text"), long=True)],
    incoming: bool = False,
    key: str = "",
) -> TextLine:
    """Keep a line of a call in writing: what the agent sends, which goes out as a text message, or what the caller wrote,
    who may still write when the call is closed. The same key twice is one line."""
    if not incoming:
        still_open(call)
    clean = words_of(words, field="words", needed=True, most=500)
    if key:
        known = TextLine.everywhere.filter(call=call, key=key[:80]).first()
        if known is not None:
            return known
    line = TextLine(
        id=uuid7(), call=call, region_id=call.region_id, agent_id=call.agent_id, incoming=incoming,
        owner_id=call.owner_id, words_sealed=seal(call.owner_id, clean), by_name="" if incoming else actor.name[:80], at=at,
    )  # fmt: skip
    line.key = key[:80] or str(line.id)
    line.save(force_insert=True)
    if not incoming:
        send_line(call, line, clean, at=at)
    if call.channel != Channel.TEXT:
        call.channel = Channel.TEXT
        call.save(update_fields=["channel"])
    return line


def _tell_line(call: Call, *, actor: Actor, at: datetime) -> None:
    if call.line_id is not None:
        done(call.line_id, actor=actor, at=at)


def _held_by(call: Call, agent: User | Actor, *, actor: Actor, at: datetime) -> Call:
    key = agent.pk if isinstance(agent, User) else agent.id
    if key != call.agent_id:
        call.passed_from, call.passed_at = call.agent_name, at
    call.agent_id, call.agent_name = key, (agent.name or str(agent))[:80]
    call.save()
    Draft.everywhere.filter(call=call).update(agent_id=key)
    TextLine.everywhere.filter(call=call).update(agent_id=key)
    CallOrder.everywhere.filter(call=call).update(agent_id=key)
    publish(TOPIC, call.region_id, {"call": str(call.pk), "what": "passed_on"}, at=at, holder_id=key)
    return call


def _registered(newcomer: Newcomer, number: str, *, actor: Actor, at: datetime) -> Person:
    return register(
        actor=actor, at=at, name=newcomer.name, region=newcomer.region, phone=number, address=newcomer.address,
        source=Source.PERSON,
    )  # fmt: skip


def _take_order(
    call: Call, person: Person | None, wish: Wish, closing: Closing, *, actor: Actor, at: datetime
) -> None:
    if person is None:
        raise Refused(
            "who", "Say for whom the service is. Choose the person or enter a new one.", field="person"
        )
    consent = _consent(closing.consent)
    if closing.relation not in (Relation.SELF, "") and not consent:
        raise Refused(
            "consent", "Somebody orders for another person. Say how that person agrees.", field="consent"
        )
    for order in _ordered(person, wish, closing.note, actor=actor, at=at):
        CallOrder.everywhere.create(
            call=call, person=person, region_id=person.region_id, order=order, agent_id=call.agent_id,
            relation=closing.relation, consent=consent, at=at,
        )  # fmt: skip
        if call.order_id is None:
            call.order = order


def _ordered(person: Person, wish: Wish, note: str, *, actor: Actor, at: datetime) -> list[Order]:
    spans: Sequence[tuple[datetime, datetime]] = [(wish.wanted_from, wish.wanted_until)]
    if wish.repeat is not None:
        since, until = timezone.localtime(wish.wanted_from), timezone.localtime(wish.wanted_until)
        spans = wish.repeat.spans(since, until)
    made: list[Order] = []
    chosen = wish.organisation
    for since, until in spans:
        order = visits.place_order(
            actor=actor, at=at, person=person, item=wish.item, wanted_from=since, wanted_until=until,
            paid_by=wish.paid_by, note=note,
        )  # fmt: skip
        if chosen is None and wish.nearest and not made:
            chosen = queries.nearest_organisation(order, actor)
        made.append(visits.hand_over(order, actor=actor, at=at, organisation=chosen) if chosen else order)
    return made


def _matter(code: str) -> str:
    return code if branch_of(code) else ""


def _consent(code: str) -> str:
    return code if code in Consent.values else ""


def _note_triage(call: Call, triage: Triaged | None) -> None:
    if triage is not None:
        call.urgency = Urgency(triage.way.code)
        call.triage_sealed = seal_json(call.owner_id, triage.kept())
        add_detail(triage=triage.form.code, version=triage.version, way=triage.way.code)


def _belongs_to(call: Call, person: Person | None, number: str, closing: Closing) -> None:
    """Seal number, note and all else with the person's key, so that they go with the person's data."""
    note = words_of(closing.note, field="note")
    caller = words_of(closing.caller, field="caller", most=60)
    if person is not None:
        triage, lines = call.triage, list(TextLine.everywhere.filter(call=call))
        said = [(line, line.words) for line in lines]
        call.person, call.region_id, own = person, person.region_id, call.owner_id
        call.owner_id = person.pk
        call.number_sealed = seal(person.pk, number)
        call.triage_sealed = seal_json(person.pk, triage) if triage else b""
        for line, words in said:
            line.owner_id, line.region_id = person.pk, person.region_id
            line.words_sealed = seal(person.pk, words)
            line.save()
        erase(own)
    call.note_sealed = seal(call.owner_id, note)
    call.caller_sealed = seal(call.owner_id, caller)
