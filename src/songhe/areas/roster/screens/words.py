"""Words, tones and columns that the screens of rosters share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.roster.models import Roster
from songhe.areas.roster.rules import RULES

STATE_TONES = {
    "planning": "info",
    "draft": "warn",
    "publishing": "info",
    "published": "ok",
    "superseded": "muted",
    "failed": "danger",
}
OUTCOME_TONES = {
    "": "muted",
    "sent": "ok",
    "moved": "ok",
    "same": "muted",
    "back": "warn",
    "left": "warn",
    "skipped": "danger",
}
SAID = {
    "skill": _("Not qualified for this service, or of another organisation."),
    "grade": _("Not qualified for this service."),
    "gender": _("Not of the sex that the person asks for."),
    "language": _("Does not speak the person's language."),
    "forbidden": _("Is not wanted by the person, or is ill."),
    "pinned": _("The visit is fixed to somebody else."),
    "day": _("Not on one of the days that the person wants."),
    "apart": _("Too near to another visit of its pattern."),
    "most": _("The hours of the week would be passed."),
    "break": _("The break would be lost."),
    "window": _("Cannot be there within the time that the person wants."),
    "shift": _("The shift does not reach that far."),
    "others": _("Another promised visit would come too late."),
    "leg": _("The way is too long."),
    "time": _("Does not fit beside the other visits."),
    "together": _("No two workers can come together as it asks."),
    "outside": _("Wanted on no day of this plan."),
    "halves": _("The two halves of the visit are wanted at times that do not go together."),
    "under_way": _("Somebody is there whom this plan does not know."),
}
assert set(SAID) == set(RULES)
LEFT = (_("Without a worker, urgent"), _("Without a worker, high"), _("Without a worker, other"))
TERMS: tuple[tuple[str, Any, str], ...] = (
    ("travel", _("Ways"), "minutes"),
    ("late", _("Later than wished or told, in all"), "minutes"),
    ("worst", _("Later than wished or told, at most"), "minutes"),
    ("overtime", _("Overtime"), "minutes"),
    ("continuity", _("By somebody new"), "visits"),
    ("preference", _("Not by whom was wished for"), "visits"),
    ("changed", _("Not by whom was told"), "visits"),
    ("uneven", _("Work off the average"), "minutes"),
)


def rule_said(rule: str) -> str:
    """A rule of the scheduler in words."""
    return str(SAID.get(rule, SAID["time"]))


def unit(value: int, kind: str) -> str:
    """A count with its unit."""
    if kind == "minutes":
        return ngettext("{n} minute", "{n} minutes", value).format(n=value)
    return ngettext("{n} visit", "{n} visits", value).format(n=value)


def price(cost: int) -> str:
    """A difference of cost in words: minutes of somebody's time."""
    if not cost:
        return gettext("costs nothing more")
    words = gettext("costs {n} more") if cost > 0 else gettext("saves {n}")
    return words.format(n=abs(cost))


def figures_of(row: Roster) -> dict[str, tuple[int, str]]:
    """What a plan is judged by, one by one: value and unit by label; what an older plan does not say is not there."""
    left = list(row.terms.get("unserved") or [])
    labels = [*LEFT[: len(left) - 1], LEFT[-1]]
    found = {str(label): (int(count), "visits") for label, count in zip(labels, left, strict=False)}
    return found | {
        str(label): (int(row.terms[name]), kind) for name, label, kind in TERMS if name in row.terms
    }


def terms_of(row: Roster) -> Iterator[tuple[str, str]]:
    """The same in words."""
    for label, (value, kind) in figures_of(row).items():
        yield label, unit(value, kind)
