"""The city line: who may send us cases, and where we answer."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Annotated
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from songhe.areas.tickets.models import CityLine
from songhe.core.refusal import Refused
from songhe.core.text import normalise
from songhe.engines.access.api import Actor
from songhe.engines.acts.api import act
from songhe.engines.regions.ids import uuid7
from songhe.engines.regions.models import Region
from songhe.engines.vault.api import make_key, seal
from songhe.kit.fields import Field

OfRegion = Annotated[Region, Field(label=_("Region"))]


@act("tickets.line")
def open_line(
    *,
    actor: Actor,
    at: datetime,
    code: Annotated[str, Field(label=_("Code"), size=40, help=_("Small letters, digits and hyphens"))],
    name: Annotated[str, Field(label=_("Platform name"), size=80)],
    region: OfRegion,
    way: Annotated[CityLine.Way, Field(label=_("Kind"))] = CityLine.Way.SIGNED,
    url: Annotated[str, Field(label=_("Address"))] = "",
) -> CityLine:
    """Connect the platform of 12345; both sides sign with the secret on its page."""
    clean = code.strip().lower()
    if not clean.replace("-", "").isalnum() or not clean.isascii():
        raise Refused(
            "code", "A code has small letters, digits and hyphens. Choose another one.", field="code"
        )
    if CityLine.everywhere.filter(code=clean).exists():
        raise Refused("taken", "This code is taken. Choose another one.", field="code")
    where = urlsplit(url.strip())
    if url.strip() and (where.scheme not in ("http", "https") or not where.hostname):
        raise Refused("url", "This is not a valid address. It begins with https:// or http://.", field="url")
    row = CityLine(
        id=uuid7(), code=clean, name=normalise(name, field="name"), region=region, way=way, url=url.strip(), made_at=at
    )  # fmt: skip
    make_key(row.pk)
    row.secret_sealed = seal(row.pk, secrets.token_urlsafe(32))
    row.save(force_insert=True)
    return row


@act("tickets.line")
def close_line(line: CityLine, *, actor: Actor, at: datetime) -> CityLine:
    """Take no more cases from this platform."""
    line.enabled = False
    line.save(update_fields=["enabled"])
    return line
