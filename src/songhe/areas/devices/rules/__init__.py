"""What devices decide without looking anything up."""

from songhe.areas.devices.rules.again import Before, again
from songhe.areas.devices.rules.clock import Clock, Fault, Limits, judge
from songhe.areas.devices.rules.fences import (
    LEAST_METRES,
    MOST_CORNERS,
    MOST_METRES,
    Fence,
    Spot,
    as_json,
    from_json,
    side,
)
from songhe.areas.devices.rules.hearing import Became, Heard, State, Wearer, hear
from songhe.areas.devices.rules.signals import KIND, MOST_KEY, Signal
from songhe.areas.devices.rules.terms import Kind, Means, Said, Terms, build_terms

__all__ = [
    "KIND",
    "LEAST_METRES",
    "MOST_CORNERS",
    "MOST_KEY",
    "MOST_METRES",
    "Became",
    "Before",
    "Clock",
    "Fault",
    "Fence",
    "Heard",
    "Kind",
    "Limits",
    "Means",
    "Said",
    "Signal",
    "Spot",
    "State",
    "Terms",
    "Wearer",
    "again",
    "as_json",
    "build_terms",
    "from_json",
    "hear",
    "judge",
    "side",
]
