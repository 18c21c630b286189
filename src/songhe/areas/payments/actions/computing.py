"""Working a run out: facts are read and kept, differences are written as postings that do not count yet."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import numpy as np

from songhe.areas.entitlement.api import BODIES, Finder, Grant
from songhe.areas.payments.models import Posting, Run, RunState
from songhe.areas.payments.queries.crosscheck import checked
from songhe.areas.payments.queries.dues import Dues, Worked
from songhe.areas.payments.queries.facts import Bodies, Facts, gather, keep
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
    documents = facts.documents
    persons, bodies = (Dues(facts, documents, side).work() for side in (None, facts.bodies))
    run.compared = checked(facts, [*persons.parts, *bodies.parts])
    keep(run, facts)
    write(run, facts, persons, bodies)
    _sum_up(run, facts, persons, bodies)
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


def write(run: Run, facts: Facts, persons: Worked, bodies: Worked) -> None:
    """Write the differences as postings of the run, the grants of each month in their order."""
    versions = PolicyVersion.objects.filter(content_hash__in=(*facts.policies, *facts.former))
    by_hash = {row.content_hash: row.pk for row in versions}
    policies = _stacked([by_hash[one] for one in (*facts.policies, *facts.former)])
    for number, found in persons.months.items():
        if found.size:
            whose = {"person": ("uuid", facts.granted.person[found.grant])}
            _pour(run, facts, policies, number, found, whose)
    for number, found in bodies.months.items():
        if found.size:
            _pour(run, facts.bodies, policies, number, found, _bodies(facts.bodies, found.grant))


def _bodies(side: Bodies, at: Array) -> dict[str, Any]:
    """Whose postings to bodies are. Names are not in the snapshot, but with the grants."""
    row, _known = Finder(side.readings.ids).rows(side.granted.ids[at])
    keys = [UUID(bytes=bytes(one)) for one in side.granted.ids[at]]
    named = dict(Grant.everywhere.filter(pk__in=keys).values_list("pk", "holder_name"))
    return {
        "holder_kind": ("word", side.readings.kind[row], BODIES),
        "holder_id": ("uuid", side.readings.holder[row]),
        "organisation_id": ("uuid", side.readings.organisation[row]),
        "holder_name": ("word", np.arange(len(keys)), [named[key] for key in keys]),
    }


def _pour(
    run: Run, side: Facts | Bodies, policies: Array, number: int, found: Differences, whose: Mapping[str, Any]
) -> None:
    granted, at = side.granted, found.grant
    month = (month_day(number) - date(1970, 1, 1)).days
    poured(
        Posting,
        run=("uuid", np.broadcast_to(_stacked([run.pk]), (found.size, 16))),
        grant=("uuid", granted.ids[at]),
        **whose,
        region=("bigint", granted.region[at]),
        benefit=("word", granted.benefit[at], side.benefits),
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


def _sum_up(run: Run, facts: Facts, *sides: Worked) -> None:
    this = month_number(run.month)
    months = [found for worked in sides for found in worked.months.items()]
    run.rules_hash = hashlib.sha256("\n".join(facts.policies).encode()).hexdigest()
    run.snapshot_hash = facts.hash
    run.grants = len(facts.granted.ids) + len(facts.bodies)
    run.postings = sum(found.size for _number, found in months)
    run.pending = sum(len(worked.pending[this]) for worked in sides)
    run.fen = sum(int(found.fen.sum()) for _number, found in months)
    run.back_fen = sum(int(found.fen.sum()) for number, found in months if number != this)
