"""What the screens of devices share."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from songhe.areas.devices.limits import kind_of, say, terms
from songhe.areas.devices.models import Device, Place
from songhe.kit import spec

PLACE_TONES = {
    "stock": "muted", "issued": "ok", "lost": "danger", "broken": "warn", "repair": "warn", "retired": "muted",
}  # fmt: skip
COMMAND_TONES = {"queued": "warn", "sent": "info", "acknowledged": "ok", "expired": "muted"}
BECAME_TONES = {
    "alarm": "danger", "kept": "", "test": "info", "asked": "warn", "unbound": "warn", "disabled": "muted", "strange": "muted",
}  # fmt: skip
CHORE_TONES = {"silent": "warn", "battery": "warn", "test": "info", "ask": "danger", "collect": "muted"}
ANSWERS = {
    "stock": (_("Not issued"), "muted"), "fresh": (_("Not installed"), "warn"), "never": (_("Never connected"), "warn"),
    "silent": (_("Silent"), "danger"), "off": (_("Device disabled"), "muted"), "test": (_("In test mode"), "info"),
    "mute": (_("Reports only when scanned"), "muted"), "well": (_("Connected"), "ok"),
}  # fmt: skip


def answer_of(row: Device, at: datetime) -> str:
    """How a device answers: a key of ``ANSWERS``."""
    kind = kind_of(row.kind)
    if not row.enabled:
        return "off"
    if row.place == Place.STOCK or row.person_id is None:
        return "stock"
    if row.installed_at is None:
        return "fresh"
    if row.tests(at):
        return "test"
    if kind is None or not kind.silence:
        return "mute"
    heard = row.last.heard_at
    if heard is None or heard < row.installed_at - timedelta(days=1):
        return "silent" if row.installed_at < at - kind.silence else "never"
    return "silent" if heard < at - kind.silence else "well"


def kinds_filter() -> Any:
    """A filter by kind."""
    return spec.choice(
        "kind",
        _("Kind"),
        options=lambda request: [(one.code, say(one.label)) for one in terms().kinds.values()],
    )


def share(part: int, whole: int) -> str:
    """A share in percent; empty where there is nothing to share."""
    return f"{part * 100 / whole:.0f} %" if whole else ""
