"""Alarms, and the rows of everything that happened with them."""

from songhe.areas.alarms.models.alarms import OPEN, Alarm, AlarmState, Source
from songhe.areas.alarms.models.events import Attempt, Entry, Signal, Step
from songhe.areas.alarms.models.responses import Response, Service

__all__ = [
    "OPEN",
    "Alarm",
    "AlarmState",
    "Attempt",
    "Entry",
    "Response",
    "Service",
    "Signal",
    "Source",
    "Step",
]
