"""Day care: what a centre offers, who comes, the roll of each day with its record, and activities."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.providers.api import Facility
from songhe.areas.registry.api import Person
from songhe.areas.stays.actions.common import Reason, bind, line, need_living, past, unbind, within
from songhe.areas.stays.limits import terms
from songhe.areas.stays.models import Activity, Attendance, Centre, Coming, Condition, DayPlace, Entry
from songhe.areas.stays.queries.beds import names_of
from songhe.areas.stays.queries.day_care import taking_part
from songhe.areas.stays.queries.living import living_in
from songhe.areas.stays.rules import Fen, day_fee
from songhe.core.refusal import Refused
from songhe.core.text import normalise
from songhe.engines.access.api import Actor, elevated
from songhe.engines.acts.api import act, add_detail
from songhe.engines.vault.api import seal
from songhe.kit.fields import Field
from songhe.kit.words import WEEKDAYS

NOTHING = Fen(0)
Who = Annotated[Person, Field(label=_("Person"))]
Site = Annotated[Facility, Field(label=_("Facility"))]
DAYS = [(number, name) for number, name in enumerate(WEEKDAYS, 1)]
WeekDays = Annotated[list[int], Field(label=_("Days of the week"), choices=DAYS)]
Places = Annotated[int, Field(label=_("Places a day"), least=1, most=2000)]
DayFee = Annotated[Fen, Field(label=_("Daily fee (yuan)"), least=0, most=1_000_000)]
MealFee = Annotated[Fen, Field(label=_("Meal fee (yuan)"), least=0, most=1_000_000)]
WARM = (340, 430)
"""Tenths of a degree between which a temperature is believed."""


@act("stays.day_care")
def offer_days(
    *,
    actor: Actor,
    at: datetime,
    facility: Site,
    places: Places,
    open_days: WeekDays,
    day_fee: DayFee = NOTHING,
    meal_fee: MealFee = NOTHING,
) -> Centre:
    """Say how many places a facility has by the day, when it is open, and what a day and a meal cost."""
    within(facility, actor, "stays.day_care")
    if Centre.everywhere.filter(facility=facility).exists():
        raise Refused(
            "centre_there",
            "This facility already has its places entered. Change them there.",
            field="facility",
        )
    made = Centre(facility=facility, organisation_id=facility.organisation_id, region_id=facility.region_id)
    return _set(made, places, open_days, day_fee, meal_fee)


@act("stays.day_care")
def change_days(
    centre: Centre,
    *,
    actor: Actor,
    at: datetime,
    places: Places,
    open_days: WeekDays,
    day_fee: DayFee = NOTHING,
    meal_fee: MealFee = NOTHING,
) -> Centre:
    """Change places, days and fees; days that were entered keep their fee."""
    return _set(centre, places, open_days, day_fee, meal_fee)


def _set(centre: Centre, places: int, days: list[int], day_fen: int, meal_fen: int) -> Centre:
    if not 1 <= places <= 2000:
        raise Refused("centre_places", "A centre has 1 to 2000 places a day.", field="places")
    centre.places, centre.open_days = places, _weekdays(days, "open_days")
    centre.day_fen, centre.meal_fen = day_fen, meal_fen
    centre.save()
    return centre


@act("stays.day_care")
def enrol(
    centre: Centre,
    *,
    actor: Actor,
    at: datetime,
    person: Who,
    weekdays: WeekDays,
    since: Annotated[date, Field(label=_("From"))],
) -> DayPlace:
    """Enrol a person for some days of the week, as long as each of them has a place."""
    need_living(person)
    days = _weekdays(weekdays, "weekdays")
    if closed := set(days) - set(centre.open_days):
        raise Refused(
            "centre_closed", "The centre is closed on {day}. Choose days on which it is open.", field="weekdays",
            day=str(WEEKDAYS[min(closed) - 1]),
        )  # fmt: skip
    lives = living_in([person.pk], since).get(person.pk)
    if lives is not None:
        raise Refused(
            "lives_in_home", "{person} has lived in {place} since {since} and cannot attend day care.", field="person",
            person=str(person), place=lives.facility, since=lives.days.since.isoformat(),
        )  # fmt: skip
    if DayPlace.everywhere.filter(person=person, facility=centre.facility_id, until=None).exists():
        raise Refused(
            "comes_already",
            "This person already attends this centre. Change the days there.",
            field="person",
        )
    _need_places(centre, days, since)
    made: DayPlace = DayPlace.everywhere.create(
        person=person, facility_id=centre.facility_id, organisation_id=centre.organisation_id, region_id=centre.region_id,
        home_id=person.region_id, weekdays=days, since=since, entered_by=actor.name[:80], entered_at=at,
    )  # fmt: skip
    bind(person, centre.facility, since=min(since, timezone.localdate(at)))
    return made


def _need_places(centre: Centre, days: list[int], since: date) -> None:
    """Refuse a day of the week without a free place. The centre is locked, so two cannot take the last one."""
    rows = DayPlace.everywhere.filter(Q(until=None) | Q(until__gt=since), facility=centre.facility_id)
    for day in days:
        if rows.filter(weekdays__contains=[day]).count() >= centre.places:
            raise Refused(
                "centre_full", "All {places} places on {day} are taken. Choose other days.", field="weekdays",
                places=centre.places, day=str(WEEKDAYS[day - 1]),
            )  # fmt: skip


@act("stays.day_care")
def stop_coming(
    place: DayPlace,
    *,
    actor: Actor,
    at: datetime,
    until: Annotated[date, Field(label=_("First day not attending"))],
    reason: Reason,
) -> DayPlace:
    """End a place at a centre; its days stay known."""
    if place.until is not None:
        raise Refused("place_ended", "This place has ended already. Reload the page.")
    past(until, at, "until", days=terms().back_days, least=place.since)
    place.until, place.reason = until, line(reason, "reason")
    place.save(update_fields=["until", "reason"])
    unbind(place.person_id, place.facility_id, until=timezone.localdate(at))
    return place


@act("stays.day_care")
def mark(
    place: DayPlace,
    *,
    actor: Actor,
    at: datetime,
    day: Annotated[date, Field(label=_("Day"))],
    coming: Annotated[Coming, Field(label=_("State"), radio=True)],
    meals: Annotated[int, Field(label=_("Meals"), least=0, most=3)] = 0,
    late_why: Annotated[str, Field(label=_("Why entered late"), size=200)] = "",
) -> Attendance:
    """Enter whether somebody came on a day, and how many meals they had; a second entry corrects the first."""
    why = _late(day, late_why, at)
    _attends(place, day)
    if not 0 <= meals <= 3:
        raise Refused("meals", "A day has 0 to 3 meals.", field="meals")
    came = coming == Coming.PRESENT
    with elevated():  # whoever takes the roll takes it by the centre's own fees
        centre = Centre.everywhere.filter(facility=place.facility_id).first()
    day_fen, meal_fen = (centre.day_fen, centre.meal_fen) if centre else (0, 0)
    made, _new = Attendance.everywhere.update_or_create(
        place=place, day=day,
        defaults={
            "person_id": place.person_id, "facility_id": place.facility_id, "organisation_id": place.organisation_id,
            "region_id": place.region_id, "coming": coming, "meals": meals if came else 0,
            "fee_fen": day_fee(Fen(day_fen), Fen(meal_fen), meals) if came else 0,
            "late_why": why, "entered_by": actor.name[:80], "entered_at": at,
        },
    )  # fmt: skip
    add_detail(day=day.isoformat(), coming=str(coming), meals=made.meals, late=bool(why))
    return made


def _late(day: date, late_why: str, at: datetime) -> str:
    today = timezone.localdate(at)
    past(day, at, "day", days=terms().late_days)
    if day == today:
        return ""
    if not late_why.strip():
        raise Refused(
            "late_why",
            "This day is over. Say why it is entered late; the reason stays with it.",
            field="late_why",
        )
    return line(late_why, "late_why")


def _attends(place: DayPlace, day: date) -> None:
    if day < place.since or (place.until is not None and day >= place.until):
        raise Refused("not_enrolled", "The person has no place at this centre on this day.", field="day")
    lives = living_in([place.person_id], day).get(place.person_id)
    if lives is not None and lives.days.since != day:
        raise Refused(
            "lives_in_home", "{person} has lived in {place} since {since} and cannot attend day care.", field="day",
            person=str(place.person), place=lives.facility, since=lives.days.since.isoformat(),
        )  # fmt: skip


@act("stays.day_care")
def write_record(
    line_of: Attendance,
    *,
    actor: Actor,
    at: datetime,
    condition: Annotated[Condition, Field(label=_("Physical condition"), radio=True)],
    temperature: Annotated[str, Field(label=_("Temperature (°C)"), help=_("Such as 36.5"), size=6)] = "",
    note: Annotated[str, Field(label=_("Note"), long=True, size=400)] = "",
) -> Attendance:
    """Write the day's record of somebody who came: how they were, the temperature, and what was seen. It is sealed."""
    if line_of.coming != Coming.PRESENT:
        raise Refused("was_absent", "The person did not come on this day, so there is nothing to record.")
    record = {
        "condition": str(condition), "temperature": _tenths(temperature),
        "note": normalise(note, lines=True, field="note")[:400],
    }  # fmt: skip
    line_of.record_sealed = seal(line_of.person_id, json.dumps(record, ensure_ascii=False))
    line_of.save(update_fields=["record_sealed"])
    return line_of


def _tenths(text: str) -> int | None:
    clean = text.strip().removesuffix("℃").strip()
    if not clean:
        return None
    whole, _dot, part = clean.partition(".")
    found = int(whole) * 10 + int(part or 0) if whole.isdecimal() and (part.isdecimal() or not part) else 0
    if len(part) > 1 or not WARM[0] <= found <= WARM[1]:
        raise Refused(
            "temperature",
            "Enter a temperature from 34.0 to 43.0 with at most one decimal.",
            field="temperature",
        )
    return found


@act("stays.day_care")
def plan_activity(
    centre: Centre,
    *,
    actor: Actor,
    at: datetime,
    name: Annotated[str, Field(label=_("Activity"), size=60)],
    day: Annotated[date, Field(label=_("Day"))],
    starts: Annotated[time, Field(label=_("Begins"))],
    ends: Annotated[time, Field(label=_("Ends"))],
    places: Annotated[int, Field(label=_("Places"), least=1, most=500)] = 20,
) -> Activity:
    """Put an activity into the calendar of a centre."""
    today = timezone.localdate(at)
    if not today <= day <= today + timedelta(days=366):
        raise Refused(
            "activity_day", "An activity must be within the coming year. Choose another day.", field="day"
        )
    if ends <= starts:
        raise Refused("activity_ends", "It ends after it begins. Check the times.", field="ends")
    if not 1 <= places <= 500:
        raise Refused("activity_places", "An activity has 1 to 500 places.", field="places")
    made: Activity = Activity.everywhere.create(
        facility_id=centre.facility_id, organisation_id=centre.organisation_id, region_id=centre.region_id,
        name=line(name, "name", most=60), day=day, starts=starts, ends=ends, places=places,
    )  # fmt: skip
    return made


@act("stays.day_care")
def cancel_activity(activity: Activity, *, actor: Actor, at: datetime) -> Activity:
    """Call an activity off."""
    activity.cancelled = True
    activity.save(update_fields=["cancelled"])
    return activity


def _of_the_house(row: Any, user: Any) -> list[tuple[str, str]]:
    if row is None:
        return []
    scope = user.scope("stays.day_care")
    there = (
        DayPlace.objects.within(scope)
        .filter(facility=row.facility_id, until=None)
        .values_list("person_id", flat=True)
    )
    names = names_of(there)
    return sorted(((str(key), name) for key, name in names.items()), key=lambda one: one[1])


@act("stays.day_care")
def take_part(
    activity: Activity,
    *,
    actor: Actor,
    at: datetime,
    person: Annotated[str, Field(label=_("Person"), choices=_of_the_house)],
) -> Activity:
    """Enter somebody of the centre for an activity."""
    if activity.cancelled or activity.day < timezone.localdate(at):
        raise Refused("activity_over", "This activity is over or cancelled. Choose another one.")
    comes = DayPlace.everywhere.filter(
        person_id=_key(person), facility=activity.facility_id, until=None
    ).first()
    if comes is None:
        raise Refused("not_enrolled", "The person has no place at this centre on this day.", field="person")
    entered = Entry.everywhere.filter(activity=activity)
    if entered.filter(person_id=comes.person_id).exists():
        raise Refused("takes_part", "This person is already signed up.", field="person")
    if entered.count() >= activity.places:
        raise Refused(
            "activity_full", "All {places} places are taken.", field="person", places=activity.places
        )
    Entry.everywhere.create(
        activity=activity, person_id=comes.person_id, facility_id=activity.facility_id,
        organisation_id=activity.organisation_id, region_id=activity.region_id, entered_at=at,
    )  # fmt: skip
    return activity


def _taking(row: Any, user: Any) -> list[tuple[str, str]]:
    return [(str(one.person_id), name) for one, name in taking_part(row)] if row is not None else []


@act("stays.day_care")
def drop_out(
    activity: Activity,
    *,
    actor: Actor,
    at: datetime,
    person: Annotated[str, Field(label=_("Person"), choices=_taking)],
) -> Activity:
    """Take somebody out of an activity."""
    gone, _by = Entry.everywhere.filter(activity=activity, person_id=_key(person)).delete()
    if not gone:
        raise Refused("not_taking_part", "This person is not signed up. Reload the page.", field="person")
    return activity


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


def _weekdays(days: list[int], field: str) -> list[int]:
    found = sorted({int(day) for day in days})
    if not found or not set(found) <= set(range(1, 8)):
        raise Refused("weekdays", "Choose at least one day of the week.", field=field)
    return found
