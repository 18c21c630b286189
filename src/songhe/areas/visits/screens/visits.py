"""Visits on screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import get_script_prefix
from django.utils.translation import gettext as say_now
from django.utils.translation import gettext_lazy as _

from songhe.areas.providers.api import item_choices, organisation_column, worker_column
from songhe.areas.visits import actions, queries
from songhe.areas.visits.limits import outcome_name, task_choices
from songhe.areas.visits.models import OrderState, Visit, VisitState, Witness
from songhe.areas.visits.presence import door_code
from songhe.areas.visits.screens.common import VISIT_TONES, person
from songhe.areas.visits.screens.conflicts import kept
from songhe.engines.access.api import elevated
from songhe.engines.acts.api import record_read
from songhe.engines.vault.models import Attachment
from songhe.kit.clock import now
from songhe.kit.pages import NavItem
from songhe.kit.spec import (
    choice,
    date_range,
    flag,
    link,
    minutes,
    number,
    panel,
    record,
    region,
    region_filter,
    state,
    text,
    verb,
    when,
)
from songhe.kit.who import who


def _in(*states: VisitState) -> Any:
    return lambda row, user: row.state in states


def _at_the_door(row: Visit, user: Any) -> bool:
    return row.state in (VisitState.ARRIVED, VisitState.DONE) and row.settled_at is None


def _to_depart(row: Visit, user: Any) -> bool:
    if row.state != VisitState.PLANNED:
        return False
    with elevated():  # an order that went to somebody else is out of the worker's reach
        return row.order.state in (OrderState.DISPATCHED, OrderState.ACCEPTED)


def _to_verify(row: Visit, user: Any) -> bool:
    return actions.to_verify(row)


def _code(row: Visit, request: Any) -> Mapping[str, Any]:
    record_read("visits.read_code", row, actor=who(request), at=now(), purpose="visit")
    return {"code": door_code(row.person_id, row.pk)}


def _order_number(row: Visit) -> str:
    with elevated():  # an order that went to somebody else is out of the worker's reach, its number is not
        return row.order.number


def _if_vain(name: str) -> Any:
    return lambda row: getattr(row, name) if row.state == VisitState.IN_VAIN else None


def _why_charged(row: Visit) -> str:
    return " ".join(say_now(words).format(**values) for words, values in row.charge_why)


def _to_look_after(rows: Any, yes: bool) -> Any:
    return rows.filter(queries.waits_to_be_seen()) if yes else rows.exclude(queries.waits_to_be_seen())


def _files(row: Visit, request: Any, kind: str) -> list[Attachment]:
    rows = Attachment.objects.within(who(request).scope("visits.view")).filter(
        about_id=row.pk, media_type__startswith=kind
    )
    return list(rows.order_by("added_at").defer("body_sealed", "thumbnail_sealed"))


def _pictures(row: Visit, request: Any) -> Mapping[str, Any]:
    return {"pictures": _files(row, request, "image/")}


def _voices(row: Visit, request: Any) -> Mapping[str, Any]:
    return {"voices": _files(row, request, "audio/")}


def _confirmed(row: Visit, request: Any) -> Mapping[str, Any]:
    told = row.confirmation
    relation = told.get("relation", "")
    known = relation in Witness.values
    return {"row": row, "told": told, "relation": Witness(relation).label if known else relation}


def _tasks(row: Visit) -> str:
    names = dict(task_choices(row.item))
    done = [names.get(code, code) for code in row.tasks]
    return " · ".join([f"{len(done)}/{len(names)}", *done]) if names else ""


def _flagged(rows: Any, yes: bool) -> Any:
    return rows.exclude(flags=[]) if yes else rows.filter(flags=[])


def _counts(rows: Any, yes: bool) -> Any:
    return rows.filter(queries.chargeable()) if yes else rows.exclude(queries.chargeable())


visits = record(
    Visit,
    slug="visits",
    right="visits.view",
    title=_("Visits"),
    one=_("Visit"),
    columns=[
        link("starts_at", _("Promised from"), show=str, sort="starts_at"),
        person(),
        worker_column(_("Worker")),
        organisation_column(_("Organisation")),
        region("region"),
        minutes("minutes", sort="minutes"),
        text("flag_names", _("Flags")),
        state("state", tones=VISIT_TONES),
    ],
    filters=[
        region_filter(),
        choice("state"),
        choice("item", _("Service"), options=lambda request: item_choices()),
        date_range("starts_at", _("Promised")),
        flag("flagged", _("Flagged"), narrow=_flagged),
        flag("counts", _("May be settled"), narrow=_counts),
        flag("look", _("Welfare check due"), narrow=_to_look_after),
    ],
    order=("-starts_at", "id"),
    detail_template="visits/detail.html",
    state=state("state", tones=VISIT_TONES),
    subheading=lambda row: row.item_label,
    panels={
        _("Visit"): [
            person(),
            text("item_label", _("Service")),
            when("starts_at"),
            when("ends_at"),
            worker_column(_("Worker")),
            organisation_column(_("Organisation")),
            text("order", _("Order"), show=_order_number),
        ],
        _("Door code"): panel(
            "visits/code.html",
            query=_code,
            right="visits.code",
            when=lambda row: row.state == VisitState.PLANNED,
        ),
        _("Proof"): [
            when("arrived_at"),
            when("arrival_said_at", optional=True),
            when("left_at"),
            when("leaving_said_at", optional=True),
            minutes("minutes"),
            text("get_arrival_by_display", _("Arrival proved by"), optional=True),
            number("arrival_metres"),
            number("leaving_metres"),
            text("flag_names", _("Flags")),
            text("tasks", _("Tasks done"), show=_tasks, wide=True, optional=True),
            number("vitals", optional=True),
            when("verified_at"),
            when("settled_at"),
            when("lapsed_at", optional=True),
            text("note", _("Note"), wide=True),
        ],
        _("Unsuccessful"): [
            text(
                "outcome", _("Outcome at the door"), show=lambda row: outcome_name(row.outcome), optional=True
            ),
            number("waited", optional=True),
            number("charge_percent", optional=True, show=_if_vain("charge_percent")),
            minutes("charge_minutes", optional=True, show=_if_vain("charge_minutes")),
            text("charge_why", _("Why"), show=_why_charged, wide=True, optional=True),
            text("get_seen_as_display", _("How the person is"), optional=True),
            when("seen_at", optional=True),
            text("seen_by", optional=True),
            text("seen_words", _("What was found"), wide=True, optional=True),
        ],
        _("Confirmed"): panel(
            "visits/confirmed.html", query=_confirmed, when=lambda row: bool(row.confirmed_by)
        ),
        _("Spoken notes"): panel("visits/voices.html", query=_voices, when=lambda row: row.voices > 0),
        _("Pictures"): panel("visits/pictures.html", query=_pictures, when=lambda row: row.photos > 0),
    },
    verbs=[
        verb(
            actions.accept,
            label=_("Accept"),
            primary=True,
            offline=True,
            conflict=kept,
            when=lambda row, user: row.state == VisitState.PLANNED and row.accepted_at is None,
        ),
        verb(
            actions.depart,
            label=_("Set out"),
            icon="route",
            offline=True,
            conflict=kept,
            when=_to_depart,
        ),
        verb(
            actions.check_in,
            label=_("Check in"),
            primary=True,
            icon="map-pin",
            offline=True,
            conflict=kept,
            when=_in(VisitState.PLANNED),
        ),
        verb(
            actions.check_out,
            label=_("Check out"),
            primary=True,
            icon="check",
            offline=True,
            conflict=kept,
            when=_in(VisitState.ARRIVED),
        ),
        verb(
            actions.add_note,
            label=_("Add a note"),
            icon="pencil",
            offline=True,
            conflict=kept,
            when=_at_the_door,
        ),
        verb(actions.add_photo, label=_("Add a picture"), offline=True, conflict=kept, when=_at_the_door),
        verb(
            actions.tick_tasks,
            label=_("Tick the tasks"),
            icon="list-check",
            offline=True,
            conflict=kept,
            when=lambda row, user: _at_the_door(row, user) and bool(task_choices(row.item)),
            initial=lambda row, user: {"tasks": row.tasks},
        ),
        verb(
            actions.take_vitals,
            label=_("Enter measurements"),
            icon="heartbeat",
            offline=True,
            conflict=kept,
            when=_at_the_door,
            then=lambda made, row: f"{get_script_prefix()}visits/{row.pk}/",
        ),
        verb(
            actions.add_voice,
            label=_("Add a spoken note"),
            icon="microphone",
            offline=True,
            conflict=kept,
            when=_at_the_door,
        ),
        verb(actions.confirm, label=_("Have it confirmed"), offline=True, conflict=kept, when=_at_the_door),
        verb(
            actions.come_in_vain,
            label=_("Unable to serve"),
            icon="door",
            offline=True,
            conflict=kept,
            when=_in(VisitState.PLANNED),
        ),
        verb(
            actions.look_after,
            label=_("Welfare check"),
            icon="heart-handshake",
            primary=True,
            when=lambda row, user: actions.to_look_after(row),
        ),
        verb(
            actions.report_incident,
            label=_("Report an incident"),
            icon="alert-triangle",
            offline=True,
            then=lambda made, row: f"{get_script_prefix()}visits/{row.pk}/",
        ),
        verb(actions.decline, label=_("Decline"), danger=True, when=_in(VisitState.PLANNED)),
        verb(actions.verify, label=_("Verify"), icon="shield-check", when=_to_verify),
        verb(
            actions.correct_visit,
            label=_("Correct the times"),
            when=lambda row, user: (
                row.settled_at is None
                and row.state in (VisitState.PLANNED, VisitState.ARRIVED, VisitState.DONE)
            ),
            initial=lambda row, user: {
                "arrived_at": row.arrived_at or row.starts_at,
                "left_at": row.left_at or row.ends_at,
            },
        ),
        verb(actions.mark_missed, label=_("Nobody came"), danger=True, when=_in(VisitState.PLANNED)),
    ],
    nav=NavItem("service", "home-heart", 30),
    empty=_("No visit is promised yet. Dispatch an order first."),
)
