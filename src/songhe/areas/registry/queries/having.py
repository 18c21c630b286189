"""Which tables have a row of a person: of most persons most tables have none, and what is known to be empty is not asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from django.db.models import Model
from django.http import HttpRequest

from songhe.areas.registry.models import Person
from songhe.engines.access.api import elevated, rows_of

Source: TypeAlias = tuple[type[Model], str]
"""A table, and its column that names the person."""
Query: TypeAlias = Callable[[Person, HttpRequest], Mapping[str, Any]]

SOURCES: dict[Source, None] = {}


def source(model: type[Model], by: str = "person_id") -> Source:
    """Look into a table whenever a person's page is drawn."""
    SOURCES.setdefault((model, by))
    return model, by


def having(person: Person) -> frozenset[Source]:
    """The sources that have a row of the person, in one question."""
    probes = [
        f'EXISTS (SELECT 1 FROM "{model._meta.db_table}" WHERE "{by}" = %s)'  # noqa: S608  names of our own models
        for model, by in SOURCES
    ]
    with elevated():  # some panels look beyond the scope; each still asks within its own for what it shows
        [found] = rows_of(f"SELECT {', '.join(probes)}", [person.pk] * len(probes))
    return frozenset(one for one, has in zip(SOURCES, found, strict=True) if has)


def had(person: Person, request: HttpRequest) -> frozenset[Source]:
    """The same for the length of a request that only reads."""
    kept: dict[Any, frozenset[Source]] = request.__dict__.setdefault("had", {})
    if person.pk not in kept:
        kept[person.pk] = having(person)
    return kept[person.pk]


def only_with(*sources: Source) -> Callable[[Query], Query]:
    """Let a panel ask its questions only where one of the sources has a row of the person; its template is drawn anyway."""

    def only(query: Query) -> Query:
        def asked(person: Person, request: HttpRequest) -> Mapping[str, Any]:
            return query(person, request) if had(person, request) & set(sources) else {}

        return asked

    return only
