"""Schemas of bodies and filters, made from the actions' signatures and the records' filters."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any, get_origin
from uuid import UUID

from django.db.models import Choices, Model
from django.http import QueryDict
from ninja import Schema
from pydantic import Field, create_model

from songhe.engines.regions.models import Region
from songhe.kit.fields import Parameter
from songhe.kit.rest.types import Int64, Text, Words
from songhe.kit.verbs import Verb
from songhe.kit.words import yuan

_SIMPLE: Mapping[Any, Any] = {bool: bool, date: date, datetime: datetime, time: time}


def body_of(verb: Verb, *, on_row: bool, given: tuple[str, ...] = ()) -> type[Schema]:
    """The body that a verb takes: one field for each parameter that its form asks for."""
    fields: dict[str, Any] = {}
    for wanted in verb.parameters(on_row=on_row):
        if wanted.name in given or is_upload(wanted):
            continue
        kind = _type_of(wanted)
        note: dict[str, Any] = {"title": str(wanted.label), "description": _unit(wanted)}
        if wanted.required:
            fields[wanted.name] = (kind, Field(**note))
        else:
            fields[wanted.name] = (kind | None, Field(None, **note))
    name = "".join(part.title() for part in verb.slug.split("_"))
    made: type[Schema] = create_model(
        f"{name}{verb.needs.partition('.')[0].title()}Body", __base__=Schema, **fields
    )
    return made


def is_upload(wanted: Parameter) -> bool:
    """Whether a parameter is a file, which the API takes as a multipart form."""
    return getattr(wanted.kind, "__name__", "") in ("Upload", "UploadedFile")


def filters_of(names: list[str]) -> type[Schema]:
    """Query parameters of a list beside words, cursor and limit."""
    fields: dict[str, Any] = dict.fromkeys(names, (Words | None, None))
    made: type[Schema] = create_model("Filters", __base__=Schema, **fields)
    return made


def as_form(verb: Verb, body: Mapping[str, Any], *, on_row: bool) -> QueryDict:
    """A JSON body as the form would have sent it, so that one set of checks serves both."""
    data = QueryDict(mutable=True)
    for wanted in verb.parameters(on_row=on_row):
        value = body.get(wanted.name)
        if value is None:
            continue
        values = value if isinstance(value, list) else [value]
        data.setlist(wanted.name, [_typed(wanted, item) for item in values if item is not False])
    return data


def _typed(wanted: Parameter, value: Any) -> str:
    unit = getattr(wanted.kind, "__name__", "")
    if unit == "Fen":
        return yuan(int(value))
    if unit == "Minutes":
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat()
    return "on" if value is True else str(value)


def _type_of(wanted: Parameter) -> Any:
    kind = wanted.kind
    if kind is Region:
        found: Any = Int64
    elif isinstance(kind, type) and issubclass(kind, Model):
        found = UUID if kind._meta.pk.get_internal_type() == "UUIDField" else Int64
    elif get_origin(kind) is not None or (isinstance(kind, type) and issubclass(kind, Choices)):
        found = Text
    else:
        plain = getattr(kind, "__supertype__", kind)
        found = _SIMPLE.get(plain) or (Int64 if plain is int else Text)
    return list[found] if wanted.many else found


def _unit(wanted: Parameter) -> str:
    unit = getattr(wanted.kind, "__name__", "")
    hints = {"Fen": "Fen (1 yuan is 100 fen).", "Minutes": "Whole minutes."}
    if wanted.kind is Region:
        return "12-digit region code."
    return " ".join(filter(None, (hints.get(unit, ""), str(wanted.note.help))))
