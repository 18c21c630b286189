"""The printed weekly roll: making it, and entering what the cook ticked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from datetime import date, datetime, timedelta
from typing import Annotated

from django.db import connection
from django.utils.translation import gettext_lazy as _

from songhe.areas.canteens.actions.checks import look_after
from songhe.areas.canteens.actions.common import Upload, between, kept, locked
from songhe.areas.canteens.actions.serving import had_already, made, void
from songhe.areas.canteens.limits import over_at
from songhe.areas.canteens.models import Canteen, Diner, Meal, Roll, RollState, Source, of
from songhe.areas.canteens.pricing import price
from songhe.areas.canteens.queries import table
from songhe.areas.canteens.rules.days import changes
from songhe.core.days import monday_of
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor
from songhe.engines.acts.api import act, add_detail
from songhe.engines.regions.ids import uuid7
from songhe.kit.days import day_of
from songhe.kit.fields import Field

Box = tuple[tuple[str, str], date]
"""A box of a roll: ((diner, meal), day)."""
MOST_NAMES = 200


@act("canteens.roll")
def make_roll(
    canteen: Canteen,
    *,
    actor: Actor,
    at: datetime,
    week_of: Annotated[date, Field(label=_("Week of"), help=_("Any day of the week"))],
) -> Roll:
    """Make the roll of a week, to be printed; a roll of the week that nobody entered is given again."""
    first = monday_of(week_of)
    between(first, at=at, back=28, ahead=14, field="week_of")
    rows = Diner.everywhere.filter(canteen=canteen, since__lte=first + timedelta(days=6)).exclude(
        until__lte=first
    )
    names = [str(one.pk) for one in table.by_name(rows)]
    if not 0 < len(names) <= MOST_NAMES:
        raise Refused(
            "no_names", "An attendance sheet holds 1 to {most} diners. Enrol them first.", most=MOST_NAMES
        )
    last = Roll.everywhere.filter(canteen=canteen, monday=first).order_by("-printed_at").first()
    if last is not None and last.diners == names and last.meals == canteen.meals:
        return last
    row = Roll(
        id=uuid7(), **of(canteen), number=_number(first), monday=first, meals=canteen.meals, diners=names,
        printed_by=actor.name[:80], printed_at=at,
    )  # fmt: skip
    row.save(force_insert=True)
    return row


@act("canteens.roll", locks=False)
def enter_roll(
    roll: Roll, *, actor: Actor, at: datetime, ticks: Set[Box], seen: int, photo: Upload | None = None
) -> Roll:
    """Enter the ticks of a roll as they stand on paper: meals that are new come in, those unticked are voided.

    ``seen`` is the revision that was looked at. Days still to come and days that are closed change nothing.
    """
    canteen = locked(roll.canteen_id)
    roll.refresh_from_db()
    if seen != roll.revision:
        raise Refused(
            "entered_meanwhile",
            "Somebody has entered this attendance sheet meanwhile. Open it again and compare it with the paper.",
        )
    today, days = day_of(at), roll.days
    closed = table.closed_days(canteen, roll.monday, roll.last)
    diners = {str(one.pk): one for one in diners_of(roll)}
    meals = _held(roll, diners)
    held = {key: meal.roll_id == roll.pk for key, meal in meals.items()}
    known = {box for box in ticks if box[0][0] in diners and box[0][1] in roll.meals and box[1] in days}
    change = changes(known, held, days=days, closed=closed, today=today)
    for key in change.dropped:
        void(meals[key], "", actor=actor, at=at)
    count = _add(canteen, roll, diners, change.added, actor=actor, at=at)
    if photo is not None:
        roll.photo_id = kept(roll, photo, actor=actor, at=at)
    roll.revision, roll.entered_by, roll.entered_at = roll.revision + 1, actor.name[:80], at
    whole = roll.last <= today and roll.photo_id is not None
    roll.state = RollState.ENTERED if whole else RollState.PARTLY
    roll.save()
    add_detail(meals=count, voided=len(change.dropped), revision=roll.revision)
    for meal in roll.meals:
        if today in days and at > over_at(meal, today):
            look_after(canteen, today, meal, actor=actor, at=at)
    return roll


def _held(roll: Roll, diners: Mapping[str, Diner]) -> dict[Box, Meal]:
    """The meals that are there already for the boxes of a roll."""
    persons = {diner.person_id: key for key, diner in diners.items()}
    rows = Meal.everywhere.filter(
        person_id__in=list(persons), on__range=(roll.monday, roll.last), meal__in=roll.meals, voided_at=None
    )
    return {((persons[row.person_id], row.meal), row.on): row for row in rows}


def _add(
    canteen: Canteen,
    roll: Roll,
    diners: Mapping[str, Diner],
    boxes: Sequence[Box],
    *,
    actor: Actor,
    at: datetime,
) -> int:
    """Meals for boxes, priced by day; who is not enrolled on a day, or ate elsewhere, is named."""
    fresh: list[Meal] = []
    for on, meal in sorted({(box[1], box[0][1]) for box in boxes}):
        here = [diners[box[0][0]] for box in boxes if (box[1], box[0][1]) == (on, meal)]
        away = next((one for one in here if not one.eats_on(on)), None)
        if away is not None:
            raise Refused(
                "not_enrolled_then",
                "{person} is not enrolled on {day}. Remove the tick.",
                person=away.person,
                day=on,
            )
        elsewhere = had_already([one.person_id for one in here], on, meal)
        prices = price([one.person for one in here], on, meal, region=canteen.region_id)
        for one in here:
            if one.person_id in elsewhere:
                raise Refused(
                    "ate_elsewhere",
                    "{person} had this meal on {day} elsewhere. Remove the tick.",
                    person=one.person,
                    day=on,
                )
            fresh.append(
                made(
                    canteen,
                    one,
                    on,
                    meal,
                    prices[one.person_id],
                    Source.ROLL,
                    actor=actor,
                    at=at,
                    roll_id=roll.pk,
                )
            )
    Meal.everywhere.bulk_create(fresh)
    return len(fresh)


def diners_of(roll: Roll) -> list[Diner]:
    """The diners of a roll in the order of the paper."""
    found = {str(one.pk): one for one in table.by_name(Diner.everywhere.filter(pk__in=roll.diners))}
    return [found[key] for key in roll.diners if key in found]


def _number(first: date) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('canteens_roll_number')")
        (number,) = cursor.fetchone()
    return f"JC{first:%y%m%d}-{number:05d}"
