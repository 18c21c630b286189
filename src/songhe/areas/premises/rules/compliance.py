"""Whether a compound gives the care premises it owes, and if not, why not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from songhe.areas.premises.rules.standards import STEPS
from songhe.core.decision import Reason


class Fault(StrEnum):
    """Why a compound stands in the list."""

    MISSING = "missing"
    TOO_SMALL = "too_small"
    SITE_SMALL = "site_small"
    LATE = "late"
    LATE_PHASE = "late_phase"
    USED_OTHERWISE = "used_otherwise"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One phase: its households, the square metres that each passed step gave, and until when each step is due."""

    number: int
    households: int
    planned: int = 0
    given: Mapping[str, int] = field(default_factory=dict)
    due: Mapping[str, date] = field(default_factory=dict)
    used_otherwise: bool = False

    def __post_init__(self) -> None:
        if self.households < 0 or self.planned < 0 or any(m2 < 0 for m2 in self.given.values()):
            raise ValueError("households and square metres are counts")
        if not set(self.given) <= set(STEPS) or not set(self.due) <= set(STEPS):
            raise ValueError(f"the steps are {', '.join(STEPS)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A compound as it is judged. ``counts``: its planning permit is out, so that it owes its premises."""

    counts: bool
    required: int
    parts: Sequence[Part]
    least_m2: int = 0
    before_half: bool = False


def furthest(part: Part) -> int:
    """The square metres of a phase by the last step it has passed; what is proposed before the first."""
    for step in reversed(STEPS):
        if step in part.given:
            return part.given[step]
    return part.planned


def total(parts: Sequence[Part], step: str) -> int:
    """The square metres that all phases have given by a step."""
    return sum(part.given.get(step, 0) for part in parts)


def late_steps(part: Part, on: date) -> list[str]:
    """The steps of a phase whose day is over and that have not passed."""
    return [
        step
        for step in STEPS
        if furthest(part) and step in part.due and part.due[step] < on and step not in part.given
    ]


def faults(seen: Seen, on: date) -> tuple[Fault, ...]:
    """Everything that is wrong with a compound on a day; nothing while it does not count."""
    if not seen.counts:
        return ()
    given = sum(furthest(part) for part in seen.parts)
    sites = [part for part in seen.parts if furthest(part)]
    found = []
    if seen.required and not given:
        found.append(Fault.MISSING)
    elif given < seen.required:
        found.append(Fault.TOO_SMALL)
    if any(furthest(part) < seen.least_m2 for part in sites):
        found.append(Fault.SITE_SMALL)
    if any(late_steps(part, on) for part in sites):
        found.append(Fault.LATE)
    if seen.before_half and _after_half(seen.parts, seen.required):
        found.append(Fault.LATE_PHASE)
    if any(part.used_otherwise for part in seen.parts):
        found.append(Fault.USED_OTHERWISE)
    return tuple(found)


def _after_half(parts: Sequence[Part], required: int) -> bool:
    """Whether half of the households are built before what is owed is begun. Phases come in the order of their numbers."""
    ordered = sorted(parts, key=lambda part: part.number)
    all_homes = sum(part.households for part in ordered)
    before, begun = 0, 0
    for part in ordered:
        if furthest(part) and begun < required and before * 2 >= all_homes > 0 and before:
            return True
        begun += furthest(part)
        before += part.households
    return False


def reasons(seen: Seen, on: date) -> list[Reason]:
    """The faults in sentences."""
    given = sum(furthest(part) for part in seen.parts)
    said = []
    for fault in faults(seen, on):
        if fault is Fault.MISSING:
            said.append(
                Reason(
                    "No care premises are planned; {owed} m² are required.", values={"owed": seen.required}
                )
            )
        elif fault is Fault.TOO_SMALL:
            said.append(
                Reason(
                    "{given} m² of the {owed} m² required.",
                    values={"given": given, "owed": seen.required},
                )
            )
        elif fault is Fault.SITE_SMALL:
            said.append(
                Reason(
                    "A single site is smaller than the minimum of {least} m².",
                    values={"least": seen.least_m2},
                )
            )
        elif fault is Fault.LATE:
            phases = ", ".join(str(part.number) for part in seen.parts if late_steps(part, on))
            said.append(Reason("A step is late in phase {phases}.", values={"phases": phases}))
        elif fault is Fault.LATE_PHASE:
            said.append(Reason("The premises are built only after half of the homes."))
        else:
            said.append(Reason("Premises that were handed over are used for something else."))
    return said
