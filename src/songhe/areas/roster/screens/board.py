"""The planner's board: a day or a week of a roster, and what can be done with it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.providers.api import worker_names
from songhe.areas.roster import queries
from songhe.areas.roster.fitting import loose
from songhe.areas.roster.happened import happened
from songhe.areas.roster.models import Days, Roster, RosterLine, State
from songhe.areas.roster.screens import desk, urgent
from songhe.areas.roster.screens.lanes import WORDS, board, week
from songhe.areas.roster.screens.panel import panel_of
from songhe.areas.roster.screens.rosters import moving, rosters
from songhe.areas.roster.screens.routes import routes
from songhe.areas.roster.screens.words import STATE_TONES, rule_said, terms_of
from songhe.areas.visits.api import person_names
from songhe.core.sources import DataError
from songhe.engines.jobs.models import Job
from songhe.kit.charts import progress
from songhe.kit.clock import now
from songhe.kit.map.drawing import draw
from songhe.kit.pages import NavItem, live_topic, page
from songhe.kit.who import who
from songhe.kit.words import moment

TRAY = 200


def board_context(request: HttpRequest, pk: UUID) -> Mapping[str, Any]:
    """Everything on the board of one roster."""
    user, at = who(request), now()
    roster: Roster = Roster.objects.take(pk, user.scope("roster.view"))
    may_edit = roster.is_draft and _mine(user, roster)
    found: dict[str, Any] = {
        "roster": roster,
        "record_url": rosters.url_of(roster),
        "tone": STATE_TONES[roster.state],
        "moving": moving(roster),
        "terms": list(terms_of(roster)),
        "may_edit": may_edit,
        "may_plan": _mine(user, roster),
        "key": uuid4().hex,
        "verbs": [
            (one, rosters.url_for(one, roster))
            for one in rosters.verbs
            if one.takes(Roster)
            and one.offered(roster, user)
            and one.slug != "replace_ill"
            and _mine(user, roster)
        ],
        "beside": _beside(roster, user),
    }
    if roster.state in (State.PLANNING, State.FAILED):
        return found | {"bar": _bar(roster)}
    lines = list(queries.lines_of(roster))
    return found | _shown(request, roster, lines, at) | _changes(roster, lines)


def _mine(user: Any, roster: Roster) -> bool:
    """Whether the reader plans this one; who only looks on sees the same without verbs."""
    return bool(
        user.may("roster.plan")
        and Roster.objects.within(user.scope("roster.plan")).filter(pk=roster.pk).exists()
    )


def _bar(roster: Roster) -> Any:
    looking = roster.state == State.PLANNING
    job = Job.objects.filter(pk=roster.job_id).first() if roster.job_id and looking else None
    return progress(job.done, job.total or roster.seconds, title=_("Progress"), width=320) if job else ""


def _beside(roster: Roster, user: Any) -> list[Roster]:
    """Other plans of the same span, to compare with."""
    rows = Roster.objects.within(user.scope("roster.view")).filter(
        first=roster.first,
        days=roster.days,
        organisation_id=roster.organisation_id,
        region_id=roster.region_id,
    )
    rows = rows.filter(state__in=[State.DRAFT, State.PUBLISHED, State.SUPERSEDED], planned_at__isnull=False)
    return list(rows.exclude(pk=roster.pk).order_by("-made_at", "id")[:5])


def chosen_day(request: HttpRequest, roster: Roster) -> date:
    """The day asked for in the address, else today if it is among the days, else the first."""
    try:
        day = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        day = timezone.localdate(now())
    return day if roster.first <= day <= roster.last else roster.first


def _shown(request: HttpRequest, roster: Roster, lines: list[RosterLine], at: datetime) -> dict[str, Any]:
    day = chosen_day(request, roster)
    try:
        draft = desk.draft(roster, at, anew=roster.state != State.PUBLISHING)  # which looks every second
    except DataError as fault:
        return {"broken": str(fault)}
    shown = board(roster, draft, lines, day, at)
    live = roster.is_draft or roster.state == State.PUBLISHED
    free = loose(draft, lines) if live else []
    known = {line.order_id for line in lines}
    fresh = [key for key in free if key not in known]
    days, rows = week(roster, lines, draft.facts.free) if roster.days == Days.WEEK else ([], [])
    return {
        "day": day,
        "board": shown,
        "week_days": days,
        "week_rows": rows,
        "tray": _tray(lines, set(free)),
        "fresh": urgent.fresh_of(fresh[:TRAY], draft),
        "fit": urgent.fit_of(request, roster, at),
        "happened": urgent.told(happened(roster, lines, draft.facts, at)),
        "lost": len(draft.lost),
        "waits": _waits(roster),
        "map": draw(found) if (found := routes(draft, shown, request.GET.get("line", ""))) else None,
        "words": sorted({(bar.tone, str(bar.word)) for lane in shown.lanes for bar in lane.bars}),
        "panel": panel_of(request, roster, draft, lines),
        "moment": timezone.localtime(at),
    }


def _waits(roster: Roster) -> Roster | None:
    """A draft of the same days that was made after this one was published."""
    if roster.state != State.PUBLISHED:
        return None
    return queries.drafts_since(roster).filter(state=State.DRAFT).first()


def _tray(lines: list[RosterLine], free: set[UUID]) -> list[tuple[RosterLine, str, str, bool]]:
    """Visits without a worker: person, why where the plan left them out at once, and whether one may be fitted in."""
    left = [line for line in lines if line.worker_id is None][:TRAY]
    names = person_names(line.person_id for line in left)
    return [
        (
            line,
            names.get(line.person_id, "—"),
            rule_said(line.reason) if line.reason else "",
            line.order_id in free,
        )
        for line in left
    ]


def _changes(roster: Roster, lines: list[RosterLine]) -> dict[str, Any]:
    """What is otherwise than told, for whom."""
    if roster.state not in (State.DRAFT, State.PUBLISHING):
        return {"changes": []}
    changed = [line for line in lines if line.changed]
    persons = person_names(line.person_id for line in changed)
    names = worker_names([*(line.worker_id for line in changed), *(line.told_worker_id for line in changed)])
    return {
        "changes": [
            {
                "line": line,
                "person": persons.get(line.person_id, "—"),
                "before": f"{names.get(line.told_worker_id, '—')} {moment(line.told_at)}"
                if line.told_worker_id and line.told_at
                else "—",
                "after": f"{names.get(line.worker_id, '—')} {moment(line.starts_at)}"
                if line.worker_id and line.starts_at
                else "",
            }
            for line in changed
        ]
    }


def newest(request: HttpRequest) -> HttpResponse:
    """The board of the nearest day that is planned, else the list, from which a day can be planned."""
    user, at = who(request), now()
    scope = user.scope("roster.view")
    rows = Roster.objects.within(scope).filter(state__in=[State.DRAFT, State.PUBLISHED, State.PLANNING])
    today = timezone.localdate(at)
    found = rows.filter(first__gte=today).order_by("first", "-made_at").first()
    found = found or next(
        (row for row in rows.order_by("-first", "-made_at")[:20] if row.last >= today), None
    )
    return redirect("roster.board", pk=found.pk) if found else redirect("rosters.list")


live_topic("roster", right="roster.view")
page(
    "roster.planner",
    path="planner/",
    title=_("Planner's board"),
    right="roster.view",
    view=newest,
    nav=NavItem("service", "calendar-stats", 12),
)
the_board = page(
    "roster.board",
    path="planner/<uuid:pk>/",
    title=_("Planner's board"),
    right="roster.view",
    template="roster/board.html",
    context=board_context,
)

__all__ = ["WORDS", "the_board"]
