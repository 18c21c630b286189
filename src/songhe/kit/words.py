"""How values read on screen: money, time worked, moments, masks, tones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from django.db.models import Model
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

Label = str | Promise
"""Text that is translated when it is shown."""

TONES = ("ok", "info", "warn", "danger", "muted")
_BY_WORD = {
    "ok": "active approved paid in_force confirmed granted accepted passed granted normal checked_in open_day",
    "info": "open new submitted assigned planned arrived started in_progress running dispatched prepared",
    "warn": "waiting draft pending due paused suspended on_hold returned late expiring review",
    "danger": "overdue refused failed urgent breached missed danger rejected critical escalated lapsed",
    "muted": "done closed ended cancelled archived completed settled moved dead merged expired withdrawn",
}
TONE_OF_WORD = {word: tone for tone, words in _BY_WORD.items() for word in words.split()}
WEEKDAYS = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))


def is_chinese() -> bool:
    """Whether the page is being drawn in Chinese."""
    return (get_language() or "zh").startswith("zh")


def yuan(fen: int) -> str:
    """Fen as yuan with two decimals: ``123456`` is ``1,234.56``."""
    sign = "-" if fen < 0 else ""
    whole, part = divmod(abs(fen), 100)
    return f"{sign}{whole:,}.{part:02d}"


def short_yuan(fen: int) -> str:
    """A large sum for a headline: 万 and 亿 in Chinese, k and m in English, one decimal."""
    value = abs(fen) // 100
    steps = ((10**8, "亿"), (10**4, "万")) if is_chinese() else ((10**9, "bn"), (10**6, "m"), (10**3, "k"))
    for size, word in steps:
        if value >= size:
            tenths = (value * 10 + size // 2) // size
            return (
                f"{'-' if fen < 0 else ''}{tenths // 10:,}.{tenths % 10}{' ' if is_chinese() else ''}{word}"
            )
    return yuan(fen)


def spent(minutes: int) -> str:
    """Minutes as hours and minutes: 90 is ``1 h 30 min``."""
    hours, rest = divmod(abs(minutes), 60)
    sign = "-" if minutes < 0 else ""
    if not hours:
        return gettext("{sign}{rest} min").format(sign=sign, rest=rest)
    if not rest:
        return gettext("{sign}{hours} h").format(sign=sign, hours=hours)
    return gettext("{sign}{hours} h {rest} min").format(sign=sign, hours=hours, rest=rest)


def moment(at: datetime) -> str:
    """A moment in the city's time zone, to the minute."""
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M")


def long_day(day: date) -> str:
    """A day as people say it: 2026年11月25日 星期三, or Wednesday 25 November 2026."""
    weekday = str(WEEKDAYS[day.weekday()])
    if is_chinese():
        return f"{day.year}年{day.month}月{day.day}日 {weekday}"
    return f"{weekday} {day.day} {day:%B} {day.year}"


def ago(at: datetime, now: datetime) -> str:
    """How long since, or until, in one unit."""
    minutes = int((now - at).total_seconds()) // 60
    ahead, size = minutes < 0, abs(minutes)
    if size < 1:
        return gettext("just now")
    if size < 60:
        text = ngettext("{n} minute", "{n} minutes", size).format(n=size)
    elif size < 48 * 60:
        text = ngettext("{n} hour", "{n} hours", size // 60).format(n=size // 60)
    else:
        text = ngettext("{n} day", "{n} days", size // 1440).format(n=size // 1440)
    return (gettext("in {time}") if ahead else gettext("{time} ago")).format(time=text)


def masked(text: str, *, head: int = 3, tail: int = 4) -> str:
    """The middle of a number hidden; short text is hidden whole."""
    if len(text) <= head + tail:
        return "•" * len(text)
    return f"{text[:head]}{'•' * (len(text) - head - tail)}{text[-tail:]}"


def label_of(data: dict[str, str]) -> str:
    """The label of a data row that carries ``en`` and ``zh``."""
    return data.get("zh" if is_chinese() else "en") or data.get("zh") or data.get("en") or ""


def follow(row: object, path: str) -> object:
    """The value at a dotted path; None where a step is missing. Methods without arguments are called."""
    value: object = row
    for step in path.replace("__", ".").split("."):
        if value is None:
            return None
        value = value.get(step) if isinstance(value, dict) else getattr(value, step)
        if callable(value) and not isinstance(value, Model):
            value = value()
    return value


Show = Callable[[object], object]
