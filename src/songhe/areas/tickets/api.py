"""The door of tickets: the names other areas and the edges use."""

from songhe.areas.tickets import figures
from songhe.areas.tickets.actions.hearing import CLASH, KNOWN, NEWS, STORED, UNKNOWN, Told, hear
from songhe.areas.tickets.actions.lines import open_line
from songhe.areas.tickets.carrier import Carrier, Rejected, Silent, Unreachable
from songhe.areas.tickets.models import CityCase, CityLine
from songhe.areas.tickets.queries import of_call, of_order

__all__ = [
    "CLASH",
    "KNOWN",
    "NEWS",
    "STORED",
    "UNKNOWN",
    "Carrier",
    "CityCase",
    "CityLine",
    "Rejected",
    "Silent",
    "Told",
    "Unreachable",
    "figures",
    "hear",
    "of_call",
    "of_order",
    "open_line",
]
