"""The desk and the telephone lines: a session is opened as a call of the desk, and shifts hand over what the desk leaves."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from songhe.areas.hotline import actions, queries
from songhe.areas.hotline.models import Call, Channel
from songhe.areas.lines.api import OnLine, left_open, link, opener, session
from songhe.areas.visits.api import OPEN_STATES, Order
from songhe.core.labels import Label
from songhe.core.refusal import Hidden
from songhe.engines.access.api import Scope, User
from songhe.kit.clock import now
from songhe.kit.who import who


@opener
def address(session_id: UUID) -> str:
    """Where a session is opened."""
    return reverse("hotline.line", args=[session_id])


def open_line(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Open a session at the desk: its call where there is one, else a new one."""
    user, at = who(request), now()
    found = session(pk, user.scope("hotline.answer"))
    if found is None:
        raise Hidden(
            "not_found",
            "There is no such {what} in your area. Check the address.",
            what=gettext("Call on the line"),
        )
    known: Call | None = Call.everywhere.filter(line_id=pk).first()
    if known is None and request.method == "POST":
        known = _opened(found, user, at)
    if known is not None:
        return redirect("hotline.call", pk=known.pk)
    return render(request, "hotline/line.html", {"page_title": gettext("Call on the line"), "line": found})


def _opened(found: OnLine, user: User, at: datetime) -> Call:
    channel = Channel.TEXT if found.media == "text" else Channel.PHONE
    number = found.number if found.number_masked and found.number[:1].isdigit() else ""
    call: Call = actions.answer(actor=user, at=at, number=number, channel=channel, line_id=found.id)
    link(found.id, call.pk, at=at)
    return call


@left_open("20.calls", Label("Calls of the desk not closed", "未结来电"))
def _calls(scope: Scope, at: datetime) -> int:
    return Call.objects.within(scope).filter(ended_at=None).count()


@left_open("30.orders", Label("Open orders", "未完工单"))
def _orders(scope: Scope, at: datetime) -> int:
    return Order.objects.within(scope).filter(state__in=OPEN_STATES).count()


@left_open("40.complaints", Label("Open complaints", "未结投诉"))
def _complaints(scope: Scope, at: datetime) -> int:
    return queries.open_complaints(scope).count()


@left_open("50.follow_ups", Label("Follow-up calls due", "待回访"))
def _follow_ups(scope: Scope, at: datetime) -> int:
    return queries.due_now(scope, at).count()
