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
    workers_told,
)
from songhe.areas.providers.queries.public import PublicPlace, PublicPrice, holidays, place, places
from songhe.areas.providers.rules import Catalogue, Item, Opening
from songhe.areas.providers.rules.services import Circle, ServiceKind
from songhe.areas.providers.saying import hours_line, hours_words, now_words
from songhe.areas.providers.services import circle, service_kinds, services_of

__all__ = [
    "Catalogue",
    "Circle",
    "Facility",
    "Frame",
    "Item",
    "Kind",
    "Leave",
    "Named",
    "Opening",
    "Organisation",
    "OrganisationKind",
    "PublicPlace",
    "PublicPrice",
    "ServiceKind",
    "State",
    "Travel",
    "Worker",
    "beds",
    "canteen_regions",
    "canteens_of",
    "catalogue",
    "circle",
    "days_off",
    "employed",
    "grouped_items",
    "holidays",
    "hours_line",
    "hours_words",
    "ill_now",
    "item_choices",
    "item_name",
    "metres",
    "middles",
    "move_facility",
    "nearest_qualified",
    "now_words",
    "open_sites",
    "operating_canteen",
    "organisation_column",
    "organisation_names",
    "place",
    "places",
    "register_facility",
    "said",
    "service_kinds",
    "services_of",
    "set_beds",
    "site_middles",
    "skill_name",
    "take_leave",
    "worker_column",
    "worker_names",
    "workers_told",
]
