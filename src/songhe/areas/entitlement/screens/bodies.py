"""Applications of facilities, organisations and for workers: the list, one application, and what waits for whom."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.entitlement import actions, words
from songhe.areas.entitlement.models import BodyApplication, BodyState, Notice
from songhe.areas.entitlement.queries import bodies as queries
from songhe.areas.entitlement.queries import readable
from songhe.areas.entitlement.screens import body_form
from songhe.areas.entitlement.screens.common import (
    in_states,
    month_text,
    notice_of,
    objections_of,
    papers_of,
    say,
    steps_of,
    why_of,
)
from songhe.core.days import month_of
from songhe.engines.access.api import Scope, elevated
from songhe.kit import spec
from songhe.kit.clock import today
from songhe.kit.pages import HomeList, NavItem, home_panel, waiting
from songhe.kit.spec import panel, record, verb

FORM = body_form.apply_page
S = BodyState
TONES = {
    S.FILED: "warn",
    S.RETURNED: "danger",
    S.VERIFIED: "info",
    S.NOTICED: "info",
    S.GRANTED: "ok",
    S.REFUSED: "muted",
    S.WITHDRAWN: "muted",
}
_STATE = spec.state("state", tones=TONES, sort="state")


def _facts(row: BodyApplication, request: HttpRequest) -> Mapping[str, Any]:
    document = readable(row.policy)
    known = document.facts if document else {}
    return {
        "facts": [
            {
                "name": say(known[code].label) if code in known else code,
                "value": words.shown(entry["value"], known[code].unit if code in known else None),
                "registered": entry["from"] == "register",
            }
            for code, entry in row.facts.items()
        ]
    }


def _notice(row: BodyApplication, request: HttpRequest) -> Mapping[str, Any]:
    with elevated():  # a notice is public, so whoever reaches the application sees it here too
        notices = list(Notice.everywhere.filter(body=row).order_by("-posted_on", "-id"))
    return notice_of(row, notices)


def _course(row: BodyApplication, request: HttpRequest) -> list[dict[str, Any]]:
    """The steps so far; the case itself is its organisation's, the application its facility's too."""
    with elevated():
        return list(steps_of(row.case, str(_("Filed"))))


def _granted(row: BodyApplication) -> str:
    """The grant by its number; the row itself may be the facility's alone."""
    return row.decision_number if row.grant_id else ""


def _grant_url(row: BodyApplication) -> str | None:
    return reverse("benefit-grants.detail", args=[row.grant_id]) if row.grant_id else None


def _search(rows: QuerySet[Any], typed: str, scope: Scope) -> QuerySet[Any]:
    plain = typed.strip()
    return rows.filter(Q(number=plain.upper()) | Q(holder_name__icontains=plain))


def _amount(row: BodyApplication) -> str:
    return words.counted(row.amount, row.unit) if row.amount else ""


record(
    BodyApplication,
    slug="body-applications",
    right="entitlement.view",
    title=_("Applications of facilities and organisations"),
    one=_("Application of a facility or organisation"),
    join=("region", "policy"),
    columns=[
        spec.link("number", sort="number", css="number"),
        spec.text("holder_name", note=lambda row: row.get_holder_kind_display(), sort="holder_name"),
        spec.text("name", _("Benefit")),
        spec.text("amount", _("Amount"), show=_amount, css="num"),
        spec.region(),
        _STATE,
        spec.when("filed_at", sort="filed_at"),
        spec.when("due_at", sort="due_at"),
    ],
    filters=[
        spec.choice("state"),
        spec.choice("holder_kind"),
        spec.region_filter(),
        spec.date_range("filed_at"),
    ],
    search=_search,
    order=("-filed_at", "id"),
    nav=NavItem("benefits", "building-store", 12),
    heading=lambda row: row.number,
    subheading=lambda row: f"{row.holder_name} · {row.name}",
    state=_STATE,
    empty=_("No facility or organisation has applied yet."),
    panels={
        _("Application"): [
            spec.text("holder_name", note=lambda row: row.get_holder_kind_display()),
            spec.region(),
            spec.text("name", _("Benefit")),
            spec.link("policy"),
            spec.text("amount", _("Amount"), show=_amount),
            spec.when("filed_at"),
            spec.text("filed_by"),
            spec.when("due_at"),
            spec.text("decision_number"),
            spec.when("decided_at"),
            spec.text("from_month", show=lambda row: month_text(row.from_month)),
            spec.link("grant_id", _("Benefit grant"), show=_granted, to=_grant_url),
            spec.text("clause"),
            spec.text("refusal", wide=True),
            spec.text("note", wide=True),
            spec.text("found", wide=True),
        ],
        _("Facts"): panel("entitlement/body_facts.html", query=_facts),
        _("Documents"): panel("entitlement/papers.html", query=papers_of),
        _("What the policy says"): panel("entitlement/why.html", query=why_of),
        _("Public notice"): panel(
            "entitlement/notice_of.html",
            query=_notice,
            when=lambda row: row.state in (S.VERIFIED, S.NOTICED, S.GRANTED),
        ),
        _("Objections"): panel(
            "entitlement/objections.html", query=objections_of, right="entitlement.verify"
        ),
    },
    aside={_("Processing history"): spec.timeline(_course)},
    verbs=[
        verb(
            actions.attach_body_paper,
            label=_("Attach a document"),
            icon="camera",
            when=in_states(S.FILED, S.RETURNED),
        ),
        verb(
            actions.see_body_paper,
            label=_("Tick a document"),
            icon="check",
            when=in_states(S.FILED, S.RETURNED),
        ),
        verb(actions.verify_body, label=_("Verify"), primary=True, when=in_states(S.FILED)),
        verb(actions.return_to_body, label=_("Return"), when=in_states(S.FILED)),
        verb(actions.hand_in_body_again, label=_("Resubmit"), primary=True, when=in_states(S.RETURNED)),
        verb(
            actions.approve_body,
            label=_("Approve the application"),
            primary=True,
            when=in_states(S.VERIFIED),
            initial=lambda row, user: {"from_month": month_of(today())},
            ask=_("The decision goes on public notice; the grant comes into force after it."),
        ),
        verb(actions.send_body_back, label=_("Back to verification"), when=in_states(S.VERIFIED)),
        verb(actions.refuse_body, label=_("Refuse the application"), danger=True, when=in_states(S.VERIFIED)),
        verb(actions.object_to_body, label=_("Record an objection"), when=in_states(S.NOTICED)),
        verb(
            actions.withdraw_body,
            label=_("Withdraw"),
            danger=True,
            when=in_states(S.FILED, S.RETURNED, S.VERIFIED),
        ),
    ],
)


def _list(rows: QuerySet[BodyApplication], state: BodyState, at: datetime) -> HomeList:
    def lines(found: list[BodyApplication]) -> list[tuple[str, str, str]]:
        return [
            (
                f"{row.holder_name} · {row.name}",
                reverse("body-applications.detail", args=[row.pk]),
                f"{timezone.localtime(row.due_at):%Y-%m-%d}" if row.due_at else "",
            )
            for row in found
        ]

    late = rows.filter(due_at__lt=at).exists()
    url = f"{reverse('body-applications.list')}?state={state}"
    return waiting(rows, lines, url=url, tone="danger" if late else "")


def _to_verify(user: Any, scope: Scope, at: datetime) -> HomeList:
    return _list(queries.in_state(user.scope("entitlement.verify"), S.FILED), S.FILED, at)


def _to_decide(user: Any, scope: Scope, at: datetime) -> HomeList:
    return _list(queries.in_state(user.scope("entitlement.approve"), S.VERIFIED), S.VERIFIED, at)


def _came_back(user: Any, scope: Scope, at: datetime) -> HomeList:
    return _list(queries.in_state(user.scope(queries.CLAIM), S.RETURNED), S.RETURNED, at)


home_panel(
    title=_("Facilities and organisations to verify"),
    right="entitlement.verify",
    rows=_to_verify,
    order=13,
    none=_("No facility or organisation waits to be verified."),
)
home_panel(
    title=_("Facilities and organisations to decide"),
    right="entitlement.approve",
    rows=_to_decide,
    order=15,
    none=_("No facility or organisation waits for a decision."),
)
home_panel(
    title=_("Returned applications"),
    right="entitlement.claim",
    rows=_came_back,
    order=11,
    none=_("None of your applications lacks anything."),
)
