"""During the day: an urgent order fitted in, and how to go on when something went otherwise than planned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.providers.api import worker_names
from songhe.areas.roster import actions
from songhe.areas.roster.fitting import Offer
from songhe.areas.roster.happened import Happening
from songhe.areas.roster.models import Roster, RosterLine, State
from songhe.areas.roster.planning import Draft
from songhe.areas.roster.screens import desk
from songhe.areas.roster.screens.changing import key_of, refused, roster_of
from songhe.areas.visits.api import Order, person_names
from songhe.core.refusal import Refused
from songhe.core.sources import DataError
from songhe.engines.acts.api import once
from songhe.engines.acts.once import digest_of
from songhe.kit.clock import now
from songhe.kit.pages import page
from songhe.kit.refusals import said
from songhe.kit.who import who

WHATS: dict[str, tuple[str, Any]] = {
    "over": ("warn", _("Runs over")),
    "cancelled": ("muted", _("Cancelled")),
    "back": ("danger", _("Unassigned again")),
    "away": ("danger", _("Worker is away")),
}
LISTED = 20


def fit_of(request: HttpRequest, roster: Roster, at: datetime) -> dict[str, Any] | None:
    """The order named in the address with its best places."""
    order = key_of(request.GET.get("fit"))
    if order is None or roster.state not in (State.DRAFT, State.PUBLISHED):
        return None
    try:
        draft, found = desk.offered(roster, at, order)
    except (Refused, DataError) as fault:
        return {"refusal": said(fault) if isinstance(fault, Refused) else str(fault)}
    row = draft.facts.orders[str(order)]
    return _shown(row, draft, found)


def _shown(row: Order, draft: Draft, found: Sequence[Offer]) -> dict[str, Any]:
    late = {key for offer in found for key, _minutes in offer.later}
    persons = {draft.facts.orders[str(key)].person_id for key in late}
    names = person_names([row.person_id, *persons])
    workers = {key: worker.name for key, worker in draft.facts.workers.items()}
    return {
        "order": row,
        "person": names.get(row.person_id, "—"),
        "wish": (timezone.localtime(row.wanted_from), timezone.localtime(row.wanted_until)),
        "offers": [
            {
                "worker": offer.worker,
                "name": workers.get(str(offer.worker), "—"),
                "second": workers.get(str(offer.second), "—") if offer.second else "",
                "time": timezone.localtime(offer.starts_at),
                "travel": offer.travel,
                "cost": offer.cost,
                "later": [
                    (names.get(draft.facts.orders[str(key)].person_id, "—"), minutes)
                    for key, minutes in offer.later
                ],
            }
            for offer in found
        ],
    }


def fresh_of(keys: Iterable[UUID], draft: Draft) -> list[tuple[Order, str]]:
    """Orders that came after the plan was made, with their persons."""
    rows = [draft.facts.orders[str(key)] for key in keys]
    names = person_names(row.person_id for row in rows)
    return [(row, names.get(row.person_id, "—")) for row in rows]


def told(happenings: Sequence[Happening]) -> list[dict[str, Any]]:
    """What went otherwise, in words."""
    names = person_names(one.line.person_id for one in happenings)
    workers = worker_names(one.line.worker_id for one in happenings)
    return [
        {
            "tone": WHATS[one.what][0],
            "word": WHATS[one.what][1],
            "line": one.line,
            "person": names.get(one.line.person_id, "—"),
            "worker": workers.get(one.line.worker_id, "—") if one.line.worker_id else "—",
            "minutes": one.minutes,
        }
        for one in happenings[:LISTED]
    ]


def fit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One press gives an urgent order to a worker; the board of the draft that holds it comes next."""
    roster = _posted(request, pk)
    order, worker, user, at = (
        key_of(request.POST.get("order")),
        key_of(request.POST.get("worker")),
        who(request),
        now(),
    )
    try:
        if order is None:
            raise Refused("gone", "This order changed or ended meanwhile. Look at it again.")
        with once(
            request.POST.get("_key"),
            actor=user,
            digest=digest_of([request.path, str(order), str(worker)]),
            at=at,
        ) as slot:
            if slot.done is None:
                fresh = actions.fit_in(roster, actor=user, at=at, order=order, worker=worker)
                slot.store({"roster": str(fresh.pk)})
            found = (slot.done or slot.result)["roster"]
    except Refused as refusal:
        return refused(request, pk, refusal)
    return redirect("roster.board", pk=found)


def again(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One press proposes how to go on from what is promised and what happened."""
    roster, user, at = _posted(request, pk), who(request), now()
    try:
        with once(request.POST.get("_key"), actor=user, digest=digest_of([request.path]), at=at) as slot:
            if slot.done is None:
                reason = gettext("Otherwise than planned, {time}").format(
                    time=f"{timezone.localtime(at):%H:%M}"
                )
                slot.store({"roster": str(actions.plan_again(roster, actor=user, at=at, reason=reason).pk)})
            found = (slot.done or slot.result)["roster"]
    except Refused as refusal:
        return refused(request, pk, refusal)
    return redirect("roster.board", pk=found)


def _posted(request: HttpRequest, pk: UUID) -> Roster:
    if request.method != "POST":
        raise Http404
    return roster_of(request, pk)


page("roster.fit", path="planner/<uuid:pk>/fit/", title=_("Insert"), right="roster.plan", view=fit)
page("roster.again", path="planner/<uuid:pk>/again/", title=_("Re-plan"), right="roster.plan", view=again)

__all__ = ["RosterLine", "fit_of", "fresh_of", "told"]
