"""Parts of the desk that are read again while somebody types: services, the price, the triage, articles, and the savings."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from songhe.areas.hotline import actions, queries
from songhe.areas.hotline.city import branch_of, services, tree
from songhe.areas.hotline.models import Article, Call
from songhe.areas.hotline.rules.windows import REPEATS, repeat_of, window_of
from songhe.areas.providers.api import Item, catalogue, said, skill_name
from songhe.areas.registry.api import Person
from songhe.core.refusal import Refused
from songhe.kit.clock import now
from songhe.kit.refusals import problem, status_of
from songhe.kit.who import who
from songhe.kit.words import spent, yuan

BODY_MAX = 60_000


@require_GET
def service_list(request: HttpRequest) -> HttpResponse:
    """Services that somebody's words find, or those of a branch of the tree."""
    words = request.GET.get("q", "")[:80]
    branch = branch_of(request.GET.get("matter", ""))
    found = services(words) if words.strip() else _of_branch(branch.items, branch.help) if branch else []
    own = set(queries.favourites(who(request).pk))
    rows = [_service(item) | {"favourite": item.code in own} for item in found]
    return JsonResponse({"rows": rows})


def _of_branch(codes: tuple[str, ...], help_: str) -> list[Item]:
    items = catalogue().items
    first = [items[code] for code in codes]
    return [
        *first,
        *(item for item in items.values() if help_ and item.help == help_ and item.code not in codes),
    ][:16]


def _service(item: Item) -> dict[str, Any]:
    known = catalogue()
    helped = known.helps.get(item.help)
    return {
        "code": item.code, "name": said(item.label), "help": said(helped.label) if helped else "",
        "unit": said(known.units[item.unit]), "price": yuan(item.fen) if item.fen is not None else "",
        "minutes": spent(item.minutes), "skills": sorted(skill_name(code) for code in item.skills),
        "standard": said(helped.standard) if helped else "", "assumed": known.assumed,
    }  # fmt: skip


@require_GET
def price(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What the chosen service costs and who pays, before anything is confirmed."""
    user, at = who(request), now()
    Call.objects.take(pk, user.scope("hotline.answer"))
    person = someone(request.GET.get("person", ""), user)
    when = window_of(request.GET.get("window", ""), timezone.localtime(at))
    day = timezone.localdate(when.since if when else at)
    repeat = repeat_of(request.GET.get("repeat", ""))
    times = int(REPEATS[request.GET["repeat"]].rpartition("=")[2]) if repeat else 1
    organisation = _uuid(request.GET.get("organisation", ""))
    try:
        found = queries.priced(
            person, request.GET.get("item", "")[:12], day, organisation=organisation, times=times
        )
    except Refused:
        return HttpResponse("")
    context = {"priced": found, "times": times, "person": person, "service": _service(found.item)}
    return render(request, "hotline/price.html", context)


@require_GET
def triage_part(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The questions of a branch, and what the answers so far lead to."""
    call: Call = Call.objects.take(pk, who(request).scope("hotline.answer"))
    answers = {
        name: str(words)
        for name, words in request.GET.items()
        if name not in ("matter", "csrfmiddlewaretoken")
    }
    shown = triage_shown(
        request.GET.get("matter", ""), {n.removeprefix("triage_"): w for n, w in answers.items()}, now()
    )
    return render(request, "hotline/triage.html", shown | {"triage_prefix": "triage_", "call": call})


def triage_shown(matter: str, answers: dict[str, str], at: datetime) -> dict[str, Any]:
    """The questions, and the result with its reasons and what to do now."""
    branch = branch_of(matter)
    if branch is None:
        return {"branch": None, "questions": []}
    context: dict[str, Any] = {
        "branch": branch, "script": said(branch.script) if branch.script else "", "questions": [], "dial": branch.dial,
    }  # fmt: skip
    if not branch.triage:
        return context
    found = actions.triage(branch.triage, answers, at=at)
    context["questions"] = [
        (item.code, said(item.label), [(option.key, said(option.label)) for option in item.options], found.answers.get(item.code, ""))
        for item in found.form.items
    ]  # fmt: skip
    if found.answers:
        way = found.way
        context |= {
            "way": way, "way_label": said(way.label), "do": [said(one) for one in way.do], "why": found.reasons,
            "left": len(found.open), "uncertain": bool(found.form.uncertain),
            "say": [said(one) for one in tree().hold.get(branch.dial or "120", ())] if way.code == "now" else [],
            "dial": branch.dial or "120",
        }  # fmt: skip
    return context


@require_GET
def articles_part(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Articles beside a branch of the tree, or those that answer a question."""
    user = who(request)
    call: Call = Call.objects.take(pk, user.scope("hotline.answer"))
    person = someone(request.GET.get("person", ""), user)
    region = person.region_id if person else call.region_id
    day = timezone.localdate(now())
    shown = knowledge(region, request.GET.get("matter", ""), request.GET.get("ask", "")[:120], day)
    return render(request, "hotline/articles.html", shown | {"call": call})


def knowledge(region: int, matter: str, question: str, day: date) -> dict[str, Any]:
    """What the desk may tell about a branch or a question."""
    found = (
        queries.asked(region, question, day)
        if question.strip()
        else queries.beside(region, matter, day)
        if matter
        else []
    )
    counted = queries.votes([row.pk for row in found])
    return {"articles": [(row, *counted.get(row.pk, (0, 0))) for row in found], "question": question}


@require_GET
def near_part(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Where the person can eat near by, and where a bed or place is free."""
    user = who(request)
    Call.objects.take(pk, user.scope("hotline.answer"))
    person, day = someone(request.GET.get("person", ""), user), timezone.localdate(now())
    shown = {
        "canteens": queries.canteens_near(person, day) if person else [],
        "vacancies": queries.vacancies_near(person, day) if person else [],
    }
    return render(request, "hotline/near.html", shown)


def branch_rows() -> list[tuple[Any, str, list[tuple[str, str]]]]:
    """The tree as the page draws it: top branch, its words, and what is below."""
    known = tree()
    return [
        (top, said(top.label), [(one.code, said(one.label)) for one in known.below(top.code)])
        for top in known.tops
    ]


@require_POST
def save_typed(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Keep what was typed; answers with what another tab has written since, so that neither overwrites the other."""
    user = who(request)
    try:
        call: Call = Call.objects.take(pk, user.scope("hotline.answer"))
        sent = _body(request)
        saved = actions.keep_typed(
            call, sent["typed"], seen=sent["seen"], tab=sent["tab"], force=sent["force"], actor=user, at=now()
        )
    except Refused as refusal:
        return JsonResponse(problem(refusal), status=status_of(refusal))
    news = {
        name: one["words"]
        for name, one in saved.fields.items()
        if int(str(one["revision"])) > sent["seen"]
        and one["tab"] != sent["tab"]
        and name not in saved.differing
    }
    return JsonResponse(
        {"revision": saved.revision, "differing": saved.differing, "news": news},
        status=409 if saved.differing else 200,
    )


def _body(request: HttpRequest) -> dict[str, Any]:
    broken = Refused("broken", "The saved content cannot be read. Load the page again.")
    if len(request.body) > BODY_MAX:
        raise broken
    try:
        sent = json.loads(request.body)
    except (ValueError, RecursionError):
        raise broken from None
    typed = sent.get("typed") if isinstance(sent, dict) else None
    if not isinstance(typed, dict) or not all(isinstance(words, str) for words in typed.values()):
        raise broken
    seen = sent.get("seen", 0)
    if not isinstance(seen, int) or isinstance(seen, bool):
        raise broken
    return {
        "typed": typed,
        "seen": seen,
        "tab": str(sent.get("tab", ""))[:40],
        "force": sent.get("force") is True,
    }


@require_POST
def favourite(request: HttpRequest) -> HttpResponse:
    """Keep a service at hand, or not any more."""
    user, at = who(request), now()
    low = next((low for low, _high in user.scope("hotline.answer").areas), 0)
    try:
        there = actions.keep_at_hand(request.POST.get("item", "")[:12], actor=user, region_id=low, at=at)
    except Refused as refusal:
        return JsonResponse(problem(refusal), status=status_of(refusal))
    return JsonResponse({"favourite": there})


@require_POST
def write(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A line of a call in writing."""
    user = who(request)
    call: Call = Call.objects.take(pk, user.scope("hotline.answer"))
    incoming = "incoming" in request.POST
    actions.write_line(
        call,
        actor=user,
        at=now(),
        words=request.POST.get("words", ""),
        incoming=incoming,
        key=request.POST.get("_key", ""),
    )
    return redirect("hotline.call", pk=call.pk)


@require_POST
def vote(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Whether an article was right, said from the desk."""
    user = who(request)
    rows = queries.readable(user.scope("hotline.answer"))
    row: Article | None = rows.filter(pk=pk).first()
    try:
        if row is None:
            raise Refused("gone", "This article is no longer there. Load the page again.")
        words = request.POST.get("words", "")
        actions.vote(row, actor=user, at=now(), right=request.POST.get("right") == "1", words=words)
    except Refused as refusal:
        return JsonResponse(problem(refusal), status=status_of(refusal))
    return JsonResponse({"said": gettext("Thank you.")})


def someone(key: str, user: Any) -> Person | None:
    """A person whom the reader reaches, by the key of a field."""
    found = _uuid(key)
    row: Person | None = (
        Person.objects.within(user.scope("registry.view")).filter(pk=found).first() if found else None
    )
    return row


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
