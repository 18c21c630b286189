"""The verbs of the hotline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from django.utils.translation import gettext_lazy as _

from songhe.areas.hotline import queries
from songhe.areas.hotline.models import Call, Complaint, Outcome, Purpose, Relation
from songhe.areas.providers.api import Organisation
from songhe.areas.registry.api import Person, register, secrets_of
from songhe.areas.visits import api as visits
from songhe.areas.visits.api import Order, PaidBy, Rating
from songhe.core.codes import parse_phone
from songhe.core.refusal import Refused
from songhe.core.text import normalise
from songhe.engines.access.api import Actor, elevated
from songhe.engines.acts.api import act
from songhe.engines.cases.api import Case, Priority, move_case, open_case
from songhe.engines.regions.ids import uuid7
from songhe.engines.regions.models import Level, Region
from songhe.engines.vault.api import erase, make_key, seal
from songhe.kit.fields import Field

Words = Annotated[str, Field(label=_("In the person's words"), long=True)]
Number = Annotated[str, Field(label=_("Number"), size=30, help=_("Empty where it is hidden"))]
CALLS_PER_FOLLOW_UP = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """A person whom the hotline does not know yet."""

    name: str
    region: Region
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be ordered; without an organisation somebody hands the order over later."""

    item: str
    wanted_from: datetime
    wanted_until: datetime
    paid_by: PaidBy
    organisation: Organisation | None = None
    nearest: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """How a call ends."""

    purpose: Purpose
    outcome: Outcome
    relation: Relation
    note: str = ""


About = Annotated[Order, Field(label=_("Order"))]


@act("hotline.answer")
def answer(*, actor: Actor, at: datetime, number: Number = "") -> Call:
    """Take a call; it stays open until it is closed."""
    phone = parse_phone(number, field="number") if number.strip() else None
    call = Call(
        id=uuid7(), region_id=_region_of(actor), agent_id=actor.id, agent_name=actor.name[:80], started_at=at
    )
    call.owner_id = call.id
    make_key(call.id)
    if phone:
        call.number_masked = phone.masked
        call.number_sealed = seal(call.id, phone.dialled)
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
    _still_open(call)
    number = call.number
    if newcomer is not None:
        person = register(
            actor=actor,
            at=at,
            name=newcomer.name,
            region=newcomer.region,
            phone=number,
            address=newcomer.address,
        )
    outcome = closing.outcome
    if wish is not None:
        if person is None:
            raise Refused(
                "who", "Say for whom the service is. Choose the person or enter a new one.", field="person"
            )
        call.order, outcome = _ordered(person, wish, closing.note, actor=actor, at=at), Outcome.ORDERED
    elif outcome == Outcome.ORDERED:
        raise Refused("no_order", "No service was chosen. Choose one, or another outcome.", field="outcome")
    call.purpose, call.relation, call.outcome = closing.purpose, closing.relation, outcome
    _belongs_to(call, person, number, _words(closing.note, field="note"))
    call.ended_at = at
    call.save()
    if closing.purpose == Purpose.COMPLAINT:
        _open_complaint(call, closing.note, order=call.order, actor=actor, at=at)
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
    _still_open(call)
    call.purpose, call.outcome, call.ended_at = Purpose.OTHER, outcome, at
    call.save()
    return call


@act("hotline.follow_up")
def call_back(
    order: Order,
    *,
    actor: Actor,
    at: datetime,
    rating: Rating,
    words: Words = "",
    complaint: Annotated[bool, Field(label=_("This is a complaint"))] = False,
) -> Call:
    """Enter what a person says about a service; a complaint opens a case."""
    if complaint and not words.strip():
        raise Refused("complaint_words", "Write down what the complaint is about.", field="words")
    call = _outgoing(order, Outcome.COMPLAINED if complaint else Outcome.RATED, words, actor=actor, at=at)
    visits.follow_up(order, actor=actor, at=at, rating=rating, words=words)
    if complaint:
        _open_complaint(call, words, order=order, actor=actor, at=at)
    return call


@act("hotline.follow_up")
def not_reached(order: Order, *, actor: Actor, at: datetime) -> Call:
    """Log that nobody answered; the order stays on the list and goes to its end."""
    if order.state not in visits.TO_FOLLOW_UP:
        raise Refused("not_due", "This order does not wait for a follow-up. Look at its state.")
    return _outgoing(order, Outcome.NO_CONTACT, "", actor=actor, at=at)


@act("hotline.complain")
def complain(
    *,
    actor: Actor,
    at: datetime,
    order: About,
    words: Annotated[str, Field(label=_("What was wrong"), long=True)],
) -> Complaint:
    """Complain in writing about a service; whoever wrote sees what becomes of it."""
    complaint = Complaint(
        region_id=order.region_id,
        order=order,
        person_id=order.person_id,
        owner_id=order.person_id,
        by_id=actor.id,
        by_name=actor.name[:80],
    )
    return _opened(complaint, words, field="words", actor=actor, at=at)


@act("hotline.escalate")
def take_up(complaint: Complaint, *, actor: Actor, at: datetime) -> Complaint:
    """Begin to look into a complaint."""
    return _move(complaint, "take_up", actor=actor, at=at)


@act("hotline.escalate")
def answer_complaint(
    complaint: Complaint,
    *,
    actor: Actor,
    at: datetime,
    words: Annotated[str, Field(label=_("Answer"), long=True)],
) -> Complaint:
    """Enter what was answered."""
    complaint.answer_sealed = seal(complaint.owner_id, _words(words, field="words", needed=True))
    return _move(complaint, "answer", actor=actor, at=at)


@act("hotline.close")
def reopen_complaint(complaint: Complaint, *, actor: Actor, at: datetime) -> Complaint:
    """Look into a complaint again, since the answer does not satisfy."""
    return _move(complaint, "reopen", actor=actor, at=at)


@act("hotline.close")
def close_complaint(complaint: Complaint, *, actor: Actor, at: datetime) -> Complaint:
    """Close an answered complaint."""
    return _move(complaint, "close", actor=actor, at=at)


@act("hotline.close")
def withdraw_complaint(complaint: Complaint, *, actor: Actor, at: datetime) -> Complaint:
    """Close a complaint that is taken back."""
    return _move(complaint, "withdraw", actor=actor, at=at)


def _ordered(person: Person, wish: Wish, note: str, *, actor: Actor, at: datetime) -> Order:
    order = visits.place_order(
        actor=actor,
        at=at,
        person=person,
        item=wish.item,
        wanted_from=wish.wanted_from,
        wanted_until=wish.wanted_until,
        paid_by=wish.paid_by,
        note=note,
    )
    chosen = wish.organisation or (queries.nearest_organisation(order, actor) if wish.nearest else None)
    return visits.hand_over(order, actor=actor, at=at, organisation=chosen) if chosen else order


def _outgoing(order: Order, outcome: Outcome, words: str, *, actor: Actor, at: datetime) -> Call:
    with elevated():
        person = order.person
        number = secrets_of(person).phone
    call = Call(
        id=uuid7(),
        region_id=order.region_id,
        direction=Call.Direction.OUT,
        person=person,
        owner_id=person.pk,
        relation=Relation.SELF,
        purpose=Purpose.FOLLOW_UP,
        outcome=outcome,
        order=order,
        agent_id=actor.id,
        agent_name=actor.name[:80],
        started_at=at,
        ended_at=at,
    )
    if number:
        phone = parse_phone(number)
        call.number_masked = phone.masked
        call.number_sealed = seal(person.pk, phone.dialled)
    if clean := _words(words, field="words"):
        call.note_sealed = seal(person.pk, clean)
    call.save(force_insert=True)
    return call


def _belongs_to(call: Call, person: Person | None, number: str, note: str) -> None:
    """Seal number and note with the person's key, so that they go with the person's data."""
    if person is not None:
        call.person, call.region_id, own = person, person.region_id, call.owner_id
        call.owner_id = person.pk
        call.number_sealed = seal(person.pk, number)
        erase(own)
    call.note_sealed = seal(call.owner_id, note)


def _open_complaint(call: Call, words: str, *, order: Order | None, actor: Actor, at: datetime) -> Complaint:
    complaint = Complaint(
        region_id=call.region_id, call=call, order=order, person=call.person, owner_id=call.owner_id
    )
    return _opened(complaint, words, field="note", actor=actor, at=at)


def _opened(complaint: Complaint, words: str, *, field: str, actor: Actor, at: datetime) -> Complaint:
    complaint.id, complaint.opened_at = uuid7(), at
    complaint.words_sealed = seal(complaint.owner_id, _words(words, field=field, needed=True))
    with elevated():  # the case carries no person, so that the organisation complained about does not see it
        case = open_case(
            "complaint",
            region_id=complaint.region_id,
            about=complaint,
            actor=actor,
            at=at,
            priority=Priority.HIGH,
        )
        complaint.case, complaint.number = case, case.number
        complaint.save(force_insert=True)
    return complaint


def _move(complaint: Complaint, code: str, *, actor: Actor, at: datetime) -> Complaint:
    with elevated():  # whoever may act on the complaint acts on its case
        case = move_case(Case.everywhere.get(pk=complaint.case_id), code, actor=actor, at=at)
    complaint.state = Complaint.State(case.state)
    complaint.save()
    return complaint


def _still_open(call: Call) -> None:
    if not call.is_open:
        raise Refused("call_ended", "This call is closed. Take a new one.")


def _words(text: str, *, field: str, needed: bool = False) -> str:
    clean = normalise(text, lines=True, field=field)
    if needed and not clean:
        raise Refused("empty", "This must not be empty. Fill it in.", field=field)
    if len(clean) > 2000:
        raise Refused("too_long", "At most {most} signs are kept here. Shorten it.", field=field, most=2000)
    return clean


def _region_of(actor: Actor) -> int:
    """Where a call counts whose caller is not known: the first region in which the agent answers."""
    areas = actor.scope("hotline.answer").areas
    known = Region.objects.filter(code__in=[low for low, _high in areas]).order_by("code").first()
    if known is None:
        known = Region.objects.exclude(level=Level.NATION).order_by("level", "code").first()
    assert known is not None
    return int(known.pk)
