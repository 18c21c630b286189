"""Who may assess a person: two people, one of them medical, neither bound to the person nor judging themselves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from songhe.core.decision import Decision, Reason, grant, refuse

Pair = tuple[UUID, UUID]


class Bond(StrEnum):
    """What binds an assessor to a person, or to a result of this person."""

    KIN = "kin"
    NAMESAKE = "namesake"
    SERVES = "serves"
    EARLIER = "earlier"


@dataclass(frozen=True, slots=True)
class Bound:
    """One assessor who is bound, and how; ``through`` names the organisation or the assessment."""

    assessor: UUID
    name: str
    bond: Bond
    through: str = ""


WHY = {
    Bond.KIN: Reason(
        "{name} is a relative of this person and may not assess. Choose somebody else.", "recusal"
    ),
    Bond.NAMESAKE: Reason(
        "{name} has the name of a relative of this person. Choose somebody else, or state that it is another person of the same name.",
        "recusal",
    ),
    Bond.SERVES: Reason(
        "{name} works for {through}, which serves this person, and may not assess. Choose somebody else.",
        "recusal",
    ),
    Bond.EARLIER: Reason(
        "{name} carried out the assessment {through} now under objection. Two other people have to assess again.",
        "recusal",
    ),
}
_ORDER = tuple(WHY)


def recused(pair: Iterable[UUID], bounds: Iterable[Bound], *, namesakes_differ: bool = False) -> Bound | None:
    """The first bond that keeps one of the two from assessing, the strongest kind first; None where there is none.

    ``namesakes_differ``: somebody answers for it that an assessor only has the same name as a relative.
    """
    asked = frozenset(pair)
    found = [
        bound
        for bound in bounds
        if bound.assessor in asked and not (namesakes_differ and bound.bond is Bond.NAMESAKE)
    ]
    return min(
        found,
        key=lambda bound: (_ORDER.index(bound.bond), bound.name, bound.through, bound.assessor),
        default=None,
    )


def assessors(
    first: UUID,
    second: UUID,
    *,
    medical: frozenset[UUID],
    able: frozenset[UUID],
    bounds: Iterable[Bound] = (),
    namesakes_differ: bool = False,
) -> Decision[Pair]:
    """Two different people who may assess here, at least one medical, neither bound to the person."""
    if first == second:
        return refuse(
            "Two different people have to assess. Choose another second assessor.",
            code="assessment.same_assessor",
            rule="two_assessors",
        )
    if not {first, second} <= able:
        return refuse(
            "One of the two may not assess in this region. Choose somebody from the list.",
            code="assessment.not_able",
            rule="two_assessors",
        )
    if not medical & {first, second}:
        return refuse(
            "At least one assessor needs a medical or nursing background. Say which of the two has it.",
            code="assessment.no_medical",
            rule="two_assessors",
        )
    bound = recused((first, second), bounds, namesakes_differ=namesakes_differ)
    if bound is not None:
        return unfit(bound)
    return grant((first, second), because="Two assessors, one of them medical", rule="two_assessors")


def unfit(bound: Bound) -> Decision[Pair]:
    """The refusal of an assessor who is bound."""
    why = WHY[bound.bond]
    values: dict[str, object] = {"name": bound.name, "through": bound.through}
    return Decision(
        None,
        (Reason(why.text, why.rule, values),),
        refused=True,
        code=f"assessment.{bound.bond}",
    )
