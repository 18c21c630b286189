"""Who is told of an alarm beside the boards: whoever is sent, whom the person named for emergencies, the level above."""

from __future__ import annotations

from datetime import datetime

from songhe.areas.alarms.limits import terms
from songhe.areas.alarms.models import Alarm, Response, Step
from songhe.areas.alarms.queries.person import others_of
from songhe.areas.grid import api as grid
from songhe.areas.grid.api import Step as Level
from songhe.areas.providers.api import said
from songhe.areas.registry.api import Person, contact_phones, contacts_of
from songhe.engines.access.api import Scope
from songhe.engines.notices.api import About, Recipient, settle, tell
from songhe.engines.regions.tree import name_of

ANSWER, HELP = "answer", "help"
"""What a level is called for."""


def errand(response: Response, alarm: Alarm, phone: str, *, at: datetime, again: str = "") -> None:
    """Tell a responder where to go; ``again`` where they heard of another place before."""
    if response.user_id is None and not phone:
        return
    to = Recipient(user_id=response.user_id, number=phone, name=response.name)
    words = {
        "person": _name(alarm), "place": name_of(alarm.region_id), "number": alarm.number, "kind": said(terms().kind(alarm.kind).label),
    }  # fmt: skip
    about = About(person_id=alarm.person_id, holder_id=response.user_id, url=f"/errands/{response.pk}/")
    key = f"errand:{response.pk}:{again}" if again else f"errand:{response.pk}"
    tell(to, "alarm_errand", words, region_id=alarm.region_id, at=at, key=key, about=about)


def family(alarm: Alarm, what: str, *, at: datetime) -> None:
    """Tell whom the person named for emergencies, where the data say so for this turn of things."""
    words = terms().family.get(what)
    if words is None or alarm.person_id is None:
        return
    for person in (Person.everywhere.get(pk=alarm.person_id), *others_of(alarm)):
        _family_of(person, alarm, said(words), what, at=at)


def mistaken(person: Person, alarm: Alarm, *, at: datetime) -> None:
    """Tell the family of whoever did not call for help after all."""
    if words := terms().family.get("misnamed"):
        _family_of(person, alarm, said(words), f"misnamed:{person.pk}", at=at)


def _family_of(person: Person, alarm: Alarm, words: str, what: str, *, at: datetime) -> None:
    """Tell those of one person; who is named by two of a home is told once."""
    rows = [row for row in contacts_of(person) if row.is_emergency]
    phones = contact_phones(rows)
    people = [
        Recipient(user_id=row.user_id, number=phones.get(row.pk, ""), name=row.name)
        for row in rows
        if row.user_id or phones.get(row.pk)
    ]
    told = {"person": person.name, "at": alarm.raised_at, "number": alarm.number, "what": words}
    about = About(person_id=person.pk, url=f"/alarms/{alarm.pk}/")
    tell(
        people,
        "alarm_family",
        told,
        region_id=alarm.region_id,
        at=at,
        key=f"alarm:{alarm.pk}:{what}",
        about=about,
    )


def level_above(alarm: Alarm, why: str, *, at: datetime, least: str = "") -> str:
    """Call the level above the one that was called last, the first at which somebody is on duty, and at the top the top again;
    returns its code, or nothing where nobody anywhere can be told. ``why`` is what it waits for: that somebody answers the
    alarm, or that somebody goes. ``least``: not below this level.
    """
    person = Person.everywhere.filter(pk=alarm.person_id).first() if alarm.person_id else None
    steps = grid.ladder(person or alarm.region_id, at)
    codes = [one.level for one in steps]
    start = codes.index(alarm.level) + 1 if alarm.level in codes else 0
    if least in codes:
        start = max(start, codes.index(least))
    for one in (*(step for step in steps[start:] if step.on_duty), *reversed(steps)):
        if _called(one, alarm, why, at=at):
            return one.level
    return ""


def _called(level: Level, alarm: Alarm, why: str, *, at: datetime) -> bool:
    """Tell a level: who logs in there, its office and its chat group, else the own numbers of those on duty; whether there was
    anybody."""
    phones = grid.phones_of([one.helper_id for one in level.on_duty], scope=Scope.EVERYTHING)
    names = {one.helper_id: one.name for one in level.on_duty}
    people = [
        Recipient(user_id=user, number=phones.get(helper, ""), name=names[helper])
        for user, helper in grid.answering(level).items()
    ]
    if level.phone:
        people.append(Recipient(number=level.phone, name=level.post))
    if not people:
        people = [Recipient(number=phones[one.helper_id], name=one.name) for one in level.on_duty if phones.get(one.helper_id)]  # fmt: skip
    words = {"number": alarm.number, "place": name_of(alarm.region_id)}
    about = About(person_id=alarm.person_id, url=f"/alarms/{alarm.pk}/")
    key = f"{_calls(alarm, why)}{level.level}:{at:%Y%m%d%H%M}"
    group = grid.group_of(level.level, level.region_id)
    robots = [Recipient(robot=group, name=level.post)] if group else []
    tell([*people, *robots], "alarm_level", words, region_id=alarm.region_id, at=at, key=key, about=about)
    return bool(people)


def heeded(response: Response, *, at: datetime) -> None:
    """Who was sent has answered, or is waited for no more: their telephone does not ring for it."""
    settle("alarm_errand", f"errand:{response.pk}", at=at)


def answered(alarm: Alarm, *, at: datetime) -> None:
    """Somebody has heard the alarm: a level that was called because nobody did is called no more, and the next one for want of
    help is the one above the last that was called for that. The caller saves the alarm."""
    settle("alarm_level", _calls(alarm, ANSWER), at=at)
    if terms().clock.ring[alarm.rung].level:
        called = Step.everywhere.filter(alarm_id=alarm.pk, region_id=alarm.region_id, what="level")
        alarm.level = called.order_by("-id").values_list("detail", flat=True).first() or ""


def somebody_goes(alarm: Alarm, *, at: datetime) -> None:
    """Somebody goes there: a level that was called for want of help is called no more."""
    settle("alarm_level", _calls(alarm, HELP), at=at)


def taken_up(alarm: Alarm, *, at: datetime) -> None:
    """Somebody has the alarm, or it is over: no level is rung for it that was called before."""
    settle("alarm_level", f"alarm:{alarm.pk}:", at=at)


def _calls(alarm: Alarm, why: str) -> str:
    return f"alarm:{alarm.pk}:{why}:"


def _name(alarm: Alarm) -> str:
    if alarm.person_id is None:
        return alarm.number
    return str(Person.everywhere.values_list("name", flat=True).get(pk=alarm.person_id))
