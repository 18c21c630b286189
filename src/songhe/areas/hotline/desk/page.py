"""The agent's desk: from the ringing telephone to the order on one page."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext

from songhe.areas.caring.api import to_call
from songhe.areas.hotline import actions, queries
from songhe.areas.hotline.city import tree
from songhe.areas.hotline.desk.danger import shown as alarm_shown
from songhe.areas.hotline.desk.form import NEAREST, TRIAGE, DeskForm, answers_in
from songhe.areas.hotline.desk.parts import branch_rows, knowledge, triage_shown
from songhe.areas.hotline.line import line
from songhe.areas.hotline.models import Call, Channel
from songhe.areas.hotline.queries import Match
from songhe.areas.hotline.queries.danger import dangers, devices_of
from songhe.areas.hotline.queries.numbers import Reached, has_seat, reached
from songhe.areas.providers.api import catalogue, said
from songhe.areas.registry.api import Person
from songhe.areas.stays.api import PLACES, BedKind, summed, vacancies
from songhe.areas.visits.api import PaidBy, person_names
from songhe.core.refusal import Refused
from songhe.engines.access.api import elevated
from songhe.engines.acts.api import once, record_read
from songhe.engines.acts.once import digest_of
from songhe.kit.clock import now
from songhe.kit.refusals import said as refusal_text
from songhe.kit.refusals import status_of
from songhe.kit.who import who

WAITING_SHOWN = 8


def desk(request: HttpRequest) -> HttpResponse:
    """The number of a new call, and calls that are still open."""
    user, at = who(request), now()
    error = ""
    if request.method == "POST":
        channel = Channel.TEXT if request.POST.get("channel") == Channel.TEXT else Channel.PHONE
        try:
            call = actions.answer(actor=user, at=at, number=request.POST.get("number", ""), channel=channel)
            return redirect("hotline.call", pk=call.pk)
        except Refused as refusal:
            error = refusal_text(refusal)
    context = {
        "page_title": gettext("Desk"),
        "line": line(),
        "line_name": said(line().name),
        "open_calls": queries.open_calls(user.pk)[:10],
        **_waiting(user, at),
        "free": _free(user, timezone.localdate(at)),
        "number": request.POST.get("number", "")[:30],
        "error": error,
    }
    return render(request, "hotline/desk.html", context, status=422 if error else 200)


def _waiting(user: Any, at: datetime) -> dict[str, Any]:
    """What an agent can do between two calls; a scope without the right reaches nothing."""
    rows, due = _first(queries.due_now(user.scope("hotline.follow_up"), at))
    names = person_names(row.person_id for row in rows)
    calls, caring = _first(to_call(user.scope("caring.call"), at))
    called = person_names(row.person_id for row in calls)
    complaints = list(queries.open_complaints(user.scope("hotline.escalate"))[:6])
    return {
        "due": due,
        "due_rows": [(row, names.get(row.person_id, "")) for row in rows],
        "caring": caring,
        "caring_rows": [(row, called.get(row.person_id, ""), row.late_at(at)) for row in calls],
        "complaints": [(row, row.late_at(at)) for row in complaints],
    }


def _first(rows: QuerySet[Any]) -> tuple[list[Any], int]:
    """The first rows and how many there are; counted only where there may be more."""
    found = list(rows[:WAITING_SHOWN])
    return found, len(found) if len(found) < WAITING_SHOWN else rows.count()


def _free(user: Any, day: date) -> list[tuple[str, int]]:
    """What is free today of each kind in the agent's regions; counts alone."""
    if not user.may("stays.vacancy"):
        return []
    counts = summed(
        row for low, high in user.scope("stays.vacancy").areas for row in vacancies(day, low=low, high=high)
    )
    kinds = (*BedKind.choices, (PLACES, gettext("Day places")))
    return [(str(label), counts[code].free) for code, label in kinds if code in counts]


def call_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One open call: who, what they may have, what they want."""
    user, at = who(request), now()
    call: Call = Call.objects.take(pk, user.scope("hotline.answer"))
    if not call.is_open:
        return redirect("calls.detail", pk=call.pk)
    if request.method != "POST":
        return _shown(request, call, None, at)
    form = DeskForm(request.POST, user=user, at=at)
    if form.is_valid():
        done = _served(request, call, form, at)
        if done is not None:
            return done
    return _shown(request, call, form, at, status=422)


def _served(request: HttpRequest, call: Call, form: DeskForm, at: datetime) -> HttpResponse | None:
    user, more = who(request), "more" in request.POST
    content = {
        name: request.POST.getlist(name)
        for name in request.POST
        if name not in ("csrfmiddlewaretoken", "_key")
    }
    try:
        with once(
            request.POST.get("_key"), actor=user, digest=digest_of([request.path, content]), at=at
        ) as slot:
            if slot.done is None:
                done = _act(call, form, user, at, more=more)
                slot.store({"order": str(done.order_id or "")})
    except Refused as refusal:
        if status_of(refusal) != 422:
            raise
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal_text(refusal))
        return None
    if more:
        messages.success(request, gettext("Ordered. The call goes on."))
        return redirect("hotline.call", pk=call.pk)
    messages.success(request, gettext("The call is closed."))
    return redirect("hotline.desk")


def _act(call: Call, form: DeskForm, user: Any, at: datetime, *, more: bool) -> Call:
    wish = form.wish()
    values: dict[str, Any] = {
        "closing": form.closing(),
        "person": _person(user, form.cleaned_data["person"]),
        "newcomer": form.newcomer(),
    }
    if not more:
        return actions.serve(call, actor=user, at=at, wish=wish, **values)
    if wish is None:
        raise Refused("no_order", "No service was chosen. Choose one, or another outcome.", field="item")
    done = actions.order_more(call, actor=user, at=at, wish=wish, **values)
    blank = dict.fromkeys(("item", "repeat", "window", "note", "new_name", "new_address", "new_region"), "")
    seen = queries.typed(call).revision
    actions.keep_typed(call, blank, seen=seen, tab="server", actor=user, at=at, force=True)
    return done


def _person(user: Any, pk: UUID | None) -> Person | None:
    return Person.objects.take(pk, user.scope("registry.view")) if pk else None


def _shown(
    request: HttpRequest, call: Call, form: DeskForm | None, at: datetime, *, status: int = 200
) -> HttpResponse:
    user, day = who(request), timezone.localdate(at)
    scope = user.scope("registry.view")
    draft = queries.typed(call)
    words, number = request.GET.get("q", ""), call.number
    with elevated():  # one way up for what each of these asks beyond the agent's scope, instead of three
        earlier, nuisance = queries.known_from(number, at)
        ordered, seat = queries.ordered(call), has_seat(user)
    matches = queries.found(words, scope) if words else queries.callers(number, scope, at)
    picked = _picked(request, form, draft.words, matches, scope)
    known = (
        queries.standing(picked, user.scope("visits.view"), user.scope("hotline.view"), day)
        if picked
        else None
    )
    if form is None:
        form = DeskForm(user=user, at=at, initial=_initial(draft.words, known))
    matter = _value(form, "matter")
    answers = answers_in(form.data if form.is_bound else draft.words)
    region = picked.region_id if picked else call.region_id
    context = {
        "page_title": gettext("Call"), "call": call, "number": number, "form": form, "matches": matches, "picked": picked, "known": known,
        "words": words, "key": request.POST.get("_key") or uuid4().hex, "mine": call.agent_id == user.pk,
        "draft": draft, "tops": branch_rows(), "matter": matter, "ordered": ordered,
        "lines": _lines(call), "nuisance": nuisance, "earlier": earlier, "hold": _hold(),
        "at_hand": _at_hand(user, picked), "triage_prefix": TRIAGE,
        **triage_shown(matter, answers, at), **knowledge(region, matter, "", day),
        **alarm_shown(call, user), "seat": seat, "shown": _number_shown(request, user),
        "person_key": f"person:{picked.pk}" if picked else "", "call_about": f"call:{call.pk}",
        "caring_due": to_call(user.scope("caring.call"), at).filter(person=picked).first() if picked else None,
        "dangers": dangers(picked, user) if picked else [], "devices": devices_of(picked, user) if picked else [],
    }  # fmt: skip
    return render(request, "hotline/call.html", context, status=status)


def _lines(call: Call) -> list[tuple[Any, str]]:
    """What was written, and how far the text messages of the desk are."""
    rows = queries.lines(call)
    stages = queries.carried(rows)
    return [(row, stages.get(row.pk, "")) for row in rows]


def _number_shown(request: HttpRequest, user: Any) -> Reached | None:
    """The number of whom the agent asked for, in full, where there is no seat to dial it from; it is logged."""
    found = reached(request.GET.get("show", ""), user) if request.GET.get("show") else None
    if found is not None:
        record_read("hotline.read_phone", found.about, actor=user, at=now(), purpose="call from the desk")
    return found


def _initial(words: dict[str, str], known: Any) -> dict[str, Any]:
    first: dict[str, Any] = {"organisation": NEAREST, "window": "soon"}
    first |= {name: said_ for name, said_ in words.items() if not name.startswith(TRIAGE)}
    if known:
        first["person"] = known.person.pk
        if not words.get("paid_by"):
            first["paid_by"] = PaidBy.ENTITLEMENT if known.minutes_left > 0 else PaidBy.SELF
    return first


def _value(form: DeskForm, name: str) -> str:
    return str(form[name].value() or "")


def _picked(
    request: HttpRequest, form: DeskForm | None, draft: dict[str, str], matches: list[Match], scope: Any
) -> Person | None:
    if request.GET.get("new") and form is None:
        return None
    asked = (
        request.POST.get("person") if form is not None else request.GET.get("person") or draft.get("person")
    )
    if asked:
        try:
            found: Person | None = Person.objects.within(scope).filter(pk=UUID(asked)).first()
        except ValueError:
            return None
        return found
    only = form is None and len(matches) == 1
    sure = [match.person for match in matches if match.sure] if form is None else []
    return sure[0] if sure else matches[0].person if only else None


def _hold() -> list[tuple[str, list[str]]]:
    return [(dial, [said(one) for one in lines]) for dial, lines in tree().hold.items()]


def _at_hand(user: Any, picked: Person | None) -> list[tuple[str, str]]:
    """Services at hand: the agent's favourites, else those that every desk needs."""
    items = catalogue().items
    codes = queries.favourites(user.pk) or ["0101", "0103", "0106", "0111", "0113"]
    return [(code, said(items[code].label)) for code in codes if code in items]
