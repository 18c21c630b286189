"""The alarm that a call raises, with one press, while the caller is on the line."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from songhe.areas.hotline import actions
from songhe.areas.hotline.actions.alarming import kind_of, told_of
from songhe.areas.hotline.city import branch_of
from songhe.areas.hotline.desk.form import answers_in
from songhe.areas.hotline.desk.parts import someone
from songhe.areas.hotline.models import Call
from songhe.areas.hotline.queries.danger import alarm_of_call
from songhe.core.refusal import Refused
from songhe.kit.clock import now
from songhe.kit.refusals import said
from songhe.kit.who import who


@require_POST
def raise_alarm(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Raise it with what the desk knows by now; pressed twice, it is one alarm. A script takes the part, a form the page."""
    user, at = who(request), now()
    call: Call = Call.objects.take(pk, user.scope("hotline.answer"))
    matter = request.POST.get("matter", "")[:40]
    branch, answers = branch_of(matter), answers_in(request.POST)
    triaged = actions.triage(branch.triage, answers, at=at) if branch and branch.triage and answers else None
    error = ""
    if call.alarm_id is None:
        try:
            words = told_of(matter, triaged, request.POST.get("note", ""))
            person = someone(request.POST.get("person", ""), user)
            actions.raise_alarm(call, actor=user, at=at, kind=kind_of(matter), person=person, words=words)
        except Refused as refusal:
            error = said(refusal)
    if request.headers.get("HX-Request"):
        return render(request, "hotline/alarm.html", shown(call, user) | {"error": error})
    if error:
        messages.error(request, error)
    else:
        messages.success(request, gettext("The alarm is ringing for every agent. Stay on the line."))
    return redirect("hotline.call", pk=call.pk)


def shown(call: Call, user: Any) -> dict[str, Any]:
    """The alarm of a call for the page."""
    return {"call": call, "danger": alarm_of_call(call, user)}
