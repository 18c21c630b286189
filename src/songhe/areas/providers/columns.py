"""A column that names organisations or workers whose rows the reader may not reach, and links those it may."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Model
from django.utils.html import format_html
from django.utils.safestring import SafeString

from songhe.areas.providers.models import Organisation, Worker
from songhe.areas.providers.queries import organisation_names, worker_names
from songhe.kit.columns import DASH, Column, Plain
from songhe.kit.spec import url_of
from songhe.kit.words import Label, follow


@dataclass(frozen=True, kw_only=True)
class Named(Column):
    """The name behind an id; ``names`` reads many at once."""

    model: type[Model]
    names: Callable[[Iterable[UUID | None]], dict[UUID, str]]

    def bind(self, rows: Sequence[Any]) -> Callable[[Any], SafeString]:
        """A drawing function for these rows, made with two look-ups."""
        ids = {found for row in rows if (found := follow(row, self.name))}
        names = self.names(ids)  # type: ignore[arg-type]
        reached = {row.pk: row for row in self.model.everywhere.filter(pk__in=ids).only("pk")} if ids else {}  # type: ignore[attr-defined]

        def draw(row: Any) -> SafeString:
            key: Any = follow(row, self.name)
            if not key:
                return DASH
            url = url_of(reached[key]) if key in reached else None
            name = names.get(key, "—")
            return format_html('<a href="{}">{}</a>', url, name) if url else format_html("{}", name)

        return draw

    def html(self, row: Any) -> SafeString:
        """One cell."""
        return self.bind([row])(row)

    def plain(self, row: Any) -> Plain:
        """The name for a spreadsheet."""
        return self.bind_plain([row])(row)

    def bind_plain(self, rows: Sequence[Any]) -> Callable[[Any], Plain]:
        """The names of these rows for a spreadsheet, read at once."""
        keys: Any = {key for row in rows if (key := follow(row, self.name))}
        names: dict[Any, str] = self.names(keys)
        return lambda row: names.get(follow(row, self.name), "")


def organisation(label: Label, name: str = "organisation_id") -> Named:
    """An organisation by name."""
    return Named(name=name, label=label, model=Organisation, names=organisation_names)


def worker(label: Label, name: str = "worker_id") -> Named:
    """A worker by name."""
    return Named(name=name, label=label, model=Worker, names=worker_names)
