"""Family care beds: the list, and one with its plan, its equipment and when it was in service."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from songhe.areas.providers.api import Organisation, organisation_column
from songhe.areas.registry.api import of_persons
from songhe.areas.stays import actions
from songhe.areas.stays.models import HomeBed, HomeBedState
from songhe.areas.stays.queries.home_beds import provided_to, spans_of
from songhe.areas.stays.screens.common import HOME_BED_TONES, heading, is_in, person
from songhe.kit import spec
from songhe.kit.clock import today
from songhe.kit.pages import NavItem
from songhe.kit.spec import grid, record, verb

B = HomeBedState
_STATE = spec.state("state", tones=HOME_BED_TONES, sort="state")


def _draft_now(row: HomeBed, user: Any) -> dict[str, Any]:
    return {"month_minutes": row.month_minutes, "plan": row.plan, "address": row.address}


def _mine(row: Any, user: Any) -> dict[str, Any]:
    scope = user.scope("stays.home_bed")
    own = Organisation.objects.within(scope).filter(pk__in=scope.holders).first()
    return {"organisation": own} if own else {}


def _another(row: HomeBed, user: Any) -> bool:
    return row.state == B.DRAFT and row.drafted_by_id != user.pk


home_beds = record(
    HomeBed,
    slug="family-care-beds",
    right="stays.view",
    title=_("Family care beds"),
    one=_("Family care bed"),
    intro=_("Care beds at home: a contract between a person, an address and a responsible organisation. They are not counted among beds."),
    columns=[
        spec.link("contract_no", sort="contract_no"),
        person(),
        organisation_column(_("Responsible organisation")),
        spec.region(),
        spec.minutes("month_minutes", _("Agreed service a month")),
        spec.day("since", sort="since"),
        _STATE,
    ],
    filters=[spec.choice("state"), spec.region_filter(), spec.date_range("since")],
    search=of_persons,
    hint=_("Name"),
    order=("-drafted_at", "-id"),
    heading=heading,
    subheading=lambda row: row.contract_no,
    state=_STATE,
    panels={
        _("At home"): [
            spec.text("address", _("Address"), show=lambda row: row.address, wide=True),
            spec.text("plan", _("Plan at home"), show=lambda row: row.plan, wide=True),
            spec.minutes("month_minutes", _("Agreed service a month")),
            spec.text("level", _("Ability level"), show=lambda row: row.get_level_display() or ""),
        ],
        _("Retrofit and devices"): grid(
            lambda row, request: provided_to(row),
            [spec.text("kind", _("Kind")), spec.text("name", _("Item provided")), spec.number("count", _("Quantity")),
             spec.day("on", _("Installed on"))],
            none=_("Nothing is entered yet."),
        ),
        _("Days in service"): grid(
            lambda row, request: spans_of(row),
            [spec.day("since", _("From")), spec.day("until", _("Until"))],
            none=_("The service at home has not begun."),
        ),
    },
    aside={
        _("Contract and term"): [
            person(), organisation_column(_("Responsible organisation")), spec.region(), "contract_no", "since",
            spec.day("until", optional=True), spec.text("reason", optional=True),
        ],
        _("Who decided"): ["drafted_by", "drafted_at", "accepted_by", "accepted_at"],
        _("History"): spec.history(),
    },
    verbs=[
        verb(actions.draft_home_bed, label=_("Set up a family care bed"), icon="home-heart", primary=True, initial=_mine,
             ask=_("The organisation drafts it; the town or county accepts it; then the service begins.")),
        verb(actions.describe_home_bed, label=_("Plan, hours and address"), icon="pencil", when=is_in(B.DRAFT), initial=_draft_now),
        verb(actions.provide, label=_("Add retrofit or device"), icon="plus", when=is_in(B.DRAFT, B.ACCEPTED, B.ACTIVE),
             initial=lambda row, user: {"on": today()}),
        verb(actions.drop_provided, label=_("Remove an item"), when=is_in(B.DRAFT)),
        verb(actions.accept_home_bed, label=_("Pass acceptance"), icon="check", primary=True, when=_another,
             ask=_("The person is assessed, the plan is made, and the home is equipped as listed.")),
        verb(actions.begin_home_bed, label=_("Begin the service"), icon="check", primary=True, when=is_in(B.ACCEPTED),
             initial=lambda row, user: {"on": today()}),
        verb(actions.resume_home_bed, label=_("Go on"), icon="refresh", primary=True, when=is_in(B.RESTING),
             initial=lambda row, user: {"on": today()}),
        verb(actions.end_home_bed, label=_("End"), danger=True, when=is_in(B.DRAFT, B.ACCEPTED, B.ACTIVE, B.RESTING),
             initial=lambda row, user: {"on": today()}),
    ],
    nav=NavItem("service", "home-heart", 54),
    empty=_("No family care bed yet. Set up the first one from a person's page."),
)  # fmt: skip
