"""What the kitchen enters: supplies, samples, hygiene, cooks and who is on duty."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.canteens.actions.common import (
    AHEAD,
    PICTURES,
    OfMeal,
    On,
    Reason,
    Upload,
    between,
    kept,
    line,
    serves,
)
from songhe.areas.canteens.limits import hygiene_choices, terms
from songhe.areas.canteens.models import Canteen, Cook, Duty, HygieneDay, Sample, Supply, Unit, of
from songhe.areas.canteens.rules.money import Fen
from songhe.core.refusal import Refused
from songhe.core.text import normalise, normalise_name
from songhe.engines.access.api import Actor
from songhe.engines.acts.api import act, add_detail
from songhe.engines.regions.ids import uuid7
from songhe.kit.days import day_of
from songhe.kit.fields import Field

MOST_FEN = 10_000_000
"""A hundred thousand yuan for one supply, beyond which somebody mistyped."""
MOST_AMOUNT = 100_000
Until = Annotated[date, Field(label=_("Valid until"))]


@act("canteens.run")
def buy(  # noqa: PLR0913  the form asks for each
    canteen: Canteen,
    *,
    actor: Actor,
    at: datetime,
    on: Annotated[date, Field(label=_("Bought on"))],
    item: Annotated[str, Field(label=_("Item bought"), size=80)],
    amount: Annotated[str, Field(label=_("Quantity"), help=_("Such as 2.5"), size=12)],
    unit: Annotated[Unit, Field(label=_("Unit"))],
    paid: Annotated[Fen, Field(label=_("Paid (yuan)"), help=_("0 for what was given"))],
    supplier: Annotated[str, Field(label=_("Supplier"), size=120)] = "",
    receipt: Annotated[Upload | None, Field(label=_("Purchase receipt"), accept=PICTURES)] = None,
) -> Supply:
    """Enter something bought or given, with its receipt."""
    if not 0 <= paid <= MOST_FEN:
        raise Refused("amount_paid", "Enter 0 to 100,000 yuan.", field="paid")
    made = Supply(
        id=uuid7(), **of(canteen), on=between(on, at=at), item=line(item, "item", 80), amount=_amount(amount, unit), unit=unit,
        fen=paid, supplier=line(supplier, "supplier", 120, needed=False), by=actor.name[:80], at=at,
    )  # fmt: skip
    if receipt is not None:
        made.receipt_id = kept(made, receipt, actor=actor, at=at)
    made.save(force_insert=True)
    add_detail(supply=str(made.pk), fen=paid)
    return made


@act("canteens.run")
def void_supply(supply: Supply, *, actor: Actor, at: datetime, reason: Reason) -> Supply:
    """Take back a supply that was entered by mistake."""
    if supply.voided_at is not None:
        raise Refused("voided", "This was voided already.")
    supply.voided_at, supply.reason = at, line(reason, "reason", 200)
    supply.save()
    return supply


@act("canteens.run")
def take_sample(
    canteen: Canteen,
    *,
    actor: Actor,
    at: datetime,
    on: On,
    meal: OfMeal,
    dishes: Annotated[
        str,
        Field(label=_("Dishes"), help=_("Of each a sample is kept; one on each line"), long=True, size=600),
    ],
    grams: Annotated[int, Field(label=_("Grams of each"), least=1, most=5000)],
) -> Sample:
    """Keep a sample of each dish; the hours that it is kept are counted from now."""
    between(on, at=at, back=1)
    serves(canteen, meal)
    names = list(
        dict.fromkeys(normalise(one, field="dishes")[:80] for one in dishes.replace("、", "\n").splitlines())
    )
    names = [name for name in names if name]
    held = set(Sample.everywhere.filter(canteen=canteen, on=on, meal=meal).values_list("dish", flat=True))
    fresh = [name for name in names if name not in held]
    if not fresh or len(fresh) > 20:
        raise Refused("no_dishes", "Name 1 to 20 dishes of which no sample is kept yet.", field="dishes")
    until = at + timedelta(hours=terms().sample_hours)
    rows = [
        Sample(
            **of(canteen),
            on=on,
            meal=meal,
            dish=name,
            grams=grams,
            taken_at=at,
            taken_by=actor.name[:80],
            keep_until=until,
        )
        for name in fresh
    ]
    Sample.everywhere.bulk_create(rows)
    add_detail(samples=len(rows), on=on.isoformat(), meal=meal)
    return rows[0]


@act("canteens.run")
def discard_sample(sample: Sample, *, actor: Actor, at: datetime) -> Sample:
    """Discard a sample whose hours are over."""
    if sample.discarded_at is not None:
        raise Refused("discarded", "This sample was discarded already.")
    if at < sample.keep_until:
        raise Refused(
            "too_early",
            "This sample must be kept until {until}.",
            until=f"{timezone.localtime(sample.keep_until):%m-%d %H:%M}",
        )
    sample.discarded_at, sample.discarded_by = at, actor.name[:80]
    sample.save()
    return sample


@act("canteens.run")
def discard_samples(canteen: Canteen, *, actor: Actor, at: datetime) -> Canteen:
    """Discard every sample whose hours are over."""
    rows = Sample.everywhere.filter(canteen=canteen, discarded_at=None, keep_until__lte=at)
    count = rows.update(discarded_at=at, discarded_by=actor.name[:80])
    if not count:
        raise Refused("none_over", "No sample has been kept long enough yet.")
    add_detail(discarded=count)
    return canteen


@act("canteens.run")
def log_hygiene(
    canteen: Canteen,
    *,
    actor: Actor,
    at: datetime,
    on: On,
    done: Annotated[list[str], Field(label=_("In order"), choices=hygiene_choices)] = [],  # noqa: B006
    note: Annotated[
        str,
        Field(
            label=_("What was done about it"),
            help=_("Required if something was not in order"),
            long=True,
            size=400,
        ),
    ] = "",
) -> HygieneDay:
    """Enter the day's checklist; what is not ticked was not in order."""
    between(on, at=at, back=3)
    codes = [code for code, _name in hygiene_choices()]
    missing = [code for code in codes if code not in done]
    words = normalise(note, lines=True, field="note")[:400]
    if missing and not words:
        raise Refused("say_measure", "Say what was done about what was not in order.", field="note")
    values = {
        "done": [code for code in codes if code in done], "missing": missing, "note": words, "by": actor.name[:80], "at": at,
    }  # fmt: skip
    made, _new = HygieneDay.everywhere.update_or_create(
        canteen=canteen, on=on, defaults=values, create_defaults={**values, **of(canteen)}
    )
    add_detail(on=on.isoformat(), missing=missing)
    return made


@act("canteens.run")
def add_cook(
    canteen: Canteen,
    *,
    actor: Actor,
    at: datetime,
    name: Annotated[str, Field(label=_("Name"), size=60)],
    kind: Annotated[Cook.Kind, Field(label=_("Kind"))],
    certificate_no: Annotated[str, Field(label=_("Health certificate"), size=60)],
    certificate_until: Until,
) -> Cook:
    """Add somebody who cooks, employed or a volunteer; nobody cooks without a health certificate."""
    made = Cook(**of(canteen), name=normalise_name(name, field="name"), kind=kind, since=day_of(at))
    _certified(made, certificate_no, certificate_until)
    made.save(force_insert=True)
    add_detail(cook=str(made.pk))
    return made


@act("canteens.run")
def renew_certificate(
    cook: Cook,
    *,
    actor: Actor,
    at: datetime,
    certificate_no: Annotated[str, Field(label=_("Health certificate"), size=60)],
    certificate_until: Until,
) -> Cook:
    """Enter a newer health certificate."""
    _certified(cook, certificate_no, certificate_until)
    cook.save()
    return cook


@act("canteens.run")
def end_cook(
    cook: Cook, *, actor: Actor, at: datetime, on: Annotated[date, Field(label=_("Last day"))]
) -> Cook:
    """Say that somebody cooks here no more; duties after that are taken away."""
    if on < cook.since:
        raise Refused(
            "leaves_before",
            "The person started on {day}; the leaving date must be later.",
            field="on",
            day=cook.since,
        )
    cook.until = on
    cook.save()
    gone, _by = Duty.everywhere.filter(cook=cook, on__gt=on).delete()
    add_detail(duties=gone)
    return cook


def _cooks(row: Any, user: Any) -> Any:
    rows = Cook.objects.within(user.scope("canteens.run"))
    return rows.filter(canteen=row) if row is not None else rows


OfCooks = Annotated[Cook, Field(label=_("Cook"), among=_cooks)]


@act("canteens.run")
def put_on_duty(
    canteen: Canteen,
    *,
    actor: Actor,
    at: datetime,
    cook: OfCooks,
    since: Annotated[date, Field(label=_("From"))],
    last: Annotated[date, Field(label=_("Last day"))],
    meal: OfMeal,
) -> Duty:
    """Put a cook on duty for some days; whoever has no valid health certificate on one of them is refused."""
    serves(canteen, meal)
    days = (last - since).days + 1
    if not 0 < days <= AHEAD:
        raise Refused("term", "Choose 1 to {most} days.", field="last", most=AHEAD)
    between(since, at=at, back=7, ahead=AHEAD, field="since")
    if cook.canteen_id != canteen.pk:
        raise Refused("other_cook", "This cook belongs to another canteen.", field="cook")
    wanted = [since + timedelta(days=n) for n in range(days)]
    for on in (since, last):
        if not cook.serves(on):
            raise Refused("not_here", "{cook} does not cook here on {day}.", field="since", cook=cook, day=on)
        if not cook.certified(on):
            raise Refused(
                "not_certified",
                "{cook} has no valid health certificate on {day}. Enter a newer one first.",
                field="cook",
                cook=cook,
                day=on,
            )
    held = set(Duty.everywhere.filter(cook=cook, on__in=wanted, meal=meal).values_list("on", flat=True))
    rows = [
        Duty(**of(canteen), cook=cook, on=on, meal=meal, by=actor.name[:80], at=at)
        for on in wanted
        if on not in held
    ]
    if not rows:
        raise Refused("on_duty", "{cook} is on duty on these days already.", field="since", cook=cook)
    Duty.everywhere.bulk_create(rows)
    add_detail(cook=str(cook.pk), since=since.isoformat(), last=last.isoformat(), meal=meal)
    return rows[0]


@act("canteens.run")
def take_off_duty(duty: Duty, *, actor: Actor, at: datetime, reason: Reason = "") -> Duty:
    """Take a cook off a day that is still to come."""
    if duty.on < day_of(at):
        raise Refused("duty_past", "This day is over.")
    add_detail(
        cook=str(duty.cook_id), on=duty.on.isoformat(), reason=line(reason, "reason", 200, needed=False)
    )
    Duty.everywhere.filter(pk=duty.pk).delete()
    return duty


def _certified(cook: Cook, number: str, until: date) -> None:
    if not date(2000, 1, 1) < until < date(2100, 1, 1):
        raise Refused(
            "wrong_end",
            "{day} cannot be right for a licence or permit.",
            field="certificate_until",
            day=until,
        )
    cook.certificate_no, cook.certificate_until = line(number, "certificate_no", 60), until


def _amount(text: str, unit: Unit) -> int:
    """Grams, millilitres or pieces; exact, as it was typed."""
    try:
        value = Decimal(normalise(text, field="amount").replace(",", "").replace("，", ""))
    except InvalidOperation:
        value = Decimal(-1)
    whole = value if unit == Unit.PIECE else value * 1000
    if not value.is_finite() or not 0 < value <= MOST_AMOUNT or whole != whole.to_integral_value():
        raise Refused(
            "amount",
            "Enter an amount above 0 with at most three decimals, such as 2.5; pieces are whole.",
            field="amount",
        )
    return int(whole)
