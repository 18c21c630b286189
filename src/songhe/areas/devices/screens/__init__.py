"""Devices on screen."""

from songhe.areas.devices import figures, importing
from songhe.areas.devices.screens.agreements import agreements, fences
from songhe.areas.devices.screens.chores import chores
from songhe.areas.devices.screens.devices import devices
from songhe.areas.devices.screens.finder import finder
from songhe.areas.devices.screens.findings import findings
from songhe.areas.devices.screens.home import panels
from songhe.areas.devices.screens.person import told
from songhe.areas.devices.screens.stock import stock
from songhe.areas.devices.screens.strange import odd_signals, strays

__all__ = [
    "agreements",
    "chores",
    "devices",
    "fences",
    "figures",
    "finder",
    "findings",
    "importing",
    "odd_signals",
    "panels",
    "stock",
    "strays",
    "told",
]
