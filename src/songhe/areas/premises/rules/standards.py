"""Standards of places out of the data files: how many square metres a compound owes, and what each step asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from songhe.core.labels import Label
from songhe.core.sources import DataError, day_or_none, label, rows, text, whole

STEPS = ("plan", "build", "accept", "deliver")
"""The four synchronous steps, in their order."""
NATION = "0"
MOST_RATE = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Standard:
    """What a place asks for: square metres for every 100 households, the smallest single site, and when in the building.

    ``before_half``: in phases begun before half of the households are built. None where the place says nothing of it.
    """

    code: str
    label: Label
    region: str
    new: int
    existing: int | None
    least_m2: int = 0
    before_half: bool | None = None
    certain: bool = False
    source: Label
    since: date | None = None
    until: date | None = None

    def holds(self, region: int, on: date) -> bool:
        """Whether it is meant for a place and a day."""
        here = self.region == NATION or f"{region:012d}".startswith(self.region)
        return here and (self.since is None or self.since <= on) and (self.until is None or on < self.until)

    def per_100(self, *, is_new: bool) -> int:
        """Square metres for every 100 households."""
        return self.new if is_new or self.existing is None else self.existing


@dataclass(frozen=True, slots=True)
class Paper:
    """One document of a step."""

    code: str
    label: Label
    needed: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One of the four steps: who decides it outside of civil affairs, and which documents show it."""

    code: str
    label: Label
    body: Label
    papers: tuple[Paper, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of project, or a milestone."""

    code: str
    label: Label


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Everything an installation says about premises."""

    standards: tuple[Standard, ...]
    steps: tuple[Step, ...]
    projects: tuple[Kind, ...]
    milestones: tuple[Kind, ...]
    papers_assumed: Label | None

    def step(self, code: str) -> Step:
        """One of the four steps."""
        return next(step for step in self.steps if step.code == code)


def required_m2(households: int, per_100: int, least_m2: int = 0) -> int:
    """The square metres that so many households owe, rounded up; never less than the smallest single site."""
    if households < 0 or per_100 < 0 or least_m2 < 0:
        raise ValueError("households and square metres are counts")
    return max(-(-households * per_100 // 100), least_m2) if households else 0


def standard_of(standards: Iterable[Standard], region: int, on: date) -> Standard:
    """The standard of a place on a day: the one of the smallest region that holds it, and of these the latest.

    What a place leaves open is as in the next larger one.
    """
    found = sorted(
        (one for one in standards if one.holds(region, on)),
        key=lambda one: (one.region != NATION, len(one.region), one.since or date.min),
    )
    if not found:
        raise ValueError("the nation's standard is missing from the data")
    out = found[-1]
    for wider in reversed(found[:-1]):
        out = replace(
            out,
            existing=wider.existing if out.existing is None else out.existing,
            before_half=wider.before_half if out.before_half is None else out.before_half,
        )
    return out


def build_terms(files: Sequence[Mapping[str, Any]]) -> Terms:
    """Terms from the data files, the nation's first; standards add up, of anything else the last file's holds."""
    merged: dict[str, Any] = {}
    for data in files:
        merged |= {name: value for name, value in data.items() if name != "standards"}
    standards = tuple(
        _standard(row) for data in files if "standards" in data for row in rows(data, "standards", "premises")
    )
    if not any(one.region == NATION for one in standards):
        raise DataError('premises: one standard must be for the nation (region: "0").')
    steps = tuple(_step(row) for row in rows(merged, "steps", "premises"))
    if tuple(step.code for step in steps) != STEPS:
        raise DataError(f"premises: steps must be {', '.join(STEPS)}, in this order.")
    assumed = merged.get("papers_assumed")
    return Terms(
        standards=standards,
        steps=steps,
        projects=_kinds(merged, "projects"),
        milestones=_kinds(merged, "milestones"),
        papers_assumed=label(assumed, "premises, papers_assumed") if assumed else None,
    )


def _standard(row: Mapping[str, Any]) -> Standard:
    code = text(row, "code", "premises, standard")
    where = f"premises, standard {code}"
    region = text(row, "region", where)
    if not region.isdecimal() or len(region) > 12:
        raise DataError(f'{where}: region must be the first digits of a region code, or "0" for the nation.')
    new = whole(row, "new", where)
    existing = whole(row, "existing", where) if "existing" in row else None
    if max(new, existing or 0) > MOST_RATE:
        raise DataError(f"{where}: more than {MOST_RATE} square metres for 100 households.")
    certain, before = row.get("certain", False), row.get("before_half")
    if not isinstance(certain, bool) or before not in (None, True, False):
        raise DataError(f"{where}: certain and before_half must be true or false.")
    return Standard(
        code=code,
        label=label(row, where),
        region=region,
        new=new,
        existing=existing,
        least_m2=whole(row, "least_m2", where) if "least_m2" in row else 0,
        before_half=before,
        certain=certain,
        source=label(row.get("source"), f"{where}, source"),
        since=day_or_none(row, "since", where),
        until=day_or_none(row, "until", where),
    )


def _step(row: Mapping[str, Any]) -> Step:
    code = text(row, "code", "premises, step")
    where = f"premises, step {code}"
    papers = []
    for paper in rows(row, "papers", where):
        name = text(paper, "code", f"{where}, paper")
        papers.append(Paper(name, label(paper, f"{where}, paper {name}"), bool(paper.get("needed", True))))
    if len({paper.code for paper in papers}) != len(papers):
        raise DataError(f"{where}: a document is given twice.")
    return Step(code, label(row, where), label(row.get("body"), f"{where}, body"), tuple(papers))


def _kinds(data: Mapping[str, Any], key: str) -> tuple[Kind, ...]:
    found = []
    for row in rows(data, key, "premises"):
        code = text(row, "code", f"premises, {key}")
        found.append(Kind(code, label(row, f"premises, {key}, {code}")))
    return tuple(found)
