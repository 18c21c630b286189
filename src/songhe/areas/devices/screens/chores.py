"""Tasks about devices on screen."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from songhe.areas.devices import actions
from songhe.areas.devices.models import Chore
from songhe.areas.devices.screens.common import CHORE_TONES
from songhe.kit import spec
from songhe.kit.clock import today
from songhe.kit.pages import NavItem
from songhe.kit.spec import record, verb


def _state(row: Chore) -> str:
    return "done" if row.closed_at else "late" if row.due_on < today() else "open"


STATES = {
    "done": (_("Done"), "ok"),
    "late": (_("Overdue"), "danger"),
    "open": (_("Not done yet"), "warn"),
}
_STATE = spec.state(
    "state", _("State"), show=_state, label_of=lambda row: STATES[_state(row)][0], tone=lambda row: STATES[_state(row)][1]
)  # fmt: skip


def _is_open(row: Chore, user: Any) -> bool:
    return row.closed_at is None


chores = record(
    Chore,
    slug="device-chores",
    right="devices.view",
    title=_("Device tasks"),
    one=_("Device task"),
    columns=[
        spec.link("kind", _("Task"), show=lambda row: row.get_kind_display(), note=lambda row: row.device.kind_label),
        spec.link("device"),
        spec.link("person"),
        spec.region("region"),
        spec.text("helper"),
        spec.when("opened_at", sort="opened_at"),
        spec.day("due_on", sort="due_on"),
        _STATE,
    ],
    filters=[
        spec.choice("kind"),
        spec.flag("open", _("Not done yet"), narrow=lambda rows, yes: rows.filter(closed_at__isnull=yes)),
        spec.flag("late", _("Overdue"), narrow=lambda rows, yes: rows.filter(closed_at=None, due_on__lt=today()) if yes else rows.exclude(closed_at=None, due_on__lt=today())),
        spec.choice("outcome"),
        spec.region_filter(),
        spec.date_range("due_on"),
    ],
    search=("device.code", "person.name", "helper"),
    order=("due_on", "id"),
    join=("device", "person"),
    heading=lambda row: row.get_kind_display(),
    subheading=lambda row: f"{row.device} · {row.device.kind_label}",
    state=_STATE,
    panels={
        _("Task"): [
            spec.state("kind", tones=CHORE_TONES), spec.link("device"), spec.link("person"), "opened_at", "due_on",
            spec.text("helper"),
        ],
        _("Outcome"): ["outcome", spec.when("closed_at"), "closed_by", spec.text("note", wide=True)],
    },
    aside={_("Region"): [spec.region("region")], _("History"): spec.history()},
    verbs=[verb(actions.settle_chore, label=_("Done"), icon="check", primary=True, when=_is_open)],
    nav=NavItem("today", "device-watch", 60),
    empty=_("No tasks. Devices that are silent, low on battery or untested appear here automatically."),
)  # fmt: skip
