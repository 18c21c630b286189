"""Tones and columns that the screens of caring share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from songhe.areas.caring.limits import group_choices, terms
from songhe.engines.acts.api import record_read
from songhe.engines.vault.api import reveal
from songhe.kit import spec
from songhe.kit.clock import now
from songhe.kit.who import who

READ = "caring.read_report"
STATE_TONES = {"planned": "info", "again": "warn", "done": "ok", "unreached": "danger", "dropped": "muted"}
OUTCOME_TONES = {
    "fine": "ok", "needs": "warn", "in_hospital": "info", "away": "info", "moved": "muted", "died": "muted", "refused": "muted",
    "nobody": "danger",
}  # fmt: skip
GROUP_TONES = {0: "danger", 1: "warn"}
SEARCH_TONES = {"village": "warn", "town": "danger", "alarmed": "danger", "found": "ok"}
PROBE_TONES = {"open": "warn", "right": "ok", "wrong": "danger", "mended": "info"}
PLAN_TONES = {"working": "info", "made": "ok", "failed": "danger"}


def group_tone(code: str) -> str:
    """The two highest groups stand out."""
    codes = [one.code for one in terms().groups]
    return GROUP_TONES.get(codes.index(code), "muted") if code in codes else "muted"


def group() -> Any:
    """The risk group, coloured."""
    return spec.state(
        "group",
        _("Risk group"),
        label_of=lambda row: row.group_label,
        tone=lambda row: group_tone(row.group),
        sort="group",
    )


def by_group() -> Any:
    """A filter by risk group."""
    return spec.choice("group", options=lambda request: group_choices())


def state() -> Any:
    """Where a visit or call stands; late ones say so."""
    return spec.state(
        "state", tones=STATE_TONES, tone=lambda row: "danger" if row.late_at(now()) else STATE_TONES[row.state],
        label_of=lambda row: str(_("Overdue")) if row.late_at(now()) else str(row.get_state_display()),
    )  # fmt: skip


def words_of(row: Any, request: HttpRequest) -> Mapping[str, Any]:
    """What was written down, opened; reading it is logged."""
    record_read(READ, row, actor=who(request), at=now(), purpose="review")
    return {"words": reveal(row.person_id, row.words_sealed)}
