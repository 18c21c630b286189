"""From a maker's bytes to plain values, or a reason why not. Never an exception but ``Unfit``."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

Values = Mapping[str, Any]
CHINA = ZoneInfo("Asia/Shanghai")
KEPT_FIELDS, KEPT_TEXT = 20, 200
_YEARS = range(2000, 2100)
_MOST_SECONDS = 4_102_444_800  # 2100


class Unfit(ValueError):
    """The message cannot be understood; the sentence is kept with it."""


def parsed(body: bytes, *, most: int, deepest: int) -> Values:
    """The object in a message: JSON in UTF-8, or in GB18030 as older Chinese devices write."""
    if len(body) > most:
        raise Unfit(f"longer than {most} bytes")
    try:
        found = json.loads(_text(body), parse_constant=_no_number)
    except RecursionError:
        raise Unfit(f"more than {deepest} levels, one inside the other") from None
    except ValueError as fault:  # JSONDecodeError too, and numbers of thousands of digits
        raise Unfit(f"not readable as JSON: {str(fault)[:100]}") from None
    if not isinstance(found, dict):
        raise Unfit("not a JSON object")
    _check(found, deepest)
    return found


def _text(body: bytes) -> str:
    for encoding in ("utf-8", "gb18030"):
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unfit("neither UTF-8 nor GB18030")


def legible(body: bytes) -> str:
    """All the words of a message that cannot be understood. Where it is JSON, what stands in its fields and not their names:
    “sos_number” calls nobody."""
    try:
        found: list[Any] = [json.loads(_text(body))]
    except (ValueError, RecursionError):
        plain = body.replace(b"\0", b"")  # words of two bytes a letter, too
        return " ".join(plain.decode(encoding, "replace") for encoding in ("utf-8", "gb18030"))
    words = []
    while found:
        value = found.pop()
        if isinstance(value, str):
            words.append(value)
        elif isinstance(value, Mapping):
            found += value.values()
        elif isinstance(value, list):
            found += value
    return " ".join(words)


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is not a number")


def _check(value: object, levels: int) -> None:
    """Refuse what no database keeps: NUL, lone surrogates, endless numbers, depth without end."""
    if levels < 0:
        raise Unfit("too many levels, one inside the other")
    if isinstance(value, str):
        if "\0" in value:
            raise Unfit("a text holds NUL")
        try:
            value.encode()
        except UnicodeEncodeError:
            raise Unfit("a text holds half of a character") from None
    elif isinstance(value, float) and not math.isfinite(value):
        raise Unfit("a number without end")
    elif isinstance(value, int) and abs(value) >= 2**63:
        raise Unfit("a number of more than 18 digits")
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            _check(name, levels)
            _check(inner, levels - 1)
    elif isinstance(value, list):
        for inner in value:
            _check(inner, levels - 1)


def first(values: Values, paths: Sequence[str]) -> Any:
    """The first field that is there and not null; ``a.b`` goes into an object."""
    for path in paths:
        found: Any = values
        for part in path.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
        if found is not None:
            return found
    return None


def word(value: object) -> str:
    """A number or a text as a text; empty for all else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value).strip()


def number(value: object) -> float | None:
    """A number, also where it is written as a text."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else None


def whole(value: object, low: int, high: int) -> int | None:
    """A whole number within bounds; None where it lies outside: a battery of 300 % says nothing."""
    found = number(value)
    return round(found) if found is not None and low <= found <= high else None


def moment(value: object) -> datetime | None:
    """A moment as devices write it: seconds or milliseconds since 1970, ISO 8601, or 20261125103000 (China's time)."""
    seconds = number(value)
    try:
        if isinstance(value, str):
            text = value.strip()
            if len(text) == 14 and text.isascii() and text.isdigit():
                return _known(datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=CHINA))
            if seconds is None:
                found = datetime.fromisoformat(text)
                return _known(found if found.tzinfo else found.replace(tzinfo=CHINA))
        if seconds is None:
            return None
        if seconds > _MOST_SECONDS:
            seconds /= 1000
        return _known(datetime.fromtimestamp(seconds, UTC))
    except (ValueError, OverflowError, OSError):
        return None


def _known(found: datetime) -> datetime | None:
    return found.astimezone(UTC) if found.year in _YEARS else None


def left(values: Values, used: frozenset[str]) -> dict[str, Any]:
    """What else a message says, in short: plain values at the top, and not those already read."""
    kept: dict[str, Any] = {}
    for name, value in values.items():
        if len(kept) == KEPT_FIELDS:
            break
        if name in used or len(name) > 40 or not isinstance(value, str | int | float | bool):
            continue
        kept[name] = value[:KEPT_TEXT] if isinstance(value, str) else value
    return kept
