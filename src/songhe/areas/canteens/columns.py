"""Columns that name canteens and persons whose rows the reader may not reach."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from songhe.areas.canteens.limits import meal_name
from songhe.areas.canteens.models import Canteen
from songhe.areas.canteens.queries.table import person_names
from songhe.areas.providers.api import Named
from songhe.areas.registry.api import Person
from songhe.engines.access.api import elevated
from songhe.kit import spec
from songhe.kit.columns import Text
from songhe.kit.words import Label


def canteen_names(ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Names of canteens; public."""
    wanted = {found for found in ids if found}
    if not wanted:
        return {}
    with elevated():
        return dict(Canteen.everywhere.filter(pk__in=wanted).values_list("pk", "name"))


def canteen(name: str = "canteen_id", label: Label = "") -> Named:
    """A canteen by name, linked where the reader may open it."""
    return Named(name=name, label=label or _("Canteen"), model=Canteen, names=canteen_names)


def person(name: str = "person_id", label: Label = "") -> Named:
    """A person by name, linked where the reader reaches the person's page."""
    return Named(name=name, label=label or _("Person"), model=Person, names=person_names)


@dataclass(frozen=True, kw_only=True)
class OfPerson(Named):
    """A row called by its person's name, which leads to the row's own page. The person may live beyond the reader's area."""

    def bind(self, rows: Sequence[Any]) -> Callable[[Any], SafeString]:
        """A drawing function for these rows, made with one look-up."""
        names = person_names(row.person_id for row in rows)
        return lambda row: format_html(
            '<a href="{}">{}</a>', spec.url_of(row) or "", names.get(row.person_id, "—")
        )


def of_person() -> OfPerson:
    """The first column of a list of rows that are about persons."""
    return OfPerson(name="person_id", label=_("Person"), model=Person, names=person_names)


def name_of(row: Any) -> str:
    """The name of a row's person."""
    return person_names([row.person_id]).get(row.person_id, "—")


def meal(label: Label = "") -> Text:
    """Which meal of the day."""
    return spec.text("meal", label or _("Meal"), show=lambda row: meal_name(row.meal))
