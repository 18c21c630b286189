"""A verb: its form, its run, and where it leads."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, gettext_noop

from songhe.core.refusal import Refused
from songhe.engines.acts.api import once
from songhe.engines.acts.once import digest_of
from songhe.kit.clock import now
from songhe.kit.moments import device_moment
from songhe.kit.refusals import problem, said, status_of
from songhe.kit.spec import Record, record_of
from songhe.kit.verbs import Verb, form_class
from songhe.kit.views.common import need, safe_next, the_record, the_row
from songhe.kit.who import who

KEY = "_key"
EACH = "_each"
DEVICE_AT = "_at"
SENT_AT = "_now"
_NOT_CONTENT = ("csrfmiddlewaretoken", KEY, EACH, DEVICE_AT, SENT_AT, "next")
SENT = gettext_noop(
    "This form was sent before with different content, which was saved. Look at the page; send it again to save this as well."
)


def perform(request: HttpRequest, slug: str, verb: str, pk: Any = None) -> HttpResponse:
    """Ask for what the verb needs, then do it once."""
    record = the_record(request, slug)
    found = record.verb(verb)
    if found is None or found.takes(record.model) != (pk is not None):
        raise Http404
    need(request, found.needs)
    row = the_row(request, record, pk, found.needs) if pk is not None else None
    given = dict(found.given(row, who(request))) if found.given else {}
    scope = who(request).scope(found.needs)
    shape = form_class(found, on_row=row is not None, row=row, user=who(request), scope=scope, given=given)
    if request.method != "POST":
        _require_now(found, row, request)
        return _ask(request, record, found, row, shape(initial=_initial(request, found, row)))
    form = shape(request.POST, request.FILES)
    if not form.is_valid():
        return _ask(request, record, found, row, form, status=422)
    try:
        done = _done(request, record, found, row, {**form.cleaned_data, **given})
    except Refused as refusal:
        if status_of(refusal) != 422:
            raise
        if _wants_json(request):
            return JsonResponse(problem(refusal), status=409 if refusal.code == "key_reused" else 422)
        used = refusal.code == "key_reused"
        form.refuse(refusal, gettext(SENT) if used else said(refusal))  # type: ignore[attr-defined]
        return _ask(request, record, found, row, form, status=422, fresh=used)
    return _leave(request, found, done)


@dataclass(frozen=True, slots=True)
class Done:
    """Where to go, and in words what was kept for somebody to decide instead of being done."""

    url: str
    conflict: str = ""


def _done(request: HttpRequest, record: Record, verb: Verb, row: Any, values: dict[str, Any]) -> Done:
    user = who(request)
    content = {name: request.POST.getlist(name) for name in request.POST if name not in _NOT_CONTENT}
    files = [(name, sent.name, sent.size) for name in request.FILES for sent in request.FILES.getlist(name)]
    digest, at = digest_of([request.path, content, files]), now()
    with once(_key(request), actor=user, digest=digest, at=at) as slot:
        if slot.done is not None:
            return Done(str(slot.done["url"]), str(slot.done.get("conflict", "")))
        moment = device_moment(request.POST.get(DEVICE_AT, ""), at, sent=request.POST.get(SENT_AT, ""))
        times = {"device_at": moment.device_at, "phone_at": moment.phone_at}
        words = ""
        if verb.conflict and moment.kept(at) and verb.when and not verb.when(row, user):
            words = str(verb.conflict(row, actor=user, at=at, verb=verb.slug, values=values, **times))
        if words:
            done = Done(safe_next(request) or record.url(), words)
        else:
            _require_now(verb, row, request)
            values |= {name: value for name, value in times.items() if name in verb.accepted}
            kept = {
                name: value for name, value in values.items() if value is not None or _takes_none(verb, name)
            }
            result = verb.action(*([row] if row is not None else []), actor=user, at=at, **kept)
            done = Done(safe_next(request) or _where(request, record, verb, row, result))
        slot.store({"url": done.url, "conflict": done.conflict})
    return done


def _key(request: HttpRequest) -> str:
    """What tells one sending from another: the form's key, and of a form with several buttons which was pressed."""
    key, each = request.POST.get(KEY, ""), request.POST.get(EACH, "")
    return f"{key} {request.POST.get(each, '')}" if key and each else key


def _takes_none(verb: Verb, name: str) -> bool:
    return verb.default_of(name) in (None, inspect.Parameter.empty)


def _require_now(verb: Verb, row: Any, request: HttpRequest) -> None:
    if verb.when and not verb.when(row, who(request)):
        raise Refused(
            "not_now",
            "“{verb}” is not possible in the present state. Go back and look at the page again.",
            verb=verb.label,
        )


def _initial(request: HttpRequest, verb: Verb, row: Any) -> dict[str, Any]:
    values: dict[str, Any] = dict(verb.initial(row, who(request))) if verb.initial else {}
    return values | {name: request.GET[name] for name in request.GET if name in verb.accepted}


def _where(request: HttpRequest, record: Record, verb: Verb, row: Any, result: Any) -> str:
    if verb.then:
        return verb.then(result, row)
    for target in (result, row):
        found = record_of(type(target)) if target is not None else None
        own = record if isinstance(target, record.model) else found
        if own and own.detail and own.visible(who(request)).filter(pk=target.pk).exists():
            return own.url_of(target)
    return record.url()


def _ask(
    request: HttpRequest,
    record: Record,
    verb: Verb,
    row: Any,
    form: forms.Form,
    *,
    status: int = 200,
    fresh: bool = False,
) -> HttpResponse:
    """``fresh``: under a new key, since the one it was sent with stands for something else."""
    if _wants_json(request):
        return JsonResponse({"code": "invalid", "fields": form.errors.get_json_data()}, status=status)
    back = safe_next(request) or (record.url_of(row) if row is not None and record.detail else record.url())
    context = {
        "record": record,
        "offline_page": record.offline if verb.offline else "",
        "verb": verb,
        "ask": verb.asks(row, who(request)),
        "row": row,
        "form": form,
        "action": request.path,
        "key": (not fresh and request.POST.get(KEY)) or uuid4().hex,
        "next": safe_next(request),
        "back": back,
        "multipart": form.is_multipart(),
        "in_dialog": bool(request.headers.get("HX-Request")),
    }
    template = "kit/dialog.html" if context["in_dialog"] else verb.template
    return render(request, template, context, status=status)


def _leave(request: HttpRequest, verb: Verb, done: Done) -> HttpResponse:
    if _wants_json(request):
        return JsonResponse({"url": done.url} | ({"conflict": done.conflict} if done.conflict else {}))
    told = done.conflict or str(verb.done) or gettext("Done: {verb}").format(verb=verb.label)
    messages.add_message(request, messages.WARNING if done.conflict else messages.SUCCESS, told)
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": done.url})
    return redirect(done.url)


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept") == "application/json"
