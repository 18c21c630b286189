"""Verbs of benefits that are given unasked: a list is prepared, and approved by somebody else."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Annotated, Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from songhe.areas.entitlement.models import (
    Award,
    AwardLine,
    AwardState,
    Grant,
    GrantSpan,
    GrantState,
    HolderKind,
)
from songhe.areas.entitlement.queries.awarding import Candidate, candidates
from songhe.areas.entitlement.reasons import GRANTED
from songhe.core.codes.region import COUNTY, level_of
from songhe.core.days import month_of
from songhe.core.refusal import Forbidden, Refused
from songhe.engines.access.api import Actor, insert_many
from songhe.engines.acts.api import act, add_detail, four_eyes, record_bulk
from songhe.engines.jobs.api import start
from songhe.engines.policies.api import PolicyVersion, document_of
from songhe.engines.regions.ids import uuid7
from songhe.engines.regions.models import Region
from songhe.kit.fields import Field

County = Annotated[Region, Field(label=_("Region"), help=_("A county, district or city at county level"))]
AnyDay = Annotated[date, Field(label=_("From month"), help=_("Any day of the month."))]
Reason = Annotated[str, Field(label=_("Reason"), long=True, size=400)]
BATCH = 5_000
LINE = ("award", "person", "region", "benefit", "policy", "amount", "basis")
GRANT = (
    "id", "holder_kind", "holder_name", "person", "region", "number", "benefit", "name_en", "name_zh", "policy",
    "from_month", "state", "why", "basis", "prepared_by_id", "approved_by_id", "granted_at", "changed_at",
)  # fmt: skip
SPAN = (
    "id",
    "grant",
    "person_id",
    "region",
    "state",
    "from_month",
    "why",
    "note",
    "owed",
    "at",
    "by_id",
    "by_name",
)


@act("entitlement.determine")
def propose(*, actor: Actor, at: datetime, region: County, month: AnyDay) -> Award:
    """Find everybody of a county who is entitled to what is given unasked and has no grant of it yet."""
    if level_of(region.pk) != COUNTY:
        raise Refused("entitlement.not_county", "Choose a county or district.", field="region")
    if not actor.scope("entitlement.determine").holds(region.pk):
        raise Forbidden(
            "outside_scope", "This is outside your area. Hand it to the colleague who is responsible there."
        )
    first = month_of(month)
    head = f"MS-{region.pk // 10**6}-{first:%Y%m}-"
    taken = Award.everywhere.filter(number__startswith=head).aggregate(n=Count("id"))["n"]
    award = Award(
        region=region, month=first, number=f"{head}{taken + 1:03d}", prepared_by_id=actor.id,
        prepared_by=actor.name[:80], prepared_at=at,
    )  # fmt: skip
    try:
        with transaction.atomic():
            award.save(force_insert=True)
    except IntegrityError as error:
        raise Refused(
            "entitlement.award_open",
            "A list of this county is still open. Approve it or discard it, then prepare the next one.",
            field="region",
        ) from error
    start("entitlement.propose", {"award": str(award.pk)}, actor=actor, at=at, key=str(award.pk))
    return award


@act("entitlement.approve")
def approve_award(award: Award, *, actor: Actor, at: datetime) -> Award:
    """Let every line of a list that somebody else prepared become a grant. Who has a grant meanwhile is left out."""
    _need(award, AwardState.READY)
    four_eyes(award.prepared_by_id, actor)
    made = 0
    for lines in _batches(AwardLine.everywhere.filter(award=award).order_by("id").iterator(BATCH)):
        made += _become_grants(award, lines, actor=actor, at=at)
    add_detail(grants=made)
    return _decide(award, AwardState.APPROVED, actor=actor, at=at)


@act("entitlement.determine")
def discard_award(award: Award, *, actor: Actor, at: datetime, reason: Reason) -> Award:
    """Discard a list; nothing is granted."""
    _need(award, AwardState.READY, AwardState.COMPUTING)
    award.note = reason
    return _decide(award, AwardState.DISCARDED, actor=actor, at=at)


def list_candidates(award: Award, *, actor: Actor, at: datetime) -> Award:
    """Write the lines of a list; one that has none is discarded by itself."""
    sums: dict[str, dict[str, Any]] = {}
    people: set[UUID] = set()
    digest = hashlib.sha256()
    for some in _batches(candidates(award.region_id, award.month)):
        insert_many(AwardLine, LINE, [_line(award, one) for one in some])
        for one in some:
            people.add(one.person_id)
            digest.update(f"{one.person_id} {one.benefit} {one.amount}\n".encode())
            row = sums.setdefault(one.benefit, {"unit": one.unit, "grants": 0, "amount": 0})
            row["grants"] += 1
            row["amount"] += one.amount
    award.people, award.sums = len(people), sums
    award.grants = sum(row["grants"] for row in sums.values())
    award.state = AwardState.READY if award.grants else AwardState.DISCARDED
    award.note = "" if award.grants else "nobody"
    award.save()
    record_bulk(
        "entitlement.propose", model=AwardLine, count=award.grants, digest=digest.hexdigest(), actor=actor, at=at,
        region_id=award.region_id,
    )  # fmt: skip
    return award


def _line(award: Award, one: Candidate) -> tuple[Any, ...]:
    return (award.pk, one.person_id, one.region, one.benefit, one.policy_id, one.amount, dict(one.basis))


def _become_grants(award: Award, lines: Sequence[AwardLine], *, actor: Actor, at: datetime) -> int:
    persons, benefits = {line.person_id for line in lines}, {line.benefit for line in lines}
    rows = Grant.everywhere.filter(person__id__among=list(persons), benefit__in=benefits)
    lasting = rows.filter(Q(until_month=None) | Q(until_month__gt=award.month))
    held = set(lasting.values_list("person_id", "benefit"))
    fresh = [(uuid7(), line) for line in lines if (line.person_id, line.benefit) not in held]
    names = _names({line.policy_id for line in lines})
    number, officer = f"{award.number}", actor.name[:80]
    insert_many(
        Grant,
        GRANT,
        [
            (
                key, HolderKind.PERSON, "", line.person_id, line.region_id, number, line.benefit,
                *names[line.policy_id, line.benefit], line.policy_id, award.month, GrantState.IN_FORCE, GRANTED,
                line.basis, award.prepared_by_id, actor.id, at, at,
            )
            for key, line in fresh
        ],
    )  # fmt: skip
    insert_many(
        GrantSpan,
        SPAN,
        [
            (
                uuid7(), key, line.person_id, line.region_id, GrantState.IN_FORCE, award.month, GRANTED, "", "", at,
                actor.id, officer,
            )
            for key, line in fresh
        ],
    )  # fmt: skip
    return len(fresh)


def _names(policies: Iterable[UUID]) -> dict[tuple[UUID, str], tuple[str, str]]:
    return {
        (row.pk, rule.code): (rule.label.en, rule.label.zh)
        for row in PolicyVersion.objects.filter(pk__in=policies)
        for rule in document_of(row).rules
    }


def _batches(rows: Iterable[Any]) -> Iterator[list[Any]]:
    left = iter(rows)
    while some := list(islice(left, BATCH)):
        yield some


def _decide(award: Award, state: AwardState, *, actor: Actor, at: datetime) -> Award:
    award.state, award.decided_by_id, award.decided_by, award.decided_at = (
        state,
        actor.id,
        actor.name[:80],
        at,
    )
    award.save(update_fields=["state", "decided_by_id", "decided_by", "decided_at", "note"])
    return award


def _need(award: Award, *states: AwardState) -> None:
    if award.state not in states:
        raise Refused(
            "entitlement.award_state",
            "This is not possible while the list is “{state}”. Reload the page and choose again.",
            state=award.get_state_display(),
        )
