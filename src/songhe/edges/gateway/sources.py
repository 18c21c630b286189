"""Who may hand in messages over HTTP: a platform with its own secret, for the devices of its region."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Annotated
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from songhe.areas.devices.api import Device
from songhe.core.codes import span
from songhe.core.refusal import Forbidden, Refused
from songhe.core.text import halfwidth
from songhe.edges.gateway.models import Source
from songhe.engines.access.api import SYSTEM, Actor, elevated
from songhe.engines.acts.api import act, record_write
from songhe.engines.regions.ids import uuid7
from songhe.engines.regions.models import Region
from songhe.engines.vault.api import make_key, reveal, seal
from songhe.kit.fields import Field

OfRegion = Annotated[
    Region, Field(label=_("Region"), help=_("Region whose devices the platform may report for"))
]
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
    secret = fresh_secret()
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
def register_source(
    *,
    actor: Actor,
    at: datetime,
    code: Annotated[
        str,
        Field(
            label=_("Code"), size=40, help=_("Lower-case letters, digits and hyphens; part of the address")
        ),
    ],
    kind: Annotated[Source.Kind, Field(label=_("Kind"), radio=True)],
    region: OfRegion,
) -> Source:
    """Let a platform hand in messages for the devices of a region; its secret is made next."""
    clean = halfwidth(code).strip().lower()
    if not clean.isascii() or not clean.replace("-", "").isalnum():
        raise Refused(
            "code", "A code has small letters, digits and hyphens. Choose another one.", field="code"
        )
    if not actor.scope("gateway.source").holds(region.pk):
        raise Forbidden(
            "outside_scope", "This is outside your area. Hand it to the colleague who is responsible there."
        )
    with elevated():  # a code is one, whosever the source is
        if Source.everywhere.filter(code=clean).exists():
            raise Refused("taken", "This code is taken. Choose another one.", field="code")
    row = Source(id=uuid7(), code=clean, kind=kind, region_id=region.pk, made_at=at)
    make_key(row.pk)
    row.secret = seal(row.pk, fresh_secret())
    row.save(force_insert=True)
    return row


@act("gateway.source")
def renew_secret(source: Source, *, actor: Actor, at: datetime, secret: str) -> Source:
    """Give a source a new secret; the one before opens nothing from now on."""
    source.secret = seal(source.pk, secret)
    source.save(update_fields=["secret"])
    return source


def fresh_secret() -> str:
    """A secret that nobody can guess."""
    return secrets.token_urlsafe(32)


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
