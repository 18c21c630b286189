"""A decision with its reasons, as pure rules return it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from songhe.core.refusal import Refused

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Reason:
    """One step of the argument: an English template, its values and the rule or clause behind it."""

    text: str
    rule: str = ""
    values: dict[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.text.format(**self.values)


@dataclass(frozen=True, slots=True)
class Decision(Generic[T]):
    """A granted value or a refusal, never both."""

    value: T | None
    reasons: tuple[Reason, ...]
    refused: bool = False
    code: str = ""

    def or_refuse(self) -> T:
        """The value, or the refusal raised with its last reason."""
        if self.refused or self.value is None:
            reason = self.reasons[-1]
            refusal = Refused(self.code or "refused", reason.text, rule=reason.rule or None)
            refusal.values = reason.values
            raise refusal
        return self.value


def grant(value: T, *, because: str, rule: str = "", **values: object) -> Decision[T]:
    """Decide in favour, with the reason."""
    return Decision(value, (Reason(because, rule, values),))


def refuse(because: str, *, code: str = "refused", rule: str = "", **values: object) -> Decision[T]:
    """Decide against, with the reason."""
    return Decision(None, (Reason(because, rule, values),), refused=True, code=code)
