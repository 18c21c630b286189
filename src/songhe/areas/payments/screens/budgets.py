"""Budget lines and sources of money on screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from songhe.areas.entitlement.api import names_of_benefits
from songhe.areas.finance.api import Fund
from songhe.areas.payments import actions
from songhe.areas.payments.models import BudgetLine, Level, Source
from songhe.areas.payments.paying import said, terms
from songhe.areas.payments.queries.desk import Share, shares_of
from songhe.areas.payments.queries.waiting import sum_of, uncovered
from songhe.areas.payments.screens.common import benefit
from songhe.engines.access.api import elevated
from songhe.kit import spec
from songhe.kit.clock import today
from songhe.kit.history import LABELS
from songhe.kit.pages import NavItem
from songhe.kit.spec import panel, record, verb
from songhe.kit.who import who
from songhe.kit.words import yuan

LABELS["payments.open_line"] = _("Budget line opened")
LABELS["payments.pay_also"] = _("Pays another benefit too")
LABELS["payments.allot"] = _("Money allotted")
LABELS["payments.receive"] = _("Money received")


def _levels(row: BudgetLine, request: HttpRequest) -> Mapping[str, Any]:
    shares = shares_of(row, who(request).scope("payments.view"))
    with elevated():  # who moved away meanwhile is still owed
        waits = sum_of(uncovered(row))
    return {"rows": [_row(one) for one in shares], "waits": yuan(waits) if waits else ""}


def _row(one: Share) -> dict[str, str]:
    return {
        "name": str(Level(one.level).label), "share": f"{one.share_bp / 100:g} %", "allotted": yuan(one.allotted),
        "held": yuan(one.held), "spent": yuan(one.spent), "left": yuan(one.left),
    }  # fmt: skip


def _benefits(row: BudgetLine) -> str:
    names = names_of_benefits()
    return "、".join(names.get(code, code) for code in row.benefits)


def _fund(row: Any, user: Any) -> dict[str, Any]:
    found = Fund.objects.within(user.scope("finance.budget")).filter(year=today().year).first()
    return {"fund": found} if found else {}


lines = record(
    BudgetLine,
    slug="budget-lines",
    right="payments.view",
    title=_("Budget lines"),
    one=_("Budget line"),
    intro=_("The budget for each benefit, by the levels that pay. Amounts due from a run are set aside when it is posted."),
    columns=[
        spec.link("code", show=str),
        benefit("benefits"),
        spec.region("region"),
        spec.text("fund"),
        spec.text("shortfall"),
    ],
    filters=[spec.choice("shortfall"), spec.region_filter()],
    search=("name_zh", "name_en", "code"),
    order=("-fund__year", "region", "code", "id"),
    join=("fund", "region"),
    heading=str,
    subheading=lambda row: f"{row.region} · {row.fund}",
    panels={_("Money"): panel("payments/budget.html", query=_levels)},
    aside={
        _("Budget line"): [spec.link("fund"), spec.region("region"), spec.text("benefits", show=_benefits), "shortfall"],
        _("History"): spec.history(),
    },
    verbs=[
        verb(actions.open_line, label=_("Open a budget line"), icon="plus", primary=True, initial=_fund,
             then=lambda made, row: reverse("budget-lines.detail", args=[made.pk])),
        verb(actions.allot_line, name="allot", label=_("Allot money"), icon="coin-yuan", primary=True,
             ask=_("Earmarked money cannot be used for another line. Waiting payments are covered at once.")),
        verb(actions.pay_also, label=_("Pay another benefit too"), icon="plus",
             ask=_("A benefit of a new policy has no line of its own until the city's data names one.")),
    ],
    nav=NavItem("money", "chart-pie", 21),
    empty=_("No budget line yet. Open a fund first, then its lines."),
)  # fmt: skip


def _kind(row: Source) -> str:
    found = terms().sources.get(row.rule)
    return said(found.label) if found else row.rule


record(
    Source,
    slug="money-sources",
    right="payments.view",
    title=_("Sources of money"),
    one=_("Source of money"),
    columns=[
        spec.link("document", note=_kind),
        spec.text("level"),
        spec.region("region"),
        spec.money("fen", sort="fen"),
        spec.text("fund"),
        spec.when("received_at", sort="received_at"),
    ],
    filters=[spec.choice("level"), spec.region_filter(), spec.date_range("received_at")],
    search=("document", "rule"),
    order=("-received_at", "id"),
    join=("fund", "region"),
    subheading=lambda row: f"{_kind(row)} · {row.fund}",
    panels={
        _("Source of money"): [
            spec.text("rule", show=_kind), "level", spec.link("fund"), spec.region("region"), spec.money("fen"),
            spec.money("whole_fen"), "received_by", "received_at",
        ],
    },
    aside={_("History"): spec.history()},
    verbs=[
        verb(actions.receive, label=_("Receive money"), icon="plus", primary=True, initial=_fund,
             ask=_("The rules of the money are enforced: its purpose, its total and its minimum share.")),
    ],
    nav=NavItem("money", "report-money", 22),
    empty=_("No money was received yet."),
)  # fmt: skip
