"""What the register puts on the home page: contracts and papers that run out, files with gaps, doubles to decide."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.providers.models import Facility, Operation, Permit, SiteDouble, State
from songhe.areas.providers.screens.doubles import doubles, evidence
from songhe.areas.providers.screens.facilities import facilities
from songhe.areas.providers.screens.operations import operations
from songhe.areas.providers.screens.sections import GAP_WORDS
from songhe.engines.access.api import Scope
from songhe.kit.pages import HomeList, home_panel, waiting

CONTRACT_DAYS, PAPER_DAYS = 90, 60
OFFICES = ("city_officer", "county_officer")
SITES = ("organisation_manager", "facility_manager", "town_officer", "county_officer")


def ending(scope: Scope, at: datetime) -> QuerySet[Operation]:
    """Contracts that end soon and have no successor yet."""
    day = timezone.localdate(at)
    rows: QuerySet[Operation] = Operation.objects.within(scope)
    last = rows.values("facility_id").annotate(last=Max("until")).values_list("facility_id", "last")
    soon = [key for key, until in last if day <= until <= day + timedelta(days=CONTRACT_DAYS)]
    rows = rows.filter(facility_id__in=soon, until__gte=day, since__lte=day).select_related("facility")
    return rows.order_by("until", "id")


def _ending(user: Any, scope: Scope, at: datetime) -> HomeList:
    return waiting(
        ending(user.scope("providers.view"), at),
        lambda found: [(row.facility.name, operations.url_of(row), f"{row.until:%Y-%m-%d}") for row in found],
        url=f"{operations.url()}?standing=soon",
        tone="warn",
    )


def lapsing(scope: Scope, at: datetime) -> QuerySet[Permit]:
    """The latest paper of each kind where it has run out or soon will, of sites that operate."""
    day = timezone.localdate(at)
    rows: QuerySet[Permit] = Permit.objects.within(scope).filter(
        facility__state=State.ACTIVE, valid_until__lte=day + timedelta(days=PAPER_DAYS)
    )
    newer = Permit.objects.within(scope).order_by("facility_id", "kind", "-issued_on", "-pk")
    return rows.filter(pk__in=newer.distinct("facility_id", "kind").values("pk")).select_related("facility").order_by("valid_until", "id")  # fmt: skip


def _lapsing(user: Any, scope: Scope, at: datetime) -> HomeList:
    return waiting(
        lapsing(user.scope("providers.view"), at),
        lambda found: [
            (
                row.facility.name,
                facilities.url_of(row.facility),
                f"{row.get_kind_display()} {row.valid_until:%Y-%m-%d}",
            )
            for row in found
        ],
        url=facilities.url(),
        tone="danger",
    )


def _gaps(user: Any, scope: Scope, at: datetime) -> HomeList:
    rows = Facility.objects.within(user.scope("providers.edit")).filter(state=State.ACTIVE).exclude(gaps=[])
    return waiting(
        rows.order_by("-beds", "id"),
        lambda found: [(row.name, facilities.url_of(row), _first(row.gaps)) for row in found],
        url=f"{facilities.url()}?state=active",
    )


def _first(names: list[str]) -> str:
    shown = "、".join(str(GAP_WORDS[name]) for name in names[:2] if name in GAP_WORDS)
    return f"{shown} +{len(names) - 2}" if len(names) > 2 else shown


def _doubles(user: Any, scope: Scope, at: datetime) -> HomeList:
    rows = SiteDouble.objects.within(user.scope("providers.create")).filter(state=SiteDouble.State.OPEN)
    return waiting(
        rows.select_related("first").order_by("-score", "id"),
        lambda found: [(row.first.name, doubles.url_of(row), evidence(row)) for row in found],
        url=f"{doubles.url()}?state=open",
        tone="warn",
    )


panels = [
    home_panel(
        title=_("Operation contracts expiring soon"), right="providers.view", rows=_ending, icon="calendar", order=30,
        none=_("No operation contract expires soon."), roles=(*OFFICES, "town_officer", "organisation_manager", "facility_manager"),
    ),
    home_panel(
        title=_("Site licences and permits expiring soon"), right="providers.view", rows=_lapsing, icon="certificate", order=35,
        none=_("Every licence and permit is valid for two months or longer."), roles=(*SITES, "inspector"),
    ),
    home_panel(
        title=_("Sites with incomplete files"), right="providers.edit", rows=_gaps, icon="clipboard-list", order=60,
        none=_("All files are complete."), roles=SITES,
    ),
    home_panel(
        title=_("Sites that may be entered twice"), right="providers.create", rows=_doubles, icon="copy", order=65,
        none=_("No suspected duplicates in the register."), roles=OFFICES,
    ),
]  # fmt: skip
