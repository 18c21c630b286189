"""The door of alarms: the names other areas and gateways use.

``raise_many(signals, at=)`` runs inside the caller's transaction. ``cry`` raises one alarm for another area.
``lately_of`` are the alarms of some persons, for who is close to them.
``simulate_year`` plays a year in a database that is thrown away.
"""

from songhe.areas.alarms.actions import cry, raise_many
from songhe.areas.alarms.limits import kind_choices
from songhe.areas.alarms.models import Alarm, AlarmState, Source
from songhe.areas.alarms.queries.person import lately_of
from songhe.areas.alarms.rules.signals import Cry, Signal
from songhe.areas.alarms.simulating import Report, simulate_year

__all__ = [
    "Alarm",
    "AlarmState",
    "Cry",
    "Report",
    "Signal",
    "Source",
    "cry",
    "kind_choices",
    "lately_of",
    "raise_many",
    "simulate_year",
]
