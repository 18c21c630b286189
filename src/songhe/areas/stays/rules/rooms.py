"""Rooms as people write them: “301–312, 315”."""

from __future__ import annotations

import re

from songhe.core.refusal import Refused
from songhe.core.text import halfwidth

MOST_ROOMS = 400
_ROOM = re.compile(r"([A-Za-z]{0,3})(\d{1,5})")
_SPLIT = re.compile(r"[,，、;；\s]+")
_DASH = re.compile(r"[–—―~～至到]")


def room_numbers(text: str) -> tuple[str, ...]:
    """The rooms of a text, each once and in its order; refused where a part is no room or there are too many."""
    clean = _DASH.sub("-", halfwidth(text)).strip()
    clean = re.sub(r"\s*-\s*", "-", clean)
    found: dict[str, None] = {}
    for part in filter(None, _SPLIT.split(clean)):
        for room in _rooms(part):
            found[room] = None
            if len(found) > MOST_ROOMS:
                raise Refused(
                    "many_rooms", "At most {most} rooms are entered at once. Enter them floor by floor.", field="rooms",
                    most=MOST_ROOMS,
                )  # fmt: skip
    if not found:
        raise Refused("no_rooms", "Say which rooms, such as 301-312 or 301, 303.", field="rooms")
    return tuple(found)


def _rooms(part: str) -> list[str]:
    ends = [_ROOM.fullmatch(end) for end in part.split("-")]
    if len(ends) > 2 or not all(ends):
        raise _garbage(part)
    first, last = ends[0], ends[-1]
    assert first is not None
    assert last is not None
    prefix, width = first[1].upper(), len(first[2])
    if len(ends) == 1:
        return [prefix + first[2]]
    low, high = int(first[2]), int(last[2])
    if last[1].upper() not in ("", prefix) or high < low or high - low > MOST_ROOMS:
        raise _garbage(part)
    return [f"{prefix}{number:0{width}d}" for number in range(low, high + 1)]


def _garbage(part: str) -> Refused:
    return Refused(
        "bad_rooms", "“{part}” is not a room number. Write rooms such as 301-312 or A301, A303.", field="rooms", part=part[:30]
    )  # fmt: skip
