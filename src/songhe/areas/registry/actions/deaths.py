"""Reporting, confirming and taking back a death."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.registry.actions import effects
from songhe.areas.registry.actions.families import end_membership
from songhe.areas.registry.actions.network import Leaving, end_enrolment
from songhe.areas.registry.models import Death, Enrolment, Household, Member, Move, Person, State
from songhe.core.refusal import Refused
from songhe.core.text import normalise
from songhe.engines.access.api import Actor, Tie, untie
from songhe.engines.acts.api import act, add_detail, four_eyes
from songhe.kit.fields import Field


@act("registry.death")
def report_death(
    person: Person,
    *,
    actor: Actor,
    at: datetime,
    died_on: Annotated[date, Field(label=_("Died on"))],
    source: Annotated[Death.Source, Field(label=_("Source"))],
    note: Annotated[str, Field(label=_("Note"), size=200)] = "",
) -> Death:
    """Report a death; nothing changes for the person until somebody else confirms it."""
    if not person.is_living:
        raise Refused("death_not_living", "This entry is not of a living person.")
    if died_on > timezone.localdate(at) or (person.born and died_on < person.born):
        raise Refused(
            "death_when", "The date of death is in the future or before the birth.", field="died_on"
        )
    if Death.everywhere.filter(person=person, state=Death.State.REPORTED).exists():
        raise Refused("death_twice", "This death is already reported and is awaiting confirmation.")
    made: Death = Death.everywhere.create(
        person=person,
        region_id=person.region_id,
        died_on=died_on,
        source=source,
        note=normalise(note)[:200],
        reported_by_id=actor.id,
        reported_at=at,
    )
    return made


@act("registry.death")
def confirm_death(death: Death, *, actor: Actor, at: datetime) -> Death:
    """Confirm somebody else's report: the person is dead, enrolment and ties end, an open transfer falls away.

    Other areas stop at once what has no receiver any more (``when_dead``), or ask ``alive_on``.
    """
    _waiting(death)
    four_eyes(death.reported_by_id, actor)
    person = Person.everywhere.select_for_update(no_key=True).get(pk=death.person_id)
    if not person.is_living:
        raise Refused("death_not_living", "This entry is not of a living person.")
    undo: dict[str, Any] = {}
    open_row = Enrolment.everywhere.filter(person=person, until=None).first()
    if open_row:
        end_enrolment(person, until=max(death.died_on, open_row.since), leaving=Leaving.DIED)
        undo["enrolment"] = str(open_row.id)
    member = Member.everywhere.filter(person=person, until=None).select_related("household").first()
    if member:
        end_membership(member, death.died_on)
        undo["member"] = str(member.id)
    Move.everywhere.filter(person=person, state=Move.State.PROPOSED).update(
        state=Move.State.WITHDRAWN, decided_at=at, decided_by_id=actor.id
    )
    ties = Tie.everywhere.filter(person_id=person.id, until=None).exclude(kind=Tie.Kind.KIN)
    undo["ties"] = [str(pk) for pk in ties.values_list("pk", flat=True)]
    for kind in set(ties.values_list("kind", flat=True)):
        untie(person.id, kind=Tie.Kind(kind), until=timezone.localdate(at) + timedelta(days=1))
    person.state, person.died_on = State.DEAD, death.died_on
    person.save(update_fields=["state", "died_on"])
    _decide(death, Death.State.CONFIRMED, actor, at, undo)
    effects.died(person, death, actor=actor, at=at)
    return death


@act("registry.death")
def reject_death(
    death: Death, *, actor: Actor, at: datetime, reason: Annotated[str, Field(label=_("Reason"), size=200)]
) -> Death:
    """Put a wrong report aside."""
    _waiting(death)
    add_detail(reason=reason)
    return _decide(death, Death.State.REJECTED, actor, at, {})


@act("registry.death")
def revoke_death(
    death: Death, *, actor: Actor, at: datetime, reason: Annotated[str, Field(label=_("Reason"), size=200)]
) -> Death:
    """Take a confirmed death back: the person lives; enrolment, household and ties are as before."""
    if death.state != Death.State.CONFIRMED:
        raise Refused("death_state", "Only a confirmed death can be retracted.")
    four_eyes(death.decided_by_id, actor)
    person = Person.everywhere.select_for_update(no_key=True).get(pk=death.person_id)
    if person.state != State.DEAD:
        raise Refused("death_gone", "This entry has since been merged or erased. Open the one that was kept.")
    person.state, person.died_on = State.ALIVE, None
    if "enrolment" in death.undo:
        Enrolment.everywhere.filter(pk=UUID(death.undo["enrolment"])).update(until=None, leaving="")
        person.is_enrolled = True
    if "member" in death.undo:
        member = Member.everywhere.get(pk=UUID(death.undo["member"]))
        Household.everywhere.filter(pk=member.household_id).update(ended_on=None)
        Member.everywhere.filter(pk=member.pk).update(until=None)
    Tie.everywhere.filter(pk__in=[UUID(pk) for pk in death.undo.get("ties", [])]).update(until=None)
    person.save(update_fields=["state", "died_on", "is_enrolled"])
    add_detail(reason=reason)
    effects.lives(person, death, actor=actor, at=at)
    return _decide(death, Death.State.REVOKED, actor, at, death.undo)


def _waiting(death: Death) -> None:
    if death.state != Death.State.REPORTED:
        raise Refused("death_decided", "This report was decided already. Load the page again.")


def _decide(death: Death, state: str, actor: Actor, at: datetime, undo: dict[str, Any]) -> Death:
    death.state, death.decided_by_id, death.decided_at, death.undo = state, actor.id, at, undo
    death.save(update_fields=["state", "decided_by_id", "decided_at", "undo"])
    return death
