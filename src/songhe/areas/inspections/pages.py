"""The checklist on the phone: filled in bit by bit, finished on the spot."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from songhe.areas.inspections import actions, sheet
from songhe.areas.inspections.limits import say, terms
from songhe.areas.inspections.models import Inspection, State
from songhe.core.decision import Reason
from songhe.core.refusal import Forbidden, Hidden, Refused
from songhe.core.scoring import Answer, score
from songhe.engines.acts.api import once
from songhe.engines.acts.once import digest_of
from songhe.kit.clock import now
from songhe.kit.refusals import said
from songhe.kit.who import who

NOT_ANSWERED = Reason("Not answered yet.")


def checklist(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The checklist of one check on one page, for its two officers."""
    user = who(request)
    row: Inspection = Inspection.objects.take(pk, user.scope("inspections.check"))
    if not row.is_officer(user.pk):
        raise Forbidden(
            "not_officer", "Only the officers selected for this check may do this. Ask one of them."
        )
    if row.state != State.DRAWN:
        return redirect(reverse("inspections.detail", args=[row.pk]))
    if request.method != "POST":
        return _page(request, row, sheet.given(row))
    form = sheet.form_of(row)
    answers, notes, photos, faults = sheet.read(form, request)
    if not faults and "finish" in request.POST:
        faults = dict.fromkeys(score(form, answers).missing, NOT_ANSWERED)
    if faults:
        return _page(request, row, answers, faults=faults, notes=notes, status=422)
    content = {
        name: request.POST.getlist(name)
        for name in request.POST
        if name not in ("csrfmiddlewaretoken", "_key")
    }
    files = [(code, file.name, file.size) for code, file in photos]
    at = now()
    try:
        with once(
            request.POST.get("_key"), actor=user, digest=digest_of([request.path, content, files]), at=at
        ) as slot:
            if slot.done is None:
                actions.fill_checklist(row, actor=user, at=at, answers=answers, notes=notes, photos=photos)
                if "finish" in request.POST:
                    actions.finish_check(row, actor=user, at=at, words=request.POST.get("words", ""))
                slot.store({"url": _next(request, row)})
    except Hidden:
        raise
    except Refused as refusal:
        return _page(request, row, answers, notes=notes, status=422, refusal=said(refusal))
    messages.success(
        request,
        gettext("Finished. The facility sees the result now.")
        if "finish" in request.POST
        else gettext("Saved. You can go on later."),
    )
    return redirect(_next(request, row))


def _next(request: HttpRequest, row: Inspection) -> str:
    if "finish" in request.POST:
        return reverse("inspections.detail", args=[row.pk])
    return reverse("inspections.checklist", args=[row.pk])


def _page(
    request: HttpRequest,
    row: Inspection,
    answers: Mapping[str, Answer],
    *,
    faults: Mapping[str, Reason] | None = None,
    notes: Mapping[str, str] | None = None,
    status: int = 200,
    refusal: str = "",
) -> HttpResponse:
    form = sheet.form_of(row)
    scope = who(request).scope("inspections.check")
    context = {
        "page_title": gettext("Checklist"),
        "row": row,
        "back": reverse("inspections.detail", args=[row.pk]),
        "parts": sheet.parts(row, form, answers, scope=scope, faults=faults, notes=notes),
        "key": uuid4().hex,
        "words": request.POST.get("words", row.words),
        "done": len(answers),
        "all": len(form.items),
        "faults": [
            (code, str(gettext(why.text)).format(**why.values)) for code, why in (faults or {}).items()
        ],
        "refusal": refusal,
        "uncertain": [say(one.note) for one in form.uncertain],
        "assumed": say(assumed) if (assumed := terms().assumed) else "",
    }
    return render(request, "inspections/checklist.html", context, status=status)
