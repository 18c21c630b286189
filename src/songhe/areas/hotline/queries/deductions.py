"""What was decided to be deducted for complaints: read by whoever pays the organisation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from songhe.areas.hotline.models import Complaint
from songhe.engines.access.api import elevated


@dataclass(frozen=True, slots=True)
class Deduction:
    """A complaint for which an organisation is paid less; ``contract_id`` is that of the order, where there was one."""

    complaint_id: UUID
    number: str
    contract_id: UUID | None
    fen: int
    decided_at: datetime | None


def deductions(organisation_id: UUID, *, low: int, high: int, until: datetime) -> list[Deduction]:
    """Everything decided for an organisation in a range of regions before a moment, the first decided first.

    Locked until the act ends, so that two claims made up at once do not both bear it.
    """
    with elevated():  # sums for the payer, who need not see the complaint
        rows = Complaint.everywhere.filter(organisation_id=organisation_id, deduction_fen__gt=0)
        rows = rows.filter(decided_at__lt=until, region_id__gte=low, region_id__lt=high)
        held = rows.select_for_update(no_key=True, of=("self",))
        known = held.order_by("decided_at", "pk").values_list(
            "pk", "number", "order__contract_id", "deduction_fen", "decided_at"
        )
        return [Deduction(*row) for row in known]
