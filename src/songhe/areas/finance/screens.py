"""Screens of finance: settlements, funds, accounts, journals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from songhe.areas.finance import actions, pages, queries, vouchers
from songhe.areas.finance.books import fund_account
from songhe.areas.finance.models import Fund, Line, Settlement, State
from songhe.areas.finance.words import KINDS, account_name, unit_text, use_of
from songhe.areas.providers.api import item_name
from songhe.areas.registry.api import Person
from songhe.engines.access.api import Scope
from songhe.engines.ledger.api import Account, Entry, Journal, OwnerKind, balance, statement
from songhe.kit import spec
from songhe.kit.clock import now, today
from songhe.kit.columns import Text
from songhe.kit.links import address_of
from songhe.kit.pages import HomeList, NavItem, home_panel, live_topic, page, waiting
from songhe.kit.spec import Figure, record, verb
from songhe.kit.who import who
from songhe.kit.words import moment, yuan

TONES = {"prepared": "info", "approved": "ok", "returned": "warn", "paid": "muted"}
LAST = 100
PAYS = vouchers.visits
"""Named here so that whoever reconciles vouchers hears of settlements."""


@dataclass(frozen=True, kw_only=True)
class Owner(Text):
    """The person an account belongs to; the names of all rows are read at once, as far as the reader may see them."""

    def bind(self, rows: Sequence[Account]) -> Callable[[Account], SafeString]:
        names = self.names(rows)
        return lambda row: format_html("{}", names.get(row.owner_id, "—"))

    def bind_plain(self, rows: Sequence[Account]) -> Callable[[Account], str]:
        names = self.names(rows)
        return lambda row: names.get(row.owner_id, "")

    def names(self, rows: Sequence[Account]) -> dict[UUID, str]:
        """Names by person id; row-level security leaves out whom the reader may not see."""
        persons = {row.owner_id for row in rows if row.owner_kind == OwnerKind.PERSON}
        return dict(Person.everywhere.filter(pk__in=persons).values_list("pk", "name")) if persons else {}


def _lines(row: Settlement, request: HttpRequest) -> list[Line]:
    return list(queries.lines(row, who(request).scope("finance.view"))[:500])


def _can_decide(row: Settlement, user: Any) -> bool:
    return row.state == State.PREPARED and row.prepared_by_id != user.pk


def _last_month(row: Any, user: Any) -> dict[str, Any]:
    areas = user.scope("finance.prepare").areas
    return {"month": today().replace(day=1) - timedelta(days=1), **({"region": areas[0][0]} if areas else {})}


def _figures(request: HttpRequest) -> list[Figure]:
    """What waits: to approve, to pay, and the file for the treasury where the reader may take it."""
    user = who(request)
    waiting = queries.sums(user.scope("finance.view"))
    take = user.may("finance.export") and waiting[State.APPROVED].count
    return [
        Figure(
            label=_("To approve"), value=waiting[State.PREPARED].count, note=yuan(waiting[State.PREPARED].fen)
        ),
        Figure(
            label=_("To pay"),
            value=waiting[State.APPROVED].count,
            note=_("Download the payment file") if take else yuan(waiting[State.APPROVED].fen),
            url=reverse("finance.payable") if take else "",
        ),
        Figure(label=_("Paid so far"), value=waiting[State.PAID].count, note=yuan(waiting[State.PAID].fen)),
    ]


def _journal(row: Settlement, request: HttpRequest) -> Journal | None:
    """The journal of a settlement, where the reader reaches it: an organisation sees the money owed to it, not the books."""
    found: Journal | None = (
        Journal.objects.within(who(request).scope("finance.view")).filter(pk=row.journal_id).first()
    )
    return found


settlements = record(
    Settlement,
    slug="settlements",
    right="finance.view",
    title=_("Settlements"),
    one=_("Settlement"),
    columns=[
        spec.link("number", note=lambda row: f"{row.month:%Y-%m}", sort="number", css="number"),
        spec.text("organisation"),
        spec.region("region"),
        spec.number("visits"),
        spec.minutes("payable_minutes"),
        spec.money("fen", sort="fen"),
        spec.state("state", tones=TONES),
    ],
    filters=[spec.choice("state"), spec.region_filter(), spec.date_range("month")],
    search=("number", "organisation.name"),
    order=("-month", "-number"),
    join=("organisation",),
    state=spec.state("state", tones=TONES),
    subheading=lambda row: f"{row.organisation} · {row.month:%Y-%m}",
    panels={
        _("Visits settled"): spec.grid(
            _lines,
            [
                spec.link("on", _("Date of service"), to=lambda line: address_of("visits", line.visit_id)),
                spec.text("item", _("Service"), show=lambda line: item_name(line.item)),
                spec.region("region", _("Region")),
                spec.minutes("minutes", _("Service time")),
                spec.minutes("payable_minutes", _("Time payable")),
                spec.money("fen", _("Amount (yuan)")),
                spec.text("reason", _("Remark"), show=lambda line: line.get_reason_display() if line.reason else ""),
            ],
            none=_("This settlement has no visits in your area."),
        ),
    },
    aside={
        _("Totals"): [
            "visits", spec.minutes("minutes"), spec.minutes("payable_minutes"), spec.money("fen"), spec.money("deducted_fen"),
            spec.money("returned_fen", optional=True),
        ],
        _("Who decided"): [
            "prepared_by", "prepared_at", "decided_by", "decided_at", "confirmed_at", "reason", "paid_on", "reference",
        ],
        _("Papers"): spec.panel(
            "finance/papers.html",
            query=lambda row, request: {"url": reverse("finance.statement", args=[row.pk]), "journal": _journal(row, request)},
        ),
        _("History"): spec.history(),
    },
    verbs=[
        verb(actions.prepare_month, label=_("Prepare a month"), icon="plus", primary=True, initial=_last_month,
             then=lambda fund, row: reverse("settlements.list"),
             ask=_("One settlement is made for every organisation with accepted visits in that month.")),
        verb(actions.approve, label=_("Approve"), icon="check", primary=True, when=_can_decide,
             ask=_("Minutes are deducted from the persons' grants and money from the fund. This cannot be undone here.")),
        verb(actions.send_back, name="return", label=_("Return"), when=lambda row, user: row.state == State.PREPARED),
        verb(actions.confirm, label=_("Confirm the figures"), icon="check",
             when=lambda row, user: row.confirmed_at is None and row.state in (State.PREPARED, State.APPROVED)),
        verb(actions.pay, label=_("Record the payment"), icon="coin-yuan", when=lambda row, user: row.state == State.APPROVED),
    ],
    nav=NavItem("money", "receipt", 10),
    figures=_figures,
    empty=_("No settlement yet. Prepare a month once its visits are accepted."),
)  # fmt: skip


def _fund(row: Fund, request: HttpRequest) -> dict[str, Any]:
    account = fund_account(row, at=now())
    return _statement(account, request) | {"left": yuan(balance(account))}


def _statement(account: Account, request: HttpRequest) -> dict[str, Any]:
    found = statement(account, last=LAST)
    journals = Journal.objects.within(who(request).scope("finance.view"))
    seen = journals.in_bulk([line.journal_id for line in found.lines])
    return {
        "opening": unit_text(found.opening, account.unit),
        "closing": unit_text(found.closing, account.unit),
        "lines": [
            {
                "at": moment(line.at),
                "kind": KINDS.get(line.kind, line.kind),
                "amount": unit_text(line.amount, account.unit),
                "balance": unit_text(line.balance, account.unit),
                "journal": seen.get(line.journal_id),
                "out": line.amount < 0,
            }
            for line in reversed(found.lines)
        ],
    }


funds = record(
    Fund,
    slug="funds",
    right="finance.view",
    title=_("Funds"),
    one=_("Fund"),
    columns=[spec.link("name"), spec.text("year"), spec.region("region"), spec.text("source")],
    filters=[spec.region_filter()],
    search=("name", "source"),
    order=("-year", "name"),
    panels={
        _("Money"): spec.panel("finance/fund.html", query=_fund),
    },
    aside={_("Purchaser"): ["name", spec.text("year"), spec.region("region"), "source"], _("History"): spec.history()},
    verbs=[
        verb(actions.open_fund, label=_("Open a fund"), icon="plus", primary=True, initial=lambda row, user: {"year": today().year}),
        verb(actions.allot, label=_("Allot money"), icon="coin-yuan", primary=True, then=lambda journal, row: reverse("funds.detail", args=[row.pk])),
    ],
    nav=NavItem("money", "wallet", 20),
    empty=_("No fund yet. Open one for the year, then allot the budget to it."),
)  # fmt: skip


def _entries(row: Journal, request: HttpRequest) -> list[Entry]:
    return queries.entries(row, who(request).scope("finance.view"))


accounts = record(
    Account,
    slug="accounts",
    right="finance.view",
    title=_("Accounts"),
    one=_("Account"),
    columns=[
        spec.link("name", show=account_name),
        Owner(name="owner_id", label=_("Person")),
        spec.text("owner_kind"),
        spec.region("region"),
        spec.text("unit"),
        spec.text("balance", show=lambda row: unit_text(row.balance, row.unit)),
        spec.text("held", show=lambda row: unit_text(row.held, row.unit) if row.held else ""),
    ],
    filters=[spec.choice("owner_kind"), spec.choice("unit"), spec.region_filter()],
    search=("name", "code"),
    order=("name", "id"),
    panels={_("Statement"): spec.panel("finance/statement.html", query=_statement)},
    aside={
        _("Account"): [
            "owner_kind",
            spec.text("code", show=lambda row: use_of(row.code)),
            "unit",
            spec.region("region"),
            "may_overdraw",
            "opened_at",
        ]
    },
    nav=NavItem("money", "scale", 30),
)

journals = record(
    Journal,
    slug="journals",
    right="finance.view",
    title=_("Journals"),
    one=_("Journal"),
    columns=[
        spec.link("kind", show=lambda row: KINDS.get(row.kind, row.kind), note=lambda row: row.actor_name),
        spec.when("at", sort="at"),
        spec.region("region"),
        spec.number("size"),
    ],
    filters=[spec.region_filter(), spec.date_range("at")],
    search=("kind", "actor_name"),
    order=("-at", "-id"),
    heading=lambda row: KINDS.get(row.kind, row.kind),
    panels={
        _("Entries"): spec.grid(
            _entries,
            [
                spec.number("seq", _("No.")),
                spec.text("account", _("Account"), show=lambda entry: account_name(entry.account)),
                spec.region("region", _("Region")),
                spec.text(
                    "amount",
                    _("Amount"),
                    show=lambda entry: unit_text(entry.amount, entry.account.unit),
                    css="num",
                ),
            ],
            none=_("No entry of this journal is in your area."),
        )
    },
    aside={
        _("Journal"): [
            spec.text("kind", show=lambda row: KINDS.get(row.kind, row.kind)),
            "at",
            "actor_name",
            "size",
            spec.region("region"),
        ]
    },
    nav=NavItem("money", "history", 40),
)


live_topic("settlements", right="finance.view")
page(
    "finance.statement",
    path="settlements/<uuid:pk>/statement.pdf",
    title=_("Statement"),
    right="finance.view",
    view=pages.statement_pdf,
)
page(
    "finance.payable",
    path="finance/payable.csv",
    title=_("Payable"),
    right="finance.export",
    view=pages.payable_csv,
)


def _to_decide(user: Any, scope: Scope, at: datetime) -> HomeList:
    rows = (
        queries.settlements(user.scope("finance.approve"))
        .filter(state=State.PREPARED)
        .exclude(prepared_by_id=user.pk)
    )
    return _home(rows.order_by("month", "number"), "prepared")


def _to_pay(user: Any, scope: Scope, at: datetime) -> HomeList:
    return _home(queries.to_pay(user.scope("finance.pay")), "approved")


def _returned(user: Any, scope: Scope, at: datetime) -> HomeList:
    rows = queries.settlements(user.scope("finance.prepare")).filter(
        state=State.RETURNED, prepared_by_id=user.pk
    )
    return _home(rows.order_by("-month", "number"), "returned")


def _home(rows: QuerySet[Settlement], state: str) -> HomeList:
    return waiting(
        rows,
        lambda found: [
            (str(row), settlements.url_of(row), f"{row.organisation} · {yuan(row.fen)}") for row in found
        ],
        url=f"{settlements.url()}?state={state}",
    )


home_panel(
    title=_("Settlements to approve"), right="finance.approve", rows=_to_decide, icon="receipt", order=10
)
home_panel(title=_("Settlements to pay"), right="finance.pay", rows=_to_pay, icon="coin-yuan", order=20)
home_panel(
    title=_("Settlements returned to you"), right="finance.prepare", rows=_returned, icon="receipt", order=30
)
page(
    "finance.reconcile",
    path="finance/reconcile/",
    title=_("Check of the books"),
    right="finance.reconcile",
    template="finance/reconcile.html",
    context=pages.reconcile,
    nav=NavItem("money", "checklist", 50),
)
