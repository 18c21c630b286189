"""Private calendar addresses, and putting news away."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from uuid import UUID

from songhe.areas.roster.models import Feed, News
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor, elevated
from songhe.engines.acts.api import act, add_detail

MOST = 5


def digest_of(token: str) -> bytes:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).digest()


def fresh_token() -> str:
    """A new token, which nobody can guess."""
    return secrets.token_urlsafe(32)


@act("roster.feed")
def make_feed(
    *, actor: Actor, at: datetime, kind: Feed.Kind, owner_id: UUID, region_id: int, token: str
) -> Feed:
    """Make a calendar address; the token is shown this once."""
    if owner_id not in actor.scope("roster.feed").holders:
        raise Refused(
            "not_yours", "A calendar address can only be created by the person whose visits it shows."
        )
    with elevated():  # addresses are counted whatever region they were made in
        if Feed.everywhere.filter(owner_id=owner_id, revoked_at=None).count() >= MOST:
            raise Refused(
                "enough_feeds", "There are {most} addresses already. Revoke one of them.", most=MOST
            )
    feed = Feed(kind=kind, owner_id=owner_id, region_id=region_id, digest=digest_of(token), made_at=at)
    feed.save(force_insert=True)
    return feed


@act("roster.feed")
def revoke_feed(feed: Feed, *, actor: Actor, at: datetime) -> Feed:
    """End an address at once; calendars that read it find nothing any more."""
    if feed.revoked_at is not None:
        raise Refused("revoked", "This address is revoked already.")
    feed.revoked_at = at
    feed.save(update_fields=["revoked_at"])
    return feed


@act("roster.feed")
def put_away(*, actor: Actor, at: datetime) -> int:
    """Put all news away that one has seen."""
    rows = News.objects.within(actor.scope("roster.feed")).filter(
        to_id__in=actor.scope("roster.feed").holders, seen_at=None, at__lte=at
    )
    count = int(rows.update(seen_at=at))
    add_detail(news=count)
    return count
