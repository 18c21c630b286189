"""The roster of the desk, and its hand-overs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.lines import actions
from songhe.areas.lines.limits import say
from songhe.areas.lines.models import Handover, Shift
from songhe.core.labels import Label
from songhe.engines.access.api import elevated
from songhe.kit import spec
from songhe.kit.clock import today
from songhe.kit.pages import NavItem
from songhe.kit.spec import panel, record, verb


def _handover(row: Shift, request: HttpRequest) -> Mapping[str, Any]:
    with elevated():  # whoever sees the shift sees how it was handed over
        found = Handover.everywhere.filter(shift=row).first()
    return {
        "row": found,
        "url": handovers.url_of(found) if found else "",
        "counts": counts_of(found) if found else [],
    }


def counts_of(row: Handover) -> list[tuple[str, int]]:
    """What was open, in the reader's language."""
    return [(say(Label(en, zh)), count) for _code, en, zh, count in row.counts]


def _left(row: Handover, request: HttpRequest) -> Mapping[str, Any]:
    return {"counts": counts_of(row), "note": row.note}


def _here(row: Any, user: Any) -> dict[str, Any]:
    areas = user.scope("lines.manage").worked
    return {"day": today()} | ({"region": areas[0][0]} if len(areas) == 1 else {})


def _span(row: Shift) -> str:
    return f"{timezone.localtime(row.begins_at):%H:%M}–{timezone.localtime(row.ends_at):%H:%M}"


shifts = record(
    Shift,
    slug="shifts",
    right="lines.view",
    title=_("Desk shifts"),
    one=_("Shift"),
    columns=[
        spec.link("day", show=str, sort="day"),
        spec.text("time", _("Time of day"), show=_span),
        spec.text("lead_name"),
        spec.text("agents", show=lambda row: row.agent_names),
        spec.region("region"),
    ],
    filters=[spec.date_range("day", _("Day"))],
    search=("lead_name",),
    order=("-begins_at", "id"),
    panels={
        _("Shift"): [
            "day", spec.text("time", _("Time of day"), show=_span), spec.text("lead_name"),
            spec.text("agents", show=lambda row: row.agent_names, wide=True), spec.region("region"),
        ],
        _("Hand-over"): panel("lines/handover.html", query=_handover),
    },
    aside={_("History"): spec.history()},
    verbs=[
        verb(actions.plan_shift, label=_("Plan a shift"), icon="plus", primary=True, initial=_here),
        verb(actions.hand_over, label=_("Hand the shift over"), icon="check", primary=True, then=lambda result, row: spec.url_of(result) or "/",
             ask=_("What is open is counted at this moment. The next shift signs for it.")),
    ],
    nav=NavItem("service", "checklist", 58),
    empty=_("No shift is planned. Plan who sits at the desk and who leads it."),
)  # fmt: skip

_TAKEN = spec.state(
    "taken", _("State"), show=lambda row: _("Signed for") if row.taken_at else _("To be taken over"),
    tone=lambda row: "ok" if row.taken_at else "warn",
)  # fmt: skip

handovers = record(
    Handover,
    slug="handovers",
    right="lines.view",
    title=_("Hand-overs"),
    one=_("Hand-over"),
    join=("shift",),
    columns=[
        spec.link("given_at", show=str, sort="given_at", note=lambda row: str(row.shift)),
        spec.text("given_by"),
        spec.text("taken_by"),
        spec.number("open", _("Left open"), show=lambda row: sum(count for *_label, count in row.counts)),
        _TAKEN,
    ],
    filters=[spec.date_range("given_at", _("Handed over at"))],
    search=("given_by", "taken_by"),
    order=("-given_at", "id"),
    state=_TAKEN,
    panels={
        _("Left open"): panel("lines/left.html", query=_left),
        _("Signatures"): [
            spec.text("shift", show=lambda row: str(row.shift)), spec.text("given_by"), spec.when("given_at"),
            spec.text("taken_by"), spec.when("taken_at"), spec.text("remark", optional=True, wide=True),
        ],
    },
    aside={_("History"): spec.history()},
    verbs=[
        verb(actions.take_over, label=_("Take over"), icon="check", primary=True,
             when=lambda row, user: row.taken_at is None and row.given_by_id != user.pk),
    ],
    nav=NavItem("service", "refresh", 59),
    empty=_("No shift was handed over yet."),
)  # fmt: skip
