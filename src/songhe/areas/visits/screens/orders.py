"""Orders on screen, with who can be sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as say_now
from django.utils.translation import gettext_lazy as _

from songhe.areas.contracts.api import contract_column
from songhe.areas.providers.api import item_choices, organisation_column, worker_column
from songhe.areas.registry.api import door, numbered
from songhe.areas.visits import queries
from songhe.areas.visits.limits import ending_name
from songhe.areas.visits.models import OPEN_STATES, Order, OrderState, Visit
from songhe.areas.visits.screens.common import ORDER_TONES, VISIT_TONES, person
from songhe.areas.visits.screens.course import TO_PROPOSE, course, proposed, steps
from songhe.areas.visits.screens.order_verbs import ORDER_VERBS, TO_SEND
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
    when,
)
from songhe.kit.spec import link as link_to
from songhe.kit.who import who


def wish(row: Order) -> str:
    """The wanted window in one line."""
    since, until = timezone.localtime(row.wanted_from), timezone.localtime(row.wanted_until)
    end = f"{until:%H:%M}" if since.date() == until.date() else f"{until:%m-%d %H:%M}"
    return f"{since:%m-%d %H:%M} – {end}"


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
    move = "dispatch" if row.state in (OrderState.RECEIVED, OrderState.TAKEN) else "reassign"
    return {
        "order": row,
        "lines": lines,
        "unfit": sum(not can for _worker, can, _reasons in lines),
        "starts_at": timezone.localtime(start),
        "move": move,
        "key": uuid4().hex,
    }


def _visits(row: Order, request: Any) -> Any:
    return (
        Visit.objects.within(who(request).scope("visits.view")).filter(order=row).order_by("-starts_at", "id")
    )


def _open(rows: Any, yes: bool) -> Any:
    return rows.filter(state__in=OPEN_STATES) if yes else rows.exclude(state__in=OPEN_STATES)


def _above(rows: Any, yes: bool) -> Any:
    return rows.exclude(above="") if yes else rows.filter(above="")


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
        flag("above", _("Escalated"), narrow=_above),
        choice("item", _("Service"), options=lambda request: item_choices()),
        choice("source"),
        choice("paid_by"),
        date_range("wanted_from", _("Wanted time")),
    ],
    search=numbered,
    order=("-wanted_from", "id"),
    detail_template="visits/detail.html",
    state=state("state", tones=ORDER_TONES),
    subheading=lambda row: row.item_label,
    hint=_("Number or name"),
    panels={
        _("Processing history"): panel("visits/course.html", query=course),
        _("Who can take it"): panel(
            "visits/proposals.html",
            query=proposed,
            right="visits.propose",
            when=lambda row: row.state in TO_PROPOSE,
        ),
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
            text("disposition", _("Outcome"), show=lambda row: ending_name(row.disposition)),
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
    aside={_("History"): timeline(steps)},
    verbs=ORDER_VERBS,
    nav=NavItem("service", "clipboard-list", 20),
    empty=_("No order yet. Take the first one."),
)

door(
    _("Order a service"),
    right="hotline.create",
    icon="clipboard-list",
    url=lambda person_id: f"{reverse('orders.do', args=['place_order'])}?person={person_id}",
)
