"""From plain rows to a problem of the scheduler, and in which chunks its plan is published. No table, no clock."""

from songhe.areas.roster.rules.batching import Step, batches
from songhe.areas.roster.rules.building import Builder, duty_shifts, window_on
from songhe.areas.roster.rules.given import Ask, Built, Duty, Free, Halves, Hand, Told
from songhe.areas.roster.rules.ground import DAY, Ground, build_ground, minute_of
from songhe.areas.roster.rules.loading import unevenness
from songhe.areas.roster.rules.words import RULES
from songhe.areas.roster.rules.workforce import Stop, Tally, paid_day, tallied

__all__ = [
    "DAY",
    "RULES",
    "Ask",
    "Builder",
    "Built",
    "Duty",
    "Free",
    "Ground",
    "Halves",
    "Hand",
    "Step",
    "Stop",
    "Tally",
    "Told",
    "batches",
    "build_ground",
    "duty_shifts",
    "minute_of",
    "paid_day",
    "tallied",
    "unevenness",
    "window_on",
]
