"""Assessments on screen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.assessment import actions, queries
from songhe.areas.assessment.models import EDITABLE, OPEN, Assessment, State
from songhe.areas.assessment.pages import fill_in, read_answers, say
from songhe.areas.registry.api import Happening, Person, door, search, timeline
from songhe.engines.access.api import Scope
from songhe.engines.acts.api import record_read
from songhe.engines.forms import api as forms
from songhe.kit import spec
from songhe.kit.clock import now
from songhe.kit.pages import HomeList, NavItem, home_panel, page, waiting
from songhe.kit.spec import panel, record, verb
from songhe.kit.who import who

FINAL = (State.SIGNED, State.CONFIRMED, State.SUPERSEDED)
TONES = {
    State.REQUESTED: "warn",
    State.ASSIGNED: "info",
    State.ANSWERED: "warn",
    State.SIGNED: "warn",
    State.CONFIRMED: "ok",
    State.SUPERSEDED: "muted",
    State.CANCELLED: "muted",
}


def _search(rows: QuerySet[Any], words: str, scope: Scope) -> QuerySet[Any]:
    people = search(Person.objects.within(scope), words, scope)
    return rows.filter(Q(number__iexact=words.strip()) | Q(person__in=people.values("pk")))


def _seen(row: Assessment, request: HttpRequest) -> None:
    """A result is health data: showing it is logged."""
    user = who(request)
    if row.state in FINAL:
        record_read("assessment.read_result", row, actor=user, at=now(), purpose="result")


@timeline
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
        "answers_url": reverse("assessment.answers", args=[row.pk])
        if user.may("assessment.review") or row.is_assessor(user.pk)
        else "",
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


def _may_sign(row: Assessment, user: Any) -> bool:
    return row.state == State.ANSWERED and row.is_assessor(user.pk) and not row.has_signed(user.pk)


record(
    Assessment,
    slug="assessments",
    right="assessment.view",
    title=_("Ability assessments"),
    rows=queries.seen,
    join=("person", "region", "first_assessor", "second_assessor"),
    columns=[
        spec.link("number", sort="number", css="number"),
        spec.text("person"),
        spec.region(),
        spec.state("state", tones=TONES, sort="state"),
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
    search=_search,
    order=("-requested_at", "id"),
    nav=NavItem("people", "checklist", 40),
    state=spec.state("state", tones=TONES),
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
            spec.when("due_at"),
            spec.link("corrects"),
            spec.text("note", wide=True),
        ],
        _("Form"): panel(
            "assessment/work.html",
            query=_work,
            right="assessment.answer",
            when=lambda row: row.state in EDITABLE,
        ),
        _("Result"): panel("assessment/result.html", query=_result, when=lambda row: row.state in FINAL),
    },
    aside={_("Course"): spec.timeline(_steps)},
    verbs=[
        verb(actions.request, label=_("Request an assessment"), primary=True),
        verb(
            actions.assign,
            label=_("Assign assessors"),
            primary=True,
            when=lambda row, user: row.state in (State.REQUESTED, State.ASSIGNED),
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
            actions.correct,
            label=_("Order a correction"),
            when=lambda row, user: row.state in (State.SIGNED, State.CONFIRMED),
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
    "assessment.answers",
    path="assessments/<uuid:pk>/answers/",
    title=_("Answers"),
    right="assessment.view",
    view=read_answers,
)


def _lines(found: list[Assessment]) -> list[tuple[str, str, str]]:
    return [
        (
            str(row.person),
            reverse("assessments.detail", args=[row.pk]),
            f"{timezone.localtime(row.due_at):%Y-%m-%d}" if row.due_at else "",
        )
        for row in found
    ]


def _waiting(rows: QuerySet[Assessment], url: str, at: datetime) -> HomeList:
    late = rows.filter(due_at__lt=at).exists()
    return waiting(rows, _lines, url=url, tone="danger" if late else "")


def _to_do(user: Any, scope: Scope, at: datetime) -> HomeList:
    return _waiting(queries.to_do(scope, user.pk), reverse("assessments.list"), at)


def _to_assign(user: Any, scope: Scope, at: datetime) -> HomeList:
    return _waiting(
        queries.waiting(scope, State.REQUESTED), reverse("assessments.list") + "?state=requested", at
    )


def _to_confirm(user: Any, scope: Scope, at: datetime) -> HomeList:
    return _waiting(queries.waiting(scope, State.SIGNED), reverse("assessments.list") + "?state=signed", at)


home_panel(
    title=_("Assessments to fill in and sign"),
    right="assessment.answer",
    rows=_to_do,
    order=10,
    none=_("No assessment waits for you."),
)
home_panel(
    title=_("Assessments without assessors"),
    right="assessment.assign",
    rows=_to_assign,
    order=20,
    none=_("Every request has its assessors."),
)
home_panel(
    title=_("Assessments to confirm"),
    right="assessment.confirm",
    rows=_to_confirm,
    order=30,
    none=_("Nothing waits for confirmation."),
)

door(
    _("Ask for an assessment"),
    right="assessment.request",
    icon="checklist",
    url=lambda person_id: f"{reverse('assessments.do', args=['request'])}?person={person_id}",
)
