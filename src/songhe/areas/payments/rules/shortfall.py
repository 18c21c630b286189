"""What is covered where a budget line has less than is needed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from songhe.areas.payments.rules.splitting import split

BLOCK: Final = "block"
QUEUE: Final = "queue"
SHARE: Final = "pro_rata"
POLICIES: Final = (BLOCK, QUEUE, SHARE)


def covered(needs: Sequence[int], available: int, policy: str) -> list[int] | None:
    """How many fen of each need are covered. None where the policy is to refuse a shortfall.

    ``queue`` takes the needs in their order and stops at the first that does not fit, so that nobody is overtaken;
    ``pro_rata`` gives every need the same share.
    """
    total = sum(needs)
    if total <= available:
        return list(needs)
    if policy == BLOCK:
        return None
    if policy == SHARE:
        return split(max(available, 0), needs)
    found, left = [], available
    for need in needs:
        if need > left:
            left = 0
        found.append(need if left else 0)
        left -= found[-1]
    return found
