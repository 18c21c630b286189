"""What is in danger now: the alarm of a call, the open alarms of a person, and the devices that would tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from songhe.areas.alarms.api import Alarm, AlarmState
from songhe.areas.devices.api import Device, of_person
from songhe.areas.hotline.models import Call
from songhe.areas.registry.api import Person
from songhe.engines.access.api import Scope, asked, elevated
from songhe.kit.spec import url_of

TONES = {"raised": "danger", "taken": "warn", "sent": "info", "arrived": "info"}
MOST = 6


@dataclass(frozen=True, slots=True)
class Danger:
    """An alarm as the desk shows it; ``url`` is empty where the reader may not open it."""

    alarm: Alarm
    tone: str
    url: str

    @property
    def rings(self) -> bool:
        """Whether nobody has it yet."""
        return bool(self.alarm.state == AlarmState.RAISED)


def alarm_of_call(call: Call, user: Any) -> Danger | None:
    """The alarm that a call raised, as it stands now."""
    if call.alarm_id is None:
        return None
    with elevated():  # whoever sees the call sees how its alarm goes on
        row = Alarm.everywhere.get(pk=call.alarm_id)
    mine = Alarm.objects.within(user.scope("alarms.view")).filter(pk=row.pk).exists()
    return Danger(row, TONES.get(row.state, "ok"), (url_of(row) or "") if mine else "")


def dangers(person: Person, user: Any) -> list[Danger]:
    """The open alarms of a person that the reader reaches."""
    rows = _open_alarms(person.pk, user.scope("alarms.view").shared)
    return [Danger(row, TONES.get(row.state, "ok"), url_of(row) or "") for row in rows]


@asked
def _open_alarms(person: UUID, scope: Scope) -> QuerySet[Alarm]:
    rows: QuerySet[Alarm] = Alarm.objects.within(scope).filter(person=person, closed_at=None)
    return rows.order_by("-raised_at", "id")[:MOST]


def devices_of(person: Person, user: Any) -> list[Device]:
    """The person's devices that the reader reaches."""
    return of_person(person, user.scope("devices.view"))[:MOST] if user.may("devices.view") else []
