"""Grants on screen: the list, one grant with its months, and what is owed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.entitlement import actions, queries
from songhe.areas.entitlement.models import Grant, GrantState
from songhe.areas.entitlement.queries.body_facts import fact_choices
from songhe.areas.entitlement.reasons import reason_text
from songhe.areas.entitlement.screens import body_facts
from songhe.areas.entitlement.screens.common import APPEAL, GRANT_TONES, appeal_note, month_text
from songhe.areas.entitlement.screens.letters import links
from songhe.areas.registry.api import Happening, Person, search, timeline, when_dead, when_living
from songhe.engines.access.api import Scope
from songhe.kit import spec
from songhe.kit.clock import today
from songhe.kit.finding import either
from songhe.kit.history import Event, events_of
from songhe.kit.pages import NavItem
from songhe.kit.spec import panel, record, verb

G = GrantState
_STATE = spec.state("state", tones=GRANT_TONES, sort="state")

when_dead(actions.end_at_death)
when_living(actions.live_again)


def _months(row: Grant, request: HttpRequest) -> Mapping[str, Any]:
    return {
        "spans": [
            {
                "state": span.get_state_display(),
                "tone": GRANT_TONES[G(span.state)],
                "from": month_text(span.from_month),
                "until": month_text(span.until_month),
                "why": reason_text(span.why),
                "note": span.note,
                "owed": span.get_owed_display() if span.owed else "",
                "by": gettext("the system") if span.by_name == "system" else span.by_name,
                "at": span.at,
            }
            for span in row.spans.order_by("from_month")
        ]
    }


def _appeal_until(row: Grant) -> date | None:
    return None if row.state == G.IN_FORCE else queries.appeal_until(row.changed_at)


def _course(row: Grant, request: HttpRequest) -> list[Event]:
    """The acts on a grant, and its beginning, which is an act on the application or on a month."""
    events = [*events_of(row, most=30), Event(row.granted_at, gettext("Comes into force"), row.number)]
    return sorted(events, key=lambda event: event.at, reverse=True)


def _of_holder(rows: QuerySet[Any], typed: str, scope: Scope) -> QuerySet[Any]:
    people = search(Person.objects.within(scope), typed, scope)
    return either(
        rows,
        Q(number=typed.strip()),
        Q(person__in=people.values("pk")),
        Q(person=None, holder_name__icontains=typed.strip()),
    )


record(
    Grant,
    slug="benefit-grants",
    right="entitlement.view",
    title=_("Grants in force"),
    one=_("Benefit grant"),
    join=("person", "region", "policy", "application"),
    columns=[
        spec.link("holder", _("Held by")),
        spec.text("name", _("Benefit")),
        spec.region(),
        _STATE,
        spec.text("from_month", show=lambda row: month_text(row.from_month), sort="from_month"),
        spec.text("until_month", show=lambda row: month_text(row.until_month), sort="until_month"),
        spec.text("why", _("Reason"), show=lambda row: reason_text(row.why)),
        spec.text("number"),
    ],
    filters=[
        spec.choice("state"),
        spec.choice("holder_kind"),
        spec.region_filter(),
        spec.date_range("from_month"),
    ],
    search=_of_holder,
    order=("-granted_at", "id"),
    nav=NavItem("benefits", "certificate", 20),
    heading=lambda row: row.name,
    subheading=lambda row: row.holder,
    state=_STATE,
    empty=_("No grant is in force yet. An approved application becomes one."),
    panels={
        _("Benefit grant"): [
            spec.link("person", optional=True),
            spec.region(),
            spec.text("name", _("Benefit")),
            spec.link("policy"),
            spec.link("application", optional=True),
            spec.text("number"),
            spec.text("from_month", show=lambda row: month_text(row.from_month)),
            spec.text("until_month", show=lambda row: month_text(row.until_month), optional=True),
            spec.when("granted_at"),
            spec.text("why", _("Reason"), show=lambda row: reason_text(row.why)),
            spec.day("appeal_until", APPEAL, show=_appeal_until, note=appeal_note, optional=True),
        ],
        _("Months"): panel("entitlement/spans.html", query=_months),
        _("Facts"): panel(
            "entitlement/grant_facts.html", query=body_facts.of_grant, when=lambda row: row.person_id is None
        ),
    },
    aside={
        _("Letter to the person"): panel(
            "entitlement/letter_links.html",
            query=links("benefit-grants"),
            right="entitlement.letter",
            when=lambda row: row.person_id is not None,
        ),
        _("Processing history"): spec.timeline(_course),
    },
    verbs=[
        verb(
            actions.enter_fact,
            label=_("Enter a newer fact"),
            icon="plus",
            when=lambda row, user: bool(fact_choices(row, user)),
            initial=lambda row, user: {"month": today()},
            then=lambda made, row: reverse("body-facts.detail", args=[made.pk]),
        ),
        verb(
            actions.suspend_grant,
            label=_("Suspend"),
            when=lambda row, user: row.state == G.IN_FORCE,
            initial=lambda row, user: {"from_month": today()},
        ),
        verb(
            actions.resume_grant,
            label=_("Resume"),
            primary=True,
            when=lambda row, user: row.state == G.SUSPENDED,
            initial=lambda row, user: {"from_month": today(), "arrears": True},
        ),
        verb(
            actions.appeal_grant,
            label=_("Appeal"),
            when=lambda row, user: row.state != G.IN_FORCE and queries.appealable(row.changed_at, today()),
        ),
        verb(
            actions.stop_grant,
            label=_("Stop"),
            danger=True,
            when=lambda row, user: row.state != G.STOPPED,
            initial=lambda row, user: {"on": today()},
        ),
    ],
)


@timeline("entitlement.view", Grant)
def _happened(person: Person, scope: Scope) -> Iterable[Happening]:
    """Grants on the person's own page."""
    for row in Grant.objects.within(scope).filter(person=person).order_by("-changed_at")[:24]:
        yield Happening(
            row.changed_at,
            row.name,
            " · ".join((str(row.get_state_display()), reason_text(row.why))),
            reverse("benefit-grants.detail", args=[row.pk]),
            GRANT_TONES[G(row.state)],
        )
