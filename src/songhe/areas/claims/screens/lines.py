"""Claim lines and the towns' parts, for whoever accepts or refuses them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from songhe.areas.claims import actions
from songhe.areas.claims.models import ClaimLine, TownPart
from songhe.areas.claims.screens.common import money_columns, person, service, state_of_line
from songhe.areas.contracts.api import contract_column
from songhe.areas.providers.api import organisation_column
from songhe.kit import spec
from songhe.kit.links import address_of
from songhe.kit.pages import NavItem
from songhe.kit.spec import grid, record, verb
from songhe.kit.who import who

lines = record(
    ClaimLine,
    slug="claim-lines",
    right="claims.view",
    title=_("Claim lines"),
    one=_("Claim line"),
    columns=[
        spec.link("on", show=lambda row: row.on, sort="on"),
        service(),
        person(),
        organisation_column(_("Organisation")),
        spec.region("region"),
        spec.minutes("minutes"),
        *money_columns(),
        state_of_line(),
    ],
    filters=[spec.choice("state"), spec.region_filter(), spec.date_range("on")],
    order=("-on", "id"),
    state=state_of_line(),
    panels={
        _("Visit"): [
            person(), service(), spec.link("visit_id", _("Visit"), show=lambda row: row.on, to=lambda row: address_of("visits", row.visit_id)),
            organisation_column(_("Organisation")), spec.region("region"), contract_column("contract_id", _("Contract")),
            spec.minutes("minutes"), spec.minutes("claimed_minutes"), spec.minutes("payable_minutes"),
            spec.number("told_minutes", optional=True),
        ],
        _("Money"): [
            spec.money("full_fen"), *money_columns(), spec.money("share_fen"), spec.money("beyond_fen"),
            spec.text("reason", wide=True, optional=True),
        ],
    },
    aside={_("History"): spec.history()},
    verbs=[
        verb(actions.refuse_line, name="refuse", label=_("Refuse"), danger=True,
             when=lambda row, user: row.active and row.is_payable),
        verb(actions.dispute, label=_("Dispute"), when=lambda row, user: row.is_disputable and row.claim.state == "scored",),
    ],
    empty=_("No visit was claimed yet."),
)  # fmt: skip


def _in_town(row: TownPart, request: HttpRequest) -> list[ClaimLine]:
    low, high = row.region_id, row.region.upper
    rows = ClaimLine.objects.within(who(request).scope("claims.view")).filter(claim_id=row.claim_id)
    return list(rows.filter(region_id__gte=low, region_id__lt=high).order_by("on", "id")[:300])


def _accepted(row: TownPart) -> str:
    return "accepted" if row.accepted_at else "open" if row.is_open else "ended"


def _accepted_words(row: TownPart) -> Any:
    words = {"accepted": _("Accepted by the town"), "open": _("To accept"), "ended": _("Has ended")}
    return words[_accepted(row)]


_STATE = spec.state(
    "is_open", _("State"), show=_accepted, label_of=_accepted_words,
    tones={"accepted": "ok", "open": "warn", "ended": "muted"},
)  # fmt: skip


def _open(rows: Any, yes: bool) -> Any:
    return rows.filter(is_open=True) if yes else rows.filter(is_open=False)


towns = record(
    TownPart,
    slug="town-acceptances",
    right="claims.view",
    title=_("Acceptance by towns"),
    one=_("Acceptance by a town"),
    columns=[
        spec.link("region", show=lambda row: row.region, note=lambda row: f"{row.month:%Y-%m}"),
        organisation_column(_("Organisation")),
        spec.number("visits"),
        spec.money("claimed_fen", _("Claimed")),
        spec.text("accepted_by"),
        _STATE,
    ],
    filters=[spec.flag("open", _("To accept"), narrow=_open), spec.region_filter(), spec.date_range("month")],
    order=("-month", "id"),
    join=("region",),
    state=_STATE,
    heading=lambda row: f"{row.region} · {row.month:%Y-%m}",
    panels={
        _("Lines"): grid(
            _in_town,
            [
                spec.link("on", _("Date of service"), show=lambda line: line.on),
                service(),
                person(),
                spec.region("region", _("Region")),
                spec.minutes("minutes", _("Service time")),
                *money_columns(),
                state_of_line(),
            ],
            none=_("No line of this town is left."),
        )
    },
    aside={
        _("Acceptance"): [
            organisation_column(_("Organisation")), "visits", spec.money("claimed_fen", _("Claimed")), "accepted_by", "accepted_at",
        ],
        _("History"): spec.history(),
    },
    verbs=[
        verb(actions.accept_town, name="accept", label=_("Accept the lines"), icon="check", primary=True,
             when=lambda row, user: row.is_open, ask=_("First refuse the lines that were not provided; the others are accepted.")),
    ],
    nav=NavItem("money", "check", 6),
    empty=_("No claim of your towns waits."),
)  # fmt: skip
