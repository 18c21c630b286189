"""Moving persons: inside the own area at once, into another area only when that one accepts."""

from __future__ import annotations

from datetime import date, datetime
from itertools import chain
from typing import Annotated

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.registry.actions import writing
from songhe.areas.registry.actions.families import end_membership
from songhe.areas.registry.models import Kind, Member, Move, Person, PersonToken
from songhe.core.refusal import Forbidden, Refused
from songhe.core.text import normalise
from songhe.engines.access.api import Actor, Tie, elevated
from songhe.engines.acts.api import act, add_detail, four_eyes
from songhe.engines.regions import tree
from songhe.engines.regions.models import Region
from songhe.engines.vault.models import Attachment
from songhe.kit.fields import Field

Destination = Annotated[Region, Field(label=_("Moves to"))]
On = Annotated[date, Field(label=_("Moving date"))]
Reason = Annotated[str, Field(label=_("Reason"), size=200)]
TooRegistration = Annotated[bool, Field(label=_("The household registration moves too"))]


@act("registry.edit")
def relocate(
    person: Person,
    *,
    actor: Actor,
    at: datetime,
    to: Destination,
    on: On,
    registration_too: TooRegistration = False,
) -> Person:
    """Move a person inside the own area, where no other side has a say."""
    _may_leave(person, to.code, on, at)
    scope = actor.scope("registry.edit")
    if not (scope.holds(person.region_id) and scope.holds(to.code)):
        raise Forbidden(
            "outside_scope", "This is outside your area. Hand it to the colleague who is responsible there."
        )
    settle(
        person, to=to.code, on=on, registration_too=registration_too, said=writing.Said(actor=actor, at=at)
    )
    return person


@act("registry.move")
def propose_move(
    person: Person,
    *,
    actor: Actor,
    at: datetime,
    to: Annotated[
        str,
        Field(
            label=_("Moves to"),
            size=120,
            help=_("12-digit code, or names from the county down with spaces: 荣成市 俚岛镇 大庄许家社区"),
        ),
    ],
    on: On,
    reason: Reason,
    registration_too: TooRegistration = False,
) -> Move:
    """Ask another area to take a person over; nothing moves until somebody there accepts."""
    region = _region(to)
    _may_leave(person, region.code, on, at)
    if Move.everywhere.filter(person=person, state=Move.State.PROPOSED).exists():
        raise Refused("move_open", "A transfer of this person is already pending. Withdraw it first.")
    made: Move = Move.everywhere.create(
        person=person,
        person_name=person.name,
        region_id=person.region_id,
        to_region=region,
        with_household=registration_too,
        effective_on=on,
        reason=normalise(reason)[:200],
        proposed_by_id=actor.id,
        proposed_at=at,
    )
    return made


@act("registry.move")
def accept_move(move: Move, *, actor: Actor, at: datetime) -> Move:
    """Take the person over. From now on the receiving area sees and serves the person, and the sending one does not."""
    _proposed(move)
    four_eyes(move.proposed_by_id, actor)
    _receives(move, actor)
    with elevated():  # the person still belongs to the sending area, which proposed exactly this
        person = Person.everywhere.select_for_update(no_key=True).get(pk=move.person_id)
        if not person.is_living or person.region_id != move.region_id:
            raise Refused("move_stale", "The person has moved or died since. Refuse this transfer.")
        said = writing.Said(actor=actor, at=at, note=move.reason)
        settle(
            person,
            to=move.to_region_id,
            on=move.effective_on,
            registration_too=move.with_household,
            said=said,
        )
    return _decide(move, Move.State.ACCEPTED, actor, at, "")


@act("registry.move")
def refuse_move(move: Move, *, actor: Actor, at: datetime, reason: Reason) -> Move:
    """Leave the person where they are."""
    _proposed(move)
    _receives(move, actor)
    return _decide(move, Move.State.REFUSED, actor, at, reason)


@act("registry.move")
def withdraw_move(move: Move, *, actor: Actor, at: datetime, reason: Reason) -> Move:
    """Take the proposal back, on the sending side."""
    _proposed(move)
    if not actor.scope("registry.move").holds(move.region_id):
        raise Forbidden(
            "outside_scope", "This is outside your area. Hand it to the colleague who is responsible there."
        )
    return _decide(move, Move.State.WITHDRAWN, actor, at, reason)


def settle(person: Person, *, to: int, on: date, registration_too: bool, said: writing.Said) -> None:
    """Let a person live elsewhere from a day on, inside an act; everything that follows the person goes along."""
    old, old_registered = person.region_id, person.household_region_id
    person.region_id = to
    if registration_too:
        person.household_region_id = to
    person.save(update_fields=["region", "household_region"])
    for model in writing.followers():
        model.everywhere.filter(**{writing.person_column(model): person.id}).update(region_id=to)
    _carry_files(person, to)
    Tie.everywhere.filter(person_id=person.id, until=None).update(region_id=to)
    PersonToken.objects.filter(person_id=person.id).delete()
    writing.retoken(person)
    member = Member.everywhere.filter(person=person, until=None).select_related("household").first()
    if member and member.household.region_id != to:
        end_membership(member, on)
    writing.note_change(person, Kind.RESIDENCE, said, old=old, new=to, since=on)
    if registration_too:
        writing.note_change(person, Kind.REGISTERED, said, old=old_registered, new=to, since=on)
    add_detail(moved_from=old, moved_to=to, on=str(on))


def _carry_files(person: Person, to: int) -> None:
    """Let files go along that are about a row which goes along; one about a row that stays, such as a visit, stays with it."""
    sealed = Attachment.everywhere.filter(owner_id=person.id, person_id=None)
    about = set(sealed.values_list("about_id", flat=True))
    if about:
        found = (
            model.everywhere.filter(pk__in=about).values_list("pk", flat=True)
            for model in writing.followers()
        )
        going = {person.id, *chain.from_iterable(found)}
        sealed.filter(about_id__in=going).update(region_id=to)


def _region(text: str) -> Region:
    plain = normalise(text)
    if plain.isdecimal():
        found = Region.objects.filter(code=int(plain), until=None).first()
        if found is None:
            raise Refused(
                "unknown_region",
                "There is no region called “{name}” here. Check the spelling or give its code.",
                field="to",
                name=plain,
            )
        return found
    here: Region | None = None
    for part in plain.split():
        here = tree.find(part, within=here.code) if here else _anywhere(part)
    if here is None:
        raise Refused("region_missing", "Say where to. Give a code or names.", field="to")
    return here


def _anywhere(name: str) -> Region:
    rows = list(Region.objects.filter(name=name, until=None).order_by("level", "code")[:2])
    if not rows:
        raise Refused(
            "unknown_region",
            "There is no region called “{name}” here. Check the spelling or give its code.",
            name=name,
        )
    if len(rows) > 1 and rows[0].level == rows[1].level:
        raise Refused(
            "ambiguous_region",
            "Several regions are called “{name}”. Add the town's name or give the code.",
            name=name,
        )
    return rows[0]


def _may_leave(person: Person, to: int, on: date, at: datetime) -> None:
    if not person.is_living:
        raise Refused("move_not_living", "Only living persons can be moved.")
    if to == person.region_id:
        raise Refused("move_nowhere", "The person lives there already.", field="to")
    if on > timezone.localdate(at):
        raise Refused("move_ahead", "Enter the move on the day it happens or later, not before.", field="on")


def _proposed(move: Move) -> None:
    if move.state != Move.State.PROPOSED:
        raise Refused("move_decided", "This transfer was decided already. Load the page again.")


def _receives(move: Move, actor: Actor) -> None:
    if not actor.scope("registry.move").holds(move.to_region_id):
        raise Forbidden("not_receiver", "Only the receiving area decides on a transfer.")


def _decide(move: Move, state: str, actor: Actor, at: datetime, answer: str) -> Move:
    move.state, move.decided_by_id, move.decided_at = state, actor.id, at
    move.answer = normalise(answer)[:200]
    move.save(update_fields=["state", "decided_by_id", "decided_at", "answer"])
    return move
