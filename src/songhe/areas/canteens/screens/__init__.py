"""Canteens, their tables and kitchens on screen."""

from songhe.areas.canteens import figures
from songhe.areas.canteens.screens import person
from songhe.areas.canteens.screens.checks import checks
from songhe.areas.canteens.screens.closing import days, donations, statements
from songhe.areas.canteens.screens.counter import card, counter
from songhe.areas.canteens.screens.diners import diners, meals
from songhe.areas.canteens.screens.home import panels
from songhe.areas.canteens.screens.kitchen import cooks, duties, hygiene, samples, supplies
from songhe.areas.canteens.screens.places import canteens, counts, menus
from songhe.areas.canteens.screens.rolls import rolls

__all__ = [
    "canteens",
    "card",
    "checks",
    "cooks",
    "counter",
    "counts",
    "days",
    "diners",
    "donations",
    "duties",
    "figures",
    "hygiene",
    "meals",
    "menus",
    "panels",
    "person",
    "rolls",
    "samples",
    "statements",
    "supplies",
]
