"""Pages of assessments that the kit does not draw: filling in the form, and reading its answers."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from songhe.areas.assessment import actions, sheet
from songhe.areas.assessment.actions.assessing import CONFLICT
from songhe.areas.assessment.models import EDITABLE, Assessment, Version
from songhe.areas.assessment.queries import versions
from songhe.areas.assessment.queries.papers import may_read
from songhe.areas.assessment.words import say
from songhe.core.decision import Reason
from songhe.core.refusal import Forbidden, Refused
from songhe.core.scoring import Answer, Form, score
from songhe.engines.acts.api import once, record_read
from songhe.engines.acts.once import digest_of
from songhe.engines.forms import api as forms
from songhe.kit.clock import now
from songhe.kit.refusals import problem, said
from songhe.kit.who import who

SECOND = (CONFLICT, "key_reused", "assessment.not_open")
"""Refusals of answers that came second: they are kept beside those that came first."""
NOT_CONTENT = ("csrfmiddlewaretoken", "_key", "_at")


def fill_in(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The form of one assessment on one page; saved for later or handed in, also by a device that was without network."""
    user = who(request)
    row: Assessment = Assessment.objects.take(pk, user.scope("assessment.answer"))
    if row.answers is None or not row.is_assessor(user.pk) or (request.method != "POST" and not is_open(row)):
        raise _not_open()
    if request.method != "POST":
        given = forms.read(row.answers)
        if given:
            record_read("assessment.open_form", row, actor=user, at=now(), purpose="assessment")
        return _sheet(request, row, given, {})
    given, faults = sheet.read(forms.form_of(row.answers.form), request.POST)
    if not faults and "hand_in" in request.POST:
        missing = score(forms.form_of(row.answers.form), given).missing
        faults = dict.fromkeys(missing, sheet.NOT_ANSWERED)
    if faults:
        if wants_json(request):
            return JsonResponse({"code": "invalid", "text": _to_mend(len(faults))}, status=422)
        return _sheet(request, row, given, faults, status=422)
    try:
        url = _sent(request, row, given)
    except Refused as refusal:
        if refusal.code not in SECOND:
            raise
        return _beside(request, row, given, refusal)
    return JsonResponse({"url": url}) if wants_json(request) else redirect(url)


def _sent(request: HttpRequest, row: Assessment, given: Mapping[str, Answer]) -> str:
    """Save or hand in once for each key; returns where to go."""
    user, at = who(request), now()
    content = {name: request.POST.getlist(name) for name in request.POST if name not in NOT_CONTENT}
    digest = digest_of([request.path, content])
    with once(request.POST.get("_key"), actor=user, digest=digest, at=at) as slot:
        if slot.done is not None:
            return str(slot.done["url"])
        base = request.POST.get("base")
        if "hand_in" in request.POST:
            actions.hand_in(row, actor=user, at=at, answers=given, base=base)
            messages.success(request, gettext("Submitted. Both assessors sign next."))
            url = reverse("assessments.detail", args=[row.pk])
        else:
            actions.save_form(row, actor=user, at=at, answers=given, base=base)
            messages.success(request, gettext("Saved. You can go on later."))
            url = reverse("assessment.form", args=[row.pk])
        slot.store({"url": url})
    return url


def _beside(
    request: HttpRequest, row: Assessment, given: Mapping[str, Answer], refusal: Refused
) -> HttpResponse:
    """Keep what came second beside what is there, and show both."""
    if row.answers is None or forms.read(row.answers) == dict(given):
        raise refusal
    version = actions.keep_version(row, actor=who(request), at=now(), answers=given)
    if wants_json(request):
        return JsonResponse(problem(refusal), status=409)
    return _compared(request, row, version, refusal=said(refusal))


def compare(request: HttpRequest, pk: UUID, version: UUID) -> HttpResponse:
    """Two versions of a form side by side; an assessor takes one of them."""
    user = who(request)
    row: Assessment = Assessment.objects.take(pk, user.scope("assessment.answer"))
    other: Version = Version.objects.take(version, user.scope("assessment.answer"))
    if row.answers is None or not row.is_assessor(user.pk) or other.assessment_id != row.pk:
        raise _not_open()
    if request.method == "POST":
        verb = actions.take_version if "take" in request.POST else actions.drop_version
        verb(row, actor=user, at=now(), version=other)
        return redirect(reverse("assessments.detail", args=[row.pk]))
    return _compared(request, row, other)


def _compared(request: HttpRequest, row: Assessment, other: Version, *, refusal: str = "") -> HttpResponse:
    assert row.answers is not None
    record_read("assessment.compare_versions", row, actor=who(request), at=now(), purpose="assessment")
    form, kept, came = forms.form_of(row.answers.form), forms.read(row.answers), versions.plain(other)
    context = {
        "page_title": gettext("Two versions of the form"),
        "assessment": row,
        "other": other,
        "refusal": refusal,
        "lines": [
            (_place(form, code), *(sheet.shown(form, code, given.get(code), say) for given in (kept, came)))
            for code in versions.differing(form, kept, came)
        ],
        "kept_at": row.answers.changed_at,
        "may_take": is_open(row) and other.state == Version.State.WAITING,
        "waiting": other.state == Version.State.WAITING,
        "decide": reverse("assessment.version", args=[row.pk, other.pk]),
        "back": reverse("assessments.detail", args=[row.pk]),
    }
    return render(request, "assessment/versions.html", context, status=422 if refusal else 200)


def is_open(row: Assessment) -> bool:
    """Whether the answers may still change."""
    return row.state in EDITABLE


def wants_json(request: HttpRequest) -> bool:
    """Whether a device sends what it kept while it was without network."""
    return request.headers.get("Accept") == "application/json"


def _to_mend(count: int) -> str:
    return ngettext(
        "{n} question needs another look. Open the form.",
        "{n} questions need another look. Open the form.",
        count,
    ).format(n=count)


def _not_open() -> Refused:
    return Refused(
        "assessment.not_open", "This form is not open for changes. Ask for a correction if it is wrong."
    )


def read_answers(request: HttpRequest, pk: UUID) -> HttpResponse:
    """All answers of one assessment, for its assessors and those who review; each showing is logged."""
    user = who(request)
    row: Assessment = Assessment.objects.take(pk, user.scope("assessment.view"))
    if row.answers is None:
        raise Refused("assessment.no_form", "This assessment has no form yet. Assign assessors first.")
    if not may_read(row, user):
        raise Forbidden(
            "no_right",
            "Your role does not allow this. Ask your administrator for the right “{right}”.",
            right="assessment.review",
        )
    record_read("assessment.read_answers", row, actor=user, at=now(), purpose="review")
    return _drawn(request, row, forms.read(row.answers), {}, "assessment/answers.html")


def _place(form: Form, code: str) -> str:
    question = form.item(code) or form.field(code)
    return say(question.label) if question else gettext("Change of level")


def _sheet(
    request: HttpRequest,
    row: Assessment,
    given: Mapping[str, Answer],
    faults: Mapping[str, Reason],
    *,
    status: int = 200,
) -> HttpResponse:
    return _drawn(request, row, given, faults, "assessment/form.html", status=status)


def _drawn(
    request: HttpRequest,
    row: Assessment,
    given: Mapping[str, Answer],
    faults: Mapping[str, Reason],
    template: str,
    *,
    status: int = 200,
) -> HttpResponse:
    assert row.answers is not None
    form = forms.form_of(row.answers.form)
    sound = {code: answer for code, answer in given.items() if code not in faults}
    result = score(form, sound)
    context = {
        "page_title": say(form.label),
        "assessment": row,
        "form": form,
        "parts": sheet.parts(form, given, result.dimensions, faults=faults, say=say),
        "result": result,
        "faults": len(faults),
        "back": reverse("assessments.detail", args=[row.pk]),
        "offline_page": "/assessments/" if template == "assessment/form.html" else "",
        "base": request.POST.get("base", bytes(row.answers.digest).hex()),
        "key": uuid4().hex,
        "versions": [
            (version, reverse("assessment.version", args=[row.pk, version.pk]))
            for version in versions.waiting(row)
        ],
        "uncertain": [(_place(form, mark.where), say(mark.note)) for mark in form.uncertain],
    }
    return render(request, template, context, status=status)
