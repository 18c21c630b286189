"""Closed days, donations and the statements of months on screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from songhe.areas.canteens import actions, columns
from songhe.areas.canteens.models import Canteen, CanteenDay, CanteenMonth, DayState, Donation, MonthState
from songhe.areas.canteens.queries import months
from songhe.areas.canteens.rules.money import per_head
from songhe.areas.canteens.screens.common import DAY_TONES, MONTH_TONES, by_canteen
from songhe.core.measure import Period
from songhe.engines.access.api import elevated
from songhe.kit import spec
from songhe.kit.charts import Bar, bars
from songhe.kit.clock import now
from songhe.kit.pages import NavItem, page
from songhe.kit.spec import grid, panel, record, verb
from songhe.kit.who import who
from songhe.kit.words import yuan

SUMS = [
    spec.number("meals"),
    spec.money("price_fen"),
    spec.money("subsidy_fen"),
    spec.money("village_fen"),
    spec.money("donation_fen"),
    spec.money("diner_fen"),
]
PAYERS = (
    (_("From the budget"), "subsidy_fen", "info"),
    (_("From the village"), "village_fen", "ok"),
    (_("From donations"), "donation_fen", "warn"),
    (_("From the diners"), "diner_fen", "muted"),
)


def _payers(row: CanteenDay | CanteenMonth, request: HttpRequest) -> Mapping[str, Any]:
    shown = [Bar(label, getattr(row, name), tone) for label, name, tone in PAYERS]
    return {"chart": bars(shown, title=_("Who pays"), show=lambda value: yuan(int(value)))}


def _difference(row: CanteenDay) -> int | None:
    return None if row.counted is None else row.meals - row.counted


_DAY = spec.state("state", tones=DAY_TONES)

days = record(
    CanteenDay,
    slug="canteen-days",
    right="canteens.view",
    title=_("Canteen days"),
    one=_("Canteen day"),
    intro=_("A closed day is posted to the ledger. Errors are reversed, corrected and closed again."),
    columns=[
        spec.link("on", _("Day"), show=lambda row: f"{row.on:%Y-%m-%d}", sort="on"),
        columns.canteen(),
        spec.number("counted"),
        *SUMS,
        _DAY,
    ],
    filters=[by_canteen(), spec.choice("state"), spec.date_range("on"), spec.region_filter()],
    order=("-on", "-id"),
    state=_DAY,
    panels={
        _("Who pays"): panel("canteens/chart.html", query=_payers),
        _("Figures"): [
            columns.canteen(), "on", spec.number("number"), spec.number("counted"),
            spec.number("difference", _("Difference from head count"), show=_difference), spec.number("delivered"), spec.number("granted_meals"), *SUMS,
        ],
    },
    aside={
        _("Ledger"): [spec.text("journal", _("Journal"), show=lambda row: row.journal_id or ""), spec.text("closed_by"), spec.when("closed_at"),
                      spec.text("reversed_by", optional=True), spec.when("reversed_at", optional=True), spec.text("reason", optional=True)],
        _("History"): spec.history(),
    },
    verbs=[verb(actions.reverse_day, label=_("Reverse"), danger=True, when=lambda row, user: row.state == DayState.CLOSED,
                ask=_("A reversing entry is posted. The meals can then be corrected and the day closed again."))],
    empty=_("No day is closed yet. Close it on the page of a canteen."),
)  # fmt: skip

donations = record(
    Donation,
    slug="meal-donations",
    right="canteens.view",
    title=_("Donations for meals"),
    one=_("Donation for meals"),
    columns=[
        spec.link("reference", sort="reference", show=lambda row: row.reference),
        columns.canteen(),
        spec.text("donor"),
        spec.day("on", sort="on"),
        spec.money("fen", sort="fen"),
        spec.text("by"),
    ],
    filters=[by_canteen(), spec.date_range("on"), spec.region_filter()],
    search=("donor", "reference"),
    order=("-on", "-id"),
    panels={_("Donation for meals"): [columns.canteen(), "donor", "on", spec.money("fen"), "reference", "by", "at"]},
    aside={_("History"): spec.history()},
    empty=_("No donation is entered yet. Enter it on the page of a canteen."),
)  # fmt: skip


def _days(row: CanteenMonth, request: HttpRequest) -> list[CanteenDay]:
    return list(months.closed_in(row.canteen_id, Period.holding(row.month)).order_by("on"))


def _paper_link(row: CanteenMonth, request: HttpRequest) -> Mapping[str, Any]:
    return {"statement": row}


def _may_decide(row: CanteenMonth, user: Any) -> bool:
    return row.state == MonthState.STATED and user.pk != row.stated_by_id


_MONTH = spec.state("state", tones=MONTH_TONES)

statements = record(
    CanteenMonth,
    slug="canteen-months",
    right="canteens.view",
    title=_("Canteen monthly statements"),
    one=_("Canteen monthly statement"),
    intro=_("A canteen submits its monthly statement, the town accepts it. From then on the budget's share is payable to the canteen."),
    columns=[
        spec.link("month", _("Month"), show=lambda row: f"{row.month:%Y-%m}", sort="month"),
        columns.canteen(),
        spec.region(),
        *SUMS,
        _MONTH,
    ],
    filters=[by_canteen(), spec.choice("state"), spec.date_range("month"), spec.region_filter()],
    order=("-month", "-id"),
    state=_MONTH,
    panels={
        _("Who pays"): panel("canteens/chart.html", query=_payers),
        _("Figures"): [
            columns.canteen(), spec.text("month", _("Month"), show=lambda row: f"{row.month:%Y-%m}"), spec.number("days"), spec.number("diners"), spec.number("delivered"), *SUMS,
            spec.money("supplies_fen"), spec.money("per_head", _("Food cost per meal"), show=lambda row: per_head(row.supplies_fen, row.meals)),
            spec.yes_no("samples_complete"), spec.yes_no("hygiene_complete"),
        ],
        _("Day by day"): grid(_days, [spec.link("on", _("Day"), show=lambda row: f"{row.on:%m-%d}"), *SUMS]),
    },
    aside={
        _("Statement to download"): panel("canteens/month_panel.html", query=_paper_link),
        _("Who decided"): ["stated_by", "stated_at", spec.text("decided_by"), spec.when("decided_at"), spec.text("reason", optional=True)],
        _("History"): spec.history(),
    },
    verbs=[
        verb(actions.accept_month, label=_("Accept the statement"), icon="check", primary=True, when=_may_decide,
             ask=_("The budget's share is payable to the canteen from now on.")),
        verb(actions.return_month, label=_("Return"), danger=True, when=lambda row, user: row.state == MonthState.STATED),
    ],
    nav=NavItem("money", "soup", 60),
    empty=_("No monthly statement yet. Submit it on the page of a canteen."),
)  # fmt: skip


def _statement(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The statement as a paper."""
    from songhe.areas.canteens import papers  # loads a large library, which few requests need

    row: CanteenMonth = CanteenMonth.objects.take(pk, who(request).scope("canteens.view"))
    with elevated():  # the name of the canteen is public
        canteen = Canteen.everywhere.get(pk=row.canteen_id)
    body = papers.month_paper(row, canteen, _days(row, request), at=now())
    name = f"canteen-month-{row.month:%Y-%m}.pdf"
    heads = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(body, content_type="application/pdf", headers=heads)


statement_page = page(
    "canteens.month_paper", path="canteen-months/<uuid:pk>/statement.pdf", title=_("Canteen monthly statement"), right="canteens.view",
    view=_statement,
)  # fmt: skip
