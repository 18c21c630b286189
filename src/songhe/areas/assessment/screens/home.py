"""What waits on the home page."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.assessment.models import Assessment, State
from songhe.areas.assessment.queries import results
from songhe.engines.access.api import Scope
from songhe.kit.pages import HomeList, home_panel, waiting


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
    return _waiting(results.to_do(scope, user.pk), reverse("assessments.list"), at)


def _to_assign(user: Any, scope: Scope, at: datetime) -> HomeList:
    return _waiting(
        results.waiting(scope, State.REQUESTED), reverse("assessments.list") + "?state=requested", at
    )


def _to_confirm(user: Any, scope: Scope, at: datetime) -> HomeList:
    return _waiting(results.waiting(scope, State.SIGNED), reverse("assessments.list") + "?state=signed", at)


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


def _to_deliver(user: Any, scope: Scope, at: datetime) -> HomeList:
    url = reverse("assessments.list") + "?state=approved"
    return _waiting(results.waiting(user.scope("assessment.deliver"), State.APPROVED), url, at)


home_panel(
    title=_("Results to deliver"),
    right="assessment.deliver",
    rows=_to_deliver,
    order=40,
    none=_("Every confirmed result is delivered."),
)


def _came_back(user: Any, scope: Scope, at: datetime) -> HomeList:
    rows = results.waiting(user.scope("assessment.request"), State.RETURNED)
    return _waiting(rows.filter(requested_by_id=user.pk), reverse("assessments.list") + "?state=returned", at)


home_panel(
    title=_("Returned requests"),
    right="assessment.request",
    rows=_came_back,
    order=15,
    none=_("Everybody you asked for could be assessed."),
)
