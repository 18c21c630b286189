"""Ages in full years."""

from __future__ import annotations

from datetime import date


def age_on(born: date, day: date) -> int:
    """Full years on a day. Who was born on 29 February comes of age on 1 March in common years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def birthday_after(day: date, years: int) -> date:
    """The latest birth date of somebody who is at least ``years`` old on ``day``."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
