"""Posts and their rosters on screen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from songhe.areas.grid import actions, columns
from songhe.areas.grid.limits import level_choices, terms
from songhe.areas.grid.models import Post, Turn
from songhe.areas.grid.queries.books import helper_names
from songhe.areas.grid.queries.rosters import gaps_of, on_duty
from songhe.areas.grid.screens.common import gap_words, still
from songhe.kit import spec
from songhe.kit.clock import now, today
from songhe.kit.pages import NavItem
from songhe.kit.spec import grid, panel, record, verb


def _week(row: Post, request: HttpRequest) -> Mapping[str, Any]:
    """Who answers now, and where nobody does in the next days."""
    told = gaps_of([row], today(), terms().roster_days).get(row.pk, [])
    lines = on_duty([row], now()).get(row.pk, [])
    names = helper_names(line.helper_id for line in lines)
    return {
        "days": terms().roster_days,
        "now": [(line, names[line.helper_id]) for line in lines if line.helper_id in names],
        "gaps": [gap_words(one) for one in told],
        "open": row.until is None,
    }


def _turns(row: Post, request: HttpRequest) -> list[Turn]:
    rows = Turn.everywhere.filter(post=row).select_related("helper")
    return [
        one
        for one in rows.order_by("-on", "starts", "id")[:60]
        if (one.on or today()) >= today() and still(one.until)
    ]


def _open(row: Post, user: Any) -> bool:
    return still(row.until)


def _begin(row: Any, user: Any) -> dict[str, Any]:
    return {"since": today(), "on": today(), "days": [1, 2, 3, 4, 5], "starts": time(8), "ends": time(18)}


_LEVEL = spec.text("level", show=lambda row: row.level_label)

posts = record(
    Post,
    slug="grid-posts",
    right="grid.view",
    title=_("Posts and rosters"),
    one=_("Duty post"),
    intro=_("Where each level answers, and who is on duty. Where nobody is, help is sought one level up at once."),
    columns=[
        spec.link("name", sort="name"),
        spec.text("level", show=lambda row: row.level_label, sort="level"),
        spec.region(),
        spec.text("phone"),
        spec.day("since"),
        spec.day("until"),
    ],
    filters=[
        spec.region_filter(),
        spec.choice("level", options=lambda request: level_choices()),
        spec.flag("open", _("Still manned"), narrow=lambda rows, yes: rows.filter(until__isnull=yes)),
    ],
    search=("name",),
    order=("region_id", "level", "id"),
    subheading=lambda row: row.level_label,
    panels={
        _("On duty"): panel("grid/week.html", query=_week),
        _("Roster"): grid(
            _turns,
            [spec.link("days", _("When"), show=lambda row: row.day_names), spec.text("starts", _("Hours"), show=lambda row: row.hour_words),
             columns.helper(_("On duty")), spec.yes_no("instead_of", _("Stand-in"), show=lambda row: row.instead_of_id is not None), spec.day("until")],
            none=_("The roster is empty. Put somebody on duty."),
        ),
    },
    aside={
        _("Duty post"): [_LEVEL, spec.region(), spec.text("phone"), "since", spec.day("until", optional=True)],
        _("History"): spec.history(),
    },
    verbs=[
        verb(actions.open_post, label=_("Open a post"), icon="plus", primary=True, initial=lambda row, user: {"since": today()}),
        verb(actions.put_on_duty, label=_("Put on duty every week"), icon="calendar", primary=True, when=_open, initial=_begin),
        verb(actions.add_day, label=_("Put on duty on one day"), icon="calendar-event", when=_open, initial=_begin),
        verb(actions.edit_post, label=_("Edit"), icon="pencil", when=_open,
             initial=lambda row, user: {"name": row.name, "phone": row.phone}),
        verb(actions.close_post, label=_("Close"), danger=True, icon="x", when=_open, initial=lambda row, user: {"on": today()}),
    ],
    nav=NavItem("service", "calendar", 57),
    empty=_("No post yet. Open one for each level."),
)  # fmt: skip

turns = record(
    Turn,
    slug="grid-turns",
    right="grid.view",
    title=_("Duty shifts"),
    one=_("Duty shift"),
    columns=[
        spec.link("starts", _("Hours"), show=lambda row: row.hour_words),
        spec.text("days", _("When"), show=lambda row: row.day_names),
        columns.post(),
        columns.helper(_("On duty")),
        spec.region(),
        spec.day("since", sort="since"),
        spec.day("until"),
    ],
    filters=[spec.region_filter(), spec.date_range("on", _("Day")), spec.flag("weekly", _("Every week"), narrow=lambda rows, yes: rows.filter(on__isnull=yes))],
    order=("-since", "id"),
    heading=str,
    aside={
        _("Duty shift"): [
            columns.post(), columns.helper(_("On duty")), spec.text("days", _("When"), show=lambda row: row.day_names),
            spec.text("starts", _("Hours"), show=lambda row: row.hour_words), "since", spec.day("until", optional=True),
            spec.text("by"), spec.when("at"),
        ],
        _("History"): spec.history(),
    },
    verbs=[
        verb(actions.stand_in, label=_("Stand-in"), icon="users", primary=True,
             when=lambda row, user: row.on is None and still(row.until), initial=lambda row, user: {"on": today()}),
        verb(actions.end_turn, label=_("End"), icon="x", danger=True,
             when=lambda row, user: row.on is None and row.until is None, initial=lambda row, user: {"on": today()}),
    ],
    empty=_("Nobody is on a roster yet."),
)  # fmt: skip
