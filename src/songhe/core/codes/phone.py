"""Telephone numbers in mainland China: mobile, landline, service and short numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from songhe.core.refusal import Refused
from songhe.core.text.normal import halfwidth

Kind = Literal["mobile", "landline", "service", "short"]

_NOISE = re.compile(r"[\s().·'‐-―-]")
_EXTENSION = re.compile(r"^(?P<main>.+?)(?:转|分机|EXT\.?|#|X)(?P<extension>\d{1,6})$")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"(?P<area>010|02\d|0[3-9]\d{2})(?P<local>[2-9]\d{6,7})")
_LOCAL = re.compile(r"[2-9]\d{6,7}")
_SERVICE = re.compile(r"[48]00\d{7}")
_SHORT = re.compile(r"11[0-9]|12[0-9]|1[02]\d{3}|12\d{4}|9[56]\d{3,4}")


@dataclass(frozen=True, slots=True)
class Phone:
    """A number as it is dialled inside the country, digits only."""

    kind: Kind
    number: str
    extension: str = ""

    @property
    def masked(self) -> str:
        """First three and last two digits; short and service numbers belong to nobody and stay readable."""
        if self.kind in ("short", "service"):
            return self.number
        return self.number[:3] + "*" * (len(self.number) - 5) + self.number[-2:]

    def __str__(self) -> str:
        return self.masked

    @property
    def dialled(self) -> str:
        return f"{self.number}-{self.extension}" if self.extension else self.number


def parse_phone(value: object, *, area: str = "", field: str | None = None) -> Phone:
    """Read a number as people write it: +86, spaces, dashes, brackets and full width are mended.

    ``area`` is the dialling code (such as "0631") lent to a local number that lacks one.
    Raises Refused when no number, several numbers, or a wrong count of digits is given.
    """
    if isinstance(value, str) and _MOBILE.fullmatch(value) and value.isascii():
        return Phone("mobile", value)
    text, extension = _split(value, field)
    for kind, shape in (("mobile", _MOBILE), ("service", _SERVICE), ("short", _SHORT)):
        if shape.fullmatch(text):
            return Phone(kind, text, extension)  # type: ignore[arg-type]
    if _LANDLINE.fullmatch(text):
        return Phone("landline", text, extension)
    if _LOCAL.fullmatch(text):
        if area:
            return parse_phone(area + text, field=field)
        raise Refused(
            "phone_area", "The landline number lacks its area code. Write it like 0631-5231234.", field=field
        )
    raise Refused(
        "phone_shape",
        "The telephone number has {count} digits and is neither a mobile number (11 digits starting with 13 to 19), nor a landline with area code, nor a short number. Ask for it again.",
        field=field,
        count=sum(sign.isdecimal() for sign in text),
    )


def _split(value: object, field: str | None) -> tuple[str, str]:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    raw = halfwidth(str(value if value is not None else "")).upper().strip()
    if not raw:
        raise Refused("phone_missing", "The telephone number is missing.", field=field)
    if re.fullmatch(r"\d(\.\d+)?E\+?\d+", raw):
        raise Refused(
            "phone_digits_lost",
            "The spreadsheet shortened the telephone number. Format the column as text and export again.",
            field=field,
        )
    if re.search(r"[/,;、，；|]", raw) or len(re.findall(_MOBILE, raw)) > 1:
        raise Refused(
            "phone_several",
            "There are several telephone numbers in one cell. Keep one here and put the others under contacts.",
            field=field,
        )
    raw = raw.removesuffix(".0")
    if not _LANDLINE.fullmatch(_NOISE.sub("", raw)):
        raw = re.sub(r"^((?:\(?0\d{2,3}\)?[\s-]*)?\d{7,8})-(\d{1,6})$", r"\1#\2", raw)
    found = _EXTENSION.match(raw)
    main, extension = (found["main"], found["extension"]) if found else (raw, "")
    text = _NOISE.sub("", main)
    text = re.sub(r"^(\+|00)86(0?)", lambda m: m[2], text)
    if text.startswith("86") and _MOBILE.fullmatch(text[2:]):
        text = text[2:]
    if text.startswith("0") and _MOBILE.fullmatch(text[1:]) and not _LANDLINE.fullmatch(text):
        text = text[1:]
    if re.match(r"^\+86", main.strip()) and re.fullmatch(r"(10|2\d|[3-9]\d{2})[2-9]\d{6,7}", text):
        text = "0" + text
    return text, extension
