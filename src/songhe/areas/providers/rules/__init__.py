"""The pure decisions of providers: the catalogue of services, opening hours, what a site's file lacks, likeness of sites."""

from songhe.areas.providers.rules.catalogue import (
    EVERY_DAY,
    LAST_MINUTE,
    PROOFS,
    Catalogue,
    Help,
    Hours,
    Item,
    build_catalogue,
)
from songhe.areas.providers.rules.hours import Opening

__all__ = [
    "EVERY_DAY",
    "LAST_MINUTE",
    "PROOFS",
    "Catalogue",
    "Help",
    "Hours",
    "Item",
    "Opening",
    "build_catalogue",
]
