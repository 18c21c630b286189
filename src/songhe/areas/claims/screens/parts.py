"""Sample checks for whoever calls or visits, and disputes for whoever decides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from songhe.areas.claims import actions
from songhe.areas.claims.models import Dispute, Found, SampleCheck
from songhe.areas.claims.screens.common import person
from songhe.areas.providers.api import item_name, organisation_column
from songhe.areas.visits.api import opened
from songhe.engines.vault.api import open_keys, reveal_with
from songhe.kit import spec
from songhe.kit.pages import NavItem
from songhe.kit.spec import panel, record, verb

FOUND_TONES = {"": "warn", "given": "ok", "shorter": "warn", "not_given": "danger", "no_contact": "muted"}
_FOUND = spec.state(
    "found", _("What was found"), show=lambda row: row.found or "open", label_of=lambda row: str(Found(row.found).label),
    tones={**FOUND_TONES, "open": "warn"}, sort="found",
)  # fmt: skip


def _said(row: SampleCheck, request: HttpRequest) -> Mapping[str, Any]:
    return {"told": [(_("In the person's words"), opened(row.person_id, row.words_sealed))]}


samples = record(
    SampleCheck,
    slug="claim-samples",
    right="claims.check",
    title=_("Sample checks"),
    one=_("Sample check"),
    intro=_("Sampled visits of a month: call or visit each person and ask whether the visit was provided as claimed."),
    columns=[
        spec.link("line", show=str),
        person(),
        spec.region("region"),
        spec.minutes("minutes", _("Time claimed"), show=lambda row: row.line.minutes),
        spec.text("why"),
        _FOUND,
        spec.text("by"),
    ],
    filters=[spec.choice("found"), spec.choice("why"), spec.region_filter()],
    order=("found", "id"),
    join=("line",),
    heading=lambda row: str(row.line),
    state=_FOUND,
    panels={
        _("Visit"): [
            person(), spec.text("item", _("Service"), show=lambda row: item_name(row.line.item)),
            spec.day("on", _("Date of service"), show=lambda row: row.line.on),
            spec.minutes("claimed", _("Time claimed"), show=lambda row: row.line.minutes), spec.region("region"), "why",
            spec.number("risk"),
        ],
        _("What was found"): ["how", spec.number("minutes", optional=True), "by", "at", spec.yes_no("overturned")],
        _("Words"): panel("claims/words.html", query=_said, when=lambda row: bool(row.words_sealed)),
    },
    aside={_("History"): spec.history()},
    verbs=[
        verb(actions.enter_check, name="check", label=_("Enter the result"), icon="phone", primary=True,
             when=lambda row, user: row.found in ("", "no_contact")),
    ],
    nav=NavItem("money", "phone", 7),
    empty=_("There is nothing to check. The county draws a sample of each claim."),
)  # fmt: skip

_STATE = spec.state(
    "state", tones={"open": "warn", "allowed": "ok", "dismissed": "muted", "withdrawn": "muted"}
)


def _argued(row: Dispute, request: HttpRequest) -> Mapping[str, Any]:
    told = [
        (_("Why it is wrong"), _unsealed(row.claim_id, row.words_sealed)),
        (_("Answer"), _unsealed(row.claim_id, row.answer_sealed)),
    ]
    return {"told": [one for one in told if one[1]]}  # fmt: skip


def _unsealed(owner: UUID, blob: bytes | memoryview) -> str:
    keys = open_keys([owner]) if blob else {}
    return reveal_with(keys[owner], owner, blob) if owner in keys else ""


disputes = record(
    Dispute,
    slug="claim-disputes",
    right="claims.view",
    title=_("Disputes of claims"),
    one=_("Dispute"),
    columns=[
        spec.link("line", _("What"), show=str, note=lambda row: row.claim.number),
        organisation_column(_("Organisation")),
        spec.region("region"),
        spec.when("due_at"),
        spec.text("decided_by"),
        _STATE,
    ],
    filters=[spec.choice("state"), spec.region_filter()],
    order=("due_at", "id"),
    join=("line", "claim"),
    state=_STATE,
    heading=str,
    panels={
        _("Dispute"): [
            spec.link("claim", show=lambda row: row.claim.number, to=lambda row: spec.url_of(row.claim)),
            spec.link("line", optional=True), organisation_column(_("Organisation")), "filed_by", "filed_at", "due_at", "decided_by",
            "decided_at",
        ],
        _("Words"): panel("claims/words.html", query=_argued),
    },
    aside={_("History"): spec.history()},
    verbs=[
        verb(actions.allow, label=_("Allow"), icon="check", primary=True, when=lambda row, user: row.state == "open"),
        verb(actions.dismiss, label=_("Dismiss"), danger=True, when=lambda row, user: row.state == "open"),
    ],
    nav=NavItem("money", "clipboard-list", 8),
    empty=_("No organisation disputes anything."),
)  # fmt: skip
