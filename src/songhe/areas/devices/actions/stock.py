"""Verbs of the register and the stock: entering devices, their secrets, and every movement but the issue."""

from __future__ import annotations

import secrets
from datetime import date, datetime
from typing import Annotated

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.devices.actions.common import (
    Kind,
    Note,
    On,
    Reason,
    Where,
    day_of,
    follow,
    line,
    moved,
)
from songhe.areas.devices.limits import terms
from songhe.areas.devices.models import Device, Last, Move, Movement, Place
from songhe.areas.devices.rules.secrets import hash_of
from songhe.areas.providers.api import Organisation
from songhe.core.refusal import Refused
from songhe.core.text import halfwidth
from songhe.engines.access.api import Actor, elevated
from songhe.engines.acts.api import act, add_detail
from songhe.engines.vault.api import make_key
from songhe.kit.fields import Field

Code = Annotated[str, Field(label=_("Device number"), size=40, help=_("As printed on the device: IMEI or serial number"))]  # fmt: skip
Model = Annotated[str, Field(label=_("Model"), size=60)]
Stock = Annotated[Organisation | None, Field(label=_("Stock owner"), help=_("Empty: the region's own stock"))]


def clean_code(text: str, field: str = "code") -> str:
    """A device's number: letters, digits and a few signs, the same however it was typed."""
    code = halfwidth(text).strip().upper()
    if not 4 <= len(code) <= 40 or not all(
        sign.isascii() and (sign.isalnum() or sign in "-_.:") for sign in code
    ):
        raise Refused(
            "device_code", "A device number has 4 to 40 letters and digits. Copy it from the device.", field=field
        )  # fmt: skip
    return code


def clean_kind(kind: str) -> str:
    """A kind that the data know."""
    if kind not in terms().kinds:
        raise Refused("kind", "There is no such kind of device. Choose one from the list.", field="kind")
    return kind


@act("devices.register")
def register_device(
    *,
    actor: Actor,
    at: datetime,
    code: Code,
    kind: Kind,
    region: Where,
    holder: Stock = None,
    model: Model = "",
) -> Device:
    """Enter a device into a stock."""
    made = Device(
        code=clean_code(code), kind=clean_kind(kind), region=region, holder=holder, model=line(model, "model", 60, needed=False),
        registered_at=at,
    )  # fmt: skip
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as fault:
        if "code" not in str(fault):
            raise
        raise Refused(
            "device_known",
            "A device with this number is already entered, perhaps in another region. Check the number.",
            field="code",
        ) from None
    entered_at(made, actor=actor, at=at)
    return made


def entered_at(device: Device, *, actor: Actor, at: datetime) -> None:
    """What belongs to a new device: its key, its last state, and its first movement."""
    make_key(device.pk)
    Last.everywhere.create(device=device, region_id=device.region_id, holder_id=device.holder_id)
    Movement.everywhere.create(
        device=device, region_id=device.region_id, kind=device.kind, move=Move.RECEIVED, target=Place.STOCK,
        holder_id=device.holder_id, on=timezone.localdate(at), at=at, by=actor.name[:80],
    )  # fmt: skip


def fresh_secret() -> str:
    """A new secret, which nobody can guess and somebody can type."""
    return secrets.token_hex(16)


@act("devices.register")
def set_secret(device: Device, *, actor: Actor, at: datetime, secret: str) -> Device:
    """Give a device a new secret; the one before ends at once. Only its hash is kept."""
    device.secret_hash, device.secret_at = hash_of(secret), at
    device.save()
    return device


@act("devices.register")
def disable_device(device: Device, *, actor: Actor, at: datetime, reason: Reason) -> Device:
    """Let a device speak no more: what it says is kept and shown, and nobody is called."""
    if not device.enabled:
        raise Refused("device_disabled", "This device is already disabled.")
    device.enabled, device.reason = False, line(reason, "reason", 400)
    device.save()
    return device


@act("devices.register")
def enable_device(device: Device, *, actor: Actor, at: datetime) -> Device:
    """Let a device speak again."""
    device.enabled, device.reason = True, ""
    device.save()
    return device


@act("devices.issue")
def return_device(device: Device, *, actor: Actor, at: datetime, on: On = None, note: Note = "") -> Device:
    """Take a device back into stock; it is nobody's from this day on."""
    moved(device, Move.RETURNED, actor=actor, at=at, on=_on(device, on, at), note=line(note, "note", 400, needed=False))  # fmt: skip
    return device


@act("devices.issue")
def report_lost(device: Device, *, actor: Actor, at: datetime, note: Note, on: On = None) -> Device:
    """A device is lost. It stays bound: whoever finds it may press it."""
    moved(device, Move.LOST, actor=actor, at=at, on=_on(device, on, at), note=line(note, "note", 400))
    return device


@act("devices.issue")
def report_broken(device: Device, *, actor: Actor, at: datetime, note: Note, on: On = None) -> Device:
    """A device is broken."""
    moved(device, Move.BROKEN, actor=actor, at=at, on=_on(device, on, at), note=line(note, "note", 400))
    return device


@act("devices.issue")
def found_again(device: Device, *, actor: Actor, at: datetime, on: On = None, note: Note = "") -> Device:
    """A lost device is there again."""
    moved(device, Move.FOUND, actor=actor, at=at, on=_on(device, on, at), note=line(note, "note", 400, needed=False))  # fmt: skip
    return device


@act("devices.register")
def send_to_repair(device: Device, *, actor: Actor, at: datetime, on: On = None, note: Note = "") -> Device:
    """Send a broken device away to be repaired."""
    moved(device, Move.SENT, actor=actor, at=at, on=_on(device, on, at), note=line(note, "note", 400, needed=False))  # fmt: skip
    return device


@act("devices.register")
def repaired(device: Device, *, actor: Actor, at: datetime, on: On = None, note: Note = "") -> Device:
    """A device works again: back to its person, or into stock."""
    moved(device, Move.REPAIRED, actor=actor, at=at, on=_on(device, on, at), note=line(note, "note", 400, needed=False))  # fmt: skip
    return device


@act("devices.register")
def hand_over(
    device: Device, *, actor: Actor, at: datetime, region: Where, holder: Stock = None, on: On = None, note: Note = ""
) -> Device:  # fmt: skip
    """Hand a device of the stock to another stock: of a region, or of an organisation there."""
    on = _on(device, on, at)
    device.region, device.holder = region, holder
    with elevated():  # it may leave the actor's own region; whoever gives it away may do so
        moved(device, Move.HANDED, actor=actor, at=at, on=on, note=line(note, "note", 400, needed=False))
    follow(device)
    return device


@act("devices.register")
def retire_device(device: Device, *, actor: Actor, at: datetime, reason: Reason, on: On = None) -> Device:
    """Strike a device off; it may not speak any more."""
    device.enabled = False
    moved(device, Move.RETIRED, actor=actor, at=at, on=_on(device, on, at), note=line(reason, "reason", 400))
    add_detail(place=Place.RETIRED)
    return device


def _on(device: Device, on: date | None, at: datetime) -> date:
    """The day of a movement: not before the one before it."""
    with elevated():  # earlier movements may lie in other stocks
        last = Movement.everywhere.filter(device=device).order_by("-on", "-at").values_list("on", flat=True)
        return day_of(on, at=at, since=last.first())
