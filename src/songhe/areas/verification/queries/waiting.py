"""Checks that wait, what stands beside one on its page, and how good an organisation's visits are."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from songhe.areas.verification.models import UNDECIDED, Check, State
from songhe.areas.visits.api import Correction, Visit, VisitState, month_span
from songhe.engines.access.api import Scope, elevated
from songhe.engines.vault.models import Attachment


def undecided(scope: Scope) -> QuerySet[Check]:
    """Checks to decide, the greatest risk first, then the oldest."""
    rows: QuerySet[Check] = Check.objects.within(scope).filter(state__in=UNDECIDED)
    return rows.order_by("-risk", "visited_at", "id")


def checks_of(visits: Collection[UUID], scope: Scope) -> dict[UUID, Check]:
    """The checks of some visits, by visit."""
    return {row.visit_id: row for row in Check.objects.within(scope).filter(visit_id__in=visits)}


def corrections_of(check: Check, scope: Scope) -> list[Correction]:
    """Times entered by hand at the visit, with those before."""
    return list(Correction.objects.within(scope).filter(visit_id=check.visit_id).order_by("at", "id"))


def other_visits(check: Check) -> dict[UUID, Visit]:
    """The visits that a check's findings were seen beside; named to whoever decides, wherever they lie."""
    ids = check.findings.values_list("other_id", flat=True)
    with elevated():
        rows = Visit.everywhere.filter(pk__in=[found for found in ids if found])
        return {row.pk: row for row in rows.select_related("worker", "organisation")}


def pictures_of(check: Check, scope: Scope, *, most: int = 12) -> list[Attachment]:
    """The visit's own pictures, and those of the visits beside it that the reader may see."""
    about = [check.visit_id, *(found for found in check.findings.values_list("other_id", flat=True) if found)]
    rows = Attachment.objects.within(scope).filter(about_id__in=about).exclude(thumbnail_sealed=b"")
    return list(rows.defer("body_sealed", "thumbnail_sealed").order_by("about_id", "added_at")[:most])


@dataclass(frozen=True, slots=True)
class Quality:
    """An organisation's visits of a month: done, doubtful (a check of some risk), and not given."""

    visits: int
    doubtful: int
    upheld: int


def quality(organisation_id: UUID, month: date, scope: Scope, *, risk: int) -> Quality:
    """How good an organisation's visits of a month are; doubtful from a risk on."""
    first, after = month_span(month)
    done = Visit.objects.within(scope).filter(
        organisation_id=organisation_id,
        state=VisitState.DONE,
        arrived_at__gte=first,
        arrived_at__lt=after,
    )
    rows = Check.objects.within(scope).filter(
        organisation_id=organisation_id, visited_at__gte=first, visited_at__lt=after
    )
    found = rows.aggregate(
        doubtful=Count("pk", filter=Q(risk__gte=risk)), upheld=Count("pk", filter=Q(state=State.UPHELD))
    )
    return Quality(done.count(), found["doubtful"], found["upheld"])
