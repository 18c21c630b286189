"""Trying and making changes of a draft from the board: by form without script, as JSON with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.providers.api import Worker
from songhe.areas.roster import actions
from songhe.areas.roster.editing import Against, Tried, try_move
from songhe.areas.roster.models import Pinned, Roster, RosterLine
from songhe.areas.roster.screens import desk
from songhe.areas.roster.screens.words import price, rule_said
from songhe.core.refusal import Hidden, Refused
from songhe.engines.acts.api import once
from songhe.engines.acts.once import digest_of
from songhe.kit.clock import now
from songhe.kit.pages import page
from songhe.kit.refusals import problem, said, status_of
from songhe.kit.who import who


def key_of(text: str | None) -> UUID | None:
    """A key as an address or form sends it; None where it is none."""
    try:
        return UUID(text or "")
    except ValueError:
        return None


def _moment(text: str | None) -> datetime | None:
    """A moment as a form sends it; None where it is none."""
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return (timezone.make_aware(found) if found.tzinfo is None else found).replace(second=0, microsecond=0)


def roster_of(request: HttpRequest, pk: UUID) -> Roster:
    """The roster, if the reader plans it."""
    found: Roster = Roster.objects.take(pk, who(request).scope("roster.plan"))
    return found


def trying(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What a change would do: whether it can be, what it costs, whom else it moves. Nothing is written."""
    roster = roster_of(request, pk)
    key = key_of(request.GET.get("line"))
    line = RosterLine.everywhere.filter(roster=roster, pk=key).first() if key else None
    if line is None:
        raise Http404
    at = now()
    try:
        found = try_move(
            desk.draft(roster, at), line, key_of(request.GET.get("worker")), _moment(request.GET.get("at"))
        )
    except Refused as refusal:
        return JsonResponse({"fits": False, "text": said(refusal)})
    return JsonResponse(_answer(found))


def _answer(found: Tried | Against) -> dict[str, Any]:
    if isinstance(found, Against):
        return {"fits": False, "text": rule_said(found.reason.rule if found.reason else "time")}
    local = timezone.localtime(found.starts_at)
    others = sum(change.visit != "" for change in found.changes) - 1
    text = gettext("{time}: {price}") if found.exact else gettext("not then, but at {time}: {price}")
    words = [text.format(time=f"{local:%H:%M}", price=price(found.cost))]
    if others > 0:
        words.append(gettext("moves {n} others").format(n=others))
    return {
        "fits": True,
        "at": local.isoformat(),
        "cost": found.cost,
        "exact": found.exact,
        "text": ", ".join(words),
    }


def changing(request: HttpRequest, pk: UUID, what: str) -> HttpResponse:
    """Make a change of a draft."""
    roster = roster_of(request, pk)
    if request.method != "POST" or what not in CHANGES:
        raise Http404
    user, at = who(request), now()
    content = {name: request.POST.getlist(name) for name in request.POST if name != "csrfmiddlewaretoken"}
    try:
        with once(
            request.POST.get("_key"), actor=user, digest=digest_of([request.path, content]), at=at
        ) as slot:
            text = slot.done["text"] if slot.done else CHANGES[what](roster, request, at)
            slot.store({"text": text})
    except Refused as refusal:
        return refused(request, pk, refusal)
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"text": text})
    messages.success(request, text)
    return redirect(_back(request, pk))


def refused(request: HttpRequest, pk: UUID, refusal: Refused) -> HttpResponse:
    """The board with what stood in the way, or the same as JSON."""
    if request.headers.get("Accept") == "application/json":
        return JsonResponse(problem(refusal), status=status_of(refusal))
    messages.error(request, said(refusal))
    return redirect(_back(request, pk))


def _back(request: HttpRequest, pk: UUID) -> str:
    wanted = {name: request.POST[name] for name in ("line", "day") if request.POST.get(name)}
    return f"{reverse('roster.board', args=[pk])}?{urlencode(wanted)}"


def _move(roster: Roster, request: HttpRequest, at: datetime) -> str:
    revision = request.POST.get("revision", "")
    found = actions.move_line(
        roster,
        actor=who(request),
        at=at,
        line=_line(request),
        worker=key_of(request.POST.get("worker")),
        starts_at=_moment(request.POST.get("at")),
        revision=int(revision) if revision.isascii() and revision.isdecimal() and len(revision) < 9 else None,
    )
    return str(_answer(found)["text"])


def _out(roster: Roster, request: HttpRequest, at: datetime) -> str:
    actions.take_out(roster, actor=who(request), at=at, line=_line(request))
    return gettext("Taken out of the plan.")


def _pin(roster: Roster, request: HttpRequest, at: datetime) -> str:
    wanted = request.POST.get("pinned", "")
    if wanted not in Pinned.values:
        raise Refused("no_pin", "Choose what to pin.")
    actions.pin_line(roster, actor=who(request), at=at, line=_line(request), pinned=Pinned(wanted))
    return gettext("Pinned.") if wanted else gettext("Unpinned.")


def _line(request: HttpRequest) -> UUID:
    found = key_of(request.POST.get("line"))
    if found is None:
        raise Refused("no_line", "There is no such visit in this plan. Look at it again.")
    return found


CHANGES: dict[str, Callable[[Roster, HttpRequest, datetime], str]] = {"move": _move, "out": _out, "pin": _pin}


def ill(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A worker is ill: one press enters it and proposes who goes instead."""
    if request.method != "POST":
        raise Http404
    roster, user, at = roster_of(request, pk), who(request), now()
    key = request.POST.get("worker")
    try:
        with once(request.POST.get("_key"), actor=user, digest=digest_of([request.path, key]), at=at) as slot:
            if slot.done is None:
                worker = Worker.objects.take(key_of(key), user.scope("roster.plan"))
                fresh = actions.replace_ill(roster, actor=user, at=at, worker=worker)
                slot.store({"roster": str(fresh.pk)})
            found = (slot.done or slot.result)["roster"]
    except Hidden:
        raise
    except Refused as refusal:
        return refused(request, pk, refusal)
    return redirect("roster.board", pk=found)


page("roster.try", path="planner/<uuid:pk>/try/", title=_("Try"), right="roster.plan", view=trying)
page("roster.ill", path="planner/<uuid:pk>/ill/", title=_("Sick"), right="roster.plan", view=ill)
page(
    "roster.change",
    path="planner/<uuid:pk>/change/<slug:what>/",
    title=_("Change"),
    right="roster.plan",
    view=changing,
)
