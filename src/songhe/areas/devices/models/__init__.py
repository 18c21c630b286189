"""The nouns of devices."""

from songhe.areas.devices.models.care import (
    Agreement,
    Chore,
    ChoreKind,
    Fence,
    Finding,
    GivenBy,
    Outcome,
    Tag,
)
from songhe.areas.devices.models.devices import WORN, Binding, Device, Move, Movement, Place
from songhe.areas.devices.models.hearing import Became, ClockFault, Last, Signal, Stray

__all__ = [
    "WORN",
    "Agreement",
    "Became",
    "Binding",
    "Chore",
    "ChoreKind",
    "ClockFault",
    "Device",
    "Fence",
    "Finding",
    "GivenBy",
    "Last",
    "Move",
    "Movement",
    "Outcome",
    "Place",
    "Signal",
    "Stray",
    "Tag",
]
