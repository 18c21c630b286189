"""Day care: centres with their month, who comes on which days, days with their record, and activities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.providers.api import Facility
from songhe.areas.registry.api import of_persons
from songhe.areas.stays import actions
from songhe.areas.stays.models import Activity, Attendance, Centre, Coming, Condition, DayPlace
from songhe.areas.stays.queries import day_care as days
from songhe.areas.stays.queries.vacancy import day_places
from songhe.areas.stays.rules import share
from songhe.areas.stays.screens.common import facility, heading, house, person
from songhe.engines.acts.api import record_read
from songhe.kit import spec
from songhe.kit.clock import now, today
from songhe.kit.pages import NavItem
from songhe.kit.spec import grid, panel, panel_on, record, verb
from songhe.kit.who import who
from songhe.kit.words import WEEKDAYS, yuan

COMING_TONES = {Coming.PRESENT: "ok", Coming.ABSENT: "muted"}


def _open_days(row: Centre) -> str:
    return " · ".join(str(WEEKDAYS[day - 1]) for day in sorted(row.open_days) if 1 <= day <= 7)


def _month(row: Centre, request: HttpRequest) -> Mapping[str, Any]:
    found = days.month_of(row, who(request).scope("stays.view"), today())
    used = share(found.days, found.possible)
    free = day_places(today(), row.region_id, row.region_id + 1).get(row.facility_id)
    return {
        "figures": [
            (_("Persons this month"), f"{found.persons:,}", ""),
            (_("Days"), f"{found.days:,}", gettext("of {n} possible").format(n=f"{found.possible:,}")),
            (_("Place occupancy rate"), "—" if used is None else f"{used / 100:.1f} %", ""),
            (_("Meals"), f"{found.meals:,}", ""),
            (_("Fees (yuan)"), yuan(found.fen), ""),
            (_("Free places today"), "—" if free is None else f"{free.free:,}", ""),
        ],
        "roll_url": reverse("stays.roll", args=[row.facility_id]),
    }  # fmt: skip


def _places(row: Centre, request: HttpRequest) -> Any:
    scope = who(request).scope("stays.view")
    return (
        DayPlace.objects.within(scope)
        .filter(facility=row.facility_id, until=None)
        .order_by("since", "id")[:200]
    )


def _activities(row: Centre, request: HttpRequest) -> Any:
    return days.activities(row.facility_id, who(request).scope("stays.view"), today())


def _centre_now(row: Centre, user: Any) -> dict[str, Any]:
    return {
        "places": row.places,
        "open_days": row.open_days,
        "day_fee": row.day_fen,
        "meal_fee": row.meal_fen,
    }


centres = record(
    Centre,
    slug="day-care",
    right="stays.view",
    title=_("Day care"),
    one=_("Day-care centre"),
    columns=[
        spec.link("facility_id", _("Facility"), show=lambda row: row.facility.name),
        spec.region(),
        spec.number("places", sort="places"),
        spec.text("open_days", _("Opening days"), show=_open_days),
        spec.money("day_fen"),
        spec.money("meal_fen"),
    ],
    filters=[spec.region_filter()],
    search=("facility.name",),
    order=("facility__name", "id"),
    join=("facility",),
    heading=lambda row: str(row.facility),
    panels={
        _("This month"): panel("stays/month.html", query=_month),
        _("Who attends day care"): grid(
            _places,
            [person(), spec.link("weekdays", _("Attendance days"), show=lambda row: row.day_names), spec.day("since", _("From"))],
            none=_("Nobody is enrolled yet."),
        ),
        _("Activities"): grid(
            _activities,
            [spec.link("name", _("Activity")), spec.day("day", _("Day")),
             spec.text("starts", _("Begins"), show=lambda row: f"{row.starts:%H:%M}–{row.ends:%H:%M}"),
             spec.number("taking", _("Participants"), show=lambda row: f"{row.taking} / {row.places}"),
             spec.text("cancelled", _("State"), show=lambda row: gettext("Cancelled") if row.cancelled else "")],
            none=_("No activity is planned."),
        ),
    },
    aside={
        _("Day-care offer"): [
            facility(), spec.region(), "places", spec.text("open_days", _("Opening days"), show=_open_days),
            spec.money("day_fen"), spec.money("meal_fen"),
        ],
        _("History"): spec.history(),
    },
    verbs=[
        verb(actions.offer_days, label=_("Enter a centre's places"), icon="plus", primary=True,
             initial=lambda row, user: {"open_days": [1, 2, 3, 4, 5]}),
        verb(actions.enrol, label=_("Enrol somebody"), icon="user-plus", primary=True,
             initial=lambda row, user: {"since": today(), "weekdays": row.open_days}),
        verb(actions.plan_activity, label=_("Plan an activity"), icon="calendar-event", initial=lambda row, user: {"day": today()}),
        verb(actions.change_days, label=_("Places, days and fees"), icon="pencil", initial=_centre_now),
    ],
    nav=NavItem("service", "calendar-event", 56),
    empty=_("No centre has entered its places yet."),
)  # fmt: skip


def _days_of(row: DayPlace, request: HttpRequest) -> Any:
    scope = who(request).scope("stays.view")
    return Attendance.objects.within(scope).filter(place=row).order_by("-day")[:62]


_CAME = spec.state("coming", _("State"), tones=COMING_TONES)

day_places_ = record(
    DayPlace,
    slug="day-places",
    right="stays.view",
    title=_("Places at day centres"),
    one=_("Place at a day centre"),
    columns=[
        person(),
        spec.link("weekdays", _("Attendance days"), show=lambda row: row.day_names),
        facility(),
        spec.region(),
        spec.day("since", sort="since"),
        spec.day("until", sort="until"),
    ],
    filters=[spec.region_filter(), spec.date_range("since"), spec.flag(
        "open", _("Attending"), narrow=lambda rows, yes: rows.filter(until=None) if yes else rows.exclude(until=None))],
    search=of_persons,
    hint=_("Name"),
    order=("-since", "-id"),
    heading=heading,
    subheading=lambda row: f"{house(row)} · {row.day_names}",
    panels={
        _("Daily record"): grid(
            _days_of,
            [spec.link("day", _("Day"), show=lambda row: f"{row.day:%Y-%m-%d}"), _CAME,
             spec.number("meals", _("Meals")), spec.money("fee_fen", _("Fee (yuan)")), spec.text("late_why", _("Why entered late")),
             spec.text("entered_by", _("Entered by"))],
            none=_("No day is entered yet."),
        ),
    },
    aside={
        _("Place at a day centre"): [
            person(), facility(), spec.text("weekdays", _("Attendance days"), show=lambda row: row.day_names), "since",
            spec.day("until", optional=True), spec.text("reason", optional=True), "entered_by",
        ],
        _("History"): spec.history(),
    },
    verbs=[
        verb(actions.mark, label=_("Enter a day"), icon="check", primary=True,
             initial=lambda row, user: {"day": today(), "coming": Coming.PRESENT, "meals": 1}),
        verb(actions.stop_coming, label=_("End attendance"), danger=True, when=lambda row, user: row.until is None,
             initial=lambda row, user: {"until": today()}),
    ],
    empty=_("Nobody attends day care yet."),
)  # fmt: skip


def _said(row: Attendance) -> str:
    kept = row.record
    if not kept:
        return ""
    warm = kept.get("temperature")
    parts = [
        str(Condition(kept["condition"]).label),
        f"{warm / 10:.1f} °C" if warm else "",
        kept.get("note", ""),
    ]
    return " · ".join(part for part in parts if part)


def _seen(row: Attendance, request: HttpRequest) -> None:
    """Reading how somebody was is told in the log, where there is something to read."""
    if row.record_sealed:
        record_read("stays.read_record", row, actor=who(request), at=now(), purpose="day care")


attendance = record(
    Attendance,
    slug="day-attendance",
    right="stays.view",
    title=_("Days at centres"),
    one=_("Day at a centre"),
    columns=[
        spec.link("day", _("Day"), show=lambda row: f"{row.day:%Y-%m-%d}", sort="day"),
        person(),
        facility(),
        spec.region(),
        _CAME,
        spec.number("meals"),
        spec.money("fee_fen", _("Fee (yuan)")),
        spec.text("late_why"),
    ],
    filters=[spec.date_range("day"), spec.choice("coming"), spec.region_filter()],
    search=of_persons,
    hint=_("Name"),
    order=("-day", "-id"),
    heading=heading,
    subheading=lambda row: f"{row.day:%Y-%m-%d}",
    state=_CAME,
    seen=_seen,
    panels={
        _("Day"): [person(), facility(), "day", "meals", spec.money("fee_fen", _("Fee (yuan)")), "late_why", "entered_by", "entered_at"],
        _("Daily record"): [spec.text("record", _("Condition and note"), show=_said, wide=True)],
    },
    aside={_("History"): spec.history()},
    verbs=[
        verb(actions.write_record, label=_("Write the record"), icon="clipboard-heart", primary=True,
             when=lambda row, user: row.coming == Coming.PRESENT),
    ],
    empty=_("No day has been entered yet. Take the attendance of a centre."),
)  # fmt: skip


activities = record(
    Activity,
    slug="activities",
    right="stays.view",
    title=_("Activities"),
    one=_("Activity"),
    columns=[
        spec.link("name", sort="name"),
        facility(),
        spec.region(),
        spec.day("day", sort="day"),
        spec.text("starts", _("Begins"), show=lambda row: f"{row.starts:%H:%M}–{row.ends:%H:%M}"),
        spec.number("places"),
        spec.yes_no("cancelled"),
    ],
    filters=[spec.date_range("day"), spec.region_filter()],
    search=("name", "facility.name"),
    order=("-day", "starts", "id"),
    panels={
        _("Activity"): [facility(), "day", "starts", "ends", "places", "cancelled"],
        _("Participants"): grid(
            lambda row, request: [entry for entry, _name in days.taking_part(row)],
            [person(), spec.when("entered_at", _("Entered at"))],
            none=_("Nobody has signed up yet."),
        ),
    },
    aside={_("History"): spec.history()},
    verbs=[
        verb(actions.take_part, label=_("Sign somebody up"), icon="user-plus", primary=True,
             when=lambda row, user: not row.cancelled and row.day >= today()),
        verb(actions.drop_out, label=_("Cancel a sign-up"), when=lambda row, user: not row.cancelled),
        verb(actions.cancel_activity, label=_("Cancel the activity"), danger=True,
             when=lambda row, user: not row.cancelled and row.day >= today()),
    ],
    empty=_("No activity is planned."),
)  # fmt: skip


def _centre_of(row: Facility) -> Centre | None:
    found: Centre | None = Centre.everywhere.filter(facility=row).first()
    return found


def _days_here(row: Facility, request: HttpRequest) -> Mapping[str, Any]:
    centre = _centre_of(row)
    assert centre is not None, "the panel is shown where a centre is"
    return {**_month(centre, request), "centre_url": centres.url_of(centre)}


panel_on(
    "facilities",
    _("Day care"),
    panel(
        "stays/month.html", query=_days_here, right="stays.view", when=lambda row: _centre_of(row) is not None
    ),
)
