"""What an organisation and its facilities were granted and paid, for themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from songhe.areas.payments.models import PayLine, Posting, RunState
from songhe.engines.access.api import Scope, elevated

MOST = 500


@dataclass(frozen=True, slots=True)
class Own:
    """The newest postings of posted runs and the newest payments, and how many there are in all."""

    postings: Sequence[Posting]
    payments: Sequence[PayLine]
    posted: int


def own(scope: Scope) -> Own:
    """What bodies of a scope were granted. Only what counts: a run that is not posted is nobody's claim."""
    mine = list(Posting.objects.within(scope).filter(person=None).values_list("pk", flat=True))
    payments = PayLine.objects.within(scope).filter(person=None).order_by("-number")
    with elevated():  # the run is the county's; of it, whether and when it was posted is told
        rows = Posting.everywhere.filter(pk__in=mine, run__state=RunState.POSTED).select_related("run")
        postings = list(rows.order_by("-month", "holder_name", "-id")[:MOST])
        posted = rows.count()
    return Own(postings, list(payments[:MOST]), posted)
