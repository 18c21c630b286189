"""Facilities on screen, and those that need a look."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from songhe.areas.providers import actions, columns, queries
from songhe.areas.providers.models import (
    CANTEENS,
    Facility,
    FireSafety,
    State,
)
from songhe.areas.providers.screens.common import FIRE_TONES, STATE_TONES, is_open
from songhe.kit.clock import today
from songhe.kit.pages import HomeList, NavItem, home_panel, waiting
from songhe.kit.spec import (
    choice,
    flag,
    link,
    number,
    record,
    region,
    region_filter,
    state,
    text,
    url_of,
    verb,
)

facilities = record(
    Facility,
    slug="facilities",
    right="providers.view",
    title=_("Facilities"),
    one=_("Facility"),
    columns=[
        link("name", sort="name"),
        text("kind"),
        region("region"),
        number("beds", sort="beds", show=lambda row: row.beds or None),
        number("nursing_beds", sort="nursing_beds", show=lambda row: row.nursing_beds or None),
        text("address"),
        state("fire_safety", tones=FIRE_TONES),
        state("state", tones=STATE_TONES),
    ],
    filters=[
        region_filter(),
        choice("kind"),
        choice("state"),
        choice("ownership"),
        choice("fire_safety"),
        flag(
            "canteen",
            _("Serves meals"),
            narrow=lambda rows, yes: (
                rows.filter(kind__in=CANTEENS) if yes else rows.exclude(kind__in=CANTEENS)
            ),
        ),
        flag("placed", _("On the map"), narrow=lambda rows, yes: rows.filter(lon__isnull=not yes)),
    ],
    search=queries.search_facilities,
    order=("name", "id"),
    state=state("state", tones=STATE_TONES),
    subheading=lambda row: row.get_kind_display(),
    panels={
        _("Site"): [
            "name",
            "kind",
            columns.organisation(_("Organisation")),
            "address",
            "phone",
            region("region"),
            "since",
            "until",
        ],
        _("Size"): ["beds", "nursing_beds", "area_m2"],
        _("Running"): ["ownership", "mode", "licence_no", state("fire_safety", tones=FIRE_TONES)],
        _("Place"): [text("lon"), text("lat"), "frame"],
    },
    verbs=[
        verb(
            actions.register_facility,
            label=_("Register a site"),
            primary=True,
            icon="plus",
            initial=lambda row, user: {"since": today()},
        ),
        verb(
            actions.describe_facility,
            label=_("Edit"),
            icon="pencil",
            when=is_open,
            initial=lambda row, user: {
                n: getattr(row, n) for n in ("name", "kind", "ownership", "mode", "phone")
            },
        ),
        verb(
            actions.set_beds,
            label=_("Beds and area"),
            icon="bed",
            when=is_open,
            initial=lambda row, user: {n: getattr(row, n) for n in ("beds", "nursing_beds", "area_m2")},
        ),
        verb(
            actions.move_facility,
            label=_("Place"),
            icon="map-pin",
            when=is_open,
            initial=lambda row, user: {
                "to": row.region_id,
                "address": row.address,
                "lon": row.lon,
                "lat": row.lat,
            },
        ),
        verb(
            actions.license_facility,
            label=_("Licence and fire safety"),
            when=is_open,
            initial=lambda row, user: {"licence_no": row.licence_no, "fire_safety": row.fire_safety},
        ),
        verb(
            actions.close_facility,
            label=_("Close"),
            danger=True,
            when=is_open,
            initial=lambda row, user: {"on": today()},
        ),
    ],
    nav=NavItem("providers", "building-hospital", 20),
    empty=_("No site is registered here yet. Register the first one, or import the county's list."),
)


def _unsafe(user: Any, scope: Any, at: Any) -> HomeList:
    rows = Facility.objects.within(user.scope("providers.inspect")).filter(state=State.ACTIVE, beds__gt=0)
    rows = rows.filter(fire_safety__in=[FireSafety.PENDING, FireSafety.FAILED])
    return waiting(
        rows.order_by("-beds", "id"),
        lambda found: [(row.name, url_of(row), row.get_fire_safety_display()) for row in found],
        url=f"{facilities.url()}?fire_safety=pending&state=active",
        tone="warn",
    )


home_panel(
    title=_("Sites with beds, fire safety not accepted"),
    right="providers.inspect",
    rows=_unsafe,
    area="providers",
    icon="alert-triangle",
    none=_("Every site with beds has its fire safety accepted."),
)
