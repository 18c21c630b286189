"""Visits that nobody claimed in time, and what becomes of them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from songhe.areas.claims import actions
from songhe.areas.claims.queries.unclaimed import unclaimed
from songhe.areas.claims.screens.common import person, service
from songhe.areas.providers.api import organisation_column
from songhe.areas.visits.api import Visit
from songhe.kit import spec
from songhe.kit.clock import today
from songhe.kit.days import day_of
from songhe.kit.links import address_of
from songhe.kit.pages import NavItem
from songhe.kit.spec import record, verb

WORDS = {"lapsed": _("Too late: hours given back"), "waits": _("Its month can still be claimed")}


def _state(row: Visit) -> str:
    return "lapsed" if row.lapsed_at else "waits"


def _narrowed(rows: Any, value: str) -> Any:
    return rows.filter(lapsed_at__isnull=value == "waits")


late_visits = record(
    Visit,
    main=False,
    slug="unclaimed-visits",
    right="claims.view",
    title=_("Visits not claimed in time"),
    one=_("Visit"),
    rows=lambda scope: unclaimed(scope, today()),
    intro=_(
        "Verified visits that no claim or settlement held while late ones still came with the next claim. Where the month was "
        "claimed or settled without them, their hours go back to the grant and the contract. Where nobody claimed the month, "
        "the organisation still can, until the purchaser closes it. They count as given all the same."
    ),
    columns=[
        spec.link(
            "arrived_at", _("Date of service"), show=lambda row: day_of(row.arrived_at), sort="arrived_at",
            to=lambda row: address_of("visits", row.pk),
        ),
        service(),
        person(),
        organisation_column(_("Organisation")),
        spec.region("region"),
        spec.minutes("minutes"),
        spec.state(
            "lapsed_at", _("What becomes of it"), show=_state, label_of=lambda row: WORDS[_state(row)],
            tones={"lapsed": "muted", "waits": "warn"},
        ),
    ],
    filters=[
        spec.choice("state", _("What becomes of it"), options=list(WORDS.items()), narrow=_narrowed),
        spec.region_filter(),
        spec.date_range("arrived_at"),
    ],
    order=("-arrived_at", "id"),
    detail=False,
    verbs=[verb(actions.close_month, label=_("Close a month"), danger=True, on_row=False)],
    nav=NavItem("money", "clock", 7),
    empty=_("Every verified visit was claimed in time."),
)  # fmt: skip
