"""Commands to a device: where are you, ring, test mode. They go out over its own connection and wait for its answer."""

from __future__ import annotations

from datetime import datetime, timedelta

from songhe.areas.devices import queries
from songhe.areas.devices.models import Device
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor, elevated
from songhe.engines.acts.api import act, add_detail
from songhe.engines.commands.api import Command, of_device, order

SOON = timedelta(minutes=10)
"""After so long nobody needs to know any more where a device is, and nobody expects it to ring."""


@act("devices.locate")
def locate_now(device: Device, *, actor: Actor, at: datetime) -> Device:
    """Ask a device where it is, while its person agrees to be located."""
    if queries.register.agreement(device.person_id) is None:
        raise Refused("no_agreement", "The person has not consented to being located. Ask for consent first.")
    return _ordered(device, Command.Kind.LOCATE, at=at, lasts=SOON)


@act("devices.care")
def ring_device(device: Device, *, actor: Actor, at: datetime) -> Device:
    """Let a device ring, so that it is found or its person looks at it."""
    return _ordered(device, Command.Kind.RING, at=at, lasts=SOON)


@act("devices.care")
def switch_to_test(device: Device, *, actor: Actor, at: datetime) -> Device:
    """Let a device itself go into its test mode."""
    return _ordered(device, Command.Kind.TEST, at=at, lasts=timedelta(hours=24))


def _ordered(device: Device, kind: Command.Kind, *, at: datetime, lasts: timedelta) -> Device:
    if not device.enabled:
        raise Refused(
            "device_disabled", "This device is disabled, so nothing reaches it. Re-enable it first."
        )
    with elevated():  # the commands of a device that the actor may reach
        waiting = of_device(device.pk).filter(kind=kind, state__in=("queued", "sent"), expires_at__gt=at)
        if waiting.exists():
            raise Refused(
                "under_way", "This command is already under way. Wait until the device has answered."
            )
        made = order(
            device.pk, kind, region_id=device.region_id, key=f"{kind}:{at.isoformat()}", at=at, lasts=lasts
        )
    add_detail(command=str(made.pk), kind=str(kind))
    return device
