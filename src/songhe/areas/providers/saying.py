"""Hours, capacity and stars in the words of the page's language."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext

from songhe.areas.providers.models import Facility, SiteFunction
from songhe.areas.providers.queries.public import holidays
from songhe.areas.providers.rules.hours import Opening, Slot, clock
from songhe.kit.words import WEEKDAYS, is_chinese


def day_words(first: int, last: int) -> str:
    """Weekdays in a row: one, some, or every day."""
    if (first, last) == (1, 7):
        return gettext("Every day")
    if first == last:
        return str(WEEKDAYS[first - 1])
    return f"{WEEKDAYS[first - 1]}{'至' if is_chinese() else ' – '}{WEEKDAYS[last - 1]}"


def slot_words(slots: tuple[Slot, ...]) -> str:
    """Hours of a day, or that it is closed."""
    joint = "、" if is_chinese() else ", "
    return joint.join(f"{clock(start)}–{clock(end)}" for start, end in slots) or gettext("closed")


def hours_words(opening: Opening) -> list[tuple[str, str]]:
    """The week as (days, hours); nothing where no hours are told."""
    if not opening.known:
        return []
    return [(day_words(first, last), slot_words(slots)) for first, last, slots in opening.groups()]


def hours_line(opening: Opening) -> str:
    """The week in one line."""
    joint = "；" if is_chinese() else "; "
    return joint.join(f"{days} {hours}" for days, hours in hours_words(opening))


def now_words(opening: Opening, at: datetime) -> str:
    """Whether it is open at a moment, and until when; empty where no hours are told."""
    here = timezone.localtime(at)
    is_open = opening.open_at(here, holidays=holidays())
    if is_open is None:
        return ""
    change = opening.changes_at(here, holidays=holidays())
    if change is None:
        return gettext("Open now") if is_open else gettext("Closed now")
    when = (
        f"{change:%H:%M}" if change.date() == here.date() else f"{WEEKDAYS[change.weekday()]} {change:%H:%M}"
    )
    return (gettext("Open now, until {when}") if is_open else gettext("Closed now, opens {when}")).format(
        when=when
    )


def capacity_words(row: Facility | SiteFunction) -> str:
    """What a site, or a function of one, can take."""
    parts = [(count, words) for count, words in _counts(row) if count]
    return " · ".join(words.format(count=f"{count:,}") for count, words in parts)


def _counts(row: Facility | SiteFunction) -> Iterable[tuple[int | None, str]]:
    yield row.beds, gettext("{count} beds")
    yield getattr(row, "nursing_beds", None), gettext("{count} of them nursing beds")
    yield row.day_places, gettext("{count} day places")
    yield row.diners, gettext("{count} diners")
    yield row.places, gettext("{count} other places")
