"""Setting a canteen up, its menu and its head count."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Any

from django.utils.translation import gettext_lazy as _

from songhe.areas.canteens.actions.common import AHEAD, OfMeal, On, between, line, serves
from songhe.areas.canteens.limits import allergen_choices, count_due, meal_choices
from songhe.areas.canteens.models import (
    Canteen,
    Counting,
    HeadCount,
    MenuDay,
    OpenDays,
    PaperKind,
    Serving,
    of,
)
from songhe.areas.canteens.queries import table
from songhe.areas.providers.api import Facility, Kind
from songhe.core.days import monday_of
from songhe.core.refusal import Refused
from songhe.core.text import normalise
from songhe.engines.access.api import Actor
from songhe.engines.acts.api import act, add_detail
from songhe.kit.days import day_of
from songhe.kit.fields import Field

KINDS = (Kind.CANTEEN, Kind.DINING_TABLE)
MOST_DISHES = 12
MOST_GUESTS = 500


def _without(row: Any, user: Any) -> Any:
    """Canteens of the register that are not set up yet."""
    rows = Facility.objects.within(user.scope("canteens.run")).filter(kind__in=KINDS, state="active")
    return rows.exclude(pk__in=Canteen.everywhere.values("facility_id"))


OfRegister = Annotated[Facility, Field(label=_("Facility"), among=_without)]


@act("canteens.run")
def set_up(
    *,
    actor: Actor,
    at: datetime,
    facility: OfRegister,
    serving: Annotated[Serving, Field(label=_("How meals are entered"))] = Serving.ROLL,
    counting: Annotated[Counting, Field(label=_("Who is expected"))] = Counting.ENROLLED,
    open_days: Annotated[OpenDays, Field(label=_("Days open"))] = OpenDays.DAILY,
    meals: Annotated[list[str], Field(label=_("Meals served"), choices=meal_choices)] = ["lunch"],  # noqa: B006
) -> Canteen:
    """Begin to run a canteen or dining table of the register; its diners are enrolled next."""
    if facility.kind not in KINDS or not facility.operates(day_of(at)):
        raise Refused(
            "no_canteen", "Only a canteen or dining table that operates can serve meals.", field="facility"
        )
    if Canteen.everywhere.filter(facility=facility).exists():
        raise Refused("set_up_already", "This canteen is set up already.", field="facility")
    made = Canteen(
        facility=facility, organisation_id=facility.organisation_id, region_id=facility.region_id, name=facility.name,
        serving=serving, counting=counting, open_days=open_days, meals=_meals(meals), since=day_of(at),
    )  # fmt: skip
    made.save(force_insert=True)
    return made


@act("canteens.run")
def describe_canteen(
    canteen: Canteen,
    *,
    actor: Actor,
    at: datetime,
    serving: Annotated[Serving, Field(label=_("How meals are entered"))],
    counting: Annotated[Counting, Field(label=_("Who is expected"))],
    open_days: Annotated[OpenDays, Field(label=_("Days open"))],
    meals: Annotated[list[str], Field(label=_("Meals served"), choices=meal_choices)],
    seats: Annotated[int | None, Field(label=_("Seats"), least=1, most=2000)] = None,
) -> Canteen:
    """Change how a canteen serves."""
    canteen.serving, canteen.counting, canteen.open_days = serving, counting, open_days
    canteen.meals, canteen.seats = _meals(meals), seats
    canteen.save()
    return canteen


@act("canteens.run")
def enter_paper(
    canteen: Canteen,
    *,
    actor: Actor,
    at: datetime,
    paper_kind: Annotated[PaperKind, Field(label=_("Food permit or filing"))],
    paper_no: Annotated[str, Field(label=_("Permit or filing number"), size=60)],
    paper_until: Annotated[
        date | None, Field(label=_("Valid until"), help=_("Leave empty for a filing without expiry"))
    ] = None,
) -> Canteen:
    """Enter the food permit, or the filing of a small table."""
    if paper_kind == PaperKind.PERMIT and paper_until is None:
        raise Refused("paper_end", "A food permit has an expiry date. Enter it.", field="paper_until")
    if paper_until is not None and not date(2000, 1, 1) < paper_until < date(2100, 1, 1):
        raise Refused(
            "wrong_end",
            "{day} cannot be right for a licence or permit.",
            field="paper_until",
            day=paper_until,
        )
    canteen.paper_kind, canteen.paper_no, canteen.paper_until = (
        paper_kind,
        line(paper_no, "paper_no", 60),
        paper_until,
    )
    canteen.save()
    return canteen


@act("canteens.run")
def set_menu(
    canteen: Canteen,
    *,
    actor: Actor,
    at: datetime,
    on: On,
    meal: OfMeal,
    dishes: Annotated[str, Field(label=_("Dishes"), help=_("One on each line"), long=True, size=600)],
    allergens: Annotated[list[str], Field(label=_("Allergens"), choices=allergen_choices)] = [],  # noqa: B006
) -> MenuDay:
    """Say what is cooked for a meal; what was said before is replaced."""
    between(on, at=at, ahead=AHEAD)
    serves(canteen, meal)
    cooked = _dishes(dishes)
    known = dict(allergen_choices())
    values = {
        "dishes": cooked, "allergens": [code for code in allergens if code in known], "by": actor.name[:80], "at": at,
    }  # fmt: skip
    made, _new = MenuDay.everywhere.update_or_create(
        canteen=canteen, on=on, meal=meal, defaults=values, create_defaults={**values, **of(canteen)}
    )
    add_detail(on=on.isoformat(), meal=meal, dishes=cooked)
    return made


@act("canteens.run")
def copy_menu(
    canteen: Canteen,
    *,
    actor: Actor,
    at: datetime,
    week_of: Annotated[date, Field(label=_("Copy from the week of"), help=_("Any day of a past week"))],
    to_week_of: Annotated[date, Field(label=_("Copy to the week of"))],
) -> Canteen:
    """Copy the menu of a past week; days that have a menu keep it."""
    source, target = (
        monday_of(week_of),
        monday_of(to_week_of),
    )
    between(target, at=at, back=7, ahead=AHEAD, field="to_week_of")
    if target == source:
        raise Refused("same_week", "Choose two different weeks.", field="to_week_of")
    rows = list(MenuDay.everywhere.filter(canteen=canteen, on__range=(source, source + timedelta(days=6))))
    if not rows:
        raise Refused("no_menu", "There is no menu in this week. Choose another one.", field="week_of")
    shift = target - source
    held = set(
        MenuDay.everywhere.filter(
            canteen=canteen, on__range=(target, target + timedelta(days=6))
        ).values_list("on", "meal")
    )
    fresh = [
        MenuDay(**of(canteen), on=row.on + shift, meal=row.meal, dishes=row.dishes, allergens=row.allergens,
                by=actor.name[:80], at=at)
        for row in rows
        if (row.on + shift, row.meal) not in held
    ]  # fmt: skip
    MenuDay.everywhere.bulk_create(fresh)
    add_detail(copied=len(fresh), week=target.isoformat())
    return canteen


@act("canteens.run")
def confirm_count(
    canteen: Canteen,
    *,
    actor: Actor,
    at: datetime,
    on: On,
    meal: OfMeal,
    guests: Annotated[
        int,
        Field(
            label=_("More than expected"),
            help=_("Guests; negative for fewer"),
            least=-500,
            most=MOST_GUESTS,
        ),
    ] = 0,
) -> HeadCount:
    """Confirm how many meals are cooked; after the hour that is set it counts as late."""
    between(on, at=at, back=1, ahead=AHEAD)
    serves(canteen, meal)
    if not table.is_open(canteen, on):
        raise Refused("not_open", "The canteen is not open on {day}.", field="on", day=on)
    wanted = table.expected(canteen, on, meal)
    if len(wanted) + guests < 0:
        raise Refused("too_few", "The number of meals cannot be below zero.", field="guests")
    values = {
        "expected": len(wanted), "counted": len(wanted) + guests, "delivered": table.to_deliver(wanted),
        "late": at > count_due(meal, on), "by": actor.name[:80], "at": at,
    }  # fmt: skip
    made, _new = HeadCount.everywhere.update_or_create(
        canteen=canteen, on=on, meal=meal, defaults=values, create_defaults={**values, **of(canteen)}
    )
    add_detail(on=on.isoformat(), meal=meal, counted=made.counted)
    return made


def _meals(codes: list[str]) -> list[str]:
    known = [code for code, _name in meal_choices() if code in codes]
    if not known:
        raise Refused("no_meal", "Choose at least one meal.", field="meals")
    return known


def _dishes(text: str) -> list[str]:
    rows = [normalise(one, field="dishes")[:40] for one in text.replace("、", "\n").splitlines()]
    found = list(dict.fromkeys(row for row in rows if row))
    if not 0 < len(found) <= MOST_DISHES:
        raise Refused(
            "dishes", "Name 1 to {most} dishes, one on each line.", field="dishes", most=MOST_DISHES
        )
    return found
