"""Why a posting is what it is: the deciding rule worked out again from the run's own snapshot, with every reason kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from songhe.areas.entitlement.api import Finder, Holdings, Readings
from songhe.areas.payments.models import Posting, Snapshot
from songhe.areas.payments.queries.dues import Dues
from songhe.areas.payments.queries.facts import kept
from songhe.core.days import month_end
from songhe.core.rules import decide, program
from songhe.core.sources import DataError


def explained(posting: Posting) -> Mapping[str, Any] | None:
    """The trace of the decision. None where the person was not among those it was decided for (the grant had ended),
    the facts were erased, or the policy's text is no longer understood."""
    if not Snapshot.everywhere.filter(run=posting.run_id).exists():
        return None
    facts = kept(posting.run)
    if posting.policy.content_hash not in facts.policies:
        return None
    side = None if posting.person_id else facts.bodies
    key = posting.person_id or posting.grant_id
    readings: Readings | Holdings = facts.readings if side is None else side.readings
    row, found = Finder(readings.ids).rows(np.frombuffer(key.bytes, np.uint8).reshape(1, 16))
    if not found[0]:
        return None
    try:
        document = facts.documents[facts.policies.index(posting.policy.content_hash)]
    except DataError:
        return None
    last = month_end(posting.month)
    once = any(rule.once_per in ("year", "lifetime") for rule in document.rules)
    if once:
        readings = Dues(facts, facts.documents, side).until(posting.month)
    columns = readings.day(last).columns(document, row)
    rules = program(document, on=last, region=columns.places[0])
    return decide(rules, posting.benefit, columns.facts_of(0, document), month=posting.month).as_data()
