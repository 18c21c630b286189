"""Pages of assessments that the kit does not draw: filling in the form, and reading its answers."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from songhe.areas.assessment import actions, sheet
from songhe.areas.assessment.models import EDITABLE, Assessment
from songhe.areas.assessment.queries.papers import may_read
from songhe.areas.assessment.words import say
from songhe.core.decision import Reason
from songhe.core.refusal import Forbidden, Refused
from songhe.core.scoring import Answer, Form, score
from songhe.engines.acts.api import record_read
from songhe.engines.forms import api as forms
from songhe.kit.clock import now
from songhe.kit.who import who


def fill_in(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The form of one assessment on one page; saved for later or handed in."""
    user = who(request)
    row: Assessment = Assessment.objects.take(pk, user.scope("assessment.answer"))
    if row.answers is None or row.state not in EDITABLE or not row.is_assessor(user.pk):
        raise Refused(
            "assessment.not_open", "This form is not open for changes. Ask for a correction if it is wrong."
        )
    if request.method != "POST":
        given = forms.read(row.answers)
        if given:
            record_read("assessment.open_form", row, actor=user, at=now(), purpose="assessment")
        return _sheet(request, row, given, {})
    given, faults = sheet.read(forms.form_of(row.answers.form), request.POST)
    if faults:
        return _sheet(request, row, given, faults, status=422)
    if "hand_in" not in request.POST:
        actions.save_form(row, actor=user, at=now(), answers=given)
        messages.success(request, gettext("Saved. You can go on later."))
        return redirect("assessment.form", pk=row.pk)
    missing = score(forms.form_of(row.answers.form), given).missing
    if missing:
        return _sheet(request, row, given, dict.fromkeys(missing, sheet.NOT_ANSWERED), status=422)
    actions.hand_in(row, actor=user, at=now(), answers=given)
    messages.success(request, gettext("Handed in. Both assessors sign next."))
    return redirect(reverse("assessments.detail", args=[row.pk]))


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
    item = form.item(code)
    return say(item.label) if item else gettext("Change of level")


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
        "uncertain": [(_place(form, mark.where), say(mark.note)) for mark in form.uncertain],
    }
    return render(request, template, context, status=status)
