"""What the agent must know of the person: risks, agreements, whom to call, in what order."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db.models import F, Q
from django.utils import timezone

from songhe.areas.alarms.limits import terms
from songhe.areas.alarms.models import Alarm, AlarmState, Attempt, Signal, Step
from songhe.areas.assessment.api import health_answers
from songhe.areas.devices.api import agreement
from songhe.areas.providers.api import said, worker_names, workers_told
from songhe.areas.registry.api import (
    Contact,
    Person,
    Secrets,
    contact_phones,
    contacts_of,
    homes_of,
    housemates,
    secrets_of,
    secrets_of_many,
    tags_on,
)
from songhe.areas.registry.api import terms as tag_terms
from songhe.engines.access.api import Scope, elevated


@dataclass(frozen=True, slots=True)
class Rung:
    """One call to make: whom, on which number, and what came of it so far. ``whom``: by which the desk dials, if it can."""

    code: str
    label: str
    name: str = ""
    note: str = ""
    phone: str = ""
    contact_id: UUID | None = None
    tried: tuple[Attempt, ...] = ()
    whom: str = ""

    @property
    def reached(self) -> bool:
        """Whether somebody was reached there."""
        return any(one.reached for one in self.tried)


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who called for help."""

    name: str
    phone: str
    whom: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """The person of an alarm with everything that the desk may see; ``others``: of the same home, who called as well;
    ``agreed``: to be located. ``worker``: who called. ``hidden``: the reader is kin of somebody else of the home."""

    person: Person | None
    secrets: Secrets = field(default_factory=Secrets)
    risks: tuple[str, ...] = ()
    mates: tuple[str, ...] = ()
    agreed: bool | None = None
    worker: Caller | None = None
    others: tuple[Caller, ...] = ()
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Health:
    """Answers of the assessment in force, as question and words, and its day."""

    day: date | None
    lines: tuple[tuple[str, str], ...]


def known(alarm: Alarm, *, at: datetime, scope: Scope) -> Known:
    """Who it is about: everybody of the home for offices of its region, for kin their own persons."""
    if alarm.person_id is None:
        return Known(None, worker=_worker(alarm))
    with elevated():  # offices that see the alarm see whom it is about, wherever that person is registered
        person = Person.everywhere.get(pk=alarm.person_id)
        mates = [one.person for one in housemates(person) if one.person_id != person.pk]
        others = others_of(alarm)
    if not scope.holds(alarm.region_id):
        seen = _seen([person, *mates, *others], scope)
        mates, others = ([one for one in some if one.pk in seen] for some in (mates, others))
        if person.pk not in seen:
            return Known(None, others=_callers(others), hidden=True)
    with elevated():  # as above
        found = tags_on([person.pk], timezone.localdate(at)).get(person.pk, {})
        names = tuple(one.name for one in mates)
        agreed = agreement(person.pk) is not None
        return Known(person, secrets_of(person), _words(found), names, agreed, others=_callers(others))


def names_for(alarm: Alarm, scope: Scope) -> frozenset[str] | None:
    """Whom the course names to kin: their own persons of the home and whom those named; None is everybody."""
    if scope.holds(alarm.region_id):
        return None
    with elevated():  # of these the reader is told no more than the scope allows
        own = [alarm.person_id] if alarm.person_id else []
        home = [*Person.everywhere.filter(pk__in=own), *others_of(alarm)]
    persons = _seen(home, scope)
    contacts = Contact.objects.within(scope).filter(person_id__in=persons).values_list("name", flat=True)
    return frozenset(contacts) | {one.name for one in home if one.pk in persons}


def _seen(persons: Iterable[Person], scope: Scope) -> set[UUID]:
    rows = Person.objects.within(scope).filter(pk__in=[one.pk for one in persons])
    return set(rows.values_list("pk", flat=True))


def others_of(alarm: Alarm) -> list[Person]:
    """Persons beside the alarm's own whose signals joined it."""
    if alarm.signals < 2 or alarm.person_id is None:
        return []
    joined = Signal.everywhere.filter(alarm_id=alarm.pk).values("person_id")
    none = [alarm.person_id, *misnamed(alarm)]
    return list(Person.everywhere.filter(pk__in=joined).exclude(pk__in=none).order_by("pk"))


def misnamed(alarm: Alarm) -> list[UUID]:
    """Who was taken for the person of an alarm by mistake."""
    rows = Step.everywhere.filter(alarm_id=alarm.pk, what="misnamed").values_list("detail", flat=True)
    return [UUID(detail.split()[0]) for detail in rows]


def _callers(found: Collection[Person]) -> tuple[Caller, ...]:
    secrets = secrets_of_many(found)
    return tuple(
        Caller(one.name, secrets[one.pk].phone if one.pk in secrets else "", f"person:{one.pk}")
        for one in found
    )


def health(alarm: Alarm, *, at: datetime) -> Health:
    """What the assessment in force says that helps to help. Showing it is a read that the caller logs."""
    if alarm.person_id is None:
        return Health(None, ())
    with elevated():  # whoever handles the alarm may know what keeps the person alive
        day, answers = health_answers(alarm.person_id, terms().health, timezone.localdate(at))
    lines = [(said(one.question), "、".join(map(said, one.chosen)) or one.written) for one in answers]
    return Health(day, tuple(lines))


def lately_of(
    persons: Collection[UUID], scope: Scope, *, since: datetime, most: int = 5
) -> dict[UUID, list[Alarm]]:
    """Alarms of some persons and of their homes that a scope sees, the newest first; those that are open are always among them."""
    homes = homes_of(persons)
    rows = Alarm.objects.within(scope).filter(Q(person_id__in=persons) | Q(home_id__in=set(homes.values())))
    rows = rows.exclude(outcome=AlarmState.TEST).filter(Q(raised_at__gte=since) | Q(closed_at=None))
    found: dict[UUID, list[Alarm]] = {key: [] for key in persons}
    for row in rows.order_by(F("closed_at").desc(nulls_first=True), "-raised_at"):
        for key, some in found.items():
            if len(some) < most and (row.person_id == key or row.home_id == homes.get(key)):
                some.append(row)
    return found


def caller(alarm: Alarm) -> str:
    """The name of the worker who called for help, or nothing."""
    return worker_names([alarm.worker_id]).get(alarm.worker_id, "") if alarm.worker_id else ""


def _worker(alarm: Alarm) -> Caller | None:
    if alarm.worker_id is None:
        return None
    found = workers_told([alarm.worker_id]).get(alarm.worker_id, [])
    return next((Caller(one.name, one.number) for one in found), None)


def ladder(alarm: Alarm, about: Known, calls: list[Attempt]) -> list[Rung]:
    """Whom to call, in the order of the data; contacts one by one."""
    out: list[Rung] = []
    for step in terms().verify:
        label = said(step.label)
        if step.needs == "device" and alarm.device_id is not None:
            out.append(Rung(step.code, label, tried=_tried(calls, step.code)))
        elif step.needs == "phone" and about.person is not None:
            names = {one.name for one in about.others}
            own = tuple(one for one in _tried(calls, step.code) if one.name not in names)
            out.append(
                Rung(
                    step.code,
                    label,
                    about.person.name,
                    "",
                    about.secrets.phone,
                    tried=own,
                    whom=f"person:{about.person.pk}",
                )
            )
            out += [Rung(step.code, label, one.name, "", one.phone, tried=tuple(call for call in _tried(calls, step.code) if call.name == one.name), whom=one.whom) for one in about.others]  # fmt: skip
        elif step.needs == "worker" and about.worker is not None:
            out.append(Rung(step.code, label, about.worker.name, "", about.worker.phone, tried=_tried(calls, step.code)))  # fmt: skip
        elif step.needs == "contacts" and about.person is not None:
            with elevated():  # as above
                rows = contacts_of(about.person)
                phones = contact_phones(rows)
            out += [_contact(step.code, row, phones, calls) for row in rows]
    return out


def _contact(code: str, row: Contact, phones: Mapping[UUID, str], calls: list[Attempt]) -> Rung:
    tried = tuple(one for one in calls if one.rung == code and one.contact_id == row.pk)
    return Rung(code, row.name, row.name, str(row.get_relation_display()), phones.get(row.pk, ""), row.pk, tried, f"kin:{row.pk}")  # fmt: skip


def _tried(calls: list[Attempt], code: str) -> tuple[Attempt, ...]:
    return tuple(one for one in calls if one.rung == code)


def _words(tags: Mapping[str, str]) -> tuple[str, ...]:
    known_terms = tag_terms()
    out = []
    for code, grade in tags.items():
        term = known_terms.get(code)
        out.append(f"{term.label} {term.grade_label(grade)}".strip() if term else code)
    return tuple(sorted(out))
