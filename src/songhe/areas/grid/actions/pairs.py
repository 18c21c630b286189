"""Verbs of pairs: begun, keys handed over, ended, handed on."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from songhe.areas.grid.actions.common import Since, near
from songhe.areas.grid.limits import terms
from songhe.areas.grid.models import Ended, Helper, Pair, Role
from songhe.areas.registry.api import Person
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor, Tie, elevated, tie, untie
from songhe.engines.acts.api import act, add_detail
from songhe.kit.days import day_of
from songhe.kit.fields import Field

Other = Annotated[Helper, Field(label=_("Helper"))]
Elder = Annotated[Person, Field(label=_("Elder"))]
As = Annotated[Role, Field(label=_("Role"), radio=True)]
Key = Annotated[bool, Field(label=_("Holds a key"), help=_("With the elder's consent, written down"))]


@act("grid.pair")
def pair_up(
    helper: Helper,
    *,
    actor: Actor,
    at: datetime,
    person: Elder,
    role: As = Role.FIRST,
    since: Since,
    holds_key: Key = False,
) -> Pair:
    """Pair a helper with an elder; an elder has one first neighbour and one grid worker at a time."""
    day = near(since, at=at, field="since", ahead=31)
    if not helper.helps_on(day):
        raise Refused(
            "helper_gone", "{name} does not help on {day}.", field="since", name=helper.name, day=day
        )
    if not person.is_living:
        raise Refused("not_living", "{person} is not registered as living.", field="person", person=person)
    if helper.person_id == person.pk:
        raise Refused(
            "own_helper", "Nobody can be paired with themselves. Choose somebody else.", field="person"
        )
    _has_room(helper, day)
    made = Pair(
        helper=helper, person=person, region_id=person.region_id, role=role, since=day, holds_key=holds_key,
        key_since=day if holds_key else None, by=actor.name[:80], at=at,
    )  # fmt: skip
    _alone(made)
    tie(person.pk, helper.pk, Tie.Kind.WORKER, region_id=person.region_id, since=day)
    add_detail(pair=str(made.pk), person=str(person.pk), role=str(role))
    return made


@act("grid.pair")
def begin_pair(
    *,
    actor: Actor,
    at: datetime,
    person: Elder,
    helper: Other,
    role: As = Role.FIRST,
    since: Since,
    holds_key: Key = False,
) -> Pair:
    """The same, begun with the elder."""
    return pair_up(helper, actor=actor, at=at, person=person, role=role, since=since, holds_key=holds_key)


@act("grid.pair")
def hand_key(
    pair: Pair,
    *,
    actor: Actor,
    at: datetime,
    holds_key: Key = False,
    on: Annotated[date, Field(label=_("Day"))],
) -> Pair:
    """Enter that a key was handed over or came back."""
    _still(pair, at)
    pair.holds_key = holds_key
    pair.key_since = near(on, at=at, field="on", ahead=0, first=pair.since) if holds_key else None
    pair.save()
    return pair


@act("grid.pair")
def end_pair(
    pair: Pair,
    *,
    actor: Actor,
    at: datetime,
    on: Annotated[date, Field(label=_("Last day"))],
    why: Annotated[
        Ended,
        Field(
            label=_("Reason"), choices=[(one.value, one.label) for one in Ended if one != Ended.HELPER_LEFT]
        ),
    ],
) -> Pair:
    """End a pair. A key goes back first."""
    _still(pair, at)
    near(on, at=at, field="on", ahead=31, first=pair.since)
    return finish(pair, on + timedelta(days=1), Ended(why))


@act("grid.pair")
def replace_helper(
    pair: Pair,
    *,
    actor: Actor,
    at: datetime,
    helper: Other,
    since: Annotated[date, Field(label=_("From"), help=_("The first day of the new helper"))],
    holds_key: Key = False,
) -> Pair:
    """Hand an elder on to another helper without a day between."""
    _still(pair, at)
    if helper.pk == pair.helper_id:
        raise Refused(
            "same_helper", "This is already the current helper. Choose another one.", field="helper"
        )
    near(since, at=at, field="since", ahead=31, first=pair.since)
    finish(pair, since, Ended.CHANGED)
    with elevated():  # an elder may be handed on to the next village
        person = Person.everywhere.get(pk=pair.person_id)
    return pair_up(
        helper, actor=actor, at=at, person=person, role=Role(pair.role), since=since, holds_key=holds_key
    )


def finish(pair: Pair, until: date, why: Ended) -> Pair:
    """End a pair before a day, and what the helper reaches by it."""
    pair.until, pair.why_ended, pair.holds_key, pair.key_since = until, why, False, None
    pair.save()
    with elevated():  # the tie lies where the elder lives
        untie(pair.person_id, pair.helper_id, kind=Tie.Kind.WORKER, until=until)
    return pair


def _still(pair: Pair, at: datetime) -> None:
    if pair.until is not None and pair.until <= day_of(at):
        raise Refused("pair_ended", "This pairing ended on {day}.", day=pair.until)


def _has_room(helper: Helper, day: date) -> None:
    """Refuse one elder too many."""
    most = helper.most_elders if helper.most_elders is not None else terms().most_elders.get(helper.kind)
    if most is None:
        return
    with elevated():  # a helper may look after elders of the next village too
        rows = Pair.everywhere.filter(Q(until=None) | Q(until__gt=day), helper=helper)
        count = rows.values("person_id").distinct().count()
    if count >= most:
        raise Refused(
            "no_room",
            "{name} looks after {count} elders already, at most {most}. Choose somebody else, or change the limit first.",
            field="person",
            name=helper.name,
            count=count,
            most=most,
        )


def _alone(made: Pair) -> None:
    """Save a new pair; refused where another one stands in its way."""
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as fault:
        if "one_pair_at_a_time" in str(fault):
            raise Refused("paired", "These two are paired already.", field="person") from None
        if "one_of_a_role_at_a_time" not in str(fault):
            raise
        raise Refused(
            "role_taken",
            "{person} already has somebody in this role. End that pairing first, hand the elder on, or enter a further helper.",
            field="role",
            person=made.person,
        ) from None
