"""Overpayments on screen, and how they come back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from songhe.areas.payments import actions
from songhe.areas.payments.models import OwedState, Posting, Receivable, Recovery
from songhe.areas.payments.queries.paid import causes_of
from songhe.areas.payments.screens.common import (
    OWED_TONES,
    benefit,
    benefit_text,
    by_person,
    held_by,
    months,
    whose_link,
)
from songhe.engines.access.api import Scope
from songhe.kit import spec
from songhe.kit.clock import today
from songhe.kit.pages import HomeList, NavItem, home_panel, waiting
from songhe.kit.spec import record, verb
from songhe.kit.who import who
from songhe.kit.words import yuan

S = OwedState
_STATE = spec.state("state", tones=OWED_TONES, sort="state")


def _steps(row: Receivable, request: HttpRequest) -> list[Recovery]:
    rows = Recovery.objects.within(who(request).scope("payments.view")).filter(receivable=row)
    return list(rows.select_related("line").order_by("-at", "-id"))


def _causes(row: Receivable, request: HttpRequest) -> list[Posting]:
    return list(causes_of(row, who(request).scope("payments.view")))


def _owed(row: Receivable, user: Any) -> bool:
    return row.state in (S.OPEN, S.ESTATE)


receivables = record(
    Receivable,
    slug="receivables",
    right="payments.view",
    title=_("Overpayments"),
    one=_("Overpayment"),
    intro=_("Overpayments that are owed back: withheld from later payments, repaid, or written off by two people."),
    columns=[
        spec.link("held_by", _("Person or organisation"), show=held_by, to=lambda row: reverse("receivables.detail", args=[row.pk])),
        benefit(),
        spec.text("months", _("Months"), show=months, css="number"),
        spec.text("cause"),
        spec.region("region"),
        spec.money("fen", sort="fen"),
        spec.money("back_fen"),
        _STATE,
    ],
    filters=[spec.choice("state"), spec.choice("cause"), spec.region_filter(), spec.date_range("made_at")],
    search=by_person,
    order=("-made_at", "id"),
    join=("person", "region", "run"),
    heading=lambda row: f"{row.held_by} {yuan(row.open_fen)}",
    subheading=lambda row: f"{benefit_text(row)} · {months(row)}",
    state=_STATE,
    panels={
        _("Overpayment"): [
            whose_link(), spec.region("region"), spec.link("run"), "cause", spec.money("fen"), spec.money("back_fen"),
            spec.text("cap_bp", show=lambda row: f"{row.cap_bp / 100:g} %"), spec.text("reason", wide=True),
        ],
        _("What caused it"): spec.grid(
            _causes,
            [
                spec.link("month", _("Month"), show=lambda row: f"{row.month:%Y-%m}", to=lambda row: reverse("payment-postings.detail", args=[row.pk])),
                spec.text("cause", _("Why it changes"), show=lambda row: str(row.get_cause_display())),
                spec.link("grant", _("Benefit grant"), show=lambda row: row.grant.number),
                spec.money("fen", _("Amount (yuan)")),
                spec.money("due", _("Due after adjustment")),
            ],
            none=_("The postings are outside your area."),
        ),
        _("Recovered"): spec.grid(
            _steps,
            [
                spec.day("on", _("On")),
                spec.text("way", _("How"), show=lambda row: str(row.get_way_display()), note=lambda row: row.reference),
                spec.link("line", _("Payment")),
                spec.money("fen", _("Amount (yuan)")),
                spec.text("by", _("By")),
            ],
            none=_("Nothing has been recovered yet."),
        ),
    },
    aside={_("Who decided"): ["made_at", "asked_by", "decided_by", "decided_at"], _("History"): spec.history()},
    verbs=[
        verb(actions.agree_cap, label=_("Agree the share to withhold"), when=lambda row, user: row.state == S.OPEN,
             initial=lambda row, user: {"percent": row.cap_bp // 100}),
        verb(actions.pay_back, label=_("Record a repayment"), icon="coin-yuan", primary=True, when=_owed,
             initial=lambda row, user: {"on": today(), "amount": row.open_fen}),
        verb(actions.ask_write_off, label=_("Request a write-off"), when=_owed),
        verb(actions.write_off, label=_("Write off"), danger=True,
             when=lambda row, user: row.state == S.ASKED and row.asked_by_id != user.pk,
             ask=_("What is still owed is waived. This cannot be undone here.")),
        verb(actions.keep_claim, label=_("Continue recovery"), when=lambda row, user: row.state == S.ASKED),
    ],
    nav=NavItem("money", "cash", 12),
    empty=_("Nobody was overpaid."),
)  # fmt: skip


def _to_decide(user: Any, scope: Scope, at: datetime) -> HomeList:
    rows = (
        Receivable.objects.within(user.scope("payments.approve"))
        .filter(state=S.ASKED)
        .exclude(asked_by_id=user.pk)
    )
    return waiting(
        rows.select_related("person").order_by("made_at", "id"),
        lambda found: [(row.held_by, receivables.url_of(row), yuan(row.open_fen)) for row in found],
        url=f"{receivables.url()}?state=asked",
    )


home_panel(title=_("Write-offs to decide"), right="payments.approve", rows=_to_decide, icon="cash", order=8)
