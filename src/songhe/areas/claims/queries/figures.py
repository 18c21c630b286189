"""What the score of an organisation's month rests on: how many of how many, in one county."""

from __future__ import annotations

from django.db.models import Count as Many
from django.db.models import Q, Sum

from songhe.areas.claims.models import Claim
from songhe.areas.claims.queries.sums import sample_of
from songhe.areas.claims.rules import Count
from songhe.areas.hotline.api import Complaint
from songhe.areas.verification.api import quality
from songhe.areas.visits.api import Disposition, Order, OrderState, Visit, VisitState, month_span
from songhe.engines.access.api import Scope, elevated
from songhe.engines.regions.models import Region


def counts(claim: Claim) -> dict[str, Count]:
    """The counts of a claim's month, by part of the score. Read beyond the reader's scope: they are sums."""
    first, after = month_span(claim.month)
    county = Region.objects.get(code=claim.region_id)
    here = {
        "organisation_id": claim.organisation_id,
        "region_id__gte": county.code,
        "region_id__lt": county.upper,
    }
    sample = sample_of(claim)
    with elevated():
        visits = Visit.everywhere.filter(**here, starts_at__gte=first, starts_at__lt=after).aggregate(
            done=Many("id", filter=Q(state=VisitState.DONE)),
            late=Many("id", filter=Q(state=VisitState.DONE, flags__contains=["late"])),
            missed=Many("id", filter=Q(state=VisitState.MISSED)),
        )
        orders = Order.everywhere.filter(**here, wanted_from__gte=first, wanted_from__lt=after).aggregate(
            ended=Many("id", filter=~Q(disposition="")),
            refused=Many(
                "id", filter=Q(state=OrderState.REFUSED, disposition=Disposition.PROVIDER_UNAVAILABLE)
            ),
            rated=Many("rating"),
            marks=Sum("rating"),
        )
        complaints = Complaint.everywhere.filter(
            order__organisation_id=claim.organisation_id,
            region_id__gte=county.code,
            region_id__lt=county.upper,
            opened_at__gte=first,
            opened_at__lt=after,
        ).exclude(state=Complaint.State.WITHDRAWN)
        reach = Scope.EVERYTHING.narrowed(county.code, county.upper)
        proved = quality(claim.organisation_id, claim.month, reach, risk=0)
        return {
            "rating": Count((orders["marks"] or 0) * 100, orders["rated"]),
            "punctual": Count(visits["done"] - visits["late"], visits["done"]),
            "missed": Count(visits["missed"], visits["done"] + visits["missed"]),
            "complaints": Count(complaints.count(), visits["done"]),
            "upheld": Count(max(proved.upheld - sample.not_given, 0), proved.visits),
            "sample": Count(sample.wrong, sample.reached),
            "refused": Count(orders["refused"], orders["ended"]),
        }
