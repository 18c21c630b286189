"""A month of a plan as a calendar: what is planned on each day, and each week's minutes against the grant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.http import HttpRequest
from django.utils.translation import gettext

from songhe.areas.care import queries
from songhe.areas.care.models import Plan
from songhe.areas.care.queries import Slot
from songhe.areas.care.words import clock
from songhe.areas.stays.api import stays_between
from songhe.core.days import monday_of, month_end
from songhe.core.labels import Label
from songhe.kit.clock import today
from songhe.kit.words import spent


@dataclass(slots=True)
class Cell:
    """One day."""

    day: date
    inside: bool
    shown: list[tuple[str, str]] = field(default_factory=list)
    note: str = ""


@dataclass(slots=True)
class Week:
    """One week with its minutes, and the share of the month's grant that falls on its days."""

    cells: list[Cell]
    minutes: str
    share: str
    over: bool


def asked_month(request: HttpRequest) -> date:
    """The month asked for in the address, else this one."""
    try:
        return date.fromisoformat(f"{request.GET.get('month', '')[:7]}-01")
    except ValueError:
        return today().replace(day=1)


def weeks(plan: Plan, found: Sequence[Slot], month: date, granted: int | None) -> Iterator[Week]:
    """The weeks that touch a month."""
    first, last = month, month_end(month)
    days: defaultdict[date, list[Slot]] = defaultdict(list)
    for slot in found:
        days[slot.day].append(slot)
    away = queries.away([plan.person_id], first, last).get(plan.person_id, [])
    lived = stays_between([plan.person_id], first, last)[plan.person_id]
    off = queries.holidays(first, last)
    monday = monday_of(first)
    while monday <= last:
        cells = [_cell(monday + timedelta(days=ahead), month, days) for ahead in range(7)]
        for cell in cells:
            if any(row.since <= cell.day and (row.until is None or cell.day <= row.until) for row in away):
                cell.note = next(str(row) for row in away if row.since <= cell.day)
            elif stay := next((row for row in lived if row.days.holds(cell.day)), None):
                cell.note = stay.facility
            elif cell.day in off:
                cell.note = gettext("Public holiday")
        inside = [cell for cell in cells if cell.inside]
        minutes = sum(slot.minutes for cell in inside for slot in days[cell.day])
        share = None if granted is None else granted * len(inside) // last.day
        yield Week(
            cells,
            spent(minutes),
            "" if share is None else spent(share),
            share is not None and minutes > share,
        )
        monday += timedelta(days=7)


def _cell(day: date, month: date, days: defaultdict[date, list[Slot]]) -> Cell:
    inside = (day.year, day.month) == (month.year, month.month)
    shown = [
        (clock(slot.line.earliest, slot.line.latest), slot.line.item_label) for slot in days[day] if inside
    ]
    return Cell(day, inside, shown)


def lives(plan: Plan, month: date) -> list[str]:
    """In which institution the person lives in a month, and that nothing is planned on those days."""
    first, last = month, month_end(month)
    text = gettext("Lives in {place} from {since}{until}: nothing is planned at home on these days.")
    return [
        text.format(
            place=row.facility, since=row.days.since, until=f" – {row.days.until}" if row.days.until else ""
        )
        for row in stays_between([plan.person_id], first, last)[plan.person_id]
    ]


def reasons(found: Sequence[Slot]) -> list[str]:
    """Why some of it cannot be planned, each said once."""
    said: dict[str, None] = {}
    for slot in found:
        if slot.reason is not None:
            values = {
                name: str(value) for name, value in slot.reason.values.items() if not isinstance(value, Label)
            }
            said[gettext(slot.reason.text).format(**values)] = None
    return list(said)[:5]
