"""The inventory of idle rooms, and what is proposed to be made of them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from songhe.areas.premises import actions
from songhe.areas.premises.models import Idle, IdleState, Proposal, ProposalState
from songhe.areas.premises.screens.common import IDLE_TONES, PROPOSAL_TONES, pictures
from songhe.kit import spec
from songhe.kit.map.panel import map_panel
from songhe.kit.map.shapes import Map, Mark
from songhe.kit.pages import NavItem
from songhe.kit.spec import Figure, grid, panel, record, url_of, verb
from songhe.kit.who import who

CONDITION_TONES = {"good": "ok", "repair": "warn", "rebuild": "warn", "unsafe": "danger"}
_STATE = spec.state("state", tones=IDLE_TONES, sort="state")
_DECIDED = spec.state("state", tones=PROPOSAL_TONES)


def _proposals(row: Idle, request: HttpRequest) -> list[Proposal]:
    return list(Proposal.everywhere.filter(idle=row).order_by("-proposed_at", "id"))


def _map(row: Idle, request: HttpRequest) -> Map:
    mark = Mark(
        label=row.name, point=row.point, tone=IDLE_TONES[row.state], word=str(row.get_state_display()), note=row.address
    )  # fmt: skip
    return Map(title=_("Where it is located"), shapes=(mark,), empty=_("Enter its location."))


def _figures(request: HttpRequest) -> list[Figure]:
    rows = Idle.objects.within(who(request).scope("premises.view"))
    free = list(rows.filter(state=IdleState.AVAILABLE).values_list("area_m2", flat=True))
    waiting = Proposal.objects.within(who(request).scope("premises.view")).filter(state=ProposalState.OPEN)
    return [
        Figure(_("Free"), len(free), f"{sum(free):,} m²", f"{idle.url()}?state=available"),
        Figure(_("Proposals to decide"), waiting.count(), "", f"{proposals.url()}?state=open"),
        Figure(
            _("In use again"), rows.filter(state=IdleState.REUSED).count(), "", f"{idle.url()}?state=reused"
        ),
    ]


def _in(*states: IdleState) -> Any:
    return lambda row, user: row.state in states


def _known(row: Idle, user: Any) -> dict[str, Any]:
    names = ("name", "owner", "area_m2", "condition", "floor", "lift", "note")
    return {name: getattr(row, name) for name in names} | {"cost": row.cost_fen}


OPEN = _in(IdleState.AVAILABLE, IdleState.RESERVED)
idle = record(
    Idle,
    slug="idle-rooms",
    right="premises.view",
    title=_("Idle property"),
    one=_("Idle property"),
    intro=_("Property of any owner that could become a care facility; what is free is a candidate for new sites."),
    columns=[
        spec.link("name", sort="name", note=lambda row: row.owner),
        spec.region("region"),
        spec.text("origin"),
        spec.number("area_m2", sort="area_m2"),
        spec.text("floor", show=lambda row: row.floor, note=lambda row: _("with a lift") if row.lift else ""),
        spec.state("condition", tones=CONDITION_TONES),
        spec.money("cost_fen", sort="cost_fen"),
        _STATE,
    ],
    filters=[
        spec.region_filter(),
        spec.choice("state"),
        spec.choice("origin"),
        spec.choice("condition"),
        spec.flag("placed", _("On the map"), narrow=lambda rows, yes: rows.filter(lon__isnull=not yes)),
    ],
    search=("name", "owner", "address"),
    order=("name", "id"),
    state=_STATE,
    subheading=lambda row: row.owner,
    figures=_figures,
    panels={
        _("Proposals"): grid(
            _proposals,
            [
                spec.link("kind", _("To become"), show=lambda row: row.get_kind_display(), note=lambda row: row.who),
                spec.number("area_m2"),
                spec.money("cost_fen", _("Cost (yuan)")),
                spec.text("proposed_by"),
                _DECIDED,
            ],
            none=_("Nothing is proposed yet."),
        ),
        _("Pictures"): panel("premises/photos.html", query=pictures),
        _("Map"): map_panel(_map),
    },
    aside={
        _("Property"): [
            spec.region("region"), "origin", "owner", "address", "area_m2", "floor", "lift",
            spec.state("condition", tones=CONDITION_TONES), spec.money("cost_fen"), spec.text("note", optional=True),
            spec.text("reason", optional=True),
        ],
        _("Subsequent use"): [spec.link("phase", optional=True), spec.link("facility")],
        _("Entry details"): ["listed_by", "listed_at"],
        _("History"): spec.history(),
    },
    verbs=[
        verb(actions.list_idle, label=_("Enter an idle property"), icon="plus", primary=True),
        verb(actions.propose_reuse, label=_("Propose a reuse"), icon="plus", primary=True, when=_in(IdleState.AVAILABLE),
             initial=lambda row, user: {"area_m2": row.area_m2, "cost": row.cost_fen}, then=lambda made, row: str(url_of(row))),
        verb(actions.describe_idle, label=_("Edit"), icon="pencil", when=OPEN, initial=_known),
        verb(actions.place_idle, label=_("Set the location"), icon="map-pin", when=OPEN,
             initial=lambda row, user: {"address": row.address, "lon": row.lon, "lat": row.lat}),
        verb(actions.photograph_idle, label=_("Add a picture"), icon="camera", when=OPEN),
        verb(actions.reuse_as, label=_("Link the facility"), icon="link", when=OPEN),
        verb(actions.offer_again, label=_("Free again"), when=_in(IdleState.RESERVED, IdleState.WITHDRAWN)),
        verb(actions.withdraw_idle, label=_("Withdraw"), danger=True, when=OPEN),
    ],
    nav=NavItem("planning", "door", 32),
    empty=_("No idle property is entered here yet. Enter the first one."),
)  # fmt: skip


def _may_decide(row: Proposal, user: Any) -> bool:
    return row.state == ProposalState.OPEN and row.proposed_by_id != user.pk


proposals = record(
    Proposal,
    slug="reuse-proposals",
    right="premises.view",
    title=_("Proposals for reuse"),
    one=_("Proposal for reuse"),
    columns=[
        spec.link("kind", _("To become"), show=lambda row: row.get_kind_display(), note=lambda row: row.who),
        spec.link("idle", _("Property")),
        spec.region("region"),
        spec.number("area_m2", sort="area_m2"),
        spec.money("cost_fen", _("Cost (yuan)"), sort="cost_fen"),
        spec.when("proposed_at", sort="proposed_at"),
        _DECIDED,
    ],
    filters=[spec.region_filter(), spec.choice("state"), spec.choice("kind"), spec.date_range("proposed_at")],
    search=("who", "idle.name"),
    order=("-proposed_at", "id"),
    join=("idle",),
    state=_DECIDED,
    subheading=lambda row: row.idle,
    panels={
        _("Proposal"): [
            spec.link("idle"), "kind", "who", "area_m2", spec.money("cost_fen", _("Cost (yuan)")), spec.text("words", wide=True),
        ],
        _("Decision taken"): ["decided_by", "decided_at", spec.text("reason", wide=True)],
    },
    aside={_("Entry details"): ["proposed_by", "proposed_at"], _("History"): spec.history()},
    verbs=[
        verb(actions.accept_proposal, label=_("Adopt the proposal"), icon="check", primary=True, when=_may_decide,
             ask=_("The property is reserved for it.")),
        verb(actions.refuse_proposal, label=_("Refuse"), danger=True, when=_may_decide),
        verb(actions.take_back_proposal, label=_("Retract"), when=lambda row, user: row.state == ProposalState.OPEN),
    ],
    empty=_("Nothing is proposed. Open an idle property and propose a reuse."),
)  # fmt: skip
