"""Suspected double entries of sites on screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from songhe.areas.providers import actions
from songhe.areas.providers.models import Facility, SiteDouble
from songhe.areas.providers.queries import metres, organisation_names
from songhe.areas.providers.saying import capacity_words
from songhe.engines.regions.tree import full_name
from songhe.kit import spec
from songhe.kit.pages import NavItem
from songhe.kit.spec import record, verb

EVIDENCE = {
    "same_name": _("Same site name"),
    "near_name": _("Similar name"),
    "same_licence": _("Same licence"),
    "same_code": _("Same credit code"),
    "near_place": _("Next to each other"),
    "same_region": _("Same region"),
    "other_kind": _("Different kind"),
}


def evidence(row: SiteDouble) -> str:
    """What speaks for and against, in words."""
    return ", ".join(str(EVIDENCE.get(code, code)) for code in row.evidence)


def _beside(row: SiteDouble, request: HttpRequest) -> Mapping[str, Any]:
    names = organisation_names([row.first.organisation_id, row.second.organisation_id])
    return {
        "sites": (row.first, row.second),
        "lines": [
            (label, one, other)
            for (label, one), (_label, other) in zip(
                *(_side(site, names.get(site.organisation_id, "—")) for site in (row.first, row.second)),
                strict=True,
            )
        ],
        "metres": metres(row.first.point, row.second.point),
    }


def _side(site: Facility, owner: str) -> list[tuple[Any, object]]:
    return [
        (_("Kind"), site.get_kind_display()),
        (_("State"), site.get_state_display()),
        (_("Organisation"), owner),
        (_("Region"), full_name(site.region_id)),
        (_("Address"), site.address or "—"),
        (_("Licence or filing number"), site.licence_no or "—"),
        (_("Capacity"), capacity_words(site) or "—"),
    ]


def _open(row: SiteDouble, user: Any) -> bool:
    return row.state == SiteDouble.State.OPEN


doubles = record(
    SiteDouble,
    slug="site-doubles",
    right="providers.create",
    title=_("Suspected duplicate sites"),
    one=_("Suspected duplicate site"),
    intro=_("Register entries that may be the same site. The search runs every night and whenever a site is entered."),
    columns=[
        spec.link("first", _("One"), show=lambda row: row.first.name, note=lambda row: row.first.get_kind_display(),
                  to=spec.url_of),
        spec.text("second", _("The other"), show=lambda row: row.second.name, note=lambda row: row.second.get_kind_display()),
        spec.text("evidence", _("Evidence"), show=evidence),
        spec.number("score", sort="score"),
        spec.region(),
        spec.state("state", tones={"open": "warn", "same": "ok", "different": "muted"}),
    ],
    filters=[spec.choice("state"), spec.region_filter()],
    search=("first.name", "second.name"),
    order=("-score", "id"),
    join=("first", "second"),
    state=spec.state("state", tones={"open": "warn", "same": "ok", "different": "muted"}),
    heading=lambda row: row.first.name,
    subheading=evidence,
    panels={_("Side by side"): spec.panel("providers/beside.html", query=_beside)},
    aside={
        _("Decision taken"): [spec.number("score"), spec.when("found_at"), "decided_by", "decided_at", spec.text("reason", optional=True)]
    },
    verbs=[
        verb(actions.one_site, label=_("One site"), icon="git-merge", primary=True, when=_open,
             ask=_("The other entry is closed and points at the one that is kept.")),
        verb(actions.two_sites, label=_("Two sites"), when=_open),
    ],
    nav=NavItem("providers", "copy", 60),
    empty=_("No suspected duplicates in the register."),
)  # fmt: skip
