"""Grants given unasked, on screen: lists, their sums, and who stands on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.entitlement import actions, queries, words
from songhe.areas.entitlement.models import Award, AwardLine, AwardState
from songhe.areas.entitlement.screens.common import by_name, month_text
from songhe.engines.access.api import Scope
from songhe.kit import spec
from songhe.kit.clock import today
from songhe.kit.columns import Text
from songhe.kit.pages import HomeList, NavItem, home_panel, waiting
from songhe.kit.refusals import retold
from songhe.kit.spec import panel, record, verb
from songhe.kit.who import who


@dataclass(frozen=True, kw_only=True)
class Benefit(Text):
    """The name of a benefit; the names of all are read at once."""

    def bind(self, rows: Sequence[AwardLine]) -> Callable[[AwardLine], SafeString]:
        names = queries.names_of_benefits()
        return lambda line: format_html("{}", names.get(line.benefit, line.benefit))


S = AwardState
TONES = {S.COMPUTING: "info", S.READY: "warn", S.APPROVED: "ok", S.DISCARDED: "muted"}
SHOWN = 200
PREPARED = spec.text("prepared_by", show=lambda row: by_name(row.prepared_by))
_STATE = spec.state("state", tones=TONES, sort="state")


def _note(row: Award) -> str:
    return gettext("Nobody who is entitled lacks a grant.") if row.note == "nobody" else retold(row.note)


def _sums(row: Award, request: HttpRequest) -> Mapping[str, Any]:
    names = queries.names_of_benefits()
    return {
        "lines": [
            {
                "name": names.get(code, code),
                "grants": f"{one['grants']:,}",
                "amount": words.counted(one["amount"], one["unit"]),
            }
            for code, one in sorted(row.sums.items())
        ],
        "computing": row.state == S.COMPUTING,
    }


def _lines(row: Award, request: HttpRequest) -> list[AwardLine]:
    found = AwardLine.objects.within(who(request).scope("entitlement.view")).filter(award=row)
    return list(found.select_related("person", "region", "award").order_by("id")[:SHOWN])


def _amount(line: AwardLine) -> str:
    return words.counted(line.amount, line.award.sums.get(line.benefit, {}).get("unit"))


def _may_approve(row: Award, user: Any) -> bool:
    return row.state == S.READY and row.prepared_by_id != user.pk


def _here(row: Any, user: Any) -> dict[str, Any]:
    areas = user.scope("entitlement.determine").areas
    return {"month": today(), **({"region": areas[0][0]} if areas else {})}


awards = record(
    Award,
    slug="awards",
    right="entitlement.view",
    title=_("Automatic grants"),
    one=_("Automatic grants"),
    intro=_("People entitled to benefits that need no application and who do not have them yet. Nobody is missed."),
    columns=[
        spec.link("number", note=lambda row: month_text(row.month), sort="number", css="number"),
        spec.region("region"),
        _STATE,
        spec.number("people"),
        spec.number("grants"),
        PREPARED,
        spec.when("prepared_at", sort="prepared_at"),
    ],
    filters=[spec.choice("state"), spec.region_filter(), spec.date_range("month")],
    search=("number",),
    order=("-prepared_at", "id"),
    join=("region",),
    state=_STATE,
    subheading=lambda row: f"{row.region} · {month_text(row.month)}",
    refresh=lambda row: row.state == S.COMPUTING,
    panels={
        _("By benefit"): panel("entitlement/awards.html", query=_sums),
        _("Start of the list"): spec.grid(
            _lines,
            [
                spec.link("person"),
                spec.text("benefit", show=lambda line: queries.names_of_benefits().get(line.benefit, line.benefit)),
                spec.text("amount", _("Monthly amount"), show=_amount, css="num"),
                spec.region("region", _("Region")),
            ],
            none=_("Nobody on this list is in your area."),
        ),
    },
    aside={
        _("Who decided"): [
            spec.text("month", show=lambda row: month_text(row.month)), spec.number("people"), spec.number("grants"),
            "prepared_by", "prepared_at", "decided_by", "decided_at", spec.text("note", show=_note),
        ],
        _("History"): spec.history(),
    },
    verbs=[
        verb(actions.propose, label=_("Find who is entitled"), icon="search", primary=True, initial=_here,
             ask=_("Everybody who lives in the county is checked.")),
        verb(actions.approve_award, label=_("Approve"), icon="check", primary=True, when=_may_approve,
             ask=_("Everybody on the list receives the benefit from this month on.")),
        verb(actions.discard_award, label=_("Void"), danger=True,
             when=lambda row, user: row.state in (S.READY, S.COMPUTING)),
    ],
    nav=NavItem("benefits", "gift", 25),
    empty=_("No list yet. Find who is entitled in a county."),
)  # fmt: skip


def _to_approve(user: Any, scope: Scope, at: datetime) -> HomeList:
    rows: QuerySet[Award] = Award.objects.within(user.scope("entitlement.approve")).filter(state=S.READY)
    found = rows.exclude(prepared_by_id=user.pk).select_related("region").order_by("prepared_at", "id")
    return waiting(
        found,
        lambda some: [
            (f"{row.region} · {month_text(row.month)}", awards.url_of(row), f"{row.grants:,}") for row in some
        ],
        url=f"{awards.url()}?state=ready",
        tone="warn",
    )


home_panel(
    title=_("Automatic grants to approve"),
    right="entitlement.approve",
    rows=_to_approve,
    icon="gift",
    order=30,
)
