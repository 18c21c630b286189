"""Orders and visits for the suite over every record."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from tests import make
from tests.areas.providers import made as providers
from tests.areas.visits import made

from songhe.areas.visits import actions
from songhe.areas.visits.models import (
    Conflict,
    HomeTag,
    Incident,
    IncidentKind,
    Offer,
    Order,
    Severity,
    Sos,
    Visit,
    Vital,
)
from songhe.engines.access.api import SYSTEM
from songhe.engines.regions.ids import uuid7
from songhe.engines.vault.api import seal_json


def town(region: int) -> made.Town:
    """A town whose person and organisation lie in one region."""
    owner = providers.organisation(region)
    worker = providers.worker(owner, "senior_care")
    return made.Town(owner, worker, worker, made.person(region=region))


def orders(n: int, region: int) -> list[Order]:
    """Orders of one person on following days."""
    here, start = town(region), made.morning()
    return [made.order(here, start=start + timedelta(days=day), paid_by="self") for day in range(n)]


def visits(n: int, region: int) -> list[Visit]:
    """Visits to one person on following days."""
    here, start = town(region), made.morning()
    return [made.visit(here, start=start + timedelta(days=day), paid_by="self") for day in range(n)]


def vitals(n: int, region: int) -> list[Vital]:
    """Values measured at one visit."""
    (visit,) = visits(1, region)
    return [
        Vital.everywhere.create(
            visit=visit,
            person_id=visit.person_id,
            region_id=visit.region_id,
            organisation_id=visit.organisation_id,
            worker_id=visit.worker_id,
            taken_at=visit.starts_at + timedelta(minutes=minute),
            received_at=visit.starts_at + timedelta(minutes=minute),
            values_sealed=seal_json(visit.person_id, {"pulse": 120}),
            is_outside=True,
        )
        for minute in range(n)
    ]


def home_tags(n: int, region: int) -> list[HomeTag]:
    """A tag in force for each of several persons."""
    people = [made.person(region=region) for _ in range(n)]
    return [actions.issue_tag(actor=SYSTEM, at=timezone.now(), person=one) for one in people]


def conflicts(n: int, region: int) -> list[Conflict]:
    """Things done on a phone at one visit that was called off."""
    (visit,) = visits(1, region)
    return [
        Conflict.everywhere.create(
            visit=visit,
            person_id=visit.person_id,
            region_id=visit.region_id,
            organisation_id=visit.organisation_id,
            worker_id=visit.worker_id,
            verb="add_note",
            claimed_at=visit.starts_at + timedelta(minutes=minute),
            received_at=visit.starts_at + timedelta(minutes=minute),
            values_sealed=seal_json(visit.person_id, {"note": "x"}),
            office={"state": "cancelled"},
        )
        for minute in range(n)
    ]


def incidents(n: int, region: int) -> list[Incident]:
    """Incidents at one visit."""
    (visit,) = visits(1, region)
    told = {"kind": IncidentKind.FALL, "severity": Severity.MINOR, "words": "滑倒"}
    return [actions.report_incident(visit, actor=SYSTEM, at=timezone.now(), **told) for _ in range(n)]


def offers(n: int, region: int) -> list[Offer]:
    """One order offered to several organisations."""
    (order,) = orders(1, region)
    return [
        Offer.everywhere.create(
            order=order, organisation=providers.organisation(region), number=order.number, region_id=order.region_id, item=order.item,
            wave=1, points=80, offered_at=timezone.now(),
        )
        for _ in range(n)
    ]  # fmt: skip


def sos(n: int, region: int) -> list[Sos]:
    """Calls of one worker."""
    worker = town(region).worker
    return [actions.call_for_help(worker, actor=SYSTEM, at=timezone.now(), press=uuid7()) for _ in range(n)]


make.SAMPLES |= {
    "conflicts": conflicts,
    "home-tags": home_tags,
    "incidents": incidents,
    "offers": offers,
    "orders": orders,
    "sos": sos,
    "visits": visits,
    "vitals": vitals,
}
