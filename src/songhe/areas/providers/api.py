"""The door of providers: the names other areas use."""

from songhe.areas.providers.catalogue import (
    catalogue,
    grouped_items,
    item_choices,
    item_name,
    said,
    skill_name,
)
from songhe.areas.providers.columns import Named
from songhe.areas.providers.columns import organisation as organisation_column
from songhe.areas.providers.columns import worker as worker_column
from songhe.areas.providers.models import Facility, Kind, Organisation, OrganisationKind, State, Worker
from songhe.areas.providers.queries import (
    beds,
    canteen_regions,
    canteens_of,
    employed,
    metres,
    nearest_qualified,
    open_sites,
    operating_canteen,
    organisation_names,
    site_middles,
    worker_names,
)
from songhe.areas.providers.rules import Catalogue, Item

__all__ = [
    "Catalogue",
    "Facility",
    "Item",
    "Kind",
    "Named",
    "Organisation",
    "OrganisationKind",
    "State",
    "Worker",
    "beds",
    "canteen_regions",
    "canteens_of",
    "catalogue",
    "employed",
    "grouped_items",
    "item_choices",
    "item_name",
    "metres",
    "nearest_qualified",
    "open_sites",
    "operating_canteen",
    "organisation_column",
    "organisation_names",
    "said",
    "site_middles",
    "skill_name",
    "worker_column",
    "worker_names",
]
