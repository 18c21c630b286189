"""What became of what runs posted: which payment holds it, and what waits, was netted or is owed back.

Runs and batches are the county's; whoever sees a person in a village is told of them as far as that person is concerned.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from songhe.areas.entitlement.api import Grant
from songhe.areas.payments.models import Due, PayLine, Posting, Receivable, Run, RunState
from songhe.engines.access.api import Scope, asked, elevated

MOST = 36
Key = tuple[UUID, UUID | None, str]


@dataclass(frozen=True, slots=True)
class InBatch:
    """What of a run is in one batch; without a batch, what is in none."""

    batch_id: UUID | None
    number: str
    benefit: str
    state: str
    people: int
    fen: int


def posted_for(person_id: UUID, scope: Scope) -> list[Posting]:
    """What runs posted for a person, the latest first.

    Found by the person's grants: postings are too many for an index of persons of their own.
    """
    with elevated():  # runs are the county's, and grants of before a move another's
        grants = {row.pk: row for row in _grants(person_id)}
        if not grants:
            return []
        rows = Posting.objects.within(scope).filter(grant_id__in=grants, person_id=person_id)
        posted = rows.filter(run__state=RunState.POSTED).select_related("run")
        found = list(posted.order_by("-id")[:24])
    for row in found:
        row.grant = grants[row.grant_id]
    return found


@asked
def _grants(person_id: UUID) -> QuerySet[Grant]:
    return Grant.everywhere.filter(person_id=person_id)


def payments_of(person_id: UUID, scope: Scope) -> list[PayLine]:
    """The latest payments of a person."""
    rows = PayLine.objects.within(scope).filter(person_id=person_id).exclude(state="out")
    with elevated():  # runs and batches are the county's
        return list(rows.select_related("batch").order_by("-last_month", "-number")[:MOST])


def waiting_of(person_id: UUID, scope: Scope) -> list[Due]:
    """What a person is due and no payment holds."""
    rows = Due.objects.within(scope).filter(
        person_id=person_id, line=None, netted=False, receivable_id=None, fen__gt=0
    )
    return list(rows.order_by("-last_month", "-id")[:MOST])


def owed_by(person_id: UUID, scope: Scope) -> list[Receivable]:
    """What was paid too much to a person."""
    rows = Receivable.objects.within(scope).filter(person_id=person_id)
    return list(rows.order_by("-made_at", "-id")[:MOST])


def postings_of(grant_id: UUID, scope: Scope) -> list[Posting]:
    """The latest that posted runs posted for a grant."""
    rows = Posting.objects.within(scope).filter(grant_id=grant_id, run__state=RunState.POSTED)
    with elevated():  # runs and batches are the county's
        return list(rows.select_related("run").order_by("-month", "-id")[:MOST])


def key_of(row: Posting | Due) -> Key:
    """By run, person or body, and benefit."""
    return row.run_id, row.person_id or row.holder_id, row.benefit


def dues_of(postings: Iterable[Posting]) -> dict[Key, list[Due]]:
    """The amounts due that some postings went into, by run, person and benefit."""
    rows = list(postings)
    theirs = Q(person_id__in={row.person_id for row in rows if row.person_id})
    theirs |= Q(holder_id__in={row.holder_id for row in rows if row.holder_id})
    found = Due.everywhere.filter(theirs, run_id__in={row.run_id for row in rows})
    out: dict[Key, list[Due]] = {}
    with elevated():  # runs and batches are the county's
        for due in found.select_related("line__batch").order_by("id"):
            out.setdefault(key_of(due), []).append(due)
    return out


def batches_of(run: Run, scope: Scope) -> list[InBatch]:
    """In which batches the amounts of a run are, and what of them is in none yet."""
    rows = Due.objects.within(scope).filter(run=run, netted=False, receivable_id=None)
    sums = rows.values_list(
        "line__batch_id", "line__batch__number", "benefit", "line__batch__state"
    ).annotate(people=Count(Coalesce("person_id", "holder_id"), distinct=True), sum=Sum("fen"))
    return [
        InBatch(batch, number or "", benefit, state or "", people, fen)
        for batch, number, benefit, state, people, fen in sums.order_by("line__batch__number", "benefit")
    ]


def causes_of(owed: Receivable, scope: Scope) -> QuerySet[Posting]:
    """The postings that took back what is owed."""
    rows: QuerySet[Posting] = Posting.objects.within(scope).filter(
        run_id=owed.run_id, person_id=owed.person_id, holder_id=owed.holder_id, benefit=owed.benefit
    )
    return rows.select_related("grant", "policy").order_by("-month", "id")
