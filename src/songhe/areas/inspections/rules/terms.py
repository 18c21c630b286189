"""What an installation says about spot checks: shares, teams, deadlines, and where each item of the checklist is from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from songhe.core.labels import Label
from songhe.core.sources import DataError, label, part, rows, text, whole

SEVERITIES = ("minor", "serious", "grave")
WHERE = "inspections"


@dataclass(frozen=True, slots=True)
class ItemTerms:
    """How bad it is when an item is not met, and where the item comes from."""

    severity: str = "minor"
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Everything an installation says about spot checks."""

    form: str
    share_percent: int
    high_share_percent: int
    team: int
    repeat_months: int
    mend_days: Mapping[str, int]
    items: Mapping[str, ItemTerms]
    assumed: Label | None

    def item(self, code: str) -> ItemTerms:
        """An item of the checklist; one that is not named is minor."""
        return self.items.get(code, ItemTerms())


def is_risky(*, beds: int, fire_accepted: bool, open_findings: int, last_level: int | None) -> bool:
    """Whether a facility is of high risk: no accepted fire safety where people sleep, findings open, or not passed."""
    return (beds > 0 and not fire_accepted) or open_findings > 0 or last_level == 0


def build_terms(data: Mapping[str, Any]) -> Terms:
    """Terms from the data file."""
    shares = {name: whole(data, name, WHERE) for name in ("share_percent", "high_share_percent")}
    if not 0 < shares["share_percent"] <= shares["high_share_percent"] <= 100:
        raise DataError(
            f"{WHERE}: shares are 1 to 100 percent, and that of high risk is not the smaller one."
        )
    team, months = whole(data, "team", WHERE), whole(data, "repeat_months", WHERE)
    if not 1 <= team <= 5:
        raise DataError(f"{WHERE}: a team has 1 to 5 officers.")
    days = part(data, "mend_days", WHERE)
    if set(days) != set(SEVERITIES):
        raise DataError(f"{WHERE}: mend_days names {', '.join(SEVERITIES)}.")
    mend = {name: whole(days, name, f"{WHERE}, mend_days") for name in SEVERITIES}
    if not mend["minor"] >= mend["serious"] >= mend["grave"] >= 1:
        raise DataError(f"{WHERE}: what is worse is mended sooner, and no sooner than in a day.")
    items: dict[str, ItemTerms] = {}
    for row in rows(data, "items", WHERE):
        code = text(row, "code", f"{WHERE}, item")
        severity = text(row, "severity", f"{WHERE}, {code}")
        if severity not in SEVERITIES or code in items:
            raise DataError(f"{WHERE}, {code}: given twice, or severity is none of {', '.join(SEVERITIES)}.")
        items[code] = ItemTerms(severity, text(row, "source", f"{WHERE}, {code}"))
    assumed = data.get("assumed")
    return Terms(
        form=text(data, "form", WHERE),
        **shares,
        team=team,
        repeat_months=months,
        mend_days=mend,
        items=items,
        assumed=label(assumed, f"{WHERE}, assumed") if assumed else None,
    )
