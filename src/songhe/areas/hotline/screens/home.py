"""What waits for those who have to do with the hotline."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as say_now
from django.utils.translation import gettext_lazy as _

from songhe.areas.hotline import queries
from songhe.areas.hotline.models import Complaint
from songhe.areas.hotline.screens.asking import follow_ups
from songhe.areas.hotline.screens.complaints import complaints
from songhe.areas.hotline.screens.knowledge import articles
from songhe.areas.visits.api import who_and_what
from songhe.engines.access.api import Scope
from songhe.kit.pages import HomeList, home_panel, waiting
from songhe.kit.words import ago


def _follow_ups_due(user: Any, scope: Scope, at: datetime) -> HomeList:
    def lines(found: list[Any]) -> Iterator[tuple[str, str, str]]:
        for row, words in who_and_what(found):
            yield (
                words,
                reverse("hotline.ask", args=[row.pk]),
                ago(row.completed_at, at) if row.completed_at else "",
            )

    return waiting(
        queries.due_now(user.scope("hotline.follow_up"), at), lines, url=follow_ups.url(), tone="warn"
    )


def _open_calls(user: Any, scope: Scope, at: datetime) -> HomeList:
    return waiting(
        queries.open_calls(user.pk),
        lambda found: [
            (str(row), reverse("hotline.call", args=[row.pk]), ago(row.started_at, at)) for row in found
        ],
        url=reverse("hotline.desk"),
        tone="danger",
    )


def _state_of(row: Complaint, at: datetime) -> str:
    return say_now("overdue") if row.late_at(at) else str(row.get_state_display())


def _complaints(user: Any, scope: Scope, at: datetime) -> HomeList:
    return waiting(
        queries.open_complaints(user.scope("hotline.escalate")),
        lambda found: [(row.number, complaints.url_of(row), _state_of(row, at)) for row in found],
        url=complaints.url(),
        tone="warn",
    )


def _to_sanction(user: Any, scope: Scope, at: datetime) -> HomeList:
    return waiting(
        queries.to_sanction(user.scope("hotline.sanction"), user.pk),
        lambda found: [(row.number, complaints.url_of(row), str(row.get_finding_display())) for row in found],
        url=complaints.url(),
        tone="warn",
    )


def _to_approve(user: Any, scope: Scope, at: datetime) -> HomeList:
    return waiting(
        queries.to_approve(user.scope("hotline.approve"), user.pk),
        lambda found: [(str(row), articles.url_of(row), row.prepared_by) for row in found],
        url=f"{articles.url()}?state=draft",
        tone="warn",
    )


def _doubted(user: Any, scope: Scope, at: datetime) -> HomeList:
    return waiting(
        queries.doubted(user.scope("hotline.write")),
        lambda found: [(str(row), articles.url_of(row), say_now("reported as wrong")) for row in found],
        url=articles.url(),
        tone="warn",
    )


home_panel(
    title=_("Open calls"),
    right="hotline.answer",
    rows=_open_calls,
    icon="phone",
    order=5,
    none=_("No call is open."),
)
home_panel(
    title=_("Follow-up calls due"),
    right="hotline.follow_up",
    rows=_follow_ups_due,
    icon="star",
    order=15,
    none=_("Everybody who was served has been called."),
)
home_panel(
    title=_("Open complaints"),
    right="hotline.escalate",
    rows=_complaints,
    icon="flag",
    order=25,
    none=_("No complaint waits."),
)
home_panel(
    title=_("Consequences to decide"),
    right="hotline.sanction",
    rows=_to_sanction,
    icon="scale",
    order=26,
    none=_("No upheld complaint is waiting for its consequence."),
)
home_panel(
    title=_("Articles to approve"),
    right="hotline.approve",
    rows=_to_approve,
    icon="lifebuoy",
    order=45,
    none=_("No article waits."),
)
home_panel(
    title=_("Articles reported as wrong"),
    right="hotline.write",
    rows=_doubted,
    icon="alert-triangle",
    order=46,
    none=_("No agent has reported an article as wrong."),
)
