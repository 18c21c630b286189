"""Bills of persons, consents, and a person's statements."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from songhe.areas.claims import pages
from songhe.areas.claims.actions import billing
from songhe.areas.claims.models import Bill, BillLine, PayConsent, Receipt
from songhe.areas.claims.queries.billing import open_bills, open_fen
from songhe.areas.claims.screens.common import person, service
from songhe.areas.providers.api import organisation_column
from songhe.areas.registry.api import Person
from songhe.areas.visits.api import person_names
from songhe.core.measure import Period
from songhe.engines.access.api import Scope
from songhe.kit import spec
from songhe.kit.clock import today
from songhe.kit.pages import HomeList, NavItem, home_panel, page, waiting
from songhe.kit.spec import Figure, grid, panel, record, verb
from songhe.kit.who import who
from songhe.kit.words import yuan

_STATE = spec.state("state", tones={"open": "warn", "paid": "ok"})


def _lines(row: Bill, request: HttpRequest) -> list[BillLine]:
    rows = BillLine.objects.within(who(request).scope("claims.owed")).filter(bill=row)
    return list(rows.order_by("on", "id"))


def _receipts(row: Bill, request: HttpRequest) -> list[Receipt]:
    rows = Receipt.objects.within(who(request).scope("claims.owed")).filter(bill=row)
    return list(rows.order_by("on", "id"))


def _statement_of(person_id: Any, period: Period) -> str:
    return reverse("claims.person", args=[person_id, period.year, period.number])


def _paper(row: Bill, request: HttpRequest) -> Mapping[str, Any]:
    period = Period.holding(row.month)
    return {"papers": [(period, _statement_of(row.person_id, period))]}


def _papers(row: Person, request: HttpRequest) -> Mapping[str, Any]:
    months = [Period.holding(today()).shift(-back) for back in range(3)]
    return {"papers": [(period, _statement_of(row.pk, period)) for period in months]}


def _figures(request: HttpRequest) -> list[Figure]:
    scope = who(request).scope("claims.owed")
    return [Figure(label=_("Open bills"), value=open_bills(scope).count(), note=yuan(open_fen(scope)))]


def _own(row: Any, user: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"month": today().replace(day=1) - timedelta(days=1)}
    holders = user.scope("claims.bill").holders
    return found | ({"organisation": next(iter(holders))} if len(holders) == 1 else {})


def _consent(row: Any, user: Any) -> dict[str, Any]:
    return {name: value for name, value in _own(row, user).items() if name != "month"} | {"since": today()}


bills = record(
    Bill,
    slug="bills",
    right="claims.owed",
    title=_("Bills of persons"),
    one=_("Person's bill"),
    intro=_("What persons pay themselves for a month; the fund pays none of it."),
    columns=[
        spec.link("number", note=lambda row: f"{row.month:%Y-%m}", sort="number", css="number"),
        person(),
        organisation_column(_("Organisation")),
        spec.region("region"),
        spec.money("fen", sort="fen"),
        spec.money("open_fen", _("Still to be paid")),
        _STATE,
    ],
    filters=[spec.choice("state"), spec.region_filter(), spec.date_range("month")],
    search=("number", "person.name"),
    order=("-month", "-number"),
    state=_STATE,
    figures=_figures,
    panels={
        _("Visits billed"): grid(
            _lines,
            [
                spec.day("on", _("Date of service")),
                service(),
                spec.minutes("minutes", _("Service time")),
                spec.text("kind", _("Why")),
                spec.money("fen", _("Amount (yuan)")),
            ],
        ),
        _("Receipts"): grid(
            _receipts,
            [
                spec.day("on", _("Paid on")),
                spec.text("reference", _("Receipt number")),
                spec.money("fen", _("Amount (yuan)")),
                spec.text("by", _("By")),
            ],
            none=_("Nothing was paid so far."),
        ),
    },
    aside={
        _("Person's bill"): [
            person(), organisation_column(_("Organisation")), spec.money("fen"), spec.money("paid_fen"),
            spec.money("open_fen", _("Still to be paid")), "made_by", "made_at",
        ],
        _("Papers"): panel("claims/papers.html", query=_paper),
        _("History"): spec.history(),
    },
    verbs=[
        verb(billing.make_bills, label=_("Bill a month"), icon="plus", primary=True, initial=_own,
             ask=_("Orders at the persons' own cost, their share, and what goes beyond the grant with their consent.")),
        verb(billing.enter_receipt, name="receipt", label=_("Enter a receipt"), icon="coin-yuan", primary=True,
             when=lambda row, user: row.state == "open", initial=lambda row, user: {"amount": row.open_fen, "on": today()}),
    ],
    nav=NavItem("money", "receipt", 9),
    empty=_("Nobody was billed so far."),
)  # fmt: skip

consents = record(
    PayConsent,
    slug="pay-consents",
    right="claims.owed",
    title=_("Consents to pay"),
    one=_("Consent to pay"),
    columns=[
        spec.link("since", show=lambda row: row.since, sort="since"),
        person(),
        organisation_column(_("Organisation")),
        spec.region("region"),
        spec.day("until"),
        spec.text("given_by"),
    ],
    filters=[spec.region_filter(), spec.date_range("since")],
    order=("-since", "id"),
    panels={
        _("Consent to pay"): [
            person(), organisation_column(_("Organisation")), "since", "until", spec.text("given_by"), spec.text("document"), "by", "at",
        ]
    },
    aside={_("History"): spec.history()},
    verbs=[
        verb(billing.enter_consent, label=_("Enter a consent"), icon="plus", primary=True, initial=_consent),
        verb(billing.end_consent, label=_("End"), danger=True, when=lambda row, user: row.until is None,
             initial=lambda row, user: {"until": today()}),
    ],
    empty=_("Nobody agreed to pay beyond the grant."),
)  # fmt: skip

spec.panel_on(
    "people", _("Statements of home service"), panel("claims/papers.html", query=_papers, right="claims.owed")
)
page(
    "claims.statement",
    path="claims/<uuid:pk>/statement.pdf",
    title=_("Statement"),
    right="claims.view",
    view=pages.claim_pdf,
)
page(
    "claims.person",
    path="people/<uuid:pk>/services/<int:year>/<int:month>.pdf",
    title=_("Statement"),
    right="claims.owed",
    view=pages.person_pdf,
)


def _open(user: Any, scope: Scope, at: datetime) -> HomeList:
    rows = open_bills(user.scope("claims.bill"))
    return waiting(rows, _named, url=f"{bills.url()}?state=open")


def _named(found: list[Bill]) -> list[tuple[Any, ...]]:
    names = person_names(row.person_id for row in found)
    return [
        (f"{names.get(row.person_id, '')} · {row.month:%Y-%m}", bills.url_of(row), yuan(row.open_fen))
        for row in found
    ]


home_panel(
    title=_("Bills still open"), right="claims.bill", rows=_open, icon="receipt", order=50, none=_("Every bill is paid.")
)  # fmt: skip
