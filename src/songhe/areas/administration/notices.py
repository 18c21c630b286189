"""Messages on screen: the delivery log, how providers do, and the screen that stands for telephones in a demonstration."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.engines.access.api import Scope
from songhe.engines.acts.api import record_read
from songhe.engines.notices import actions
from songhe.engines.notices.api import Channel, Notice, Reply, State, Urgency, Why, answer
from songhe.engines.notices.channels import gateways
from songhe.engines.notices.figures import Travelled, open_and_failed, together, travelled
from songhe.engines.notices.models import Delivery, Provider, Step
from songhe.engines.notices.sealing import opened
from songhe.kit.clock import now
from songhe.kit.pages import HomeList, NavItem, home_panel, page
from songhe.kit.spec import (
    Figure,
    choice,
    date_range,
    flag,
    grid,
    link,
    number,
    panel,
    record,
    region,
    region_filter,
    state,
    text,
    timeline,
    verb,
    when,
)
from songhe.kit.views.common import need
from songhe.kit.who import who

DAY = timedelta(days=1)
TONES = {
    "waiting": "info", "sent": "info", "delivered": "ok", "read": "ok", "answered": "ok", "failed": "danger",
    "expired": "warn", "withheld": "muted", "stopped": "muted", "accepted": "info",
}  # fmt: skip
STEP_TONES = {
    "trouble": "warn", "rejected": "danger", "undelivered": "danger", "held": "warn", "delivered": "ok", "read": "ok",
    "answered": "ok", "accepted": "info",
}  # fmt: skip
ON_SCREEN = "screen-"
SHOWN = 24
ENOUGH = 50
"""A share of fewer messages says too little to warn of."""


def _figures(request: HttpRequest) -> Iterable[Figure]:
    at, scope = now(), who(request).scope("notices.view")
    total = together(travelled(scope, at - DAY, at))
    waiting, failed = open_and_failed(scope, at - DAY)
    soon, arrived = total.soon_percent, total.delivered_percent
    yield Figure(
        _("Accepted within 10 s"),
        _share(soon),
        note=gettext("of {count} sent in 24 hours").format(count=total.taken),
        tone="warn" if soon is not None and soon < 99 and total.taken >= ENOUGH else "",
    )
    yield Figure(
        _("Delivered share"),
        _share(arrived),
        note=gettext("of {count} sent in 24 hours").format(count=total.taken),
        tone="warn" if arrived is not None and arrived < 95 and total.taken >= ENOUGH else "",
    )
    yield Figure(_("On their way"), waiting, url="/messages/?ended_at__isnull=1")
    yield Figure(
        _("Not delivered"),
        failed,
        note=_("in 24 hours"),
        url="/messages/?state=failed",
        tone="danger" if failed else "",
    )


def _share(value: int | None) -> str:
    return "—" if value is None else f"{value} %"


def _way(row: Notice) -> str:
    labels = dict(Channel.choices)
    return " → ".join(str(labels.get(code, code)) for code in row.channels)


def _to(row: Notice) -> str:
    return row.to_name or row.robot or row.number_masked


def _events(row: Notice, request: HttpRequest) -> list[dict[str, Any]]:
    channels, reasons = dict(Channel.choices), dict(Why.choices)
    steps = Step.objects.within(who(request).scope("notices.view")).filter(notice=row).order_by("-at", "-id")
    found = []
    for step in steps:
        said = [str(channels.get(step.channel, "")), step.provider, str(reasons.get(step.note, step.note))]
        found.append(
            {
                "at": step.at,
                "text": step.get_what_display(),
                "note": " · ".join(part for part in said if part),
                "tone": STEP_TONES.get(step.what, ""),
            }
        )
    return found


def _deliveries(row: Notice, request: HttpRequest) -> Iterable[Delivery]:
    return Delivery.objects.within(who(request).scope("notices.view")).filter(notice=row).order_by("due_at")


def _words(row: Notice, request: HttpRequest) -> Mapping[str, Any]:
    said = opened([row]).get(row.pk)
    if said is not None:
        record_read("notices.read", row, actor=who(request), at=now(), purpose=gettext("Delivery log"))
    return {"said": said, "segments": row.segments}


record(
    Notice,
    slug="messages",
    right="notices.view",
    title=_("Messages sent"),
    one=_("Message"),
    columns=[
        link("template", _("Message"), show=str, note=_to),
        state("state", tones=TONES, note=lambda row: row.get_why_display()),
        text("channels", _("Method"), show=_way),
        text("urgency"),
        region(),
        when("told_at", sort="told_at"),
        when("ended_at"),
    ],
    filters=[
        choice("state"),
        choice("urgency"),
        choice("why"),
        flag("ended_at__isnull", _("On its way"), path="ended_at__isnull"),
        region_filter(),
        date_range("told_at", _("Notified at")),
    ],
    search=("to_name", "number_masked", "key"),
    order=("-told_at", "id"),
    nav=NavItem("system", "send", 44),
    state=state("state", tones=TONES),
    heading=str,
    subheading=_to,
    figures=_figures,
    panels={
        _("What it says"): panel("administration/words.html", query=_words, right="notices.read"),
        _("Message"): [
            text("to_name"),
            text("number_masked"),
            text("channels", _("Method"), show=_way),
            text("urgency"),
            when("told_at"),
            when("expires_at"),
            when("next_at", optional=True),
            when("arrived_at", optional=True),
            when("ended_at", optional=True),
            text("why", optional=True),
            text("answer", optional=True),
            region(),
        ],
        _("By channel"): grid(
            _deliveries,
            [
                text("channel"),
                text("provider"),
                state("state", tones=TONES),
                number("tries"),
                number("segments"),
                when("due_at"),
                when("accepted_at"),
                when("delivered_at"),
                text("error", _("What went wrong")),
            ],
            none=_("It has not been sent yet."),
        ),
    },
    aside={_("Delivery steps"): timeline(_events)},
    verbs=[
        verb(
            actions.send_again,
            label=_("Send again"),
            icon="refresh",
            ask=_("The message is sent again, starting with its first channel."),
            when=lambda row, user: not row.is_open and bool(row.text_sealed) and bool(row.channels),
        ),
        verb(
            actions.stop_sending,
            label=_("Stop"),
            danger=True,
            icon="player-stop",
            when=lambda row, user: row.is_open,
        ),
    ],
    empty=_("No message has been sent here yet."),
)


def _in_vain(user: Any, scope: Scope, at: datetime) -> HomeList:
    rows = Notice.objects.within(user.scope("notices.manage"))
    failed = rows.filter(
        state__in=[State.FAILED, State.EXPIRED], urgency__gte=Urgency.SOON, told_at__gte=at - 3 * DAY
    )
    found = list(failed.order_by("-urgency", "-told_at")[:6])
    lines: list[tuple[Any, ...]] = [
        (str(row), f"/messages/{row.pk}/", f"{_to(row)} · {row.get_why_display()}") for row in found
    ]
    count = failed.count() if len(found) == 6 else len(found)
    return HomeList(count, lines, "/messages/?state=failed", "warn" if found else "")


home_panel(
    title=_("Messages that did not arrive"), right="notices.manage", icon="send", order=80, rows=_in_vain
)


def _providers(request: HttpRequest) -> Mapping[str, Any]:
    at, scope = now(), who(request).scope("notices.view")
    known = Provider.objects.in_bulk()
    day = {row.provider: row for row in travelled(scope, at - DAY, at)}
    week = {row.provider: row for row in travelled(scope, at - 7 * DAY, at)}
    channels = dict(Channel.choices)
    rows = [
        {
            "code": gateway.code,
            "channel": channels[Channel(gateway.channel)],
            "place": gateways(gateway.channel).index(gateway) + 1,
            "health": _health(known.get(gateway.code), at),
            "provider": known.get(gateway.code),
            "day": _shares(day.get(gateway.code)),
            "week": _shares(week.get(gateway.code)),
        }
        for gateway in gateways()
    ]
    missing = [label for code, label in Channel.choices if code != Channel.IN_APP and not gateways(code)]
    shown = settings.CONSOLE and who(request).may("notices.read")
    return {"rows": rows, "missing": missing, "on_screen": shown}


def _shares(row: Travelled | None) -> Mapping[str, Any]:
    return {
        "taken": row.taken if row else 0,
        "soon": _share(row.soon_percent if row else None),
        "delivered": _share(row.delivered_percent if row else None),
    }


def _health(row: Provider | None, at: datetime) -> tuple[str, str]:
    if row is None or (row.accepted_at is None and row.resting_until is None):
        return "muted", gettext("Not used yet")
    if row.resting_until is None:
        return "ok", gettext("Working")
    why = gettext("receipts are late") if row.why == "slow" else gettext("it fails")
    if at < row.resting_until:
        return "danger", gettext("Suspended: {why}").format(why=why)
    return "warn", gettext("Being retried: {why}").format(why=why)


page(
    "notices.providers",
    path="messages/providers/",
    title=_("Message providers"),
    right="notices.view",
    template="administration/providers.html",
    context=_providers,
    nav=NavItem("system", "plug", 46),
)


def telephones(request: HttpRequest) -> HttpResponse:
    """What would have gone to telephones, where a screen stands for them; a pressed key is sent back from here."""
    need(request, "notices.read")
    if not settings.CONSOLE:
        raise Http404
    if request.method == "POST":
        return _pressed(request)
    scope = who(request).scope("notices.read")
    rows = Delivery.objects.within(scope).filter(provider__startswith=ON_SCREEN, accepted_at__isnull=False)
    sent = list(rows.select_related("notice").order_by("-accepted_at")[:SHOWN])
    said = opened(row.notice for row in sent)
    shown = [
        {"row": row, "said": said[row.notice_id], "asks": row.notice.goal == "answered"}
        for row in sent
        if row.notice_id in said
    ]
    context = {"shown": shown, "page_title": gettext("Demonstration phones")}
    return render(request, "administration/telephones.html", context)


def _pressed(request: HttpRequest) -> HttpResponse:
    try:
        pressed = UUID(request.POST.get("delivery", ""))
    except ValueError:
        raise Http404 from None
    if not Delivery.objects.within(who(request).scope("notices.read")).filter(pk=pressed).exists():
        raise Http404
    answer([Reply(id=pressed, text="1")], at=now())
    return redirect("notices.telephones")


page(
    "notices.telephones",
    path="messages/telephones/",
    title=_("Demonstration phones"),
    right="notices.read",
    view=telephones,
    nav=NavItem("system", "device-mobile", 48) if settings.CONSOLE else None,
)
