"""Rows of payments for the conformance suite."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime
from uuid import uuid4

from tests import make
from tests.areas.entitlement.samples import grants

from songhe.areas.payments.models import Posting, Run

AT = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
_numbers = itertools.count(1)


def runs(n: int, region: int, *, state: str = "discarded") -> list[Run]:
    """Runs of a region."""
    return [
        Run.everywhere.create(
            region_id=region,
            month=date(2026, 11, 1),
            first_month=date(2026, 9, 1),
            number=f"HS-{next(_numbers):06d}",
            state=state,
            known_at=AT,
            prepared_by_id=uuid4(),
            prepared_by="王经办",
            prepared_at=AT,
        )
        for _ in range(n)
    ]


def postings(n: int, region: int) -> list[Posting]:
    """Postings, each of another grant."""
    (run,) = runs(1, region)
    made = [
        Posting(
            run=run,
            grant=grant,
            person=grant.person,
            region_id=region,
            benefit=grant.benefit,
            policy=grant.policy,
            month=date(2026, 11, 1),
            fen=1_000,
            due=1_000,
            cause="month",
        )
        for grant in grants(n, region)
    ]
    for row in made:
        row.save(force_insert=True)
    return made


make.SAMPLES |= {"payment-runs": runs, "payment-postings": postings}

from tests.areas.payments import paid_samples  # noqa: E402  it builds on the makers above

__all__ = ["paid_samples", "postings", "runs"]
