"""Working a run out: facts are read and kept, differences are written as postings that do not count yet."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import numpy as np

from songhe.areas.payments.models import Posting, Run, RunState
from songhe.areas.payments.queries.crosscheck import checked
from songhe.areas.payments.queries.dues import Dues, Worked
from songhe.areas.payments.queries.facts import Facts, gather, keep
from songhe.areas.payments.rules.differences import CAUSES, Array, Differences, month_day, month_number
from songhe.engines.access.api import Actor
from songhe.engines.access.copying import poured
from songhe.engines.acts.api import record_bulk
from songhe.engines.policies.api import PolicyVersion


def compute(run: Run, *, actor: Actor, at: datetime) -> Run:
    """Work a run out from what is known at its moment, and lay it before whoever approves it.

    A run that changes nothing is discarded by itself. Refused where a rule cannot be worked out for somebody, or two
    evaluators differ: nothing is posted then.
    """
    facts = gather(run.region_id, run.first_month, run.month, run.known_at, news_since=run.news_since)
    worked = Dues(facts, facts.documents).work()
    run.compared = checked(facts, worked.parts)
    keep(run, facts)
    write(run, facts, worked)
    _sum_up(run, facts, worked)
    run.state = RunState.READY if run.postings else RunState.DISCARDED
    run.note = "" if run.postings else "unchanged"
    run.save()
    digest = hashlib.sha256(f"{run.snapshot_hash} {run.postings} {run.fen}".encode()).hexdigest()
    record_bulk(
        "payments.compute",
        model=Posting,
        count=run.postings,
        digest=digest,
        actor=actor,
        at=at,
        region_id=run.region_id,
    )
    return run


def write(run: Run, facts: Facts, worked: Worked) -> None:
    """Write the differences as postings of the run, the grants of each month in their order."""
    versions = PolicyVersion.objects.filter(content_hash__in=(*facts.policies, *facts.former))
    by_hash = {row.content_hash: row.pk for row in versions}
    policies = _stacked([by_hash[one] for one in (*facts.policies, *facts.former)])
    for number, found in worked.months.items():
        if found.size:
            _pour(run, facts, policies, number, found)


def _pour(run: Run, facts: Facts, policies: Array, number: int, found: Differences) -> None:
    granted, at = facts.granted, found.grant
    month = (month_day(number) - date(1970, 1, 1)).days
    poured(
        Posting,
        run=("uuid", np.broadcast_to(_stacked([run.pk]), (found.size, 16))),
        grant=("uuid", granted.ids[at]),
        person=("uuid", granted.person[at]),
        region=("bigint", granted.region[at]),
        benefit=("word", granted.benefit[at], facts.benefits),
        policy=("uuid", policies[found.policy]),
        month=("date", np.full(found.size, month)),
        fen=("bigint", found.fen),
        due=("bigint", found.due),
        case=("bigint", found.case),
        cause=("word", found.cause, CAUSES),
    )


def _stacked(ids: Sequence[UUID]) -> Array:
    """Ids as rows of 16 bytes."""
    return np.frombuffer(b"".join(one.bytes for one in ids), np.uint8).reshape(-1, 16)


def _sum_up(run: Run, facts: Facts, worked: Worked) -> None:
    this = month_number(run.month)
    sums = {number: int(found.fen.sum()) for number, found in worked.months.items()}
    run.rules_hash = hashlib.sha256("\n".join(facts.policies).encode()).hexdigest()
    run.snapshot_hash = facts.hash
    run.grants = len(facts.granted.ids)
    run.postings = sum(found.size for found in worked.months.values())
    run.pending = len(worked.pending[this])
    run.fen = sum(sums.values())
    run.back_fen = run.fen - sums[this]
