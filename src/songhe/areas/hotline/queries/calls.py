"""Reads for the desk and the lists of calls and complaints."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils.translation import gettext

from songhe.areas.hotline.informing import LINE
from songhe.areas.hotline.models import (
    Call,
    CallOrder,
    Complaint,
    Draft,
    Favourite,
    Finding,
    Outcome,
    TextLine,
)
from songhe.areas.hotline.rules import plain
from songhe.areas.providers.api import Organisation, State
from songhe.areas.visits.api import Order, candidates
from songhe.engines.access.api import Actor, Scope, asked, elevated
from songhe.engines.notices.api import Notice
from songhe.engines.notices.api import State as Sending
from songhe.engines.vault.api import reveal_json


@asked
def organisations(scope: Scope) -> QuerySet[Organisation]:
    """Operating organisations that give home services, as many as a form can list."""
    rows: QuerySet[Organisation] = Organisation.objects.within(scope).filter(state=State.ACTIVE)
    return rows.filter(kinds__contains=["home"]).order_by("name", "id")[:200]


def nearest_organisation(order: Order, actor: Actor) -> Organisation | None:
    """The organisation of the nearest worker who is qualified and free when the window begins; None where nobody is."""
    for candidate in candidates(order, actor.scope("providers.view"), order.wanted_from):
        if not candidate.decision.refused:
            return (
                Organisation.objects.within(actor.scope("providers.view"))
                .filter(pk=candidate.worker.organisation_id)
                .first()
            )
    return None


def open_calls(actor_id: UUID) -> QuerySet[Call]:
    """An agent's calls that are not closed."""
    rows: QuerySet[Call] = Call.everywhere.filter(agent_id=actor_id, ended_at=None)
    return rows.order_by("-started_at", "id")


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed into a call so far, and by which saving."""

    words: dict[str, str]
    revision: int
    saved_at: datetime | None


def typed(call: Call) -> Typed:
    """The draft of a call; empty where nothing was typed, or its key is gone."""
    draft = next(iter(_draft(call.pk)), None)
    if draft is None or call.owner_id != draft.owner_id:
        return Typed({}, 0, None)
    return Typed(plain(reveal_json(draft.owner_id, draft.sealed) or {}), draft.revision, draft.saved_at)


@asked
def _draft(call: UUID) -> QuerySet[Draft]:
    return Draft.everywhere.filter(call=call)


def lines(call: Call) -> list[TextLine]:
    """What was written to and fro in a call."""
    return _lines(call.pk)


@asked
def _lines(call: UUID) -> QuerySet[TextLine]:
    return TextLine.everywhere.filter(call=call).order_by("at", "id")[:200]


def carried(rows: Iterable[TextLine]) -> dict[UUID, str]:
    """How far the text messages are that carry lines of the desk: words by line."""
    keys = {f"{LINE} {row.pk}": row.pk for row in rows if not row.incoming}
    if not keys:
        return {}
    with elevated():  # whoever sees the line sees whether it has arrived
        found = Notice.everywhere.filter(template=LINE, key__in=keys)
        return {keys[row.key]: _stage(row) for row in found}


def _stage(row: Notice) -> str:
    why = f" · {row.get_why_display()}" if row.why else ""
    return (
        gettext("The caller replied") if row.state == Sending.ANSWERED else f"{row.get_state_display()}{why}"
    )


def ordered(call: Call) -> list[CallOrder]:
    """What was ordered in a call so far, and for whom."""
    with elevated():  # the agent ordered it, wherever the person lives
        return _ordered(call.pk)


@asked
def _ordered(call: UUID) -> QuerySet[CallOrder]:
    rows = CallOrder.everywhere.filter(call=call).select_related("order", "person")
    return rows.order_by("at", "id")[:60]


@asked
def favourites(actor_id: UUID) -> QuerySet[Favourite, str]:
    """Services that an agent keeps at hand, the oldest first."""
    rows = Favourite.everywhere.filter(agent_id=actor_id).order_by("since", "id")
    return rows.values_list("item", flat=True)[:30]


def tries(order_ids: Iterable[UUID]) -> dict[UUID, int]:
    """How often an order's person was called and not reached."""
    rows = Call.everywhere.filter(order_id__in=list(order_ids), outcome=Outcome.NO_CONTACT).order_by()
    counted: Any = rows.values_list("order_id").annotate(n=Count("pk"))
    return dict(counted)


def complaints_by(writer: UUID, scope: Scope, *, most: int = 20) -> list[Complaint]:
    """What somebody complained about in writing, the latest first."""
    rows = Complaint.objects.within(scope).filter(by_id=writer)
    return list(rows.order_by("-opened_at", "id")[:most])


def open_complaints(scope: Scope) -> QuerySet[Complaint]:
    """Complaints that wait for somebody, those due first in front."""
    rows: QuerySet[Complaint] = Complaint.objects.within(scope)
    rows = rows.exclude(state__in=[Complaint.State.CLOSED, Complaint.State.WITHDRAWN])
    return rows.order_by("due_at", "opened_at", "id")


def to_sanction(scope: Scope, actor_id: UUID) -> QuerySet[Complaint]:
    """Founded complaints of which the consequence is not decided, looked into by others."""
    rows: QuerySet[Complaint] = Complaint.objects.within(scope).filter(
        finding__in=[Finding.FOUNDED, Finding.PARTLY], decided_by_id=None
    )
    rows = rows.exclude(state=Complaint.State.WITHDRAWN).exclude(found_by_id=actor_id)
    return rows.order_by("due_at", "id")


@dataclass(frozen=True, slots=True)
class Accountable:
    """How often an organisation was complained about since a day, and what came of it."""

    organisation_id: UUID
    name: str
    complaints: int
    founded: int
    overdue: int
    reopened: int
    deduction_fen: int


def accountability(scope: Scope, since: datetime) -> list[Accountable]:
    """Organisations that complaints were about, the most founded first."""
    rows = Complaint.objects.within(scope).filter(opened_at__gte=since, organisation__isnull=False).order_by()
    founded = Q(finding__in=[Finding.FOUNDED, Finding.PARTLY])
    late = Q(overdue_at__isnull=False) | Q(answered_at__gt=F("due_at"))
    counted: Any = rows.values_list("organisation_id").annotate(
        n=Count("pk"), founded=Count("pk", filter=founded), late=Count("pk", filter=late),
        again=Count("pk", filter=Q(reopened__gt=0)), fen=Sum("deduction_fen"),
    )  # fmt: skip
    found = list(counted)
    with elevated():  # names of organisations are public
        names = dict(
            Organisation.everywhere.filter(pk__in=[row[0] for row in found]).values_list("pk", "name")
        )
    out = [Accountable(key, names.get(key, ""), *numbers) for key, *numbers in found]
    return sorted(out, key=lambda row: (-row.founded, -row.complaints, row.name))
