"""Entitlements on screen: the list, one decision with its reasons, and one person's month."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.entitlement import actions, queries, words
from songhe.areas.entitlement.models import HELD, Entitlement, State
from songhe.areas.entitlement.screens.entitled import standing
from songhe.areas.entitlement.screens.explained import for_programs
from songhe.areas.entitlement.screens.vouchers import platform
from songhe.areas.registry.api import Happening, Person, door, living, of_persons, search, timeline
from songhe.core.days import month_of
from songhe.engines.access.api import Scope, User
from songhe.kit import spec
from songhe.kit.clock import today
from songhe.kit.history import Event, events_of
from songhe.kit.pages import HomeList, NavItem, home_panel, waiting
from songhe.kit.spec import panel, record, verb
from songhe.kit.who import who

TONES = {
    State.DRAFT: "warn",
    State.APPROVED: "ok",
    State.SUSPENDED: "warn",
    State.ENDED: "muted",
    State.PENDING: "info",
    State.NOT_GRANTED: "muted",
}


def _month(row: Entitlement) -> str:
    return f"{row.month:%Y-%m}"


def _flags(row: Entitlement) -> str:
    marks = [_("assumed value")] if row.assumed else []
    return " · ".join(map(str, [*marks, _("decide again")] if row.differs else marks))


def _why(row: Entitlement, request: HttpRequest) -> Mapping[str, Any]:
    trace = row.reason
    return {
        **words.told(trace),
        "entitlement": row,
        "proposal": words.short_reason(row.proposal) if row.differs else "",
        "proposed": words.shown(row.proposal.get("value"), row.unit) if row.differs else "",
    }


def _course(row: Entitlement, request: HttpRequest) -> list[Event]:
    """The acts on one decision. A region is determined and approved in one act for all, which is told here for each."""
    events = events_of(row, most=30)
    told = {event.at for event in events}
    names = User.objects.in_bulk([key for key in (row.prepared_by_id, row.approved_by_id) if key])
    steps = (
        (row.approved_at, _("Approved"), row.approved_by_id),
        (row.prepared_at, _("Determined"), row.prepared_by_id),
    )
    for at, text, key in steps:
        if at is not None and at not in told:
            by = str(names[key]) if key in names else gettext("the system")
            events.append(Event(at, str(text), by))
    return sorted(events, key=lambda event: event.at, reverse=True)


_STATE = spec.state("state", tones=TONES, note=_flags, sort="state")

record(
    Entitlement,
    slug="entitlements",
    right="entitlement.view",
    title=_("Entitlements"),
    join=("person", "region", "policy"),
    columns=[
        spec.link("name", _("Entitlement")),
        spec.text("person"),
        spec.region(),
        _STATE,
        spec.text("amount", show=words.amount, css="num"),
        spec.text("month", show=_month, sort="month"),
        spec.text("why", _("Reason"), show=lambda row: words.short_reason(row.reason)),
    ],
    filters=[
        spec.choice("state"),
        spec.choice("unit"),
        spec.region_filter(),
        spec.date_range("month"),
        spec.flag("assumed", _("Based on an assumed value")),
        spec.flag("differs", _("Decide again")),
    ],
    search=of_persons,
    order=("-month", "-prepared_at", "id"),
    nav=NavItem("benefits", "calendar-stats", 40),
    heading=lambda row: row.name,
    subheading=lambda row: f"{row.person} · {_month(row)}",
    state=_STATE,
    empty=_("Nothing is determined yet. Open a person, or determine a month for a region."),
    panels={
        _("Decision"): [
            spec.link("person", to=lambda row: reverse("entitled-people.detail", args=[row.person_id])),
            spec.region(),
            spec.text("month", show=_month),
            spec.text("amount", show=words.amount, optional=True),
            spec.text("carried", show=words.carried, optional=True),
            spec.text("moved", show=words.moved, optional=True),
            spec.link("policy"),
            spec.when("prepared_at"),
            spec.when("approved_at", optional=True),
            spec.text("note", wide=True, optional=True),
        ],
        _("Why"): panel("entitlement/why.html", query=_why, right="entitlement.explain"),
    },
    aside={_("Processing history"): spec.timeline(_course)},
    verbs=[
        verb(actions.determine_region, label=_("Determine a month"), primary=True),
        verb(actions.approve_region, label=_("Approve a month")),
        verb(
            actions.approve,
            label=_("Approve"),
            primary=True,
            when=lambda row, user: row.state == State.DRAFT,
            ask=_("Approved hours and meals are granted at once."),
        ),
        verb(actions.suspend, label=_("Suspend"), when=lambda row, user: row.state == State.APPROVED),
        verb(actions.resume, label=_("Resume"), when=lambda row, user: row.state == State.SUSPENDED),
        verb(actions.end, label=_("End"), danger=True, when=lambda row, user: row.state in HELD),
    ],
)


@timeline("entitlement.view", Entitlement)
def _happened(person: Person, scope: Scope) -> Iterable[Happening]:
    """What was granted, on the person's own page."""
    granted = Entitlement.objects.within(scope).filter(person=person, approved_at__isnull=False)
    for row in granted.order_by("-month")[:24]:
        yield Happening(
            row.changed_at or row.approved_at,
            f"{row.name} {_month(row)}",
            " · ".join((str(row.get_state_display()), words.amount(row))),
            reverse("entitlements.detail", args=[row.pk]),
            TONES[State(row.state)],
        )


def _shown_month(request: HttpRequest) -> date:
    try:
        return date.fromisoformat(f"{request.GET.get('month', '')[:7]}-01")
    except ValueError:
        return month_of(today())


def person_month(row: Person, request: HttpRequest) -> Mapping[str, Any]:
    """Everything decided for a person in one month: granted, not granted and why, pending and what to bring."""
    user = who(request)
    month = _shown_month(request)
    rows = Entitlement.objects.within(user.scope("entitlement.view")).filter(person_id=row.pk)
    months = list(rows.order_by("-month").values_list("month", flat=True).distinct()[:12])
    return {
        "month": month,
        "months": [(shown, f"{shown:%Y-%m}") for shown in months],
        "rows": [
            {
                "entitlement": found,
                "tone": TONES[State(found.state)],
                "amount": words.amount(found),
                "short": words.short_reason(found.reason),
                "flags": _flags(found),
                "url": reverse("entitlements.detail", args=[found.pk]),
            }
            for found in rows.filter(month=month).order_by("rule")
        ],
    }


record(
    Person,
    slug="entitled-people",
    main=False,
    right="entitlement.view",
    title=_("Entitlements by person"),
    rows=living,
    join=("region",),
    columns=[
        spec.link("name"),
        spec.region(),
        "born",
    ],
    filters=[spec.region_filter(), spec.flag("is_enrolled", _("Enrolled"))],
    search=search,
    order=("name_pinyin", "id"),
    nav=NavItem("benefits", "list-check", 30),
    exports=False,
    subheading=lambda row: row.region,
    panels={
        _("Available benefits"): panel("entitlement/standing.html", query=standing),
        _("This month"): panel("entitlement/month.html", query=person_month),
        _("National platform"): panel("entitlement/platform.html", query=platform),
    },
    verbs=[
        verb(
            actions.determine,
            label=_("Determine"),
            primary=True,
            initial=lambda row, user: {"month": today()},
            then=lambda result, row: reverse("entitled-people.detail", args=[row.pk]),
        )
    ],
    readings=[for_programs],
)


def _lines(found: list[Entitlement]) -> list[tuple[str, str, str]]:
    return [
        (f"{row.person} · {row.name}", reverse("entitlements.detail", args=[row.pk]), words.amount(row))
        for row in found
    ]


def _to_approve(user: Any, scope: Scope, at: datetime) -> HomeList:
    return waiting(queries.to_approve(scope), _lines, url=reverse("entitlements.list") + "?state=draft")


def _waiting(user: Any, scope: Scope, at: datetime) -> HomeList:
    return waiting(queries.waiting(scope), _lines, url=reverse("entitlements.list") + "?state=pending")


home_panel(
    title=_("Entitlements to approve"),
    right="entitlement.approve",
    rows=_to_approve,
    order=20,
    none=_("Nothing to approve."),
)
home_panel(
    title=_("Entitlements waiting for a document"),
    right="entitlement.determine",
    rows=_waiting,
    order=30,
    none=_("No documents are outstanding."),
)

door(
    _("Entitlements"),
    right="entitlement.view",
    icon="certificate",
    url=lambda person_id: reverse("entitled-people.detail", args=[person_id]),
)
