"""The bank's lists on screen: what was brought in, which rows do not match and why, and booking the others."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from songhe.areas.payments import actions
from songhe.areas.payments.models import RESULTS
from songhe.core.refusal import Refused
from songhe.engines.access.api import Scope
from songhe.engines.imports import api as imports
from songhe.engines.imports.api import ImportRun
from songhe.kit import spec
from songhe.kit.pages import NavItem
from songhe.kit.refusals import said
from songhe.kit.spec import panel, record, verb

State = ImportRun.State
TONES = {
    State.MAPPED: "warn", State.CHECKING: "info", State.CHECKED: "warn", State.IMPORTING: "info", State.DONE: "ok",
    State.CANCELLED: "muted", State.FAILED: "danger",
}  # fmt: skip
LABELS = {State.CHECKED: _("To be booked"), State.IMPORTING: _("Being booked"), State.DONE: _("Booked")}
SHOWN = 200
_STATE = spec.state(
    "state", tones=TONES, label_of=lambda row: str(LABELS.get(row.state, row.get_state_display()))
)


def _lists(scope: Scope) -> Any:
    return ImportRun.objects.within(scope).filter(spec=RESULTS)


def _bad(row: ImportRun, request: HttpRequest) -> Mapping[str, Any]:
    kind = imports.spec_of(row.spec)
    note = imports.say(row.note["message"], row.note["values"]) if row.note else ""
    try:
        bad = list(islice(imports.bad_rows(row), SHOWN)) if row.rows_bad else []
    except Refused as refused:
        return {"fault": said(refused)}
    rows = [(line.number, imports.reasons(faults, kind).split("\n")) for line, faults in bad]
    return {"rows": rows, "note": note, "earlier": imports.seen_before(row), "more": row.rows_bad > len(rows)}


record(
    ImportRun,
    main=False,
    slug="bank-results",
    right="payments.release",
    title=_("Results from the bank"),
    one=_("List from the bank"),
    intro=_("What the bank paid and what it did not. Importing a list twice changes nothing."),
    rows=_lists,
    columns=[
        spec.link("file", show=str),
        spec.region("region"),
        spec.number("rows_total"),
        spec.number("rows_good"),
        spec.number("rows_bad"),
        _STATE,
        spec.when("started_at", note=lambda row: row.started_by_name, sort="started_at"),
    ],
    filters=[spec.choice("state"), spec.region_filter(), spec.date_range("started_at")],
    order=("-started_at", "-id"),
    join=("file", "region"),
    state=_STATE,
    refresh=lambda row: row.is_busy,
    panels={_("Rows that do not match"): panel("payments/bad_rows.html", query=_bad)},
    aside={
        _("Rows"): ["rows_total", "rows_good", "rows_bad", "rows_changed", "rows_unchanged"],
        _("History"): spec.history(),
    },
    verbs=[
        verb(actions.bring_results, name="bring", label=_("Import a bank list"), icon="upload", primary=True,
             initial=lambda row, user: {"region": areas[0][0]} if (areas := user.scope("payments.release").areas) else {}),
        verb(actions.book_results, name="book", label=_("Book the results"), icon="check", primary=True,
             when=lambda row, user: row.rows_good > 0 and row.state in (State.CHECKED, State.CANCELLED, State.FAILED)),
        verb(actions.drop_results, name="drop", label=_("Put aside"),
             when=lambda row, user: row.state not in (State.DONE, State.CANCELLED, State.FAILED)),
    ],
    nav=NavItem("money", "upload", 10),
    empty=_("No list yet. Import what the bank sends back."),
)  # fmt: skip
