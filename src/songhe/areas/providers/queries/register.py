"""What the register says, and said, of a site."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from songhe.areas.providers.models import Facility, SiteFact
from songhe.core.dated import Span

KEPT_NAMES = {
    "name": _("Site name"),
    "kind": _("Kind"),
    "state": _("State"),
    "organisation_id": _("Organisation"),
    "ownership": _("Ownership"),
    "mode": _("Operating model"),
    "region_id": _("Region"),
    "area_m2": _("Floor area (m²)"),
    "beds": _("Beds"),
    "nursing_beds": _("Nursing beds"),
    "day_places": _("Day places"),
    "diners": _("Diners per meal"),
    "places": _("Other capacity"),
}
KEPT = tuple(KEPT_NAMES)
"""What is remembered day by day."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What the register said of one thing on a day: the value, from when until when, and since when that was believed."""

    what: str
    value: Any
    since: date | None = None
    until: date | None = None
    recorded_at: datetime | None = None
    by: str = ""
    note: str = ""


def facts_of(facility: Facility, what: str) -> list[SiteFact]:
    """What is believed now of one thing, in the order of days."""
    rows = SiteFact.everywhere.filter(facility=facility, what=what, recorded_until=None)
    return list(rows.order_by("valid_from", "id"))


def register_on(facility: Facility, day: date, *, known_at: datetime | None = None) -> list[Entry]:
    """What the register says of a day, as far as was known at a moment (None: now)."""
    rows = SiteFact.everywhere.filter(facility=facility)
    if known_at is None:
        rows = rows.filter(recorded_until=None)
    else:
        rows = rows.filter(Q(recorded_until=None) | Q(recorded_until__gt=known_at), recorded_at__lte=known_at)
    found: dict[str, Entry] = {}
    for row in rows:
        if Span(row.valid_from, row.valid_to).holds(day):
            found[row.what] = Entry(
                row.what, row.value, row.valid_from, row.valid_to, row.recorded_at, row.recorded_by, row.note
            )
    return [found.get(what) or Entry(what, getattr(facility, what)) for what in KEPT]


def history_of(facility: Facility, *, most: int = 40) -> list[SiteFact]:
    """Everything that was ever entered as a change, the latest first."""
    rows = SiteFact.everywhere.filter(facility=facility).exclude(recorded_by="", note="", valid_from=None)
    return list(rows.order_by("-recorded_at", "what", "valid_from")[:most])
