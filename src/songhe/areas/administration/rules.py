"""Which roles may be held together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from songhe.core.decision import Decision, grant, refuse


def holdable(
    role: str, held: Iterable[str], excluded: Mapping[str, frozenset[str]], names: Mapping[str, str]
) -> Decision[str]:
    """Whether a user with the roles ``held`` may also hold ``role``; ``excluded`` names, for each role,
    those it bars; ``names`` gives their words."""
    for other in held:
        if other in excluded.get(role, frozenset()) or role in excluded.get(other, frozenset()):
            return refuse(
                "This user already holds the role “{other}”, which may not be held together with “{role}”. End the other role first, or assign this one to a colleague.",
                code="incompatible_roles",
                rule="four-eyes",
                other=names.get(other, other),
                role=names.get(role, role),
            )
    return grant(role, because="this user has no conflicting role")
