"""Tones, words and columns that the screens of the grid share."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.grid.limits import terms
from songhe.areas.grid.models import Helper, Pair
from songhe.areas.grid.rules import Gap
from songhe.areas.providers.api import hours_line
from songhe.kit import spec
from songhe.kit.clock import now, today

KIND_TONES = {"neighbour": "ok", "grid_worker": "info", "cadre": "info", "volunteer": "ok", "cook": "muted"}
REPORT_TONES = {"reported": "danger", "taken": "warn", "closed": "ok"}
ROLE_TONES = {"first": "ok", "grid": "info", "more": "muted"}
NOW_TONES = {"free": "ok", "busy": "warn", "off": "muted", "away": "danger", "left": "muted"}
NOW_WORDS = {
    "free": _("Can be called"),
    "busy": _("On an errand"),
    "off": _("Outside own hours"),
    "away": _("Not available"),
    "left": _("Has left"),
}
TRAINED_TONES = {"none": "danger", "ended": "warn", "valid": "ok"}
TRAINED_WORDS = {"none": _("Not trained"), "ended": _("Training to repeat"), "valid": _("Trained")}


def now_of(row: Helper) -> str:
    """Whether a helper can be called at this moment."""
    return str(row.state_at(timezone.localtime(now()))) if row.helps_on(today()) else "left"


def trained_of(row: Helper) -> str:
    """How a helper's training stands."""
    if row.trained_on is None:
        return "none"
    return "ended" if row.trained_on + timedelta(days=terms().training_days) < today() else "valid"


def now_state() -> Any:
    """A column: whether a helper can be called now."""
    return spec.state(
        "now", _("Now"), show=now_of, label_of=lambda row: str(NOW_WORDS[now_of(row)]), tones=NOW_TONES
    )


def trained_state() -> Any:
    """A column: how the training stands."""
    return spec.state(
        "trained", _("Training"), show=trained_of, label_of=lambda row: str(TRAINED_WORDS[trained_of(row)]), tones=TRAINED_TONES
    )  # fmt: skip


def pair_state() -> Any:
    """A column: whether a pair holds."""

    def told(row: Pair) -> str:
        return "holds" if row.holds_on(today()) else "to_come" if row.since > today() else "ended"

    words = {"holds": _("In force"), "to_come": _("Starts later"), "ended": _("Has ended")}
    return spec.state(
        "state", _("State"), show=told, label_of=lambda row: str(words[told(row)]),
        tones={"holds": "ok", "to_come": "info", "ended": "muted"},
    )  # fmt: skip


def hours_of(row: Helper) -> str:
    """When somebody can usually come, in words."""
    return hours_line(row.opening) or gettext("At any hour")


def gap_words(one: Gap) -> str:
    """A gap of a roster in words."""
    return f"{one.on:%m-%d} {one.starts // 60:02}:{one.starts % 60:02}–{one.ends // 60:02}:{one.ends % 60:02}"


def day_given(row: Any, user: Any) -> dict[str, Any]:
    """A form that begins with this day."""
    return {"on": today(), "since": today()}


def is_here(row: Helper, user: Any) -> bool:
    """Whether somebody still helps."""
    return row.until is None or row.until > today()


def still(day: date | None) -> bool:
    """Whether something that ends before a day holds today."""
    return day is None or day > today()
