"""Comparing visits that ended with those around them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import connection

from songhe.areas.registry.api import Death, Person, when_dead
from songhe.areas.stays.api import when_moved_in
from songhe.areas.verification import queries
from songhe.areas.verification.guide import guide
from songhe.areas.verification.hashing import hash_pictures
from songhe.areas.verification.models import Check, Finding, State, due, opened
from songhe.areas.verification.rules import Finding as Found
from songhe.areas.verification.rules import findings
from songhe.areas.visits.api import Visit, changed_by_hand, look_again, looked_at
from songhe.engines.access.api import SYSTEM, Actor, elevated
from songhe.engines.acts.api import act, add_detail

AT_ONCE = 2_000


@act("verification.decide", verb="verification.look")
def look(*, actor: Actor, at: datetime, low: int = 0, high: int = 10**12) -> int:
    """Compare the next visits that nobody compared yet, in a range of regions; returns how many. One bulk act."""
    with elevated():
        if not queries.to_look_at(1, low=low, high=high):
            return 0
        _alone()
        fresh = {visit.pk: visit for visit in queries.to_look_at(AT_ONCE, low=low, high=high)}
        if not fresh:
            return 0
        hash_pictures(fresh, at=at)
        beside = queries.around(list(fresh.values()), guide().bounds)
        found = findings(beside.stays, guide().bounds, away=beside.away, pictures=beside.pictures)
        doubts = _by_visit(found, fresh)
        risks = _keep(doubts, fresh, at=at)
    looked_at(fresh, risks, passing=guide().bounds.pass_below, at=at)
    add_detail(visits=len(fresh), doubtful=sum(risk >= guide().bounds.suspicious for risk in risks.values()))
    return len(fresh)


def _alone() -> None:
    """Let nobody else compare until this transaction ends: two at once would open a check of the same visit, theirs or one
    beside."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('verification.look'))")


def look_through(*, at: datetime, low: int = 0, high: int = 10**12) -> int:
    """Compare everything that waits in a range of regions, as the system; returns how many visits."""
    total = 0
    while done := look(actor=SYSTEM, at=at, low=low, high=high):
        total += done
    return total


@when_dead
def doubt_after_death(person: Person, death: Death, actor: Actor, at: datetime) -> None:
    """Visits after a death are looked at again, whoever verified them."""
    look_again(person.pk, death.died_on)


@when_moved_in
def doubt_after_moving_in(person_id: UUID, since: date, actor: Actor, at: datetime) -> None:
    """Visits to somebody who lived in an institution by then are looked at again: an admission may be entered late."""
    look_again(person_id, since)


def _by_visit(found: Iterable[Found], fresh: Mapping[UUID, Visit]) -> dict[UUID, list[Found]]:
    """Findings by visit; of the visits beside only what they show together with others."""
    out: defaultdict[UUID, list[Found]] = defaultdict(list)
    for one in found:
        if one.visit in fresh or one.other in fresh:
            out[one.visit].append(one)
    return dict(out)


def _keep(
    doubts: Mapping[UUID, list[Found]], fresh: Mapping[UUID, Visit], *, at: datetime
) -> dict[UUID, int]:
    """Keep the findings with the visits' checks; returns the risk of each visit for which something new was found.

    A risk below what passes makes no check. Where times were changed by hand after a decision, everything is new.
    """
    known = {
        row.visit_id: row for row in Check.everywhere.select_for_update().filter(visit_id__in=list(doubts))
    }
    changed = changed_by_hand(known)
    rest = Visit.everywhere.in_bulk([pk for pk in doubts if pk not in fresh and pk not in known])
    kept: list[Check] = []
    made: list[Finding] = []
    risks: dict[UUID, int] = {}
    for visit_id, found in sorted(doubts.items(), key=lambda pair: str(pair[0])):
        check = known.get(visit_id) or opened(fresh.get(visit_id) or rest[visit_id], at)
        if _to_decide_anew(check, changed.get(visit_id)):
            check.signs = []
        news = [one for one in found if one.sign not in check.signs]
        if not news:
            continue
        check.signs = sorted({*check.signs, *(one.sign for one in news)})
        risks[visit_id] = check.risk = guide().risk(check.signs)
        if check.risk < guide().bounds.pass_below:
            continue
        if check.state == State.CLEARED:
            check.state, check.due_at = State.OPEN, due(at)
        kept.append(check)
        made += [_finding(check, one, at) for one in news]
    fields = ["signs", "risk", "state", "due_at"]
    Check.everywhere.bulk_create(
        kept, batch_size=2_000, update_conflicts=True, unique_fields=["visit"], update_fields=fields
    )
    Finding.everywhere.bulk_create(
        made,
        batch_size=2_000,
        update_conflicts=True,
        unique_fields=["doubt", "sign"],
        update_fields=["other_id", "evidence", "found_at"],
    )
    return risks


def _to_decide_anew(check: Check, changed_at: datetime | None) -> bool:
    cleared = check.decided_at if check.state == State.CLEARED else None
    return cleared is not None and changed_at is not None and changed_at > cleared


def _finding(check: Check, one: Found, at: datetime) -> Finding:
    return Finding(
        doubt=check,
        region_id=check.region_id,
        organisation_id=check.organisation_id,
        sign=one.sign,
        other_id=one.other,
        evidence=dict(one.evidence),
        found_at=at,
    )
