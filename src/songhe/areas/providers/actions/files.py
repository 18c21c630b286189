"""What is entered into a site's file: functions, hours, papers, people, agreements, prices, stars."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, NewType

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.providers.actions.keeping import SCAN, Upload, keep_file
from songhe.areas.providers.actions.register import filed, open_site, recount
from songhe.areas.providers.actions.words import past_day, words
from songhe.areas.providers.models import (
    FUNCTIONS,
    Agreement,
    Facility,
    FireSafety,
    Job,
    Permit,
    PermitKind,
    Price,
    Rating,
    SiteFunction,
    Staffing,
)
from songhe.areas.providers.rules.hours import slots_of
from songhe.areas.providers.stars import years_valid
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor
from songhe.engines.acts.api import act, add_detail
from songhe.kit.fields import Field
from songhe.kit.words import WEEKDAYS

Fen = NewType("Fen", int)
Count = Annotated[int | None, Field(least=0, most=20_000)]
Since = Annotated[date, Field(label=_("From"))]
DAYS = [(number, name) for number, name in enumerate(WEEKDAYS, start=1)]


def _running(facility: Facility | None, user: Any) -> Iterable[tuple[str, Any]]:
    rows = SiteFunction.everywhere.filter(facility=facility, until=None).order_by("kind")
    return [(row.kind, row.get_kind_display()) for row in rows]


def _priced(facility: Facility | None, user: Any) -> Iterable[tuple[str, str]]:
    rows = Price.everywhere.filter(facility=facility, until=None).order_by("item", "per")
    return [(str(row.pk), f"{row.item} / {row.get_per_display()}") for row in rows]


@act("providers.edit")
def add_function(  # noqa: PLR0913  a function has its own capacity
    facility: Facility,
    *,
    actor: Actor,
    at: datetime,
    kind: Annotated[str, Field(label=_("Function"), choices=FUNCTIONS)],
    since: Since,
    area_m2: Annotated[int | None, Field(label=_("Floor area (m²)"), least=1, most=2_000_000)] = None,
    beds: Annotated[int | None, Field(label=_("Beds"), least=0, most=20_000)] = None,
    day_places: Annotated[int | None, Field(label=_("Day places"), least=0, most=20_000)] = None,
    diners: Annotated[int | None, Field(label=_("Diners per meal"), least=0, most=20_000)] = None,
    places: Annotated[int | None, Field(label=_("Other capacity"), least=0, most=20_000)] = None,
) -> Facility:
    """Enter what a site does beside its main kind, with the capacity for it."""
    open_site(facility)
    if kind == facility.kind:
        raise Refused(
            "main_kind", "This is the site's main kind already. Choose another function.", field="kind"
        )
    if area_m2 and facility.area_m2 and area_m2 > facility.area_m2:
        raise Refused(
            "larger_than_site", "A function cannot be larger than its site ({area} m²).", field="area_m2", area=facility.area_m2
        )  # fmt: skip
    row = SiteFunction(
        kind=kind, since=past_day(since, at=at, field="since"), area_m2=area_m2, beds=beds, day_places=day_places,
        diners=diners, places=places,
    )  # fmt: skip
    _put(facility, row, "one_function_at_a_time", "kind")
    return facility


@act("providers.edit")
def end_function(
    facility: Facility,
    *,
    actor: Actor,
    at: datetime,
    kind: Annotated[str, Field(label=_("Function"), choices=_running)],
    until: Annotated[date, Field(label=_("First day without it"))],
) -> Facility:
    """End a function of a site."""
    row = SiteFunction.everywhere.filter(facility=facility, kind=kind, until=None).first()
    if row is None:
        raise Refused("not_there", "The site does not have this function. Reload the page.", field="kind")
    if past_day(until, at=at, field="until") <= row.since:
        raise Refused(
            "wrong_day", "The function began on {since}; it ends after that.", field="until", since=row.since
        )
    row.until = until
    row.save()
    add_detail(function=kind, until=str(until))
    recount([facility])
    return facility


@act("providers.edit")
def set_opening(  # noqa: PLR0913  two spans a day
    facility: Facility,
    *,
    actor: Actor,
    at: datetime,
    days: Annotated[list[int], Field(label=_("Weekdays"), choices=DAYS)],
    opens: Annotated[time | None, Field(label=_("Opens"), help=_("Empty: closed on these days"))] = None,
    closes: Annotated[time | None, Field(label=_("Closes"))] = None,
    opens_again: Annotated[time | None, Field(label=_("Opens again"))] = None,
    closes_again: Annotated[time | None, Field(label=_("Closes again"))] = None,
    on_holidays: Annotated[bool, Field(label=_("The same on public holidays"))] = False,
) -> Facility:
    """Set the hours of some days of the week; the other days keep theirs. Midnight as a closing time ends the day."""
    open_site(facility)
    slots = _slots(opens, closes, opens_again, closes_again)
    opening = facility.opening.with_days(days, slots)
    facility.hours = type(opening)(opening.week, opening.days, on_holidays).data()
    facility.save()
    recount([facility])
    return facility


@act("providers.edit")
def except_days(
    facility: Facility,
    *,
    actor: Actor,
    at: datetime,
    first: Annotated[date, Field(label=_("First day"))],
    last: Annotated[date, Field(label=_("Last day"))],
    opens: Annotated[time | None, Field(label=_("Opens"), help=_("Empty: closed on these days"))] = None,
    closes: Annotated[time | None, Field(label=_("Closes"))] = None,
) -> Facility:
    """Set hours of their own for some days, such as a festival."""
    open_site(facility)
    if not timedelta(0) <= last - first <= timedelta(days=92):
        raise Refused(
            "span_of_days", "The last day comes after the first, at most three months later.", field="last"
        )
    slots, known, today = _slots(opens, closes), facility.opening, timezone.localdate(at)
    own = {day: kept for day, kept in known.days.items() if day >= today}
    own |= {first + timedelta(days=number): slots for number in range((last - first).days + 1)}
    facility.hours = type(known)(known.week, own, known.holidays).data()
    facility.save()
    return facility


@act("providers.licence")
def enter_paper(  # noqa: PLR0913  the form asks for each
    facility: Facility,
    *,
    actor: Actor,
    at: datetime,
    kind: Annotated[PermitKind, Field(label=_("Licence or permit"))],
    issued_on: Annotated[date, Field(label=_("Issued on"))],
    number: Annotated[str, Field(label=_("Number"), size=60)] = "",
    issued_by: Annotated[str, Field(label=_("Issuing office"), size=120)] = "",
    valid_until: Annotated[date | None, Field(label=_("Valid until"), help=_("Empty: without end"))] = None,
    file: Annotated[Upload | None, SCAN] = None,
) -> Facility:
    """Enter a licence, permit or acceptance with its days; the site's row takes over what it says."""
    open_site(facility)
    row = Permit(
        kind=kind, number=words(number, field="number", most=60), issued_by=words(issued_by, field="issued_by", most=120),
        issued_on=past_day(issued_on, at=at, field="issued_on"), valid_until=valid_until,
    )  # fmt: skip
    if valid_until is not None and valid_until < issued_on:
        raise Refused("wrong_day", "It cannot end before it was issued.", field="valid_until")
    filed(facility, row).save(force_insert=True)
    if kind in (PermitKind.LICENCE, PermitKind.RECORD) and row.number:
        facility.licence_no = row.number
    if kind == PermitKind.FIRE:
        facility.fire_safety = FireSafety.PASSED
    facility.save()
    keep_file(file, facility, about=row.pk, actor=actor, at=at)
    add_detail(paper=kind, number=row.number, valid_until=str(valid_until or ""))
    recount([facility])
    return facility


@act("providers.edit")
def count_staff(
    facility: Facility,
    *,
    actor: Actor,
    at: datetime,
    job: Annotated[Job, Field(label=_("Staff position"))],
    number: Annotated[int, Field(label=_("Number of staff"), least=0, most=5_000)],
    certified: Annotated[int, Field(label=_("With certificate"), least=0, most=5_000)] = 0,
    counted_on: Annotated[date | None, Field(label=_("Counted on"))] = None,
) -> Facility:
    """Enter how many people of a job work at the site, and how many of them hold a certificate."""
    open_site(facility)
    if certified > number:
        raise Refused(
            "certified_among_staff",
            "There cannot be more certificate holders than staff.",
            field="certified",
        )
    day = past_day(counted_on or timezone.localdate(at), at=at, field="counted_on")
    known = Staffing.everywhere.filter(facility=facility, job=job, counted_on=day).first()
    row = known or filed(facility, Staffing(job=job, counted_on=day))
    row.number, row.certified = number, certified  # type: ignore[attr-defined]
    row.save()
    add_detail(job=job, number=number, certified=certified, counted_on=str(day))
    recount([facility])
    return facility


@act("providers.edit")
def add_agreement(
    facility: Facility,
    *,
    actor: Actor,
    at: datetime,
    body: Annotated[str, Field(label=_("Medical institution"), size=120)],
    what: Annotated[str, Field(label=_("What was agreed"), size=400)],
    since: Annotated[date, Field(label=_("First day"))],
    until: Annotated[date | None, Field(label=_("Last day"))] = None,
    file: Annotated[Upload | None, SCAN] = None,
) -> Facility:
    """Enter an agreement with a clinic or hospital."""
    open_site(facility)
    if until is not None and until < since:
        raise Refused("wrong_day", "It cannot end before it begins.", field="until")
    row = Agreement(
        body=words(body, field="body", most=120, needed=True), what=words(what, field="what", most=400, needed=True),
        since=since, until=until,
    )  # fmt: skip
    filed(facility, row).save(force_insert=True)
    keep_file(file, facility, about=row.pk, actor=actor, at=at)
    add_detail(body=row.body, until=str(until or ""))
    recount([facility])
    return facility


@act("providers.edit")
def set_price(
    facility: Facility,
    *,
    actor: Actor,
    at: datetime,
    item: Annotated[str, Field(label=_("Charged item"), size=60)],
    per: Annotated[Price.Per, Field(label=_("Per"))],
    fen: Annotated[Fen, Field(label=_("Price (yuan)"))],
    since: Since,
) -> Facility:
    """Put a price on the public list; from its first day on it takes the place of the one before."""
    open_site(facility)
    if not 0 <= fen <= 100_000_000:
        raise Refused("price_range", "A price lies between 0 and 1,000,000 yuan.", field="fen")
    name = words(item, field="item", most=60, needed=True)
    before = Price.everywhere.filter(facility=facility, item=name, per=per, until=None).first()
    if before is not None:
        if since <= before.since:
            raise Refused(
                "price_known", "A price for this item already applies from {since}. Choose a later day.", field="since", since=before.since
            )  # fmt: skip
        before.until = since
        before.save()
    row = Price(item=name, per=per, fen=fen, since=since)
    _put(facility, row, "one_price_at_a_time", "since")
    return facility


@act("providers.edit")
def end_price(
    facility: Facility,
    *,
    actor: Actor,
    at: datetime,
    price: Annotated[str, Field(label=_("Charged item"), choices=_priced)],
) -> Facility:
    """Take an item off the public list, from today on."""
    row = Price.everywhere.filter(facility=facility, pk=price, until=None).first()
    if row is None:
        raise Refused("not_there", "The list does not contain this. Reload the page.", field="price")
    today = timezone.localdate(at)
    if row.since >= today:
        row.delete()
    else:
        row.until = today
        row.save()
    add_detail(item=row.item, fen=row.fen)
    recount([facility])
    return facility


@act("providers.licence")
def rate_facility(
    facility: Facility,
    *,
    actor: Actor,
    at: datetime,
    stars: Annotated[int, Field(label=_("Stars"), choices=[(n, "★" * n) for n in range(1, 6)])],
    rated_on: Annotated[date, Field(label=_("Rated on"))],
    source: Annotated[str, Field(label=_("Source"), size=200, help=_("Document or committee that rated it"))],
    valid_until: Annotated[date | None, Field(label=_("Valid until"), help=_("Empty: three years"))] = None,
) -> Facility:
    """Enter the level that a committee gave after GB/T 37276, with its source."""
    open_site(facility)
    day = past_day(rated_on, at=at, field="rated_on")
    last = valid_until or years_valid(day)
    if last <= day:
        raise Refused(
            "wrong_day", "The rating ends after the day on which it was given.", field="valid_until"
        )
    row = Rating(
        stars=stars,
        rated_on=day,
        valid_until=last,
        source=words(source, field="source", most=200, needed=True),
    )
    filed(facility, row).save(force_insert=True)
    add_detail(stars=stars, valid_until=str(last))
    return facility


def _slots(*times: time | None) -> tuple[tuple[int, int], ...]:
    """Hours of a day from times in order; a closing time of midnight is 24 o'clock."""
    pairs = [
        pair for pair in zip(times[::2], times[1::2], strict=True) if any(part is not None for part in pair)
    ]
    flat = [(_minute(start), _minute(end, last=True)) for start, end in pairs]
    try:
        return slots_of(flat)
    except ValueError:
        raise Refused(
            "hours_in_order", "Give an opening and a later closing time, one after the other.", field="closes"
        ) from None


def _minute(moment: time | None, *, last: bool = False) -> int:
    if moment is None:
        return -1  # outside the day, so that half a pair is refused with its words
    minute = moment.hour * 60 + moment.minute
    return 24 * 60 if last and minute == 0 else minute


def _put(facility: Facility, row: Any, constraint: str, field: str) -> None:
    """Save a new row of the file; refused where the database keeps one at a time."""
    try:
        with transaction.atomic():
            filed(facility, row).save(force_insert=True)
    except IntegrityError as fault:
        if constraint not in str(fault):
            raise
        raise Refused(
            constraint,
            "The site has this on some of these days already. End what is there first, or choose other days.",
            field=field,
        ) from None
    add_detail(**{row._meta.model_name: str(row), "since": str(row.since)})
    recount([facility])
