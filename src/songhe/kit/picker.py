"""Picking one row, or a few, out of many: by words, with or without JavaScript."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from songhe.engines.access.scope import Scope
from songhe.kit import places

SHOWN = 12
SELECTED = 60
"""Up to this many rows are offered as a plain select."""
TICKED = 300
"""Up to this many rows are offered as boxes to tick."""


class PickerWidget(forms.Widget):
    """A search box with the matches as radio buttons; the server answers the search when there is no script."""

    template_name = "kit/picker.html"
    source = ""
    found: list[tuple[str, str, str]] = []
    picked: tuple[str, str] | None = None

    def value_from_datadict(self, data: Any, files: Any, name: str) -> tuple[str, str]:
        return data.get(name, ""), data.get(f"{name}__words", "")

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data and f"{name}__words" not in data

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        words = value[1] if isinstance(value, tuple) else ""
        return context | {"source": self.source, "found": self.found, "picked": self.picked, "words": words}


class RowField(forms.Field):
    """Base of both pickers: an id that was picked, or words that fit one row."""

    widget: Any = PickerWidget

    def by_id(self, text: str) -> Model | None:
        """The row with that id, if the reader may pick it."""
        raise NotImplementedError

    def by_words(self, words: str) -> list[tuple[Model, str]]:
        """Matching rows, each with a note that tells it from others of its name."""
        raise NotImplementedError

    def clean(self, value: Any) -> Any:
        picked, words = value if isinstance(value, tuple) else (str(getattr(value, "pk", value or "")), "")
        if picked:
            row = self.by_id(picked)
            if row is None:
                raise ValidationError(_("This choice is not in your area. Search again."))
            self._show(row)
            return row
        if words.strip():
            return self._one_of(words.strip())
        if self.required:
            raise ValidationError(self.error_messages["required"])
        return None

    def prepare_value(self, value: Any) -> Any:
        """A row given as the initial value is shown as picked; an id is looked up."""
        if isinstance(value, Model):
            self._show(value)
        elif value and not isinstance(value, tuple):
            row = self.by_id(str(value))
            if row is not None:
                self._show(row)
        return value

    def _show(self, row: Model) -> None:
        self.widget.picked = (str(row.pk), str(row))

    def _one_of(self, words: str) -> Model:
        found = self.by_words(words)
        exact = [row for row, _note in found if str(row) == words]
        if len(found) == 1 or len(exact) == 1:
            row = exact[0] if exact else found[0][0]
            self._show(row)
            return row
        if not found:
            raise ValidationError(_("Nothing matches “%(words)s” in your area."), params={"words": words})
        self.widget.found = [(str(row.pk), str(row), note) for row, note in found]
        raise ValidationError(_("Several match “%(words)s”: choose one below."), params={"words": words})


class RegionField(RowField):
    """One region inside the reader's scope."""

    def __init__(self, *, scope: Scope, **options: Any) -> None:
        super().__init__(**options)
        self.scope = scope
        self.widget.source = reverse("kit.pick", args=["region"])

    def by_id(self, text: str) -> Model | None:
        if not text.isdecimal() or len(text) > places.DIGITS:
            return None
        return places.reachable(self.scope).filter(code=int(text)).first()

    def by_words(self, words: str) -> list[tuple[Model, str]]:
        return [*places.described(places.look_up(words, self.scope)[:SHOWN])]


class PickField(RowField):
    """One row, or several, of a model; a short list is a select, a long one a search."""

    def __init__(
        self,
        *,
        model: type[Model],
        scope: Scope,
        user: Any,
        rows: QuerySet[Any] | None,
        many: bool,
        **options: Any,
    ) -> None:
        from songhe.kit.spec import record_of

        self.record = record_of(model)
        self.model, self.scope, self.many = model, scope, many
        if rows is None:
            rows = self.record.visible(user) if self.record else _rows_of(model, scope)
        self.rows = rows
        offered = list(rows[: TICKED if many else SELECTED + 1])
        self.short = many or len(offered) <= SELECTED or self.record is None
        widget: forms.Widget = PickerWidget()
        if many:
            widget = forms.CheckboxSelectMultiple(choices=[(str(row.pk), str(row)) for row in offered])
        elif self.short:
            widget = forms.Select(
                choices=[("", "—"), *((str(row.pk), str(row)) for row in offered[:SELECTED])]
            )
        super().__init__(widget=widget, **options)
        if isinstance(self.widget, PickerWidget) and self.record:
            self.widget.source = reverse("kit.pick", args=[self.record.slug])

    def clean(self, value: Any) -> Any:
        if not self.many:
            return super().clean(value)
        ids = [str(item) for item in value or []]
        rows = [row for row in (self.by_id(text) for text in ids) if row is not None]
        if self.required and not rows:
            raise ValidationError(self.error_messages["required"])
        return rows

    def _show(self, row: Model) -> None:
        if isinstance(self.widget, PickerWidget):
            super()._show(row)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(self.widget, PickerWidget):
            return super().prepare_value(value)
        if isinstance(value, list | tuple):
            return [str(getattr(item, "pk", item)) for item in value]
        return str(getattr(value, "pk", value or ""))

    def by_id(self, text: str) -> Model | None:
        try:
            key = self.model._meta.pk.to_python(text)
        except ValidationError:
            return None
        return self.rows.filter(pk=key).first()

    def by_words(self, words: str) -> list[tuple[Model, str]]:
        if self.record is None:
            return []
        return [
            (row, self.record.note(row)) for row in self.record.matching(self.rows, words, self.scope)[:SHOWN]
        ]


def _rows_of(model: type[Model], scope: Scope) -> QuerySet[Any]:
    within = getattr(getattr(model, "objects", None), "within", None)
    return within(scope) if within else model._default_manager.all()
