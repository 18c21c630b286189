"""Alarms that come from visits: a worker who calls for help, and an incident that cannot wait."""

from __future__ import annotations

from datetime import datetime

from songhe.areas.alarms.actions.raising import cry
from songhe.areas.alarms.limits import terms
from songhe.areas.alarms.models import Alarm, Source
from songhe.areas.visits.api import Incident, Sos, see_to_call, take_up_call, when_called, when_reported
from songhe.engines.access.api import Actor, elevated


@when_called
def of_worker(sos: Sos, actor: Actor, at: datetime) -> None:
    """Raise a worker's call for help, or let it ring again as the phone repeats it; once somebody answers it is over."""
    if sos.answered_at is None:
        cry("worker", actor=actor, at=at, source=Source.WORKER, region_id=sos.region_id, worker_id=sos.worker_id, about_id=sos.pk)  # fmt: skip


@when_reported
def of_incident(incident: Incident, words: str, actor: Actor, at: datetime) -> None:
    """Raise an incident that the data name as one that cannot wait, with what the worker says."""
    if incident.severity in terms().incidents.get(incident.kind, ()):
        with elevated():  # a worker reaches the visit, not all that is known of the person
            person = incident.person
        cry("incident", actor=actor, at=at, source=Source.VISIT, person=person, about_id=incident.pk, words=words)  # fmt: skip


def answered(alarm: Alarm, *, at: datetime) -> None:
    """The worker's phone says that somebody takes care, and stops calling."""
    if alarm.source == Source.WORKER and alarm.about_id is not None:
        take_up_call(alarm.about_id, by=alarm.agent_name, at=at)


def ended(alarm: Alarm, words: str, *, at: datetime) -> None:
    """The worker's call ends with its alarm."""
    if alarm.source == Source.WORKER and alarm.about_id is not None:
        see_to_call(alarm.about_id, words or alarm.number, by=alarm.closed_by_name, at=at)
