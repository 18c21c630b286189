"""Helpers on screen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from songhe.areas.grid import actions, columns
from songhe.areas.grid.limits import skill_choices
from songhe.areas.grid.models import Helper, Pair, Turn
from songhe.areas.grid.queries.books import helping, holding, pairs_of
from songhe.areas.grid.screens.common import (
    KIND_TONES,
    ROLE_TONES,
    day_given,
    hours_of,
    is_here,
    now_state,
    pair_state,
    trained_state,
)
from songhe.engines.acts.api import record_read
from songhe.kit import spec
from songhe.kit.clock import now, today
from songhe.kit.history import LABELS
from songhe.kit.pages import NavItem
from songhe.kit.spec import Figure, grid, panel, record, verb
from songhe.kit.who import who

LABELS["grid.read_phone"] = _("Telephone number viewed")
LABELS["grid.read_address"] = _("Address and telephone viewed")
LABELS["grid.leave_by_death"] = _("Help ended by death")
LABELS["grid.end_by_death"] = _("Pairing ended by death")


def _phone(row: Helper, request: HttpRequest) -> Mapping[str, Any]:
    """The full number, for whoever may call; reading it is logged."""
    user = who(request)
    if row.phone_sealed:
        record_read("grid.read_phone", row, actor=user, at=now(), purpose="call")
    return {"phone": row.phone}


def _elders(row: Helper, request: HttpRequest) -> list[Pair]:
    return pairs_of(row, today())


def _turns(row: Helper, request: HttpRequest) -> list[Turn]:
    rows = Turn.objects.within(who(request).scope("grid.see")).filter(helper=row)
    return list(rows.order_by("-since", "starts")[:20])


def _figures(request: HttpRequest) -> list[Figure]:
    rows = helping(Helper.objects.within(who(request).scope("grid.see")), today())
    idle = rows.filter(~Exists(Pair.everywhere.filter(holding(today()), helper_id=OuterRef("pk")))).count()
    untrained = rows.filter(trained_on=None).count()
    return [
        Figure(_("Helpers"), rows.count(), "", f"{helpers.url()}?here=1"),
        Figure(_("Without an elder"), idle, "", f"{helpers.url()}?here=1&idle=1", ""),
        Figure(
            _("Not trained"), untrained, "", f"{helpers.url()}?here=1&trained=0", "warn" if untrained else ""
        ),
    ]


def _idle(rows: QuerySet[Helper], yes: bool) -> QuerySet[Helper]:
    paired = Exists(Pair.everywhere.filter(holding(today()), helper_id=OuterRef("pk")))
    return rows.filter(~paired if yes else paired)


def _known(row: Helper, user: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("name", "kind", "skills", "travels", "most_elders")}


def _hours(row: Helper, user: Any) -> dict[str, Any]:
    week = row.opening.week
    slot = next(iter(week.values()), ((480, 1080),))[0]
    ends = slot[1] % 1440
    return {
        "days": sorted(week) or [1, 2, 3, 4, 5, 6, 7],
        "since": time(slot[0] // 60, slot[0] % 60),
        "until": time(ends // 60, ends % 60),
    }


helpers = record(
    Helper,
    slug="helpers",
    right="grid.see",
    title=_("Helpers"),
    one=_("Helper"),
    intro=_("Good neighbours, grid workers, volunteers, officers and cooks who look after elders near by."),
    columns=[
        spec.link("name", sort="name"),
        spec.state("kind", tones=KIND_TONES),
        spec.region(),
        columns.load(),
        spec.text("skills", _("Can help with"), show=lambda row: row.skill_names),
        spec.text("phone_masked"),
        trained_state(),
        now_state(),
    ],
    filters=[
        spec.region_filter(),
        spec.choice("kind"),
        spec.choice("skill", _("Can help with"), options=lambda request: skill_choices(),
                    narrow=lambda rows, value: rows.filter(skills__contains=[value])),
        spec.flag("here", _("Active helper"), narrow=lambda rows, yes: rows.filter(until__isnull=yes)),
        spec.flag("idle", _("Without an elder"), narrow=_idle),
        spec.flag("trained", _("Trained"), narrow=lambda rows, yes: rows.filter(trained_on__isnull=not yes)),
    ],
    search=("name",),
    order=("name", "id"),
    figures=_figures,
    subheading=lambda row: f"{row.get_kind_display()} · {row.region}",
    join=("region",),
    state=now_state(),
    panels={
        _("Elders"): grid(
            _elders,
            [columns.person(), spec.state("role", tones=ROLE_TONES), spec.yes_no("holds_key"), spec.day("since"), spec.day("until"),
             pair_state()],
            none=_("Paired with nobody yet."),
        ),
        _("Duty shifts"): grid(
            _turns,
            [columns.post(), spec.text("days", _("When"), show=lambda row: row.day_names),
             spec.text("starts", _("Hours"), show=lambda row: row.hour_words), spec.day("until")],
            none=_("Not on any roster."),
        ),
    },
    aside={
        _("Helper"): [
            spec.state("kind", tones=KIND_TONES), spec.region(), spec.text("phone_masked"),
            spec.text("skills", _("Can help with"), show=lambda row: row.skill_names), "travels",
            spec.text("hours", _("Hours"), show=hours_of), spec.number("most_elders", optional=True),
            spec.day("trained_on"), spec.day("consented_on"), "since", spec.day("until", optional=True),
            spec.text("why_left", optional=True), spec.when("away_until", optional=True), spec.text("busy_with", optional=True),
        ],
        _("Call"): panel("grid/phone.html", query=_phone, right="grid.call", when=lambda row: bool(row.phone_sealed)),
        _("History"): spec.history(),
    },
    verbs=[
        verb(actions.add_helper, label=_("Add a helper"), icon="user-plus", primary=True,
             initial=lambda row, user: {"since": today(), "consented_on": today()}),
        verb(actions.pair_up, label=_("Pair with an elder"), icon="heart-handshake", primary=True, when=is_here, initial=day_given),
        verb(actions.edit_helper, label=_("Edit"), icon="pencil", when=is_here, initial=_known),
        verb(actions.set_hours, label=_("Hours"), icon="clock", when=is_here, initial=_hours),
        verb(actions.place_helper, label=_("Where the helper lives"), icon="map-pin", when=is_here,
             initial=lambda row, user: {"region": row.region, "lon": row.lon or "", "lat": row.lat or ""}),
        verb(actions.train, label=_("Training"), icon="certificate", when=is_here,
             initial=lambda row, user: {"on": today(), "skills": row.skills}),
        verb(actions.agree, label=_("Record consent"), icon="clipboard-check", when=is_here, initial=day_given),
        verb(actions.say_available, label=_("Available or not"), icon="bell", when=is_here,
             initial=lambda row, user: {"available": row.is_available}),
        verb(actions.link_helper, label=_("Log-in"), icon="device-mobile", when=is_here),
        verb(actions.report, label=_("Report something"), button=False, offline=True, when=is_here),
        verb(actions.leave, label=_("No longer a helper"), danger=True, icon="logout", when=is_here, initial=day_given,
             ask=_("All pairings end with it. Elders left with nobody then appear in the to-do list.")),
    ],
    nav=NavItem("service", "heart-handshake", 55),
    empty=_("No helper yet. Add one, or import the village's list."),
)  # fmt: skip
