"""What changes in the months to come, and why: the evaluator for one person asked again for each of them.

Nothing is guessed: a change is what the rules give for a month and did not give for the month before, and a cause is
what, taken back alone, takes the change back. That one month is longer than another is no change.
"""

from songhe.core.rules.ahead.changes import ahead
from songhe.core.rules.ahead.kinds import MOST, Asked, Cause, Change, Course, Difference, Supposed, Told
from songhe.core.rules.ahead.suppose import supposed

__all__ = [
    "MOST",
    "Asked",
    "Cause",
    "Change",
    "Course",
    "Difference",
    "Supposed",
    "Told",
    "ahead",
    "supposed",
]
