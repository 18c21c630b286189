"""Codes of tags, and what strangers who scan them send."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from songhe.areas.devices.actions.common import Reason, line
from songhe.areas.devices.actions.hearing import bring
from songhe.areas.devices.limits import terms
from songhe.areas.devices.models import Device, Finding, Place, Tag
from songhe.areas.devices.rules import Signal
from songhe.core.codes import parse_phone
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor, elevated
from songhe.engines.acts.api import act, add_detail
from songhe.engines.regions.ids import uuid7
from songhe.engines.vault.api import keyed_hash, make_key, seal

HOUR = timedelta(hours=1)
MOST_WORDS = 200


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a finder wrote: a number to be called back, words, and where that is, each if the finder likes."""

    phone: str = ""
    words: str = ""
    longitude: float | None = None
    latitude: float | None = None
    accuracy: float | None = None


def digest_of(token: str) -> bytes:
    """By which a code is found; it is random enough to need no key."""
    return hashlib.sha256(token.encode()).digest()


@act("devices.tag")
def make_code(device: Device, *, actor: Actor, at: datetime) -> Tag:
    """Give a device or tag a code to be scanned; the one before ends at once, wherever it is printed."""
    if device.place == Place.RETIRED:
        raise Refused("device_place", "The device is “{place}”, so this is not possible. Reload the page and choose again.", place=device.get_place_display())  # fmt: skip
    with elevated():  # the code of the device that the actor may reach
        Tag.everywhere.filter(device=device, revoked_at=None).update(revoked_at=at)
        make_key(device.pk)
        token = secrets.token_urlsafe(18)
        return Tag.everywhere.create(
            device=device, region_id=device.region_id, holder_id=device.holder_id, person_id=device.person_id,
            digest=digest_of(token), token_sealed=seal(device.pk, token), made_by=actor.name[:80], made_at=at,
        )  # fmt: skip


@act("devices.tag")
def revoke_code(device: Device, *, actor: Actor, at: datetime, reason: Reason) -> Device:
    """End the code of a device; whoever scans it is told to call the desk."""
    with elevated():  # the code of the device that the actor may reach
        ended = Tag.everywhere.filter(device=device, revoked_at=None).update(revoked_at=at)
    if not ended:
        raise Refused("code_absent", "This device has no code to deactivate.")
    add_detail(reason=line(reason, "reason", 400))
    return device


def tag_of(token: str) -> Tag | None:
    """The code in force that was scanned; None for any other."""
    with (
        elevated()
    ):  # whoever holds the tag has no scope: the token is the right, to this page and nothing else
        return (
            Tag.everywhere.filter(digest=digest_of(token[:64]), revoked_at=None)
            .select_related("device")
            .first()
        )


@act("devices.tag")
def report_found(tag: Tag, *, actor: Actor, at: datetime, spoken: Spoken, address: str) -> Tag:
    """A stranger found somebody: kept, sealed, and a signal that becomes an alarm. At most a few in an hour from one tag
    and from one address, since whoever abuses it takes the desk's time from others."""
    hashed = keyed_hash("finder", address)
    _not_too_many(tag, hashed, at)
    phone = parse_phone(spoken.phone, field="phone").dialled if spoken.phone.strip() else ""
    words = line(spoken.words, "words", MOST_WORDS, needed=False)
    device, key = tag.device, uuid7()
    place = [spoken.longitude, spoken.latitude, spoken.accuracy] if spoken.longitude is not None else None
    Finding.everywhere.create(
        id=key, tag=tag, device=device, region_id=device.region_id, person_id=device.person_id, at=at, address_hash=hashed,
        phone_sealed=seal(device.pk, phone), words_sealed=seal(device.pk, words),
        place_sealed=seal(device.pk, json.dumps(place)) if place else b"",
    )  # fmt: skip
    bring([Signal(device.pk, f"found:{key.hex}", "found", at, at, extra={"finding": str(key)})], at=at)
    return tag


def _not_too_many(tag: Tag, hashed: bytes, at: datetime) -> None:
    book, recent = terms(), Finding.everywhere.filter(at__gt=at - HOUR)
    if (
        recent.filter(tag=tag).count() >= book.tag_hour
        or recent.filter(address_hash=hashed).count() >= book.address_hour
    ):
        raise Refused("found_often", "Several messages have already arrived; the desk is dealing with them. If help is needed, call the number below.")  # fmt: skip
