"""Who may hand in messages over HTTP: a platform with its own secret, for the devices of its region."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from songhe.areas.devices.api import Device
from songhe.core.codes import span
from songhe.core.refusal import Refused
from songhe.edges.gateway.models import Source
from songhe.engines.access.api import SYSTEM, Actor
from songhe.engines.acts.api import act, record_write
from songhe.engines.regions.ids import uuid7
from songhe.engines.regions.models import Region
from songhe.engines.vault.api import make_key, reveal, seal

WINDOW_SECONDS = 300
"""How far a request's time may lie from ours; within it a repeat has no effect, since every message has its key."""


@dataclass(frozen=True, slots=True)
class Platform:
    """A source as requests are checked against it."""

    code: str
    region: tuple[int, int]
    secret: str

    def signed(self, time: str, body: bytes, signature: str) -> bool:
        """Whether a signature is right: HMAC-SHA256 over the time, a full stop and the body, in hex."""
        wanted = hmac.new(self.secret.encode(), time.encode() + b"." + body, sha256).hexdigest()
        return hmac.compare_digest(wanted.encode(), signature.strip().lower().encode())

    def holds(self, secret: str) -> bool:
        """Whether this is the secret itself, as a forwarded header carries it."""
        return hmac.compare_digest(self.secret.encode(), secret.encode())


def make_source(code: str, kind: str, region_id: int, *, at: datetime) -> str:
    """Make a source, or give one a new secret, which is returned this once. In the transaction that is open."""
    if not Region.objects.filter(code=region_id).exists():
        raise Refused(
            "gateway.region", "There is no region {region}. Codes have 12 digits.", region=region_id
        )
    row = Source.everywhere.filter(code=code).first() or Source(id=uuid7(), code=code, made_at=at)
    secret = secrets.token_urlsafe(32)
    make_key(row.pk)
    row.kind, row.region_id, row.enabled, row.secret = kind, region_id, True, seal(row.pk, secret)
    row.full_clean(exclude=["secret"])
    row.save()
    told = {"code": code, "kind": kind, "region_id": region_id}
    record_write("gateway.source", row, actor=SYSTEM, at=at, after=told)
    return secret


def close_source(code: str, *, at: datetime) -> None:
    """Take nothing more from a source."""
    row = Source.everywhere.filter(code=code).first()
    if row is None:
        raise Refused("gateway.source", "There is no source “{name}”.", name=code)
    row.enabled = False
    row.save(update_fields=["enabled"])
    record_write("gateway.source", row, actor=SYSTEM, at=at, after={"enabled": False})


@act("gateway.source")
def switch_off(source: Source, *, actor: Actor, at: datetime) -> Source:
    """Take nothing more from a source."""
    source.enabled = False
    source.save(update_fields=["enabled"])
    return source


@act("gateway.source")
def switch_on(source: Source, *, actor: Actor, at: datetime) -> Source:
    """Take messages from a source again, with the secret it had."""
    source.enabled = True
    source.save(update_fields=["enabled"])
    return source


def platform(code: str, kind: str) -> Platform | None:
    """A source that may hand in messages; None where there is none."""
    row = Source.everywhere.filter(code=code[:40], kind=kind, enabled=True).first()
    if row is None:
        return None
    return Platform(row.code, span(row.region_id), reveal(row.pk, row.secret))


def devices_of(codes: Collection[str]) -> dict[str, tuple[UUID, int]]:
    """Devices and their regions by code."""
    rows = Device.everywhere.filter(code__in=list(codes)).values_list("code", "pk", "region_id")
    return {code: (pk, region) for code, pk, region in rows}
