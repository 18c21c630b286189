"""Beds, stays, the waiting list, care beds at home and day care on screen."""

from songhe.areas.stays import importing
from songhe.areas.stays.queries import figures
from songhe.areas.stays.screens import roll, vacancy
from songhe.areas.stays.screens.beds import beds, board
from songhe.areas.stays.screens.day_care import activities, attendance, centres, day_places_
from songhe.areas.stays.screens.home import panels
from songhe.areas.stays.screens.home_beds import home_beds
from songhe.areas.stays.screens.person import cared_panel
from songhe.areas.stays.screens.stays import stays
from songhe.areas.stays.screens.waiting import waiting_list

__all__ = [
    "activities",
    "attendance",
    "beds",
    "board",
    "cared_panel",
    "centres",
    "day_places_",
    "figures",
    "home_beds",
    "importing",
    "panels",
    "roll",
    "stays",
    "vacancy",
    "waiting_list",
]
