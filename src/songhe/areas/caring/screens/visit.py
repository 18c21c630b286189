"""The report of a visit on the phone, kept without network and sent later, each once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.caring import actions
from songhe.areas.caring.limits import need_choices, sign_choices, terms
from songhe.areas.caring.models import OPEN, Caring, Outcome
from songhe.areas.caring.queries import lists
from songhe.areas.caring.rules import Way
from songhe.areas.caring.screens.common import group_tone
from songhe.areas.grid.api import Helper, Task, helps_today
from songhe.areas.providers.api import said as worded
from songhe.areas.registry.api import Person, secrets_of
from songhe.core.refusal import Hidden, Refused
from songhe.core.scoring import Form, problems, score
from songhe.core.sources import DataError
from songhe.engines.access.api import elevated
from songhe.engines.acts.api import once, record_read
from songhe.engines.acts.models import Act
from songhe.engines.acts.once import digest_of
from songhe.engines.forms import api as forms
from songhe.engines.regions.tree import full_name
from songhe.kit.clock import now
from songhe.kit.moments import device_moment
from songhe.kit.pages import page
from songhe.kit.refusals import problem, said, status_of
from songhe.kit.who import who
from songhe.kit.words import moment

READ = "caring.read_address"
NOT_CONTENT = ("csrfmiddlewaretoken", "_key", "_at", "_now")


def report(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The form of one visit, for whoever goes and for the office."""
    user = who(request)
    row: Caring = Caring.objects.take(pk, user.scope("caring.visit"))
    if row.way != Way.VISIT:
        raise Hidden(
            "not_found", "There is no such {what} in your area. Check the address.", what=gettext("visit")
        )
    if row.state not in OPEN and request.method != "POST":
        return redirect(reverse("grid.mine"))
    form = _form()
    if request.method != "POST":
        return _page(request, row, form)
    given = {
        item.code: str(request.POST[f"q-{item.code}"])
        for item in form.items
        if request.POST.get(f"q-{item.code}")
    }
    try:
        _sent(request, row, form, given)
    except Hidden:
        raise
    except Refused as refusal:
        if request.headers.get("Accept") == "application/json":
            return JsonResponse(
                problem(refusal), status=409 if refusal.code == "key_reused" else status_of(refusal)
            )
        return _page(request, row, form, given=given, refusal=said(refusal), status=422)
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"url": reverse("grid.mine")})
    messages.success(request, gettext("Reported. Thank you."))
    return redirect(reverse("grid.mine"))


def _sent(request: HttpRequest, row: Caring, form: Form, given: Mapping[str, str]) -> None:
    """Report once for each key."""
    user, at, post = who(request), now(), request.POST
    content = {name: post.getlist(name) for name in post if name not in NOT_CONTENT}
    files = [(name, sent.name, sent.size) for name in request.FILES for sent in request.FILES.getlist(name)]
    with once(post.get("_key"), actor=user, digest=digest_of([request.path, content, files]), at=at) as slot:
        if slot.done is not None:
            return
        outcome = _outcome(post.get("outcome", ""))
        if outcome in (Outcome.FINE, Outcome.NEEDS):
            _complete(form, given)
        actions.report_visit(
            row, actor=user, at=at, outcome=outcome, answers=given, needs=post.getlist("needs"), signs=post.getlist("signs"),
            words=post.get("words", ""), back=_day(post.get("back", "")), photo=request.FILES.get("photo"),
            device_at=device_moment(post.get("_at", ""), at, sent=post.get("_now", "")).device_at,
        )  # fmt: skip
        slot.store({"done": True})


def _outcome(code: str) -> Outcome:
    if code not in Outcome.values:
        raise Refused("outcome", "Choose the outcome of the visit.", field="outcome")
    return Outcome(code)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text.strip() else None
    except ValueError:
        raise Refused("day", "This is not a date. Write it like 2026-01-31.", field="back") from None


def _complete(form: Form, given: Mapping[str, str]) -> None:
    """Refuse answers that are wrong or missing."""
    left = len(problems(form, given)) or len(score(form, given).missing)
    if left:
        words = ngettext("{n} question is not answered yet.", "{n} questions are not answered yet.", left)
        raise Refused("answers", words, field="answers", n=left)


def _form() -> Form:
    at = now()
    try:
        return forms.form_of(forms.current(terms().form, on=timezone.localdate(at), at=at))
    except DataError as fault:  # a city's own form that is broken is said, not hidden
        raise Refused("form", "The visit form is invalid: {why}", why=str(fault)) from fault


def _page(
    request: HttpRequest, row: Caring, form: Form, *, given: Mapping[str, str] | None = None, refusal: str = "", status: int = 200
) -> HttpResponse:  # fmt: skip
    person = _person(row, who(request), now())
    secrets = secrets_of(person)
    answers, post = given or {}, request.POST
    context = {
        "page_title": person.name,
        "row": row,
        "person": person,
        "age": person.age_on(timezone.localdate(now())),
        "tone": group_tone(row.group),
        "phone": secrets.phone,
        "address": secrets.address,
        "place": full_name(row.region_id, below=3),
        "outcomes": [(code, words, code == post.get("outcome", "")) for code, words in Outcome.choices],
        "needs": [(code, words, code in post.getlist("needs")) for code, words in need_choices()],
        "signs": [(code, words, code in post.getlist("signs")) for code, words in sign_choices()],
        "items": [
            (
                item.code,
                worded(item.label),
                [(one.key, worded(one.label), answers.get(item.code) == one.key) for one in item.options],
            )
            for item in form.items
        ],
        "words": post.get("words", ""),
        "uncertain": [worded(one.note) for one in form.uncertain][:1],
        "refusal": refusal,
        "key": uuid4().hex,
        "offline_page": "/my-elders/",
    }
    return render(request, "caring/visit.html", context, status=status)


def _person(row: Caring, user: Any, at: datetime) -> Person:
    """The person visited; showing address and telephone is logged once a day."""
    with elevated():  # whoever is sent to a person sees where to go
        person: Person = Person.everywhere.get(pk=row.person_id)
        start = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
        if not Act.objects.filter(verb=READ, actor_id=user.pk, subject_id=row.pk, at__gte=start).exists():
            record_read(READ, row, actor=user, at=at, purpose="visit")
    return person


@helps_today
def due_now(helper: Helper, at: datetime) -> list[Task]:
    """The visits of a helper on the telephone page."""
    return [
        Task(
            row.person_id, gettext("Friendly visit"),
            gettext("until {time}").format(time=moment(row.due_at)) if row.due_at > at else gettext("overdue since {time}").format(time=moment(row.due_at)),
            reverse("caring.visit", args=[row.pk]), "danger" if row.due_at < at else group_tone(row.group),
        )
        for row in lists.to_visit(helper, at)
    ]  # fmt: skip


visit = page(
    "caring.visit",
    path="my-elders/visit/<uuid:pk>/",
    title=_("Friendly visit"),
    right="caring.visit",
    view=report,
    offline="/my-elders/",
)
