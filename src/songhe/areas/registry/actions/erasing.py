"""Erasing persons: destroying their keys, and emptying what is written in clear."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils import timezone

from songhe.areas.registry.actions import writing
from songhe.areas.registry.actions.merging import pointers
from songhe.areas.registry.actions.persons import Reason
from songhe.areas.registry.models import Contact, Enrolment, Fact, Kind, Person, State
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor, elevated
from songhe.engines.acts.api import act, add_detail
from songhe.engines.vault.api import erase as destroy_key
from songhe.engines.vault.api import remember_erased

NOBODY = "—"
IN_CLEAR = (Kind.NAME, Kind.BORN, Kind.NOTE)


@act("registry.erase")
def erase(person: Person, *, actor: Actor, at: datetime, reason: Reason) -> Person:
    """Destroy the person's key, so that number, telephone, address and all sealed records can never be read; the keys of
    all entries that were merged into this one with it.

    The rows stay, without a name, because accounts and statistics stand on them.
    """
    if person.state == State.ERASED:
        raise Refused("erased_already", "This person is erased already.")
    if person.state == State.MERGED:
        raise Refused(
            "erase_merged",
            "This entry was merged into another. Erase the one that was kept; this one goes with it.",
        )
    if person.is_enrolled:
        raise Refused("erase_enrolled", "The person is enrolled. End the enrolment first.")
    _forget(person, at)
    add_detail(reason=reason)
    return person


@act("registry.erase")
def erase_again(person: Person, *, actor: Actor, at: datetime) -> Person:
    """Erase who was erased before, and came back with an older backup; in whatever state that left the entry."""
    _forget(person, at)
    return person


def _forget(person: Person, at: datetime) -> None:
    # Entries merged into this one, and what names them, may lie in areas they once belonged to.
    with elevated():
        entries = with_merged(person)
        ids = [one.id for one in entries]
        for one in entries:
            _empty(one)
        Fact.everywhere.filter(person__in=ids, kind__in=IN_CLEAR).update(value=None)
        Contact.everywhere.filter(person__in=ids).delete()
        Enrolment.everywhere.filter(person__in=ids, until=None).update(
            until=Greatest(F("since"), timezone.localdate(at)), leaving=Enrolment.Leaving.WISH
        )
        _unname(ids)
        _lose_keys(ids)
    add_detail(erased=[str(key) for key in ids])
    transaction.on_commit(lambda: remember_erased(ids))


def with_merged(person: Person) -> list[Person]:
    """The entry itself and all that were merged into it, at whatever remove; locked."""
    found, fresh = [person], [person.id]
    while fresh:
        rows = Person.everywhere.select_for_update(no_key=True).filter(merged_into__in=fresh).order_by("pk")
        layer = [row for row in rows if row.id not in {one.id for one in found}]
        found += layer
        fresh = [row.id for row in layer]
    return found


def _empty(person: Person) -> None:
    destroy_key(person.id)
    blank: dict[str, Any] = {name: b"" if name.endswith("_sealed") else None for name in person.protected}
    blank |= {"name": NOBODY, "name_pinyin": "", "born": None}
    blank |= {"state": State.ERASED, "merged_into": None, "is_enrolled": False}
    for column, value in blank.items():
        setattr(person, column, value)
    person.save()
    writing.retoken(person)


def _unname(ids: Iterable[UUID]) -> None:
    """Empty the columns that other tables keep with the person's name."""
    keys = list(ids)
    for pointer in pointers():
        if names := getattr(pointer.model, "names", ()):
            rows = pointer.model.everywhere.filter(**{f"{pointer.column}__in": keys})
            rows.update(**dict.fromkeys(names, NOBODY))


def _lose_keys(ids: Iterable[UUID]) -> None:
    """Destroy the keys that rows of other tables have for themselves, since nobody was named when they were written."""
    keys = list(ids)
    for pointer in pointers():
        if getattr(pointer.model, "own_key", False):
            for row in pointer.model.everywhere.filter(**{f"{pointer.column}__in": keys}).values_list("pk", flat=True):  # fmt: skip
                destroy_key(row)
