"""The queue of doubtful visits, the greatest risk first, and one doubt with its evidence."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from songhe.areas.providers.api import Named, organisation_column, worker_column
from songhe.areas.registry.api import Person
from songhe.areas.verification import actions, queries
from songhe.areas.verification.guide import guide
from songhe.areas.verification.models import UNDECIDED, Check, State
from songhe.areas.visits.api import Visit, opened, person_names, who_and_what
from songhe.engines.access.api import Scope
from songhe.kit import spec
from songhe.kit.clock import now
from songhe.kit.pages import HomeList, NavItem, home_panel, waiting
from songhe.kit.spec import Figure, record, verb
from songhe.kit.who import who

TONES = {"open": "warn", "asked": "info", "answered": "warn", "cleared": "ok", "upheld": "danger"}


def _tone(row: Check) -> str:
    bounds = guide().bounds
    return (
        "danger"
        if row.risk >= bounds.suspicious
        else "warn"
        if row.risk >= bounds.supervisor_below
        else "muted"
    )


def _risk_words(row: Check) -> str:
    bounds = guide().bounds
    words = (
        _("high")
        if row.risk >= bounds.suspicious
        else _("medium")
        if row.risk >= bounds.supervisor_below
        else _("low")
    )
    return f"{row.risk} · {words}"


def _signs(request: HttpRequest) -> list[tuple[str, str]]:
    language = get_language() or ""
    return [(one.code, one.label.in_language(language)) for one in guide().signs.values()]


def _with_sign(rows: QuerySet[Check], code: str) -> QuerySet[Check]:
    return rows.filter(signs__contains=[code])


def _decides(*, outside: bool = False) -> Any:
    return lambda row, user: row.undecided and actions.decides(row, user, outside=outside)


def _undecided(rows: QuerySet[Check], yes: bool) -> QuerySet[Check]:
    return rows.filter(state__in=UNDECIDED) if yes else rows.exclude(state__in=UNDECIDED)


def _evidence(row: Check, request: HttpRequest) -> Mapping[str, Any]:
    others = queries.other_visits(row)
    found = [one for one in row.findings.all() if one.sign in row.signs]
    weight = {code: sign.weight for code, sign in guide().signs.items()}
    found.sort(key=lambda one: (-weight.get(one.sign, 0), one.sign))
    return {
        "found": [(one, weight.get(one.sign, 0), others.get(one.other_id or row.visit_id)) for one in found]
    }


def _words(row: Check, request: HttpRequest) -> Mapping[str, Any]:
    told = [
        (_("Question asked"), row.asked_at, "", opened(row.person_id, row.question_sealed)),
        (_("Answer"), None, row.answered_by, opened(row.person_id, row.answer_sealed)),
        (_("Decision taken"), row.decided_at, row.decided_by, opened(row.person_id, row.words_sealed)),
    ]
    return {"told": [one for one in told if one[3]]}


def _corrections(row: Check, request: HttpRequest) -> Mapping[str, Any]:
    return {"corrections": queries.corrections_of(row, who(request).scope("verification.view"))}


def _pictures(row: Check, request: HttpRequest) -> Mapping[str, Any]:
    return {"pictures": queries.pictures_of(row, who(request).scope("verification.view"))}


def _figures(request: HttpRequest) -> list[Figure]:
    scope = who(request).scope("verification.view")
    rows = queries.undecided(scope)
    high, at = guide().bounds.suspicious, now()
    return [
        Figure(_("To decide"), rows.count(), url=f"{checks.url()}?undecided=1"),
        Figure(_("Of high risk"), rows.filter(risk__gte=high).count(), tone="danger"),
        Figure(_("Overdue"), rows.filter(due_at__lt=at).count(), tone="warn"),
        Figure(_("Not provided"), Check.objects.within(scope).filter(state=State.UPHELD).count()),
    ]


def _person(name: str = "person_id") -> Named:
    return Named(name=name, label=_("Person"), model=Person, names=person_names)


def _in(*states: State) -> Any:
    return lambda row, user: row.state in states


STATE = spec.state("state", tones=TONES)
checks = record(
    Check,
    slug="visit-checks",
    right="verification.view",
    title=_("Doubtful visits"),
    one=_("Doubtful visit"),
    intro=_("Visits that do not match other records, highest risk first."),
    columns=[
        spec.link("visited_at", _("Visit"), show=lambda row: str(row.visit), sort="visited_at"),
        spec.state("risk", _("Risk"), tone=_tone, label_of=_risk_words, sort="risk"),
        spec.text("sign_names", _("Red flags")),
        _person(),
        worker_column(_("Worker")),
        organisation_column(_("Organisation")),
        spec.region("region"),
        STATE,
    ],
    filters=[
        spec.flag("undecided", _("To decide"), narrow=_undecided),
        spec.choice("state"),
        spec.choice("sign", _("Red flags"), options=_signs, narrow=_with_sign),
        spec.region_filter(),
        spec.date_range("visited_at", _("Arrived")),
    ],
    order=("-risk", "visited_at", "id"),
    join=("visit",),
    detail_template="visits/detail.html",
    figures=_figures,
    state=STATE,
    heading=lambda row: str(row.visit),
    subheading=_risk_words,
    panels={
        _("Visit"): [
            spec.link("visit", _("Visit"), show=lambda row: str(row.visit), to=lambda row: spec.url_of(row.visit)),
            _person(),
            worker_column(_("Worker")),
            organisation_column(_("Organisation")),
            spec.region("region"),
            spec.when("due_at"),
            spec.text("reason_name", _("Reason"), optional=True),
        ],
        _("What speaks against it"): spec.panel("verification/evidence.html", query=_evidence),
        _("Times entered by hand"): spec.panel(
            "verification/corrections.html", query=_corrections, when=lambda row: "corrected" in row.signs
        ),
        _("Words"): spec.panel("verification/words.html", query=_words, when=lambda row: row.state != State.OPEN),
        _("Pictures"): spec.panel("visits/pictures.html", query=_pictures, when=lambda row: row.visit.photos > 0),
    },
    aside={_("History"): spec.history()},
    verbs=[
        verb(actions.clear, label=_("Confirm as provided"), icon="check", primary=True, when=_decides()),
        verb(actions.uphold, label=_("Confirm as not provided"), danger=True, when=_decides(outside=True)),
        verb(actions.ask, label=_("Ask the organisation"), when=_in(State.OPEN, State.ANSWERED)),
        verb(actions.answer, label=_("Explain"), when=_in(State.OPEN, State.ASKED)),
    ],
    nav=NavItem("service", "shield-check", 40),
    empty=_("No visit is in doubt."),
)  # fmt: skip


def _of_visit(row: Visit, request: HttpRequest) -> Mapping[str, Any]:
    return {"checks": list(queries.checks_of([row.pk], who(request).scope("verification.view")).values())}


spec.panel_on(
    "visits",
    _("Doubts"),
    spec.panel(
        "verification/of_visit.html",
        query=_of_visit,
        right="verification.view",
        when=lambda row: "doubtful" in row.flags,
    ),
)


def _rows(found: list[Check]) -> list[tuple[str, str, str]]:
    named = {visit.pk: words for visit, words in who_and_what([row.visit for row in found])}
    return [(named[row.visit_id], checks.url_of(row), row.sign_names) for row in found]


def _to_decide(user: Any, scope: Scope, at: datetime) -> HomeList:
    """Those that are for the reader to settle: of one's own organisation the small ones."""
    scope = user.scope("verification.decide")
    own = Q(organisation_id__in=scope.holders, risk__gte=guide().bounds.supervisor_below)
    rows = queries.undecided(scope).exclude(own).select_related("visit")
    return waiting(rows, _rows, url=f"{checks.url()}?undecided=1", tone="danger")


def _to_answer(user: Any, scope: Scope, at: datetime) -> HomeList:
    rows = (
        queries.undecided(user.scope("verification.answer")).filter(state=State.ASKED).select_related("visit")
    )
    return waiting(rows, _rows, url=f"{checks.url()}?state=asked", tone="warn")


panels = [
    home_panel(
        title=_("Doubtful visits to decide"),
        right="verification.decide",
        rows=_to_decide,
        icon="shield-check",
        order=45,
        none=_("No visit is in doubt."),
    ),
    home_panel(
        title=_("Visits to explain"),
        right="verification.answer",
        rows=_to_answer,
        icon="shield-check",
        order=46,
        none=_("No visit needs an explanation."),
    ),
]
