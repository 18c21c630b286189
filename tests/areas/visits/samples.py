"""Orders and visits for the suite over every record."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from tests import make
from tests.areas.providers import made as providers
from tests.areas.visits import made

from songhe.areas.visits import actions
from songhe.areas.visits.models import HomeTag, Order, Visit, Vital
from songhe.engines.access.api import SYSTEM
from songhe.engines.vault.api import seal_json


def town(region: int) -> made.Town:
    """A town whose person and organisation lie in one region."""
    owner = providers.organisation(region)
    worker = providers.worker(owner, "senior_care")
    return made.Town(owner, worker, worker, owner, made.person(region=region))


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


make.SAMPLES |= {"home-tags": home_tags, "orders": orders, "visits": visits, "vitals": vitals}
