"""Filters of a list: one form field each, kept in the URL, applied to the queryset."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django import forms
from django.db.models import Model, Q, QuerySet
from django.forms.utils import flatatt
from django.http import HttpRequest, QueryDict
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.core.codes.region import span
from songhe.engines.access.scope import Scope
from songhe.kit.columns import field_at
from songhe.kit.markup import escaped, filled
from songhe.kit.places import DIGITS, reachable
from songhe.kit.words import Label

REGION = _("Region")
Rows = QuerySet[Any]
Options = Iterable[tuple[Any, Any]]


class Select(forms.Select):
    """A list to choose from, drawn in one go: Django's own runs a template for each of hundreds of options."""

    choices: Any = ()  # as given; Django's own property takes every one of them apart

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = "" if value is None else str(value)
        options = "".join(
            [
                f'<option value="{escaped(key)}"{" selected" if str(key) == chosen else ""}>{escaped(text)}</option>'
                for key, text in self.choices
            ]
        )
        kept = flatatt(self.build_attrs(self.attrs, {**(attrs or {}), "name": name}))
        return filled("<select{}>{}</select>", kept, mark_safe(options))  # noqa: S308  escaped above


class Pairs(forms.ChoiceField):
    """A choice among pairs of texts as they are: Django's own looks for groups among hundreds of them each time."""

    def __init__(self, pairs: Iterable[tuple[str, Any]], label: str) -> None:
        super().__init__(required=False, label=label, widget=Select)
        self._choices = self.widget.choices = list(pairs)


@dataclass(frozen=True, kw_only=True)
class Filter:
    """One filter. ``name`` is its key in the URL, ``path`` the field it narrows (the name itself by default)."""

    name: str
    label: Label = ""
    path: str = ""
    narrow: Callable[[Rows, Any], Rows] | None = None

    def fields(self, model: type[Model], request: HttpRequest, scope: Scope) -> dict[str, forms.Field]:
        """Form fields by URL key."""
        raise NotImplementedError

    def apply(self, rows: Rows, cleaned: Mapping[str, Any]) -> Rows:
        """The rows that remain; empty input changes nothing."""
        value = cleaned.get(self.name)
        if value in (None, ""):
            return rows
        return self.narrow(rows, value) if self.narrow else rows.filter(**{self.path or self.name: value})

    def title(self, model: type[Model]) -> str:
        """The label, or the field's own name."""
        found = field_at(model, self.path or self.name)
        return str(self.label or (found.verbose_name if found else self.name)).capitalize()


@dataclass(frozen=True, kw_only=True)
class Choice(Filter):
    """One of a few values; the values are those of the model field unless given."""

    options: Options | Callable[[HttpRequest], Options] | None = None
    any_label: Label = ""

    def fields(self, model: type[Model], request: HttpRequest, scope: Scope) -> dict[str, forms.Field]:
        pairs = self.options(request) if callable(self.options) else self.options
        if pairs is None:
            found = field_at(model, self.path or self.name)
            pairs = (found.flatchoices if found else None) or ()
        title = self.title(model)
        blank = str(self.any_label) or gettext("{label}: any").format(label=title)
        choices = [("", blank), *((str(value), text) for value, text in pairs)]
        return {self.name: Pairs(choices, title)}


@dataclass(frozen=True, kw_only=True)
class Flag(Filter):
    """Yes, no or either. ``narrow`` receives True or False."""

    def fields(self, model: type[Model], request: HttpRequest, scope: Scope) -> dict[str, forms.Field]:
        title = self.title(model)
        choices = [
            ("", gettext("{label}: any").format(label=title)),
            ("1", title),
            ("0", gettext("Not: {label}").format(label=title)),
        ]
        return {self.name: Pairs(choices, title)}

    def apply(self, rows: Rows, cleaned: Mapping[str, Any]) -> Rows:
        value = cleaned.get(self.name)
        return super().apply(rows, {self.name: value == "1"}) if value else rows


@dataclass(frozen=True, kw_only=True)
class Dates(Filter):
    """From one day to another, both included; works on days and on moments."""

    def fields(self, model: type[Model], request: HttpRequest, scope: Scope) -> dict[str, forms.Field]:
        title = self.title(model)
        out: dict[str, forms.Field] = {}
        for end, text in (("from", gettext("{label} from")), ("to", gettext("{label} to"))):
            widget = forms.DateInput(attrs={"type": "date"})
            out[f"{self.name}_{end}"] = forms.DateField(
                required=False, label=text.format(label=title), widget=widget
            )
        return out

    def apply(self, rows: Rows, cleaned: Mapping[str, Any]) -> Rows:
        path = self.path or self.name
        moments = getattr(field_at(rows.model, path), "get_internal_type", str)() == "DateTimeField"
        cast = f"{path}__date" if moments else path
        first: date | None = cleaned.get(f"{self.name}_from")
        last: date | None = cleaned.get(f"{self.name}_to")
        if first:
            rows = rows.filter(**{f"{cast}__gte": first})
        return rows.filter(**{f"{cast}__lte": last}) if last else rows


@dataclass(frozen=True, kw_only=True)
class Places(Filter):
    """A region and everything below it. Offers the two upper levels that the reader reaches."""

    name: str = "region"
    path: str = "region_id"
    label: Label = REGION

    def fields(self, model: type[Model], request: HttpRequest, scope: Scope) -> dict[str, forms.Field]:
        regions = reachable(scope).order_by("level", "code").values_list("code", "name", "level")[:400]
        choices = [("", gettext("All regions")), *_indented(tuple(regions))]
        picked = request.GET.get(self.name, "")
        known = {value for value, _text in choices}
        if picked.isdecimal() and len(picked) <= DIGITS and picked not in known:
            choices += [(str(r.code), r.name) for r in reachable(scope).filter(code=int(picked))]
        title = self.title(model)
        return {self.name: Pairs(choices, title)}

    def apply(self, rows: Rows, cleaned: Mapping[str, Any]) -> Rows:
        value = cleaned.get(self.name)
        if not value:
            return rows
        low, high = span(int(value))
        return rows.filter(Q(**{f"{self.path}__gte": low, f"{self.path}__lt": high}))


@lru_cache(maxsize=256)
def _indented(regions: tuple[tuple[int, str, int], ...]) -> list[tuple[str, str]]:
    """The three upper levels among (code, name, level), as a tree."""
    levels = sorted({level for _code, _name, level in regions})[:3]
    return [
        (str(code), "\u3000" * (level - levels[0]) + name)
        for code, name, level in sorted(regions)
        if level in levels
    ]


def bound(filters: Iterable[Filter], model: type[Model], request: HttpRequest, scope: Scope) -> forms.Form:
    """One form over all filters, filled from the URL; a wrong value filters nothing and shows why."""
    found: dict[str, forms.Field] = {}
    for item in filters:
        found |= item.fields(model, request, scope)
    form = forms.Form(data=_stripped(request.GET), auto_id="f_%s")
    form.fields = found
    form.is_valid()
    return form


def _stripped(query: QueryDict) -> QueryDict:
    copy = query.copy()
    copy.pop("cursor", None)
    return copy
