"""Assessments on screen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.assessment import actions
from songhe.areas.assessment.actions.deciding import CORRECTABLE
from songhe.areas.assessment.limits import parameters
from songhe.areas.assessment.models import EDITABLE, JUDGED, OPEN, Assessment, Attempt, State
from songhe.areas.assessment.pages import compare, fill_in, read_answers
from songhe.areas.assessment.queries import results
from songhe.areas.assessment.queries.national import of_person as nationals
from songhe.areas.assessment.queries.papers import may_read, signature_of
from songhe.areas.assessment.screens.papers import papers
from songhe.areas.assessment.words import say
from songhe.areas.registry.api import Happening, Person, door, numbered, timeline
from songhe.engines.access.api import Scope
from songhe.engines.acts.api import record_read
from songhe.engines.forms import api as forms
from songhe.kit import spec
from songhe.kit.clock import now, today
from songhe.kit.pages import NavItem, page
from songhe.kit.spec import panel, record, verb
from songhe.kit.who import who

BARE = (State.REQUESTED, State.RETURNED, State.CANCELLED)
TONES = {
    State.REQUESTED: "warn",
    State.RETURNED: "danger",
    State.ASSIGNED: "info",
    State.ANSWERED: "warn",
    State.SIGNED: "warn",
    State.APPROVED: "warn",
    State.DELIVERED: "info",
    State.OBJECTED: "danger",
    State.CONFIRMED: "ok",
    State.SUPERSEDED: "muted",
    State.CANCELLED: "muted",
}


def _seen(row: Assessment, request: HttpRequest) -> None:
    """A result is health data: showing it is logged."""
    user = who(request)
    if row.state in JUDGED:
        record_read("assessment.read_result", row, actor=user, at=now(), purpose="result")


@timeline("assessment.view", Assessment)
def _happened(person: Person, scope: Scope) -> Iterable[Happening]:
    """A person's assessments on the person's own page, without scores."""
    for row in Assessment.objects.within(scope).filter(person=person):
        yield Happening(
            row.confirmed_at or row.requested_at,
            gettext("Ability assessment {number}").format(number=row.number),
            str(row.get_state_display()),
            reverse("assessments.detail", args=[row.pk]),
            TONES[State(row.state)],
        )


def _result(row: Assessment, request: HttpRequest) -> Mapping[str, Any]:
    user = who(request)
    assert row.answers is not None
    form, result = forms.form_of(row.answers.form), forms.result_of(row.answers)
    initial = form.level(result.initial) if result.initial is not None else None
    final = form.level(result.level) if result.level is not None else None
    return {
        "result": result,
        "top": form.total,
        "initial": initial and say(initial.label),
        "final": final and say(final.label),
        "dimensions": [(say(part.label), part.so_far, part.top) for part in result.dimensions],
        "applied": [(say(rule.label), rule.before, rule.after) for rule in result.applied],
        "answers_url": reverse("assessment.answers", args=[row.pk]) if may_read(row, user) else "",
    }


def _work(row: Assessment, request: HttpRequest) -> Mapping[str, Any]:
    return {
        "url": reverse("assessment.form", args=[row.pk]),
        "mine": row.is_assessor(who(request).pk),
        "signed": row.has_signed(who(request).pk),
    }


def _steps(row: Assessment, request: HttpRequest) -> list[dict[str, Any]]:
    flow = row.case.flow
    names = {move.code: say(move.label) for move in flow.moves} | {"open": str(_("Requested"))}
    names |= {rule.code: say(rule.label) for state in flow.states for rule in state.escalations}
    return [
        {
            "at": step.at,
            "text": names.get(step.move, step.move),
            "note": " · ".join(filter(None, (step.actor_name, step.note if not step.escalates else ""))),
            "tone": "danger" if step.escalates else "",
        }
        for step in row.case.steps.order_by("-at", "-id")
    ]


def _word(row: Assessment) -> object:
    """The state; a result in force that has run out says so."""
    return _("Expired") if _run_out(row) else row.get_state_display()


def _tone(row: Assessment) -> str:
    return "warn" if _run_out(row) else TONES[State(row.state)]


def _run_out(row: Assessment) -> bool:
    return row.state == State.CONFIRMED and row.holds_until is not None and row.holds_until <= today()


def _objections(row: Assessment) -> str:
    """The last day to object, and that its number of days is assumed where it is."""
    if row.delivered_on is None:
        return ""
    assumed = parameters().said["objection_days"].assumed
    day = str(row.objections_until) if row.objections_until else gettext("No objection period")
    return f"{day} · {gettext('assumed')}" if assumed else day


def _to_object(row: Assessment, user: Any) -> bool:
    return (
        row.state == State.DELIVERED and row.objections_until is not None and today() <= row.objections_until
    )


def _is_mine(row: Assessment, user: Any) -> bool:
    return row.state == State.ASSIGNED and row.is_assessor(user.pk)


def _attempts(row: Assessment, request: HttpRequest) -> QuerySet[Attempt]:
    rows: QuerySet[Attempt] = Attempt.objects.within(who(request).scope("assessment.view"))
    return rows.filter(assessment=row).order_by("-at", "id")


def _may_sign(row: Assessment, user: Any) -> bool:
    return row.state == State.ANSWERED and row.is_assessor(user.pk) and not row.has_signed(user.pk)


record(
    Assessment,
    slug="assessments",
    right="assessment.view",
    title=_("Ability assessments"),
    rows=results.seen,
    join=("person", "region", "first_assessor", "second_assessor"),
    columns=[
        spec.link("number", sort="number", css="number"),
        spec.text("person"),
        spec.region(),
        spec.state("state", tone=_tone, label_of=_word, sort="state"),
        spec.text("judged", sort="judged"),
        spec.text("level", sort="level"),
        spec.day("assessed_on", sort="assessed_on"),
        spec.day("holds_until", sort="holds_until"),
        spec.when("due_at", sort="due_at"),
    ],
    filters=[
        spec.choice("state"),
        spec.choice("level"),
        spec.region_filter(),
        spec.date_range("assessed_on"),
        spec.date_range("holds_until"),
    ],
    search=numbered,
    order=("-requested_at", "id"),
    nav=NavItem("people", "checklist", 40),
    state=spec.state("state", tone=_tone, label_of=_word),
    subheading=lambda row: row.person,
    heading=lambda row: row.number,
    seen=_seen,
    empty=_("No assessment yet. Request one for a person."),
    panels={
        _("Assessment"): [
            spec.link("person"),
            spec.region(),
            spec.text("first_assessor"),
            spec.text("second_assessor"),
            spec.text("medical"),
            spec.when("first_signed_at"),
            spec.when("second_signed_at"),
            spec.day("assessed_on"),
            spec.day("holds_until"),
            spec.when("appointment_at"),
            spec.number("attempts"),
            spec.when("due_at"),
            spec.text("cause"),
            spec.link("corrects"),
            spec.text("note", wide=True),
        ],
        _("Form"): panel(
            "assessment/work.html",
            query=_work,
            right="assessment.answer",
            when=lambda row: row.state in EDITABLE,
        ),
        _("Levels"): [
            spec.text("asked"),
            spec.text("judged"),
            spec.text("level"),
            spec.text("approval_note", wide=True),
        ],
        _("Result"): panel("assessment/result.html", query=_result, when=lambda row: row.state in JUDGED),
        _("National platform"): replace(
            spec.grid(
                lambda row, request: nationals(row.person_id).filter(replaced_at=None),
                [
                    spec.link("level", _("National level"), to=spec.url_of),
                    spec.text("assessed_by", _("Assessed by")),
                    spec.day("assessed_on", _("Assessed on")),
                    spec.day("valid_until", _("Valid until")),
                ],
            ),
            when=lambda row: nationals(row.person_id).exists(),
        ),
        _("Delivery and objection"): [
            spec.day("delivered_on"),
            spec.text("delivery"),
            spec.text("recipient_name", _("Signed for by"), note=lambda row: row.get_recipient_display()),
            spec.text("objections_until", show=_objections),
            spec.when("objected_at"),
            spec.text("objector"),
            spec.day("in_force_on"),
        ],
        _("Signature and evidence"): panel(
            "assessment/papers.html", query=papers, when=lambda row: row.state not in BARE
        ),
        _("Unsuccessful attempts"): replace(
            spec.grid(
                _attempts,
                [
                    spec.when("at"),
                    spec.text("absence"),
                    spec.when("appointment_at"),
                    spec.when("next_at"),
                    spec.text("by_name"),
                    spec.text("note"),
                ],
            ),
            when=lambda row: Attempt.everywhere.filter(assessment=row).exists(),
        ),
    },
    aside={_("Processing history"): spec.timeline(_steps)},
    verbs=[
        verb(actions.request, label=_("Request an assessment"), primary=True),
        verb(
            actions.assign,
            label=_("Assign assessors"),
            primary=True,
            when=lambda row, user: row.state in (State.REQUESTED, State.ASSIGNED),
        ),
        verb(
            actions.book,
            label=_("Make an appointment"),
            when=_is_mine,
            initial=lambda row, user: {"appointment_at": row.appointment_at},
        ),
        verb(actions.absent, label=_("Could not be assessed"), when=_is_mine),
        verb(
            actions.ask_again,
            label=_("Request again"),
            primary=True,
            when=lambda row, user: row.state == State.RETURNED,
        ),
        verb(
            actions.informant_signs,
            label=_("The informant signs"),
            primary=True,
            when=lambda row, user: _may_sign(row, user) and signature_of(row) is None,
        ),
        verb(
            actions.add_evidence,
            label=_("Add evidence"),
            when=lambda row, user: row.state in EDITABLE and row.is_assessor(user.pk),
        ),
        verb(
            actions.sign,
            label=_("Sign"),
            primary=True,
            when=_may_sign,
            ask=_(
                "You sign that the answers describe the person as you saw them. They cannot be changed afterwards."
            ),
        ),
        verb(
            actions.send_back,
            label=_("Back to the form"),
            when=lambda row, user: row.state == State.ANSWERED and row.is_assessor(user.pk),
        ),
        verb(
            actions.confirm,
            label=_("Confirm"),
            primary=True,
            when=lambda row, user: row.state == State.SIGNED,
        ),
        verb(
            actions.deliver,
            label=_("Record the delivery"),
            primary=True,
            when=lambda row, user: row.state == State.APPROVED,
            initial=lambda row, user: {"recipient_name": str(row.person), "delivered_on": today()},
        ),
        verb(
            actions.object_to,
            label=_("Record an objection"),
            when=_to_object,
            initial=lambda row, user: {"objector": str(row.person)},
        ),
        verb(
            actions.withdraw_objection,
            label=_("Withdraw the objection"),
            when=lambda row, user: row.state == State.OBJECTED,
        ),
        verb(
            actions.correct,
            label=_("Order a correction"),
            when=lambda row, user: row.state in CORRECTABLE,
        ),
        verb(actions.cancel, label=_("Cancel"), danger=True, when=lambda row, user: row.state in OPEN),
    ],
)

page(
    "assessment.form",
    path="assessments/<uuid:pk>/form/",
    title=_("Ability form"),
    right="assessment.answer",
    view=fill_in,
)
page(
    "assessment.version",
    path="assessments/<uuid:pk>/versions/<uuid:version>/",
    title=_("Two versions of the form"),
    right="assessment.answer",
    view=compare,
)
page(
    "assessment.answers",
    path="assessments/<uuid:pk>/answers/",
    title=_("Answers"),
    right="assessment.view",
    view=read_answers,
)


door(
    _("Request an ability assessment"),
    right="assessment.request",
    icon="checklist",
    url=lambda person_id: f"{reverse('assessments.do', args=['request'])}?person={person_id}",
)
