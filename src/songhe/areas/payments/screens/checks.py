"""The drawn payments on screen, for whoever calls or visits."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from songhe.areas.payments import actions
from songhe.areas.payments.models import BatchState, Found, PayCheck
from songhe.areas.payments.queries.samples import batch_of, being_verified
from songhe.areas.payments.screens.common import benefit, benefit_text, held_by, months, named, whose_link
from songhe.engines.access.api import Scope
from songhe.kit import spec
from songhe.kit.finding import either
from songhe.kit.pages import HomeList, NavItem, home_panel, waiting
from songhe.kit.spec import record, verb
from songhe.kit.words import yuan

TONES = {Found.OPEN: "warn", Found.RIGHT: "ok", Found.WRONG: "danger"}
_FOUND = spec.state("found", tones=TONES, label_of=lambda row: str(Found(row.found).label), sort="found")


def _search(rows: QuerySet[Any], typed: str, scope: Scope) -> QuerySet[Any]:
    return either(rows, Q(line__number__startswith=typed.strip().upper()), *named(typed, scope))


def _open(row: PayCheck, user: Any) -> bool:
    batch = batch_of(row)
    return bool(batch.state == BatchState.APPROVED and batch.prepared_by_id != user.pk)


checks = record(
    PayCheck,
    slug="payment-checks",
    right="payments.verify",
    title=_("Verifications"),
    one=_("Verification"),
    intro=_("Sampled payments: call or visit each person before the money is sent."),
    columns=[
        spec.link("line", show=held_by, note=lambda row: row.line.number),
        spec.region("region"),
        benefit("line.benefit"),
        spec.text("months", _("Months"), show=lambda row: months(row.line), css="number"),
        spec.money("fen", _("Amount (yuan)"), show=lambda row: row.line.fen),
        _FOUND,
        spec.text("by"),
    ],
    filters=[spec.choice("found"), spec.choice("how"), spec.region_filter()],
    search=_search,
    hint=_("A person, an organisation, or the number of a batch"),
    order=("found", "line__number", "id"),
    join=("person", "region", "line"),
    heading=held_by,
    subheading=lambda row: row.line.number,
    state=_FOUND,
    panels={
        _("Verification"): [
            whose_link(), spec.region("region"), spec.text("benefit", _("Benefit"), show=lambda row: benefit_text(row.line)),
            spec.text("months", _("Months"), show=lambda row: months(row.line), css="number"),
            spec.text("fen", _("Amount (yuan)"), show=lambda row: yuan(row.line.fen)),
            spec.text("holder", _("Account holder"), show=lambda row: row.line.holder), "how", "by", "at", spec.text("note", wide=True),
        ],
    },
    aside={_("History"): spec.history()},
    verbs=[verb(actions.verify, label=_("Enter the result"), icon="check", primary=True, when=_open)],
    nav=NavItem("money", "phone", 11),
    empty=_("There is nothing to verify. A sample is taken when a batch is approved."),
)  # fmt: skip


def _to_verify(user: Any, scope: Scope, at: datetime) -> HomeList:
    rows = PayCheck.objects.within(user.scope("payments.verify")).filter(
        found="", batch_id__in=being_verified(but_by=user.pk)
    )
    return waiting(
        rows.select_related("person", "line", "region").order_by("line__number"),
        lambda found: [(row.held_by, checks.url_of(row), str(row.region)) for row in found],
        url=checks.url(),
    )


home_panel(title=_("Payments to verify"), right="payments.verify", rows=_to_verify, icon="phone", order=20)
