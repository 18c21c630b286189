"""Enrolling diners, what they wish, and what they order or call off."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from songhe.areas.canteens.actions.common import AHEAD, OfMeal, On, Reason, between, canteen_of, line, serves
from songhe.areas.canteens.cards import digest_of, new_token, short_digest
from songhe.areas.canteens.limits import count_due, meal_choices
from songhe.areas.canteens.models import Booking, Canteen, Diner, Way, of
from songhe.areas.registry.api import Death, Person, by_id_number, when_dead
from songhe.core.codes import parse_phone
from songhe.core.refusal import Refused
from songhe.core.text import normalise
from songhe.engines.access.api import Actor, Scope, Tie, elevated, tie, untie
from songhe.engines.acts.api import act, add_detail
from songhe.engines.vault.api import seal
from songhe.kit.days import day_of
from songhe.kit.fields import Field

How = Annotated[Way, Field(label=_("How the meal is taken"))]
Eats = Annotated[list[str], Field(label=_("Which meals"), choices=meal_choices)]
Neighbour = Annotated[
    str,
    Field(
        label=_("Neighbour"), help=_("Who delivers the meal, and looks in if the diner is absent"), size=60
    ),
]
Phone = Annotated[str, Field(label=_("Neighbour's telephone"), size=30)]
Diet = Annotated[
    str,
    Field(
        label=_("Diet note"), help=_("Health data: kept sealed, for the kitchen only"), long=True, size=400
    ),
]
Whom = Annotated[Person, Field(label=_("Person"))]
Since = Annotated[date, Field(label=_("From"))]


@act("canteens.enrol")
def enrol(  # noqa: PLR0913  the form asks for each
    canteen: Canteen,
    *,
    actor: Actor,
    at: datetime,
    person: Whom,
    since: Since,
    way: How = Way.DINE_IN,
    meals: Eats = ["lunch"],  # noqa: B006  never changed
    neighbour: Neighbour = "",
    neighbour_phone: Phone = "",
    diet: Diet = "",
) -> Diner:
    """Enrol a person at a canteen; somebody eats at one canteen at a time."""
    made = Diner(**of(canteen), person=person, since=between(since, at=at, ahead=AHEAD, field="since"))
    if not person.is_living:
        raise Refused("not_living", "{person} is not registered as living.", field="person", person=person)
    _wishes(made, canteen, way, meals, neighbour, neighbour_phone)
    _diet(made, diet)
    _only_here(made)
    tie(person.pk, canteen.facility_id, Tie.Kind.FACILITY, region_id=person.region_id, since=day_of(at))
    add_detail(diner=str(made.pk), person=str(person.pk), since=since.isoformat())
    return made


@act("canteens.run")
def enrol_by_number(
    canteen: Canteen,
    *,
    actor: Actor,
    at: datetime,
    id_number: Annotated[
        str, Field(label=_("Identity number"), help=_("From the card that the person shows"), size=30)
    ],
    since: Since,
    way: How = Way.DINE_IN,
    meals: Eats = ["lunch"],  # noqa: B006  never changed
) -> Diner:
    """Enrol somebody who stands at the counter with the identity card, wherever the person is registered."""
    with elevated():  # a canteen in town feeds people of many communities
        person = by_id_number(id_number, Scope.EVERYTHING)
        if person is None:
            raise Refused(
                "not_registered",
                "Nobody is registered with this number. Ask the person's village or community to register the person first.",
                field="id_number",
            )
        return enrol(canteen, actor=actor, at=at, person=person, since=since, way=way, meals=meals)


@act("canteens.enrol")
def change_wishes(
    diner: Diner,
    *,
    actor: Actor,
    at: datetime,
    way: How,
    meals: Eats,
    neighbour: Neighbour = "",
    neighbour_phone: Annotated[
        str, Field(label=_("Neighbour's telephone"), help=_("Leave empty to keep the existing one"), size=30)
    ] = "",
) -> Diner:
    """Change how somebody eats, which meals, and who the neighbour is."""
    _still(diner, at)
    _wishes(diner, diner.canteen, way, meals, neighbour, neighbour_phone)
    diner.save()
    return diner


@act("canteens.enrol")
def note_diet(diner: Diner, *, actor: Actor, at: datetime, diet: Diet = "") -> Diner:
    """Replace the diet note; empty removes it."""
    _still(diner, at)
    _diet(diner, diet)
    diner.save()
    return diner


@act("canteens.enrol")
def leave(
    diner: Diner,
    *,
    actor: Actor,
    at: datetime,
    on: Annotated[
        date,
        Field(
            label=_("First day without meals"),
            help=_("The first day on which the person no longer eats here"),
        ),
    ],
    reason: Reason = "",
) -> Diner:
    """End an enrolment."""
    _still(diner, at)
    if on <= diner.since:
        raise Refused(
            "leaves_before",
            "The person started on {day}; the leaving date must be later.",
            field="on",
            day=diner.since,
        )
    between(on, at=at, ahead=AHEAD)
    return _gone(diner, on, line(reason, "reason", 200, needed=False))


@act("canteens.enrol")
def issue_card(diner: Diner, *, actor: Actor, at: datetime) -> Diner:
    """Issue a card with a code; one that was issued before is void from now on."""
    _still(diner, at)
    token = new_token()
    diner.card_digest, diner.card_short = digest_of(token), short_digest(diner.canteen_id, token)
    diner.card_sealed, diner.card_at = seal(diner.person_id, token), at
    diner.save()
    return diner


@act("canteens.order")
def order_meal(diner: Diner, *, actor: Actor, at: datetime, on: On, meal: OfMeal) -> Booking:
    """Order a meal ahead, until the hour at which the kitchen counts."""
    return _told(diner, [on], meal, True, actor=actor, at=at)[0]


@act("canteens.order")
def call_off(
    diner: Diner,
    *,
    actor: Actor,
    at: datetime,
    since: Annotated[date, Field(label=_("From"))],
    last: Annotated[date, Field(label=_("Last day"))],
    meal: OfMeal,
) -> Diner:
    """Say that somebody does not come on some days, so that nobody worries."""
    days = (last - since).days + 1
    if not 0 < days <= AHEAD:
        raise Refused("term", "Choose 1 to {most} days.", field="last", most=AHEAD)
    _told(diner, [since + timedelta(days=n) for n in range(days)], meal, False, actor=actor, at=at)
    add_detail(since=since.isoformat(), last=last.isoformat(), meal=meal)
    return diner


def _told(
    diner: Diner, days: list[date], meal: str, comes: bool, *, actor: Actor, at: datetime
) -> list[Booking]:
    canteen, out = canteen_of(diner), []
    serves(canteen, meal)
    for on in days:
        between(on, at=at, back=0, ahead=AHEAD + AHEAD)
        if not diner.eats_on(on):
            raise Refused("not_enrolled", "The person is not enrolled on {day}.", field="on", day=on)
        if comes and at > count_due(meal, on):
            raise Refused(
                "too_late",
                "Orders for this meal were taken until {time}. Ask the canteen whether there is enough.",
                field="on",
                time=f"{count_due(meal, on):%m-%d %H:%M}",
            )
        values = {"comes": comes, "by": actor.name[:80], "at": at}
        fresh = {**values, **of(canteen), "person_id": diner.person_id}
        row, _new = Booking.everywhere.update_or_create(
            diner=diner, on=on, meal=meal, defaults=values, create_defaults=fresh
        )
        out.append(row)
    return out


def _wishes(diner: Diner, canteen: Canteen, way: Way, meals: list[str], neighbour: str, phone: str) -> None:
    diner.way, diner.meals = way, [code for code in canteen.meals if code in meals]
    if not diner.meals:
        raise Refused("no_meal", "Choose at least one meal that the canteen serves.", field="meals")
    diner.neighbour = line(neighbour, "neighbour", 60, needed=False)
    if way == Way.DELIVERED and not diner.neighbour:
        raise Refused("no_neighbour", "Name the neighbour who delivers the meal.", field="neighbour")
    if phone.strip():
        number = parse_phone(phone, field="neighbour_phone")
        diner.neighbour_phone_sealed, diner.neighbour_phone_masked = (
            seal(diner.person_id, number.dialled),
            number.masked,
        )


def _diet(diner: Diner, words: str) -> None:
    clean = normalise(words, lines=True, field="diet")
    if len(clean) > 400:
        raise Refused(
            "too_long", "At most {most} characters are kept here. Shorten it.", field="diet", most=400
        )
    diner.diet_sealed, diner.has_diet = seal(diner.person_id, clean) if clean else b"", bool(clean)


def _only_here(diner: Diner) -> None:
    """Save a new enrolment; refused where the person eats at another canteen on any of its days."""
    try:
        with transaction.atomic():
            diner.save(force_insert=True)
    except IntegrityError as fault:
        if "one_canteen_at_a_time" not in str(fault):
            raise
        with elevated():  # the name of the other canteen is public
            other = (
                Diner.everywhere.filter(person_id=diner.person_id)
                .select_related("canteen")
                .order_by("-since")
                .first()
            )
        raise Refused(
            "eats_elsewhere",
            "{person} is enrolled at {canteen} for some of these days. End that enrolment first.",
            field="person",
            person=diner.person,
            canteen=other.canteen if other else "",
        ) from None


def _still(diner: Diner, at: datetime) -> None:
    if diner.until is not None and diner.until <= day_of(at):
        raise Refused("has_left", "This enrolment ended on {day}.", day=diner.until)


def _gone(diner: Diner, on: date, why: str) -> Diner:
    diner.until, diner.why_left = on, why
    diner.save()
    with elevated():  # the tie lies where the person lives
        untie(diner.person_id, diner.facility_id, kind=Tie.Kind.FACILITY, until=on)
    Booking.everywhere.filter(diner=diner, on__gte=on).delete()
    return diner


@when_dead
def _end_with_life(person: Person, death: Death, actor: Actor, at: datetime) -> None:
    """Nobody who died is expected any more."""
    on = day_of(at)
    for diner in Diner.everywhere.filter(person=person).filter(Q(until=None) | Q(until__gt=on)):
        end_by_death(diner, actor=actor, at=at)


@act("canteens.enrol")
def end_by_death(diner: Diner, *, actor: Actor, at: datetime) -> Diner:
    """End an enrolment because the person died."""
    return _gone(diner, max(day_of(at), diner.since + timedelta(days=1)), "")
