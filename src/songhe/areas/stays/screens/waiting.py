"""The waiting list: whose turn it is and why, what was offered, and the answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.registry.api import of_persons
from songhe.areas.stays import actions
from songhe.areas.stays.limits import terms
from songhe.areas.stays.models import Application, ApplicationState, OfferState
from songhe.areas.stays.queries.waiting import OPEN, offers_of, open_offer, places_before
from songhe.areas.stays.rules import Fen
from songhe.areas.stays.screens.common import (
    APPLICATION_TONES,
    OFFER_TONES,
    facility,
    heading,
    house,
    is_in,
    person,
)
from songhe.areas.stays.screens.stays import stays
from songhe.areas.stays.words import group_names, said, why
from songhe.kit import spec
from songhe.kit.clock import today
from songhe.kit.columns import DASH, Column, Plain
from songhe.kit.markup import escaped
from songhe.kit.pages import NavItem
from songhe.kit.spec import grid, record, verb

A = ApplicationState
_STATE = spec.state("state", tones=APPLICATION_TONES, sort="state")


@dataclass(frozen=True, kw_only=True)
class Turn(Column):
    """How many come before each, and why; counted for all rows at once."""

    def bind(self, rows: Sequence[Application]) -> Callable[[Application], SafeString]:
        plain = self.bind_plain(rows)
        return lambda row: escaped(str(found)) if (found := plain(row)) else DASH

    def bind_plain(self, rows: Sequence[Application]) -> Callable[[Application], Plain]:
        found = places_before(rows)
        return lambda row: gettext("No. {n}").format(n=found[row.pk] + 1) if row.pk in found else ""

    def html(self, row: Application) -> SafeString:
        return self.bind([row])(row)

    def plain(self, row: Application) -> Plain:
        return self.bind_plain([row])(row)


def _rule() -> str:
    """The order in words, and whether it was assumed."""
    groups = " › ".join(said(group.label) for group in terms().groups)
    text = gettext("In this order: {groups}; among equals, who applied first.").format(groups=groups)
    return (
        f"{text} {gettext('Assumed: no published rule was found.')}" if "waiting" in terms().assumed else text
    )


def _answerable(row: Application, user: Any) -> bool:
    offer = open_offer(row) if row.state == A.OFFERED else None
    return offer is not None and offer.state == OfferState.OPEN


def _first(row: Application, user: Any) -> dict[str, Any]:
    return {"since": today(), "bed_fee": Fen(0)}


def _offers(row: Application, request: HttpRequest) -> Any:
    return offers_of(row)


waiting_list = record(
    Application,
    slug="waiting-list",
    right="stays.waiting",
    title=_("Waiting for a bed"),
    one=_("Waiting for a bed"),
    columns=[
        person(),
        spec.link("kind", _("Bed type"), show=lambda row: row.get_kind_display(), sort="kind"),
        facility(),
        spec.region("region"),
        Turn(name="pk", label=_("Position in the list")),
        spec.text("groups", _("Priority group"), show=lambda row: group_names(row.groups)),
        spec.day("applied_on", sort="applied_on"),
        _STATE,
    ],
    filters=[spec.choice("state"), spec.choice("kind"), spec.region_filter(), spec.date_range("applied_on")],
    search=of_persons,
    hint=_("Name"),
    order=("rank", "applied_on", "id"),
    heading=heading,
    subheading=lambda row: row.get_kind_display(),
    state=_STATE,
    panels={
        _("Offers"): grid(
            _offers,
            [spec.text("bed", _("Bed"), show=lambda row: row.bed, note=house),
             spec.when("offered_at", _("Offered at")),
             spec.day("answer_by", _("Answer by")), spec.state("state", _("State"), tones=OFFER_TONES),
             spec.text("answered_by", _("Replied by")), spec.text("reason", _("Reason"))],
            none=_("No bed was offered yet."),
        ),
    },
    aside={
        _("Position in the list"): [
            Turn(name="pk", label=_("Position in the list")), spec.text("groups", _("Why"), show=why),
            spec.text("rule", _("Rule"), show=lambda row: _rule(), wide=True), "declined",
        ],
        _("Preference"): [
            person(), spec.text("kind", _("Bed type")), facility(), spec.region("region"), "applied_on",
            spec.text("note", optional=True), "entered_by", spec.text("reason", optional=True),
        ],
        _("History"): spec.history(),
    },
    verbs=[
        verb(actions.apply_for, label=_("Put on the waiting list"), icon="plus", primary=True),
        verb(actions.apply_by_number, label=_("Register a walk-in"), icon="id"),
        verb(actions.accept, label=_("Accept the offer"), icon="check", primary=True, when=_answerable,
             ask=_("The bed is held until admission.")),
        verb(actions.decline, label=_("Decline the offer"), when=is_in(A.OFFERED, A.ACCEPTED)),
        verb(actions.admit_accepted, label=_("Admit"), icon="login-2", primary=True, when=is_in(A.ACCEPTED), initial=_first,
             then=lambda result, row: stays.url_of(result)),
        verb(actions.withdraw, label=_("Remove from the list"), danger=True, when=is_in(*OPEN)),
    ],
    nav=NavItem("service", "hourglass", 52),
    empty=_("Nobody is on the waiting list here."),
)  # fmt: skip
