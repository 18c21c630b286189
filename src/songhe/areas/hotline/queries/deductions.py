"""What was decided to be deducted for complaints: read by whoever pays the organisation."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from songhe.areas.hotline.models import Complaint
from songhe.engines.access.api import elevated


@dataclass(frozen=True, slots=True)
class Deduction:
    """What an organisation is paid less for a complaint; ``contract_id`` is that of the order, where there was one.

    ``at``: when it was decided, withdrawn, or ended without a decision. Until that is before the moment asked for it is not
    settled, so that nothing is taken or given back while it is looked into again, nor in a month that was over by then.
    """

    complaint_id: UUID
    number: str
    contract_id: UUID | None
    fen: int
    at: datetime | None
    is_settled: bool


def deductions(
    organisation_id: UUID, *, low: int, high: int, until: datetime, borne: Collection[UUID] = ()
) -> list[Deduction]:
    """Everything decided for an organisation in a range of regions before a moment, the first decided first; and what of the
    complaints that were ``borne`` before stands now, which is nothing where they were withdrawn or another answers for them.

    Locked until the act ends, so that two claims made up at once do not both bear it.
    """
    decided = Q(organisation_id=organisation_id, deduction_fen__gt=0, decided_at__lt=until)
    with elevated():  # sums for the payer, who need not see the complaint
        rows = Complaint.everywhere.filter(decided | Q(pk__in=borne), region_id__gte=low, region_id__lt=high)
        held = rows.select_for_update(no_key=True, of=("self",)).select_related("order")
        return [_stands(row, organisation_id, until) for row in held.order_by("decided_at", "pk")]


def _stands(row: Complaint, organisation_id: UUID, until: datetime) -> Deduction:
    withdrawn = row.state == Complaint.State.WITHDRAWN
    gone = withdrawn or row.organisation_id != organisation_id
    at = row.ended_at if withdrawn else row.decided_at or row.ended_at
    return Deduction(
        complaint_id=row.pk,
        number=row.number,
        contract_id=row.order.contract_id if row.order else None,
        fen=0 if gone else row.deduction_fen,
        at=at,
        is_settled=at is not None and at < until,
    )
