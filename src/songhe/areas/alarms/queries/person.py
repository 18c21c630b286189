"""What the agent must know of the person: risks, agreements, whom to call, in what order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from songhe.areas.alarms.limits import terms
from songhe.areas.alarms.models import Alarm, Attempt
from songhe.areas.providers.api import said
from songhe.areas.registry.api import (
    Contact,
    Person,
    Secrets,
    contact_phones,
    contacts_of,
    housemates,
    secrets_of,
    tags_on,
)
from songhe.areas.registry.api import terms as tag_terms
from songhe.engines.access.api import elevated


@dataclass(frozen=True, slots=True)
class Rung:
    """One call to make: whom, on which number, and what came of it so far."""

    code: str
    label: str
    name: str = ""
    note: str = ""
    phone: str = ""
    contact_id: UUID | None = None
    tried: tuple[Attempt, ...] = ()

    @property
    def reached(self) -> bool:
        """Whether somebody was reached there."""
        return any(one.reached for one in self.tried)


@dataclass(frozen=True, slots=True)
class Known:
    """The person of an alarm with everything that the desk may see."""

    person: Person | None
    secrets: Secrets = field(default_factory=Secrets)
    risks: tuple[str, ...] = ()
    mates: tuple[str, ...] = ()


def known(alarm: Alarm, *, at: datetime) -> Known:
    """Who it is about."""
    if alarm.person_id is None:
        return Known(None)
    with elevated():  # whoever may see the alarm may see whom it is about
        person = Person.everywhere.get(pk=alarm.person_id)
        found = tags_on([person.pk], timezone.localdate(at)).get(person.pk, {})
        mates = tuple(one.person.name for one in housemates(person) if one.person_id != person.pk)
        return Known(person, secrets_of(person), _words(found), mates)


def ladder(alarm: Alarm, about: Known, calls: list[Attempt]) -> list[Rung]:
    """Whom to call, in the order of the data; contacts one by one."""
    out: list[Rung] = []
    for step in terms().verify:
        label = said(step.label)
        if step.needs == "device" and alarm.device_id is not None:
            out.append(Rung(step.code, label, tried=_tried(calls, step.code)))
        elif step.needs == "phone" and about.person is not None:
            out.append(Rung(step.code, label, about.person.name, "", about.secrets.phone, tried=_tried(calls, step.code)))  # fmt: skip
        elif step.needs == "contacts" and about.person is not None:
            with elevated():  # as above
                rows = contacts_of(about.person)
                phones = contact_phones(rows)
            out += [_contact(step.code, row, phones, calls) for row in rows]
    return out


def _contact(code: str, row: Contact, phones: Mapping[UUID, str], calls: list[Attempt]) -> Rung:
    tried = tuple(one for one in calls if one.rung == code and one.contact_id == row.pk)
    return Rung(code, row.name, row.name, str(row.get_relation_display()), phones.get(row.pk, ""), row.pk, tried)  # fmt: skip


def _tried(calls: list[Attempt], code: str) -> tuple[Attempt, ...]:
    return tuple(one for one in calls if one.rung == code)


def _words(tags: Mapping[str, str]) -> tuple[str, ...]:
    known_terms = tag_terms()
    out = []
    for code, grade in tags.items():
        term = known_terms.get(code)
        out.append(f"{term.label} {term.grade_label(grade)}".strip() if term else code)
    return tuple(sorted(out))
