"""Beds and stays, the waiting list, care beds at home, and day care."""

from songhe.areas.stays.models.beds import Bed, BedKind, Closure, Room
from songhe.areas.stays.models.day_care import (
    Activity,
    Attendance,
    Centre,
    Coming,
    Condition,
    DayPlace,
    Entry,
)
from songhe.areas.stays.models.home_beds import HomeBed, HomeBedState, ItemKind, Provided
from songhe.areas.stays.models.living import (
    Ending,
    Leave,
    LeaveKind,
    Occupancy,
    Setting,
    SettingKind,
    Stay,
    StayState,
)
from songhe.areas.stays.models.waiting import OPEN_OFFERS, Application, ApplicationState, Offer, OfferState

__all__ = [
    "OPEN_OFFERS",
    "Activity",
    "Application",
    "ApplicationState",
    "Attendance",
    "Bed",
    "BedKind",
    "Centre",
    "Closure",
    "Coming",
    "Condition",
    "DayPlace",
    "Ending",
    "Entry",
    "HomeBed",
    "HomeBedState",
    "ItemKind",
    "Leave",
    "LeaveKind",
    "Occupancy",
    "Offer",
    "OfferState",
    "Provided",
    "Room",
    "Setting",
    "SettingKind",
    "Stay",
    "StayState",
]
