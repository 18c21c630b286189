"""Dates in the forms counties write them."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from songhe.core.refusal import Refused
from songhe.core.text.normal import halfwidth

_PARTS = re.compile(
    r"(?P<year>\d{4})\s*[-/.年·]\s*(?P<month>\d{1,2})\s*[-/.月·]\s*(?P<day>\d{1,2})\s*[日号]?"
    r"(?:[T\s]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
)
_COMPACT = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})")
_SHORT_YEAR = re.compile(r"'?\d{2}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*[日号]?|\d{6}")
_NO_DAY = re.compile(r"(18|19|20)\d{2}|\d{4}\s*年|\d{4}\s*[-/.年]\s*\d{1,2}\s*月?")
_DAY_FIRST = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{4}")
_LUNAR = re.compile(r"[农阴夏]历|闰|正月|冬月|腊月|初[一二三四五六七八九十]|廿")
_SERIAL = re.compile(r"(\d{1,5})(\.\d+)?")
_CHINESE_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_CHINESE_DATE = re.compile(
    r"(?P<year>[〇零○一二三四五六七八九]{4})年(?P<month>[一二三四五六七八九十]{1,3})月"
    r"(?P<day>[一二三四五六七八九十]{1,3})[日号]?"
)


def parse_date(
    value: object, *, earliest: date = date(1850, 1, 1), latest: date | None = None, field: str | None = None
) -> date:
    """Read a date such as 1943-5-2, 1943/05/02, 1943年5月2日, 19430502 or a spreadsheet's day number.

    ``earliest`` and ``latest`` bound what is believed. Raises Refused for two-digit years, missing days,
    day-first order, lunar dates and days that do not exist, each with its own reason.
    """
    if isinstance(value, datetime):
        return _bounded(value.date(), earliest, latest, field)
    if isinstance(value, date):
        return _bounded(value, earliest, latest, field)
    text = halfwidth(str(value if value is not None and value is not True else "")).lstrip("'").strip()
    text = re.sub(r"^公历|^阳历|生$|出生$|\.0$", "", text).strip()
    if not text:
        raise Refused("date_missing", "The date is missing. Write it like 1943-05-02.", field=field)
    chinese = _CHINESE_DATE.fullmatch(text)
    if chinese:
        text = _from_chinese(chinese)
    found = _PARTS.fullmatch(text) or _COMPACT.fullmatch(text)
    if found:
        return _bounded(_real(found, text, field), earliest, latest, field)
    serial = _SERIAL.fullmatch(text)
    if serial and not _NO_DAY.fullmatch(text):
        return _bounded(_from_serial(int(serial[1]), text, field), earliest, latest, field)
    raise _refusal(text, field)


def _real(found: re.Match[str], text: str, field: str | None) -> date:
    try:
        return date(int(found["year"]), int(found["month"]), int(found["day"]))
    except ValueError:
        raise Refused(
            "date_impossible",
            "“{text}” is not a calendar day. Check month and day.",
            field=field,
            text=text[:20],
        ) from None


def _from_chinese(found: re.Match[str]) -> str:
    return "-".join([found["year"].translate(_CHINESE_DIGITS), _small(found["month"]), _small(found["day"])])


def _small(text: str) -> str:
    """一 to 三十一 in digits; what is no such number becomes 99 and is refused as a day."""
    ten, _, one = text.partition("十") if "十" in text else ("0", "", text)
    digits = (ten.translate(_CHINESE_DIGITS) or "1") + (one.translate(_CHINESE_DIGITS) or "0")
    return digits if digits.isdecimal() and len(digits) == 2 else "99"


def _from_serial(serial: int, text: str, field: str | None) -> date:
    """Days since 1899-12-31 as spreadsheets count them, with their 29 February 1900 that never was."""
    if serial == 60 or serial < 1:
        raise Refused(
            "date_impossible",
            "“{text}” is not a calendar day. Check month and day.",
            field=field,
            text=text,
        )
    return date(1899, 12, 31) + timedelta(days=serial - (serial > 60))


def _bounded(day: date, earliest: date, latest: date | None, field: str | None) -> date:
    if day < earliest:
        raise Refused(
            "date_early",
            "{day} is too long ago: nothing before {earliest} is accepted. Check the year.",
            field=field,
            day=day.isoformat(),
            earliest=earliest.isoformat(),
        )
    if latest is not None and day > latest:
        raise Refused(
            "date_late",
            "{day} lies after {latest}. Check the year.",
            field=field,
            day=day.isoformat(),
            latest=latest.isoformat(),
        )
    return day


def _refusal(text: str, field: str | None) -> Refused:
    shown = text[:20]
    if _LUNAR.search(text):
        return Refused(
            "date_lunar",
            "“{text}” is a date of the lunar calendar, which is not converted here. "
            "Write the day that the identity card shows.",
            field=field,
            text=shown,
        )
    if _SHORT_YEAR.fullmatch(text):
        return Refused(
            "date_short_year",
            "“{text}” has a year of two digits, which may mean 1900 or 2000. Write four digits.",
            field=field,
            text=shown,
        )
    if _NO_DAY.fullmatch(text):
        return Refused(
            "date_no_day",
            "“{text}” lacks the month or the day. Write it like 1943-05-02.",
            field=field,
            text=shown,
        )
    if _DAY_FIRST.fullmatch(text):
        return Refused(
            "date_order",
            "“{text}” may be day first or month first. Write the year first, like 1943-05-02.",
            field=field,
            text=shown,
        )
    return Refused("date_shape", "“{text}” is not a date. Write it like 1943-05-02.", field=field, text=shown)
