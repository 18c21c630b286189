"""From an annotated parameter of an action to a form field."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Choices, Model
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.engines.regions.models import Region
from songhe.kit.picker import PickField, RegionField
from songhe.kit.words import Label, yuan

Options = Iterable[tuple[Any, Any]]


@dataclass(frozen=True, kw_only=True)
class Field:
    """What the form should know beyond the type: ``Annotated[str, Field(label=_("Reason"), long=True)]``.

    ``choices``: pairs, or a function of (row, user) that gives pairs. ``among``: a function of (row, user) that gives
    the queryset to pick from. ``size``: the longest text (else 200, or 2,000 of a ``long`` one). ``least``, ``most``: bounds of a number, in its own unit.
    ``hidden``: sent along without being shown, such as the revision that somebody looked at.
    ``verbatim``: a text in which the blanks around it count.
    """

    label: Label = ""
    help: Label = ""
    long: bool = False
    size: int | None = None
    least: int | None = None
    most: int | None = None
    choices: Options | Callable[[Any, Any], Options] | None = None
    among: Callable[[Any, Any], Any] | None = None
    radio: bool = False
    accept: str = ""
    hidden: bool = False
    verbatim: bool = False


@dataclass(frozen=True)
class Parameter:
    """One parameter of an action, read from its signature."""

    name: str
    kind: Any
    required: bool
    default: Any
    many: bool
    note: Field

    @property
    def label(self) -> Label:
        """The given label, or the name in words."""
        return self.note.label or self.name.removesuffix("_id").replace("_", " ").capitalize()


def parameter(name: str, annotation: Any, default: Any) -> Parameter:
    """Read one annotation. Raises TypeError for a type that has no form field."""
    note = Field()
    if get_origin(annotation) is Annotated:
        annotation, *extras = get_args(annotation)
        note = next((extra for extra in extras if isinstance(extra, Field)), note)
    optional = False
    if get_origin(annotation) in (Union, UnionType):
        kinds = [kind for kind in get_args(annotation) if kind is not NoneType]
        optional = len(kinds) < len(get_args(annotation))
        if len(kinds) != 1:
            raise TypeError(f"{name}: a form field has one type, not {annotation}")
        annotation = kinds[0]
    many = get_origin(annotation) in (list, tuple, set, frozenset, Iterable)
    if many:
        annotation = get_args(annotation)[0]
    missing = default is Parameter
    return Parameter(name, annotation, missing and not optional, None if missing else default, many, note)


class Counted(forms.CharField):
    """A whole number that people write in their own way, between bounds in its own unit."""

    def __init__(self, *, least: int | None = None, most: int | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.least, self.most = least, most

    def validate(self, value: Any) -> None:
        """Refuse what lies beyond the bounds, which are told as they are typed."""
        super().validate(value)
        if value is not None and self.least is not None and value < self.least:
            raise ValidationError(
                _("Enter at least %(bound)s."), params={"bound": self.prepare_value(self.least)}
            )
        if value is not None and self.most is not None and value > self.most:
            raise ValidationError(
                _("Enter at most %(bound)s."), params={"bound": self.prepare_value(self.most)}
            )


class YuanField(Counted):
    """Yuan typed by people, fen inside: ``1,234.5`` is 123450. Never a float."""

    def to_python(self, value: Any) -> Any:
        """Fen as a whole number; None when empty."""
        text = (
            str(value if value is not None else "")
            .strip()
            .replace(",", "")
            .replace("，", "")
            .removeprefix("¥")
        )
        if not text:
            return None
        sign = -1 if text.startswith("-") else 1
        whole, _dot, part = text.lstrip("-").partition(".")
        if not whole.isdecimal() or (part and not part.isdecimal()) or len(part) > 2 or len(whole) > 13:
            raise ValidationError(_("Enter an amount in yuan with at most two decimals, such as 1200.50."))
        return sign * (int(whole) * 100 + int(part.ljust(2, "0") or 0))

    def prepare_value(self, value: Any) -> Any:
        """Fen as yuan in the input."""
        return yuan(value).replace(",", "") if isinstance(value, int) else value


class SpentField(Counted):
    """Minutes typed as ``90`` or ``1:30``."""

    def to_python(self, value: Any) -> Any:
        """Minutes as a whole number; None when empty."""
        text = str(value if value is not None else "").strip().replace("：", ":")
        if not text:
            return None
        hours, colon, rest = text.rpartition(":")
        wrong = not rest.isdecimal() or (colon and not hours.isdecimal()) or len(text) > 12
        if wrong or (colon and int(rest) > 59):
            raise ValidationError(_("Enter minutes such as 90, or hours and minutes such as 1:30."))
        return int(hours or 0) * 60 + int(rest)


class MomentField(forms.DateTimeField):
    """A local date and time; aware inside."""

    widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})
    input_formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]

    def prepare_value(self, value: Any) -> Any:
        """The moment in the city's time zone, without one."""
        return timezone.localtime(value).replace(tzinfo=None) if isinstance(value, datetime) else value


def form_field(wanted: Parameter, *, row: Any, user: Any, scope: Any) -> forms.Field:
    """The form field of a parameter, for one row and one user."""
    options = _options(wanted, row, user)
    shared = {"required": wanted.required, "label": wanted.label, "help_text": wanted.note.help}
    if options is not None:
        return _choice(wanted, options, shared)
    kind = wanted.kind
    if kind is Region:
        return RegionField(scope=scope, **shared)
    if isinstance(kind, type) and issubclass(kind, Model):
        rows = wanted.note.among(row, user) if wanted.note.among else None
        return PickField(model=kind, scope=scope, user=user, rows=rows, many=wanted.many, **shared)
    found = _simple(wanted, shared)
    if found is None:
        raise TypeError(f"{wanted.name}: no form field for {kind}")
    if wanted.note.hidden:
        found.widget = forms.HiddenInput()
    return found


def _options(wanted: Parameter, row: Any, user: Any) -> list[tuple[Any, Any]] | None:
    given = wanted.note.choices
    if given is not None:
        return list(given(row, user) if callable(given) else given)
    if get_origin(wanted.kind) is Literal:
        return [(value, _words(value)) for value in get_args(wanted.kind)]
    if isinstance(wanted.kind, type) and issubclass(wanted.kind, Choices):
        return list(wanted.kind.choices)
    if isinstance(wanted.kind, type) and issubclass(wanted.kind, Enum):
        return [(item.value, _words(item.name)) for item in wanted.kind]
    return None


def _choice(wanted: Parameter, options: list[tuple[Any, Any]], shared: dict[str, Any]) -> forms.Field:
    by_text = {str(value): value for value, _text in options}
    pairs = [(str(value), text) for value, text in options]

    def coerce(text: str) -> Any:
        value = by_text[text]
        return (
            wanted.kind(value) if isinstance(wanted.kind, type) and issubclass(wanted.kind, Enum) else value
        )

    if wanted.many:
        widget = forms.CheckboxSelectMultiple
        return forms.TypedMultipleChoiceField(
            choices=pairs, coerce=coerce, widget=widget, empty_value=[], **shared
        )
    if wanted.note.radio or len(pairs) <= 3:
        return forms.TypedChoiceField(
            choices=pairs, coerce=coerce, widget=forms.RadioSelect, empty_value=None, **shared
        )
    return forms.TypedChoiceField(choices=[("", "—"), *pairs], coerce=coerce, empty_value=None, **shared)


def _simple(wanted: Parameter, shared: dict[str, Any]) -> forms.Field | None:
    note, kind = wanted.note, wanted.kind
    name = getattr(kind, "__name__", "")
    if getattr(kind, "__supertype__", None) is int and name == "Fen":
        widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "amount"})
        return YuanField(widget=widget, least=note.least, most=note.most, **shared)
    if getattr(kind, "__supertype__", None) is int and name == "Minutes":
        widget = forms.TextInput(attrs={"inputmode": "numeric", "class": "amount"})
        return SpentField(widget=widget, least=note.least, most=note.most, **shared)
    kind = getattr(kind, "__supertype__", kind)
    if kind is bool:
        return forms.BooleanField(**(shared | {"required": False}))
    if kind is int:
        return forms.IntegerField(min_value=note.least, max_value=note.most, **shared)
    if kind is datetime:
        return MomentField(**shared)
    if kind is date:
        return forms.DateField(widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **shared)
    if kind is time:
        return forms.TimeField(widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}), **shared)
    if kind is str:
        field = forms.Textarea(attrs={"rows": 4}) if note.long else forms.TextInput()
        most = note.size or (2000 if note.long else 200)
        return forms.CharField(max_length=most, widget=field, strip=not note.verbatim, **shared)
    if (isinstance(kind, type) and issubclass(kind, UploadedFile)) or name == "Upload":
        return forms.FileField(widget=forms.ClearableFileInput(attrs={"accept": note.accept}), **shared)
    return None


def _words(value: object) -> str:
    return str(value).replace("_", " ").capitalize()
