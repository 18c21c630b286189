"""Which rows follow when the codes of a region change, found through the columns of every table, and moving them in one statement."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import reduce
from graphlib import TopologicalSorter
from operator import or_
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.db.models import BigIntegerField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet
from django.db.models.lookups import IsNull

from songhe.engines.regions.fields import CodeField, UpperField
from songhe.engines.regions.models import Region

Model = type[models.Model]


@dataclass(frozen=True, slots=True)
class Shift:
    """Codes that all change by the same difference: a region and everything below it."""

    codes: tuple[int, ...]
    by: int


@dataclass(frozen=True, slots=True)
class Table:
    """A table with columns that hold codes. ``kept``: the application may not change them, so its rows stay as they were written."""

    model: Model
    columns: tuple[str, ...]
    uppers: tuple[str, ...]
    kept: bool

    def under(self, codes: Sequence[int]) -> QuerySet[Any]:
        """The rows that hold one of some codes."""
        found = reduce(or_, (Q(**{f"{column}__in": codes}) for column in self.columns))
        return self.model._base_manager.filter(found)


@dataclass(slots=True)
class Outcome:
    """What became of one table: rows that moved, with the hash of their keys and codes, and rows that stay."""

    table: Table
    moved: int
    stays: int
    digest: str = ""


def tables() -> list[Table]:
    """Every table with columns of codes, those that others point at first; last of all the ``busy`` ones, whose locks would keep
    calls for help waiting."""
    found = {model: columns for model in apps.get_models() if (columns := _columns(model))}
    return [_table(model, found[model]) for model in _ordered(found)]


def _columns(model: Model) -> tuple[str, ...]:
    if model is Region or not model._meta.managed or model._meta.proxy:
        return ()
    return tuple(one.attname for one in model._meta.local_concrete_fields if _holds_code(one))


def _holds_code(one: models.Field[Any, Any]) -> bool:
    return one.related_model is Region or isinstance(one, CodeField)


def _table(model: Model, columns: tuple[str, ...]) -> Table:
    uppers = tuple(one.attname for one in model._meta.local_concrete_fields if isinstance(one, UpperField))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT bool_and(has_column_privilege(%s, one, 'UPDATE')) FROM unnest(%s::text[]) one",
            [model._meta.db_table, list(columns)],
        )
        return Table(model, columns, uppers, kept=not cursor.fetchone()[0])


def _ordered(found: Collection[Model]) -> list[Model]:
    order: TopologicalSorter[Model] = TopologicalSorter()
    for model in found:
        above: set[Any] = {one.related_model for one in model._meta.local_concrete_fields}
        order.add(model, *(one for one in above if one in found and one is not model))
    return sorted(order.static_order(), key=lambda model: getattr(model, "busy", False))


@dataclass(slots=True)
class Moving:
    """One shift through all tables. ``held``: by table, the rows that stay although they could move, since another row
    stands in their place; what belongs to such a row stays with it."""

    shift: Shift
    held: dict[Model, list[Any]] = field(default_factory=dict)

    def through(self, *, write: bool) -> Iterator[Outcome]:
        """What happens to each table with rows under the codes; without ``write`` it is only counted."""
        for table in tables():
            here = table.under(self.shift.codes)
            if not (count := here.count()):
                continue
            moved, digest = 0, ""
            if not table.kept:
                rows = self._movable(table, here)
                moved, digest = (
                    _moved(table, self.shift, None if rows is here else rows) if write else (rows.count(), "")
                )
            yield Outcome(table, moved, count - moved, digest)

    def _movable(self, table: Table, here: QuerySet[Any]) -> QuerySet[Any]:
        keeps: Q | None = getattr(table.model, "keeps_code", None)
        wanted = here.exclude(keeps) if keeps is not None else here
        free = wanted
        for one in table.model._meta.constraints:
            if isinstance(one, models.UniqueConstraint) and (bearing := _bearing(table, one)):
                going = {f"{column}__in": self.shift.codes for column in bearing}
                free = free.exclude(Exists(self._taken(table, one)), **going)
        for link in table.model._meta.local_concrete_fields:
            if ids := self.held.get(link.related_model):  # type: ignore[arg-type]
                free = free.exclude(**{f"{link.attname}__in": ids})
        if free is not wanted and (
            left := list(wanted.exclude(pk__in=free.values("pk")).values_list("pk", flat=True))
        ):
            self.held[table.model] = left
        return free

    def _taken(self, table: Table, one: models.UniqueConstraint) -> QuerySet[Any]:
        """The rows that stand where a row would come to stand; a row outside the constraint's condition is not in the way."""
        rows = table.model._base_manager.exclude(pk=OuterRef("pk"))
        if one.condition is not None:
            rows = rows.filter(
                one.condition, Exists(table.model._base_manager.filter(one.condition, pk=OuterRef("pk")))
            )
        for name in one.fields:
            column = _field(table.model, name).attname
            if column in table.columns:
                new = ExpressionWrapper(OuterRef(column) + self.shift.by, output_field=BigIntegerField())
                rows = rows.filter(**{column: new})
            elif one.nulls_distinct is False:
                both = Q(**{f"{column}__isnull": True}) & Q(IsNull(OuterRef(column), True))
                rows = rows.filter(Q(**{column: OuterRef(column)}) | both)
            else:
                rows = rows.filter(**{column: OuterRef(column)})
        return rows


def _bearing(table: Table, one: models.UniqueConstraint) -> list[str]:
    names = (_field(table.model, name).attname for name in one.fields)
    return [name for name in names if name in table.columns]


def _field(model: Model, name: str) -> Any:
    return model._meta.get_field(name)


def _moved(table: Table, shift: Shift, rows: QuerySet[Any] | None) -> tuple[int, str]:
    """Shift the codes of some rows, or of all; how many there were, and the hash of their keys with the new codes."""
    quoted = connection.ops.quote_name
    keys = [quoted(str(one.column)) for one in table.model._meta.pk_fields]
    codes = [quoted(_field(table.model, one).column) for one in table.columns]
    given: list[Any] = [list(shift.codes)] * len(codes)
    which = " OR ".join(f"{one} = ANY(%s)" for one in codes)
    if rows is not None:
        inner, asked = rows.values("pk").query.sql_with_params()
        which, given = f"({', '.join(keys)}) IN ({inner})", list(asked)
    first = quoted(_field(table.model, "region").column) if table.uppers else ""
    sets = [f"{one} = CASE WHEN {one} = ANY(%s) THEN {one} + %s ELSE {one} END" for one in codes]
    sets += [
        f"{quoted(one)} = CASE WHEN {first} = ANY(%s) THEN {quoted(one)} + %s ELSE {quoted(one)} END"
        for one in table.uppers
    ]
    text = _MOVE.format(
        table=quoted(table.model._meta.db_table), sets=", ".join(sets), which=which,
        key=f"concat_ws(':', {', '.join(keys)})", place=f"concat_ws(':', {', '.join(codes)})",
    )  # fmt: skip
    with connection.cursor() as cursor:
        values: list[Any] = [*[list(shift.codes), shift.by] * len(sets), *given]
        cursor.execute(text, values)
        count, digest = cursor.fetchone()
    return int(count), digest


_MOVE = """
WITH moved AS (
  UPDATE {table} SET {sets} WHERE {which} RETURNING {key} AS key, {place} AS place),
folded AS (
  SELECT place, count(*) AS many, sha256(convert_to(string_agg(key, ' ' ORDER BY key COLLATE "C"), 'UTF8')) AS hash
    FROM moved GROUP BY place)
SELECT coalesce(sum(many), 0),
       coalesce(encode(sha256(convert_to(string_agg(place || '=' || encode(hash, 'hex'), ' ' ORDER BY place COLLATE "C"), 'UTF8')), 'hex'), '')
  FROM folded
"""
