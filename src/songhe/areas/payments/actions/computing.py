"""Working a run out: facts are read and kept, differences are written as postings that do not count yet."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np

from songhe.areas.payments.models import Posting, Run, RunState
from songhe.areas.payments.queries.crosscheck import checked
from songhe.areas.payments.queries.dues import Dues, Worked
from songhe.areas.payments.queries.facts import Facts, gather, keep
from songhe.areas.payments.rules.differences import CAUSES, Differences, month_day, month_number
from songhe.engines.access.api import Actor, insert_many
from songhe.engines.acts.api import record_bulk
from songhe.engines.policies.api import PolicyVersion

COLUMNS = ("run", "grant", "person", "region", "benefit", "policy", "month", "fen", "due", "case", "cause")
BATCH = 20_000


def compute(run: Run, *, actor: Actor, at: datetime) -> Run:
    """Work a run out from what is known at its moment, and lay it before whoever approves it.

    A run that changes nothing is discarded by itself. Refused where a rule cannot be worked out for somebody, or two
    evaluators differ: nothing is posted then.
    """
    facts = gather(run.region_id, run.first_month, run.month, run.known_at)
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
    """Write the differences as postings of the run, the grants in their order."""
    versions = PolicyVersion.objects.filter(content_hash__in=(*facts.policies, *facts.former))
    by_hash = {row.content_hash: row.pk for row in versions}
    policies = [by_hash[one] for one in (*facts.policies, *facts.former)]
    batch: list[tuple[Any, ...]] = []
    for number, found in worked.months.items():
        for row in _rows(run, facts, policies, number, found):
            batch.append(row)
            if len(batch) == BATCH:
                insert_many(Posting, COLUMNS, batch)
                batch = []
    insert_many(Posting, COLUMNS, batch)


def _rows(
    run: Run, facts: Facts, policies: list[UUID], number: int, found: Differences
) -> Iterator[tuple[Any, ...]]:
    granted, month = facts.granted, month_day(number)
    at = found.grant
    columns = (
        _ids(granted.ids[at]),
        _ids(granted.person[at]),
        granted.region[at].tolist(),
        [facts.benefits[place] for place in granted.benefit[at].tolist()],
        [policies[place] for place in found.policy.tolist()],
        found.fen.tolist(),
        found.due.tolist(),
        found.case.tolist(),
        [CAUSES[cause] for cause in found.cause.tolist()],
    )
    for grant, person, region, benefit, policy, fen, due, case, cause in zip(*columns, strict=True):
        yield run.pk, grant, person, region, benefit, policy, month, fen, due, case, cause


def _ids(ids: Any) -> list[str]:
    raw = np.ascontiguousarray(ids).tobytes().hex()
    return [raw[start : start + 32] for start in range(0, len(raw), 32)]


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
