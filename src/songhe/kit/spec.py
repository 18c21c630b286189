"""What a record is on screen, said once: ``record(Person, slug="people", …)`` gives its list, page, verbs, exports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from operator import or_
from typing import Any

from django.db import models
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.urls import get_script_prefix, reverse

from songhe.engines.access.api import Scope, roles
from songhe.kit import columns as c
from songhe.kit import filters as f
from songhe.kit.pages import NavItem
from songhe.kit.paging import keys_of
from songhe.kit.verbs import Verb, verb
from songhe.kit.who import reads
from songhe.kit.words import Label

__all__ = [
    "Figure",
    "Panel",
    "Reading",
    "Record",
    "grid",
    "history",
    "panel",
    "panel_on",
    "reading",
    "record",
    "record_of",
    "timeline",
    "url_of",
    "verb",
]

Search = tuple[str, ...] | Callable[[QuerySet[Any], str, Scope], QuerySet[Any]]


@dataclass(frozen=True, kw_only=True)
class Panel:
    """A part of a row's page drawn by its own template. ``query``: (row, request) → context."""

    template: str
    query: Callable[[Any, HttpRequest], Mapping[str, Any]]
    right: str = ""
    when: Callable[[Any], bool] | None = None


@dataclass(frozen=True, kw_only=True)
class Reading:
    """Something more of one row that the API tells as JSON. ``data``: (row, request) → plain data; a sensitive read is
    logged there.
    """

    name: str
    label: Label
    right: str
    data: Callable[[Any, HttpRequest], Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Record:
    """One record type. See ``docs/how-to/records.md`` for every option."""

    model: type[Model]
    slug: str
    right: str
    title: Label
    columns: tuple[c.Column, ...]
    one: Label = ""
    order: tuple[str, ...] = ("-pk",)
    filters: tuple[f.Filter, ...] = ()
    search: Search = ()
    join: tuple[str, ...] = ()
    panels: Mapping[Label, tuple[c.Column, ...] | Panel] = field(default_factory=dict)
    aside: Mapping[Label, tuple[c.Column, ...] | Panel] = field(default_factory=dict)
    verbs: tuple[Verb, ...] = ()
    readings: tuple[Reading, ...] = ()
    nav: NavItem | None = None
    rows: Callable[[Scope], QuerySet[Any]] | None = None
    heading: Callable[[Any], object] = str
    subheading: Callable[[Any], object] | None = None
    state: str | c.Column = ""
    empty: Label = ""
    intro: Label = ""
    hint: Label = ""
    seen: Callable[[Any, HttpRequest], None] | None = None
    figures: Callable[[HttpRequest], Iterable[Any]] | None = None
    refresh: Callable[[Any], bool] | None = None
    offline: str = ""
    exports: bool = True
    detail: bool = True
    detail_template: str = "kit/detail.html"
    list_template: str = "kit/list.html"

    def visible(self, user: Any, right: str = "") -> QuerySet[Any]:
        """The rows that a user may see with this right."""
        scope = user.scope(right or self.right)
        if self.rows:
            return self.rows(scope)
        found: QuerySet[Any] = self.model.objects.within(scope)  # type: ignore[attr-defined]  # Scoped, or `rows` is given
        return found

    @property
    def export_needs(self) -> str:
        """The right to take rows away as a file: the area's own ``export`` right where the roles know one."""
        own = f"{self.right.partition('.')[0]}.export"
        return own if any(own in role.rights for role in roles().values()) else self.right

    def joined(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Rows with what the columns need, so that a list asks the same number of questions at any length."""
        return rows.select_related(*self.join) if self.join else rows

    def matching(self, rows: QuerySet[Any], words: str, scope: Scope) -> QuerySet[Any]:
        """The rows that the words find; without a search, none."""
        if callable(self.search):
            return self.search(rows, words, scope)
        if not self.search:
            return rows.none()
        return rows.filter(
            reduce(or_, (Q(**{f"{name.replace('.', '__')}__icontains": words}) for name in self.search))
        )

    @property
    def searchable(self) -> bool:
        """Whether there is a search; templates cannot ask ``search`` itself, which they would call."""
        return bool(self.search)

    def note(self, row: Any) -> str:
        """A quiet line that tells a row from others of its name in a picker."""
        return str(self.subheading(row) or "") if self.subheading else ""

    def verb(self, slug: str) -> Verb | None:
        """The verb at an address."""
        return next((found for found in self.verbs if found.slug == slug), None)

    def url(self) -> str:
        """The list."""
        return f"{get_script_prefix()}{self.slug}/"

    def url_of(self, row: Any) -> str:
        """The page of a row."""
        return f"{get_script_prefix()}{self.slug}/{row.pk}/"

    def url_for(self, found: Verb, row: Any = None) -> str:
        """The page of a verb."""
        if row is not None and found.takes(self.model):
            return reverse(f"{self.slug}.verb", args=[row.pk, found.slug])
        return reverse(f"{self.slug}.do", args=[found.slug])

    def check(self) -> None:
        """Raise ValueError where the spec names what is not there."""
        keys_of(self.model, self.order)
        for column in self.columns:
            if column.sort:
                keys_of(self.model, (column.sort,))
        slugs = [found.slug for found in self.verbs]
        if len(slugs) != len(set(slugs)):
            raise ValueError(f"{self.slug}: two verbs of one name: {slugs}")
        for found in self.verbs:
            if not found.needs:
                raise ValueError(
                    f"{self.slug}: {found.slug} has no right; decorate it with @act or give right="
                )
            found.parameters(on_row=found.takes(self.model))


RECORDS: dict[str, Record] = {}
_ADDED: dict[str, list[tuple[Label, Panel]]] = {}
_BY_MODEL: dict[type[Model], Record] = {}


def record(model: type[Model], *, main: bool = True, **options: Any) -> Record:
    """Register a record. Strings among columns and panels become the column that fits the model field.

    ``main``: whether links to rows of this model lead here, where a model has several records.
    """
    options["columns"] = _columns(model, options["columns"])
    for part in ("panels", "aside"):
        options[part] = {
            title: shown if isinstance(shown, Panel) else _columns(model, shown)
            for title, shown in dict(options.get(part, {})).items()
        }
    if not main:
        options["columns"] = _at_home(options["columns"], options["slug"])
    for name in ("filters", "verbs", "readings", "join", "order"):
        if name in options:
            options[name] = tuple(options[name])
    options.setdefault("one", model._meta.verbose_name)
    made = Record(model=model, **options)
    if made.slug in RECORDS:
        raise ValueError(f"two records are called {made.slug}")
    RECORDS[made.slug] = made
    if main:
        _BY_MODEL[model] = made
    return made


def _at_home(columns: Iterable[c.Column], slug: str) -> tuple[c.Column, ...]:
    """The columns of a second record of a model: their links stay in it."""

    def home(row: Any) -> str | None:
        return RECORDS[slug].url_of(row) if RECORDS[slug].detail else None

    return tuple(replace(shown, home=home) if isinstance(shown, c.Link) else shown for shown in columns)


def record_of(model: type[Model]) -> Record | None:
    """The record to which links to a model lead."""
    return _BY_MODEL.get(model)


def panel_on(slug: str, title: Label, shown: Panel) -> None:
    """Let an area show something of its own on the pages of a lower area's record."""
    _ADDED.setdefault(slug, []).append((title, shown))


def panels_of(found: Record) -> list[tuple[Label, tuple[c.Column, ...] | Panel]]:
    """The panels of a record's page: its own, then what other areas show on it."""
    return [*found.panels.items(), *_ADDED.get(found.slug, ())]


def url_of(row: Any) -> str | None:
    """The page of any row, or None where its model has no page or none that the reader may open."""
    found = _BY_MODEL.get(type(row))
    return found.url_of(row) if found and found.detail and reads(found.right) else None


def check_all() -> None:
    """Check every spec."""
    for found in RECORDS.values():
        found.check()


def panel(template: str, *, query: Callable[[Any, HttpRequest], Mapping[str, Any]], **options: Any) -> Panel:
    """A panel with its own template."""
    return Panel(template=template, query=query, **options)


def reading(
    name: str, label: Label, *, right: str, data: Callable[[Any, HttpRequest], Mapping[str, Any]]
) -> Reading:
    """One more address of the API below a row: ``GET /api/v1/<slug>/<key>/<name>``."""
    return Reading(name=name, label=label, right=right, data=data)


def timeline(query: Callable[[Any, HttpRequest], Iterable[Any]], **options: Any) -> Panel:
    """A panel of events, newest first: rows with ``at``, ``text`` and, if they like, ``note``, ``url``, ``tone``."""
    return Panel(
        template="kit/timeline.html",
        query=lambda row, request: {"events": list(query(row, request))},
        **options,
    )


def grid(
    rows: Callable[[Any, HttpRequest], Iterable[Any]], shown: Sequence[c.Column], *, none: Label = ""
) -> Panel:
    """A panel with a small table of related rows."""

    def query(row: Any, request: HttpRequest) -> Mapping[str, Any]:
        found = list(rows(row, request))
        draws = [column.bind(found) for column in shown]
        labels = [column.headed(found) for column in shown]
        return {
            "heads": [(label, column.css) for label, column in zip(labels, shown, strict=True)],
            "grid": [
                [(draw(item), col.css, label) for draw, col, label in zip(draws, shown, labels, strict=True)]
                for item in found
            ],
            "none": none,
        }

    return Panel(template="kit/grid.html", query=query)


def history(*, most: int = 30, right: str = "") -> Panel:
    """A panel with the latest acts on the row: who did what, and when."""

    def query(row: Any, request: HttpRequest) -> Mapping[str, Any]:
        from songhe.kit.history import events_of

        return {"events": events_of(row, most=most)}

    return Panel(template="kit/timeline.html", query=query, right=right)


@dataclass(frozen=True)
class Figure:
    """One number of the strip above a list or on a page."""

    label: Label
    value: object
    note: Label = ""
    url: str = ""
    tone: str = ""


def link(name: str, label: Label = "", **options: Any) -> c.Link:
    """Words that lead to the row, or to a related row."""
    return c.Link(name=name, label=label, **options)


def text(name: str, label: Label = "", **options: Any) -> c.Text:
    """Words."""
    return c.Text(name=name, label=label, **options)


def state(name: str, label: Label = "", **options: Any) -> c.State:
    """A state with the dot of its tone."""
    return c.State(name=name, label=label, **options)


badge = state


def region(name: str = "region", label: Label = "", **options: Any) -> c.Place:
    """A region by name, with the name above it."""
    return c.Place(name=name, label=label, **options)


def when(name: str, label: Label = "", **options: Any) -> c.When:
    """A moment."""
    return c.When(name=name, label=label, **options)


def day(name: str, label: Label = "", **options: Any) -> c.Day:
    """A day."""
    return c.Day(name=name, label=label, **options)


def number(name: str, label: Label = "", **options: Any) -> c.Number:
    """A count."""
    return c.Number(name=name, label=label, **options)


def money(name: str, label: Label = "", **options: Any) -> c.Money:
    """Fen, shown as yuan."""
    return c.Money(name=name, label=label, **options)


def minutes(name: str, label: Label = "", **options: Any) -> c.Spent:
    """Minutes, shown as hours and minutes."""
    return c.Spent(name=name, label=label, **options)


def yes_no(name: str, label: Label = "", **options: Any) -> c.Flag:
    """Yes or no."""
    return c.Flag(name=name, label=label, **options)


def choice(name: str, label: Label = "", **options: Any) -> f.Choice:
    """A filter by one of a few values."""
    return f.Choice(name=name, label=label, **options)


def flag(name: str, label: Label = "", **options: Any) -> f.Flag:
    """A filter by yes or no."""
    return f.Flag(name=name, label=label, **options)


def date_range(name: str, label: Label = "", **options: Any) -> f.Dates:
    """A filter from one day to another."""
    return f.Dates(name=name, label=label, **options)


def region_filter(name: str = "region", **options: Any) -> f.Places:
    """A filter by region and everything below it."""
    return f.Places(name=name, **options)


def _columns(model: type[Model], shown: Iterable[str | c.Column]) -> tuple[c.Column, ...]:
    return tuple(_fitting(model, item) if isinstance(item, str) else item for item in shown)


def _fitting(model: type[Model], name: str) -> c.Column:
    found = c.field_at(model, name)
    if isinstance(found, models.ForeignKey):
        is_region = found.related_model._meta.label == "regions.Region"
        return region(name) if is_region else link(name)
    kinds: tuple[tuple[Any, Callable[..., c.Column]], ...] = (
        (models.BooleanField, yes_no),
        (models.DateTimeField, when),
        (models.DateField, day),
        (models.IntegerField, number),
    )
    if found is not None and not found.choices:
        for kind, make in kinds:
            if isinstance(found, kind):
                return make(name, sort=name)
    return text(name, sort=name if found is not None and "." not in name and "__" not in name else "")
