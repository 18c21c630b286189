"""Rosters on screen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.providers.api import organisation_column, worker_column
from songhe.areas.roster import actions
from songhe.areas.roster.models import Roster, RosterEdit, RosterLine, State
from songhe.areas.roster.screens.words import OUTCOME_TONES, STATE_TONES, terms_of
from songhe.areas.visits.api import person_names
from songhe.engines.jobs.models import Job
from songhe.kit.charts import progress
from songhe.kit.clock import today
from songhe.kit.pages import NavItem
from songhe.kit.refusals import retold
from songhe.kit.spec import (
    choice,
    date_range,
    grid,
    link,
    number,
    panel,
    record,
    region_filter,
    state,
    text,
    timeline,
    verb,
    when,
    yes_no,
)
from songhe.kit.who import who
from songhe.kit.words import moment


def _in(*states: State) -> Any:
    return lambda row, user: row.state in states


def moving(row: Roster) -> bool:
    """Whether a job works on it."""
    return row.state in (State.PLANNING, State.PUBLISHING) and not row.is_halted


def _home(user: Any) -> dict[str, Any]:
    areas = user.scope("roster.plan").areas
    return {"region": areas[0][0]} if areas else {}


def _terms(row: Roster, request: Any) -> Mapping[str, Any]:
    job = Job.objects.filter(pk=row.job_id).first() if row.job_id and row.state == State.PLANNING else None
    bar = progress(job.done, job.total or 1, title=gettext("Progress"), width=320) if job else None
    return {"roster": row, "terms": list(terms_of(row)), "bar": bar}


def _left(row: Roster, request: Any) -> Any:
    rows = RosterLine.objects.within(who(request).scope("roster.view")).filter(roster=row)
    return rows.filter(outcome__in=["skipped", "back", "left"]).order_by("starts_at", "id")


def _names(row: RosterLine) -> str:
    return person_names([row.person_id]).get(row.person_id, "—")


def _edits(row: Roster, request: Any) -> Iterable[Mapping[str, Any]]:
    rows = RosterEdit.objects.within(who(request).scope("roster.view")).filter(roster=row)
    words = {
        "move": gettext("Moved by hand"),
        "out": gettext("Taken out"),
        "pin": gettext("Pinned or unpinned"),
        "fit": gettext("Inserted"),
    }
    for edit in rows.order_by("-at", "-id")[:30]:
        note = [edit.actor_name]
        if edit.cost:
            note.append(gettext("Cost {n}").format(n=f"{edit.cost:+d}"))
        yield {"at": edit.at, "text": words.get(edit.what, edit.what), "note": " · ".join(note), "tone": ""}


rosters = record(
    Roster,
    slug="rosters",
    right="roster.view",
    title=_("Rosters"),
    one=_("Roster"),
    columns=[
        link("first", _("Planned days"), show=str, sort="first"),
        organisation_column(_("Organisation")),
        number("unassigned"),
        number("cost"),
        text("made_by_name"),
        when("made_at", sort="made_at"),
        state("state", tones=STATE_TONES),
    ],
    filters=[region_filter(), choice("state"), choice("days"), date_range("first", _("First day"))],
    order=("-first", "-made_at", "id"),
    state=state("state", tones=STATE_TONES),
    subheading=lambda row: retold(row.reason) or str(row.get_days_display()),
    refresh=moving,
    panels={
        _("Plan"): panel("roster/terms.html", query=_terms),
        _("How it was made"): [
            organisation_column(_("Organisation")),
            text("made_by_name"),
            when("made_at"),
            when("planned_at"),
            when("published_at"),
            yes_no("again"),
            number("seed"),
            number("seconds"),
            number("moves"),
            text("reason", show=lambda row: retold(row.reason), wide=True, optional=True),
        ],
        _("Not as planned"): grid(
            _left,
            [
                text("person", _("Person"), show=_names),
                text("item_label", _("Service")),
                worker_column(_("Worker")),
                text(
                    "starts_at",
                    _("Promised from"),
                    show=lambda row: moment(row.starts_at) if row.starts_at else "—",
                ),
                text("said", _("Note")),
                state("outcome", _("Publishing outcome"), tones=OUTCOME_TONES),
            ],
            none=_("Everything that was published is as planned."),
        ),
    },
    aside={_("Changed by hand"): timeline(_edits)},
    verbs=[
        verb(
            actions.plan_days,
            label=_("Plan"),
            primary=True,
            icon="calendar",
            on_row=False,
            labels={"organisation": _("Organisation")},
            initial=lambda row, user: {"first": today(), "days": 1},
            then=lambda result, row: reverse("roster.board", args=[result.pk]),
        ),
        verb(
            actions.plan_region,
            label=_("Plan a region"),
            icon="calendar",
            when=lambda row, user: bool(user.scope("roster.plan").areas),
            initial=lambda row, user: {"first": today(), "days": 1, **_home(user)},
            then=lambda result, row: reverse("roster.board", args=[result.pk]),
        ),
        verb(
            actions.plan_again,
            label=_("Re-plan"),
            icon="refresh",
            when=_in(State.PUBLISHED, State.DRAFT),
            then=lambda result, row: reverse("roster.board", args=[result.pk]),
        ),
        verb(
            actions.plan_beside,
            label=_("A second plan to compare"),
            when=_in(State.DRAFT),
            then=lambda result, row: reverse("roster.board", args=[result.pk]),
        ),
        verb(
            actions.publish,
            label=_("Publish"),
            primary=True,
            icon="check",
            when=_in(State.DRAFT, State.PUBLISHING),
            ask=_(
                "Workers are sent, and workers and families are told. What changed meanwhile is left as it is."
            ),
            then=lambda result, row: reverse("roster.board", args=[result.pk]),
        ),
        verb(
            actions.replace_ill,
            label=_("A worker is ill"),
            when=_in(State.PUBLISHED, State.DRAFT),
            then=lambda result, row: reverse("roster.board", args=[result.pk]),
        ),
        verb(actions.stop_planning, label=_("Stop"), danger=True, when=_in(State.PLANNING)),
        verb(actions.discard, label=_("Put aside"), danger=True, when=_in(State.DRAFT, State.FAILED)),
    ],
    nav=NavItem("service", "calendar", 14),
    empty=_("Nothing is planned yet. Plan a day."),
)
