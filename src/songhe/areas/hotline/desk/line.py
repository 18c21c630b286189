"""The desk and the telephone line: what rings is opened, and whom to call is dialled."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from songhe.areas.hotline import actions
from songhe.areas.hotline.queries.numbers import reached
from songhe.areas.lines import api as lines
from songhe.core.refusal import Refused
from songhe.kit.clock import now
from songhe.kit.refusals import said
from songhe.kit.who import who


@require_http_methods(["GET", "POST"])
def open_line(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The call of a session: opened with its number by the press of the button; what we dialled leads to what it is about."""
    user = who(request)
    found = lines.own_session(pk, user.pk) or lines.session(pk, user.scope("lines.view"))
    if found is None:
        raise Http404
    if found.call_id is not None:
        return redirect("hotline.call", pk=found.call_id)
    if found.for_key:
        return redirect(_about(found.for_key))
    if found.direction == lines.Direction.OUT or found.agent_id not in (None, user.pk):
        return redirect("line-calls.detail", pk=found.id)
    if request.method == "GET":
        return render(
            request, "hotline/line.html", {"page_title": gettext("Call on the line"), "line": found}
        )
    return redirect("hotline.call", pk=actions.open_line(found, actor=user, at=now()).pk)


@require_POST
def dial(request: HttpRequest) -> HttpResponse:
    """Dial somebody from the agent's seat, and go back to where the agent was."""
    user = who(request)
    found = reached(request.POST.get("whom", ""), user)
    if found is None:
        raise Http404
    back = request.POST.get("next", "")
    try:
        lines.dial(
            number=found.number, actor=user, at=now(), for_key=request.POST.get("about", "") or found.key
        )
        messages.success(request, gettext("Dialling {name} from your seat.").format(name=found.name))
    except Refused as refusal:
        messages.error(request, said(refusal))
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return redirect(back if safe else reverse("hotline.desk"))


def _about(key: str) -> str:
    kind, _sign, pk = key.partition(":")
    try:
        row = UUID(pk)
    except ValueError:
        return reverse("hotline.desk")
    if kind == "follow-up":
        return reverse("hotline.ask", args=[row])
    if kind == "call":
        return reverse("hotline.call", args=[row])
    if kind == "alarm":
        return reverse("alarms.detail", args=[row])
    if kind == "caring":
        return f"{reverse('caring.calls')}?call={row}#c{row}"
    return reverse("hotline.desk")
