"""Issuing, replacing and revoking the tags of homes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from django.utils.translation import gettext_lazy as _

from songhe.areas.registry.api import Person
from songhe.areas.visits.actions.common import written
from songhe.areas.visits.models import HomeTag
from songhe.areas.visits.presence import digest_of, new_token
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor
from songhe.engines.acts.api import act, add_detail
from songhe.engines.vault.api import seal
from songhe.kit.fields import Field

Served = Annotated[Person, Field(label=_("Person"))]
Reason = Annotated[str, Field(label=_("Reason"), size=200)]


@act("visits.tag")
def issue_tag(*, actor: Actor, at: datetime, person: Served) -> HomeTag:
    """Make the tag of a person's home, to be printed or written to a sticker."""
    if HomeTag.everywhere.filter(person=person, revoked_at=None).exists():
        raise Refused(
            "has_tag", "This home has a tag already. Print it again, or replace it.", field="person"
        )
    return _issued(person, actor=actor, at=at)


@act("visits.tag")
def replace_tag(tag: HomeTag, *, actor: Actor, at: datetime, reason: Reason) -> HomeTag:
    """Revoke a tag that is lost, torn or copied, and make a new one; the old one stays in the history."""
    _revoke(tag, reason, actor=actor, at=at)
    return _issued(tag.person, actor=actor, at=at)


@act("visits.tag")
def revoke_tag(tag: HomeTag, *, actor: Actor, at: datetime, reason: Reason) -> HomeTag:
    """Revoke a tag; it proves nothing any more."""
    _revoke(tag, reason, actor=actor, at=at)
    return tag


def _issued(person: Person, *, actor: Actor, at: datetime) -> HomeTag:
    token = new_token()
    made = HomeTag(
        person=person,
        region_id=person.region_id,
        digest=digest_of(token),
        token_sealed=seal(person.pk, token),
        issued_at=at,
        issued_by=actor.name[:80],
    )
    made.save(force_insert=True)
    return made


def _revoke(tag: HomeTag, reason: str, *, actor: Actor, at: datetime) -> None:
    if not tag.in_force:
        raise Refused("revoked", "This tag was revoked already. Look at the list of tags.")
    why = written(reason, field="reason", most=200, needed=True)
    add_detail(reason=why)
    tag.revoked_at, tag.revoked_by, tag.reason = at, actor.name[:80], why
    tag.save(update_fields=["revoked_at", "revoked_by", "reason"])
