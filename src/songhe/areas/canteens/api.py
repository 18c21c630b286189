"""The door of canteens: the names other areas use.

``owed`` says what the accepted months of canteens owe them, for whoever pays it.
"""

from songhe.areas.canteens.models import Canteen, CanteenMonth, Check, Diner, Meal
from songhe.areas.canteens.queries.months import Owed, owed

__all__ = ["Canteen", "CanteenMonth", "Check", "Diner", "Meal", "Owed", "owed"]
