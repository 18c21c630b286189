"""Suspecting that two entries are one person, and deciding."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from songhe.areas.registry.actions.merging import Reason, common_region, merge
from songhe.areas.registry.models import Person, Suspect
from songhe.areas.registry.queries.likeness import alike, pairs
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor
from songhe.engines.acts.api import act, add_detail
from songhe.engines.jobs.api import start
from songhe.kit.fields import Field

LOOK = "registry.suspects"
Keep = Annotated[
    Literal["first", "second"],
    Field(label=_("Keep"), choices=[("first", _("The first entry")), ("second", _("The second entry"))]),
]


def suspect(person: Person, *, actor: Actor, at: datetime) -> int:
    """Look for entries in the actor's area that may be this person; returns how many new suspicions there are."""
    found = [(other.id, like) for other, like in alike(person, actor.scope("registry.view"))]
    return sum(_keep(person.id, other, like.score, like.evidence, at) for other, like in found)


def suspect_all(groups: Iterable[tuple[UUID, ...]], *, at: datetime) -> int:
    """Look through groups of persons who share something; returns how many new suspicions there are."""
    return sum(_keep(one, other, like.score, like.evidence, at) for one, other, like in pairs(groups))


def look_through(region: int, actor: Actor, at: datetime) -> UUID:
    """Have a region looked through in the background, as after a list was imported."""
    return start(LOOK, {"region": region}, actor=actor, at=at, key=str(region)).pk


@act("registry.merge")
def distinguish(suspect: Suspect, *, actor: Actor, at: datetime, reason: Reason) -> Suspect:
    """Decide that these are two persons; the pair is not suspected again."""
    _open(suspect)
    add_detail(reason=reason)
    return _decide(suspect, Suspect.State.DISTINCT, actor, at)


@act("registry.merge")
def merge_suspects(suspect: Suspect, *, actor: Actor, at: datetime, keep: Keep, reason: Reason) -> Suspect:
    """Decide that these are one person, and merge."""
    _open(suspect)
    order = (
        (suspect.first_id, suspect.second_id) if keep == "first" else (suspect.second_id, suspect.first_id)
    )
    merge(order[0], order[1], actor=actor, at=at, reason=reason)
    return _decide(suspect, Suspect.State.MERGED, actor, at)


def _keep(one: UUID, other: UUID, score: int, evidence: tuple[str, ...], at: datetime) -> int:
    first, second = min(one, other), max(one, other)
    regions = dict(Person.everywhere.filter(pk__in=[first, second]).values_list("pk", "region_id"))
    made = Suspect.everywhere.bulk_create(
        [
            Suspect(
                region_id=common_region(regions[first], regions[second]),
                first_id=first,
                second_id=second,
                score=score,
                evidence=list(evidence),
                found_at=at,
            )
        ],
        ignore_conflicts=True,
    )
    return len(made) if Suspect.everywhere.filter(pk=made[0].pk).exists() else 0


def _open(suspect: Suspect) -> None:
    if suspect.state != Suspect.State.OPEN:
        raise Refused("suspect_decided", "This pair was decided already. Load the page again.")


def _decide(suspect: Suspect, state: str, actor: Actor, at: datetime) -> Suspect:
    suspect.state, suspect.decided_at, suspect.decided_by_id = state, at, actor.id
    suspect.save(update_fields=["state", "decided_at", "decided_by_id"])
    return suspect
