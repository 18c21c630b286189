"""The abstract model of every row that belongs to a place or to somebody."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, Self, TypeVar
from uuid import UUID

from django.db import models

from songhe.core.refusal import Hidden
from songhe.engines.access.asked import asked
from songhe.engines.access.lines import Lines
from songhe.engines.access.rows import FEW, NotPlain, add_rows, change_rows
from songhe.engines.access.scope import Scope, current
from songhe.engines.regions.ids import uuid7

M = TypeVar("M", bound=models.Model)


class ScopedQuerySet(models.QuerySet[M]):
    """A queryset that knows its scope."""

    def within(self, scope: Scope) -> Self:
        """The rows that a scope allows."""
        lines: Lines = self.model.scope_by  # type: ignore[attr-defined]  # every Scoped model declares it
        return self.filter(lines.allows(scope))

    def within_region(self, code: int, upper: int) -> Self:
        """The rows of one region of the tree."""
        lines: Lines = self.model.scope_by  # type: ignore[attr-defined]
        return self.filter(**{f"{lines.region}__gte": code, f"{lines.region}__lt": upper})

    def bulk_create(self, objs: Iterable[M], *args: Any, **options: Any) -> list[M]:
        """As Django's; many plain ones go as arrays of columns."""
        rows = list(objs)
        if len(rows) > FEW and not args and options.keys() <= {"batch_size"}:
            with suppress(NotPlain):
                add_rows(self.model, rows)
                return rows
        return super().bulk_create(rows, *args, **options)

    def bulk_update(self, objs: Iterable[M], fields: Iterable[str], batch_size: int | None = None) -> int:
        """As Django's; many plain ones go as arrays of columns."""
        rows, names = list(objs), list(fields)
        if len(rows) > FEW and not self.query.where:
            with suppress(NotPlain):
                return change_rows(self.model, rows, names)
        return super().bulk_update(rows, names, batch_size)


class ScopedManager(models.Manager[M]):
    """Answers nothing but ``within(scope)``: a forgotten scope is an error, not a leak."""

    def get_queryset(self) -> NoReturn:
        raise LookupError(f"{self.model.__name__}: use .within(scope), or .everywhere with a reason")

    def within(self, scope: Scope) -> ScopedQuerySet[M]:
        """The rows that a scope allows."""
        return ScopedQuerySet(self.model, using=self._db).within(scope)

    def here(self) -> ScopedQuerySet[M]:
        """The rows of the scope that is entered."""
        return self.within(current())

    def take(self, pk: object, scope: Scope) -> M:
        """One row of a scope; hidden (404) where it is elsewhere or nowhere."""
        plain = type(pk) is UUID
        rows: Iterable[M] = _one(self.model, scope.shared, pk) if plain else self.within(scope).filter(pk=pk)
        row = next(iter(rows), None)
        if row is None:
            raise Hidden(
                "not_found",
                "There is no such {what} in your area. Check the address.",
                what=self.model._meta.verbose_name,
            )
        return row


@asked
def _one(model: type[models.Model], scope: Scope, pk: object) -> ScopedQuerySet[Any]:
    return ScopedQuerySet(model).within(scope).filter(pk=pk)


EverywhereManager = models.Manager.from_queryset(ScopedQuerySet)


class Scoped(models.Model):
    """A row with a UUIDv7 key, a region and the two locks.

    ``protected``: columns that enter acts as keyed hashes only. ``names``: columns that hold the name (or birthday) of the
    person of the row; acts tell only that they changed, and erasing the person empties them. ``keeps_code``: rows that stay
    under the code they were written with when their region gets another, since they tell of a place as it was then. ``busy``: a
    call for help is written here, so whatever locks many tables takes this one last.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)

    scope_by: ClassVar[Lines] = Lines()
    protected: ClassVar[tuple[str, ...]] = ()
    names: ClassVar[tuple[str, ...]] = ()
    keeps_code: ClassVar[models.Q | None] = None
    busy: ClassVar[bool] = False

    objects: ClassVar[ScopedManager[Any]] = ScopedManager()
    everywhere = EverywhereManager()
    if TYPE_CHECKING:
        region_id: int

    class Meta:
        abstract = True
        default_manager_name = "everywhere"
        base_manager_name = "everywhere"
