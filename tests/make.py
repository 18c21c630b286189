"""Typed makers of rows for tests; each area adds its own below its engines'."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from songhe.engines.access.api import Grant, User
from songhe.engines.regions.models import Region

CITY = 371000000000
COUNTY = 371082000000
OTHER_COUNTY = 371083000000

_numbers = itertools.count(1)

SAMPLES: dict[str, Callable[[int, int], list[Any]]] = {}
"""For each record slug, a maker of n saved rows in a region (12-digit code); the conformance suite uses them."""


def village(county: int = COUNTY, nth: int = 0) -> int:
    """The code of a real village of a county."""
    rows = Region.objects.filter(code__gte=county, code__lt=county + 10**6, level=5).order_by("code")
    return rows.values_list("code", flat=True)[nth]


def town(county: int = COUNTY, nth: int = 0) -> int:
    """The code of a real town of a county."""
    rows = Region.objects.filter(code__gte=county, code__lt=county + 10**6, level=4).order_by("code")
    return rows.values_list("code", flat=True)[nth]


def user(role: str, region: int = CITY, *, holder_id: UUID | None = None, name: str = "") -> User:
    """A user with one role in one region, from the first day of 2026."""
    made = User(username=f"u{next(_numbers)}", name=name or role)
    made.set_unusable_password()
    made.save()
    grant(made, role, region, holder_id=holder_id)
    return made


def grant(
    to: User, role: str, region: int = CITY, *, holder_id: UUID | None = None, since: date = date(2026, 1, 1)
) -> Grant:
    """One more grant for a user."""
    vars(to).pop("_grants", None)
    return Grant.objects.create(user=to, role=role, region_id=region, holder_id=holder_id, since=since)
