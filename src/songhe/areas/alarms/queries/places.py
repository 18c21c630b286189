"""Where things are: the home, the last places of persons who agree, helpers nearby."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from songhe.areas.alarms.limits import terms
from songhe.areas.alarms.models import Alarm
from songhe.areas.alarms.queries.person import others_of
from songhe.areas.alarms.queries.responders import candidates
from songhe.areas.devices.api import Seen, last_places, of_person
from songhe.areas.grid import api as grid
from songhe.areas.registry.api import Person, secrets_of
from songhe.areas.visits.api import Sos
from songhe.core.codes import Point
from songhe.core.labels import Label
from songhe.engines.access.api import Scope, elevated

NEAR = 6


@dataclass(frozen=True, slots=True)
class Near:
    """A helper who could go, with where they set out from."""

    name: str
    kind: Label
    point: Point
    free: bool | None
    note: str


def of_worker(alarm: Alarm) -> Point | None:
    """Where the worker was who called for help."""
    if alarm.worker_id is None or alarm.about_id is None:
        return None
    with elevated():  # whoever may see the alarm may see where it is
        found = Sos.everywhere.filter(pk=alarm.about_id).first()
        return found.place if found is not None else None


def home(alarm: Alarm) -> Point | None:
    """Where the person of an alarm lives."""
    if alarm.person_id is None:
        return None
    with elevated():  # whoever may see the alarm may see where it is
        return secrets_of(Person.everywhere.get(pk=alarm.person_id)).place


def last_seen(alarm: Alarm) -> list[tuple[Person, Seen]]:
    """The newest place of each person who called, by any device of theirs, where the person agrees. Showing it is a read that
    the caller logs."""
    if alarm.person_id is None:
        return []
    with elevated():  # as above
        people = [Person.everywhere.get(pk=alarm.person_id), *others_of(alarm)]
        theirs = {one.pk: [row.pk for row in of_person(one, Scope.EVERYTHING) if row.person_id == one.pk] for one in people}  # fmt: skip
        known = last_places([key for keys in theirs.values() for key in keys])
    seen = [(one, [known[key] for key in theirs[one.pk] if key in known]) for one in people]
    return [(one, max(places, key=lambda place: place.at)) for one, places in seen if places]


def near(alarm: Alarm, *, at: datetime) -> list[Near]:
    """The first of those who could go whose place is known."""
    found = [one for one in candidates(alarm, at=at) if one.helper_id is not None][:NEAR]
    with elevated():  # help is fetched from beyond the area of whoever asks for it
        rows = grid.Helper.everywhere.in_bulk([one.helper_id for one in found])
    kinds = terms().responders
    return [
        Near(one.name, kinds[one.kind], row.point, one.free, one.note)
        for one in found
        if one.helper_id and (row := rows.get(one.helper_id)) is not None and row.point is not None
    ]
