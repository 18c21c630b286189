"""Comparing the national platform's levels with the city's own, finding strangers, deciding what differs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from songhe.areas.assessment.actions.common import Reason, opened
from songhe.areas.assessment.models import DifferenceState, LevelDifference, NationalLevel, Unregistered
from songhe.areas.assessment.queries.national import IN_ORDER, valid
from songhe.areas.assessment.queries.results import in_force
from songhe.areas.assessment.rules.national import Held, differing
from songhe.areas.registry.api import by_id_hashes
from songhe.core.codes.region import span
from songhe.core.refusal import Refused
from songhe.core.text import normalise
from songhe.engines.access.api import Actor, Scope
from songhe.engines.acts.api import act, add_detail, record_bulk
from songhe.engines.acts.once import digest_of
from songhe.engines.vault.api import erase, reveal, seal

D = DifferenceState


def look_up_all(region: int, *, scope: Scope, actor: Actor, at: datetime) -> int:
    """Find whoever was registered since among the strangers of a region; how many were found."""
    rows = Unregistered.objects.within(scope).filter(region_id=region, person=None)
    found = _taken_over(list(rows.order_by("pk")), scope, at)
    if found:
        record_bulk(
            "assessment.national_found",
            model=Unregistered,
            count=len(found),
            digest=digest_of(sorted(str(row.pk) for row in found)),
            actor=actor,
            at=at,
            region_id=region,
        )
    return len(found)


@act("assessment.review")
def look_again(stranger: Unregistered, *, actor: Actor, at: datetime) -> Unregistered:
    """Look for the person in the registry again; the level is then kept with the person."""
    if stranger.person_id is not None or not _taken_over([stranger], actor.scope("assessment.review"), at):
        raise Refused(
            "assessment.still_unregistered",
            "Nobody with this identity number is registered in the area. Register the person first.",
        )
    return stranger


def compare_levels(region: int, *, scope: Scope, actor: Actor, at: datetime) -> int:
    """List where a valid national level and the city's result in force differ; how many wait. Again, it adds nothing.

    A difference whose cause is gone (either result ended or was replaced) is settled by itself.
    """
    day = timezone.localdate(at)
    low, high = span(region)
    rows = valid(day).within(scope).filter(region_id__gte=low, region_id__lt=high).order_by(*IN_ORDER)
    national = {row.person_id: row for row in rows}
    own = {key: row for key, row in in_force(national, day).items() if row.level is not None}
    found = {
        (one.key, other.key): (person, one.level, other.level)
        for person, one, other in differing(_held(own.values()), _held(national.values()))
    }
    before = LevelDifference.objects.within(scope).filter(region_id__gte=low, region_id__lt=high)
    known = {(row.assessment_id, row.national_id): row for row in before}
    gone = [row.pk for key, row in known.items() if key not in found and row.state == D.OPEN]
    back = [row.pk for key, row in known.items() if key in found and row.state == D.GONE]
    LevelDifference.everywhere.filter(pk__in=gone).update(state=D.GONE, decided_at=at)
    LevelDifference.everywhere.filter(pk__in=back).update(state=D.OPEN, decided_at=None, found_at=at)
    fresh = [key for key in found if key not in known]
    LevelDifference.everywhere.bulk_create(
        [
            LevelDifference(
                person_id=found[key][0],
                region_id=national[found[key][0]].region_id,
                assessment_id=key[0],
                national_id=key[1],
                own=found[key][1],
                other=found[key][2],
                found_at=at,
            )
            for key in fresh
        ],
        batch_size=1_000,
        ignore_conflicts=True,
    )
    record_bulk(
        "assessment.compare_levels",
        model=LevelDifference,
        count=len(fresh),
        digest=digest_of(sorted(f"{one} {other}" for one, other in found)),
        actor=actor,
        at=at,
        region_id=region,
    )
    return int(before.filter(state=D.OPEN).count())


@act("assessment.review")
def let_stand(difference: LevelDifference, *, actor: Actor, at: datetime, reason: Reason) -> LevelDifference:
    """Let both levels stand, with the reason; the city's benefits follow the city's own level."""
    return _decided(difference, D.STANDS, reason, actor, at)


@act("assessment.request")
def assess_again(
    difference: LevelDifference, *, actor: Actor, at: datetime, reason: Reason
) -> LevelDifference:
    """Ask for a new assessment of the person by the city; its result stands in for the city's own alone."""
    _open(difference)
    fresh = opened(difference.person, actor=actor, at=at, note=normalise(reason))
    add_detail(assessment=fresh.number)
    return _decided(difference, D.AGAIN, reason, actor, at)


def _held(rows: Iterable[object]) -> dict[UUID, Held]:
    return {row.person_id: Held(row.pk, row.level) for row in rows}  # type: ignore[attr-defined]  # results of either kind


def _taken_over(rows: list[Unregistered], scope: Scope, at: datetime) -> list[Unregistered]:
    """Keep the levels of those who are registered now; what was said of the person since is not touched."""
    people = by_id_hashes([bytes(row.id_number_hash) for row in rows], scope)
    found = []
    for row in rows:
        person = people.get(bytes(row.id_number_hash))
        low, high = span(row.region_id)
        if person is None or not low <= person.region_id < high:
            continue
        _seal_for(person.pk, row)
        row.person, row.found_at = person, at
        row.save(update_fields=["person", "found_at", "id_number_sealed"])
        same = Q(person=person, assessed_on=row.assessed_on, replaced_at=None)
        if not NationalLevel.everywhere.filter(same).exists():
            NationalLevel.everywhere.create(
                person=person,
                region_id=person.region_id,
                level=row.level,
                assessed_on=row.assessed_on,
                assessed_by=row.assessed_by,
                valid_until=row.valid_until,
                imported_at=at,
            )
        found.append(row)
    return found


def _seal_for(person_id: UUID, row: Unregistered) -> None:
    """From now on the number is sealed with the person's key, so that whoever erases the person erases it."""
    if row.id_number_sealed:
        row.id_number_sealed = seal(person_id, reveal(row.pk, row.id_number_sealed))
        erase(row.pk)


def _open(difference: LevelDifference) -> None:
    if difference.state != D.OPEN:
        raise Refused("assessment.difference_decided", "This was decided already. Load the page again.")


def _decided(
    difference: LevelDifference, state: DifferenceState, reason: str, actor: Actor, at: datetime
) -> LevelDifference:
    _open(difference)
    difference.state, difference.note = state, normalise(reason, lines=True)[:400]
    difference.decided_at, difference.decided_by_id = at, actor.id
    difference.decided_by = actor.name[:80]
    difference.save()
    return difference
