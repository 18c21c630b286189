"""All templates of an installation with what holds for every message: signature, quiet hours, limits, switching."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any

from songhe.core.labels import Label
from songhe.core.notices.health import Switching
from songhe.core.notices.ladder import Urgency
from songhe.core.notices.templates import Template, build_template
from songhe.core.sources import Data, DataError, label, part, whole

WHERE = "notices"


@dataclass(frozen=True, slots=True)
class Limit:
    """So many messages to one number in so much time."""

    count: int
    over: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """What an installation sends, and how."""

    templates: Mapping[str, Template]
    signature: Label
    quiet: tuple[time, time] | None
    limits: Mapping[Urgency, Limit]
    first_wait: timedelta
    switching: Switching
    keep_texts: timedelta
    keep: timedelta

    def signed(self, text: str, language: str) -> str:
        """A text with the sender's name in front, as operators ask for."""
        return f"【{self.signature.in_language(language)}】{text}"


def overridden(nation: Data, city: Data) -> Data:
    """The nation's file with a city's own words over it: what the city names replaces, template by template."""
    known: Any = nation.get("templates")
    if not isinstance(known, Mapping):
        return nation
    own = city.get("templates") or {}
    merged = {code: {**known.get(code, {}), **own.get(code, {})} for code in dict.fromkeys([*known, *own])}
    for code, template in known.items():
        if code in own and (template.get("params") or {}) != (merged[code].get("params") or {}):
            raise DataError(f"notice {code}: a city may change the words and not what is filled in.")
    return {**nation, **city, "templates": merged}


def build_book(data: Data) -> Book:
    """A book from a data file; DataError names what is wrong."""
    templates = part(data, "templates", WHERE)
    limits = part(data, "limits", WHERE)
    switching = part(data, "switching", WHERE)
    return Book(
        templates={str(code): build_template(str(code), part(templates, code, WHERE)) for code in templates},
        signature=label(data.get("signature"), f"{WHERE}, signature"),
        quiet=_quiet(data),
        limits={level: _limit(part(limits, level.name.lower(), WHERE)) for level in Urgency},
        first_wait=timedelta(seconds=_more(data, "first_wait_seconds")),
        switching=Switching(
            failures=_more(switching, "failures"),
            rest=timedelta(seconds=_more(switching, "rest_seconds")),
            slow_after=timedelta(seconds=_more(switching, "slow_after_seconds")),
            window=timedelta(seconds=_more(switching, "window_seconds")),
            slow_percent=_more(switching, "slow_percent"),
            least=_more(switching, "least"),
        ),
        keep_texts=timedelta(days=_more(data, "keep_texts_days")),
        keep=timedelta(days=_more(data, "keep_days")),
    )


def _limit(data: Data) -> Limit:
    return Limit(_more(data, "count"), timedelta(minutes=_more(data, "minutes")))


def _more(data: Data, key: str) -> int:
    value = whole(data, key, WHERE)
    if not value:
        raise DataError(f"{WHERE}: {key} must be 1 or more.")
    return value


def _quiet(data: Data) -> tuple[time, time] | None:
    if data.get("quiet_hours") is None:
        return None
    hours = part(data, "quiet_hours", WHERE)
    return _hour(hours, "from"), _hour(hours, "until")


def _hour(data: Data, key: str) -> time:
    value = str(data.get(key, ""))
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        raise DataError(f'{WHERE}, quiet_hours: {key} must be a quoted time like "21:00".')
    return time.fromisoformat(value)
