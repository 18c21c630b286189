"""Citizen identity numbers (GB 11643-1999): reading, checking, and what they say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from operator import mul
from typing import Literal

from songhe.core.refusal import Refused
from songhe.core.text.normal import halfwidth

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_SIGNS = "10X98765432"
CENTENARIAN_SEQUENCES = ("996", "997", "998", "999")
RULE = "GB 11643-1999"

_SEPARATORS = re.compile(r"[\s\-‐-―·']")
_SCIENTIFIC = re.compile(r"\d(\.\d+)?E\+?\d+", re.IGNORECASE)
_SHAPE = re.compile(r"[0-9]{17}[0-9X]|[0-9]{15}")
_ORDINARY = re.compile(r"[0-9]{15}(?!000)[0-9]{2}[0-9X]")
"""Nothing to mend, and no sign of lost digits."""
_ZEROS = ord("0") * sum(WEIGHTS)


@dataclass(frozen=True, slots=True)
class ResidentId:
    """A checked 18-sign number. The six area digits may name a county abolished long ago."""

    number: str

    @property
    def area(self) -> int:
        """Six digits of the county of first registration, not of the present home."""
        return int(self.number[:6])

    @property
    def born(self) -> date:
        return _day(self.number[6:14])

    @property
    def sex(self) -> Literal["male", "female"]:
        return "male" if int(self.number[16]) % 2 else "female"

    @property
    def masked(self) -> str:
        return mask(self.number)

    def __str__(self) -> str:
        return self.masked

    def __reduce__(self) -> tuple[type[ResidentId], tuple[str]]:
        return ResidentId, (self.number,)  # quicker on its way to another process than field by field


def check_sign(first17: str) -> str:
    """The eighteenth sign for seventeen digits (weights and map of GB 11643)."""
    total = sum(map(mul, first17.encode(), WEIGHTS)) - _ZEROS
    return CHECK_SIGNS[total % 11]


def to_18(number15: str) -> str:
    """An old 15-digit number in its 18-sign form. Sequences 996 to 999 were kept for people born before 1900."""
    century = "18" if number15[12:] in CENTENARIAN_SEQUENCES else "19"
    first17 = number15[:6] + century + number15[6:]
    return first17 + check_sign(first17)


def mask(number: str) -> str:
    """First three and last sign only: area detail, birthday and sequence stay hidden."""
    return number[:3] + "*" * (len(number) - 4) + number[-1:] if len(number) > 4 else "*" * len(number)


def parse_id(value: object, *, today: date | None = None, field: str | None = None) -> ResidentId:
    """Read an identity number as counties write it, in 15 or 18 signs.

    Raises Refused when digits were lost in a spreadsheet, the length or a sign is wrong, the birthday is
    no date, lies after ``today`` or the check sign does not fit.
    """
    text = value if isinstance(value, str) and _ORDINARY.fullmatch(value) else _plain(value, field)
    if not _SHAPE.fullmatch(text):
        raise Refused(
            "id_shape",
            "The identity number has {count} characters; 18 are needed (or 15 for an old card), digits with an X allowed only at the end. Compare it with the card.",
            field=field,
            rule=RULE,
            count=len(text),
        )
    number = to_18(text) if len(text) == 15 else text
    _check_birthday(number, today, field)
    if check_sign(number[:17]) != number[17]:
        raise Refused(
            "id_check",
            "The identity number ending in {tail} fails its check digit: one digit is wrong or two are swapped. Compare it with the card.",
            field=field,
            rule=RULE,
            tail=number[-1],
        )
    return ResidentId(number)


def _plain(value: object, field: str | None) -> str:
    if isinstance(value, bool) or value is None:
        value = ""
    if isinstance(value, float):
        value = f"{value:.0f}" if abs(value) < 1e15 and value.is_integer() else f"{value:E}"
    numeric = isinstance(value, int)
    text = _SEPARATORS.sub("", halfwidth(str(value))).upper()
    text = text.removesuffix(".0")
    if not text:
        raise Refused("id_missing", "The identity number is missing. Enter it as on the card.", field=field)
    if _SCIENTIFIC.fullmatch(text) or (numeric and len(text) == 18) or _rounded(text):
        raise Refused(
            "id_digits_lost",
            "The spreadsheet stored the identity number as a number, so its last digits are lost. "
            "Format the column as text, enter the number again and export once more.",
            field=field,
        )
    return text


def _rounded(text: str) -> bool:
    """An 18-digit number kept with 15 significant digits ends in 000, and nearly always fails its check."""
    return len(text) == 18 and text.endswith("000") and text.isdecimal() and check_sign(text[:17]) != "0"


@lru_cache(maxsize=65_536)
def _day(digits: str) -> date:
    """The birthday in a number: a city's elders share some 20,000 of them."""
    return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))


def _check_birthday(number: str, today: date | None, field: str | None) -> None:
    try:
        born = _day(number[6:14])
    except ValueError:
        born = None
    if born is None or born.year < 1850:
        raise Refused(
            "id_birthday",
            "Digits 7 to 14 of the identity number are a date of birth, and this one does not exist. Compare it with the card.",
            field=field,
            rule=RULE,
        )
    if today is not None and born > today:
        raise Refused(
            "id_unborn",
            "The date of birth in the identity number is after {today}. Compare it with the card.",
            field=field,
            rule=RULE,
            today=today.isoformat(),
        )
