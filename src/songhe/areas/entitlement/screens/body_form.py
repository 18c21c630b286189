"""The form of an application of a facility or organisation, made from the facts that the policy asks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.entitlement import actions, words
from songhe.areas.entitlement.queries import bodies as queries
from songhe.areas.entitlement.queries.benefits import Benefit
from songhe.areas.entitlement.queries.bodies import Body
from songhe.areas.entitlement.rules.bodies import asked
from songhe.areas.entitlement.screens.common import say
from songhe.core.refusal import Refused
from songhe.core.rules.document import Fact
from songhe.engines.acts.api import once
from songhe.engines.acts.once import digest_of
from songhe.kit.clock import now, today
from songhe.kit.fields import YuanField
from songhe.kit.pages import NavItem, page
from songhe.kit.refusals import said, status_of
from songhe.kit.verbs import VerbForm
from songhe.kit.who import who

FACT = "fact_"
NOT_TOLD = ("csrfmiddlewaretoken", "_key")


def field_of(fact: Fact) -> forms.Field:
    """The form field of one fact, by its kind, unit and bounds."""
    shared: dict[str, Any] = {
        "label": say(fact.label),
        "help_text": gettext("Supporting document: {paper}").format(paper=say(fact.bring)),
    }
    if fact.kind == "yes_no":
        return forms.TypedChoiceField(
            choices=[("yes", _("Yes")), ("no", _("No"))],
            coerce=lambda value: value == "yes",
            widget=forms.RadioSelect,
            empty_value=None,
            **shared,
        )
    if fact.kind == "date":
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        return forms.DateField(widget=widget, **shared)
    if fact.kind == "text":
        return forms.CharField(max_length=200, **shared)
    if fact.unit == "fen":
        text = forms.TextInput(attrs={"inputmode": "decimal", "class": "amount"})
        return YuanField(least=fact.least, most=fact.most, widget=text, **shared)
    return forms.IntegerField(min_value=fact.least, max_value=fact.most, **shared)


def shape_of(body: Body, benefit: Benefit) -> type[VerbForm]:
    """The form for one applicant and benefit: a field for each fact that the register does not know, and a note."""
    fields: dict[str, Any] = {
        f"{FACT}{fact.code}": field_of(fact) for fact in queries.facts_asked(body, benefit, today())
    }
    fields["note"] = forms.CharField(
        label=_("Note"), required=False, max_length=400, widget=forms.Textarea(attrs={"rows": 3})
    )
    return type("BodyForm", (VerbForm,), fields)


def known_lines(body: Body, benefit: Benefit) -> list[dict[str, str]]:
    """What the register knows of the facts that are asked, as the form shows it."""
    known = queries.facts_known(body, benefit, today())
    return [
        {"name": say(fact.label), "value": words.shown(known[fact.code], fact.unit)}
        for fact in asked(benefit.document, benefit.rule)
        if fact.code in known
    ]


def apply_page(request: HttpRequest) -> HttpResponse:
    """First who applies and for what, then the facts."""
    user = who(request)
    scope = user.scope(queries.CLAIM)
    chosen = request.GET.get("body", "")
    if not chosen:
        return _draw(request, {"bodies": queries.bodies(user)})
    body = queries.the_body(chosen, scope)
    context: dict[str, Any] = {"body": body}
    if not request.GET.get("benefit"):
        found = queries.body_benefits(body.kind, body.region_id, today())
        return _draw(
            request, context | {"benefits": [(one.code, one.name, str(one.version)) for one in found]}
        )
    try:
        benefit = queries.the_body_benefit(request.GET["benefit"], body, today())
    except Refused as refused:
        return _draw(request, context | {"benefits": [], "refusal": said(refused)}, status=422)
    context |= {"benefit": benefit, "known": known_lines(body, benefit)}
    form = shape_of(body, benefit)(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(_applied(request, body, benefit, form.cleaned_data))
        except Refused as refusal:
            if status_of(refusal) != 422:
                raise
            form.refuse(refusal, said(refusal))
    status = 422 if request.method == "POST" else 200
    return _draw(
        request, context | {"form": form, "key": request.POST.get("_key") or uuid4().hex}, status=status
    )


def _applied(request: HttpRequest, body: Body, benefit: Benefit, cleaned: Mapping[str, Any]) -> str:
    user, at = who(request), now()
    told = {name.removeprefix(FACT): value for name, value in cleaned.items() if name.startswith(FACT)}
    content = {name: request.POST.getlist(name) for name in request.POST if name not in NOT_TOLD}
    digest = digest_of([request.get_full_path(), content])
    with once(request.POST.get("_key"), actor=user, digest=digest, at=at) as slot:
        if slot.done is not None:
            return str(slot.done["url"])
        made = actions.apply_for_body(
            actor=user, at=at, body=body.key, benefit=benefit.code, told=told, note=cleaned["note"]
        )
        url = reverse("body-applications.detail", args=[made.pk])
        slot.store({"url": url})
    messages.success(request, gettext("Application {number} is filed.").format(number=made.number))
    return url


def _draw(request: HttpRequest, context: Mapping[str, Any], *, status: int = 200) -> HttpResponse:
    shared = {
        "page_title": gettext("Apply for a facility or organisation"),
        "action": request.get_full_path(),
    }
    return render(request, "entitlement/body_apply.html", {**shared, **context}, status=status)


page(
    "entitlement.body_apply",
    path="body-applications/apply/",
    title=_("Apply for a facility or organisation"),
    right=queries.CLAIM,
    view=apply_page,
    nav=NavItem("benefits", "plus", 11, label=_("Apply for a facility or organisation")),
)
