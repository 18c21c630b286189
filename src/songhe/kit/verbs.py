"""Verbs: an action with its button, its form and its right, all read from the action's own signature."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, get_type_hints

from django import forms
from django.db.models import Model

from songhe.kit.fields import Parameter, form_field, parameter
from songhe.kit.words import Label

GIVEN = ("actor", "at", "device_at", "phone_at")
"""Parameters that the kit fills in; the form never asks for them. ``device_at`` is when a phone without network did it, put
right by its clock while sending; ``phone_at`` is what the phone said, where its clock is wrong."""


@dataclass(frozen=True, kw_only=True)
class Verb:
    """One verb of a record. ``right`` comes from the action's ``@act`` unless given.

    ``when``: (row, user) → whether the verb is offered. ``initial``: (row, user) → first values by parameter.
    ``given``: (row, user) → values that the form does not ask for. ``then``: (result, row) → where to go afterwards.
    ``ask``: a sentence shown above the form, or (row, user) → one. ``button``: False where links on the page lead to it, each with values.
    ``name``: last part of the URL, the action's name by default. ``conflict``: what keeps, for somebody to decide, what a
    phone without network did and ``when`` does not allow any more: (row, actor, at, verb, values, device_at, phone_at) →
    words for the phone; none where it put the row right, so that the verb is done after all.
    """

    action: Callable[..., Any]
    label: Label
    right: str = ""
    when: Callable[[Any, Any], bool] | None = None
    initial: Callable[[Any, Any], Mapping[str, Any]] | None = None
    given: Callable[[Any, Any], Mapping[str, Any]] | None = None
    then: Callable[[Any, Any], str] | None = None
    ask: Label | Callable[[Any, Any], Label] = ""
    done: Label = ""
    name: str = ""
    icon: str = ""
    danger: bool = False
    primary: bool = False
    offline: bool = False
    conflict: Callable[..., object] | None = None
    button: bool = True
    order: tuple[str, ...] = ()
    template: str = "kit/verb.html"
    on_row: bool | None = None
    labels: Mapping[str, Label] = field(default_factory=dict)

    @property
    def slug(self) -> str:
        """The last part of its address."""
        return self.name or self.action.__name__

    @property
    def needs(self) -> str:
        """The right that the action asks for."""
        return self.right or getattr(self.action, "right", "") or getattr(self.action, "verb", "")

    @cached_property
    def hints(self) -> dict[str, Any]:
        """Annotations by parameter, resolved."""
        return get_type_hints(self.action, include_extras=True)

    @cached_property
    def subject(self) -> str | None:
        """The parameter that takes the row: the first positional one that is a model."""
        for item in inspect.signature(self.action).parameters.values():
            positional = item.kind in (item.POSITIONAL_ONLY, item.POSITIONAL_OR_KEYWORD)
            hint = self.hints.get(item.name)
            if positional and isinstance(hint, type) and issubclass(hint, Model):
                return item.name
            break
        return None

    def takes(self, model: type[Model]) -> bool:
        """Whether the verb works on a row of this record."""
        if self.on_row is not None:
            return self.on_row
        return self.subject is not None and issubclass(model, self.hints[self.subject])

    @cached_property
    def accepted(self) -> frozenset[str]:
        """Every parameter of the action."""
        return frozenset(inspect.signature(self.action).parameters)

    def default_of(self, name: str) -> Any:
        """The default of a parameter; ``inspect.Parameter.empty`` without one."""
        return inspect.signature(self.action).parameters[name].default

    def parameters(self, *, on_row: bool) -> tuple[Parameter, ...]:
        """What the form asks for, in the order of the signature."""
        out = []
        for item in inspect.signature(self.action).parameters.values():
            if item.name in GIVEN or item.kind in (item.VAR_KEYWORD, item.VAR_POSITIONAL):
                continue
            if on_row and item.name == self.subject:
                continue
            default = Parameter if item.default is item.empty else item.default
            out.append(parameter(item.name, self.hints[item.name], default))
        if self.order:
            rank = {name: index for index, name in enumerate(self.order)}
            out.sort(key=lambda found: rank.get(found.name, len(rank)))
        return tuple(out)

    def asks(self, row: Any, user: Any) -> Label:
        """The sentence above the form."""
        return self.ask(row, user) if callable(self.ask) else self.ask

    def offered(self, row: Any, user: Any) -> bool:
        """Whether a user may see the button beside this row."""
        return user.may(self.needs) and (self.when is None or bool(self.when(row, user)))


def verb(action: Callable[..., Any], **options: Any) -> Verb:
    """A verb from an action; see ``Verb`` for the options. The label is the action's name unless given."""
    options.setdefault("label", action.__name__.replace("_", " ").capitalize())
    return Verb(action=action, **options)


def form_class(
    found: Verb, *, on_row: bool, row: Any, user: Any, scope: Any, given: Mapping[str, Any] | None = None
) -> type[forms.Form]:
    """A form class for one verb, one row and one user."""
    fields: dict[str, Any] = {}
    for wanted in found.parameters(on_row=on_row):
        if given and wanted.name in given:
            continue
        made = form_field(wanted, row=row, user=user, scope=scope)
        if wanted.name in found.labels:
            made.label = str(found.labels[wanted.name])
        if wanted.default is not None:
            made.initial = wanted.default
        fields[wanted.name] = made
    return type(f"{found.slug.title()}Form", (VerbForm,), fields)


class VerbForm(forms.Form):
    """Base of every verb form: what is asked, plus a key by which a repeated sending has one effect."""

    template_name = "kit/form.html"
    use_required_attribute = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for name, item in self.fields.items():
            item.widget.attrs.setdefault("autocomplete", "off")
            if item.help_text:
                item.widget.attrs["aria-describedby"] = f"id_{name}_help"

    def refuse(self, refusal: Any, text: str) -> None:
        """Show a refusal on its field, or above the form."""
        self.add_error(refusal.field if refusal.field in self.fields else None, text)
