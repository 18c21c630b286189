"""Columns that name persons and helpers whose rows the reader may not reach."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from songhe.areas.caring.queries.lists import helper_names, names_of
from songhe.areas.grid.api import Helper
from songhe.areas.providers.api import Named
from songhe.areas.registry.api import Person
from songhe.kit import spec
from songhe.kit.words import Label


def helper(label: Label = "") -> Named:
    """The helper who goes."""
    return Named(name="helper_id", label=label or _("Assigned to"), model=Helper, names=helper_names)


def person(label: Label = "") -> Named:
    """A person by name, linked where the reader reaches the person's page."""
    return Named(name="person_id", label=label or _("Person"), model=Person, names=names_of)


@dataclass(frozen=True, kw_only=True)
class OfPerson(Named):
    """A row called by its person's name, which leads to the row's own page."""

    def bind(self, rows: Sequence[Any]) -> Callable[[Any], SafeString]:
        """A drawing function for these rows, made with one look-up."""
        names = names_of(row.person_id for row in rows)
        return lambda row: format_html(
            '<a href="{}">{}</a>', spec.url_of(row) or "", names.get(row.person_id, "—")
        )


def of_person() -> OfPerson:
    """The first column of a list of rows that are about persons."""
    return OfPerson(name="person_id", label=_("Person"), model=Person, names=names_of)


def name_of(row: Any) -> str:
    """The name of a row's person."""
    return names_of([row.person_id]).get(row.person_id, "—")
