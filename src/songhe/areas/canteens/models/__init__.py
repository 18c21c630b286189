"""Nouns of canteens."""

from songhe.areas.canteens.models.checks import OPEN, Check, CheckState, Found
from songhe.areas.canteens.models.closing import CanteenDay, CanteenMonth, DayState, Donation, MonthState
from songhe.areas.canteens.models.common import KITCHEN, TABLE, of
from songhe.areas.canteens.models.kitchen import Cook, Duty, HygieneDay, Sample, Supply, Unit
from songhe.areas.canteens.models.places import (
    Canteen,
    Counting,
    HeadCount,
    MenuDay,
    OpenDays,
    PaperKind,
    Serving,
)
from songhe.areas.canteens.models.table import Booking, Diner, Meal, Roll, RollState, Source, Way

__all__ = [
    "KITCHEN",
    "OPEN",
    "TABLE",
    "Booking",
    "Canteen",
    "CanteenDay",
    "CanteenMonth",
    "Check",
    "CheckState",
    "Cook",
    "Counting",
    "DayState",
    "Diner",
    "Donation",
    "Duty",
    "Found",
    "HeadCount",
    "HygieneDay",
    "Meal",
    "MenuDay",
    "MonthState",
    "OpenDays",
    "PaperKind",
    "Roll",
    "RollState",
    "Sample",
    "Serving",
    "Source",
    "Supply",
    "Unit",
    "Way",
    "of",
]
