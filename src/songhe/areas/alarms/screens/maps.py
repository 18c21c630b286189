"""The map of an alarm: the home, the last place of whoever agreed to be located, who is near."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from songhe.areas.alarms.models import Alarm
from songhe.areas.alarms.queries import person as people
from songhe.areas.alarms.queries import places
from songhe.areas.alarms.queries.course import findings_of
from songhe.areas.providers.api import said
from songhe.engines.acts.api import record_read
from songhe.kit.clock import now
from songhe.kit.history import LABELS
from songhe.kit.map.shapes import Map, Mark
from songhe.kit.who import who
from songhe.kit.words import moment

LOCATE = "alarms.locate_person"
LABELS[LOCATE] = _("Location viewed")
EMPTY = _(
    "No location is known. The home is entered on the person's page; a device's location is shown only with consent."
)


def of_alarm(alarm: Alarm, request: HttpRequest) -> Map:
    """What the agent who holds the alarm sees; others see where the home is, and no more."""
    user = who(request)
    mine = alarm.is_open and alarm.agent_id == user.pk
    shapes: list[Mark] = []
    home = places.home(alarm)
    if home is not None:
        whose = alarm.whom or alarm.number
        shapes.append(Mark(label=whose, point=home, tone="info", word=_("Where the person lives")))
    if mine:
        worker = places.of_worker(alarm)
        if worker is not None:
            shapes.append(
                Mark(label=people.caller(alarm), point=worker, tone="danger", word=_("Last location"))
            )
        seen = places.last_seen(alarm)
        if seen:
            record_read(LOCATE, alarm, actor=user, at=now(), purpose=alarm.number)
        for one, last in seen:
            exact = _("within {n} m").format(n=round(last.accuracy)) if last.accuracy is not None else ""
            shapes.append(Mark(label=f"{one.name} · {moment(last.at)}", point=last.point, tone="danger", word=_("Last location"), note=exact))  # fmt: skip
        shapes += [
            Mark(label=moment(one.at), point=one.place, tone="danger", word=_("Found here"))
            for one in findings_of(alarm) if one.place is not None
        ]  # fmt: skip
        shapes += [
            Mark(label=one.name, point=one.point, tone="ok" if one.free else "muted", word=said(one.kind), note=one.note)
            for one in places.near(alarm, at=now())
        ]  # fmt: skip
    return Map(title=_("Where it is"), shapes=tuple(shapes), empty=EMPTY)
