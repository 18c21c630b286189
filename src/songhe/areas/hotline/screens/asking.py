"""Calling back on screen: the list, the questionnaire, the draws, and what the answers say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.hotline import actions, queries
from songhe.areas.hotline.city import asking
from songhe.areas.hotline.models import Drawing
from songhe.areas.hotline.queries.numbers import has_seat
from songhe.areas.hotline.screens.calls import person
from songhe.areas.providers.api import item_name, organisation_column, organisation_names, said, worker_column
from songhe.areas.registry.api import secrets_of
from songhe.areas.visits.api import TO_FOLLOW_UP, Order, person_names
from songhe.core.refusal import Refused
from songhe.engines.access.api import Scope, elevated
from songhe.engines.acts.api import once, record_read
from songhe.engines.acts.once import digest_of
from songhe.engines.forms.api import current, form_of
from songhe.kit.clock import now
from songhe.kit.pages import NavItem, page
from songhe.kit.refusals import said as refusal_text
from songhe.kit.refusals import status_of
from songhe.kit.spec import (
    date_range,
    day,
    link,
    number,
    panel,
    record,
    region,
    region_filter,
    text,
    verb,
    when,
)
from songhe.kit.who import who

SPAN = timedelta(days=90)


def _due(scope: Scope) -> Any:
    return queries.due(scope)


def _log_phone(row: Order, request: HttpRequest) -> None:
    user = who(request)
    if row.state in TO_FOLLOW_UP:
        record_read("hotline.read_phone", row, actor=user, at=now(), purpose="follow-up")


def _phone(row: Order, request: Any) -> Mapping[str, Any]:
    with elevated():  # the number of the person to call; showing it was logged when the page was opened
        secrets = secrets_of(row.person)
    return {
        "phone": secrets.phone,
        "tries": queries.tries([row.pk]).get(row.pk, 0),
        "most": asking().attempts,
        "whom": f"follow-up:{row.pk}",
        "seat": bool(secrets.phone) and has_seat(who(request)),
    }


def _list(result: Any, row: Any) -> str:
    return reverse("follow-ups.list")


follow_ups = record(
    Order,
    slug="follow-ups",
    main=False,
    right="hotline.follow_up",
    title=_("Follow-up calls"),
    one=_("Follow-up call"),
    rows=_due,
    columns=[
        link("number", css="number"),
        person,
        text("item_label", _("Service")),
        when("completed_at", sort="completed_at"),
        organisation_column(_("Organisation")),
        worker_column(_("Worker")),
        region("region"),
    ],
    filters=[region_filter(), date_range("completed_at", _("Completed at"))],
    search=("number",),
    order=("completed_at", "id"),
    hint=_("Number"),
    subheading=lambda row: row.item_label,
    seen=_log_phone,
    panels={
        _("Call"): panel("hotline/phone.html", query=_phone),
        _("Service"): [
            person,
            text("item_label", _("Service")),
            when("completed_at"),
            organisation_column(_("Organisation")),
            worker_column(_("Worker")),
            text("note", _("Wishes"), wide=True),
        ],
    },
    verbs=[
        verb(actions.call_back, label=_("Enter the answer"), primary=True, icon="star", then=_list),
        verb(actions.not_reached, label=_("Nobody answered"), icon="phone", then=_list),
    ],
    nav=NavItem("service", "star", 40),
    empty=_("Everybody who was served has been called."),
)


def ask_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The questionnaire, one page, while the person is on the line."""
    user, at = who(request), now()
    order: Order = Order.objects.take(pk, user.scope("hotline.follow_up"))
    if order.state not in TO_FOLLOW_UP:
        return redirect("follow-ups.list")
    error = ""
    if request.method == "POST":
        error = _asked(request, order)
        if not error:
            messages.success(request, gettext("The answers are kept."))
            return redirect("follow-ups.list")
    else:
        _log_phone(order, request)
    form = form_of(current(asking().form, on=timezone.localdate(at), at=at))
    parts = [
        (
            said(part.label),
            [
                (
                    item.code,
                    said(item.label),
                    [(o.key, said(o.label)) for o in item.options],
                    request.POST.get(item.code, ""),
                )
                for item in part.items
            ],
        )
        for part in form.dimensions
    ]
    context = {
        "page_title": gettext("Follow-up call"), "order": order, "person": person_names([order.person_id]).get(order.person_id, ""),
        "parts": parts, "words": request.POST.get("words", ""), "complaint": "complaint" in request.POST, "error": error,
        "key": request.POST.get("_key") or uuid4().hex, **_phone(order, request),
    }  # fmt: skip
    return render(request, "hotline/ask.html", context, status=422 if error else 200)


def _asked(request: HttpRequest, order: Order) -> str:
    user, at = who(request), now()
    answers = {name: str(words) for name, words in request.POST.items() if name.startswith("F")}
    content = {
        name: words for name, words in request.POST.items() if name not in ("csrfmiddlewaretoken", "_key")
    }
    try:
        with once(
            request.POST.get("_key"), actor=user, digest=digest_of([request.path, content]), at=at
        ) as slot:
            if slot.done is None:
                actions.ask(
                    order, actor=user, at=at, answers=answers, words=request.POST.get("words", ""),
                    complaint="complaint" in request.POST,
                )  # fmt: skip
                slot.store({"done": True})
    except Refused as refusal:
        if status_of(refusal) != 422:
            raise
        return refusal_text(refusal)
    return ""


page(
    "hotline.ask",
    path="follow-ups/<uuid:pk>/ask/",
    title=_("Follow-up call"),
    right="hotline.follow_up",
    view=ask_page,
)


def _again(row: Drawing, request: HttpRequest) -> Mapping[str, Any]:
    digest, chosen = queries.drawn_again(row)
    held: Counter[str] = Counter(stratum for _key, stratum, _share in row.pool)
    shares = {stratum: share for _key, stratum, share in row.pool}
    of = {key: stratum for key, stratum, _share in row.pool}
    drawn: Counter[str] = Counter(of[key] for key in row.drawn if key in of)
    strata = [
        (_named(stratum), held[stratum], f"{shares[stratum] / 100:g} %", drawn[stratum])
        for stratum in sorted(held)
    ]
    same = digest == row.digest and chosen == sorted(row.drawn)
    return {"row": row, "digest": row.digest, "same": same, "strata": sorted(strata)}


def _named(stratum: str) -> str:
    organisation, _sign, item = stratum.partition(":")
    names = organisation_names([UUID(organisation)]) if organisation else {}
    return f"{next(iter(names.values()), '—')} · {item_name(item)}"


drawings = record(
    Drawing,
    slug="follow-up-draws",
    right="hotline.view",
    title=_("Follow-up samples"),
    one=_("Follow-up sample"),
    intro=_(
        "Who is called among those served. List, seed and sample are kept: anybody can repeat the sample and compare."
    ),
    columns=[
        link("on", _("Served until"), show=str, sort="on"),
        region("region"),
        number("listed"),
        number("chosen"),
        text("seed"),
        text("by_name"),
        when("at", sort="at"),
    ],
    filters=[region_filter(), date_range("at", _("Sampled at"))],
    order=("-at", "id"),
    panels={
        _("Draw"): [
            day("on"),
            region("region"),
            number("listed"),
            number("chosen"),
            text("seed"),
            text("by_name"),
            when("at"),
        ],
        _("Sample repeated"): panel("hotline/drawing.html", query=_again),
    },
    verbs=[verb(actions.draw_follow_ups, label=_("Draw a sample"), primary=True, icon="list-check")],
    nav=NavItem("service", "list-check", 45),
    empty=_("No sample yet: everybody served is called."),
)


def _shown(request: HttpRequest) -> Mapping[str, Any]:
    user, last = who(request), timezone.localdate(now())
    scope, since = user.scope("hotline.view"), last - SPAN
    rows = queries.satisfied(scope, since, last + timedelta(days=1))
    begun = now() - SPAN
    return {
        "since": since, "last": last, "accountable": queries.accountability(scope, begun),
        "rows": [(row, _bp(row.shown.share_bp), _bp(row.shown.low_bp), _bp(row.shown.high_bp)) for row in rows],
    }  # fmt: skip


def _bp(share: int | None) -> str:
    return "—" if share is None else f"{share / 100:.1f} %"


page(
    "hotline.satisfaction",
    path="satisfaction/",
    title=_("Satisfaction and complaints"),
    right="hotline.view",
    template="hotline/satisfaction.html",
    context=_shown,
    nav=NavItem("service", "mood-smile", 62),
)
