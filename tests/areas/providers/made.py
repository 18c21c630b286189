"""Makers of providers for stories, through the same actions that people use."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime
from typing import Any

from django.test import Client
from tests import make

from songhe.areas.providers import actions
from songhe.areas.providers.models import (
    ContractKind,
    Facility,
    Kind,
    Operation,
    Organisation,
    OrganisationKind,
    Worker,
)
from songhe.core.codes.credit_code import check_sign
from songhe.engines.access.api import SYSTEM, User
from songhe.engines.regions.models import Region

AT = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
_numbers = itertools.count(1)


def client_of(user: User) -> Client:
    """A browser in which a user is logged in."""
    client = Client()
    session = client.session
    session["user"] = {"id": str(user.pk), "epoch": user.epoch}
    session.save()
    return client


def code() -> str:
    """A fresh credit code with a right check sign."""
    first = f"91371082MA{next(_numbers):07d}"
    return first + check_sign(first)


def organisation(region: int = make.COUNTY, **values: Any) -> Organisation:
    """An operating organisation for home services."""
    given: dict[str, Any] = {
        "name": f"幸福居家服务中心{next(_numbers)}",
        "kinds": [OrganisationKind.HOME],
        "since": date(2020, 1, 1),
        "credit_code": code(),
    }
    return actions.register_organisation(
        actor=SYSTEM, at=AT, region=Region.objects.get(pk=region), **given | values
    )


def facility(
    owner: Organisation, kind: Kind = Kind.DAY_CARE, region: int | None = None, **values: Any
) -> Facility:
    """A site of an organisation."""
    given: dict[str, Any] = {"name": f"{kind.label}{next(_numbers)}", "since": date(2020, 1, 1)}
    place = Region.objects.get(pk=region or owner.region_id)
    return actions.register_facility(
        actor=SYSTEM, at=AT, organisation=owner, kind=kind, region=place, **given | values
    )


def operation(site: Facility, **values: Any) -> Operation:
    """A contract in force under which the site's own organisation runs it."""
    given: dict[str, Any] = {
        "kind": ContractKind.ENTRUSTED,
        "operator": site.organisation,
        "owner_name": "崖头街道办事处",
        "since": date(2026, 1, 1),
        "until": date(2028, 12, 31),
        "number": f"委运{next(_numbers)}",
        "professional": True,
    }
    return actions.entrust_facility(site, actor=SYSTEM, at=AT, **given | values)


def worker(owner: Organisation, *skills: str, **values: Any) -> Worker:
    """Somebody employed; a care worker unless skills are given. ``lon`` and ``lat`` set the base place."""
    place = {name: str(values.pop(name)) for name in ("lon", "lat") if name in values}
    given: dict[str, Any] = {
        "name": "王秀英",
        "sex": Worker.Sex.FEMALE,
        "since": date(2024, 1, 1),
        "phone": "13863110001",
    }
    made = actions.hire_worker(owner, actor=SYSTEM, at=AT, skills=list(skills) or ["care"], **given | values)
    if place:
        actions.place_worker(made, actor=SYSTEM, at=AT, region=made.region, **place)
    return made
