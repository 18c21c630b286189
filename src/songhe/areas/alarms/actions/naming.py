"""Naming whoever called for help: the device is nobody's, or somebody else's, and the agent learns it on the telephone."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from songhe.areas.alarms import limits
from songhe.areas.alarms.actions import common, ending, telling
from songhe.areas.alarms.actions.raising import raise_many
from songhe.areas.alarms.limits import terms
from songhe.areas.alarms.models import Alarm, Response
from songhe.areas.alarms.queries.person import others_of
from songhe.areas.alarms.rules.signals import Cry
from songhe.areas.registry.api import Person, Source, homes_of, register
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor, elevated
from songhe.engines.acts.api import act
from songhe.engines.regions.ids import uuid7
from songhe.engines.regions.models import Region
from songhe.engines.vault.api import make_key
from songhe.kit.fields import Field

Who = Annotated[Person | None, Field(label=_("Person"))]
NewName = Annotated[
    str, Field(label=_("Name of a new person"), size=60, help=_("Only where no person is found above."))
]
NewRegion = Annotated[Region | None, Field(label=_("Where the new person lives"))]
NewPhone = Annotated[str, Field(label=_("Telephone of the new person"), size=40)]


@act("alarms.answer")
def name_person(
    alarm: Alarm,
    *,
    actor: Actor,
    at: datetime,
    person: Who = None,
    new_name: NewName = "",
    new_region: NewRegion = None,
    new_phone: NewPhone = "",
) -> Alarm:
    """Say who called for help, where that was not known. Returns the alarm that goes on: where the home has an open one already,
    this one ends as its duplicate."""
    common.holds(alarm, actor)
    if alarm.person_id is not None:
        raise Refused("named", "This alarm has its person already. Correct the person, and say why.")
    whom = person or _entered(new_name, new_region, new_phone, actor=actor, at=at)
    return _named(alarm, whom, actor=actor, at=at)


@act("alarms.answer")
def change_person(
    alarm: Alarm,
    *,
    actor: Actor,
    at: datetime,
    reason: Annotated[str, Field(label=_("Reason"), choices=limits.reason_choices("change"))],
    person: Who = None,
    new_name: NewName = "",
    new_region: NewRegion = None,
    new_phone: NewPhone = "",
) -> Alarm:
    """Say that it was somebody else who called for help; the family of whoever it was not is told, if it was told before."""
    common.holds(alarm, actor)
    ending.needs_reason("change", reason)
    whom = person or _entered(new_name, new_region, new_phone, actor=actor, at=at)
    if alarm.person_id is None or whom.pk == alarm.person_id:
        raise Refused("same_person", "Choose somebody else than the alarm has now.", field="person")
    return _named(alarm, whom, reason, actor=actor, at=at)


def _entered(name: str, region: Region | None, phone: str, *, actor: Actor, at: datetime) -> Person:
    """Somebody whom the register does not know, who stays provisional."""
    if not name.strip():
        raise Refused("who", "Choose the person, or enter the name of a new one.", field="person")
    if region is None:
        raise Refused("where", "Say where the new person lives. Choose the village.", field="new_region")
    return register(actor=actor, at=at, name=name, region=region, phone=phone, source=Source.PERSON)


def _named(alarm: Alarm, person: Person, reason: str = "", *, actor: Actor, at: datetime) -> Alarm:
    if not person.is_living:
        raise Refused("person_gone", "{person} is not living or is entered otherwise. Choose another entry.", field="person", person=person)  # fmt: skip
    with elevated():  # whoever handles the alarm writes its course, wherever whoever called lives
        home = homes_of([person.pk]).get(person.pk, person.pk)
        before = alarm.person
        _alone(alarm, home, person)
        other = Alarm.everywhere.select_for_update(no_key=True).filter(home_id=home, closed_at=None).exclude(pk=alarm.pk).first()  # fmt: skip
        if other is not None and _under_way(alarm):
            raise Refused("another_open", "Alarm {number} from this home is still open. Continue with that one.", number=other.number)  # fmt: skip
        _moved_home(alarm, person, home)
        if before is not None:
            common.step(alarm, "misnamed", actor=actor, at=at, detail=f"{before.pk.hex} {reason}").save(force_insert=True)  # fmt: skip
        common.step(alarm, "named", actor=actor, at=at, detail=person.pk.hex).save(force_insert=True)
        if other is not None:
            return _joined(alarm, other, actor=actor, at=at)
        _told(alarm, before, at=at)
        common.acted(alarm, actor=actor, at=at)
        return common.settled(alarm, "named", at=at)


def _alone(alarm: Alarm, home: UUID, person: Person) -> None:
    """Refuse to take along to another home those who called from this one."""
    others = others_of(alarm)
    if others and home != alarm.home_id:
        raise Refused(
            "others_called", "{names} called from this home as well. Raise an alarm of its own for {person}.",
            field="person", names="、".join(one.name for one in others), person=person,
        )  # fmt: skip


def _under_way(alarm: Alarm) -> list[Response]:
    return list(Response.everywhere.filter(alarm_id=alarm.pk, refused_at=None, lapsed_at=None, left_at=None))


def _moved_home(alarm: Alarm, person: Person, home: UUID) -> None:
    """Let the alarm and its errands be the person's: home, region, and whose key seals what is written down."""
    make_key(alarm.pk)
    common.resealed(alarm, alarm.pk)
    alarm.sounds_as = alarm.sounds_as or alarm.device_id or (alarm.home_id if alarm.person_id is None else None)  # fmt: skip
    if alarm.region_id != person.region_id:  # other levels stand above it, of which none was called
        alarm.level, alarm.tries = "", 0
    alarm.person, alarm.home_id, alarm.region_id = person, home, person.region_id
    alarm.provisional = False
    for one in Response.everywhere.filter(alarm_id=alarm.pk):
        common.resealed(one, alarm.pk)
        one.region_id = person.region_id
        one.save()


def _joined(alarm: Alarm, other: Alarm, *, actor: Actor, at: datetime) -> Alarm:
    """The home has an open alarm: it rings for this person too, and what called is heard there from now on."""
    signal = Cry(kind=alarm.kind, received_at=at, device_id=alarm.device_id, key=str(uuid7()), person_id=alarm.person_id, region_id=alarm.region_id)  # fmt: skip
    raise_many([signal], at=at, source=alarm.source, actor=actor)
    Alarm.everywhere.filter(pk=other.pk, sounds_as=None).update(sounds_as=alarm.sounds_as)
    ending.ended_as(other, alarm, next(iter(terms().reasons["call_duplicate"])), actor=actor, at=at)
    other.refresh_from_db()
    return other


def _told(alarm: Alarm, before: Person | None, *, at: datetime) -> None:
    """Whoever is under way hears where to go now, and families what theirs heard, or that it was somebody else."""
    for one in _under_way(alarm):
        telling.errand(one, alarm, one.phone, at=at, again=alarm.home_id.hex)
        common.tell_responder(one, "named", at=at)
    if alarm.helped_at is None:
        return
    if before is not None:
        telling.mistaken(before, alarm, at=at)
    telling.family(alarm, "arrived" if alarm.arrived_at else "sent", at=at)
