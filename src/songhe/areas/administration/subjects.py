"""What an act is about, by name: from the log, or from the row itself where the log leaves names out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.apps import apps
from django.utils.safestring import SafeString

from songhe.areas.registry.api import Person
from songhe.engines.acts.models import Act
from songhe.kit.columns import DASH, Column, Plain
from songhe.kit.markup import escaped


@dataclass(frozen=True, kw_only=True)
class Subject(Column):
    """The subject of an act. A row that is gone, erased or out of the reader's reach has no name."""

    def bind(self, rows: Sequence[Any]) -> Callable[[Any], SafeString]:
        """A drawing function for these acts, made with one look-up for each kind of subject."""
        read = self.bind_plain(rows)
        return lambda row: escaped(str(name)) if (name := read(row)) else DASH

    def bind_plain(self, rows: Sequence[Any]) -> Callable[[Any], Plain]:
        """The names for a spreadsheet, read at once."""
        return subjects_of(rows)

    def html(self, row: Any) -> SafeString:
        """One cell."""
        return self.bind([row])(row)

    def plain(self, row: Any) -> Plain:
        """The name of one."""
        return self.bind_plain([row])(row)


def subjects_of(acts: Iterable[Act]) -> Callable[[Act], str]:
    """What each of these acts is about, read at once."""
    wanted: dict[str, set[UUID]] = {}
    for act in acts:
        if not act.subject_name and act.subject_id:
            wanted.setdefault(act.subject_kind, set()).add(act.subject_id)
    found = {key: name for kind, ids in wanted.items() for key, name in _names(kind, ids).items()}
    return lambda act: act.subject_name or (found.get(act.subject_id, "") if act.subject_id else "")


def _names(kind: str, ids: set[UUID]) -> dict[UUID, str]:
    try:
        model: Any = apps.get_model(kind)
    except (LookupError, ValueError):  # a table that is no more
        return {}
    persons = [field.name for field in model._meta.concrete_fields if field.related_model is Person]
    rows = model.objects.here() if hasattr(model.objects, "here") else model.objects.all()
    rows = rows.filter(pk__in=ids)
    return {row.pk: str(row) for row in (rows.select_related(*persons) if persons else rows)}
