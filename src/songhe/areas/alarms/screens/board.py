"""The board of open alarms, the wall, and what their pages send back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from songhe.areas.alarms import actions
from songhe.areas.alarms.actions.common import TOPIC
from songhe.areas.alarms.limits import terms
from songhe.areas.alarms.models import AlarmState
from songhe.areas.alarms.queries.board import board
from songhe.areas.providers.api import said
from songhe.engines.live.api import newest
from songhe.kit.clock import now
from songhe.kit.pages import NavItem, live_topic, page
from songhe.kit.who import who

live_topic(TOPIC, right="alarms.view")


def _shown(request: HttpRequest, *, wall: bool = False) -> Mapping[str, Any]:
    user, at = who(request), now()
    scope = user.scope("alarms.view")
    last = newest(TOPIC, scope)  # read before the rows: what comes in between is told twice rather than never
    found = board(scope, at=at)
    return {
        "board": found,
        "last": last,
        "kinds": {code: said(one.label) for code, one in terms().kinds.items()},
        "states": {state.value: str(state.label) for state in AlarmState},
        "rungs": [{"loud": one.loud, "label": said(one.label)} for one in terms().clock.ring],
        "from_rung": 0 if wall or user.may("alarms.answer") else 2,
        "may_take": user.may("alarms.answer") and not wall,
        "me": str(user.pk),
        "wall": wall,
        "at": at,
    }


def lines(request: HttpRequest) -> HttpResponse:
    """The lines of the board or the wall alone, for pages that bring themselves up to date."""
    return render(
        request, "alarms/lines.html", {**_shown(request, wall="wall" in request.GET), "page_title": ""}
    )


@require_POST
def here(request: HttpRequest) -> JsonResponse:
    """A sign of an open page: its agent is there, and these alarms are on screen."""
    user, at = who(request), now()
    keys = [UUID(text) for text in request.POST.get("shown", "").split(",")[:200] if _is_key(text)]
    if keys:
        actions.shown(keys, scope=user.scope("alarms.view"), at=at)
    held = actions.present(user, at=at) if user.may("alarms.answer") else 0
    return JsonResponse({"held": held})


def _is_key(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


page(
    "alarms.board",
    path="alarms/board/",
    title=_("Live alarms"),
    right="alarms.view",
    template="alarms/board.html",
    context=_shown,
    nav=NavItem("today", "alert-triangle", 10),
)
page(
    "alarms.wall",
    path="alarms/wall/",
    title=_("Alarm wallboard"),
    right="alarms.view",
    template="alarms/wall.html",
    context=lambda request: _shown(request, wall=True),
)
page("alarms.lines", path="alarms/lines/", title=_("Live alarms"), right="alarms.view", view=lines)
page("alarms.here", path="alarms/here/", title=_("Live alarms"), right="alarms.view", view=here)
