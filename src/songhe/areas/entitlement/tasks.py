"""Jobs of entitlements: a month for everybody of a region, in chunks that show progress and can be stopped."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from songhe.areas.entitlement import importing, queries, voucher_lists
from songhe.areas.entitlement.actions import (
    approve_many,
    close_needless,
    compare,
    end,
    first_month,
    lapse,
    list_candidates,
    open_due,
    put_body_into_force,
    put_into_force,
    reconcile,
)
from songhe.areas.entitlement.actions.reviews import review, to_review
from songhe.areas.entitlement.determining import Month, determine_all
from songhe.areas.entitlement.models import (
    HELD,
    Application,
    ApplicationState,
    Award,
    AwardState,
    BodyApplication,
    BodyState,
    Entitlement,
    Grant,
    LifeCheck,
    LifeState,
    Notice,
    Redemption,
    Simulation,
    SimulationKind,
    SimulationState,
    State,
)
from songhe.areas.entitlement.queries.simulating import compared, everybody, outlook, policies_with
from songhe.areas.entitlement.queries.vouchers import redeemed_months
from songhe.areas.registry.api import Person
from songhe.areas.registry.api import State as PersonState
from songhe.core.codes.region import COUNTY, at_level, span
from songhe.core.days import month_end, months_later
from songhe.core.refusal import Refused
from songhe.core.sources import DataError
from songhe.engines.acts.api import record_bulk
from songhe.engines.jobs.api import Lost, Work, job, periodic
from songhe.engines.policies.api import drafts
from songhe.kit.refusals import kept, worded

CHUNK = 200
LISTS = [*importing.SPECS, *voucher_lists.SPECS]
"""Named here so that workers know the lists."""


@job("entitlement.determine")
def determine(work: Work) -> dict[str, Any]:
    """Decide a month for everybody who lives in a region."""
    region, first = work.args["region"], date.fromisoformat(work.args["month"])
    scope = work.actor.scope("entitlement.determine")
    with work.entered():
        living = Person.objects.within(scope).within_region(*span(region)).filter(state="alive")
        ids = list(living.order_by("region_id", "id").values_list("pk", flat=True))
    counts: dict[str, int] = {}
    for done, chunk in _chunks(ids):
        with work.entered():
            people = list(Person.objects.within(scope).filter(pk__in=chunk).order_by("id"))
            rows = determine_all(people, Month.to_decide(first, actor=work.actor, at=work.at))
            _log(work, "entitlement.determine", rows, region)
        for row in rows:
            counts[row.state] = counts.get(row.state, 0) + 1
        work.step(done, len(ids))
    return {"people": len(ids), **counts}


@job("entitlement.approve")
def approve(work: Work) -> dict[str, Any]:
    """Approve a region's drafts of a month that others determined."""
    region, first = work.args["region"], date.fromisoformat(work.args["month"])
    scope = work.actor.scope("entitlement.approve")
    with work.entered():
        drafts = Entitlement.objects.within(scope).within_region(*span(region))
        drafts = drafts.filter(month=first, state=State.DRAFT).exclude(prepared_by_id=work.actor.id)
        ids = list(drafts.order_by("id").values_list("pk", flat=True))
    approved = 0
    for done, chunk in _chunks(ids):
        with work.entered():
            locked = Entitlement.objects.within(scope).filter(pk__in=chunk).select_related("policy")
            rows = list(locked.order_by("id").select_for_update(no_key=True, of=("self",)))
            approved += approve_many(rows, actor=work.actor, at=work.at)
            _log(work, "entitlement.approve", rows, region)
        work.step(done, len(ids))
    return {"approved": approved}


@periodic("entitlement.end_for_the_dead", every_minutes=60)
def end_for_the_dead(work: Work) -> dict[str, Any]:
    """End what is granted to people who died: for the month of death, what is left of it goes back."""
    with work.entered():
        rows = Entitlement.everywhere.filter(state__in=HELD, person__died_on__isnull=False)
        late = [row for row in rows.select_related("person", "policy") if _outlives(row)]
        for row in late:
            end(row, actor=work.actor, at=work.at, reason=str(_("The person died.")))
    return {"ended": len(late)}


@periodic("entitlement.notices_over", every_minutes=15)
def notices_over(work: Work) -> dict[str, Any]:
    """Let grants come into force whose notice ended without an objection; again, it finds nothing left to do.

    What cannot come into force (the same right was granted otherwise meanwhile) stays where it is and is named.
    """
    today = timezone.localdate(work.at)
    with work.entered():
        standing = Notice.everywhere.filter(taken_down_at=None, until__lt=today)
        rows = Application.everywhere.filter(state=ApplicationState.NOTICED, notices__in=standing)
        ids = list(rows.order_by("pk").values_list("pk", flat=True))
    granted, kept = 0, []
    for place, key in enumerate(ids, 1):
        try:
            with work.entered():
                put_into_force(Application.everywhere.get(pk=key), actor=work.actor, at=work.at)
            granted += 1
        except Refused as refused:
            kept.append(f"{key}: {refused}"[:200])
        work.step(place, len(ids))
    granted += _bodies_in_force(work, today, kept)
    return {"granted": granted, "kept": kept}


def _bodies_in_force(work: Work, today: date, kept: list[str]) -> int:
    """The same for facilities and organisations; how many."""
    with work.entered():
        standing = Notice.everywhere.filter(
            taken_down_at=None, until__lt=today, body__state=BodyState.NOTICED
        )
        ids = list(standing.order_by("pk").values_list("body_id", flat=True))
    granted = 0
    for key in ids:
        try:
            with work.entered():
                put_body_into_force(BodyApplication.everywhere.get(pk=key), actor=work.actor, at=work.at)
            granted += 1
        except Refused as refused:
            kept.append(f"{key}: {refused}"[:200])
    return granted


@periodic("entitlement.life", at="00:30")
def life(work: Work) -> dict[str, Any]:
    """Open certifications that come due, close those nobody needs, and suspend from next month what is late."""
    today = timezone.localdate(work.at)
    with work.entered():
        closed, opened = close_needless(), open_due(at=work.at)
        if opened:
            digest = hashlib.sha256("".join(str(row.person_id) for row in opened).encode()).hexdigest()
            record_bulk(
                "entitlement.life",
                model=LifeCheck,
                count=len(opened),
                digest=digest,
                actor=work.actor,
                at=work.at,
            )
        late = LifeCheck.everywhere.filter(state=LifeState.OPEN, due_on__lt=today)
        ids = list(late.order_by("region_id", "id").values_list("pk", flat=True))
    for done, chunk in _chunks(ids):
        with work.entered():
            for row in LifeCheck.everywhere.filter(pk__in=chunk, state=LifeState.OPEN).order_by("pk"):
                lapse(row, actor=work.actor, at=work.at)
        work.step(done, len(ids))
    return {"opened": len(opened), "closed": closed, "late": len(ids)}


@job("entitlement.review")
def review_region(work: Work) -> dict[str, Any]:
    """Review the grants in force of a region."""
    region = work.args["region"]
    scope = work.actor.scope("entitlement.review")
    with work.entered():
        rows = to_review(Grant.objects.within(scope).within_region(*span(region)))
        ids = list(rows.order_by("region_id", "id").values_list("pk", flat=True))
    return _reviewed(work, ids)


@periodic("entitlement.review_all", at="02:20")
def review_all(work: Work) -> dict[str, Any]:
    """Review all grants in force."""
    with work.entered():
        ids = list(to_review(Grant.everywhere.all()).order_by("region_id", "id").values_list("pk", flat=True))
    return _reviewed(work, ids)


def _reviewed(work: Work, ids: list[UUID]) -> dict[str, Any]:
    found = 0
    for done, chunk in _chunks(ids):
        with work.entered():
            rows = to_review(Grant.everywhere.filter(pk__in=chunk)).select_for_update(
                of=("self",), no_key=True
            )
            found += review(list(rows.order_by("pk")), actor=work.actor, at=work.at)
        work.step(done, len(ids))
    return {"grants": len(ids), "open": found}


@job("entitlement.compare")
def compare_lists(work: Work) -> dict[str, Any]:
    """Compare the newest list of a department for a region with the registry."""
    with work.entered():
        of = queries.newest_list(work.args["source"], work.args["region"])
        if of is None:
            return {"open": 0}
        scope = work.actor.scope("entitlement.compare")
        return {"open": compare(of, scope=scope, actor=work.actor, at=work.at)}


@job("entitlement.reconcile")
def reconcile_vouchers(work: Work) -> dict[str, Any]:
    """Reconcile the national vouchers of a region, month by month."""
    return _reconciled(work, [work.args["region"]])


@periodic("entitlement.reconcile_all", at="02:40")
def reconcile_all(work: Work) -> dict[str, Any]:
    """The same everywhere: settlements, levels and deaths become known without a list of vouchers."""
    with work.entered():
        codes = Redemption.everywhere.order_by("region_id").values_list("region_id", flat=True).distinct()
        counties = sorted({at_level(code, COUNTY) for code in codes})
    return _reconciled(work, counties)


def _reconciled(work: Work, regions: list[int]) -> dict[str, Any]:
    scope = work.actor.scope("entitlement.compare")
    with work.entered():
        since = first_month(work.at)
        todo = [(region, month) for region in regions for month in redeemed_months(region, scope, since)]
    waiting = 0
    for place, (region, month) in enumerate(todo, 1):
        with work.entered():
            waiting += reconcile(region, month, scope=scope, actor=work.actor, at=work.at)
        work.step(place, len(todo))
    return {"months": len(todo), "open": waiting}


def _outlives(row: Entitlement) -> bool:
    died = row.person.died_on
    return row.person.state == PersonState.DEAD and died is not None and month_end(row.month) >= died


def _chunks(ids: list[UUID]) -> Iterator[tuple[int, list[UUID]]]:
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        yield start + len(chunk), chunk


def _log(work: Work, verb: str, rows: list[Entitlement], region: int) -> None:
    text = "\n".join(sorted(f"{row.pk} {row.state} {row.amount}" for row in rows))
    digest = hashlib.sha256(text.encode()).hexdigest()
    record_bulk(
        verb,
        model=Entitlement,
        count=len(rows),
        digest=digest,
        actor=work.actor,
        at=work.at,
        region_id=region,
    )


STOPPED = gettext_noop("The job was stopped.")
BROKE_OFF = gettext_noop(
    "The job was interrupted. Start it again; if it is interrupted again, give your administrator this reference: {job}"
)


def _broke_off(lost: Lost) -> str:
    """Why there is nothing, for whoever asked."""
    if lost.stopped:
        return worded(STOPPED)
    return kept(lost.refused) if lost.refused else worded(BROKE_OFF, job=lost.job_id)


def _simulation_lost(lost: Lost) -> None:
    Simulation.everywhere.filter(pk=lost.args["simulation"], state=SimulationState.WORKING).update(
        state=SimulationState.FAILED, note=_broke_off(lost), done_at=lost.at
    )


@job("entitlement.simulate", lost=_simulation_lost)
def simulate(work: Work) -> dict[str, Any]:
    """Answer a question about everybody of a region. What cannot be worked out is kept with the reason."""
    with work.entered():
        asked: Simulation = Simulation.everywhere.get(pk=work.args["simulation"])
    try:
        result = _answered(work, asked)
    except (Refused, DataError) as error:
        with work.entered():
            why = kept(error) if isinstance(error, Refused) else str(error)[:400]
            asked.state, asked.note, asked.done_at = SimulationState.FAILED, why, work.at
            asked.save(update_fields=["state", "note", "done_at"])
        return {"failed": str(error)[:200]}
    with work.entered():
        asked.state, asked.result, asked.done_at = SimulationState.DONE, result, work.at
        asked.people = result["people"]
        asked.save(update_fields=["state", "result", "done_at", "people"])
        if asked.draft is not None and asked.kind == SimulationKind.WHAT_IF:
            drafts.simulated(asked.draft, revision=asked.revision or 0, at=work.at)
    return {"people": result["people"]}


def _answered(work: Work, asked: Simulation) -> dict[str, Any]:
    last = month_end(months_later(asked.month, asked.months))
    with work.entered():
        before, after = policies_with(asked.draft, last)
        if asked.kind == SimulationKind.WHAT_IF:
            return compared(asked.region_id, asked.month, before, after)
        readings = everybody(asked.region_id, asked.month, after, ahead=asked.months)
    rows = []
    for month, row in outlook(readings, asked.month, after, asked.months):
        rows.append({"month": month.isoformat(), "benefits": row})
        work.step(len(rows), asked.months)
    return {"people": readings.size, "months": rows}


def _award_lost(lost: Lost) -> None:
    Award.everywhere.filter(pk=lost.args["award"], state=AwardState.COMPUTING).update(
        state=AwardState.DISCARDED, note=_broke_off(lost)
    )


@job("entitlement.propose", lost=_award_lost)
def propose(work: Work) -> dict[str, Any]:
    """Find who is entitled to what is given unasked. A list that cannot be worked out is discarded with the reason."""
    with work.entered():
        award = _computing(work)
        if award is None:
            return {}
        list_candidates(award, actor=work.actor, at=work.at)
    return {"grants": award.grants}


def _computing(work: Work) -> Award | None:
    rows = Award.objects.within(work.actor.scope("entitlement.determine")).select_for_update(
        no_key=True, of=("self",)
    )
    found: Award | None = rows.filter(pk=work.args["award"], state=AwardState.COMPUTING).first()
    return found
