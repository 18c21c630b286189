"""Organisations, facilities and workers on screen."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from songhe.areas.providers import actions, columns, importing, queries
from songhe.areas.providers.catalogue import skill_choices
from songhe.areas.providers.models import (
    CANTEENS,
    Facility,
    FireSafety,
    Organisation,
    OrganisationKind,
    State,
    Worker,
)
from songhe.engines.access.api import Scope
from songhe.kit.clock import today
from songhe.kit.pages import HomeList, NavItem, home_panel
from songhe.kit.spec import (
    choice,
    day,
    flag,
    grid,
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

__all__ = ["facilities", "importing", "organisations", "workers"]

STATE_TONES = {"active": "ok", "suspended": "warn", "closed": "muted"}
FIRE_TONES = {"passed": "ok", "filed": "ok", "pending": "warn", "failed": "danger"}


def _scope(request: Any) -> Scope:
    found: Scope = request.user.scope("providers.view")
    return found


def _open(row: Any, user: Any) -> bool:
    return bool(row.state != State.CLOSED)


def _here(row: Worker, user: Any) -> bool:
    return row.employed(today()) or row.since > today()


organisations = record(
    Organisation,
    slug="organisations",
    right="providers.view",
    title=_("Organisations"),
    one=_("Organisation"),
    columns=[
        link("name", sort="name"),
        text("kind_names", _("Services")),
        text("credit_code"),
        region("region"),
        text("phone"),
        state("state", tones=STATE_TONES),
    ],
    filters=[
        region_filter(),
        choice("state"),
        choice(
            "kind",
            _("Service"),
            options=OrganisationKind.choices,
            narrow=lambda rows, value: rows.filter(kinds__contains=[value]),
        ),
    ],
    search=queries.search_organisations,
    order=("name", "id"),
    state=state("state", tones=STATE_TONES),
    subheading=lambda row: row.credit_code,
    panels={
        _("Organisation"): [
            "name",
            text("kind_names", _("Services")),
            "credit_code",
            "legal_person",
            "phone",
            "address",
            region("region"),
            "since",
        ],
        _("Sites"): grid(
            lambda row, request: (
                Facility.objects.within(_scope(request)).filter(organisation=row).order_by("name")
            ),
            [
                link("name", _("Name")),
                text("kind", _("Kind")),
                number("beds", _("Beds")),
                state("state", _("State"), tones=STATE_TONES),
            ],
            none=_("No site yet."),
        ),
        _("Workers"): grid(
            lambda row, request: (
                Worker.objects.within(_scope(request))
                .filter(organisation=row, until=None)
                .order_by("name")[:100]
            ),
            [link("name", _("Name")), text("skill_names", _("Skills")), day("since", _("Employed since"))],
            none=_("No worker yet."),
        ),
    },
    verbs=[
        verb(
            actions.register_organisation,
            label=_("Register an organisation"),
            labels={"region": _("Registered in")},
            primary=True,
            icon="plus",
        ),
        verb(
            actions.edit_organisation,
            label=_("Edit"),
            icon="pencil",
            when=_open,
            initial=lambda row, user: {
                n: getattr(row, n) for n in ("name", "kinds", "legal_person", "phone", "address")
            },
        ),
        verb(
            actions.add_facility,
            label=_("Add a site"),
            when=lambda row, user: row.state == State.ACTIVE,
            initial=lambda row, user: {"since": today()},
        ),
        verb(
            actions.hire_worker,
            label=_("Take on a worker"),
            primary=True,
            when=lambda row, user: row.state == State.ACTIVE,
            initial=lambda row, user: {"since": today()},
        ),
        verb(
            actions.move_organisation,
            label=_("Move"),
            when=_open,
            initial=lambda row, user: {"to": row.region_id, "address": row.address},
        ),
        verb(
            actions.suspend_organisation,
            label=_("Suspend"),
            danger=True,
            when=lambda row, user: row.state == State.ACTIVE,
        ),
        verb(
            actions.resume_organisation,
            label=_("Resume"),
            when=lambda row, user: row.state == State.SUSPENDED,
        ),
        verb(actions.close_organisation, label=_("Close"), danger=True, when=_open),
    ],
    nav=NavItem("providers", "building-community", 10),
    empty=_("No organisation is registered here yet. Register the first one, or import the county's list."),
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
        number("beds", sort="beds"),
        number("nursing_beds", sort="nursing_beds"),
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
            when=_open,
            initial=lambda row, user: {
                n: getattr(row, n) for n in ("name", "kind", "ownership", "mode", "phone")
            },
        ),
        verb(
            actions.set_beds,
            label=_("Beds and area"),
            icon="bed",
            when=_open,
            initial=lambda row, user: {n: getattr(row, n) for n in ("beds", "nursing_beds", "area_m2")},
        ),
        verb(
            actions.move_facility,
            label=_("Place"),
            icon="map-pin",
            when=_open,
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
            when=_open,
            initial=lambda row, user: {"licence_no": row.licence_no, "fire_safety": row.fire_safety},
        ),
        verb(
            actions.close_facility,
            label=_("Close"),
            danger=True,
            when=_open,
            initial=lambda row, user: {"on": today()},
        ),
    ],
    nav=NavItem("providers", "building-hospital", 20),
    empty=_("No site is registered here yet. Register the first one, or import the county's list."),
)

workers = record(
    Worker,
    slug="workers",
    right="providers.view",
    title=_("Workers"),
    one=_("Worker"),
    columns=[
        link("name", sort="name"),
        text("skill_names", _("Skills")),
        text(
            "organisation_name",
            _("Organisation"),
            show=lambda row: queries.organisation_names([row.organisation_id]).get(row.organisation_id),
        ),
        region("region", _("Base")),
        text("phone_masked"),
        day("certificate_until"),
        day("since"),
        day("until"),
    ],
    filters=[
        region_filter(),
        choice(
            "skill",
            _("Skill"),
            options=lambda request: skill_choices(),
            narrow=lambda rows, value: rows.filter(skills__contains=[value]),
        ),
        flag("here", _("Employed"), narrow=lambda rows, yes: rows.filter(until__isnull=yes)),
    ],
    search=("name",),
    order=("name", "id"),
    subheading=lambda row: row.skill_names,
    panels={
        _("Worker"): [
            "name",
            "sex",
            text("phone_masked"),
            columns.organisation(_("Organisation")),
            region("region", _("Base")),
            "since",
            "until",
        ],
        _("Skills"): [text("skill_names", _("Skills")), "certificate_no", "certificate_until"],
        _("Hours"): [
            text("days", _("Working days"), show=lambda row: row.day_names),
            text("works_from"),
            text("works_until"),
        ],
    },
    verbs=[
        verb(
            actions.edit_worker,
            label=_("Edit"),
            icon="pencil",
            when=_here,
            initial=lambda row, user: {"name": row.name, "sex": row.sex},
        ),
        verb(
            actions.certify_worker,
            label=_("Skills and certificate"),
            when=_here,
            initial=lambda row, user: {
                n: getattr(row, n) for n in ("skills", "certificate_no", "certificate_until")
            },
        ),
        verb(
            actions.set_hours,
            label=_("Hours"),
            icon="clock",
            when=_here,
            initial=lambda row, user: {
                "days": list(row.hours.days),
                "works_from": row.works_from,
                "works_until": row.works_until,
            },
        ),
        verb(
            actions.place_worker,
            label=_("Base place"),
            icon="map-pin",
            when=_here,
            initial=lambda row, user: {"region": row.region_id, "lon": row.lon, "lat": row.lat},
        ),
        verb(
            actions.end_employment,
            label=_("End the employment"),
            danger=True,
            when=_here,
            initial=lambda row, user: {"on": today()},
        ),
    ],
    nav=NavItem("providers", "users", 30),
    empty=_("No worker is entered yet. Open an organisation and take somebody on."),
)


def _unsafe(user: Any, scope: Any, at: Any) -> HomeList:
    rows = Facility.objects.within(user.scope("providers.inspect")).filter(state=State.ACTIVE, beds__gt=0)
    rows = rows.filter(fire_safety__in=[FireSafety.PENDING, FireSafety.FAILED])
    shown = [
        (row.name, url_of(row), row.get_fire_safety_display()) for row in rows.order_by("-beds", "id")[:6]
    ]
    return HomeList(
        rows.count(), shown, url=f"{facilities.url()}?fire_safety=pending&state=active", tone="warn"
    )


home_panel(
    title=_("Sites with beds, fire safety not accepted"),
    right="providers.inspect",
    rows=_unsafe,
    area="providers",
    icon="alert-triangle",
    none=_("Every site with beds has its fire safety accepted."),
)


def _expiring(user: Any, scope: Any, at: Any) -> HomeList:
    rows = Worker.objects.within(user.scope("providers.worker")).filter(
        until=None, certificate_until__lt=today().replace(day=28)
    )
    shown = [
        (row.name, url_of(row), str(row.certificate_until))
        for row in rows.order_by("certificate_until", "id")[:6]
    ]
    return HomeList(rows.count(), shown, url=workers.url(), tone="warn")


home_panel(
    title=_("Certificates at their end"),
    right="providers.worker",
    rows=_expiring,
    area="providers",
    icon="school",
    none=_("Every certificate is valid for this month."),
)
