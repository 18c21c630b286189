"""Facts of bodies' grants on screen: those to confirm, and with each grant what holds since when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.entitlement import actions, words
from songhe.areas.entitlement.models import BodyFact, BodyFactState, Grant
from songhe.areas.entitlement.queries import readable
from songhe.areas.entitlement.queries.body_facts import facts_to_confirm
from songhe.areas.entitlement.screens.common import month_text, say
from songhe.engines.access.api import Scope
from songhe.kit import spec
from songhe.kit.pages import HomeList, NavItem, home_panel, waiting
from songhe.kit.spec import record, verb
from songhe.kit.who import who

S = BodyFactState
TONES = {S.ENTERED: "warn", S.CONFIRMED: "ok", S.REFUSED: "muted"}
_STATE = spec.state("state", tones=TONES, sort="state")


def value_text(row: BodyFact) -> str:
    """The value in words."""
    return words.shown(row.value, row.unit or None)


def month_of_fact(row: BodyFact) -> str:
    """From which month it holds, or of which it is."""
    month = month_text(row.month)
    return month if row.monthly else gettext("from {month} on").format(month=month)


def of_grant(row: Grant, request: HttpRequest) -> Mapping[str, Any]:
    """The facts of a grant: those of the application, and what was entered since, the newest first."""
    newer = BodyFact.objects.within(who(request).scope("entitlement.view")).filter(grant=row)
    return {
        "facts": [
            *(
                {
                    "name": one.name,
                    "value": value_text(one),
                    "month": month_of_fact(one),
                    "paper": one.paper,
                    "state": one.get_state_display(),
                    "tone": TONES[S(one.state)],
                    "url": reverse("body-facts.detail", args=[one.pk]),
                }
                for one in newer.order_by("-month", "-entered_at")[:60]
            ),
            *_first(row),
        ]
    }


def _first(row: Grant) -> Iterator[dict[str, str]]:
    document = readable(row.policy)
    for code, value in row.basis.get("facts", {}).items():
        fact = document.facts.get(code) if document else None
        month = month_text(row.from_month)
        yield {
            "name": say(fact.label) if fact else code,
            "value": words.shown(value, fact.unit if fact else None),
            "month": month if fact and fact.monthly else gettext("from {month} on").format(month=month),
            "paper": "",
            "state": gettext("With the application"),
            "tone": "info",
            "url": "",
        }


def _file(row: BodyFact) -> str | None:
    return reverse("files", args=[row.attachment_id, "full"]) if row.attachment_id else None


def _search(rows: QuerySet[Any], typed: str, scope: Scope) -> QuerySet[Any]:
    plain = typed.strip()
    return rows.filter(
        Q(grant__holder_name__icontains=plain) | Q(name_zh__icontains=plain) | Q(name_en__icontains=plain)
    )


def _holder(row: BodyFact) -> str:
    return row.grant.holder_name


facts = record(
    BodyFact,
    slug="body-facts",
    right="entitlement.view",
    title=_("Facts of facilities and organisations"),
    one=_("Grant fact"),
    intro=_("Facts of a grant from a month on, such as beds or people served. They count once a second person has confirmed them."),
    join=("grant", "region"),
    columns=[
        spec.link("name", _("Fact"), note=_holder),
        spec.text("value", show=value_text, css="num"),
        spec.text("month", _("Month"), show=month_of_fact, sort="month", css="number"),
        spec.text("benefit", _("Benefit"), show=lambda row: row.grant.name),
        spec.region(),
        _STATE,
        spec.when("entered_at", sort="entered_at"),
    ],
    filters=[spec.choice("state"), spec.region_filter(), spec.date_range("month")],
    search=_search,
    order=("-entered_at", "id"),
    nav=NavItem("benefits", "list", 21),
    heading=lambda row: row.name,
    subheading=lambda row: f"{_holder(row)} · {row.grant.name}",
    state=_STATE,
    empty=_("No fact was entered yet. Open a grant of a facility or organisation to enter one."),
    panels={
        _("Fact"): [
            spec.link("grant", _("Benefit grant")),
            spec.text("holder", _("Held by"), show=_holder),
            spec.text("value", show=value_text),
            spec.text("month", _("Month"), show=month_of_fact),
            spec.region(),
            spec.link("paper", to=_file),
            spec.text("note", wide=True),
        ],
        _("Who decided"): ["entered_by", "entered_at", "decided_by", "decided_at", spec.text("reason", wide=True)],
    },
    aside={_("History"): spec.history()},
    verbs=[
        verb(
            actions.confirm_fact,
            label=_("Confirm"),
            icon="check",
            primary=True,
            when=lambda row, user: row.state == S.ENTERED and row.entered_by_id != user.pk,
            ask=_("Compare the value with the document first. The next payment run uses it."),
        ),
        verb(actions.refuse_fact, label=_("Refuse"), when=lambda row, user: row.state == S.ENTERED),
    ],
)  # fmt: skip


def _to_confirm(user: Any, scope: Scope, at: datetime) -> HomeList:
    rows = facts_to_confirm(user.scope("entitlement.approve"), user.pk).select_related("grant")
    return waiting(
        rows,
        lambda found: [(f"{_holder(row)} · {row.name}", facts.url_of(row), value_text(row)) for row in found],
        url=f"{facts.url()}?state=entered",
    )


home_panel(
    title=_("Facts of facilities and organisations to confirm"),
    right="entitlement.approve",
    rows=_to_confirm,
    order=16,
    none=_("No facts to confirm."),
)
