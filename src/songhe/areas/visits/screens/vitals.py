"""Measurements on screen: the values of one are shown on its page alone, and looking at them is logged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as say_now
from django.utils.translation import gettext_lazy as _

from songhe.areas.providers.api import said, worker_column
from songhe.areas.visits import actions
from songhe.areas.visits.limits import measures
from songhe.areas.visits.models import Vital
from songhe.areas.visits.screens.common import person
from songhe.core.visiting import outside
from songhe.engines.acts.api import record_read
from songhe.kit.clock import now
from songhe.kit.pages import NavItem
from songhe.kit.spec import (
    date_range,
    flag,
    link,
    panel,
    record,
    region,
    region_filter,
    state,
    text,
    verb,
    when,
)
from songhe.kit.who import who

READ = "visits.read_vitals"


def _state(row: Vital) -> str:
    if not row.is_outside:
        return "inside"
    return "waits" if row.waits else "handled"


def _state_name(row: Vital) -> str:
    names = {"inside": _("Within range"), "waits": _("To look at"), "handled": _("Looked at")}
    return str(names[_state(row)])


def _values(row: Vital, request: Any) -> Mapping[str, Any]:
    known, values = measures(), row.values
    beyond = {reason.rule: reason for reason in outside(known, values)}
    return {
        "values": [
            (
                said(known[code].label),
                known[code].shown(value),
                say_now(beyond[code].text).format(**beyond[code].values) if code in beyond else "",
            )
            for code, value in values.items()
            if code in known
        ]
    }


def _seen(row: Vital, request: Any) -> None:
    record_read(READ, row, actor=who(request), at=now(), purpose="care")


def _waits(rows: Any, yes: bool) -> Any:
    found = rows.filter(is_outside=True, handled_at=None)
    return found if yes else rows.exclude(pk__in=found.values("pk"))


vitals = record(
    Vital,
    slug="vitals",
    right="visits.vitals",
    title=_("Measurements"),
    one=_("Measurement"),
    columns=[
        link("taken_at", _("Measured"), show=str, sort="taken_at"),
        person(),
        worker_column(_("Worker")),
        region("region"),
        state(
            "state",
            _("State"),
            show=_state,
            label_of=_state_name,
            tones={"inside": "ok", "waits": "danger", "handled": "muted"},
        ),
    ],
    filters=[
        region_filter(),
        date_range("taken_at", _("Measured")),
        flag("waits", _("To look at"), narrow=_waits),
    ],
    order=("-taken_at", "id"),
    panels={
        _("Values"): panel("visits/values.html", query=_values),
        _("Measurement"): [
            person(),
            worker_column(_("Worker")),
            when("taken_at"),
            when("received_at"),
            when("handled_at", optional=True),
            text("handled_by", optional=True),
            text("handled_words", _("What came of it"), wide=True, optional=True),
        ],
    },
    verbs=[
        verb(
            actions.handle_vitals,
            label=_("Looked at"),
            primary=True,
            icon="check",
            when=lambda row, user: row.waits,
        )
    ],
    seen=_seen,
    nav=NavItem("service", "heartbeat", 40),
    empty=_("Nothing was measured yet. Workers enter values at a visit."),
)
