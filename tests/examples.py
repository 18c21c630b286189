"""How many examples the laws are tried on: a few in every run, many in the long one."""

from __future__ import annotations

import os

EXAMPLES = int(os.environ.get("SONGHE_EXAMPLES", "25"))


def tries(usual: int) -> int:
    """So many where a hundred would be usual, when a law has reasons for another number."""
    return max(3, usual * EXAMPLES // 100)
