"""The pool: orders that are offered to one's organisation, on a desk and on a phone; whoever is first has it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as say_now
from django.utils.translation import gettext_lazy as _

from songhe.areas.providers.api import Worker, metres, organisation_column, organisation_names
from songhe.areas.visits import actions, quality, queries, watching
from songhe.areas.visits.limits import refusal_name, terms
from songhe.areas.visits.models import SENT, Offer, Order, OrderState, Result
from songhe.areas.visits.screens.orders import orders, wish
from songhe.areas.visits.screens.sos import worker_of
from songhe.core.refusal import Refused
from songhe.engines.access.api import User, elevated
from songhe.engines.acts.api import once
from songhe.engines.acts.once import digest_of
from songhe.engines.regions.tree import full_name
from songhe.kit.clock import now
from songhe.kit.pages import NavItem, page
from songhe.kit.refusals import said
from songhe.kit.spec import (
    choice,
    date_range,
    flag,
    link,
    number,
    record,
    region,
    region_filter,
    state,
    text,
    verb,
    when,
)
from songhe.kit.who import who

TONES = {
    "open": "info",
    "taken": "ok",
    "handed": "ok",
    "refused": "danger",
    "put_back": "danger",
    "gone": "muted",
    "withdrawn": "muted",
}
SHOWN = 60


@dataclass(frozen=True, slots=True)
class Card:
    """One order of the pool: nothing of the person but the village, and how far the worker's base is from there."""

    offer: Offer
    place: str
    wish: str
    urgent: bool
    metres: int | None
    key: str

    @property
    def order(self) -> Order:
        """The order."""
        return self.offer.order


def cards(bodies: list[UUID], worker: Worker | None) -> list[Card]:
    """What is offered to some organisations."""
    with elevated():  # the pool belongs to the organisation; of the person only the village is shown
        found = list(watching.open_offers(bodies)[:SHOWN])
        homes = {one.pk: queries.home_of(one.order) for one in found} if worker else {}
    return [
        Card(
            one, full_name(one.region_id, below=2), wish(one.order), one.order.case.priority >= 2,
            metres(worker.point, homes[one.pk]) if worker else None, f"{uuid4().hex}",
        )
        for one in found
    ]  # fmt: skip


def bodies_of(user: User) -> tuple[list[UUID], Worker | None]:
    """In whose name somebody takes orders: organisations, or as a worker of one."""
    worker = worker_of(user) if user.may("visits.check_in") else None
    if worker is not None:
        return [worker.organisation_id], worker
    return sorted(user.scope("visits.take").holders), None


def _context(request: HttpRequest, refusal: str = "") -> dict[str, Any]:
    user, at = who(request), now()
    bodies, worker = bodies_of(user)
    pool = terms().pool
    if worker is not None:
        rows = Offer.everywhere.filter(worker=worker, result=Result.TAKEN, order__state__in=SENT)
        most = pool.most_taken_worker
    else:
        rows = Offer.everywhere.filter(
            organisation_id__in=bodies, order__state=OrderState.TAKEN, result=Result.TAKEN
        )
        most = pool.most_taken
    with elevated():  # counted in the organisation's name
        held = rows.count()
    names = organisation_names(bodies)
    marks = quality.standings(list(names), at) if worker is None else {}
    return {
        "cards": cards(bodies, worker),
        "worker": worker,
        "held": held,
        "most": most,
        "marks": [(names[key], one) for key, one in marks.items()],
        "bar": pool.bar,
        "refusal": refusal,
        "may_offers": user.may("visits.offers"),
    }


def _pool(request: HttpRequest) -> HttpResponse:
    """Show the pool, or take an order out of it; a second press of the same button has no second effect."""
    if request.method != "POST":
        return _shown(request)
    user, at = who(request), now()
    try:
        offer = UUID(request.POST.get("offer", "")[:40])
    except ValueError:
        return redirect("visits.pool")
    try:
        with once(
            request.POST.get("_key"), actor=user, digest=digest_of([request.path, str(offer)]), at=at
        ) as slot:
            if slot.done is None:
                slot.store({"to": _take(user, offer, at)})
            found = (slot.done or slot.result)["to"]
    except Refused as refusal:
        return _shown(request, said(refusal), status=422)
    return redirect(found)


def _take(user: User, offer: UUID, at: datetime) -> str:
    worker = bodies_of(user)[1]
    if worker is not None:
        actions.take_to_go(worker, actor=user, at=at, offer=offer)
        return "/today/"
    row = Offer.objects.within(user.scope("visits.take")).filter(pk=offer).first()
    if row is None:
        raise Refused("gone", "This order is not offered to you any more. Look at the pool again.")
    return orders.url_of(actions.take(row, actor=user, at=at))


def _shown(request: HttpRequest, refusal: str = "", *, status: int = 200) -> HttpResponse:
    made = _context(request, refusal) | {"page_title": say_now("Order pool"), "user": who(request)}
    return render(request, "visits/pool.html", made, status=status)


pool = page(
    "visits.pool",
    path="pool/",
    title=_("Order pool"),
    right="visits.take",
    view=_pool,
    nav=NavItem("service", "users", 12),
)


def _counts(rows: Any, yes: bool) -> Any:
    return rows.filter(counts=yes)


offers = record(
    Offer,
    slug="offers",
    right="visits.offers",
    title=_("Offers and refusals"),
    one=_("Order offer"),
    columns=[
        link("number"),
        text("item_label", _("Service"), show=lambda row: row.item_label),
        organisation_column(_("Organisation")),
        region("region"),
        when("offered_at", sort="offered_at"),
        when("answered_at"),
        text("reason", _("Reason"), show=lambda row: refusal_name(row.reason)),
        state("result", tones=TONES),
    ],
    filters=[
        region_filter(),
        choice("result"),
        flag("counts", _("Counts in the rating"), narrow=_counts),
        date_range("offered_at", _("Offered")),
    ],
    order=("-offered_at", "id"),
    detail_template="visits/detail.html",
    state=state("result", tones=TONES),
    subheading=lambda row: row.item_label,
    panels={
        _("Order offer"): [
            "number",
            organisation_column(_("Organisation")),
            region("region"),
            when("offered_at"),
            number("wave", optional=True),
            number("points", optional=True),
            when("answered_at", optional=True),
            text("by", optional=True),
            text("reason", _("Reason"), show=lambda row: refusal_name(row.reason), optional=True),
            text("words", optional=True, wide=True),
        ],
    },
    verbs=[
        verb(
            actions.take,
            label=_("Take the order"),
            primary=True,
            icon="check",
            ask=_("Your organisation has the order then and sends somebody."),
            then=lambda made, row: orders.url_of(made),
            when=lambda row, user: row.result == Result.OPEN,
        ),
        verb(
            actions.pass_on,
            label=_("Not for us"),
            ask=_("No effect on your score: an offer in the pool may be left."),
            when=lambda row, user: row.result == Result.OPEN,
        ),
    ],
    nav=NavItem("service", "list", 22),
    empty=_("No order was offered yet."),
)
