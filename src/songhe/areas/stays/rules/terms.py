"""What an installation says about stays, built from its data file; bad data names itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from songhe.core.labels import Label
from songhe.core.sources import DataError

LEAVES = ("hospital", "home", "other")


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Who comes before others: with one of the tags, from an ability level on, or from an age on."""

    code: str
    label: Label
    tags: frozenset[str] = frozenset()
    level: int | None = None
    age: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The rules of an installation. ``assumed`` names the parts for which no published rule was found."""

    nursing_from: int = 2
    assess_days: int = 30
    back_days: int = 92
    due_days: int = 14
    keeps: Mapping[str, int] = field(default_factory=lambda: {"hospital": 30, "home": 15, "other": 7})
    answer_days: int = 5
    groups: tuple[Group, ...] = ()
    late_days: int = 31
    roll_hour: int = 10
    nursing_share: int = 0
    assumed: frozenset[str] = frozenset()
    sources: Mapping[str, str] = field(default_factory=dict)


PARTS = ("admission", "leave", "waiting", "day_care", "target")
NUMBERS = {
    "admission": {"nursing_from": (0, 4), "assess_days": (1, 365), "back_days": (0, 3650), "due_days": (1, 365)},
    "waiting": {"answer_days": (1, 90)},
    "day_care": {"late_days": (0, 366), "roll_hour": (0, 23)},
    "target": {"nursing_share": (0, 10_000)},
}  # fmt: skip


def build_terms(data: Mapping[str, Any]) -> Terms:
    """Terms from the data file; what it does not say is as in the working defaults."""
    parts = {name: data.get(name) or {} for name in PARTS}
    for name, part in parts.items():
        if not isinstance(part, Mapping):
            raise DataError(f"stays: {name} must be a part with names and values.")
    numbers = {
        name: _number(part, name, parts[part].get(name, getattr(Terms(), name)), *ends)
        for part, names in NUMBERS.items()
        for name, ends in names.items()
    }
    return Terms(
        **numbers,
        keeps=_keeps(parts["leave"].get("keeps") or {}),
        groups=tuple(_group(one) for one in parts["waiting"].get("groups") or ()),
        assumed=frozenset(name for name, part in parts.items() if part.get("assumed", True)),
        sources={name: str(part.get("source", "")) for name, part in parts.items()},
    )


def _number(part: str, name: str, value: object, least: int, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise DataError(f"stays: {part}.{name} must be a whole number from {least} to {most}.")
    return value


def _keeps(said: Mapping[str, Any]) -> dict[str, int]:
    if not set(said) <= set(LEAVES):
        raise DataError(f"stays: leave.keeps names {', '.join(LEAVES)}.")
    return {kind: _number("leave", kind, said.get(kind, Terms().keeps[kind]), 0, 366) for kind in LEAVES}


def _group(said: Any) -> Group:
    if not isinstance(said, Mapping) or not all(said.get(name) for name in ("code", "en", "zh")):
        raise DataError("stays: each group of waiting has a code and its words (en, zh).")
    if not any(name in said for name in ("tags", "level", "age")):
        raise DataError(f"stays: the group {said['code']} says neither tags nor level nor age.")
    return Group(
        code=str(said["code"]),
        label=Label(en=str(said["en"]), zh=str(said["zh"])),
        tags=frozenset(str(tag) for tag in said.get("tags") or ()),
        level=None if said.get("level") is None else _number("waiting", "level", said["level"], 0, 4),
        age=None if said.get("age") is None else _number("waiting", "age", said["age"], 1, 150),
    )
