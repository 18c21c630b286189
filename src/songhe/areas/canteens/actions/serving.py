"""Entering meals: at the counter by card, code or name, and taking one back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.canteens.actions.common import (
    OfMeal,
    On,
    Reason,
    between,
    canteen_of,
    line,
    locked,
    serves,
    still_open,
)
from songhe.areas.canteens.cards import diner_of
from songhe.areas.canteens.limits import meal_name
from songhe.areas.canteens.models import Canteen, Diner, Meal, Source, of
from songhe.areas.canteens.pricing import Priced, price
from songhe.areas.canteens.queries import table
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor, elevated
from songhe.engines.acts.api import act, add_detail
from songhe.kit.clock import today
from songhe.kit.days import day_of
from songhe.kit.fields import Field


@act("canteens.serve")
def serve_card(
    canteen: Canteen,
    *,
    actor: Actor,
    at: datetime,
    said: Annotated[str, Field(label=_("Card or code"), size=400)],
    meal: OfMeal,
) -> Meal:
    """Serve a meal to whoever shows the card, at once; a second one of the same meal is refused."""
    diner = diner_of(said, canteen.pk)
    if diner.canteen_id != canteen.pk:
        raise Refused(
            "other_canteen",
            "This is a card of {canteen}. Ask the person to eat there, or enrol the person here.",
            field="said",
            canteen=canteen_of(diner),
        )
    return _one(canteen, diner, day_of(at), meal, Source.CARD, actor=actor, at=at)


@act("canteens.serve")
def serve_diner(
    canteen: Canteen,
    *,
    actor: Actor,
    at: datetime,
    diner: Annotated[
        UUID,
        Field(
            label=_("Diner"),
            choices=lambda row, user: (
                [(one.pk, one.person.name) for one in table.enrolled(row, today())] if row else []
            ),
        ),
    ],
    on: On,
    meal: OfMeal,
) -> Meal:
    """Enter a meal by hand for a diner of the canteen."""
    found = next(iter(table.by_name(Diner.everywhere.filter(pk=diner, canteen=canteen))), None)
    if found is None:
        raise Refused(
            "no_diner", "This person is not a diner of the canteen. Choose one from the list.", field="diner"
        )
    return _one(canteen, found, between(on, at=at), meal, Source.HAND, actor=actor, at=at)


@act("canteens.serve", locks=False)
def void_meal(meal: Meal, *, actor: Actor, at: datetime, reason: Reason) -> Meal:
    """Take back a meal that was entered by mistake, as long as its day is not closed."""
    still_open(locked(meal.canteen_id), meal.on)
    meal.refresh_from_db()
    if meal.voided_at is not None:
        raise Refused("voided", "This meal was voided already.")
    void(meal, line(reason, "reason", 200), actor=actor, at=at)
    return meal


def void(meal: Meal, why: str, *, actor: Actor, at: datetime) -> None:
    """Let a meal count no more."""
    meal.voided_at, meal.voided_by, meal.reason = at, actor.name[:80], why
    meal.save(update_fields=["voided_at", "voided_by", "reason"])


def made(  # noqa: PLR0913  what a meal is
    canteen: Canteen, diner: Diner, on: date, meal: str, priced: Priced, source: Source, *, actor: Actor, at: datetime,
    roll_id: UUID | None = None,
) -> Meal:  # fmt: skip
    """A meal that is not saved yet."""
    parts = priced.split
    return Meal(
        **of(canteen), diner=diner, person_id=diner.person_id, on=on, meal=meal, way=diner.way, source=source,
        roll_id=roll_id, price_fen=parts.price, subsidy_fen=parts.subsidy, village_fen=parts.village,
        donation_fen=parts.donation, diner_fen=parts.diner, grant_rule=priced.grant_rule, policy_id=priced.policy_id,
        assumed=priced.assumed, served_by=actor.name[:80], served_at=at,
    )  # fmt: skip


def check_enrolled(diner: Diner, on: date) -> None:
    """Refuse a meal of somebody who is not enrolled on its day."""
    if not diner.eats_on(on):
        raise Refused("not_enrolled", "The person is not enrolled on {day}.", field="on", day=on)


def had_already(persons: Sequence[UUID], on: date, meal: str) -> dict[UUID, Meal]:
    """Who of some persons had a meal already, wherever it was."""
    with elevated():  # it may have been at another canteen, before the person came here
        rows = Meal.everywhere.filter(person_id__in=list(persons), on=on, meal=meal, voided_at=None)
        return {row.person_id: row for row in rows}


def _one(
    canteen: Canteen, diner: Diner, on: date, meal: str, source: Source, *, actor: Actor, at: datetime
) -> Meal:
    serves(canteen, meal)
    still_open(canteen, on)
    check_enrolled(diner, on)
    before = had_already([diner.person_id], on, meal).get(diner.person_id)
    if before is not None:
        raise _twice(diner, before)
    fresh = made(
        canteen,
        diner,
        on,
        meal,
        price([diner.person], on, meal, region=canteen.region_id)[diner.person_id],
        source,
        actor=actor,
        at=at,
    )
    try:
        with transaction.atomic():
            fresh.save(force_insert=True)
    except IntegrityError as fault:
        if "one_meal_of_a_person" not in str(fault):
            raise
        raise _twice(diner, had_already([diner.person_id], on, meal)[diner.person_id]) from None
    add_detail(meal=str(fresh.pk), person=str(diner.person_id), on=on.isoformat(), of=meal)
    return fresh


def _twice(diner: Diner, before: Meal) -> Refused:
    return Refused(
        "served_already",
        "{person} had {meal} already, at {time}. Nothing was entered again.",
        field="said",
        person=diner.person,
        meal=meal_name(before.meal),
        time=f"{timezone.localtime(before.served_at):%H:%M}",
    )
