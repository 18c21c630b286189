"""What several verbs of the grid share."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from songhe.core.refusal import Forbidden, Refused
from songhe.core.text import normalise
from songhe.engines.access.api import Actor
from songhe.engines.regions.models import Region
from songhe.kit.days import day_of
from songhe.kit.fields import Field
from songhe.kit.words import WEEKDAYS

if TYPE_CHECKING:
    Upload = UploadedFile[bytes]
else:
    Upload = UploadedFile

EARLIEST = date(1990, 1, 1)
AHEAD = 366
Days = Annotated[
    list[int],
    Field(label=_("Weekdays"), choices=lambda row, user: [(n + 1, day) for n, day in enumerate(WEEKDAYS)]),
]
Since = Annotated[date, Field(label=_("From"))]

__all__ = ["AHEAD", "Days", "Since", "Upload"]


def line(words: str, field: str, most: int, *, needed: bool = True, lines: bool = False) -> str:
    """Words ready to be stored; refused where they are needed and missing, or too many."""
    clean = normalise(words, lines=lines, field=field)
    if needed and not clean:
        raise Refused("empty", "This must not be empty. Fill it in.", field=field)
    if len(clean) > most:
        raise Refused(
            "too_long", "At most {most} characters are kept here. Shorten it.", field=field, most=most
        )
    return clean


def near(day: date, *, at: datetime, field: str, ahead: int = AHEAD, first: date = EARLIEST) -> date:
    """A day that may be right; refused otherwise."""
    last = day_of(at) + timedelta(days=ahead)
    if not first <= day <= last:
        raise Refused(
            "wrong_day", "Choose a day from {first} to {last}.", field=field, first=first, last=last
        )
    return day


def weekdays(days: list[int]) -> list[int]:
    """At least one weekday, each once, in order."""
    if not days or not set(days) <= set(range(1, 8)):
        raise Refused("shift_days", "Choose at least one weekday.", field="days")
    return sorted(set(days))


def reach(region: Region, *, actor: Actor, right: str) -> Region:
    """Refuse a region to which the actor's right does not extend."""
    scope = actor.scope(right)
    if not any(low <= region.pk < high for low, high in (*scope.areas, *scope.bounds)):
        raise Forbidden(
            "outside_scope", "This is outside your area. Hand it to the colleague who is responsible there."
        )
    return region
