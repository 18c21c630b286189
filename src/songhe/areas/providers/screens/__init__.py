"""Organisations, facilities and workers on screen."""

from songhe.areas.providers import importing
from songhe.areas.providers.screens.facilities import facilities
from songhe.areas.providers.screens.organisations import organisations
from songhe.areas.providers.screens.workers import leaves, workers

__all__ = ["facilities", "importing", "leaves", "organisations", "workers"]
