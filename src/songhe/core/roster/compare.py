"""What is different between two plans, visit by visit."""

from __future__ import annotations

from dataclasses import dataclass

from songhe.core.roster.plan import Plan, Stay


@dataclass(frozen=True, slots=True)
class Change:
    """One task that is done by somebody else, at another time, newly or no longer. None: it was or is not planned."""

    visit: str
    part: int
    before: Stay | None
    after: Stay | None

    @property
    def worker(self) -> bool:
        """Whether somebody else comes."""
        return (self.before and self.before.worker) != (self.after and self.after.worker)

    @property
    def minutes(self) -> int | None:
        """How much later it begins; None where it is not in both plans on the same shift or of the same worker."""
        if (
            self.before is None
            or self.after is None
            or (not self.worker and self.before.shift != self.after.shift)
        ):
            return None
        return self.after.start - self.before.start


def compare(before: Plan, after: Plan) -> tuple[Change, ...]:
    """Every task that changed, by visit."""
    found = []
    for key in sorted(before.by_task.keys() | after.by_task.keys()):
        one, other = before.by_task.get(key), after.by_task.get(key)
        if one != other:
            found.append(Change(*key, one, other))
    return tuple(found)
