"""Verbs of runs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated

from django.db import IntegrityError, connection, transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.entitlement.api import arrears_due, arrears_paid
from songhe.areas.payments.models import Posting, Run, RunState
from songhe.areas.payments.queries.runs import abandoned
from songhe.areas.payments.terms import run_terms
from songhe.core.codes.region import COUNTY, level_of
from songhe.core.days import month_of, months_later
from songhe.core.refusal import Forbidden, Refused
from songhe.engines.access.api import Actor, elevated
from songhe.engines.acts.api import act, add_detail, four_eyes
from songhe.engines.jobs.api import start
from songhe.engines.live.api import publish
from songhe.engines.policies.api import changed_since as policies_changed
from songhe.engines.regions.models import Region
from songhe.kit.fields import Field

Purchaser = Annotated[
    Region, Field(label=_("Paying region"), help=_("A county, district or city at county level"))
]
AnyDay = Annotated[date, Field(label=_("Month"), help=_("Any day of the month."))]
Reason = Annotated[str, Field(label=_("Reason"), long=True, size=400)]

_STALE = """
SELECT count(*) FROM payments_posting p
LEFT JOIN (SELECT q.grant_id, q.month, sum(q.fen) AS fen FROM payments_posting q JOIN payments_run r ON r.id = q.run_id
           WHERE r.state = 'posted' AND q.grant_id IN (SELECT grant_id FROM payments_posting WHERE run_id = %(run)s)
           GROUP BY 1, 2) before ON before.grant_id = p.grant_id AND before.month = p.month
WHERE p.run_id = %(run)s AND coalesce(before.fen, 0) <> p.due - p.fen
"""
_POSTED: list[Callable[[Run, Actor, datetime], None]] = []


def when_posted(effect: Callable[[Run, Actor, datetime], None]) -> Callable[[Run, Actor, datetime], None]:
    """What else happens in the act that posts a run; where it refuses, nothing is posted."""
    _POSTED.append(effect)
    return effect


@act("payments.prepare")
def prepare_run(
    *,
    actor: Actor,
    at: datetime,
    region: Purchaser,
    month: AnyDay,
    news_only: Annotated[
        bool,
        Field(
            label=_("Only people with changes since the last run"),
            help=_("Quick corrections between the runs of two months."),
        ),
    ] = False,
) -> Run:
    """Work out what every grant of a county is due for a month, and for the months before as far as they differ now.

    Progress is shown with the jobs. Nothing counts before somebody else has posted the run.
    """
    if level_of(region.pk) != COUNTY:
        raise Refused("payments.not_county", "A run is for a county or district. Choose one.", field="region")
    if not actor.scope("payments.prepare").holds(region.pk):
        raise Forbidden(
            "outside_scope", "This is outside your area. Hand it to the colleague who is responsible there."
        )
    first = month_of(month)
    if first > month_of(timezone.localdate(at)):
        raise Refused(
            "payments.month_ahead", "This month has not begun. Choose an earlier one.", field="month"
        )
    for broken in abandoned(region.pk):
        give_up(broken, actor=actor, at=at)
    since = _last_look(region.pk, first) if news_only else None
    run = _opened(region, first, since, actor=actor, at=at)
    run.job_id = start("payments.compute", {"run": str(run.pk)}, actor=actor, at=at, key=str(run.pk)).pk
    run.save(update_fields=["job_id"])
    return run


@act("payments.approve")
def post_run(run: Run, *, actor: Actor, at: datetime) -> Run:
    """Post what somebody else prepared: its changes count from now on, and are paid with the next batches."""
    _need(run, RunState.READY)
    four_eyes(run.prepared_by_id, actor)
    with elevated(), connection.cursor() as cursor:  # grants may have been posted elsewhere, before a move
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('payments.post'))")
        cursor.execute(_STALE, {"run": run.pk})
        (stale,) = cursor.fetchone()
    if stale:
        raise Refused(
            "payments.stale",
            "For {count} of these months something was posted since. Discard this run and prepare a new one.",
            count=stale,
        )
    _decide(run, RunState.POSTED, actor=actor, at=at)
    _settle_arrears(run, actor=actor, at=at)
    for effect in _POSTED:
        effect(run, actor, at)
    return run


@act("payments.prepare")
def discard(run: Run, *, actor: Actor, at: datetime, reason: Reason) -> Run:
    """Discard a run that was not posted; its postings never count."""
    _need(run, RunState.READY, RunState.COMPUTING)
    run.note = reason
    return _decide(run, RunState.DISCARDED, actor=actor, at=at)


@act("payments.prepare", verb="payments.give_up")
def give_up(run: Run, *, actor: Actor, at: datetime) -> Run:
    """Say that a run could not be worked out, because its job has ended without a result; another can be prepared."""
    _need(run, RunState.COMPUTING)
    run.state, run.note = RunState.FAILED, "job_ended"
    run.save(update_fields=["state", "note"])
    publish("payment-runs", run.region_id, {"run": str(run.pk), "state": str(run.state)}, at=at)
    return run


def _last_look(region: int, month: date) -> datetime:
    """When the last posted run of the county looked; refused where a run for everybody has to come first."""
    last = Run.everywhere.filter(region=region, state=RunState.POSTED).order_by("-known_at").first()
    if last is None or last.month < month:
        raise Refused(
            "payments.everybody_first",
            "No run of this month was posted yet. Prepare one for everybody first.",
            field="news_only",
        )
    if policies_changed(last.known_at):
        raise Refused(
            "payments.policies_changed",
            "A policy has changed since the last run, which concerns everybody. Prepare a run for everybody.",
            field="news_only",
        )
    return last.known_at


def _opened(region: Region, month: date, since: datetime | None, *, actor: Actor, at: datetime) -> Run:
    terms = run_terms()
    first = months_later(month, -terms.months_back)
    head = f"HS-{region.pk // 10**6}-{month:%Y%m}-"
    taken = Run.everywhere.filter(number__startswith=head).aggregate(n=Count("id"))["n"]
    run = Run(
        region_id=region.pk,
        month=month,
        first_month=min(max(first, terms.first_month or first), month),
        number=f"{head}{taken + 1:03d}",
        known_at=at,
        news_since=since,
        prepared_by_id=actor.id,
        prepared_by=actor.name[:80],
        prepared_at=at,
    )
    try:
        with transaction.atomic():
            run.save(force_insert=True)
    except IntegrityError as error:
        raise Refused(
            "payments.run_open",
            "A run of this county is still open. Post it or discard it, then prepare the next one.",
            field="region",
        ) from error
    return run


def _settle_arrears(run: Run, *, actor: Actor, at: datetime) -> None:
    """The owed months that the run paid are owed no more."""
    paid = set(Posting.everywhere.filter(run=run, fen__gt=0).values_list("grant_id", "month"))
    for due in arrears_due(run.region_id, actor.scope("payments.approve")):
        if any(due.months.holds(month) for grant, month in paid if grant == due.grant.pk):
            arrears_paid(due.grant, actor=actor, at=at, spans=[due.span_id])


def _decide(run: Run, state: RunState, *, actor: Actor, at: datetime) -> Run:
    run.state, run.decided_by_id, run.decided_by, run.decided_at = state, actor.id, actor.name[:80], at
    run.save(update_fields=["state", "decided_by_id", "decided_by", "decided_at", "note"])
    add_detail(postings=run.postings, fen=run.fen)
    publish("payment-runs", run.region_id, {"run": str(run.pk), "state": str(state)}, at=at)
    return run


def _need(run: Run, *states: RunState) -> None:
    if run.state not in states:
        raise Refused(
            "payments.state",
            "This is not possible while the run is “{state}”. Reload the page and choose again.",
            state=run.get_state_display(),
        )
