"""Who can be sent, and what a visit's proof is worth. Plain values in, decisions with reasons out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from math import atan2, cos, degrees, radians
from typing import Any

from songhe.core.codes import Point
from songhe.core.decision import Decision, Reason
from songhe.core.refusal import Refused
from songhe.core.sources import DataError

Stay = tuple[datetime, datetime]

AHEAD_DAYS = 92
BEHIND = timedelta(hours=1)
STALE = timedelta(hours=12)
"""How long after its promised end a visit can still be checked in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of a visit and its proof; units are in the names."""

    late_minutes: int
    early_minutes: int
    far_metres: int
    accuracy_metres: int
    short_percent: int
    sent_late_minutes: int
    skew_minutes: int
    missed_minutes: int
    overtime_minutes: int


def build_limits(data: Mapping[str, Any]) -> Limits:
    """Limits from the data file; DataError names what is missing or no whole number."""
    values: dict[str, int] = {}
    for field in fields(Limits):
        value = data.get(field.name)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise DataError(f"visits: {field.name} must be a whole number of 0 or more.")
        values[field.name] = value
    return Limits(**values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """What matters of a worker for one stay: distances are metres, None where a place is not known."""

    skilled: bool
    certified: bool
    on_shift: bool
    busy: Sequence[Stay]
    metres: int | None
    visits_that_day: int = 0
    overtime: bool = False


def can_go(hand: Hand, stay: Stay) -> Decision[int]:
    """Whether somebody can be sent, with every reason; the value ranks: smaller is better."""
    against: list[Reason] = []
    if not hand.skilled:
        against.append(Reason("Not qualified for this service.", "skill"))
    if not hand.certified:
        against.append(Reason("The certificate has ended.", "certificate"))
    if not hand.on_shift:
        against.append(Reason("Does not work at this time.", "shift"))
    clash = next((busy for busy in hand.busy if overlaps(busy, stay)), None)
    if clash is not None:
        against.append(Reason("Is with somebody else from {since} to {until}.", "busy", _hours(clash)))
    if against:
        return Decision(None, tuple(against), refused=True, code="cannot_go")
    reasons = [Reason("Qualified and free.", "free")]
    if hand.metres is None:
        reasons.append(Reason("Distance not known.", "distance"))
    else:
        reasons.append(Reason("{metres} m away.", "distance", {"metres": hand.metres}))
    reasons.append(Reason("{count} visits that day.", "load", {"count": hand.visits_that_day}))
    if hand.overtime:
        reasons.append(Reason("Goes on after the working hours.", "overtime"))
    rank = 50_000 if hand.metres is None else hand.metres
    return Decision(rank + 500 * hand.visits_that_day, tuple(reasons))


def overlaps(a: Stay, b: Stay) -> bool:
    """Whether two half-open stays share a moment."""
    return a[0] < b[1] and b[0] < a[1]


def _hours(stay: Stay) -> dict[str, object]:
    return {"since": stay[0].strftime("%H:%M"), "until": stay[1].strftime("%H:%M")}


def check_window(since: datetime, until: datetime, *, minutes: int, at: datetime) -> None:
    """Refuse a wish that cannot be: backwards, past, too far ahead, or shorter than the service."""
    if until <= since:
        raise Refused("window", "The time window must end after it starts.", field="wanted_until")
    if since < at - BEHIND:
        raise Refused(
            "window_past", "The time window lies in the past. Choose a later one.", field="wanted_from"
        )
    if until > at + timedelta(days=AHEAD_DAYS):
        raise Refused("window_far", "Orders are taken at most three months ahead.", field="wanted_until")
    if until - since < timedelta(minutes=minutes):
        raise Refused(
            "window_short",
            "The window is shorter than the service takes ({minutes} minutes). Make it longer.",
            field="wanted_until",
            minutes=minutes,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a phone reports: when, how far from the person's place and how exact; None where not known."""

    claimed: datetime
    received: datetime
    metres: int | None
    accuracy: int | None

    def place_counts(self, limits: Limits) -> bool:
        """Whether a place was sent that is exact enough to say anything."""
        return self.accuracy is not None and self.accuracy <= limits.accuracy_metres

    def is_there(self, limits: Limits) -> bool:
        """Whether the place proves that somebody was at the person's home."""
        near = self.metres is not None and self.metres - (self.accuracy or 0) <= limits.far_metres
        return near and self.place_counts(limits)


def check_moment(claimed: datetime, received: datetime, limits: Limits) -> None:
    """Refuse a moment in the future beyond what clocks differ by."""
    if claimed > received + timedelta(minutes=5 * limits.skew_minutes):
        raise Refused(
            "future",
            "This moment is in the future. Check the date and time of the phone.",
            field="device_at",
        )


def check_arrival(stay: Stay, seen: Seen, limits: Limits) -> None:
    """Refuse an arrival that cannot belong to this visit."""
    check_moment(seen.claimed, seen.received, limits)
    if seen.claimed < stay[0] - timedelta(minutes=limits.early_minutes):
        raise Refused(
            "too_early",
            "It is too early to check in: the visit is promised for {start}. Ask your dispatcher to move it.",
            field="device_at",
            start=stay[0].strftime("%m-%d %H:%M"),
        )
    if seen.claimed > stay[1] + STALE:
        raise Refused(
            "too_late", "This visit is long over. Ask your dispatcher to correct it.", field="device_at"
        )


def arrival_flags(stay: Stay, seen: Seen, limits: Limits) -> list[str]:
    """What is unusual about an arrival."""
    flags = _sending_flags(seen, limits)
    if seen.claimed > stay[0] + timedelta(minutes=limits.late_minutes):
        flags.append("late")
    return flags + _place_flags(seen, limits)


def leaving_flags(arrived: datetime, promised_minutes: int, seen: Seen, limits: Limits) -> list[str]:
    """What is unusual about leaving."""
    flags = _sending_flags(seen, limits)
    if minutes_between(arrived, seen.claimed) * 100 < promised_minutes * limits.short_percent:
        flags.append("short")
    return flags + [flag for flag in _place_flags(seen, limits) if flag == "far"]


def check_leaving(arrived: datetime, seen: Seen, limits: Limits) -> None:
    """Refuse leaving before arriving, or after more than a day."""
    check_moment(seen.claimed, seen.received, limits)
    if seen.claimed <= arrived:
        raise Refused(
            "before_arrival",
            "Check-out cannot be before check-in at {start}.",
            field="device_at",
            start=arrived.strftime("%H:%M"),
        )
    if seen.claimed - arrived > timedelta(hours=24):
        raise Refused(
            "too_long",
            "No visit lasts longer than a day. Ask your dispatcher to correct it.",
            field="device_at",
        )


def minutes_between(start: datetime, end: datetime) -> int:
    """Whole minutes of a stay, rounded down."""
    return int((end - start).total_seconds()) // 60


def lacking(proof: frozenset[str], have: Collection[str]) -> list[str]:
    """Proofs that the service asks for and the visit does not have; check-in and check-out are judged by their times."""
    return [f"no_{name}" for name in sorted(proof - {"check_in", "check_out", *have})]


def _sending_flags(seen: Seen, limits: Limits) -> list[str]:
    flags = []
    if seen.claimed > seen.received + timedelta(minutes=limits.skew_minutes):
        flags.append("clock_skew")
    if seen.received - seen.claimed > timedelta(minutes=limits.sent_late_minutes):
        flags.append("sent_late")
    return flags


def _place_flags(seen: Seen, limits: Limits) -> list[str]:
    if not seen.place_counts(limits):
        return ["no_place"]
    if seen.metres is not None and seen.metres - (seen.accuracy or 0) > limits.far_metres:
        return ["far"]
    return []


HEADINGS = ("north", "north_east", "east", "south_east", "south", "south_west", "west", "north_west")


def heading(a: Point, b: Point) -> str:
    """In which of eight directions a place lies from another, on the flat."""
    east = (b.lon - a.lon) * cos(radians((a.lat + b.lat) / 2))
    angle = degrees(atan2(east, b.lat - a.lat)) % 360
    return HEADINGS[round(angle / 45) % 8]
