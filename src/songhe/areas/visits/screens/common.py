"""Tones and columns that the screens of visits share."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from songhe.areas.providers.api import Named
from songhe.areas.registry.api import Person
from songhe.areas.visits.queries import person_names

ORDER_TONES = {
    "received": "warn",
    "offered": "warn",
    "taken": "warn",
    "dispatched": "info",
    "accepted": "info",
    "on_the_way": "info",
    "in_service": "info",
    "completed": "ok",
    "confirmed": "ok",
    "followed_up": "ok",
    "settled": "muted",
    "refused": "danger",
    "cancelled": "muted",
}
VISIT_TONES = {
    "planned": "info",
    "arrived": "info",
    "done": "ok",
    "in_vain": "warn",
    "missed": "danger",
    "cancelled": "muted",
}


def person(name: str = "person_id") -> Named:
    """A person by name, linked where the reader reaches the person's page."""
    return Named(name=name, label=_("Person"), model=Person, names=person_names)
