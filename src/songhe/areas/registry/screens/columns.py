"""Columns that several lists of the registry show."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, gettext_lazy

from songhe.areas.registry.models import Person, Sex
from songhe.areas.registry.models.terms import terms
from songhe.areas.registry.queries.facts import tags_on
from songhe.kit.clock import today
from songhe.kit.columns import DASH, Column, Plain, once_each
from songhe.kit.markup import filled


@dataclass(frozen=True, kw_only=True)
class Tags(Column):
    """The tags of a person today, read for all rows of a list at once."""

    def html(self, row: Any) -> SafeString:
        return self.bind([row])(row)

    def value(self, row: Any) -> object:
        return self.bind_plain([row])(row)

    def bind(self, rows: Sequence[Any]) -> Callable[[Any], SafeString]:
        held = tags_on((row.id for row in rows), today())
        return once_each(
            lambda row: tuple(held.get(row.id, {}).items()), lambda row: drawn(held.get(row.id, {}))
        )

    def bind_plain(self, rows: Sequence[Any]) -> Callable[[Any], Plain]:
        held = tags_on((row.id for row in rows), today())
        return lambda row: ", ".join(words(held.get(row.id, {})))


def drawn(held: dict[str, str]) -> SafeString:
    """Tags as badges in the order of the terms."""
    order = [code for code in terms() if code in held]
    if not order:
        return DASH
    badges = (
        filled('<span class="badge {}">{}</span>', terms()[code].tone, _one(code, held[code]))
        for code in order
    )
    return SafeString(" ".join(badges))


def words(held: dict[str, str]) -> list[str]:
    """Tags in words."""
    return [_one(code, held[code]) for code in terms() if code in held]


def _one(code: str, grade: str) -> str:
    found = terms()[code]
    return found.grade_label(grade) or found.label


def sex_and_age(person: Person) -> str:
    """Such as "Female · 83"."""
    return _sex_and_age(person.sex, person.age_on(today()), get_language())


@lru_cache(maxsize=1024)
def _sex_and_age(sex: str, age: int | None, language: str) -> str:
    """In the language of the page: a list says it of every person, and most are of a few ages."""
    parts = [str(Sex(sex).label)]
    if age is not None:
        parts.append(gettext("{age} years").format(age=age))
    return " · ".join(parts)


def tags() -> Tags:
    """The column of tags."""
    return Tags(name="id", label=gettext_lazy("Tags"))
