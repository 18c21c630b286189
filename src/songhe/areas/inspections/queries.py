"""Reads of inspections: lists to draw from, officers, checks with their checklist, and what waits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Now, TruncDate

from songhe.areas.inspections.limits import terms
from songhe.areas.inspections.models import (
    FINISHED,
    By,
    Campaign,
    CampaignState,
    Draw,
    Finding,
    FindingState,
    Inspection,
    Mark,
    State,
)
from songhe.areas.inspections.rules import Listed, is_risky, list_hash, sample, stratum_of, teams
from songhe.areas.providers.api import Facility, open_sites
from songhe.core.codes.region import COUNTY, ancestors, at_level
from songhe.engines.access.api import Grant, Scope, elevated, roles
from songhe.engines.regions.models import Region
from songhe.engines.vault.models import Attachment

CHECK = "inspections.check"
ACCEPTED = ("passed", "filed")


@dataclass(frozen=True, slots=True)
class OnList:
    """One facility that may be drawn."""

    key: UUID
    name: str
    kind: str
    organisation_id: UUID
    region: int
    stratum: str


def pool(campaign: Campaign, on: date) -> list[OnList]:
    """The facilities that a campaign draws from: those that operate on a day, of its kinds, in its region."""
    region: Region = campaign.region
    rows = Facility.everywhere.filter(region_id__gte=region.code, region_id__lt=region.upper)
    if campaign.kinds:
        rows = rows.filter(kind__in=campaign.kinds)
    sites = list(open_sites(rows, on).order_by("pk"))
    risky = high_risk(sites) if By.RISK in campaign.by else frozenset()
    return [
        OnList(site.pk, site.name, site.kind, site.organisation_id, site.region_id, _stratum(site, campaign.by, risky))
        for site in sites
    ]  # fmt: skip


def _stratum(site: Facility, by: Sequence[str], risky: frozenset[UUID]) -> str:
    parts = {
        By.KIND: site.kind,
        By.COUNTY: str(at_level(site.region_id, COUNTY) // 10**6),
        By.RISK: "high" if site.pk in risky else "normal",
    }
    return stratum_of(**{str(one): parts[one] for one in By if one in by})


def high_risk(sites: Sequence[Facility]) -> frozenset[UUID]:
    """The facilities of high risk among some."""
    open_ = dict(
        Finding.everywhere.exclude(state=FindingState.MENDED)
        .values_list("facility_id")
        .annotate(count=Count("pk"))
        .order_by()
    )
    done = Inspection.everywhere.filter(state__in=FINISHED).order_by("done_at", "pk")
    last: dict[UUID, int | None] = dict(done.values_list("facility_id", "level"))  # the last of each stays
    return frozenset(
        site.pk
        for site in sites
        if is_risky(
            beds=site.beds,
            fire_accepted=site.fire_safety in ACCEPTED,
            open_findings=open_.get(site.pk, 0),
            last_level=last.get(site.pk),
        )
    )


def able_to_inspect(region: Region) -> dict[UUID, str]:
    """Users who may carry out checks in a region, or in a part of it, by name."""
    codes = [code for code, role in roles().items() if CHECK in role.rights]
    today = TruncDate(Now())
    above = Q(region_id__in=(*ancestors(region.code), region.code))
    inside = Q(region_id__gte=region.code, region_id__lt=region.upper)
    grants = (
        Grant.objects.filter(above | inside, role__in=codes, revoked_at=None, since__lte=today)
        .filter(Q(until=None) | Q(until__gt=today), user__is_active=True)
        .select_related("user")
        .order_by("user__name", "user__username")
    )
    return {grant.user_id: str(grant.user) for grant in grants}


def officer_choices(row: Any, user: Any) -> list[tuple[str, str]]:
    """Officers as choices of a form."""
    region = getattr(row, "region", None)
    return [(str(key), name) for key, name in able_to_inspect(region).items()] if region else []


def drawn_again(draw: Draw) -> tuple[str, list[list[Any]]]:
    """The hash and the draw that follow from the kept list and seed; equal to what is kept, or somebody chose."""
    listed = [Listed(key, stratum) for key, _name, stratum in draw.pool]
    officers = [key for key, _name in draw.officers]
    digest = list_hash(listed, officers)
    keys = sample(draw.seed, digest, listed, draw.shares)
    by = teams(draw.seed, digest, keys, officers, draw.team) if keys else {}
    return digest, [[key, list(by[key])] for key in keys]


def strata(draw: Draw) -> list[tuple[str, int, int]]:
    """Each stratum with how many were on the list and how many were drawn."""
    of = {key: stratum for key, _name, stratum in draw.pool}
    listed, drawn = Counter(of.values()), Counter(of[key] for key, _team in draw.drawn)
    return [(stratum, listed[stratum], drawn[stratum]) for stratum in sorted(listed)]


def to_carry_out(user_id: UUID, scope: Scope) -> QuerySet[Inspection]:
    """The checks that an officer has to carry out, the first to be due first."""
    rows: QuerySet[Inspection] = Inspection.objects.within(scope).filter(state=State.DRAWN)
    return rows.filter(Q(first_id=user_id) | Q(second_id=user_id)).order_by("due_on", "id")


def to_recheck(user_id: UUID, scope: Scope) -> QuerySet[Inspection]:
    """The checks whose findings an officer has to look at again."""
    rows: QuerySet[Inspection] = Inspection.objects.within(scope).filter(state=State.RECHECK)
    return rows.filter(Q(first_id=user_id) | Q(second_id=user_id)).order_by("next_due", "id")


def overdue(scope: Scope, on: date) -> QuerySet[Finding]:
    """Findings that are not mended and whose deadline is over, the worst first."""
    rows: QuerySet[Finding] = Finding.objects.within(scope).filter(state=FindingState.OPEN, due_on__lt=on)
    return rows.order_by("due_on", "id")


def to_mend(scope: Scope) -> QuerySet[Finding]:
    """Findings that a facility has to mend, the first to be due first."""
    rows: QuerySet[Finding] = Finding.objects.within(scope).filter(state=FindingState.OPEN)
    return rows.order_by("due_on", "id")


def to_draw(scope: Scope) -> QuerySet[Campaign]:
    """Campaigns that wait to be drawn."""
    rows: QuerySet[Campaign] = Campaign.objects.within(scope).filter(state=CampaignState.DRAFT)
    return rows.order_by("prepared_at", "id")


def findings_of(inspection: Inspection) -> list[Finding]:
    """What was found, in the order of the checklist; whoever sees a check sees its findings."""
    with elevated():
        return list(Finding.everywhere.filter(inspection=inspection).order_by("item"))


def marks_of(inspection: Inspection) -> dict[str, Mark]:
    """The officers' notes by item."""
    with elevated():
        return {mark.item: mark for mark in Mark.everywhere.filter(inspection=inspection)}


def pictures_about(keys: Iterable[UUID], scope: Scope) -> dict[UUID, list[Attachment]]:
    """Pictures and papers attached to marks or findings, as far as the reader may open them."""
    found: dict[UUID, list[Attachment]] = {}
    rows = Attachment.objects.within(scope).filter(about_id__in=list(keys))
    for row in rows.defer("body_sealed", "thumbnail_sealed").order_by("added_at", "id"):
        found.setdefault(row.about_id, []).append(row)
    return found


def found_before(facility_id: UUID, items: Iterable[str], since: date) -> set[str]:
    """Which items were not met at this facility since a day."""
    with elevated():  # another level's check counts as well
        rows = Finding.everywhere.filter(facility_id=facility_id, item__in=list(items), found_on__gte=since)
        return set(rows.values_list("item", flat=True))


def published(facilities: Iterable[UUID]) -> dict[UUID, Inspection]:
    """The latest check of each facility whose campaign's results are public; known to everybody."""
    with elevated():
        rows = Inspection.everywhere.filter(
            facility_id__in=list(facilities), campaign__state=CampaignState.PUBLISHED, state__in=FINISHED
        )
        return {row.facility_id: row for row in rows.order_by("done_at", "pk")}


def mend_days(severity: str) -> int:
    """Working days to mend a finding."""
    return terms().mend_days[severity]
