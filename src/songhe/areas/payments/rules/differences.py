"""What is due, what was posted, and the difference between them, for many grants at once.

Months count from year 0 (``month_number``), amounts are fen.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
ENDED, PAYABLE, KEPT, PENDING = range(4)
"""Of a grant in a month: nothing is due; what the policy says is due; what was posted stays (the grant is suspended);
it waits for a document, so that what was posted stays."""
CAUSES: Final = ("month", "late", "arrears", "fact", "policy", "stopped", "died")
MONTH, LATE, ARREARS, FACT, POLICY, STOPPED, DIED = range(7)
NO_POLICY = -1


@dataclass(frozen=True, slots=True)
class Due:
    """What is due to each grant for one month. ``policy`` is the place of the policy that decided, or NO_POLICY;
    ``owed`` marks suspended months that are paid after all, ``dead`` whose holder died before."""

    status: Array
    fen: Array
    case: Array
    policy: Array
    owed: Array
    dead: Array


@dataclass(frozen=True, slots=True)
class Posted:
    """What was posted to each grant for one month, and under which policy last; 0 and NO_POLICY where nothing was."""

    fen: Array
    policy: Array


@dataclass(frozen=True, slots=True)
class Differences:
    """Changes for one month: the rows of the grants, by how much, what is due after it, and why."""

    grant: Array
    fen: Array
    due: Array
    case: Array
    policy: Array
    cause: Array

    @property
    def size(self) -> int:
        """How many grants change."""
        return len(self.grant)


def month_number(day: date) -> int:
    """A month as one number."""
    return day.year * 12 + day.month - 1


def month_day(number: int) -> date:
    """The first day of a month."""
    return date(number // 12, number % 12 + 1, 1)


def differences(due: Due, posted: Posted, *, this_month: bool) -> Differences:
    """By how much what is due differs from what was posted. Posted once, the same again gives none.

    Every difference has a policy: that which decided, or where a grant ended the one under which it was posted.
    """
    settled = (due.status == PAYABLE) | (due.status == ENDED)
    after = np.where(due.status == PAYABLE, due.fen, 0)
    row = np.flatnonzero(settled & (after != posted.fen))
    decided = due.policy[row] != NO_POLICY
    return Differences(
        grant=row,
        fen=after[row] - posted.fen[row],
        due=after[row],
        case=due.case[row],
        policy=np.where(decided, due.policy[row], posted.policy[row]),
        cause=_causes(due, posted, row, this_month),
    )


def _causes(due: Due, posted: Posted, row: Array, this_month: bool) -> Array:
    ended, owed = due.status[row] == ENDED, due.owed[row]
    first = posted.policy[row] == NO_POLICY
    changed = due.policy[row] != posted.policy[row]
    return np.select(
        [ended & due.dead[row], ended, owed & first, first & this_month, first, changed],
        [DIED, STOPPED, ARREARS, MONTH, LATE, POLICY],
        FACT,
    ).astype(np.int8)
