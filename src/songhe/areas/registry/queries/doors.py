"""Ways on from a person's page, opened by the areas that work for persons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Door:
    """One way on: its words, the right that opens it, an icon of the sprite, and where it leads for a person."""

    label: str | Promise
    right: str
    icon: str
    url: Callable[[UUID], str]


DOORS: list[Door] = []


def door(label: str | Promise, *, right: str, icon: str, url: Callable[[UUID], str]) -> None:
    """Let an area open a way on from every person's page."""
    DOORS.append(Door(label, right, icon, url))


def ways(person_id: UUID, user: Any) -> list[tuple[Door, str]]:
    """The ways that a user may take, in the order of the areas."""
    return [(one, one.url(person_id)) for one in DOORS if user.may(one.right)]
