"""Templates of messages: words in both languages, and what may be filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from songhe.core.labels import Label
from songhe.core.notices.ladder import IN_APP, ROBOT, SMS, VOICE, Goal, Urgency
from songhe.core.notices.texts import segments, without_numbers
from songhe.core.sources import Data, DataError, part, text, whole

CHANNELS = (IN_APP, SMS, VOICE, ROBOT)
KINDS = ("text", "words", "moment", "day", "number")
LONGEST_VALUE = 60
LONGEST_TEXT = 500
MOST_SEGMENTS = 4
_HOLE = re.compile(r"\{([^{}]*)\}")
_GAPS = re.compile(r"[\s\x00-\x1f\x7f]+")


@dataclass(frozen=True, slots=True)
class Words:
    """A message in one language: a heading for the in-box, and the text that every channel sends or speaks."""

    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """One kind of message. ``wait``: how long each channel has until the next one is tried, but none where it is one of
    ``at_once``; ``worth``: after which it is not worth sending any more; ``at_most``: so many to one number in so much time.
    """

    code: str
    name_en: str
    name_zh: str
    en: Words
    zh: Words
    params: Mapping[str, str]
    channels: tuple[str, ...]
    urgency: Urgency
    goal: Goal
    wait: timedelta
    at_once: tuple[str, ...]
    worth: timedelta
    quiet: bool
    consent: bool
    at_most: tuple[int, timedelta] | None

    def named(self, language: str) -> str:
        """What the message is called on screens."""
        return self.name_zh if _chinese(language) else self.name_en


def build_template(code: str, data: Data) -> Template:
    """A template from its mapping; DataError names what is wrong."""
    where = f"notice {code}"
    params = {str(name): str(kind) for name, kind in (data.get("params") or {}).items()}
    for name, kind in params.items():
        if not name.isidentifier() or kind not in KINDS:
            raise DataError(f"{where}: {name} must be one of {', '.join(KINDS)}.")
    en, zh = (_words(part(data, language, where), f"{where}, {language}") for language in ("en", "zh"))
    for language, words in (("en", en), ("zh", zh)):
        used = {hole for line in (words.title, words.text) for hole in _HOLE.findall(line)}
        if used != set(params):
            odd = ", ".join(sorted(used ^ set(params)))
            raise DataError(f"{where}, {language}: these are declared or used, but not both: {odd}.")
    found = Template(
        code=code,
        name_en=en.title if not params else text(part(data, "name", where), "en", where),
        name_zh=zh.title if not params else text(part(data, "name", where), "zh", where),
        en=en,
        zh=zh,
        params=params,
        channels=_channels(data, "channels", where),
        urgency=_urgency(data, where),
        goal=_goal(data, where),
        wait=timedelta(minutes=whole(data, "wait_minutes", where)),
        at_once=_channels(data, "at_once", where) if "at_once" in data else (),
        worth=timedelta(minutes=whole(data, "worth_minutes", where)),
        quiet=_flag(data, "quiet", where, True),
        consent=_flag(data, "consent", where, True),
        at_most=_at_most(data, where),
    )
    if not found.worth:
        raise DataError(f"{where}: worth_minutes must be more than 0, or nothing is ever sent.")
    return found


def render(template: Template, params: Mapping[str, object], language: str) -> Words:
    """The words for one reader. ValueError where what is given is not what the template declares: a defect of the caller.

    Values lose line ends and controls, are cut where they are too long, and identity numbers in them become unreadable.
    """
    if set(params) != set(template.params):
        odd = ", ".join(sorted(set(params) ^ set(template.params)))
        raise ValueError(f"notice {template.code}: given and declared differ in {odd}")
    chinese = _chinese(language)
    values = {name: _said(value, template, name, chinese) for name, value in params.items()}
    words = template.zh if chinese else template.en
    return Words(_filled(words.title, values), _filled(words.text, values))


def _filled(line: str, values: Mapping[str, str]) -> str:
    return without_numbers(_HOLE.sub(lambda hole: values[hole[1]], line))


def _said(value: object, template: Template, name: str, chinese: bool) -> str:
    kind = template.params[name]
    if kind == "moment" and isinstance(value, datetime):
        if chinese:
            return f"{value.month}月{value.day}日{value:%H:%M}"
        return f"{value:%H:%M} on {value.day} {value:%B}"
    if kind == "day" and isinstance(value, date) and not isinstance(value, datetime):
        return f"{value.month}月{value.day}日" if chinese else f"{value.day} {value:%B}"
    if kind == "number" and isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, Label):
        value = value.in_language("zh" if chinese else "en")
    if kind in ("text", "words") and isinstance(value, str):
        clean = _GAPS.sub(" ", value.encode("utf-8", "replace").decode()).strip()
        most = LONGEST_TEXT if kind == "words" else LONGEST_VALUE
        return clean if len(clean) <= most else clean[: most - 1] + "…"
    raise ValueError(f"notice {template.code}: {name} is to be a {kind}")


def _words(data: Data, where: str) -> Words:
    words = Words(text(data, "title", where), " ".join(text(data, "text", where).split()))
    if len(words.title) > LONGEST_VALUE or len(words.text) > LONGEST_TEXT:
        raise DataError(f"{where}: a title has {LONGEST_VALUE} signs and a text {LONGEST_TEXT} at most.")
    if segments(_HOLE.sub("", words.text)) > MOST_SEGMENTS:
        raise DataError(f"{where}: even empty this is more than {MOST_SEGMENTS} text messages; shorten it.")
    if any("{" in rest or "}" in rest for rest in (_HOLE.sub("", words.title), _HOLE.sub("", words.text))):
        raise DataError(f"{where}: a bracket is open. Write {{name}}.")
    return words


def _channels(data: Data, key: str, where: str) -> tuple[str, ...]:
    found = data.get(key)
    if not isinstance(found, list) or not found or not set(found) <= set(CHANNELS):
        raise DataError(f"{where}: {key} must be a list of {', '.join(CHANNELS)}.")
    if len(set(found)) != len(found):
        raise DataError(f"{where}: a channel is given twice.")
    return tuple(found)


def _urgency(data: Data, where: str) -> Urgency:
    try:
        return Urgency[str(data.get("urgency", "ordinary")).upper()]
    except KeyError:
        raise DataError(f"{where}: urgency must be ordinary, soon or urgent.") from None


def _goal(data: Data, where: str) -> Goal:
    try:
        return Goal(str(data.get("goal", "delivered")))
    except ValueError:
        raise DataError(f"{where}: goal must be delivered, read or answered.") from None


def _flag(data: Data, key: str, where: str, default: bool) -> bool:
    value: Any = data.get(key, default)
    if not isinstance(value, bool):
        raise DataError(f"{where}: {key} must be true or false.")
    return value


def _at_most(data: Data, where: str) -> tuple[int, timedelta] | None:
    if "at_most" not in data:
        return None
    limit = part(data, "at_most", where)
    count, minutes = whole(limit, "count", where), whole(limit, "minutes", where)
    if not count or not minutes:
        raise DataError(f"{where}: at_most needs a count and minutes of 1 or more.")
    return count, timedelta(minutes=minutes)


def _chinese(language: str) -> bool:
    return language.lower().startswith("zh")
