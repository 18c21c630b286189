"""Nuisance numbers, and services that an agent keeps at hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from django.utils.translation import gettext_lazy as _

from songhe.areas.hotline.actions.common import words_of
from songhe.areas.hotline.models import Call, Favourite, Nuisance
from songhe.areas.providers.api import catalogue
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor
from songhe.engines.acts.api import act
from songhe.engines.regions.ids import uuid7
from songhe.engines.vault.api import make_key, seal
from songhe.kit.fields import Field

FAVOURITES_MAX = 30
DAYS_MAX = 180


@act("hotline.nuisance")
def mark_nuisance(
    call: Call,
    *,
    actor: Actor,
    at: datetime,
    reason: Annotated[Nuisance.Reason, Field(label=_("Reason"))],
    days: Annotated[int, Field(label=_("For how many days"), least=1, most=DAYS_MAX)] = 30,
    note: Annotated[str, Field(label=_("Note"), size=200)] = "",
) -> Nuisance:
    """Mark the number of a call, so that agents are warned; its calls are answered as all others."""
    if not call.number_hash or not call.number:
        raise Refused("no_number", "This call has no number that could be marked.")
    if not 1 <= days <= DAYS_MAX:
        raise Refused("days", "From 1 to {most} days.", field="days", most=DAYS_MAX)
    open_marks = Nuisance.everywhere.filter(number_hash=call.number_hash, region_id=call.region_id)
    if open_marks.filter(lifted_at=None, until__gt=at).exists():
        raise Refused("marked", "This number is marked already. Look at the nuisance numbers.")
    mark = Nuisance(
        id=uuid7(), region_id=call.region_id, number_hash=bytes(call.number_hash), number_masked=call.number_masked,
        reason=reason, note=words_of(note, field="note", most=200), since=at, until=at + timedelta(days=days),
        by_id=actor.id, by_name=actor.name[:80],
    )  # fmt: skip
    mark.owner_id = mark.id
    make_key(mark.id)
    mark.number_sealed = seal(mark.id, call.number)
    mark.save(force_insert=True)
    return mark


@act("hotline.nuisance")
def lift_nuisance(mark: Nuisance, *, actor: Actor, at: datetime) -> Nuisance:
    """End the warning before its day."""
    if mark.lifted_at is not None:
        raise Refused("lifted", "This mark was lifted already.")
    mark.lifted_at = at
    mark.save()
    return mark


def keep_at_hand(item: str, *, actor: Actor, region_id: int, at: datetime) -> bool:
    """Put a service among the agent's favourites, or take it out; returns whether it is there now. A matter of one's own
    desk, and so no act."""
    known = catalogue().item(item)
    own = Favourite.everywhere.filter(agent_id=actor.id)
    if own.filter(item=known.code).delete()[0]:
        return False
    if own.count() >= FAVOURITES_MAX:
        raise Refused(
            "favourites", "At most {most} favourite services are kept. Remove one first.", most=FAVOURITES_MAX
        )
    Favourite.everywhere.create(region_id=region_id, agent_id=actor.id, item=known.code, since=at)
    return True
