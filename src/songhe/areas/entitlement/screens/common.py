"""What the screens of entitlements share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.entitlement import queries, words
from songhe.areas.entitlement.models import (
    Application,
    ApplicationState,
    BodyApplication,
    GrantState,
    Notice,
    Shown,
    Simulation,
    SimulationKind,
    SimulationState,
)
from songhe.areas.entitlement.terms import book
from songhe.core.labels import Label
from songhe.engines.acts.api import record_read
from songhe.engines.cases.api import Case
from songhe.engines.policies.api import PolicyDraft
from songhe.kit.clock import now
from songhe.kit.pages import HomeList, waiting
from songhe.kit.refusals import retold
from songhe.kit.who import who

APPLICATION_TONES = {
    ApplicationState.FILED: "warn",
    ApplicationState.RETURNED: "danger",
    ApplicationState.ACCEPTED: "info",
    ApplicationState.VERIFIED: "info",
    ApplicationState.NOTICED: "info",
    ApplicationState.GRANTED: "ok",
    ApplicationState.REFUSED: "muted",
    ApplicationState.WITHDRAWN: "muted",
}
SIMULATION_TONES = {
    SimulationState.WORKING: "info",
    SimulationState.DONE: "ok",
    SimulationState.FAILED: "danger",
}
GRANT_TONES = {GrantState.IN_FORCE: "ok", GrantState.SUSPENDED: "warn", GrantState.STOPPED: "muted"}


APPEAL = _("May be appealed until")


def appeal_note(row: Any) -> str:
    """A mark where the days for an appeal are in no published text."""
    return gettext("assumed: no published text says how many days") if book().appeals.assumed else ""


def say(label: Label) -> str:
    """A label of the data in the language of the page."""
    return label.in_language(get_language() or "zh")


def month_text(value: Any) -> str:
    """A month by year and number."""
    return f"{value:%Y-%m}" if value else ""


def by_name(name: str) -> str:
    """Who did something, the system by its name in the language of the page."""
    return gettext("the system") if name == "system" else name


def in_states(*states: Any) -> Callable[[Any, Any], bool]:
    """When a verb is offered: while the row is in one of some states."""
    return lambda row, user: row.state in states


def papers_of(row: Any, request: HttpRequest) -> Mapping[str, Any]:
    """The papers of an application of a person or a body, and what was missing when it was returned."""
    return {
        "papers": [
            {
                "name": str(paper),
                "shown": paper.get_shown_display(),
                "tone": "warn" if paper.shown == Shown.OPEN else "ok",
                "note": paper.note,
                "url": reverse("files", args=[paper.attachment_id, "full"]) if paper.attachment_id else "",
            }
            for paper in row.papers.order_by("rank")
        ],
        "missing": row.missing if row.state == ApplicationState.RETURNED else "",
    }


def why_of(row: Any, request: HttpRequest) -> Mapping[str, Any]:
    """The reasons of the decision on an application. What to bring stands with its papers."""
    return {**words.told(row.reason or None), "bring": [], "assumed": [], "entitlement": row}


def notice_of(row: Any, notices: Iterable[Notice]) -> Mapping[str, Any]:
    """The public notices of an application, where they stand, and for how many days."""
    terms = book().of(row.rule)
    return {
        "notices": notices,
        "url": reverse("entitlement.notices_at", args=[row.region_id]),
        "days": terms.notice_days,
        "assumed": terms.assumed,
    }


def steps_of(case: Case, opened: str) -> Iterable[dict[str, Any]]:
    """The course of a case, the latest step first."""
    flow = case.flow
    names = {move.code: say(move.label) for move in flow.moves} | {"open": opened}
    names |= {rule.code: say(rule.label) for state in flow.states for rule in state.escalations}
    for step in case.steps.order_by("-at", "-id"):
        who = by_name(step.actor_name)
        yield {
            "at": step.at,
            "text": names.get(step.move, step.move),
            "note": " · ".join(filter(None, (who, step.note if not step.escalates else ""))),
            "tone": "danger" if step.escalates else "",
        }


def objections_of(row: Application | BodyApplication, request: HttpRequest) -> Mapping[str, Any]:
    """What was said against the decision, for the offices alone; that it was read is kept."""
    found = queries.object_lines(row)
    if found:
        purpose = "application" if isinstance(row, Application) else "body application"
        record_read("entitlement.read_objection", row, actor=who(request), at=now(), purpose=purpose)
    return {"objections": found}


def application_list(rows: QuerySet[Application], state: str, at: datetime) -> HomeList:
    """A home panel of applications; red where a deadline has passed."""

    def lines(found: list[Application]) -> list[tuple[str, str, str]]:
        return [
            (
                f"{row.person} · {row.name}",
                reverse("applications.detail", args=[row.pk]),
                f"{timezone.localtime(row.due_at):%Y-%m-%d}" if row.due_at else "",
            )
            for row in found
        ]

    late = rows.filter(due_at__lt=at).exists()
    url = f"{reverse('applications.list')}?state={state}"
    return waiting(rows, lines, url=url, tone="danger" if late else "")


def effect_in_short(row: Simulation) -> str:
    """How many gain and how many lose by a draft; why it could not be worked out."""
    if row.state != SimulationState.DONE or row.kind != SimulationKind.WHAT_IF:
        return retold(row.note)
    gain = sum(one["gain"] for one in row.result["rules"])
    lose = sum(one["lose"] for one in row.result["rules"])
    up = ngettext("{n} gains", "{n} gain", gain).format(n=f"{gain:,}")
    down = ngettext("{n} loses", "{n} lose", lose).format(n=f"{lose:,}")
    return f"{up} · {down}"


def effect_of(draft: PolicyDraft, user: Any) -> dict[str, Any] | None:
    """The latest simulation of a draft as it stands, in one line. It has sums alone, so whoever reads the draft sees it."""
    found = queries.latest_effect(draft, user.scope("policies.view"))
    if found is None:
        return None
    return {
        "row": found,
        "tone": SIMULATION_TONES[SimulationState(found.state)],
        "short": effect_in_short(found),
        "month": month_text(found.month),
        "url": reverse("simulations.detail", args=[found.pk]) if user.may("entitlement.simulate") else "",
    }
