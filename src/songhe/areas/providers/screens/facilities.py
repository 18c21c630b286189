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
from songhe.areas.providers.saying import capacity_words
from songhe.areas.providers.screens import sections
from songhe.areas.providers.screens.common import FIRE_TONES, STATE_TONES, is_open
from songhe.kit.clock import today
from songhe.kit.pages import HomeList, NavItem, home_panel, waiting
from songhe.kit.spec import (
    choice,
    flag,
    history,
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
from songhe.kit.verbs import Verb

CAPACITY = ("beds", "nursing_beds", "area_m2", "day_places", "diners", "places")


def _today(row: Any, user: Any) -> dict[str, Any]:
    return dict.fromkeys(("since", "counted_on"), today())


def _inside(*told: tuple[Any, Any, str]) -> list[Verb]:
    """Verbs whose buttons stand in the sections of the page."""
    return [
        verb(action, label=label, icon=icon, button=False, when=is_open, initial=_today)
        for action, label, icon in told
    ]


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
        number("area_m2", sort="area_m2"),
        number("beds", sort="beds", show=lambda row: row.beds or None),
        number("nursing_beds", sort="nursing_beds", show=lambda row: row.nursing_beds or None),
        text("address"),
        number("gaps", _("Missing"), show=lambda row: len(row.gaps) or None),
        state("fire_safety", tones=FIRE_TONES),
        state("state", tones=STATE_TONES),
    ],
    filters=[
        region_filter(),
        choice("kind"),
        choice("state"),
        choice("ownership"),
        choice("mode"),
        choice("fire_safety"),
        choice(
            "gap",
            _("Missing in the file"),
            options=sections.GAP_WORDS.items(),
            narrow=lambda rows, value: rows.filter(gaps__contains=[value]),
        ),
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
    detail_template="providers/facility.html",
    panels={
        _("Site"): [
            "name",
            "kind",
            columns.organisation(_("Organisation")),
            "address",
            "public_phone",
            "phone",
            region("region"),
            "since",
            text("until", optional=True),
            "ownership",
            "mode",
            "licence_no",
            state("fire_safety", tones=FIRE_TONES),
            text("capacity", _("Capacity"), show=capacity_words, optional=True),
            link("merged_into", optional=True),
            text("description", wide=True, optional=True),
        ],
        _("Functions and capacity"): sections.uses,
        _("Opening hours"): sections.hours,
        _("Prices"): sections.prices,
        _("Operation contracts"): sections.contracts,
        _("Licences and permits"): sections.papers,
        _("Staff"): sections.staff,
        _("Agreements with clinics"): sections.agreements,
        _("Star rating"): sections.ratings,
        _("Photos"): sections.photos,
        _("Under the same licence"): sections.parts,
        _("Register on a past day"): sections.register,
    },
    aside={
        _("Missing in the file"): sections.missing,
        _("Place"): [text("lon"), text("lat"), "frame"],
        _("History"): history(right="providers.edit"),
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
            actions.publish_facility,
            label=_("Public information"),
            icon="phone",
            when=is_open,
            initial=lambda row, user: {n: getattr(row, n) for n in ("public_phone", "description")},
        ),
        verb(
            actions.set_beds,
            label=_("Area and capacity"),
            icon="bed",
            button=False,
            when=is_open,
            initial=lambda row, user: {n: getattr(row, n) for n in CAPACITY},
        ),
        verb(
            actions.move_facility,
            label=_("Change the location"),
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
            button=False,
            when=is_open,
            initial=lambda row, user: {"licence_no": row.licence_no, "fire_safety": row.fire_safety},
        ),
        *_inside(
            (actions.add_function, _("Add a function"), "plus"),
            (actions.end_function, _("End a function"), ""),
            (actions.set_opening, _("Set hours"), "clock"),
            (actions.except_days, _("Special days"), "calendar"),
            (actions.set_price, _("Set a price"), "cash"),
            (actions.end_price, _("Take the price off the list"), ""),
            (actions.enter_paper, _("Enter a licence or permit"), "certificate"),
            (actions.count_staff, _("Record staff numbers"), "users"),
            (actions.add_agreement, _("Add an agreement"), "stethoscope"),
            (actions.rate_facility, _("Enter a rating"), "star"),
            (actions.add_photo, _("Add a photo"), "photo"),
            (actions.show_photo, _("Public or cover"), "eye"),
            (actions.remove_photo, _("Remove a photo"), "trash"),
            (actions.entrust_facility, _("Enter a contract"), "file-text"),
        ),
        verb(
            actions.correct_register,
            label=_("Correct the register"),
            icon="history",
            button=False,
            ask=_("Earlier entries stay readable, with the day on which they were corrected."),
        ),
        verb(
            actions.suspend_facility,
            label=_("Suspend"),
            danger=True,
            when=lambda row, user: row.state == State.ACTIVE,
        ),
        verb(
            actions.resume_facility,
            label=_("Resume"),
            when=lambda row, user: row.state == State.SUSPENDED,
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
    none=_("Every site with beds has passed fire safety acceptance."),
)
