"""Publishing: workers are sent, visits change, and those concerned are told; each line once, wherever a server dies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext

from songhe.areas.care.api import choose_days
from songhe.areas.providers.api import worker_names
from songhe.areas.roster.actions.informing import inform
from songhe.areas.roster.models import News, Outcome, Roster, RosterLine, State
from songhe.areas.roster.rules import Step, batches
from songhe.areas.visits.api import Move, Sent, send_many
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor, Tie, elevated, update_many
from songhe.engines.acts.api import act, add_detail
from songhe.engines.jobs.api import start
from songhe.engines.live.api import publish as tell_boards
from songhe.kit.refusals import retold

CHUNK = 200
PUBLISH = "roster.publish"
TOPIC = "roster"
TOLD = {"sent": "new", "moved": "moved", "back": "off"}


@act("roster.publish")
def publish(roster: Roster, *, actor: Actor, at: datetime) -> Roster:
    """Publish a plan: from now on it is what workers and families are told. Trying again goes on where it stopped."""
    if roster.state not in (State.DRAFT, State.PUBLISHING):
        raise Refused("not_a_draft", "Only a draft can be published. Re-plan to change what is published.")
    roster.state = State.PUBLISHING
    roster.job_id = start(PUBLISH, {"roster": str(roster.pk)}, actor=actor, at=at, key=str(roster.pk)).pk
    roster.save(update_fields=["state", "job_id"])
    return roster


@act("roster.publish", verb="roster.publish_chunk")
def publish_chunk(roster: Roster, *, actor: Actor, at: datetime) -> int:
    """Publish some lines in the caller's transaction; returns how many are left. The roster's row is locked, so that
    two who publish do so one after the other."""
    if roster.state != State.PUBLISHING:
        return 0
    rows = RosterLine.everywhere.filter(roster=roster, outcome=Outcome.WAITING)
    waiting = {str(line.pk): line for line in rows.select_related("order").order_by("code", "part")}
    chunks = batches([_step(line) for line in waiting.values()], CHUNK)
    if chunks:
        if not RosterLine.everywhere.filter(roster=roster).exclude(outcome=Outcome.WAITING).exists():
            _choose_days(roster, list(waiting.values()), actor=actor, at=at)  # for all, with the first
        lines = [waiting[key] for key in chunks[0]]
        _publish(roster, lines, actor=actor, at=at)
        add_detail(lines=len(lines))
    left = len(waiting) - (len(chunks[0]) if chunks else 0)
    if not left:
        _finish(roster, actor=actor, at=at)
    tell_boards(
        TOPIC,
        roster.region_id,
        {"roster": str(roster.pk), "left": left},
        at=at,
        holder_id=roster.organisation_id,
    )
    return left


def _choose_days(roster: Roster, lines: Sequence[RosterLine], *, actor: Actor, at: datetime) -> None:
    """Put the orders that are to be published on the days chosen for them; what was told already stays on its own."""
    days = {line.order_id: timezone.localdate(line.starts_at) if line.starts_at else None for line in lines}
    if any(days[line.order_id] not in (None, timezone.localdate(line.order.wanted_from)) for line in lines):
        first = max(roster.first, timezone.localdate(at))
        choose_days(days, first, roster.last, actor=actor, at=at)


def _step(line: RosterLine) -> Step:
    return Step(
        key=str(line.pk),
        worker=str(line.worker_id) if line.worker_id else None,
        start=line.starts_at,
        end=line.ends_at,
        old_worker=str(line.told_worker_id) if line.told_worker_id else None,
        old_start=line.told_at,
        old_end=line.told_at + timedelta(minutes=line.minutes) if line.told_at else None,
    )


def _publish(roster: Roster, lines: Sequence[RosterLine], *, actor: Actor, at: datetime) -> None:
    moves = [
        Move(
            order_id=line.order_id,
            before=line.told_visit_id,
            worker_id=line.told_worker_id if line.begun else line.worker_id,
            starts_at=line.told_at if line.begun else line.starts_at,
        )
        for line in lines
    ]
    note = retold(roster.reason) or gettext("Roster of {day}").format(day=roster)
    done = {sent.order_id: sent for sent in send_many(actor=actor, at=at, moves=moves, note=note[:200])}
    for line in lines:
        sent = done[line.order_id]
        line.outcome = Outcome(sent.outcome)
        line.said = said(sent)[:300]
    update_many(RosterLine, ("id", "outcome", "said"), [(line.pk, line.outcome, line.said) for line in lines])
    _tell(lines, done, at=at)


def said(sent: Sent) -> str:
    """Why a line was left as it is, in words."""
    return "" if sent.why is None else gettext(sent.why.message).format(**sent.why.values)


def _tell(lines: Sequence[RosterLine], done: dict[UUID, Sent], *, at: datetime) -> None:
    """News for the workers who come, those who need not, and the relatives; a repeat tells nobody twice."""
    told = [line for line in lines if line.outcome in TOLD]
    names = worker_names(line.worker_id for line in told)
    kin = _kin({line.person_id for line in told})
    news = []
    for line in told:
        what, before = TOLD[line.outcome], done[line.order_id].worker_before
        concerned: dict[UUID, str] = dict.fromkeys(kin.get(line.person_id, ()), what)
        if line.worker_id:
            concerned[line.worker_id] = "moved" if before == line.worker_id else "new"
        if before and before != line.worker_id:
            concerned[before] = "off"
        for to_id, about in concerned.items():
            news.append(
                News(
                    line=line,
                    to_id=to_id,
                    region_id=line.region_id,
                    person_id=line.person_id,
                    item=line.item,
                    what=about,
                    starts_at=line.told_at if about == "off" else line.starts_at,
                    worker_name=""
                    if about == "off"
                    else names.get(line.worker_id, "")
                    if line.worker_id
                    else "",
                    at=at,
                )
            )
    with elevated():  # news belongs to those who are told, not to the planner
        News.everywhere.bulk_create(news, ignore_conflicts=True, batch_size=500)


def _kin(persons: set[UUID]) -> dict[UUID, list[UUID]]:
    out: dict[UUID, list[UUID]] = {}
    with elevated():  # the planner need not know who the relatives are
        rows = Tie.everywhere.filter(person_id__in=persons, kind=Tie.Kind.KIN, until=None)
        for person_id, holder_id in rows.values_list("person_id", "holder_id"):
            out.setdefault(person_id, []).append(holder_id)
    return out


def _finish(roster: Roster, *, actor: Actor, at: datetime) -> None:
    """Mark it as published, and what it takes the place of as superseded."""
    others = Roster.everywhere.filter(first=roster.first, days=roster.days, region_id=roster.region_id)
    if roster.organisation_id:
        others = others.filter(organisation_id=roster.organisation_id)
    else:
        others = others.filter(organisation=None)
    over = Q(state=State.PUBLISHED) | Q(state=State.DRAFT, made_at__lt=roster.made_at)
    others.filter(over).exclude(pk=roster.pk).update(state=State.SUPERSEDED)
    roster.state, roster.published_at, roster.published_by_id = State.PUBLISHED, at, actor.id
    roster.save(update_fields=["state", "published_at", "published_by_id"])
    inform(roster, at=at)
