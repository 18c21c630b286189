"""What the city pays for visits, told to the reconciliation of the national vouchers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

from songhe.areas.entitlement.api import Paid, pays
from songhe.areas.finance.models import Line
from songhe.core.days import months_later
from songhe.engines.access.api import Scope


@pays
def visits(persons: Collection[UUID], month: date, scope: Scope) -> Mapping[UUID, list[Paid]]:
    """The paid lines of settlements for a month's visits to some persons; a returned settlement pays nothing."""
    rows = Line.objects.within(scope).filter(active=True, fen__gt=0, person_id__in=list(persons))
    rows = rows.filter(on__gte=month, on__lt=months_later(month, 1)).select_related("settlement")
    found: dict[UUID, list[Paid]] = defaultdict(list)
    for row in rows.order_by("on", "id"):
        found[row.person_id].append(
            Paid(row.visit_id, row.on, row.fen, row.organisation_id, row.item, row.settlement.number)
        )
    return found
