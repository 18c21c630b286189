"""Orders on screen, with who can be sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as say_now
from django.utils.translation import gettext_lazy as _

from songhe.areas.contracts.api import contract_column
from songhe.areas.providers.api import item_choices, organisation_column, worker_column
from songhe.areas.registry.api import Person, door, search
from songhe.areas.visits import actions, queries
from songhe.areas.visits.models import OPEN_STATES, Order, OrderState, Visit
from songhe.areas.visits.screens.common import ORDER_TONES, VISIT_TONES, person
from songhe.engines.access.api import Scope, elevated
from songhe.engines.cases.api import CaseStep
from songhe.kit.clock import now
from songhe.kit.pages import NavItem
from songhe.kit.spec import (
    choice,
    date_range,
    flag,
    grid,
    minutes,
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
from songhe.kit.spec import link as link_to
from songhe.kit.who import who

TO_SEND = (OrderState.RECEIVED, OrderState.DISPATCHED, OrderState.ACCEPTED)


def _in(*states: OrderState) -> Any:
    return lambda row, user: row.state in states


def wish(row: Order) -> str:
    """The wanted window in one line."""
    since, until = timezone.localtime(row.wanted_from), timezone.localtime(row.wanted_until)
    end = f"{until:%H:%M}" if since.date() == until.date() else f"{until:%m-%d %H:%M}"
    return f"{since:%m-%d %H:%M} – {end}"


def soon(row: Order | None = None) -> dict[str, datetime]:
    """A window to start from: the next full hour, for three hours."""
    start = now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return {"wanted_from": start, "wanted_until": start + timedelta(hours=3)}


def chosen_start(request: HttpRequest, row: Order) -> datetime:
    """The time asked for in the address, else the beginning of the wanted window."""
    try:
        asked = datetime.fromisoformat(request.GET.get("starts_at", ""))
    except ValueError:
        return row.wanted_from
    return timezone.make_aware(asked) if asked.tzinfo is None else asked


def _candidates(row: Order, request: Any) -> Mapping[str, Any]:
    start = chosen_start(request, row)
    found = queries.candidates(row, who(request).scope("visits.assign"), start)
    lines = [
        (c.worker, not c.decision.refused, [say_now(r.text).format(**r.values) for r in c.decision.reasons])
        for c in found
    ]
    move = "dispatch" if row.state == OrderState.RECEIVED else "reassign"
    return {
        "order": row,
        "lines": lines,
        "unfit": sum(not can for _worker, can, _reasons in lines),
        "starts_at": timezone.localtime(start),
        "move": move,
        "key": uuid4().hex,
    }


def _steps(row: Order, request: Any) -> Iterable[Mapping[str, Any]]:
    with elevated():  # whoever sees the order sees its history
        steps = list(CaseStep.everywhere.filter(case_id=row.case_id).order_by("-at", "-id")[:100])
        case = row.case
    words = {move.code: move.label for move in case.flow.moves}
    language = getattr(request, "LANGUAGE_CODE", "zh")
    for step in steps:
        label = words.get(step.move)
        name = (
            label.in_language(language)
            if label
            else say_now("Order placed")
            if step.move == "open"
            else step.note
        )
        yield {
            "at": step.at,
            "text": name,
            "note": " · ".join(filter(None, (step.actor_name, step.note))),
            "tone": "danger" if step.escalates else "",
        }


def _visits(row: Order, request: Any) -> Any:
    return (
        Visit.objects.within(who(request).scope("visits.view")).filter(order=row).order_by("-starts_at", "id")
    )


def _search(rows: Any, words: str, scope: Scope) -> Any:
    by_number = rows.filter(number__iexact=words)
    if by_number.exists():
        return by_number
    return rows.filter(person_id__in=search(Person.objects.within(scope), words, scope).values("pk"))


def _open(rows: Any, yes: bool) -> Any:
    return rows.filter(state__in=OPEN_STATES) if yes else rows.exclude(state__in=OPEN_STATES)


orders = record(
    Order,
    slug="orders",
    right="visits.view",
    title=_("Orders"),
    one=_("Order"),
    columns=[
        link_to("number"),
        person(),
        text("item_label", _("Service")),
        text("wish", _("Wanted time"), show=wish, sort="wanted_from"),
        region("region"),
        organisation_column(_("Organisation")),
        worker_column(_("Worker")),
        state("state", tones=ORDER_TONES),
    ],
    filters=[
        region_filter(),
        choice("state"),
        flag("open", _("Under way"), narrow=_open),
        choice("item", _("Service"), options=lambda request: item_choices()),
        choice("source"),
        choice("paid_by"),
        date_range("wanted_from", _("Wanted time")),
    ],
    search=_search,
    order=("-wanted_from", "id"),
    detail_template="visits/detail.html",
    state=state("state", tones=ORDER_TONES),
    subheading=lambda row: row.item_label,
    hint=_("Number or name"),
    panels={
        _("Who can go"): panel(
            "visits/candidates.html",
            query=_candidates,
            right="visits.assign",
            when=lambda row: row.state in TO_SEND,
        ),
        _("Order"): [
            person(),
            text("item_label", _("Service")),
            text("wish", _("Wanted time"), show=wish),
            minutes("minutes"),
            "paid_by",
            "source",
            region("region"),
            text("placed_by_name"),
            when("placed_at"),
            text("note", _("Wishes"), wide=True),
        ],
        _("Service"): [
            organisation_column(_("Organisation")),
            worker_column(_("Worker")),
            contract_column(),
            "disposition",
            when("completed_at"),
            when("followed_up_at"),
            number("rating"),
            text("words", _("In the person's words"), wide=True),
        ],
        _("Visits"): grid(
            _visits,
            [
                link_to("starts_at", _("Promised from"), show=str),
                worker_column(_("Worker")),
                minutes("minutes", _("Time spent")),
                text("flag_names", _("Flags")),
                state("state", _("State"), tones=VISIT_TONES),
            ],
            none=_("Nobody was sent yet."),
        ),
    },
    aside={_("History"): timeline(_steps)},
    verbs=[
        verb(
            actions.place_order,
            label=_("Take an order"),
            primary=True,
            icon="plus",
            initial=lambda row, user: soon(),
        ),
        verb(
            actions.plan_order,
            label=_("Plan a service"),
            labels={"organisation": _("Organisation")},
            on_row=False,
            icon="calendar",
            initial=lambda row, user: soon(),
        ),
        verb(
            actions.hand_over,
            label=_("Hand to an organisation"),
            when=_in(OrderState.RECEIVED, OrderState.DISPATCHED),
        ),
        verb(
            actions.dispatch,
            label=_("Dispatch"),
            primary=True,
            icon="route",
            when=_in(OrderState.RECEIVED),
            initial=lambda row, user: {"starts_at": row.wanted_from},
        ),
        verb(
            actions.reassign,
            label=_("Reassign"),
            when=_in(OrderState.DISPATCHED, OrderState.ACCEPTED),
            initial=lambda row, user: {"starts_at": row.wanted_from},
        ),
        verb(
            actions.change_window,
            label=_("Another time"),
            icon="clock",
            when=_in(OrderState.RECEIVED),
            initial=lambda row, user: {"wanted_from": row.wanted_from, "wanted_until": row.wanted_until},
        ),
        verb(
            actions.send_back,
            label=_("Back to dispatch"),
            when=_in(OrderState.DISPATCHED, OrderState.ACCEPTED),
        ),
        verb(
            actions.follow_up,
            label=_("Follow up"),
            icon="phone",
            primary=True,
            when=_in(OrderState.COMPLETED),
        ),
        verb(actions.close_unserved, label=_("Close unserved"), danger=True, when=_in(*TO_SEND)),
        verb(
            actions.cancel_order,
            label=_("Cancel the order"),
            danger=True,
            when=_in(*TO_SEND),
            labels={"duplicate": _("Ordered twice")},
        ),
    ],
    nav=NavItem("service", "clipboard-list", 20),
    empty=_("No order yet. Take the first one."),
)

door(
    _("Order a service"),
    right="hotline.create",
    icon="clipboard-list",
    url=lambda person_id: f"{reverse('orders.do', args=['place_order'])}?person={person_id}",
)
