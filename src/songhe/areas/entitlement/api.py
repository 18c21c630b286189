"""The door of entitlement: the names other areas use.

A visit holds and settles against ``service_account``; finance pays approved money of a month from ``approved``.
``pays`` lets an area tell what it pays for, beside the national vouchers; ``takes`` what it takes of a grant before it is
booked. ``bring_back`` moves what went on to the next month back for a visit that is told late. ``in_force`` names the grants that cover a month and who is suspended then, ``arrears_due`` the months that are owed. ``known`` is what policies may ask about persons on a day.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from songhe.areas.entitlement.actions import (
    approve,
    arrears_paid,
    determine,
    determine_region,
    end,
    load_policies,
    resume,
    suspend,
)
from songhe.areas.entitlement.carrying import bring_back
from songhe.areas.entitlement.models import Application, Entitlement, Grant, HolderKind, State, Unit
from songhe.areas.entitlement.payers import pays
from songhe.areas.entitlement.queries import (
    Arrears,
    InForce,
    account,
    arrears_due,
    entitled,
    in_force,
    known,
    names_of_benefits,
)
from songhe.areas.entitlement.queries.bodies import Registered, registered_as
from songhe.areas.entitlement.queries.bulk import (
    BODIES,
    OWED,
    STATES,
    Granted,
    columns_of,
    granted,
    of_bodies,
    with_news,
)
from songhe.areas.entitlement.queries.bulk import of_persons as granted_to_persons
from songhe.areas.entitlement.queries.carrying import returnable_to
from songhe.areas.entitlement.queries.holdings import holdings
from songhe.areas.entitlement.queries.hours import Hours, hours_of
from songhe.areas.entitlement.queries.readings import Wanted, read
from songhe.areas.entitlement.rules import is_rural
from songhe.areas.entitlement.rules.holders import Holdings, no_holdings
from songhe.areas.entitlement.rules.packing import built, digest, flat, from_bytes, to_bytes
from songhe.areas.entitlement.rules.readings import Finder, Readings, Received
from songhe.areas.entitlement.rules.vouchers import Paid
from songhe.areas.entitlement.takers import takes
from songhe.areas.entitlement.words import told
from songhe.core.days import month_of
from songhe.engines.access.api import Scope
from songhe.engines.access.scoped import ScopedQuerySet
from songhe.engines.ledger.api import Account

__all__ = [
    "BODIES",
    "HOME_SERVICE",
    "OWED",
    "STATES",
    "Application",
    "Arrears",
    "Entitlement",
    "Finder",
    "Grant",
    "Granted",
    "HolderKind",
    "Holdings",
    "Hours",
    "InForce",
    "Paid",
    "Readings",
    "Received",
    "Registered",
    "State",
    "Unit",
    "Wanted",
    "account",
    "approve",
    "approved",
    "arrears_due",
    "arrears_paid",
    "bring_back",
    "built",
    "columns_of",
    "determine",
    "determine_region",
    "digest",
    "end",
    "entitled",
    "flat",
    "from_bytes",
    "granted",
    "granted_to_persons",
    "holdings",
    "home_hours",
    "in_force",
    "is_rural",
    "known",
    "load_policies",
    "names_of_benefits",
    "no_holdings",
    "of_bodies",
    "pays",
    "read",
    "registered_as",
    "remaining_minutes",
    "resume",
    "returnable_to",
    "service_account",
    "suspend",
    "takes",
    "to_bytes",
    "told",
    "with_news",
]

HOME_SERVICE = "home_service_minutes"
"""The rule that grants hours of home service."""


def service_account(person_id: UUID, month: date) -> Account | None:
    """The account of minutes of home service for a month; None where none were granted."""
    return account(person_id, HOME_SERVICE, month)


def remaining_minutes(person_id: UUID, month: date) -> int:
    """Granted minutes of home service that are neither used nor held; 0 where none were granted."""
    found = service_account(person_id, month)
    return found.free if found else 0


def home_hours(persons: Collection[UUID], month: date) -> dict[UUID, Hours]:
    """Minutes of home service of a month by person, as far as decided or to be expected."""
    return hours_of(persons, month, rule=HOME_SERVICE)


def approved(month: date, unit: Unit, scope: Scope) -> ScopedQuerySet[Entitlement]:
    """Approved entitlements of a month in one unit that a scope allows."""
    rows = Entitlement.objects.within(scope).filter(month=month_of(month), unit=unit, state=State.APPROVED)
    return rows.select_related("person", "policy").order_by("region_id", "id")
