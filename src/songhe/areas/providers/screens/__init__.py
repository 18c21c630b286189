"""Organisations, facilities and workers on screen."""

from songhe.areas.providers import importing
from songhe.areas.providers.screens import coverage, photo
from songhe.areas.providers.screens.doubles import doubles
from songhe.areas.providers.screens.facilities import facilities
from songhe.areas.providers.screens.home import panels
from songhe.areas.providers.screens.operations import operations
from songhe.areas.providers.screens.organisations import organisations
from songhe.areas.providers.screens.workers import leaves, workers

__all__ = [
    "coverage",
    "doubles",
    "facilities",
    "importing",
    "leaves",
    "operations",
    "organisations",
    "panels",
    "photo",
    "workers",
]
