"""Amounts of policies as people type them: money in yuan, everything else in its own whole unit."""

from __future__ import annotations

import re

from songhe.core.text import halfwidth

_WHOLE = re.compile(r"-?\d{1,12}")
_YUAN = re.compile(r"(-?)(\d{1,10})(?:\.(\d{1,2}))?")


def amount_from(text: str, unit: str | None) -> int | None:
    """What was typed, in the smallest unit; None where it is no amount."""
    plain = halfwidth(text).strip().replace(",", "").removeprefix("¥").removeprefix("\uffe5")
    if unit != "fen":
        return int(plain) if _WHOLE.fullmatch(plain) and plain.isascii() else None
    found = _YUAN.fullmatch(plain)
    if not found or not plain.isascii():
        return None
    fen = int(found[2]) * 100 + int((found[3] or "").ljust(2, "0"))
    return -fen if found[1] else fen


def typed(value: int, unit: str | None) -> str:
    """An amount as it is typed."""
    if unit != "fen":
        return str(value)
    whole, part = divmod(abs(value), 100)
    return f"{'-' if value < 0 else ''}{whole}" + (f".{part:02}" if part else "")
