"""Pressing a device of the demo city, as if somebody wore it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from songhe.areas.devices.actions.hearing import bring
from songhe.areas.devices.limits import say, terms
from songhe.areas.devices.models import Device
from songhe.areas.devices.queries.register import simulated
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor
from songhe.engines.acts.api import act, add_detail
from songhe.kit.fields import Field


def _sayings(row: Any, _user: Any) -> list[tuple[str, str]]:
    kind = row.terms if row else None
    return [(one.code, say(one.label)) for one in terms().signals.values() if kind and one.code in kind.signals]  # fmt: skip


@act("devices.care")
def press_device(
    device: Device, *, actor: Actor, at: datetime, kind: Annotated[str, Field(label=_("Content to report"), choices=_sayings)]
) -> Device:  # fmt: skip
    """Let a device of the demo city say something, by the door that real ones use."""
    if not settings.DEMO:
        raise Refused("demo_only", "Only devices of the demo city can be pressed here.")
    lives = simulated(most=1, seed=at.microsecond, code=device.code)
    if not lives or kind not in dict(_sayings(device, actor)):
        raise Refused("device_mute", "This device cannot report that now. Install it first, or choose another.", field="kind")  # fmt: skip
    alarms = bring([lives[0].press(kind, at)], at=at)
    add_detail(kind=kind, alarms=len(alarms))
    return device
