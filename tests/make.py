"""Typed makers of rows for tests; each area adds its own below its engines'."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from songhe.areas.registry.api import Person, register
from songhe.core.codes.resident_id import check_sign
from songhe.engines.access.api import SYSTEM, Grant, User
from songhe.engines.jobs.api import run_due
from songhe.engines.jobs.models import Job
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
    for kept in ("_grants", "_rights", "_scopes"):
        vars(to).pop(kept, None)
    return Grant.objects.create(user=to, role=role, region_id=region, holder_id=holder_id, since=since)


def id_number(born: date = date(1943, 5, 2), *, female: bool = False, area: int = 371082) -> str:
    """A right identity number that nobody has yet."""
    sequence = next(_numbers) % 500 * 2 + (0 if female else 1)
    first17 = f"{area}{born:%Y%m%d}{sequence:03}"
    return first17 + check_sign(first17)


def person(
    region: int = 0, *, name: str = "王建国", born: date | None = date(1943, 5, 2), **options: Any
) -> Person:
    """A registered person of a village, with an identity number, a telephone number and an address."""
    options.setdefault("id_number", id_number(born) if born else "")
    options.setdefault("phone", f"138{next(_numbers):08}")
    options.setdefault("address", f"大庄许家社区{next(_numbers)}号")
    home = Region.objects.get(code=region or village())
    at = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
    if not options["id_number"]:
        options["born"] = born
    made: Person = register(actor=SYSTEM, at=at, name=name, region=home, **options)
    return made


def died(job_id: UUID | None, at: datetime) -> None:
    """A job whose workers died each time: it ends, and what waits for it learns of it."""
    found = Job.objects.filter(pk=job_id, state__in=["waiting", "running"])
    assert found.update(state="running", attempts=9, lease_until=at - timedelta(seconds=1)) == 1
    assert run_due(at)
