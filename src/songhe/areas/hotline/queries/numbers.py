"""Whom the desk can dial: a name, a number, and what the call is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from songhe.areas.caring.api import Caring
from songhe.areas.lines.api import seat_of
from songhe.areas.registry.api import Contact, Person, contact_phones, secrets_of
from songhe.areas.visits.api import Order
from songhe.engines.access.api import Scoped, elevated


@dataclass(frozen=True, slots=True)
class Reached:
    """Somebody to dial. ``about`` is the row that a look at the number is logged with."""

    key: str
    name: str
    number: str
    about: Scoped


def reached(key: str, user: Any) -> Reached | None:
    """Whom a key such as ``kin:<id>`` names; None where the user reaches nobody of this name."""
    kind, _sign, text = key.partition(":")
    try:
        pk = UUID(text)
    except ValueError:
        return None
    if kind == "kin":
        return _kin(key, pk, user)
    about: Any = None
    if kind == "person":
        about = Person.objects.within(user.scope("registry.view")).filter(pk=pk).first()
    elif kind == "follow-up":
        about = Order.objects.within(user.scope("hotline.follow_up")).filter(pk=pk).first()
    elif kind == "caring":
        about = Caring.objects.within(user.scope("caring.call")).filter(pk=pk).first()
    if about is None:
        return None
    with elevated():  # whom the desk may call may live where it only answers
        person = about if isinstance(about, Person) else about.person
        return Reached(key, person.name, secrets_of(person).phone, about)


def _kin(key: str, pk: UUID, user: Any) -> Reached | None:
    with elevated():  # a contact is reached through the person
        row = Contact.everywhere.filter(pk=pk).first()
        number = contact_phones([row]).get(row.pk, "") if row is not None else ""
    if row is None:
        return None
    person = Person.objects.within(user.scope("registry.view")).filter(pk=row.person_id).first()
    return Reached(key, row.name, number, person) if person is not None else None


def has_seat(user: Any) -> bool:
    """Whether the user can dial from a seat at the exchange."""
    with elevated():  # one's own seat, wherever the exchange stands
        return bool(user.may("lines.dial")) and seat_of(user.pk) is not None
