"""Reading what people type into provider forms; shared by the verbs of all three nouns."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone

from songhe.core.codes import Frame, Point, parse_phone, parse_point
from songhe.core.refusal import Forbidden, Refused
from songhe.core.text import normalise
from songhe.engines.access.api import Actor
from songhe.engines.regions.models import Region

EARLIEST = date(1949, 10, 1)


def words(text: str, *, field: str, most: int, needed: bool = False) -> str:
    """Text ready to be stored; refused where it is needed and empty, or too long."""
    clean = normalise(text, field=field)
    if needed and not clean:
        raise Refused("empty", "This must not be empty. Fill it in.", field=field)
    if len(clean) > most:
        raise Refused(
            "too_long", "At most {most} characters are kept here. Shorten it.", field=field, most=most
        )
    return clean


def dialled(text: str, *, field: str = "phone") -> str:
    """A telephone number as it is dialled; empty stays empty."""
    return parse_phone(text, field=field).dialled if text.strip() else ""


def placed(lon: str, lat: str, frame: Frame) -> Point | None:
    """A place in WGS-84; None where both fields are empty."""
    if not lon.strip() and not lat.strip():
        return None
    return parse_point(lon.strip(), lat.strip(), frame=frame, field="lon")


def past_day(day: date, *, at: datetime, field: str) -> date:
    """A day that is not in the future and not before the People's Republic."""
    if not EARLIEST <= day <= timezone.localdate(at):
        raise Refused(
            "wrong_day", "{day} cannot be right: it is in the future or too far back.", field=field, day=day
        )
    return day


def reach(region: Region, *, actor: Actor, right: str) -> None:
    """Refuse a region to which the actor's right does not extend."""
    scope = actor.scope(right)
    if not any(low <= region.pk < high for low, high in (*scope.areas, *scope.bounds)):
        raise Forbidden(
            "outside_scope", "This is outside your area. Hand it to the colleague who is responsible there."
        )
