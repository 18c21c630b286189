"""What devices put on the home page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from songhe.areas.devices import queries
from songhe.areas.devices.models import Chore, Device, Place, Stray
from songhe.areas.devices.screens.chores import chores
from songhe.areas.devices.screens.devices import devices
from songhe.areas.devices.screens.strange import strays
from songhe.engines.access.api import Scope
from songhe.kit.days import day_of
from songhe.kit.pages import HomeList, home_panel, waiting
from songhe.kit.words import moment


def _mine(user: Any, scope: Scope, at: datetime) -> HomeList:
    """Open tasks: those of the reader first where there are any, else all in reach."""
    rows = queries.register.open_chores(user.scope("devices.care"))
    own = rows.filter(helper_id=user.pk)
    shown = own if own.exists() else rows

    def lines(found: list[Chore]) -> Iterable[tuple[Any, ...]]:
        return [
            (f"{row.get_kind_display()} · {row.person or row.device}", chores.url_of(row), f"{row.device.kind_label} · {row.due_on:%m-%d}")
            for row in found
        ]  # fmt: skip

    late = shown.filter(due_on__lt=day_of(at)).exists()
    return waiting(shown, lines, url=f"{chores.url()}?open=1", tone="danger" if late else "warn")


def _unknown(user: Any, scope: Scope, at: datetime) -> HomeList:
    rows = Stray.objects.within(user.scope("devices.register")).filter(cleared_at=None)
    return waiting(
        rows.order_by("-last_at", "id"),
        lambda found: [(f"{row.code} · {row.kind_label}", strays.url_of(row), moment(row.last_at)) for row in found],
        url=f"{strays.url()}?cleared=0",
        tone="warn",
    )  # fmt: skip


def _to_install(user: Any, scope: Scope, at: datetime) -> HomeList:
    rows = Device.objects.within(user.scope("devices.care")).filter(
        place=Place.ISSUED, installed_at=None, person__isnull=False
    )
    return waiting(
        rows.select_related("person").order_by("issued_at", "id"),
        lambda found: [
            (f"{row.kind_label} · {row.person or row.code}", devices.url_of(row), moment(row.issued_at)) for row in found
        ],
        url=f"{devices.url()}?place=issued&installed=0",
        tone="warn",
    )  # fmt: skip


panels = [
    home_panel(
        title=_("Device tasks"), right="devices.care", rows=_mine, icon="device-watch", order=20,
        none=_("Every device is online, charged and tested on time."),
    ),
    home_panel(
        title=_("Devices to install"), right="devices.care", rows=_to_install, icon="home-check", order=30,
        none=_("Every issued device is installed."), roles=("village_officer", "town_officer", "organisation_manager"),
    ),
    home_panel(
        title=_("Unknown devices"), right="devices.register", rows=_unknown, icon="alert-triangle", order=40,
        none=_("Every device number that reported is in the register."),
    ),
]  # fmt: skip
