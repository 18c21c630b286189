"""Stays: the list, and one with its beds, its leave and what it costs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.registry.api import of_persons
from songhe.areas.stays import actions
from songhe.areas.stays.limits import terms
from songhe.areas.stays.models import Leave, Occupancy, Stay, StayState
from songhe.areas.stays.queries.living import bed_now
from songhe.areas.stays.screens.common import STAY_TONES, facility, heading, house, is_in, person
from songhe.engines.access.api import elevated
from songhe.kit import spec
from songhe.kit.clock import today
from songhe.kit.pages import NavItem
from songhe.kit.spec import grid, record, verb

S = StayState
_STATE = spec.state("state", tones=STAY_TONES, sort="state")
_HERE = is_in(S.LIVING, S.AWAY)


def _beds(row: Stay, request: HttpRequest) -> list[Occupancy]:
    with elevated():  # whoever sees a stay sees its beds
        return list(Occupancy.everywhere.filter(stay=row).select_related("bed").order_by("-since", "-id"))


def _leaves(row: Stay, request: HttpRequest) -> list[Leave]:
    with elevated():  # and when the person was away
        return list(Leave.everywhere.filter(stay=row).order_by("-since"))


def _bed(row: Stay) -> str:
    found = bed_now(row)
    return str(found.bed) if found else ""


def _level(row: Stay) -> str:
    if row.level is not None:
        return str(row.get_level_display())
    return gettext("Not assessed at admission: {why}").format(why=row.without_why)


def _kept(row: Leave) -> str:
    return "" if row.frees_on else gettext("held until the return")


def _terms_now(row: Stay, user: Any) -> dict[str, Any]:
    return {
        "bed_fee": row.bed_fen,
        "care_fee": row.care_fen,
        "meals_fee": row.meals_fen,
        "due_on": row.due_on,
    }


def _rule() -> str:
    """How long a bed is kept, and whether that is a rule that was found or one that was assumed."""
    said = gettext(
        "A bed is held for {hospital} days in hospital, {home} days on home leave, {other} days elsewhere."
    )
    text = said.format(**terms().keeps)
    return (
        f"{text} {gettext('Assumed: no published rule was found.')}" if "leave" in terms().assumed else text
    )


stays = record(
    Stay,
    slug="stays",
    right="stays.view",
    title=_("Stays"),
    one=_("Stay"),
    intro=_("Who lives in which institution, from admission to discharge."),
    columns=[
        spec.link("person_id", _("Stay"), show=lambda row: row.contract_no, sort="contract_no"),
        person(),
        facility(),
        spec.region(),
        spec.day("since", sort="since"),
        spec.day("due_on", sort="due_on"),
        spec.money("month_fen", _("Monthly total (yuan)")),
        _STATE,
    ],
    filters=[spec.choice("state"), spec.region_filter(), spec.date_range("since"), spec.choice("ending")],
    search=of_persons,
    hint=_("Name"),
    order=("-since", "-id"),
    heading=heading,
    subheading=lambda row: f"{house(row)} · {row.contract_no}",
    state=_STATE,
    panels={
        _("Stay"): [
            person(), facility(), spec.text("bed", _("Bed"), show=_bed), "since", "due_on",
            spec.text("level", _("Ability level"), show=_level, wide=True),
            spec.day("until", optional=True), spec.text("ending", optional=True), spec.text("reason", optional=True),
        ],
        _("Beds of this stay"): grid(
            _beds, [spec.text("bed", _("Bed"), show=lambda row: str(row.bed)), spec.day("since", _("From")), spec.day("until", _("Until"))]
        ),
        _("Leave during the stay"): grid(
            _leaves,
            [spec.text("kind", _("Why")), spec.day("since", _("From")), spec.day("back_on", _("Expected back")),
             spec.day("frees_on", _("Bed held until"), note=_kept), spec.day("until", _("Back in the facility on"))],
            none=_("No leave yet."),
        ),
    },
    aside={
        _("Contract and costs"): [
            "contract_no", spec.money("bed_fen", _("Bed (yuan a month)")), spec.money("care_fen", _("Care (yuan a month)")),
            spec.money("meals_fen", _("Meals (yuan a month)")), spec.money("month_fen", _("Monthly total (yuan)")),
        ],
        _("Guardian or contact"): [spec.text("guardian", _("Name")), "guardian_phone_masked"],
        _("Entry details"): ["admitted_by", "admitted_at", spec.region("home")],
        _("Rule"): [spec.text("rule", _("During leave"), show=lambda row: _rule(), wide=True)],
        _("History"): spec.history(),
    },
    verbs=[
        verb(actions.go_on_leave, label=_("Record a leave"), icon="ambulance", primary=True, when=is_in(S.LIVING),
             initial=lambda row, user: {"since": today()}),
        verb(actions.come_back, label=_("Record the return"), icon="check", primary=True, when=is_in(S.AWAY),
             initial=lambda row, user: {"on": today()}),
        verb(actions.change_bed_of, label=_("Change bed"), icon="bed", when=_HERE, initial=lambda row, user: {"on": today()}),
        verb(actions.set_terms, label=_("Costs and end"), icon="pencil", when=_HERE, initial=_terms_now),
        verb(actions.note_level, label=_("Enter the assessment"), icon="clipboard-check",
             when=lambda row, user: row.level is None and row.state != S.ENDED),
        verb(actions.discharge, label=_("Discharge"), danger=True, when=_HERE, initial=lambda row, user: {"on": today()},
             ask=_("The bed is free from this day on.")),
    ],
    nav=NavItem("service", "door", 50),
    empty=_("Nobody lives in an institution here yet. Admit somebody from a free bed."),
)  # fmt: skip
