"""Closing days in the ledger, reversing them, donations, and the month that the town accepts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from songhe.areas.canteens import books
from songhe.areas.canteens.actions.common import On, between, line
from songhe.areas.canteens.models import (
    Canteen,
    CanteenDay,
    CanteenMonth,
    DayState,
    Donation,
    HeadCount,
    MonthState,
    Way,
    of,
)
from songhe.areas.canteens.queries import months, table
from songhe.areas.canteens.rules.money import Fen, Split, added
from songhe.core.measure import Period
from songhe.core.refusal import Refused
from songhe.core.text import normalise
from songhe.engines.access.api import Actor, elevated
from songhe.engines.acts.api import act, add_detail, four_eyes
from songhe.engines.regions.ids import uuid7
from songhe.kit.days import day_of
from songhe.kit.fields import Field

MOST_DONATION = 1_000_000_000
Why = Annotated[str, Field(label=_("Reason"), long=True, size=400)]


@act("canteens.close")
def close_day(canteen: Canteen, *, actor: Actor, at: datetime, on: On) -> CanteenDay:
    """Close a day: its meals are posted to who pays them. Nothing of it changes afterwards but by a reversal."""
    between(on, at=at)
    if table.closing(canteen, on) is not None:
        raise Refused("day_closed_already", "This day is closed already.", field="on")
    rows = list(table.meals_on(canteen, on))
    if not rows:
        raise Refused(
            "no_meals", "No meal is entered for this day, so there is nothing to close.", field="on"
        )
    counts = HeadCount.everywhere.filter(canteen=canteen, on=on).aggregate(n=Sum("counted"))["n"]
    number = CanteenDay.everywhere.filter(canteen=canteen, on=on).count() + 1
    made = CanteenDay(
        id=uuid7(), **of(canteen), on=on, number=number, meals=len(rows), counted=counts,
        delivered=sum(row.way == Way.DELIVERED for row in rows), granted_meals=sum(row.is_granted for row in rows),
        closed_by=actor.name[:80], closed_at=at, **_parts(added(row.split for row in rows)),
    )  # fmt: skip
    made.journal = books.post_day(made, rows, actor=actor, at=at)
    made.save(force_insert=True)
    add_detail(day=str(made.pk), on=on.isoformat(), meals=made.meals, fen=made.price_fen)
    return made


@act("canteens.close")
def reverse_day(day: CanteenDay, *, actor: Actor, at: datetime, reason: Why) -> CanteenDay:
    """Reverse a closing that was wrong: a journal takes everything back, then meals can be put right and closed anew."""
    if day.state != DayState.CLOSED:
        raise Refused("reversed", "This closing was reversed already.")
    stated = months.statement_of(day.canteen_id, day.on.replace(day=1))
    if stated is not None:
        raise Refused(
            "month_stated",
            "The statement of {month} includes this day. Have the town return it first; what is accepted stays as it is.",
            month=f"{day.on:%Y-%m}",
        )
    why = normalise(reason, lines=True, field="reason")[:400]
    if not why:
        raise Refused("empty", "This must not be empty. Fill it in.", field="reason")
    day.reversal = books.reverse(day, actor=actor, at=at)
    day.state, day.reason, day.reversed_by, day.reversed_at = DayState.REVERSED, why, actor.name[:80], at
    day.save()
    return day


@act("canteens.close")
def receive_donation(
    canteen: Canteen,
    *,
    actor: Actor,
    at: datetime,
    donor: Annotated[str, Field(label=_("Donor"), size=80)],
    amount: Annotated[Fen, Field(label=_("Amount (yuan)"))],
    on: Annotated[date, Field(label=_("Received on"))],
    reference: Annotated[str, Field(label=_("Receipt number"), size=80)],
) -> Donation:
    """Enter money given for a canteen's meals; one receipt number counts once."""
    if not 0 < amount <= MOST_DONATION:
        raise Refused("donation", "Enter an amount above zero and at most ten million yuan.", field="amount")
    made = Donation(
        id=uuid7(), **of(canteen), donor=line(donor, "donor", 80), on=between(on, at=at, back=366), fen=amount,
        reference=line(reference, "reference", 80), by=actor.name[:80], at=at,
    )  # fmt: skip
    made.journal = books.post_donation(made, actor=actor, at=at)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as fault:
        if "one_meal_donation_of_a_number" not in str(fault):
            raise
        raise Refused("receipt_used", "This receipt number is entered already.", field="reference") from None
    add_detail(donation=str(made.pk), fen=amount)
    return made


@act("canteens.close")
def state_month(
    canteen: Canteen,
    *,
    actor: Actor,
    at: datetime,
    month: Annotated[date, Field(label=_("Month"), help=_("Any day of the month"))],
) -> CanteenMonth:
    """State a month that is over, for the town to accept: what its closed days add up to."""
    period = Period.holding(month)
    if period.end > day_of(at):
        raise Refused("month_open", "This month is not over. Choose an earlier one.", field="month")
    if months.statement_of(canteen.pk, period.start) is not None:
        raise Refused(
            "month_stated_already", "This month's statement has already been submitted.", field="month"
        )
    left = months.days_not_closed(canteen.pk, period)
    if left:
        raise Refused(
            "days_open",
            "Meals are entered on {count} days that are not closed, the first of them {day}. Close them first.",
            field="month",
            count=len(left),
            day=left[0],
        )
    figures = months.figures(canteen, period)
    if not figures["meals"]:
        raise Refused(
            "no_meals_month", "No meal of this month is closed, so there is nothing to submit.", field="month"
        )
    number = CanteenMonth.everywhere.filter(canteen=canteen, month=period.start).count() + 1
    made = CanteenMonth(
        id=uuid7(), **of(canteen), month=period.start, number=number, digest=_digest(canteen, period, figures),
        stated_by_id=actor.id, stated_by=actor.name[:80], stated_at=at, **figures,
    )  # fmt: skip
    made.save(force_insert=True)
    add_detail(month=f"{period.start:%Y-%m}", meals=made.meals, fen=made.price_fen)
    return made


@act("canteens.accept")
def accept_month(statement: CanteenMonth, *, actor: Actor, at: datetime) -> CanteenMonth:
    """Accept a month that somebody else stated: from now on the budget's part is owed to the canteen."""
    _waiting(statement)
    four_eyes(statement.stated_by_id, actor)
    with elevated():  # the figures are those of the canteen, whoever accepts them
        canteen = Canteen.everywhere.get(pk=statement.canteen_id)
        now = months.figures(canteen, Period.holding(statement.month))
        same = _digest(canteen, Period.holding(statement.month), now) == statement.digest
    if not same:
        raise Refused(
            "figures_changed",
            "Supplies or days have changed since submission. Return the statement to be submitted again.",
        )
    return _decided(statement, MonthState.ACCEPTED, "", actor=actor, at=at)


@act("canteens.accept")
def return_month(statement: CanteenMonth, *, actor: Actor, at: datetime, reason: Why) -> CanteenMonth:
    """Return a statement, with the reason; its days can then be put right."""
    _waiting(statement)
    why = normalise(reason, lines=True, field="reason")[:400]
    if not why:
        raise Refused("empty", "This must not be empty. Fill it in.", field="reason")
    return _decided(statement, MonthState.RETURNED, why, actor=actor, at=at)


def _decided(row: CanteenMonth, state: MonthState, why: str, *, actor: Actor, at: datetime) -> CanteenMonth:
    row.state, row.reason = state, why
    row.decided_by_id, row.decided_by, row.decided_at = actor.id, actor.name[:80], at
    row.save()
    return row


def _waiting(row: CanteenMonth) -> None:
    if row.state != MonthState.STATED:
        raise Refused(
            "month_decided",
            "This statement is now “{state}”. Reload the page.",
            state=row.get_state_display(),
        )


def _parts(parts: Split) -> dict[str, int]:
    return {
        "price_fen": parts.price, "subsidy_fen": parts.subsidy, "village_fen": parts.village,
        "donation_fen": parts.donation, "diner_fen": parts.diner,
    }  # fmt: skip


def _digest(canteen: Canteen, period: Period, figures: dict[str, int]) -> str:
    days = CanteenDay.everywhere.filter(
        canteen=canteen, on__gte=period.start, on__lt=period.end, state=DayState.CLOSED
    ).order_by("on")
    body = {"canteen": str(canteen.pk), "month": period.start, "figures": figures, "days": _keys(days)}
    return hashlib.sha256(json.dumps(body, default=str, sort_keys=True).encode()).hexdigest()


def _keys(days: Iterable[CanteenDay]) -> list[str]:
    return [str(day.pk) for day in days]
