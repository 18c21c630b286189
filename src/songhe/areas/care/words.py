"""Recurrence in words, in both languages."""

from __future__ import annotations

from datetime import time

from django.utils.translation import gettext, ngettext

from songhe.areas.care.models import Line
from songhe.areas.care.rules import Pattern, pattern
from songhe.kit.words import WEEKDAYS, is_chinese


def recurs(rule: str) -> str:
    """When a rule takes place: “Monday, Thursday, every 2 weeks”."""
    found = pattern(rule)
    if found.frequency == "DAILY":
        return ngettext("every day", "every {n} days", found.every).format(n=found.every)
    days = _days(found)
    if found.frequency == "MONTHLY":
        return ngettext("{days} of every month", "{days} of every {n} months", found.every).format(
            days=days, n=found.every
        )
    return ngettext("{days}, every week", "{days}, every {n} weeks", found.every).format(
        days=days, n=found.every
    )


def how_often(line: Line) -> str:
    """When a line takes place: on which days, or how often a week where the planner chooses them."""
    if line.times is None:
        return recurs(line.rule)
    found = pattern(line.rule)
    parts = [ngettext("once a week", "{n} times a week", line.times).format(n=line.times)]
    if found.every > 1:
        parts.append(gettext("every {n} weeks").format(n=found.every))
    if line.days_apart > 1:
        parts.append(gettext("at least {n} days apart").format(n=line.days_apart))
    parts.append(gettext("the planner chooses the days"))
    if len(found.weekdays) < len(WEEKDAYS):
        parts.append(gettext("only on {days}").format(days=_days(found)))
    return " · ".join(parts)


def _days(found: Pattern) -> str:
    if found.weekdays:
        return ("、" if is_chinese() else ", ").join(str(WEEKDAYS[day - 1]) for day in found.weekdays)
    if found.monthdays:
        numbers = [
            gettext("last day") if day < 0 else gettext("day {n}").format(n=day) for day in found.monthdays
        ]
        return ("、" if is_chinese() else ", ").join(numbers)
    return gettext("the day on which the plan begins")


def clock(earliest: time, latest: time) -> str:
    """When a visit begins: at an hour, or between two."""
    return f"{earliest:%H:%M}" if earliest == latest else f"{earliest:%H:%M}–{latest:%H:%M}"


def line_text(line: Line) -> str:
    """A line in one sentence: when, for how long, and what is special about it."""
    return " · ".join(filter(None, [how_often(line), clock(line.earliest, line.latest), special(line)]))


def special(line: Line) -> str:
    """What is special about a line; nothing where nothing is."""
    parts = []
    if line.hard:
        parts.append(gettext("exact time"))
    if line.double:
        parts.append(gettext("two workers"))
    if line.skips_holidays:
        parts.append(gettext("not on public holidays"))
    if line.times is None and line.days_apart > 1:
        parts.append(gettext("at least {n} days apart").format(n=line.days_apart))
    return " · ".join(parts)
