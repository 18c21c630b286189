"""What areas do at once when a worker calls for help, or reports an incident."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from songhe.areas.visits.models import Incident, Sos
from songhe.engines.access.api import Actor

Called = Callable[[Sos, Actor, datetime], object]
Reported = Callable[[Incident, str, Actor, datetime], object]
_CALLED: list[Called] = []
_REPORTED: list[Reported] = []


def when_called(effect: Called) -> Called:
    """Let an area hear each press of a worker's call for help: ``effect(sos, actor, at)``, inside the act."""
    _CALLED.append(effect)
    return effect


def when_reported(effect: Reported) -> Reported:
    """Let an area hear of an incident: ``effect(incident, words, actor, at)``, inside the act."""
    _REPORTED.append(effect)
    return effect


def called(sos: Sos, *, actor: Actor, at: datetime) -> None:
    """Tell every area of a press; all of it or nothing happens."""
    for effect in _CALLED:
        effect(sos, actor, at)


def reported(incident: Incident, words: str, *, actor: Actor, at: datetime) -> None:
    """Tell every area of an incident; all of it or nothing happens."""
    for effect in _REPORTED:
        effect(incident, words, actor, at)
