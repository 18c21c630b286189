"""The door of stays: the names other areas use.

``living_in`` and ``stays_between`` tell in which institution many persons live; ``away_between`` when they were not at home.
``vacancies`` counts what is free without naming anybody. ``when_moved_in`` lets an area stop what is not needed at home.
"""

from songhe.areas.stays.actions import when_moved_in
from songhe.areas.stays.models import Attendance, BedKind, Coming, DayPlace, Stay, StayState
from songhe.areas.stays.queries import figures
from songhe.areas.stays.queries.day_care import days_of, places_of
from songhe.areas.stays.queries.living import Lived, away_between, living_in, stays_between, stays_of
from songhe.areas.stays.queries.vacancy import PLACES, Shares, Vacancy, shares, summed, vacancies
from songhe.areas.stays.rules import Count, Days

__all__ = [
    "PLACES",
    "Attendance",
    "BedKind",
    "Coming",
    "Count",
    "DayPlace",
    "Days",
    "Lived",
    "Shares",
    "Stay",
    "StayState",
    "Vacancy",
    "away_between",
    "days_of",
    "figures",
    "living_in",
    "places_of",
    "shares",
    "stays_between",
    "stays_of",
    "summed",
    "vacancies",
    "when_moved_in",
]
