"""Exchanges: who may tell us what happens on which lines."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Annotated
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from songhe.areas.lines.models import Exchange
from songhe.core.refusal import Refused
from songhe.core.text import normalise
from songhe.engines.access.api import Actor
from songhe.engines.acts.api import act
from songhe.engines.regions.ids import uuid7
from songhe.engines.regions.models import Region
from songhe.engines.vault.api import make_key, seal
from songhe.kit.fields import Field

OfRegion = Annotated[Region, Field(label=_("Region"))]


@act("lines.exchange")
def open_exchange(
    *,
    actor: Actor,
    at: datetime,
    code: Annotated[str, Field(label=_("Code"), size=40, help=_("Small letters, digits and hyphens"))],
    name: Annotated[str, Field(label=_("Exchange name"), size=80)],
    region: OfRegion,
    way: Annotated[Exchange.Way, Field(label=_("Kind"))] = Exchange.Way.SIGNED,
    url: Annotated[
        str, Field(label=_("Command address"), help=_("https://…, empty where it takes none"))
    ] = "",
) -> Exchange:
    """Let an exchange tell its events; its secret is shown on its page to whoever may change it."""
    clean = code.strip().lower()
    if not clean.replace("-", "").isalnum() or not clean.isascii():
        raise Refused(
            "code", "A code has small letters, digits and hyphens. Choose another one.", field="code"
        )
    if Exchange.everywhere.filter(code=clean).exists():
        raise Refused("taken", "This code is taken. Choose another one.", field="code")
    where = urlsplit(url.strip())
    if url.strip() and (where.scheme not in ("http", "https") or not where.hostname):
        raise Refused("url", "This is not a valid address. It begins with https:// or http://.", field="url")
    row = Exchange(
        id=uuid7(), code=clean, name=normalise(name, field="name"), region=region, way=way, url=url.strip(), made_at=at
    )  # fmt: skip
    make_key(row.pk)
    row.secret_sealed = seal(row.pk, secrets.token_urlsafe(32))
    row.save(force_insert=True)
    return row


@act("lines.exchange")
def renew_secret(exchange: Exchange, *, actor: Actor, at: datetime) -> Exchange:
    """Give an exchange a new secret; the old one opens nothing from now on."""
    exchange.secret_sealed = seal(exchange.pk, secrets.token_urlsafe(32))
    exchange.save(update_fields=["secret_sealed"])
    return exchange


@act("lines.exchange")
def close_exchange(exchange: Exchange, *, actor: Actor, at: datetime) -> Exchange:
    """Take no more events from an exchange."""
    exchange.enabled = False
    exchange.save(update_fields=["enabled"])
    return exchange
