"""Visits and calls on screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from songhe.areas.caring import actions, columns
from songhe.areas.caring.models import OPEN, Caring
from songhe.areas.caring.queries import lists
from songhe.areas.caring.rules import Way
from songhe.areas.caring.screens.common import OUTCOME_TONES, READ, by_group, group, state
from songhe.areas.providers.api import said
from songhe.areas.registry.api import Person, search
from songhe.core.days import month_after, month_of
from songhe.engines.access.api import Scope, elevated
from songhe.engines.acts.api import record_read
from songhe.engines.forms import api as forms
from songhe.engines.vault.api import reveal
from songhe.kit import spec
from songhe.kit.clock import now, today
from songhe.kit.history import LABELS
from songhe.kit.pages import NavItem, live_topic
from songhe.kit.spec import Figure, panel, record, verb
from songhe.kit.who import who

LABELS[READ] = _("Visit report viewed")
LABELS["caring.read_phone"] = _("Telephone number viewed")
LABELS["caring.read_address"] = _("Address and telephone viewed")
live_topic("caring", right="caring.view")


def _report(row: Caring, request: HttpRequest) -> Mapping[str, Any]:
    """What was seen; reading it is logged."""
    if not (row.words_sealed or row.answers_id or row.photo_id):
        return {}
    record_read(READ, row, actor=who(request), at=now(), purpose="review")
    return {"lines": lines_of(row), "words": reveal(row.person_id, row.words_sealed), "photo": row.photo_id}


def lines_of(row: Caring) -> list[tuple[str, str, bool]]:
    """Questions and answers of a visit, and whether an answer is of the worst kind."""
    with elevated():  # whoever sees the visit sees its form
        if row.answers is None:
            return []
        form, given = forms.form_of(row.answers.form), forms.read(row.answers)
    out = []
    for item in form.items:
        chosen = next((one for one in item.options if one.key == given.get(item.code)), None)
        if chosen is not None:
            out.append((said(item.label), said(chosen.label), chosen.score == 0))
    return out


def _search(rows: QuerySet[Caring], words: str, scope: Scope) -> QuerySet[Caring]:
    return rows.filter(person_id__in=search(Person.objects.here(), words, scope).values("pk"))


def _month(rows: QuerySet[Caring], yes: bool) -> QuerySet[Caring]:
    first = month_of(today())
    here = rows.filter(pk__in=lists.missing(Caring.objects.here().filter(state__in=["planned", "again", "unreached"]), first).filter(
        planned_on__gte=first, planned_on__lt=month_after(first)).values("pk"))  # fmt: skip
    return here if yes else rows


def _late(rows: QuerySet[Caring], yes: bool) -> QuerySet[Caring]:
    over = {"state__in": OPEN, "due_at__lt": now()}
    return rows.filter(**over) if yes else rows.exclude(**over)


def _figures(request: HttpRequest) -> list[Figure]:
    scope, first = who(request).scope("caring.view"), month_of(today())
    seen, due = lists.rate(scope, first)
    late = lists.late(scope, now()).count()
    nobody = lists.of_month(scope, first).filter(way=Way.VISIT, helper=None, state__in=OPEN).count()
    share = f"{seen * 1000 // due / 10:g} %" if due else "—"
    return [
        Figure(_("Contacted this month"), share, _("Goal: 100 %"), "", "" if seen == due else "warn"),
        Figure(
            _("Not yet visited"), due - seen, "", f"{carings.url()}?missing=1", "warn" if due > seen else ""
        ),
        Figure(_("Overdue"), late, "", f"{carings.url()}?late=1", "danger" if late else ""),
        Figure(_("Nobody available"), nobody, "", f"{carings.url()}?nobody=1", "danger" if nobody else ""),
    ]


def visit_url(row: Caring) -> str:
    """Where a visit is reported."""
    return reverse("caring.visit", args=[row.pk])


def _open(way: Way) -> Any:
    return lambda row, user: row.state in OPEN and row.way == way


def _still(row: Caring, user: Any) -> bool:
    return row.state in OPEN


carings = record(
    Caring,
    slug="carings",
    right="caring.view",
    title=_("Visits and caring calls"),
    one=_("Visit or caring call"),
    intro=_("Who is visited or called this month, by whom, and with what outcome."),
    columns=[
        columns.of_person(),
        group(),
        spec.state("way", tones={"visit": "info", "call": "muted"}),
        spec.region(),
        columns.helper(),
        spec.day("planned_on", sort="planned_on"),
        spec.when("due_at", sort="due_at"),
        spec.text("outcome"),
        state(),
    ],
    filters=[
        spec.region_filter(),
        spec.choice("state"),
        spec.choice("way"),
        by_group(),
        spec.choice("outcome"),
        spec.flag("missing", _("Not contacted this month"), narrow=_month),
        spec.flag("late", _("Overdue"), narrow=_late),
        spec.flag("nobody", _("Nobody available"), narrow=lambda rows, yes: rows.filter(
            way=Way.VISIT.value, state__in=OPEN, helper__isnull=yes)),
        spec.flag("signs", _("Changes noticed"), narrow=lambda rows, yes: rows.exclude(signs=[]) if yes else rows.filter(signs=[])),
        spec.date_range("planned_on", _("Planned on")),
    ],
    search=_search,
    order=("-due_at", "id"),
    figures=_figures,
    heading=columns.name_of,
    subheading=lambda row: f"{row.get_way_display()} · {row.group_label}",
    state=state(),
    panels={
        _("What came of it"): [
            spec.state("outcome", tones=OUTCOME_TONES, optional=True), spec.when("done_at", optional=True),
            spec.when("told_at", optional=True),
            spec.text("done_by", optional=True), spec.text("needs", show=lambda row: row.need_names, optional=True),
            spec.text("signs", show=lambda row: row.sign_names, optional=True), spec.text("order_number", optional=True),
            spec.number("tries", optional=True), spec.when("next_at", optional=True),
        ],
        _("What was seen"): panel("caring/report.html", query=_report, right="caring.read"),
    },
    aside={
        _("Visit or caring call"): [
            columns.person(), group(), spec.text("way"), spec.text("every", optional=True), columns.helper(), spec.region(),
            spec.day("since"), spec.day("until"), spec.day("planned_on"), spec.when("due_at"), spec.text("event", optional=True),
            spec.text("dropped", optional=True),
        ],
        _("History"): spec.history(),
    },
    verbs=[
        verb(actions.enter_call, label=_("Enter the call"), icon="phone", primary=True, when=_open(Way.CALL)),
        verb(actions.give_to, label=_("Assigned to"), icon="arrow-right", when=_open(Way.VISIT)),
        verb(actions.drop, label=_("Cancel"), icon="ban", danger=True, when=_still),
        verb(actions.after_event, label=_("After a major event"), icon="bolt", then=lambda result, row: "/carings/?late=0",
             ask=_("Everybody at high risk in the region is visited within hours, in addition to the planned visits.")),
    ],
    nav=NavItem("service", "home-heart", 50),
    empty=_("Nothing is planned here. Generate the monthly plan."),
)  # fmt: skip
