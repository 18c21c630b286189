"""Diseases and medicines for whoever handles an alarm: asked for with a purpose, shown once, logged."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from songhe.areas.alarms import actions
from songhe.areas.alarms.models import Alarm
from songhe.core.refusal import Refused
from songhe.kit.clock import now
from songhe.kit.history import LABELS
from songhe.kit.pages import page
from songhe.kit.refusals import said
from songhe.kit.who import who

TITLE = _("Diseases and medicines")
LABELS["alarms.open_health"] = _("Viewed diseases and medicines")


def _health(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask for the purpose, log it, and show the answers once."""
    user = who(request)
    row = Alarm.objects.take(pk, user.scope("alarms.answer"))
    context: dict[str, Any] = {"row": row, "page_title": TITLE, "asked": f"{row.number} · {row.kind_label}"}
    status = 200
    if request.method == "POST":
        try:
            purpose = request.POST.get("purpose", "")
            context["health"] = actions.open_health(row, actor=user, at=now(), purpose=purpose)
        except Refused as refused:
            context["fault"], status = said(refused), 422
    return render(request, "alarms/health.html", context, status=status)


page("alarms.health", path="alarms/<uuid:pk>/health/", title=TITLE, right="alarms.answer", view=_health)
