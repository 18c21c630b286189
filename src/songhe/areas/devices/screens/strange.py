"""What came in and has no place: unknown numbers, and signals of devices that are nobody's or may not speak."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from songhe.areas.devices import actions
from songhe.areas.devices.models import Signal, Stray
from songhe.areas.devices.screens.common import BECAME_TONES
from songhe.engines.access.api import Scope
from songhe.kit import spec
from songhe.kit.pages import NavItem
from songhe.kit.spec import record, verb

LOOKED_AT = ("asked", "unbound", "disabled", "strange")


def _odd(scope: Scope) -> QuerySet[Signal]:
    rows: QuerySet[Signal] = Signal.objects.within(scope).filter(became__in=LOOKED_AT)
    return rows


_CLEARED = spec.state(
    "state", _("State"), show=lambda row: "cleared" if row.cleared_at else "open",
    label_of=lambda row: _("Cleared up") if row.cleared_at else _("Not done yet"), tones={"open": "warn", "cleared": "muted"},
)  # fmt: skip

strays = record(
    Stray,
    slug="unknown-devices",
    right="devices.register",
    title=_("Unknown devices"),
    one=_("Unknown device"),
    intro=_("Numbers that report but are not in the register; their calls for help ring as alarms for the whole city. Enter the device, or say what it is."),
    columns=[
        spec.link("code", sort="code", note=lambda row: row.kind_label),
        spec.number("count", sort="count"),
        spec.when("first_at", sort="first_at"),
        spec.when("last_at", sort="last_at"),
        spec.text("note"),
        _CLEARED,
    ],
    filters=[
        spec.flag("cleared", _("Cleared up"), narrow=lambda rows, yes: rows.filter(cleared_at__isnull=not yes)),
        spec.date_range("last_at"),
    ],
    search=("code", "note"),
    order=("-last_at", "id"),
    state=_CLEARED,
    panels={
        _("Unknown device"): [
            "code", spec.text("kind", show=lambda row: row.kind_label), "count", "first_at", "last_at",
            spec.text("battery", show=lambda row: "" if row.battery is None else f"{row.battery} %"), spec.text("note", wide=True),
        ]
    },
    aside={_("History"): spec.history()},
    verbs=[verb(actions.clear_stray, label=_("Clear up"), icon="check", when=lambda row, user: row.cleared_at is None)],
    nav=NavItem("service", "alert-triangle", 68),
    empty=_("Every device number that reported is in the register."),
)  # fmt: skip


def _became(request: Any) -> list[tuple[str, Any]]:
    return [(value, label) for value, label in Signal._meta.get_field("became").choices or () if value in LOOKED_AT]  # fmt: skip


odd_signals = record(
    Signal,
    slug="odd-signals",
    right="devices.view",
    title=_("Signals to review"),
    one=_("Signal"),
    intro=_("Kept although they raised no ordinary alarm: from unassigned or disabled devices, and unannounced tests."),
    columns=[
        spec.text("kind", _("Reported content"), show=lambda row: row.kind_label),
        spec.link("device", note=lambda row: row.device.kind_label),
        spec.link("person"),
        spec.region("region"),
        spec.when("at"),
        spec.when("received_at", sort="received_at"),
        spec.text("clock", show=lambda row: row.get_clock_display() if row.clock else ""),
        spec.state("became", tones=BECAME_TONES),
    ],
    filters=[spec.choice("became", options=_became), spec.region_filter(), spec.date_range("received_at")],
    search=("device.code",),
    order=("-received_at", "id"),
    join=("device", "person"),
    rows=_odd,
    detail=False,
    nav=NavItem("service", "messages", 69),
    empty=_("No signals to review."),
)  # fmt: skip
