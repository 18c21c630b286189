"""The list of claims and the page of one: its steps stand first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.claims import actions
from songhe.areas.claims.limits import part_name, terms
from songhe.areas.claims.models import Claim, ClaimLine, Dispute, LineState, Score, State, TownPart
from songhe.areas.claims.queries import sums
from songhe.areas.claims.queries.fines import taken
from songhe.areas.claims.queries.steps import steps_of
from songhe.areas.claims.screens.common import TONES, in_states, money_columns, service, state_of_line
from songhe.areas.contracts.api import contract_column
from songhe.areas.providers.api import organisation_column
from songhe.engines.vault.models import Attachment
from songhe.kit import spec
from songhe.kit.clock import today
from songhe.kit.history import LABELS
from songhe.kit.pages import NavItem, file_guard, live_topic
from songhe.kit.spec import Figure, grid, panel, record, verb
from songhe.kit.who import who
from songhe.kit.words import yuan

LABELS["claims.refuse"] = _("Refused a line")
LABELS["claims.file"] = _("Filed the claim")
MOST_LINES = 300
_STATE = spec.state("state", tones=TONES, sort="state")


def _steps(row: Claim, request: HttpRequest) -> Mapping[str, Any]:
    return {"steps": steps_of(row)}


def _by_state(row: Claim, request: HttpRequest) -> Mapping[str, Any]:
    found = sums.by_state(row)
    rows: list[tuple[str, object, list[str]]] = [
        (str(LineState(code).label), found[code][0], [yuan(fen) for fen in found[code][1:]])
        for code in LineState.values
        if code in found
    ]
    if row.returned_fen:
        rows.append((str(_("Deductions refunded")), "—", ["—", "—", "—", yuan(row.returned_fen)]))
    total = [yuan(fen) for fen in (row.claimed_fen, row.refused_fen, row.deducted_fen, row.net_fen)]
    return {"rows": rows, "count": row.visits + row.left_out, "total": total}


def _lines(row: Claim, request: HttpRequest) -> list[ClaimLine]:
    return list(sums.lines_of(row, who(request).scope("claims.view"))[:MOST_LINES])


def _score(row: Claim, request: HttpRequest) -> Mapping[str, Any]:
    found = sums.last_score(row)
    versions = Score.everywhere.filter(claim=row).order_by("-version")
    return {
        "score": found,
        "parts": [_part(one) for one in found.parts] if found else [],
        "deduct": f"{found.deduct_bp / 100:g}" if found else "",
        "fines": [(number, on, yuan(fen)) for number, on, fen in taken(found) if fen > 0],
        "returned": [(number, on, yuan(-fen)) for number, on, fen in taken(found) if fen < 0],
        "versions": [(one, f"{one.deduct_bp / 100:g}") for one in versions],
        "assumed": found.assumed if found else terms().assumed,
        "source": terms().source,
    }


def _part(mark: Mapping[str, Any]) -> dict[str, str]:
    count, figure, earned = mark["count"], mark["figure"], mark["earned_bp"]
    if figure is None:
        shown = "—"
    else:
        shown = f"{figure / 100:.2f}" if mark["code"] == "rating" else f"{figure / 100:.1f} %"
    part = count["part"] / 100 if mark["code"] == "rating" else count["part"]
    return {
        "name": part_name(mark["code"]),
        "weight": str(mark["weight"]),
        "count": f"{part:g} / {count['whole']:,}",
        "figure": shown,
        "earned": gettext("too few to count") if earned is None else f"{earned / 100:.0f} %",
    }


def _sample(row: Claim, request: HttpRequest) -> Mapping[str, Any]:
    asked = terms().sample
    return {
        "sample": sums.sample_of(row),
        "drawn": row.sampled_at is not None,
        "confidence": f"{asked.confidence_bp / 100:g}",
        "tolerated": f"{asked.tolerated_bp / 100:g}",
        "assumed": terms().assumed,
    }


def _towns(row: Claim, request: HttpRequest) -> list[TownPart]:
    return list(
        TownPart.objects.within(who(request).scope("claims.view")).filter(claim=row).order_by("region")
    )


def _disputes(row: Claim, request: HttpRequest) -> list[Dispute]:
    rows = Dispute.objects.within(who(request).scope("claims.view")).filter(claim=row).select_related("line")
    return list(rows.order_by("filed_at"))


def _files(row: Claim, request: HttpRequest) -> Mapping[str, Any]:
    rows = Attachment.objects.within(who(request).scope("claims.view")).filter(about_id=row.pk)
    return {
        "files": list(rows.defer("body_sealed", "thumbnail_sealed").order_by("-added_at")),
        "row": row,
        "differs": row.invoice_fen is not None and row.invoice_fen != row.claimed_fen,
    }


@file_guard
def _may_open(attachment: Attachment, user: Any) -> bool:
    """An invoice opens for those who may see its claim."""
    if not Claim.everywhere.filter(pk=attachment.about_id).exists():
        return True
    return (
        user.may("claims.view")
        and Claim.objects.within(user.scope("claims.view")).filter(pk=attachment.about_id).exists()
    )


def _last_month(row: Any, user: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"month": today().replace(day=1) - timedelta(days=1)}
    scope = user.scope("claims.file")
    if scope.bounds:
        found["region"] = scope.bounds[0][0]
    if len(scope.holders) == 1:
        found["organisation"] = next(iter(scope.holders))
    return found


def _figures(request: HttpRequest) -> list[Figure]:
    found = sums.sums(who(request).scope("claims.view"))
    shown = (
        (State.FILED, _("Filed, to be checked")),
        (State.SCORED, _("Scored")),
        (State.ACCEPTED, _("Accepted by the county")),
        (State.PAID, _("Paid")),
    )
    return [
        Figure(
            label=label,
            value=found.get(state, (0, 0, 0))[0],
            note=yuan(found.get(state, (0, 0, 0))[2]),
            url=f"{claims.url()}?state={state}",
        )
        for state, label in shown
    ]


def _may_settle(row: Claim, user: Any) -> bool:
    return row.state == State.SCORED and user.pk not in sums.hands(row)


claims = record(
    Claim,
    slug="claims",
    right="claims.view",
    title=_("Claims"),
    one=_("Claim"),
    intro=_("What organisations claim for a month, from the lines to the payment."),
    columns=[
        spec.link("number", note=lambda row: f"{row.month:%Y-%m}", sort="number", css="number"),
        organisation_column(_("Organisation")),
        spec.region("region", _("Purchaser")),
        spec.number("visits"),
        spec.money("claimed_fen", _("Claimed"), sort="claimed_fen"),
        spec.money("net_fen", _("Net amount payable")),
        _STATE,
    ],
    filters=[spec.choice("state"), spec.region_filter(), spec.date_range("month")],
    search=("number", "organisation.name", "invoice_number"),
    order=("-month", "-number"),
    join=("organisation",),
    state=_STATE,
    subheading=lambda row: f"{row.organisation} · {row.month:%Y-%m}",
    figures=_figures,
    panels={
        _("Steps"): panel("claims/steps.html", query=_steps),
        _("Totals"): panel("claims/sums.html", query=_by_state),
        _("Sample checks"): panel("claims/sample.html", query=_sample, when=lambda row: row.filed_at is not None),
        _("Monthly service score"): panel("claims/score.html", query=_score, when=lambda row: row.scored_at is not None),
        _("Towns"): grid(
            _towns,
            [
                spec.link("region", _("Town"), show=lambda part: str(part.region)),
                spec.number("visits", _("Visits claimed")),
                spec.money("claimed_fen", _("Claimed")),
                spec.when("accepted_at", _("Accepted at")),
                spec.text("accepted_by", _("Accepted by")),
            ],
            none=_("The towns get their lines when the claim is filed."),
        ),
        _("Disputes"): grid(
            _disputes,
            [
                spec.link("line", _("What"), show=str, to=spec.url_of),
                spec.when("filed_at", _("Filed at")),
                spec.text("decided_by", _("Decided by")),
                spec.state("state", _("State"), tones={"open": "warn", "allowed": "ok", "dismissed": "muted"}),
            ],
            none=_("Nothing is disputed."),
        ),
        _("Lines"): grid(
            _lines,
            [
                spec.link("on", _("Date of service"), show=lambda line: line.on),
                service(),
                spec.minutes("minutes", _("Service time")),
                spec.minutes("payable_minutes", _("Time payable")),
                *money_columns(),
                state_of_line(),
            ],
            none=_("This claim has no lines in your area."),
        ),
    },
    aside={
        _("Claim"): [
            organisation_column(_("Organisation")), spec.region("region", _("Purchaser")),
            contract_column("contract_id", _("Contract")), spec.link("follows", optional=True), spec.link("settlement", optional=True),
            spec.text("reason", optional=True),
        ],
        _("Invoice"): panel("claims/invoice.html", query=_files, when=lambda row: bool(row.invoice_number)),
        _("Papers"): panel(
            "claims/papers.html", query=lambda row, request: {"papers": [(row.number, reverse("claims.statement", args=[row.pk]))]}
        ),
        _("Who decided"): ["filed_by", "filed_at", "sampled_at", "scored_at", "dispute_until", "agreed_at", "accepted_by", "accepted_at"],
        _("History"): spec.history(),
    },
    verbs=[
        verb(actions.draw_up, label=_("Draw up a claim"), icon="plus", primary=True, initial=_last_month,
             ask=_("One claim is drawn up for each contract. Look at its lines, then file it with the invoice.")),
        verb(actions.refresh, label=_("Regenerate the lines"), when=in_states(State.DRAFT)),
        verb(actions.enter_invoice, label=_("Enter the invoice"), icon="receipt", when=in_states(State.DRAFT),
             initial=lambda row, user: {"number": row.invoice_number, "on": row.invoice_on or today(), "amount": row.claimed_fen,
                                        "difference": row.difference}),
        verb(actions.file_claim, name="file", label=_("File the claim"), icon="check", primary=True,
             when=lambda row, user: row.state == State.DRAFT and bool(row.invoice_number),
             initial=lambda row, user: {"seen": row.hash}, ask=_("The set of lines is closed; what is verified later goes into the next claim.")),
        verb(actions.withdraw, label=_("Withdraw"), danger=True,
             when=lambda row, user: row.state in (State.DRAFT, State.FILED) and row.sampled_at is None),
        verb(actions.draw_again, label=_("Draw up again"), icon="plus", primary=True, when=in_states(State.RETURNED)),
        verb(actions.draw_sample, label=_("Draw the sample"), icon="checklist", primary=True,
             when=lambda row, user: row.state == State.FILED and row.sampled_at is None),
        verb(actions.state_score, name="score", label=_("Enter the score"), icon="chart-pie", primary=True,
             when=lambda row, user: row.state == State.FILED and row.sampled_at is not None,
             ask=_("The deduction follows the score; the organisation may dispute it.")),
        verb(actions.agree, label=_("Agree"), icon="check", when=lambda row, user: row.state == State.SCORED and row.agreed_at is None),
        verb(actions.dispute_score, name="dispute", label=_("Dispute the score"),
             when=lambda row, user: row.state == State.SCORED and row.agreed_at is None),
        verb(actions.accept, label=_("Accept the claim"), icon="check", primary=True, when=_may_settle,
             ask=_("What is left becomes a settlement, which finance approves.")),
        verb(actions.give_back, name="return", label=_("Return"), danger=True, when=in_states(State.FILED, State.SCORED)),
    ],
    nav=NavItem("money", "receipt", 5),
    empty=_("No claim yet. An organisation draws one up when a month is over."),
)  # fmt: skip

live_topic("claims", right="claims.view")
