"""From what an exchange sends to values; what cannot be read says why."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from songhe.areas.lines.api import Direction, Heard, Kind, Media, SeatNews, SeatState
from songhe.core.text import normalise

MOST, BACK, AHEAD = 500, timedelta(days=40), timedelta(minutes=5)
KINDS = {kind.value for kind in Kind} - {Kind.UNTOLD.value}
SEAT_STATES = {state.value for state in SeatState} - {SeatState.TALKING.value}


class Unfit(ValueError):
    """An event that cannot be read."""


def events(body: bytes) -> list[Mapping[str, Any]]:
    """The list ``events`` of a JSON object."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as fault:
        raise Unfit("the body is no JSON in UTF-8") from fault
    rows = data.get("events") if isinstance(data, dict) else None
    if not isinstance(rows, list) or not 0 < len(rows) <= MOST:
        raise Unfit(f"events must be a list of 1 to {MOST}")
    return [row if isinstance(row, dict) else {} for row in rows]


def heard(row: Mapping[str, Any], *, at: datetime) -> Heard | SeatNews:
    """One event. Its moment lies in the last forty days and no more than five minutes ahead."""
    kind, moment = _word(row, "kind", 12, needed=True), _moment(row, at)
    if kind == "seat":
        state = _word(row, "state", 8, needed=True)
        if state not in SEAT_STATES:
            raise Unfit(f"state is one of {', '.join(sorted(SEAT_STATES))}")
        return SeatNews(_word(row, "agent", 20, needed=True), state, moment, _word(row, "reason", 20))
    if kind not in KINDS:
        raise Unfit("kind is not known")
    seq = row.get("seq")
    if seq is not None and (not isinstance(seq, int) or isinstance(seq, bool) or not 0 <= seq < 2**31):
        raise Unfit("seq must be a whole number of 0 or more")
    return Heard(
        key=_word(row, "id", 80, needed=True), ref=_word(row, "session", 80, needed=True), kind=Kind(kind), at=moment,
        seq=seq, direction=Direction(_one_of(row, "direction", ("in", "out"))),
        media=Media(_one_of(row, "media", ("voice", "text"))), number=_word(row, "number", 30),
        extension=_word(row, "agent", 20), queue=_word(row, "queue", 20), recording=_word(row, "recording", 300),
        words=_text(row, "text", 1000), body=json.dumps(row, ensure_ascii=True, sort_keys=True),
    )  # fmt: skip


def _moment(row: Mapping[str, Any], at: datetime) -> datetime:
    value = row.get("at")
    try:
        if isinstance(value, bool):
            raise TypeError
        if isinstance(value, int | float):
            moment = datetime.fromtimestamp(value, UTC)
        elif isinstance(value, str):
            moment = datetime.fromisoformat(value[:40])
        else:
            raise TypeError
    except (TypeError, ValueError, OverflowError, OSError) as fault:
        raise Unfit("at must be a moment in ISO 8601 or seconds since 1970") from fault
    if moment.tzinfo is None:
        raise Unfit("at needs an offset such as +08:00")
    try:
        if not at - BACK <= moment <= at + AHEAD:
            raise Unfit("at lies more than forty days back or more than five minutes ahead")
        return moment.astimezone(UTC)
    except OverflowError as fault:
        raise Unfit("at lies too far away") from fault


def _one_of(row: Mapping[str, Any], key: str, values: tuple[str, ...]) -> str:
    word = _word(row, key, 10) or values[0]
    if word not in values:
        raise Unfit(f"{key} is one of {', '.join(values)}")
    return word


def _word(row: Mapping[str, Any], key: str, most: int, *, needed: bool = False) -> str:
    text = _text(row, key, most)
    if needed and not text:
        raise Unfit(f"{key} is missing")
    return text


def _text(row: Mapping[str, Any], key: str, most: int) -> str:
    value = row.get(key)
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value) if abs(value) < 10**30 else ""
    if not isinstance(value, str) or len(value) > most:
        raise Unfit(f"{key} must be a text of at most {most} signs")
    return normalise(value.replace("\0", "").encode("utf-8", "replace").decode(), lines=True)
