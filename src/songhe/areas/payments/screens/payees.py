"""Payee accounts on screen: numbers are never shown."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from songhe.areas.payments import actions
from songhe.areas.payments.models import Payee, PayeeState
from songhe.areas.payments.paying import bank_text
from songhe.areas.payments.rules.cards import masked
from songhe.areas.payments.screens.common import by_person, held_by, whose, whose_link
from songhe.areas.registry.api import door
from songhe.engines.access.api import Scope
from songhe.kit import spec
from songhe.kit.clock import today
from songhe.kit.pages import HomeList, NavItem, home_panel, waiting
from songhe.kit.spec import record, verb

P = PayeeState
TONES = {P.PROPOSED: "warn", P.ACTIVE: "ok", P.ENDED: "muted", P.REFUSED: "muted"}
_STATE = spec.state("state", tones=TONES, sort="state")


def _account(row: Payee) -> str:
    return f"{bank_text(row.bank)} {masked(row.last_four)}"


def _may_confirm(row: Payee, user: Any) -> bool:
    return bool(row.state == P.PROPOSED and row.proposed_by_id != user.pk)


payees = record(
    Payee,
    slug="payees",
    right="payments.payee",
    title=_("Payee accounts"),
    one=_("Payee account"),
    intro=_("To which account the money of each person and organisation goes. A change counts once a second person has confirmed it."),
    columns=[
        spec.link("holder", note=lambda row: str(row.get_whose_display())),
        whose(),
        spec.text("account", _("Account"), show=_account),
        spec.region("region"),
        _STATE,
        spec.day("since", sort="since"),
        spec.day("until"),
    ],
    filters=[spec.choice("state"), spec.choice("whose"), spec.region_filter()],
    search=by_person,
    order=("state", "-proposed_at", "id"),
    join=("person", "region"),
    heading=lambda row: row.holder,
    subheading=held_by,
    state=_STATE,
    panels={
        _("Account"): [
            whose_link(), spec.region("region"), "whose", "holder", spec.text("bank", show=lambda row: bank_text(row.bank)), spec.text("branch", optional=True),
            spec.text("account", _("Account number"), show=lambda row: masked(row.last_four)), "since", "until", spec.text("reason", wide=True),
        ],
        _("Who decided"): ["proposed_by", "proposed_at", "decided_by", "decided_at"],
    },
    aside={_("History"): spec.history()},
    verbs=[
        verb(actions.propose_payee, name="propose", label=_("Propose an account"), icon="plus", primary=True,
             initial=lambda row, user: {"since": today()},
             then=lambda made, row: reverse("payees.detail", args=[made.pk])),
        verb(actions.propose_body_payee, name="propose-body", label=_("Propose an account of an organisation"), icon="building-store",
             initial=lambda row, user: {"since": today()},
             then=lambda made, row: reverse("payees.detail", args=[made.pk])),
        verb(actions.confirm_payee, name="confirm", label=_("Confirm"), icon="check", primary=True, when=_may_confirm,
             ask=_("Compare the number with the card or the bank's proof first. Any earlier account is deactivated.")),
        verb(actions.refuse_payee, name="refuse", label=_("Refuse"), when=lambda row, user: row.state == P.PROPOSED),
        verb(actions.end_payee, name="end", label=_("End"), danger=True, when=lambda row, user: row.state == P.ACTIVE,
             initial=lambda row, user: {"until": today()}),
    ],
    nav=NavItem("money", "id", 8),
    empty=_("No account yet. Propose one for a person who receives money."),
)  # fmt: skip

door(
    _("Propose an account"),
    right="payments.payee",
    icon="wallet",
    url=lambda person_id: f"{reverse('payees.do', args=['propose'])}?person={person_id}",
)


def _to_confirm(user: Any, scope: Scope, at: datetime) -> HomeList:
    rows = (
        Payee.objects.within(user.scope("payments.payee"))
        .filter(state=P.PROPOSED)
        .exclude(proposed_by_id=user.pk)
    )
    return waiting(
        rows.select_related("person").order_by("proposed_at", "id"),
        lambda found: [(row.held_by, payees.url_of(row), _account(row)) for row in found],
        url=f"{payees.url()}?state=proposed",
    )


home_panel(title=_("Accounts to confirm"), right="payments.payee", rows=_to_confirm, icon="id", order=30)
