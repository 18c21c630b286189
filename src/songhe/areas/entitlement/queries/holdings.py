"""Grants of facilities, organisations and workers with what is known of each over some months, as runs take them.

What a body told and an office verified is known of its grant: first what stands with the application, then the newer
facts that were entered and confirmed. Days, kinds and the like are the register's own; numbers that the register knew
at the decision (beds) hold until another number is confirmed, since the register does not say since when it holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

import numpy as np

from songhe.areas.entitlement.models import BodyFact, BodyFactState, BodyKind, Grant
from songhe.areas.entitlement.queries.benefits import readable
from songhe.areas.entitlement.queries.bodies import MODELS, Body, of_register
from songhe.areas.entitlement.queries.bulk import BODIES
from songhe.areas.entitlement.rules.bodies import typed
from songhe.areas.entitlement.rules.holders import EPOCH, Holdings, Said, table_of
from songhe.areas.entitlement.rules.readings import FOREVER, Array, Received
from songhe.core.days import month_after, month_end, month_of
from songhe.core.rules import Document, FactValue
from songhe.core.rules.document import Fact
from songhe.engines.access.api import elevated
from songhe.engines.regions.models import Region


def holdings(
    grants: Sequence[Grant], first: date, month: date, known_at: datetime, documents: Iterable[Document]
) -> Holdings:
    """What was known at a moment of some grants, in the order of their ids, over the months from a first one on."""
    with elevated():  # whoever works the county's grants out may read what the register says of their holders
        bodies = _bodies(grants)
    grants = [grant for grant in grants if _key(grant) in bodies]
    facts = _facts(grants, known_at)
    said: list[Said] = []
    for row, grant in enumerate(grants):
        said += _told(row, grant, facts.get(grant.pk, ()))
        said += _registered(row, bodies[_key(grant)], first, month)  # what the register knows counts
    told, codes, texts = table_of(said)
    none = np.zeros(0, np.int64)
    holders = [bodies[_key(grant)] for grant in grants]
    once = {
        rule.code for one in documents for rule in one.rules if rule.beneficiary in BODIES and rule.once_per
    }
    return Holdings(
        ids=stacked([grant.pk for grant in grants]),
        holder=stacked([body.row.pk for body in holders]),
        organisation=stacked([body.organisation_id for body in holders]),
        kind=np.array([BODIES.index(grant.holder_kind) for grant in grants], np.int64),
        home=np.array([body.region_id for body in holders], np.int64),
        ends=np.array([_ends(body) for body in holders], np.int64),
        told=told,
        received=Received(none, none, none, none),
        codes=codes,
        texts=texts,
        rules=tuple(sorted(once)),
    )


def stacked(ids: Sequence[UUID]) -> Array:
    """Ids as rows of 16 bytes."""
    return np.frombuffer(b"".join(one.bytes for one in ids), np.uint8).reshape(-1, 16)


def facts_of(grant: Grant) -> dict[str, Fact]:
    """The facts of the policy under which a grant was given, by code."""
    document = readable(grant.policy)
    return dict(document.facts) if document else {}


def _key(grant: Grant) -> tuple[str, UUID]:
    assert grant.holder_id is not None
    return grant.holder_kind, grant.holder_id


def _bodies(grants: Sequence[Grant]) -> Mapping[tuple[str, UUID], Body]:
    found: dict[tuple[str, UUID], Body] = {}
    for kind in BodyKind:
        wanted = {grant.holder_id for grant in grants if grant.holder_kind == kind}
        for row in MODELS[kind].everywhere.filter(pk__in=wanted):
            found[kind, row.pk] = Body(kind, row)
    return found


def _facts(grants: Sequence[Grant], known_at: datetime) -> dict[UUID, list[BodyFact]]:
    rows = BodyFact.objects.here().filter(
        grant__in=[grant.pk for grant in grants], state=BodyFactState.CONFIRMED, decided_at__lte=known_at
    )
    found: dict[UUID, list[BodyFact]] = {}
    for row in rows.order_by("month", "decided_at", "id"):
        found.setdefault(row.grant_id, []).append(row)
    return found


def _told(row: int, grant: Grant, newer: Iterable[BodyFact]) -> Iterator[Said]:
    """What was told with the application, and newer facts in the order in which they count."""
    facts = facts_of(grant)
    for code, value in grant.basis.get("facts", {}).items():
        if code in facts:
            yield _said(row, code, typed(facts[code], value), grant.from_month, monthly=facts[code].monthly)
    for one in newer:
        if one.code in facts:
            yield _said(row, one.code, typed(facts[one.code], one.value), one.month, monthly=one.monthly)


def _said(row: int, code: str, value: FactValue, month: date, *, monthly: bool) -> Said:
    until = _day(month_after(month)) if monthly else FOREVER
    return Said(row, code, value, _day(month), until)


def _registered(row: int, body: Body, first: date, month: date) -> Iterator[Said]:
    """What the register says on the last day of each month, of what it knows for any day."""
    region = Region.objects.get(pk=body.region_id)
    now: dict[str, Said] = {}
    at = month_of(first)
    while at <= month:
        for code, value in of_register(body, month_end(at), region).items():
            before = now.get(code)
            if before is None or before.value != value:
                if before is not None:
                    yield replace(before, until=_day(at))
                now[code] = Said(row, code, value, _day(at))
        at = month_after(at)
    yield from now.values()


def _ends(body: Body) -> int:
    until: Any = getattr(body.row, "until", None)
    return FOREVER if until is None else _day(until)


def _day(day: date) -> int:
    return (day - EPOCH).days
