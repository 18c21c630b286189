"""Calling back: the draw, each attempt, and what the person says."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.hotline import queries
from songhe.areas.hotline.actions.common import number_hash, words_of
from songhe.areas.hotline.actions.complaining import complaint_of_call
from songhe.areas.hotline.city import asking
from songhe.areas.hotline.models import Call, Complaint, Drawing, FollowUp, Outcome, Purpose, Relation
from songhe.areas.hotline.rules import Listed, digest, drawn
from songhe.areas.providers.api import said
from songhe.areas.registry.api import Death, Person, secrets_of, when_dead
from songhe.areas.visits import api as visits
from songhe.areas.visits.api import TO_FOLLOW_UP, Order, Rating
from songhe.core.codes import parse_phone
from songhe.core.refusal import Forbidden, Refused
from songhe.core.text import normalise
from songhe.engines.access.api import Actor, elevated
from songhe.engines.acts.api import act, add_detail
from songhe.engines.forms.api import begin, change, current, lock
from songhe.engines.regions.ids import uuid7
from songhe.engines.regions.models import Region
from songhe.engines.vault.api import seal
from songhe.kit.fields import Field

Words = Annotated[str, Field(label=_("In the person's words"), long=True)]
DrawnIn = Annotated[Region, Field(label=_("Region"))]
WHOLE_RATING = "F3.1"


def _outcomes(row: Any, user: Any) -> list[tuple[str, str]]:
    return [(code, said(label)) for code, label in asking().outcomes.items()]


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
    return _told(order, rating, words, complaint=complaint, answers=None, actor=actor, at=at)


@act("hotline.follow_up")
def ask(
    order: Order,
    *,
    actor: Actor,
    at: datetime,
    answers: Mapping[str, str],
    words: str = "",
    complaint: bool = False,
) -> Call:
    """Enter the answers to the questionnaire; the rating is what the person says of it altogether."""
    told = answers.get(WHOLE_RATING, "")
    if told not in ("1", "2", "3", "4", "5"):
        raise Refused("rating", "The rating is a number from 1 to 5.", field=WHOLE_RATING)
    return _told(order, int(told), words, complaint=complaint, answers=answers, actor=actor, at=at)


@act("hotline.follow_up")
def not_reached(
    order: Order,
    *,
    actor: Actor,
    at: datetime,
    outcome: Annotated[str, Field(label=_("What came of it"), choices=_outcomes)] = "no_answer",
) -> Call:
    """Log that nobody could be asked; after enough attempts the order goes on without a word of the person."""
    rules = asking()
    if order.state not in TO_FOLLOW_UP:
        raise Refused("not_due", "This order is not waiting for a follow-up. Look at its state.")
    if outcome not in rules.outcomes:
        raise Refused("outcome", "There is no such outcome. Choose one from the list.", field="outcome")
    call = _outgoing(order, Outcome.NO_CONTACT, "", actor=actor, at=at, attempt=outcome)
    row = _row(order, at=at)
    row.attempts += 1
    row.next_at = at + rules.gap
    if rules.unreachable(row.attempts, outcome):
        row.state, row.ended_at = FollowUp.State.UNREACHABLE, at
        visits.pass_by([order], "unreachable", actor=actor, at=at)
    row.save()
    return call


@act("hotline.draw")
def draw_follow_ups(
    *,
    actor: Actor,
    at: datetime,
    region: DrawnIn,
    on: Annotated[date, Field(label=_("Served until"))],
    seed: Annotated[
        str,
        Field(
            label=_("Seed"),
            size=80,
            help=_("Such as a number drawn before witnesses; if left empty, one is generated at random"),
        ),
    ] = "",
) -> Drawing:
    """Draw who is called among those served; the others go on to settlement. List, seed and draw are kept."""
    if not actor.scope("hotline.draw").holds(region.code):
        raise Forbidden(
            "outside_scope",
            "This is outside your area. Hand it to the colleague who is responsible there.",
            field="region",
        )
    rows = queries.drawable(region, on)
    if not rows:
        raise Refused("none_served", "Nobody served until that day is left to sample.", field="on")
    listed = [_listed(order) for order in rows]
    chance = normalise(seed, field="seed")[:80] or secrets.token_hex(8)
    chosen = set(drawn(chance, listed))
    made = Drawing(
        id=uuid7(), region_id=region.code, on=on, seed=chance, digest=digest(listed),
        pool=[[one.key, one.stratum, one.share_bp] for one in listed], drawn=sorted(chosen),
        listed=len(listed), chosen=len(chosen), by_id=actor.id, by_name=actor.name[:80], at=at,
    )  # fmt: skip
    made.save(force_insert=True)
    FollowUp.everywhere.bulk_create([_drawn(order, made, str(order.pk) in chosen, at) for order in rows])
    visits.pass_by([order for order in rows if str(order.pk) not in chosen], "leave_out", actor=actor, at=at)
    add_detail(listed=made.listed, chosen=made.chosen)
    return made


@when_dead
def call_no_more(person: Person, death: Death, actor: Actor, at: datetime) -> None:
    """Nobody rings somebody who died; the orders themselves are passed by below."""
    rows = FollowUp.everywhere.filter(person=person, state=FollowUp.State.DUE)
    rows.update(state=FollowUp.State.LEFT_OUT, ended_at=at)


def _listed(order: Order) -> Listed:
    organisation = str(order.organisation_id or "")
    return Listed(str(order.pk), f"{organisation}:{order.item}", asking().share(order.item, organisation))


def _drawn(order: Order, drawing: Drawing, chosen: bool, at: datetime) -> FollowUp:
    row = _fresh(order, at)
    row.drawing = drawing
    if not chosen:
        row.state, row.ended_at = FollowUp.State.LEFT_OUT, at
    return row


def _fresh(order: Order, at: datetime) -> FollowUp:
    return FollowUp(
        id=uuid7(), order=order, person_id=order.person_id, region_id=order.region_id, item=order.item,
        organisation_id=order.organisation_id, served_at=order.completed_at or at,
    )  # fmt: skip


def _row(order: Order, *, at: datetime) -> FollowUp:
    found = FollowUp.everywhere.select_for_update(no_key=True).filter(order=order).first()
    return found if found is not None else _fresh(order, at)


def _told(
    order: Order,
    rating: int,
    words: str,
    *,
    complaint: bool,
    answers: Mapping[str, str] | None,
    actor: Actor,
    at: datetime,
) -> Call:
    if complaint and not words.strip():
        raise Refused("complaint_words", "Write down what the complaint is about.", field="words")
    call = _outgoing(order, Outcome.COMPLAINED if complaint else Outcome.RATED, words, actor=actor, at=at)
    visits.follow_up(order, actor=actor, at=at, rating=rating, words=words)
    row = _row(order, at=at)
    row.state, row.rating, row.ended_at = FollowUp.State.DONE, rating, at
    if answers is not None:
        row.answers_id, row.score = _answered(order, answers, actor=actor, at=at)
    row.save()
    if complaint:
        _opened(call, words, order, actor=actor, at=at)
    return call


def _opened(call: Call, words: str, order: Order, *, actor: Actor, at: datetime) -> Complaint:
    return complaint_of_call(call, words, matter="complaint_quality", order=order, actor=actor, at=at)


def _answered(
    order: Order, answers: Mapping[str, str], *, actor: Actor, at: datetime
) -> tuple[Any, int | None]:
    version = current(asking().form, on=timezone.localdate(at), at=at)
    with elevated():  # the answers belong to the person, who may live where the agent only answers
        row = begin(version, person_id=order.person_id, region_id=order.region_id, actor=actor, at=at)
        result = change(row, dict(answers), actor=actor, at=at)
        lock(row, at=at)
    return row.pk, result.total


def _outgoing(
    order: Order, outcome: Outcome, words: str, *, actor: Actor, at: datetime, attempt: str = ""
) -> Call:
    with elevated():
        person = order.person
        number = secrets_of(person).phone
    call = Call(
        id=uuid7(), region_id=order.region_id, direction=Call.Direction.OUT, person=person, owner_id=person.pk,
        relation=Relation.SELF, purpose=Purpose.FOLLOW_UP, outcome=outcome, order=order, agent_id=actor.id,
        agent_name=actor.name[:80], started_at=at, ended_at=at, attempt=attempt,
    )  # fmt: skip
    if number:
        phone = parse_phone(number)
        call.number_masked = phone.masked
        call.number_sealed = seal(person.pk, phone.dialled)
        call.number_hash = number_hash(phone)
    if clean := words_of(words, field="words"):
        call.note_sealed = seal(person.pk, clean)
    call.save(force_insert=True)
    return call
