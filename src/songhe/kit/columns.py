"""Columns: how one value of a row is read, shown, sorted and exported."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field, Model
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.kit.markup import escaped, filled
from songhe.kit.words import TONE_OF_WORD, Label, follow, moment, spent, yuan

Plain = str | int | bool | date | datetime | None
"""What an export cell may hold."""

YES, NO = _("Yes"), _("No")
DASH = mark_safe('<span class="none">—</span>')


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column. ``name`` is a dotted path from the row; ``show`` a function that replaces it.

    ``note`` gives a second, quiet line (a source, an age). ``sort`` is the field to order by; empty: not sortable.
    ``optional``: left out of a panel while it is empty.
    """

    name: str
    label: Label = ""
    show: Callable[[Any], object] | None = None
    note: Callable[[Any], object] | None = None
    sort: str = ""
    wide: bool = False
    css: str = ""
    optional: bool = False

    def value(self, row: Any) -> object:
        """The raw value of a row."""
        return self.show(row) if self.show else follow(row, self.name)

    def html(self, row: Any) -> SafeString:
        """The value as safe markup, with its note."""
        value = self.value(row)
        shown = DASH if value is None or value == "" else self.draw(value, row)
        note = self.note(row) if self.note else None
        return filled("{}<small>{}</small>", shown, note) if note else shown

    def draw(self, value: object, row: Any) -> SafeString:
        """A value that is not empty, as markup."""
        return escaped(str(value))

    def plain(self, row: Any) -> Plain:
        """The value for a spreadsheet."""
        value = self.value(row)
        if value is None or isinstance(value, bool | int | date):
            return value
        return str(value)

    def bind(self, rows: Sequence[Any]) -> Callable[[Any], SafeString]:
        """A drawing function for these rows; a column that needs a look-up makes it here, once for all rows."""
        return self.html

    def bind_plain(self, rows: Sequence[Any]) -> Callable[[Any], Plain]:
        """The same for spreadsheets."""
        return self.plain

    def titled(self, model: type[Model]) -> str:
        """The label; without one, the model field's own name."""
        if self.label:
            return str(self.label)
        found = field_at(model, self.name)
        if found is not None:
            return str(found.verbose_name).capitalize()
        return gettext(self.name.rpartition(".")[2].replace("_", " ").capitalize())

    def headed(self, rows: Sequence[Any]) -> Label:
        """The label; without one, the name that the rows' model gives it, where they have a model."""
        if self.label or not rows or not isinstance(rows[0], Model):
            return self.label
        return self.titled(type(rows[0]))


@dataclass(frozen=True, kw_only=True)
class Text(Column):
    """Words; a choice shows its label."""

    def value(self, row: Any) -> object:
        if self.show:
            return self.show(row)
        return _labelled(row, self.name)


@dataclass(frozen=True, kw_only=True)
class Link(Text):
    """Words that lead to the row, or to the related row when the path ends at one.

    ``to`` overrides where the words lead; ``home`` is the row's page in a record that is not the model's main one.
    """

    to: Callable[[Any], str | None] | None = None
    home: Callable[[Any], str | None] | None = None

    def draw(self, value: object, row: Any) -> SafeString:
        from songhe.kit.spec import url_of

        target = value if isinstance(value, Model) else row
        page = self.home if self.home and target is row else url_of
        url = self.to(row) if self.to else page(target)
        return filled('<a href="{}">{}</a>', url, value) if url else super().draw(value, row)


@dataclass(frozen=True, kw_only=True)
class State(Text):
    """A state: its word with a dot in the tone of the state."""

    tones: Mapping[str, str] = field(default_factory=dict)
    tone: Callable[[Any], str] | None = None
    label_of: Callable[[Any], object] | None = None

    def bind(self, rows: Sequence[Any]) -> Callable[[Any], SafeString]:
        """Each state is drawn once for all rows that are in it, unless something else of the row has a say."""
        if self.show or self.note or self.tone or self.label_of:
            return self.html
        return once_each(lambda row: follow(row, self.name), self.html)

    def html(self, row: Any) -> SafeString:
        raw = self.show(row) if self.show else follow(row, self.name)
        if raw is None or raw == "":
            return DASH
        word = self.label_of(row) if self.label_of else (raw if self.show else _labelled(row, self.name))
        tone = (
            self.tone(row) if self.tone else self.tones.get(str(raw)) or TONE_OF_WORD.get(str(raw), "muted")
        )
        badge = filled('<span class="badge {}">{}</span>', tone, word)
        note = self.note(row) if self.note else None
        return filled("{}<small>{}</small>", badge, note) if note else badge


@dataclass(frozen=True, kw_only=True)
class Flag(Column):
    """Yes or no, in words."""

    yes: Label = YES
    no: Label = NO

    def bind(self, rows: Sequence[Any]) -> Callable[[Any], SafeString]:
        return self.html if self.note else once_each(self.value, self.html)

    def draw(self, value: object, row: Any) -> SafeString:
        return filled("{}", self.yes if value else self.no)


@dataclass(frozen=True, kw_only=True)
class When(Column):
    """A moment, to the minute, in the city's time zone."""

    def draw(self, value: object, row: Any) -> SafeString:
        if not isinstance(value, datetime):
            return super().draw(value, row)
        return filled('<time datetime="{}">{}</time>', value.isoformat(timespec="seconds"), moment(value))

    def plain(self, row: Any) -> Plain:
        value = self.value(row)
        return (
            timezone.localtime(value).replace(tzinfo=None)
            if isinstance(value, datetime)
            else super().plain(row)
        )


@dataclass(frozen=True, kw_only=True)
class Day(Column):
    """A day."""

    def draw(self, value: object, row: Any) -> SafeString:
        if not isinstance(value, date):
            return super().draw(value, row)
        return filled('<time datetime="{0}">{0}</time>', value.isoformat())


@dataclass(frozen=True, kw_only=True)
class Number(Column):
    """A count with thousands separators, and its unit."""

    unit: Label = ""
    css: str = "num"

    def draw(self, value: object, row: Any) -> SafeString:
        shown = f"{value:,}" if isinstance(value, int) else str(value)
        return filled("{}\u202f{}", shown, self.unit) if self.unit else filled("{}", shown)


@dataclass(frozen=True, kw_only=True)
class Money(Column):
    """Fen, shown in yuan; exported in yuan as text with two decimals."""

    css: str = "num"

    def draw(self, value: object, row: Any) -> SafeString:
        return filled('<span class="money">{}</span>', yuan(value) if isinstance(value, int) else value)

    def plain(self, row: Any) -> Plain:
        value = self.value(row)
        return yuan(value).replace(",", "") if isinstance(value, int) else super().plain(row)


@dataclass(frozen=True, kw_only=True)
class Spent(Column):
    """Minutes, shown as hours and minutes; exported as minutes."""

    css: str = "num"

    def draw(self, value: object, row: Any) -> SafeString:
        return filled("{}", spent(value) if isinstance(value, int) else value)


@dataclass(frozen=True, kw_only=True)
class Place(Column):
    """A region by name, its town in the quiet line; the names of all rows are read at once."""

    above: bool = True
    css: str = "place"

    def code(self, row: Any) -> int | None:
        """The 12-digit code of the row's region, or None."""
        value = (
            self.show(row)
            if self.show
            else follow(row, self.name if self.name.endswith("_id") else f"{self.name}_id")
        )
        return value if isinstance(value, int) else getattr(value, "pk", None)

    def bind(self, rows: Sequence[Any]) -> Callable[[Any], SafeString]:
        from songhe.kit.places import names_of, parent_of

        codes = {code for row in rows if (code := self.code(row))}
        parents = {code: parent_of(code) for code in codes} if self.above else {}
        names = names_of(codes | {code for code in parents.values() if code})

        def draw(row: Any) -> SafeString:
            code = self.code(row)
            if not code:
                return DASH
            above = parents.get(code)
            name = names.get(code, code)
            return filled("{}<small>{}</small>", name, names[above]) if above in names else filled("{}", name)

        return draw

    def html(self, row: Any) -> SafeString:
        return self.bind([row])(row)

    def plain(self, row: Any) -> Plain:
        return str(self.code(row) or "")


def once_each(
    of: Callable[[Any], Hashable], html: Callable[[Any], SafeString]
) -> Callable[[Any], SafeString]:
    """A drawing function that draws once for all rows of which the same is so."""
    known: dict[Hashable, SafeString] = {}

    def draw(row: Any) -> SafeString:
        what = of(row)
        if what not in known:
            known[what] = html(row)
        return known[what]

    return draw


def field_at(model: type[Model], path: str) -> Field[Any, Any] | None:
    """The model field at the end of a path, or None where the path leaves the fields."""
    found: Any = None
    here: Any = model
    for step in path.replace("__", ".").split("."):
        if here is None:
            return None
        try:
            found = here._meta.get_field(step)
        except FieldDoesNotExist:
            return None
        here = getattr(found, "related_model", None)
    return found if isinstance(found, Field) else None


def _labelled(row: Any, path: str) -> object:
    head, _dot, last = path.replace("__", ".").rpartition(".")
    owner: Any = follow(row, head) if head else row
    shown = getattr(owner, f"get_{last}_display", None)
    return shown() if shown else follow(owner, last)
