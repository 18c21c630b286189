"""Contracts for stories: drafted by one, approved by another, with the whole catalogue."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from tests import make

from songhe.areas.contracts import actions
from songhe.areas.contracts.models import Contract, Service, Unit, Version
from songhe.areas.contracts.rules import Fen
from songhe.areas.providers.api import Organisation, catalogue
from songhe.core.codes.region import COUNTY, at_level
from songhe.engines.access.api import SYSTEM, Scope, User, entered
from songhe.engines.regions.models import Region

PLENTY = Fen(10_000_000_00)


def draft(organisation: Organisation, *, by: User | None = None, **values: Any) -> Contract:
    """A draft of a county with one region and no service."""
    county = Region.objects.get(pk=at_level(values.pop("region", organisation.region_id), COUNTY))
    today = timezone.localdate()
    made = actions.draft(
        actor=by or SYSTEM,
        at=timezone.now(),
        organisation=organisation,
        lot=values.pop("lot", "第一标段"),
        region=county,
        since=values.pop("since", today - timedelta(days=100)),
        until=values.pop("until", today + timedelta(days=400)),
        ceiling=values.pop("ceiling", PLENTY),
    )
    assert not values
    return actions.add_place(made, actor=by or SYSTEM, at=made.prepared_at, place=county)


def whole(organisation: Organisation, **values: Any) -> Contract:
    """A contract in force that holds everything of the catalogue which has a price, charged as it usually lasts."""
    with entered(Scope.EVERYTHING):
        made = draft(organisation, **values)
        version = Version.everywhere.get(contract=made)
        Service.everywhere.bulk_create(
            Service(
                version=version,
                region_id=made.region_id,
                organisation_id=organisation.pk,
                item=item.code,
                unit=Unit.MINUTE if item.unit == "hour" else Unit.ITEM if item.unit == "meal" else Unit.TIME,
                fen=round(item.fen / 60) if item.unit == "hour" else item.fen,
                charged=1 if item.unit == "hour" else item.minutes,
            )
            for item in catalogue().items.values()
            if item.fen
        )
        return approved(made)


def approved(made: Contract, *, at: datetime | None = None) -> Contract:
    """Approved by somebody who did not draft it."""
    other = make.user("city_officer")
    with entered(Scope.EVERYTHING):
        return actions.approve(made, actor=other, at=at or timezone.now())


def needed(organisation: Organisation, region: int) -> None:
    """A contract for a place where the organisation has none yet."""
    county = at_level(region, COUNTY)
    with entered(Scope.EVERYTHING):
        rows = Contract.everywhere.filter(organisation=organisation, places__region__lte=region)
        if not rows.filter(places__upper__gt=region).exists():
            whole(organisation, region=county)


def today() -> date:
    """The day in the city."""
    return timezone.localdate()
