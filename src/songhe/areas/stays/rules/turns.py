"""Whose turn it is on a waiting list, and which bed a person needs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from songhe.areas.stays.rules.terms import Group, Terms
from songhe.core.decision import Decision, grant, refuse

NURSING = "nursing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant:
    """What is known of somebody who waits."""

    tags: frozenset[str] = frozenset()
    level: int | None = None
    age: int | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """A place in the order: smaller ranks come first. ``groups`` are the codes of all groups that fit, the one that
    counts first."""

    rank: int
    groups: tuple[str, ...] = ()


def turn_of(one: Applicant, groups: Iterable[Group]) -> Turn:
    """The turn of somebody by the groups of an installation; who is in none comes after all of them."""
    ordered = tuple(groups)
    fitting = [(rank, group.code) for rank, group in enumerate(ordered) if _fits(one, group)]
    if not fitting:
        return Turn(len(ordered))
    return Turn(fitting[0][0], tuple(code for _rank, code in fitting))


def _fits(one: Applicant, group: Group) -> bool:
    by_level = group.level is not None and one.level is not None and one.level >= group.level
    by_age = group.age is not None and one.age is not None and one.age >= group.age
    return bool(group.tags & one.tags) or by_level or by_age


def fits_level(level: int | None, kind: str, terms: Terms, *, why: str = "") -> Decision[bool]:
    """Whether a bed of a kind suits a person of an ability level; without an assessment only with the reason said."""
    if level is None:
        if not why:
            return refuse(
                "No ability assessment of this person is in force. Ask for one first, or say why the admission cannot wait; "
                "the assessment is then due within {days} days.",
                code="not_assessed",
                rule="admission",
                days=terms.assess_days,
            )
        return grant(True, because="Admitted without an assessment: {why}", rule="admission", why=why)
    if level >= terms.nursing_from and kind != NURSING:
        return refuse(
            "The person's ability level is {level}; from level {least} on a nursing bed is needed. Choose a nursing bed.",
            code="needs_nursing",
            rule="admission",
            level=level,
            least=terms.nursing_from,
        )
    return grant(True, because="Ability level {level}", rule="admission", level=level)
