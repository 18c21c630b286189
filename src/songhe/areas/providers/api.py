"""The door of providers: the names other areas use."""

from songhe.areas.providers.actions import move_facility, register_facility, set_beds, take_leave
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
from songhe.areas.providers.models import (
    Facility,
    Frame,
    Kind,
    Leave,
    Organisation,
    OrganisationKind,
    State,
    Travel,
    Worker,
)
from songhe.areas.providers.queries import (
    beds,
    canteen_regions,
    canteens_of,
    days_off,
    employed,
    ill_now,
    metres,
    middles,
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
    "Frame",
    "Item",
    "Kind",
    "Leave",
    "Named",
    "Organisation",
    "OrganisationKind",
    "State",
    "Travel",
    "Worker",
    "beds",
    "canteen_regions",
    "canteens_of",
    "catalogue",
    "days_off",
    "employed",
    "grouped_items",
    "ill_now",
    "item_choices",
    "item_name",
    "metres",
    "middles",
    "move_facility",
    "nearest_qualified",
    "open_sites",
    "operating_canteen",
    "organisation_column",
    "organisation_names",
    "register_facility",
    "said",
    "set_beds",
    "site_middles",
    "skill_name",
    "take_leave",
    "worker_column",
    "worker_names",
]
