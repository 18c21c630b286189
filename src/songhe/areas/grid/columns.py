"""Columns that name helpers and persons whose rows the reader may not reach, and counts read for all rows at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from songhe.areas.grid.models import Helper, Post
from songhe.areas.grid.queries.books import helper_names, loads, person_names
from songhe.areas.grid.queries.rosters import post_names
from songhe.areas.providers.api import Named
from songhe.areas.registry.api import Person
from songhe.kit.clock import today
from songhe.kit.columns import Number
from songhe.kit.words import Label


def helper(label: Label = "", name: str = "helper_id") -> Named:
    """A helper by name."""
    return Named(name=name, label=label or _("Helper"), model=Helper, names=helper_names)


def person(label: Label = "", name: str = "person_id") -> Named:
    """A person by name, linked where the reader reaches the person's page."""
    return Named(name=name, label=label or _("Elder"), model=Person, names=person_names)


def post(label: Label = "", name: str = "post_id") -> Named:
    """A post by name."""
    return Named(name=name, label=label or _("Duty post"), model=Post, names=post_names)


@dataclass(frozen=True, kw_only=True)
class Load(Number):
    """How many elders each helper looks after."""

    def bind(self, rows: Sequence[Helper]) -> Callable[[Helper], SafeString]:
        found = loads([row.pk for row in rows], today())
        return lambda row: self.draw(found.get(row.pk, 0), row)

    def bind_plain(self, rows: Sequence[Helper]) -> Callable[[Helper], Any]:
        found = loads([row.pk for row in rows], today())
        return lambda row: found.get(row.pk, 0)

    def html(self, row: Helper) -> SafeString:
        return self.bind([row])(row)


def load() -> Load:
    """How many elders somebody looks after."""
    return Load(name="load", label=_("Elders"))
