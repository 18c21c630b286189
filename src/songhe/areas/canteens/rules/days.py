"""Who is expected on a day, who is looked after for not having come, and what a roll changes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Set
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Generic, TypeVar

K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Seat:
    """What matters of a diner for one meal: ``said`` is what was told for this day, None where nothing was."""

    enrolled: bool
    eats: bool
    said: bool | None = None


def comes(seat: Seat, *, open_day: bool, by_order: bool) -> bool:
    """Whether somebody is expected. Where meals are ordered, only who ordered; else every diner who did not say no."""
    if not (open_day and seat.enrolled):
        return False
    if seat.said is not None:
        return seat.said
    return seat.eats and not by_order


def to_look_after(
    expected: Collection[K], served: Collection[K], *, on: date, today: date, seen_later: Collection[K] = ()
) -> list[K]:
    """Who was expected, did not come and was not seen since. Only of today and yesterday: after that it is no news."""
    if not today - timedelta(days=1) <= on <= today:
        return []
    here = set(served) | set(seen_later)
    return [one for one in expected if one not in here]


@dataclass(frozen=True, slots=True)
class Change(Generic[K]):
    """What entering a roll does: meals that come in, meals that were not eaten after all."""

    added: tuple[tuple[K, date], ...]
    dropped: tuple[tuple[K, date], ...]


def changes(
    ticks: Set[tuple[K, date]],
    held: Mapping[tuple[K, date], bool],
    *,
    days: Collection[date],
    closed: Collection[date],
    today: date,
) -> Change[K]:
    """The difference between the boxes of a roll and the meals that are there.

    ``held`` says of each meal whether it came from this roll: others are left alone. Days that are closed or still to come
    change nothing.
    """
    live = {day for day in days if day <= today and day not in set(closed)}
    added = sorted(
        (key for key in ticks if key[1] in live and key not in held), key=lambda key: (key[1], str(key[0]))
    )
    dropped = [key for key, own in held.items() if own and key[1] in live and key not in ticks]
    return Change(tuple(added), tuple(sorted(dropped, key=lambda key: (key[1], str(key[0])))))


def week(first: date) -> list[date]:
    """The seven days of a week."""
    return [first + timedelta(days=n) for n in range(7)]


def told_apart(names: Collection[str]) -> list[str]:
    """Names as they are printed: namesakes get a number, and nothing else is told of anybody."""
    listed = list(names)
    counts: dict[str, int] = {}
    out = []
    for name in listed:
        counts[name] = counts.get(name, 0) + 1
        out.append(f"{name} ({counts[name]})" if listed.count(name) > 1 else name)
    return out
