"""Columns that several lists of the registry show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, Q
from django.db.models.functions import Now, TruncDate
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, gettext_lazy

from songhe.areas.registry.models import Fact, Kind, Person
from songhe.areas.registry.models.terms import terms
from songhe.areas.registry.queries.facts import grade_of, tags_on
from songhe.kit.clock import today
from songhe.kit.columns import DASH, Column
from songhe.kit.markup import filled

NOW = "tags_now"


def tags_now() -> Prefetch[Any]:
    """The facts behind the tags that hold today by the database's clock, read for all rows of a list at once."""
    day = TruncDate(Now())
    rows = Fact.everywhere.filter(kind=Kind.TAG, recorded_until=None).filter(
        Q(valid_from=None) | Q(valid_from__lte=day), Q(valid_to=None) | Q(valid_to__gt=day)
    )
    return Prefetch("facts", queryset=rows, to_attr=NOW)


@dataclass(frozen=True, kw_only=True)
class Tags(Column):
    """The tags of a person today."""

    def html(self, row: Any) -> SafeString:
        return drawn(self.held(row))

    def value(self, row: Any) -> object:
        return ", ".join(words(self.held(row)))

    def held(self, row: Person) -> dict[str, str]:
        """Term → grade, from what the list read ahead or else asked for this row."""
        if hasattr(row, NOW):
            return {fact.term: grade_of(fact.value) for fact in getattr(row, NOW)}
        return tags_on([row.id], today()).get(row.id, {})


def drawn(held: dict[str, str]) -> SafeString:
    """Tags as badges in the order of the terms."""
    order = [code for code in terms() if code in held]
    if not order:
        return DASH
    badges = (
        filled('<span class="badge {}">{}</span>', terms()[code].tone, _one(code, held[code]))
        for code in order
    )
    return mark_safe(" ".join(badges))  # noqa: S308  each is escaped


def words(held: dict[str, str]) -> list[str]:
    """Tags in words."""
    return [_one(code, held[code]) for code in terms() if code in held]


def _one(code: str, grade: str) -> str:
    found = terms()[code]
    return found.grade_label(grade) or found.label


def sex_and_age(person: Person) -> str:
    """Such as "Female · 83"."""
    age = person.age_on(today())
    parts = [str(person.get_sex_display())]
    if age is not None:
        parts.append(gettext("{age} years").format(age=age))
    return " · ".join(parts)


def tags() -> Tags:
    """The column of tags."""
    return Tags(name="id", label=gettext_lazy("Tags"))
