"""Twelve-digit statistical region codes: levels, ranges and parents.

Digits: 2 province, 2 city, 2 county, 3 town, 3 village or community; a node's lower digits are zero. ``CHINA`` stands
above the provinces; only documents have it, nobody lives there, so it is not among a region's ancestors.
"""

from __future__ import annotations

import re

from songhe.core.refusal import Refused
from songhe.core.text.normal import halfwidth

UNITS = (10**10, 10**8, 10**6, 10**3, 1)
"""How many 12-digit codes one node of each level covers, province first."""

NATION, PROVINCE, CITY, COUNTY, TOWN, VILLAGE = 0, 1, 2, 3, 4, 5

CHINA = 10**11


def level_of(code: int) -> int:
    """0 nation, 1 province, 2 city, 3 county, 4 town, 5 village. Raises ValueError unless the code has 12 digits."""
    if code == CHINA:
        return NATION
    if not 10**11 <= code < 10**12:
        raise ValueError(f"{code} is no region code of 12 digits")
    return next(level for level, unit in enumerate(UNITS, start=1) if code % unit == 0)


def span(code: int) -> tuple[int, int]:
    """The half-open range of every code in or below the node."""
    return (code, 10**12) if code == CHINA else (code, code + UNITS[level_of(code) - 1])


def parent(code: int) -> int | None:
    """The node above, or None for a province. A city without counties is the parent of its towns."""
    if code == CHINA:
        return None
    for unit in reversed(UNITS[: level_of(code) - 1]):
        above = code - code % unit
        if above != code:
            return above
    return None


def ancestors(code: int) -> tuple[int, ...]:
    """Every node above, the province first."""
    above = parent(code)
    return () if above is None else (*ancestors(above), above)


def at_level(code: int, level: int) -> int:
    """The code cut back to ``level``: the city, county or town that the node lies in."""
    return code - code % UNITS[level - 1]


def committee_is_rural(code: int) -> bool | None:
    """Whether a code is numbered like a village; None above villages and for numbers that say nothing.

    Codes of the statistical division number residents' committees from 001 to 199 and 400 to 499, and villagers'
    committees from 200 to 399 and 500 to 599.
    """
    if level_of(code) < VILLAGE:
        return None
    return {0: False, 1: False, 4: False, 2: True, 3: True, 5: True}.get(code % 1000 // 100)


def is_within(code: int, above: int) -> bool:
    """Whether ``code`` is ``above`` or lies below it."""
    low, high = span(above)
    return low <= code < high


def parse_region(value: object, *, field: str | None = None) -> int:
    """Read a code of 2, 4, 6, 9 or 12 digits as 12 digits; anything else is refused."""
    text = re.sub(r"[\s']", "", halfwidth(str(value if value is not None else "")))
    text = text.removesuffix(".0")
    if not re.fullmatch(r"[1-9]\d(\d{2}){0,2}|[1-9]\d{8}|[1-9]\d{11}", text):
        raise Refused(
            "region_shape",
            "“{text}” is no region code: 2, 4, 6, 9 or 12 digits are needed, as the statistics bureau lists them.",
            field=field,
            text=text[:20],
        )
    return int(text.ljust(12, "0"))
