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
    "gender": _("Not of the gender that the person asks for."),
    "language": _("Does not speak the person's language."),
    "forbidden": _("Is not wanted by the person, or is ill."),
    "pinned": _("The visit is pinned to somebody else."),
    "day": _("Not on one of the days that the person wants."),
    "apart": _("Too close to another visit of the same plan."),
    "most": _("The weekly hours would be exceeded."),
    "break": _("The break would be lost."),
    "window": _("Cannot be there within the time that the person wants."),
    "shift": _("This lies outside the shift."),
    "others": _("Another promised visit would come too late."),
    "leg": _("The travel time is too long."),
    "time": _("Does not fit in with the other visits."),
    "together": _("No two workers can come together as it asks."),
    "outside": _("Wanted on no day of this plan."),
    "halves": _("The two halves of the visit are wanted at times that do not go together."),
    "under_way": _("Somebody is there whom this plan does not know."),
}
assert set(SAID) == set(RULES)
LEFT = (_("Unassigned, urgent"), _("Unassigned, high"), _("Unassigned, other"))
TERMS: tuple[tuple[str, Any, str], ...] = (
    ("travel", _("Travel time"), "minutes"),
    ("late", _("Tardiness, total"), "minutes"),
    ("worst", _("Tardiness, worst"), "minutes"),
    ("overtime", _("Overtime"), "minutes"),
    ("continuity", _("New worker"), "visits"),
    ("preference", _("Preference missed"), "visits"),
    ("changed", _("Announced worker changed"), "visits"),
    ("uneven", _("Workload imbalance"), "minutes"),
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
