"""Conflicts on screen: what the phone says and what the office has, side by side, until somebody decides."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as say_now
from django.utils.translation import gettext_lazy as _

from songhe.areas.providers.api import organisation_column, worker_column, worker_names
from songhe.areas.visits import actions
from songhe.areas.visits.limits import outcome_name
from songhe.areas.visits.models import Conflict, ConflictState, Visit, VisitState
from songhe.areas.visits.screens.common import person
from songhe.kit.pages import NavItem
from songhe.kit.spec import choice, link, panel, record, region, region_filter, state, text, verb, when
from songhe.kit.words import moment

TONES = {"open": "danger", "accepted": "ok", "kept": "muted"}
DONE = {
    "accept": _("Accept"),
    "depart": _("Set out"),
    "check_in": _("Check in"),
    "check_out": _("Check out"),
    "come_in_vain": _("Unable to serve"),
    "add_note": _("Note"),
    "add_photo": _("Picture"),
    "add_voice": _("Spoken note"),
    "tick_tasks": _("Tasks done"),
    "take_vitals": _("Measurements"),
    "confirm": _("Confirmation"),
}


def what_of(row: Conflict) -> str:
    """What was done on the phone, in words."""
    return str(DONE.get(row.verb, row.verb))


def office_of(office: Mapping[str, Any]) -> list[tuple[Any, str]]:
    """What the office had, in words: label and value."""
    out: list[tuple[Any, str]] = [(_("Visit"), str(VisitState(office["state"]).label))]
    for name, label in (("arrived_at", _("Arrived")), ("left_at", _("Left"))):
        if name in office:
            out.append((label, moment(datetime.fromisoformat(office[name]))))
    if "other" in office:
        names = worker_names([UUID(office["other_worker"])])
        starts = timezone.localtime(datetime.fromisoformat(office["other_starts_at"]))
        other = f"{names.get(UUID(office['other_worker']), '')} {starts:%m-%d %H:%M}"
        out.append((_("Reassigned to"), f"{other} · {VisitState(office['other_state']).label}"))
    return out


def _sides(row: Conflict, request: Any) -> Mapping[str, Any]:
    values = row.values
    told: list[tuple[Any, str]] = [
        (_("Done on the phone"), what_of(row)),
        (_("When"), moment(row.claimed_at)),
    ]
    if row.phone_at:
        told.append((_("By the phone's wrong clock"), moment(row.phone_at)))
    if values.get("lon"):
        told.append((_("Place"), f"{values['lat']}, {values['lon']} (± {values.get('accuracy') or '?'} m)"))
    if values.get("outcome"):
        told.append((_("Outcome at the door"), outcome_name(str(values["outcome"]))))
    if values.get("note"):
        told.append((_("Note"), str(values["note"])))
    others = Conflict.everywhere.filter(visit_id=row.visit_id).exclude(pk=row.pk).order_by("claimed_at", "id")
    return {
        "told": told,
        "office": office_of(row.office),
        "file": row.attachment_id,
        "others": [(other, what_of(other)) for other in others],
        "visit_url": reverse("visits.detail", args=[row.visit_id]),
    }


conflicts = record(
    Conflict,
    slug="conflicts",
    right="visits.view",
    title=_("Conflicts"),
    one=_("Conflict"),
    columns=[
        link("claimed_at", _("By the phone"), show=str, sort="claimed_at"),
        person(),
        text("verb", _("Done on the phone"), show=what_of),
        worker_column(_("Worker")),
        organisation_column(_("Organisation")),
        region("region"),
        state("state", tones=TONES),
    ],
    filters=[region_filter(), choice("state"), choice("reason")],
    order=("-received_at", "id"),
    detail_template="visits/detail.html",
    state=state("state", tones=TONES),
    subheading=what_of,
    panels={
        _("Both versions"): panel("visits/sides.html", query=_sides),
        _("Conflict"): [
            person(),
            worker_column(_("Worker")),
            when("received_at"),
            "state",
            text("get_reason_display", _("Reason"), optional=True),
            text("words", optional=True),
            when("decided_at", optional=True),
            text("decided_by", optional=True),
        ],
    },
    verbs=[
        verb(
            actions.decide,
            label=_("Decide"),
            primary=True,
            icon="scale",
            ask=_("Everything that waits about this visit is decided together. Both sides' values stay."),
            when=lambda row, user: row.state == ConflictState.OPEN,
        )
    ],
    nav=NavItem("service", "git-merge", 50),
    empty=_("Phone and office records agree."),
)


def kept(row: Visit, *, verb: str, actor: Any, at: datetime, **told: Any) -> str:
    """Keep what a phone brings too late, and say so on the phone; where only the clock says otherwise, the phone is right."""
    if verb in actions.OPENING and actions.given_up_by_clock(row):
        actions.plan_again(row, actor=actor, at=at)
        return ""
    actions.keep_conflict(row, verb=verb, actor=actor, at=at, **told)
    return say_now("The office changed this visit meanwhile. What you did is kept, and the office decides.")
