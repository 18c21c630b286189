"""How visits and calls go on, as the data file says it."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from enum import StrEnum

from songhe.areas.caring.rules.groups import Condition, Group
from songhe.areas.caring.rules.periods import Every
from songhe.core.labels import Label
from songhe.core.sources import Data, DataError, label, part, rows, text, whole

TONES = ("info", "warn", "danger")
PLAN_DAYS, LATE_DAYS = 5, 3
"""For a city whose own file does not say them."""


class Leads(StrEnum):
    """What a need leads to."""

    ORDER = "order"
    COMPLAINT = "complaint"
    VILLAGE = "village"


@dataclass(frozen=True, slots=True)
class Need:
    """Something that somebody may need. ``item``: the service of the catalogue that is ordered for it."""

    code: str
    label: Label
    leads: Leads
    item: str = ""


@dataclass(frozen=True, slots=True)
class Sign:
    """A change that is noticed."""

    code: str
    label: Label
    tone: str


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for the whole installation; ``groups`` run from the highest risk downwards.

    ``plan_days``: so many days before a month its plan is made by itself; never where it is 0. ``late_days``: so long after
    its end a month still takes what was done in it.
    """

    groups: tuple[Group, ...]
    weekly_visits: int
    event_hours: int
    again_minutes: int
    tries: int
    visit_hours: int
    ask_again_days: int
    checks: Mapping[str, int]
    plan_days: int
    late_days: int
    form: str
    needs: Mapping[str, Need]
    signs: Mapping[str, Sign]
    assumed: bool

    @property
    def tags(self) -> frozenset[str]:
        """The terms of tags that decide about a group."""
        return frozenset(
            tag.partition(":")[0] for group in self.groups for way in group.any for tag in way.tags
        )

    @property
    def least_age(self) -> int | None:
        """The least age that alone makes somebody belong to a group."""
        return min((way.age for group in self.groups for way in group.any if not way.tags), default=None)

    def group(self, code: str) -> Group | None:
        """One group; None where the city has none of this name."""
        return next((one for one in self.groups if one.code == code), None)


def build_terms(data: Data, tags: Set[str]) -> Terms:
    """Terms from the data file; DataError names what is missing or wrong. ``tags``: the terms that are known."""
    calls, checks = part(data, "calls", "caring"), part(data, "checks", "caring")
    groups = tuple(_group(row, tags) for row in rows(data, "groups", "caring"))
    if len({one.code for one in groups}) != len(groups):
        raise DataError("caring, groups: each is named once.")
    shares = {level: whole(checks, level, "caring, checks") for level in checks}
    if any(not 0 < share <= 100 for share in shares.values()):
        raise DataError("caring, checks: a share is 1 to 100 percent.")
    return Terms(
        groups=groups,
        weekly_visits=whole(data, "weekly_visits", "caring"),
        event_hours=whole(data, "event_hours", "caring"),
        again_minutes=whole(calls, "again_minutes", "caring, calls"),
        tries=whole(calls, "tries", "caring, calls"),
        visit_hours=whole(calls, "visit_hours", "caring, calls"),
        ask_again_days=whole(data, "ask_again_days", "caring"),
        checks=shares,
        plan_days=whole(data, "plan_days", "caring") if "plan_days" in data else PLAN_DAYS,
        late_days=whole(data, "late_days", "caring") if "late_days" in data else LATE_DAYS,
        form=text(data, "form", "caring"),
        needs={one.code: one for one in map(_need, rows(data, "needs", "caring"))},
        signs={one.code: one for one in map(_sign, rows(data, "signs", "caring"))},
        assumed=bool(data.get("assumed", False)),
    )


def _group(row: Data, known: Set[str]) -> Group:
    code = text(row, "code", "caring, groups")
    where = f"caring, group {code}"
    try:
        every = Every(text(row, "every", where))
    except ValueError as error:
        raise DataError(f"{where}: every is week, month or quarter.") from error
    ways = []
    for one in rows(row, "any", where):
        tags = frozenset(str(tag) for tag in one.get("tags") or ())
        strange = sorted(tag for tag in tags if tag.partition(":")[0] not in known)
        if strange:
            raise DataError(f"{where}: there is no tag {strange[0]}.")
        age = whole(one, "age", where) if "age" in one else 0
        if not tags and not age:
            raise DataError(f"{where}: a line needs tags or an age.")
        ways.append(Condition(tags, age))
    return Group(code, label(row, where), every, tuple(ways))


def _need(row: Data) -> Need:
    code = text(row, "code", "caring, needs")
    try:
        leads = Leads(text(row, "leads", f"caring, need {code}"))
    except ValueError as error:
        raise DataError(f"caring, need {code}: leads is order, complaint or village.") from error
    return Need(code, label(row, f"caring, need {code}"), leads, str(row.get("item", "")))


def _sign(row: Data) -> Sign:
    code = text(row, "code", "caring, signs")
    tone = text(row, "tone", f"caring, sign {code}")
    if tone not in TONES:
        raise DataError(f"caring, sign {code}: tone is one of {', '.join(TONES)}.")
    return Sign(code, label(row, f"caring, sign {code}"), tone)
