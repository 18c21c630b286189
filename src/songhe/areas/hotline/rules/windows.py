"""The hotline's number and the time windows that an agent offers. Plain values in, plain values out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import islice

from dateutil.rrule import rrulestr

from songhe.core.labels import Label
from songhe.core.sources import Data, label, text

SOON_HOURS = 3
MOST = 13


@dataclass(frozen=True, slots=True)
class Line:
    """The number people dial, and what it is called."""

    number: str
    name: Label


def build_line(data: Data) -> Line:
    """The line from a city's file; DataError names what is missing."""
    return Line(text(data, "number", "hotline"), label(data, "hotline"))


@dataclass(frozen=True, slots=True)
class Window:
    """One quick choice: its code and the local moments it stands for."""

    code: str
    since: datetime
    until: datetime


def quick_windows(at: datetime) -> tuple[Window, ...]:
    """What an agent can offer with one key, from a local moment: soon, the rest of today, tomorrow and the day after.

    Windows that have begun are left out, except "soon", which starts with the next quarter of an hour.
    """
    quarter = at.replace(second=0, microsecond=0) + timedelta(minutes=15 - at.minute % 15)
    found = [Window("soon", quarter, quarter + timedelta(hours=SOON_HOURS))]
    for ahead, day in ((0, "today"), (1, "tomorrow"), (2, "after")):
        on = at.date() + timedelta(days=ahead)
        for part, first, last in (("am", time(8), time(12)), ("pm", time(13), time(18))):
            since, until = datetime.combine(on, first, at.tzinfo), datetime.combine(on, last, at.tzinfo)
            if since > at:
                found.append(Window(f"{day}_{part}", since, until))
    return tuple(found)


def window_of(code: str, at: datetime) -> Window | None:
    """The window behind a code; None where it is not offered any more."""
    return next((window for window in quick_windows(at) if window.code == code), None)


REPEATS = {
    "daily7": "FREQ=DAILY;COUNT=7",
    "weekly4": "FREQ=WEEKLY;COUNT=4",
    "weekly8": "FREQ=WEEKLY;COUNT=8",
    "weekly12": "FREQ=WEEKLY;COUNT=12",
    "fortnight6": "FREQ=WEEKLY;INTERVAL=2;COUNT=6",
    "monthly3": "FREQ=MONTHLY;COUNT=3",
}
"""Series that an agent can order, as RFC 5545 rules; what goes on for longer belongs into a care plan."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """A series: its rule, from the first window on."""

    rule: str

    def spans(self, since: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
        """The windows of the series; each keeps the hours of the first on its own day."""
        found = rrulestr(self.rule, dtstart=since.replace(tzinfo=None))
        length = until - since
        starts = [start.replace(tzinfo=since.tzinfo) for start in islice(found, MOST)]
        return [(start, start + length) for start in starts]


def repeat_of(code: str) -> Repeat | None:
    """The series behind a code; None where the order is for once."""
    return Repeat(REPEATS[code]) if code in REPEATS else None
