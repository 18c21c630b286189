"""Facts in two times: on which days they hold, and from when until when that was believed; of persons and of sites.

Records of one kind and term never overlap among those believed at one moment. Changing a span ends the belief in
the records it touches and adds what is left of them, so the past of belief stays as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

ABSENT: Final = object()
"""The value of a span on which nothing holds."""

_FIRST, _LAST = date.min, date.max


@dataclass(frozen=True, slots=True)
class Span:
    """Days from ``start`` up to but without ``end``; None leaves an end open. Raises ValueError when empty."""

    start: date | None = None
    end: date | None = None

    def __post_init__(self) -> None:
        if self.start is not None and self.end is not None and self.start >= self.end:
            raise ValueError(f"a span ends after it starts: {self.start} to {self.end}")

    def holds(self, day: date) -> bool:
        """Whether a day lies inside."""
        return (self.start is None or self.start <= day) and (self.end is None or day < self.end)

    def overlaps(self, other: Span) -> bool:
        """Whether any day lies in both."""
        return _start(self) < _end(other) and _start(other) < _end(self)

    def covers(self, other: Span) -> bool:
        """Whether every day of the other lies inside."""
        return _start(self) <= _start(other) and _end(other) <= _end(self)

    def minus(self, other: Span) -> tuple[Span, ...]:
        """What is left when the other is cut out: at most one piece on either side."""
        if not self.overlaps(other):
            return (self,)
        left = Span(self.start, other.start) if other.start and _start(self) < other.start else None
        right = Span(other.end, self.end) if other.end and other.end < _end(self) else None
        return tuple(piece for piece in (left, right) if piece)


@dataclass(frozen=True, slots=True)
class Known:
    """One record of one kind and term. ``key`` is whatever the caller finds it by."""

    key: Any
    value: Any
    span: Span
    recorded_at: datetime
    recorded_until: datetime | None = None

    def is_known(self, at: datetime) -> bool:
        """Whether it was believed at a moment."""
        return self.recorded_at <= at and (self.recorded_until is None or at < self.recorded_until)


@dataclass(frozen=True, slots=True)
class Amendment:
    """What to write: records whose belief ends now, and (value, span, key of the record it is left from) to add."""

    ended: tuple[Any, ...]
    added: tuple[tuple[Any, Span, Any | None], ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing changes."""
        return not self.ended and not self.added


def value_on(records: Iterable[Known], *, day: date, known_at: datetime) -> Any:
    """What held on a day as far as was known at a moment; ``ABSENT`` where nothing did."""
    for record in records:
        if record.span.holds(day) and record.is_known(known_at):
            return record.value
    return ABSENT


def amend(current: Sequence[Known], *, value: Any, span: Span) -> Amendment:
    """Let ``value`` (or ``ABSENT``) hold on a span, over the records believed now."""
    touched = [record for record in current if record.span.overlaps(span)]
    if value is not ABSENT and any(record.value == value and record.span.covers(span) for record in touched):
        return Amendment((), ())
    if value is ABSENT and not touched:
        return Amendment((), ())
    left = [(record.value, piece, record.key) for record in touched for piece in record.span.minus(span)]
    fresh = [] if value is ABSENT else [(value, span, None)]
    return Amendment(tuple(record.key for record in touched), (*left, *fresh))


def _start(span: Span) -> date:
    return span.start or _FIRST


def _end(span: Span) -> date:
    return span.end or _LAST
