"""Many objects of a model in one statement.

Django writes a list of new objects as arrays each value of which is quoted in Python, and a list of changes as one CASE with as
many branches as objects: from some hundreds on, Python takes longer over the text than the database over the rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from django.db import connection, models, transaction
from django.db.models.expressions import DatabaseDefault

from songhe.engines.access.arrays import known
from songhe.engines.access.bulk import insert_many, kind_of, update_many

FEW: Final = 200
"""So many are written as Django does it: what it brings back from the database is worth more than the time."""

PART: Final = 4_000
"""So many in one statement: what is packed for it is as large again as the objects."""


class NotPlain(Exception):
    """An object holds what only a statement of its own can write."""


def add_rows(model: type[models.Model], objects: Sequence[Any]) -> None:
    """Insert objects with everything that saving prepares."""
    fields = list(model._meta.local_concrete_fields)
    if model._meta.parents or any(field.generated for field in fields):
        raise NotPlain
    _all_plain(fields)
    names = [field.name for field in fields]
    with transaction.atomic():  # all or, where a later object is not plain, none
        for part in _parts(objects):
            insert_many(model, names, [[_fresh(field, one) for field in fields] for one in part])
    for one in objects:
        one._state.adding, one._state.db = False, connection.alias


def change_rows(model: type[models.Model], objects: Sequence[Any], names: Iterable[str]) -> int:
    """Write some fields of objects that are there; returns how many were found."""
    fields: list[Any] = [model._meta.pk, *map(model._meta.get_field, names)]
    _all_plain(fields)
    named = [field.name for field in fields]
    with transaction.atomic():
        return sum(
            update_many(
                model,
                named,
                [[_plain(field, getattr(one, field.attname)) for field in fields] for one in part],
            )
            for part in _parts(objects)
        )


def _parts(objects: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(objects), PART):
        yield objects[start : start + PART]


def _all_plain(fields: Iterable[Any]) -> None:
    for field in fields:
        if not known(kind_of(field)) or getattr(field, "encoder", None):
            raise NotPlain


def _fresh(field: Any, one: models.Model) -> Any:
    value = field.pre_save(one, add=True)
    if isinstance(value, DatabaseDefault):
        value = field.db_default
        setattr(one, field.attname, value)
    return _plain(field, value)


def _plain(field: Any, value: Any) -> Any:
    if hasattr(value, "resolve_expression"):
        raise NotPlain
    return field.get_prep_value(value)
