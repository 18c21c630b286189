"""Applications on screen: the list, one application with its papers and course, and what waits for whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from songhe.areas.entitlement import actions, queries
from songhe.areas.entitlement.letters import DECIDED
from songhe.areas.entitlement.models import Application, ApplicationState, Notice
from songhe.areas.entitlement.screens.common import (
    APPEAL,
    APPLICATION_TONES,
    appeal_note,
    application_list,
    in_states,
    month_text,
    notice_of,
    objections_of,
    papers_of,
    steps_of,
    why_of,
)
from songhe.areas.entitlement.screens.letters import links
from songhe.areas.entitlement.terms import book
from songhe.areas.registry.api import Happening, Person, door, numbered, timeline, when_dead
from songhe.engines.access.api import Scope
from songhe.engines.acts.api import record_read
from songhe.kit import spec
from songhe.kit.clock import now, today
from songhe.kit.pages import HomeList, NavItem, home_panel
from songhe.kit.spec import panel, record, verb
from songhe.kit.who import who
from songhe.kit.words import is_chinese

S = ApplicationState

when_dead(actions.lapse_at_death)
_STATE = spec.state("state", tones=APPLICATION_TONES, sort="state")


def _visit(row: Application, request: HttpRequest) -> Mapping[str, Any]:
    """Showing what a visit to a home found is logged."""
    record_read("entitlement.read_visit", row, actor=who(request), at=now(), purpose="application")
    return {"text": row.visit_note, "day": row.visited_on}


def _notice(row: Application, request: HttpRequest) -> Mapping[str, Any]:
    notices = Notice.everywhere.filter(application=row).order_by("-posted_on", "-id")
    return notice_of(row, notices)


def _appeal_until(row: Application) -> date | None:
    return queries.appeal_until(row.decided_at) if row.state == S.REFUSED and row.decided_at else None


def _first_month(row: Application, user: Any) -> dict[str, Any]:
    return {"from_month": book().of(row.rule).first_month(row.received_on)}


record(
    Application,
    slug="applications",
    right="entitlement.view",
    title=_("Applications"),
    one=_("Application"),
    join=("person", "region", "policy", "case"),
    columns=[
        spec.link("number", sort="number", css="number"),
        spec.text("person"),
        spec.text("name", _("Benefit")),
        spec.region(),
        _STATE,
        spec.text("channel"),
        spec.day("received_on", sort="received_on"),
        spec.when("due_at", sort="due_at"),
    ],
    filters=[
        spec.choice("state"),
        spec.choice("channel"),
        spec.region_filter(),
        spec.date_range("received_on"),
    ],
    search=numbered,
    order=("-filed_at", "id"),
    nav=NavItem("benefits", "file-text", 10),
    heading=lambda row: row.number,
    subheading=lambda row: f"{row.person} · {row.name}",
    state=_STATE,
    empty=_("Nobody has applied yet. Enter an application for a person."),
    panels={
        _("Application"): [
            spec.link("person"),
            spec.region(),
            spec.text("name", _("Benefit")),
            spec.link("policy"),
            spec.text("channel"),
            spec.day("received_on"),
            spec.text("received_by"),
            spec.text("handed_in_by", optional=True),
            spec.text("paper_number", optional=True),
            spec.when("due_at", optional=True),
            spec.text("decision_number", optional=True),
            spec.when("decided_at", optional=True),
            spec.text("from_month", show=lambda row: month_text(row.from_month), optional=True),
            spec.text("clause", optional=True),
            spec.day("appeal_until", APPEAL, show=_appeal_until, note=appeal_note, optional=True),
            spec.text("refusal", wide=True, optional=True),
            spec.text("note", wide=True, optional=True),
        ],
        _("Documents"): panel("entitlement/papers.html", query=papers_of),
        _("What the policy says"): panel("entitlement/why.html", query=why_of, right="entitlement.explain"),
        _("Visit to the household"): panel(
            "entitlement/visit.html",
            query=_visit,
            right="entitlement.explain",
            when=lambda row: bool(row.visit_note_sealed),
        ),
        _("Public notice"): panel(
            "entitlement/notice_of.html",
            query=_notice,
            when=lambda row: row.state in (S.VERIFIED, S.NOTICED, S.GRANTED),
        ),
        _("Objections"): panel(
            "entitlement/objections.html", query=objections_of, right="entitlement.verify"
        ),
    },
    aside={
        _("Letter to the person"): panel(
            "entitlement/letter_links.html",
            query=links("applications"),
            right="entitlement.letter",
            when=lambda row: row.state in DECIDED and row.decided_at is not None,
        ),
        _("Processing history"): spec.timeline(lambda row, request: steps_of(row.case, str(_("Filed")))),
    },
    verbs=[
        verb(actions.apply, label=_("Apply for a benefit"), primary=True, icon="plus"),
        verb(
            actions.enter_paper,
            label=_("Enter a paper application"),
            right="entitlement.apply",
            initial=lambda row, user: {"received_on": today()},
        ),
        verb(
            actions.see_paper,
            label=_("Tick a document"),
            icon="check",
            when=in_states(S.FILED, S.RETURNED, S.ACCEPTED),
        ),
        verb(
            actions.attach_paper,
            label=_("Attach a document"),
            icon="camera",
            when=in_states(S.FILED, S.RETURNED, S.ACCEPTED),
        ),
        verb(actions.accept, label=_("Accept the application"), primary=True, when=in_states(S.FILED)),
        verb(actions.give_back, label=_("Return"), when=in_states(S.FILED)),
        verb(actions.hand_in_again, label=_("Resubmit"), primary=True, when=in_states(S.RETURNED)),
        verb(
            actions.verify,
            label=_("Verify"),
            primary=True,
            when=in_states(S.ACCEPTED),
            initial=lambda row, user: {"visited_on": today()},
        ),
        verb(
            actions.approve_application,
            label=_("Approve the application"),
            primary=True,
            when=in_states(S.VERIFIED),
            initial=_first_month,
            ask=_("The decision goes on public notice; the grant comes into force after it."),
        ),
        verb(actions.send_back, label=_("Back to verification"), when=in_states(S.VERIFIED)),
        verb(actions.refuse, label=_("Refuse the application"), danger=True, when=in_states(S.VERIFIED)),
        verb(actions.object_to, label=_("Record an objection"), when=in_states(S.NOTICED)),
        verb(
            actions.appeal,
            label=_("Appeal"),
            when=lambda row, user: row.state == S.REFUSED and queries.appealable(row.decided_at, today()),
        ),
        verb(
            actions.withdraw,
            label=_("Withdraw"),
            danger=True,
            when=in_states(S.FILED, S.RETURNED, S.ACCEPTED, S.VERIFIED),
        ),
    ],
)


@timeline("entitlement.view", Application)
def _happened(person: Person, scope: Scope) -> Iterable[Happening]:
    """Applications on the person's own page."""
    for row in Application.objects.within(scope).filter(person=person).order_by("-filed_at")[:24]:
        name = row.name_zh if is_chinese() else row.name_en
        yield Happening(
            row.decided_at or row.filed_at,
            f"{_('Application')} {row.number}",
            f"{name} · {row.get_state_display()}",
            reverse("applications.detail", args=[row.pk]),
            APPLICATION_TONES[S(row.state)],
        )


def _to_accept(user: Any, scope: Scope, at: datetime) -> HomeList:
    return application_list(queries.to_accept(user.scope("entitlement.accept")), S.FILED, at)


def _to_verify(user: Any, scope: Scope, at: datetime) -> HomeList:
    return application_list(queries.to_verify(user.scope("entitlement.verify")), S.ACCEPTED, at)


def _to_decide(user: Any, scope: Scope, at: datetime) -> HomeList:
    return application_list(queries.to_decide(user.scope("entitlement.approve")), S.VERIFIED, at)


home_panel(
    title=_("Applications to accept"),
    right="entitlement.accept",
    rows=_to_accept,
    order=10,
    none=_("No applications to accept."),
)
home_panel(
    title=_("Applications to verify"),
    right="entitlement.verify",
    rows=_to_verify,
    order=12,
    none=_("No applications to verify."),
)
home_panel(
    title=_("Applications to decide"),
    right="entitlement.approve",
    rows=_to_decide,
    order=14,
    none=_("No applications to decide."),
)

door(
    _("Apply for a benefit"),
    right="entitlement.apply",
    icon="file-text",
    url=lambda person_id: f"{reverse('applications.do', args=['apply'])}?person={person_id}",
)
