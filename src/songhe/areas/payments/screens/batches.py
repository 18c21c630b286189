"""Batches and their payments on screen, the sample, the finance clerk's desk, and the papers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet, Sum
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from songhe.areas.payments import actions, pages
from songhe.areas.payments.models import Batch, BatchState, LineState, PayLine
from songhe.areas.payments.paying import bank_text, reason_text, terms
from songhe.areas.payments.queries.doubts import WORDS
from songhe.areas.payments.queries.samples import sample_of
from songhe.areas.payments.rules.cards import masked
from songhe.areas.payments.screens.common import (
    BATCH_TONES,
    LINE_TONES,
    benefit,
    benefit_text,
    by_number_or_person,
    months,
    whose,
    whose_link,
)
from songhe.engines.access.api import Scope
from songhe.kit import spec
from songhe.kit.clock import today
from songhe.kit.history import LABELS
from songhe.kit.pages import HomeList, NavItem, home_panel, live_topic, page, waiting
from songhe.kit.spec import Figure, panel, record, verb
from songhe.kit.who import who
from songhe.kit.words import yuan

B, L = BatchState, LineState
_STATE = spec.state("state", tones=BATCH_TONES, sort="state")
SHOWN, TROUBLED = 12, 100
"""How many payments the page of a batch shows of those in order, and of those that are not."""


LABELS["payments.bank_file"] = _("Downloaded the list for the bank")
LABELS["payments.results"] = _("The bank's results booked")


def doubts_text(row: PayLine) -> str:
    """What is doubtful, in words."""
    return "、".join(str(WORDS[code]) for code in row.doubts)


_LINE_STATE = spec.state(
    "state", tones=LINE_TONES, sort="state", note=lambda row: reason_text(row.reason) or doubts_text(row)
)


def _account(row: PayLine) -> str:
    return f"{bank_text(row.bank)} {masked(row.last_four)}" if row.last_four else ""


def _doubtful(row: Batch, request: HttpRequest) -> QuerySet[PayLine]:
    rows = PayLine.objects.within(who(request).scope("payments.view")).filter(batch=row)
    troubled = rows.filter(state__in=[L.HELD, L.FAILED])
    found, most = (troubled, TROUBLED) if troubled.exists() else (rows.exclude(state=L.OUT), SHOWN)
    return found.select_related("person", "batch").order_by("seq")[:most]


def _sample(row: Batch, request: HttpRequest) -> Mapping[str, Any]:
    found, asked = sample_of(row), terms().batches
    return {
        "drawn": found.drawn, "lines": found.lines, "text": found.text, "done": found.is_done, "wrong": found.wrong,
        "said": found.said, "confidence": f"{asked.confidence_bp / 100:g}", "tolerated": f"{asked.tolerated_bp / 100:g}",
        "assumed": asked.assumed, "url": f"{reverse('payment-checks.list')}?q={row.number}",
    }  # fmt: skip


def _papers(row: Batch, request: HttpRequest) -> Mapping[str, Any]:
    takes = row.state in (B.RELEASED, B.DONE) and who(request).may("payments.release")
    return {
        "statement": reverse("payments.statement", args=[row.pk]),
        "file": reverse("payments.bank_file", args=[row.pk]) if takes else "",
        "results": reverse("bank-results.list") if takes and row.state == B.RELEASED else "",
        "journal": row.journal,
        "lines": f"{reverse('payment-lines.list')}?q={row.number}",
    }


def _figures(request: HttpRequest) -> list[Figure]:
    rows = Batch.objects.within(who(request).scope("payments.view"))
    found = {
        state: rows.filter(state=state).aggregate(n=Sum("fen"))["n"] or 0
        for state in (B.PREPARED, B.APPROVED, B.RELEASED)
    }
    return [
        Figure(label=B(state).label, value=yuan(fen), url=f"{reverse('payment-batches.list')}?state={state}")
        for state, fen in found.items()
    ]


def _may_approve(row: Batch, user: Any) -> bool:
    return bool(row.state == B.PREPARED and user.pk not in (row.prepared_by_id, row.approved_by_id))


def _doubtful_count(row: Batch) -> int:
    if row.state != B.PREPARED:
        return 0
    return PayLine.everywhere.filter(batch=row, state=L.HELD).count()


def _is_clear(row: Batch, user: Any) -> bool:
    return _may_approve(row, user) and not _doubtful_count(row)


def _is_doubtful(row: Batch, user: Any) -> bool:
    return _may_approve(row, user) and bool(_doubtful_count(row))


def _subheading(row: Batch) -> str:
    """What it is, and why it cannot be approved as it is."""
    count = _doubtful_count(row)
    why = ngettext(
        "{count} payment is doubtful: decide it before the approval",
        "{count} payments are doubtful: decide them before the approval",
        count,
    ).format(count=count)
    return " · ".join([str(row.region), benefit_text(row), *([why] if count else [])])


def _seen(row: Batch, user: Any) -> dict[str, Any]:
    return {"seen": actions.seen_of(row)}


def _at_bank(row: PayLine, user: Any) -> bool:
    return bool(row.state == L.READY and row.batch.state == B.RELEASED)


def _where(row: Any, user: Any) -> dict[str, Any]:
    areas = user.scope("payments.prepare").areas
    return {"year": today().year, **({"region": areas[0][0]} if areas else {})}


batches = record(
    Batch,
    slug="payment-batches",
    right="payments.view",
    title=_("Payment batches"),
    one=_("Payment batch"),
    intro=_("Amounts due from posted runs, gathered for the bank: prepared by one person, approved by others, verified by a sample."),
    columns=[
        spec.link("number", sort="number", css="number"),
        benefit(),
        spec.region("region"),
        _STATE,
        spec.number("lines"),
        spec.money("fen", sort="fen"),
        spec.money("paid_fen"),
        spec.money("failed_fen"),
        spec.text("prepared_by"),
    ],
    filters=[spec.choice("state"), spec.region_filter(), spec.date_range("prepared_at")],
    search=("number", "region.name"),
    order=("-prepared_at", "-number", "id"),
    join=("region", "fund", "journal"),
    state=_STATE,
    subheading=_subheading,
    panels={
        _("Verification"): panel("payments/sample.html", query=_sample),
        _("Payments"): spec.grid(
            _doubtful,
            [
                spec.link("seq", _("No."), to=lambda row: reverse("payment-lines.detail", args=[row.pk])),
                whose(),
                spec.text("account", _("Account"), show=_account),
                spec.text("months", _("Months"), show=months, css="number"),
                spec.money("fen", _("Amount (yuan)")),
                spec.state("state", _("State"), tones=LINE_TONES, note=lambda row: reason_text(row.reason) or doubts_text(row)),
            ],
            none=_("No payment of this batch is in your area."),
        ),
    },
    aside={
        _("Totals"): [
            spec.number("lines"), spec.money("fen"), spec.money("withheld_fen"), spec.money("paid_fen"), spec.money("failed_fen"),
            spec.text("hash", show=lambda row: row.hash[:16]), spec.text("file_hash", show=lambda row: row.file_hash[:16]),
        ],
        _("Who decided"): [
            "prepared_by", "prepared_at", "approved_by", "second_by", "approved_at", "released_by", "released_at", "note",
        ],
        _("Papers"): panel("payments/batch_papers.html", query=_papers),
        _("History"): spec.history(),
    },
    verbs=[
        verb(actions.prepare_batch, name="prepare", label=_("Prepare a batch"), icon="plus", primary=True, initial=_where,
             then=lambda made, row: reverse("payment-batches.detail", args=[made.pk]),
             ask=_("One payment for each person, facility or organisation: amounts due from posted runs, for which money is set aside.")),
        verb(actions.recheck, label=_("Check again"), when=lambda row, user: row.state == B.PREPARED),
        verb(actions.approve_batch, name="approve", label=_("Approve"), icon="check", primary=True, when=_is_clear, initial=_seen,
             ask=_("Money leaves the budget line and a sample is taken. This cannot be undone here.")),
        verb(actions.approve_undoubted, name="approve-undoubted", label=_("Approve without doubtful payments"), icon="check", when=_is_doubtful, initial=_seen,
             ask=_("Doubtful payments are taken out and wait for the next batch; the others are approved. Money leaves the budget line, and this cannot be undone here.")),
        verb(actions.return_batch, name="return", label=_("Return"), when=lambda row, user: row.state == B.PREPARED),
        verb(actions.explain_sample, name="explain", label=_("Explain the sample"), when=lambda row, user: row.state == B.APPROVED),
        verb(actions.stop_changed, label=_("Stop the changed payments"), when=lambda row, user: row.state == B.APPROVED,
             ask=_("Payments about which something new has become known since the approval are stopped: a death, a doubt or another account. Each waits for the next batch.")),
        verb(actions.release, label=_("Release to the bank"), icon="send", primary=True,
             when=lambda row, user: row.state == B.APPROVED and row.prepared_by_id != user.pk),
    ],
    nav=NavItem("money", "stack-2", 7),
    figures=_figures,
    empty=_("No batch yet. Prepare one once a run is posted."),
)  # fmt: skip

record(
    PayLine,
    slug="payment-lines",
    right="payments.view",
    title=_("Payments"),
    one=_("Payment"),
    columns=[
        spec.link("number", sort="number", css="number"),
        whose(),
        spec.text("account", _("Account"), show=_account),
        spec.region("region"),
        spec.text("months", _("Months"), show=months, css="number"),
        spec.money("fen", sort="fen"),
        _LINE_STATE,
    ],
    filters=[spec.choice("state"), spec.region_filter(), spec.date_range("paid_on")],
    search=by_number_or_person,
    hint=_("A person, an organisation, or the number of a batch"),
    order=("-number", "id"),
    join=("person", "region", "batch", "batch__fund"),
    state=_LINE_STATE,
    subheading=lambda row: f"{row.held_by} · {months(row)}",
    panels={
        _("Payment"): [
            whose_link(), spec.link("batch"), spec.region("region"), spec.text("months", _("Months"), show=months, css="number"),
            spec.money("gross_fen"), spec.money("withheld_fen"), spec.money("fen"), "holder",
            spec.text("account", _("Account"), show=_account),
            spec.text("household", _("People living together then"), show=lambda row: len(row.household.get("members", ())) or ""),
        ],
        _("Decision taken"): [
            spec.text("doubts", _("Doubts"), show=doubts_text, wide=True), spec.text("said", wide=True), "said_by", "said_at",
            spec.text("before", show=lambda row: reason_text(row.before)), spec.text("reason", show=lambda row: reason_text(row.reason)),
            "paid_on",
        ],
    },
    aside={_("History"): spec.history()},
    verbs=[
        verb(actions.confirm_line, name="confirm", label=_("Confirm"), icon="check", primary=True, when=lambda row, user: row.state == L.HELD),
        verb(actions.take_out, label=_("Take out"), when=lambda row, user: row.state in (L.HELD, L.READY) and row.batch.state == B.PREPARED),
        verb(actions.stop_line, name="stop", label=_("Stop the payment"), danger=True,
             when=lambda row, user: row.state == L.READY and row.batch.state == B.APPROVED),
        verb(actions.take_return, name="returned", label=_("Record a returned payment"), when=lambda row, user: row.state == L.PAID,
             initial=lambda row, user: {"on": today()}),
        verb(actions.enter_result, label=_("Enter the result"), when=_at_bank, initial=lambda row, user: {"on": today()}),
    ],
    nav=NavItem("money", "list-check", 9),
    empty=_("No payment yet."),
)  # fmt: skip

live_topic("payment-batches", right="payments.view")
page(
    "payments.statement",
    path="payment-batches/<uuid:pk>/statement.pdf",
    title=_("Statement"),
    right="payments.view",
    view=pages.statement_pdf,
)
page(
    "payments.bank_file",
    path="payment-batches/<uuid:pk>/bank-file/",
    title=_("List for the bank"),
    right="payments.release",
    view=pages.bank_file,
)
page(
    "payments.own",
    path="payments/own/",
    title=_("Our subsidies"),
    right="payments.own",
    template="payments/own.html",
    context=pages.own_page,
    nav=NavItem("money", "wallet", 3),
)
page(
    "payments.desk",
    path="payments/desk/",
    title=_("Amounts due and budgets"),
    right="payments.view",
    template="payments/desk.html",
    context=pages.desk,
    nav=NavItem("money", "chart-bar", 2),
)


def _list(rows: QuerySet[Batch], state: str) -> HomeList:
    return waiting(
        rows.select_related("region").order_by("prepared_at", "id"),
        lambda found: [(row.number, batches.url_of(row), f"{row.region} · {yuan(row.fen)}") for row in found],
        url=f"{batches.url()}?state={state}",
    )


def _to_approve(user: Any, scope: Scope, at: datetime) -> HomeList:
    rows = Batch.objects.within(user.scope("payments.approve")).filter(state=B.PREPARED)
    return _list(rows.exclude(prepared_by_id=user.pk).exclude(approved_by_id=user.pk), "prepared")


def _to_release(user: Any, scope: Scope, at: datetime) -> HomeList:
    return _list(Batch.objects.within(user.scope("payments.release")).filter(state=B.APPROVED), "approved")


def _returned(user: Any, scope: Scope, at: datetime) -> HomeList:
    rows = PayLine.objects.within(user.scope("payments.prepare")).filter(
        state=L.HELD, batch__state=B.PREPARED
    )
    return waiting(
        rows.select_related("person").order_by("number"),
        lambda found: [
            (row.held_by, reverse("payment-lines.detail", args=[row.pk]), doubts_text(row)) for row in found
        ],
        url=f"{reverse('payment-lines.list')}?state=held",
        tone="danger",
    )


home_panel(title=_("Batches to approve"), right="payments.approve", rows=_to_approve, icon="stack-2", order=6)
home_panel(title=_("Batches to release"), right="payments.release", rows=_to_release, icon="send", order=7)
home_panel(
    title=_("Doubtful payments"), right="payments.prepare", rows=_returned, icon="list-check", order=35
)
