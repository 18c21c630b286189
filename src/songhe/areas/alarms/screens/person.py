"""Alarms on the person's timeline, and the way to raise one from there."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as say_now
from django.utils.translation import gettext_lazy as _

from songhe.areas.alarms.models import Alarm
from songhe.areas.alarms.screens.alarms import TONES, alarms
from songhe.areas.registry.api import Happening, Person, door, timeline
from songhe.engines.access.api import Scope


@timeline("alarms.view", Alarm)
def _alarms(person: Person, scope: Scope) -> Iterable[Happening]:
    for row in Alarm.objects.within(scope).filter(person=person).order_by("-raised_at")[:40]:
        words = say_now("Alarm: {kind}").format(kind=row.kind_label)
        yield Happening(
            row.raised_at, words, str(row.get_state_display()), alarms.url_of(row), TONES[row.state]
        )


def _raise(person_id: UUID) -> str:
    return f"{reverse('alarms.do', args=['raise_one'])}?person={person_id}"


door(_("Raise an alarm"), right="alarms.raise", icon="alert-triangle", url=_raise)
