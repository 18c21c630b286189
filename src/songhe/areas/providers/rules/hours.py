"""When a site is open: by the week, on public holidays, and on days of their own. Local moments, whole minutes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

Slot = tuple[int, int]
DAY = 24 * 60
AHEAD = 14  # days within which the next change is looked for


def slots_of(raw: Any) -> tuple[Slot, ...]:
    """Pairs of minutes of the day in order. Raises ValueError where they overlap, are empty or lie outside the day."""
    slots = tuple((int(start), int(end)) for start, end in raw)
    flat = [minute for slot in slots for minute in slot]
    if any(not 0 <= minute <= DAY for minute in flat) or flat != sorted(set(flat)):
        raise ValueError("hours of a day follow one another without overlap, between 0 and 24 o'clock")
    return slots


@dataclass(frozen=True, slots=True)
class Opening:
    """``week``: weekday 1 (Monday) to 7 → hours, a missing day being closed. ``days``: days of their own, empty being closed.

    ``holidays``: whether the week's hours hold on public holidays too. Nothing told at all is not closed but unknown.
    """

    week: Mapping[int, tuple[Slot, ...]] = field(default_factory=dict)
    days: Mapping[date, tuple[Slot, ...]] = field(default_factory=dict)
    holidays: bool = True

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Opening:
        """From what a row keeps."""
        return cls(
            {int(day): slots_of(slots) for day, slots in (data.get("week") or {}).items()},
            {date.fromisoformat(day): slots_of(slots) for day, slots in (data.get("days") or {}).items()},
            bool(data.get("holidays", True)),
        )

    def data(self) -> dict[str, Any]:
        """What a row keeps; nothing where nothing is told."""
        if not self.known:
            return {}
        return {
            "week": {str(day): [list(slot) for slot in slots] for day, slots in sorted(self.week.items())},
            "days": {str(day): [list(slot) for slot in slots] for day, slots in sorted(self.days.items())},
            "holidays": self.holidays,
        }

    @property
    def known(self) -> bool:
        """Whether anything is told."""
        return bool(self.week or self.days)

    def on(self, day: date, *, holidays: Collection[date] = ()) -> tuple[Slot, ...]:
        """The hours of a day."""
        if day in self.days:
            return self.days[day]
        if day in holidays and not self.holidays:
            return ()
        return self.week.get(day.isoweekday(), ())

    def open_at(self, moment: datetime, *, holidays: Collection[date] = ()) -> bool | None:
        """Whether it is open at a local moment; None where no hours are told."""
        if not self.known:
            return None
        minute = moment.hour * 60 + moment.minute
        return any(start <= minute < end for start, end in self.on(moment.date(), holidays=holidays))

    def changes_at(self, moment: datetime, *, holidays: Collection[date] = ()) -> datetime | None:
        """The next moment at which it closes or opens, within two weeks; None where there is none."""
        now = bool(self.open_at(moment, holidays=holidays))
        for ahead in range(AHEAD + 1):
            day = moment.date() + timedelta(days=ahead)
            for edge in sorted(
                {0, *(minute for slot in self.on(day, holidays=holidays) for minute in slot)} - {DAY}
            ):
                at = datetime.combine(day, time(edge // 60, edge % 60), moment.tzinfo)
                if at > moment and bool(self.open_at(at, holidays=holidays)) != now:
                    return at
        return None

    def with_days(self, weekdays: Collection[int], slots: tuple[Slot, ...]) -> Opening:
        """The same with other hours on some weekdays; none closes them."""
        week = {day: kept for day, kept in self.week.items() if day not in weekdays}
        week |= {day: slots for day in weekdays if slots}
        return Opening(week, self.days, self.holidays)

    def groups(self) -> list[tuple[int, int, tuple[Slot, ...]]]:
        """Weekdays in a row with the same hours: (first, last, hours); closed days have none."""
        out: list[tuple[int, int, tuple[Slot, ...]]] = []
        for day in range(1, 8):
            slots = self.week.get(day, ())
            if out and out[-1][2] == slots:
                out[-1] = (out[-1][0], day, slots)
            else:
                out.append((day, day, slots))
        return out


def clock(minute: int) -> str:
    """A minute of the day as people write it."""
    return f"{minute // 60:02d}:{minute % 60:02d}"
