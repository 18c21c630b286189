"""Organisations on screen."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from songhe.areas.providers import actions, queries
from songhe.areas.providers.models import (
    Facility,
    Organisation,
    OrganisationKind,
    State,
    Worker,
)
from songhe.areas.providers.screens.common import STATE_TONES, is_open, scope_of
from songhe.kit.clock import today
from songhe.kit.pages import NavItem
from songhe.kit.spec import (
    choice,
    day,
    grid,
    link,
    number,
    record,
    region,
    region_filter,
    state,
    text,
    verb,
)

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
                Facility.objects.within(scope_of(request)).filter(organisation=row).order_by("name")
            ),
            [
                link("name", _("Site name")),
                text("kind", _("Kind")),
                number("beds", _("Beds")),
                state("state", _("State"), tones=STATE_TONES),
            ],
            none=_("No site yet."),
        ),
        _("Workers"): grid(
            lambda row, request: (
                Worker.objects.within(scope_of(request))
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
            primary=True,
            icon="plus",
        ),
        verb(
            actions.edit_organisation,
            label=_("Edit"),
            icon="pencil",
            when=is_open,
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
            when=is_open,
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
        verb(actions.close_organisation, label=_("Close"), danger=True, when=is_open),
    ],
    nav=NavItem("providers", "building-community", 10),
    empty=_("No organisation is registered here yet. Register the first one, or import the county's list."),
)
