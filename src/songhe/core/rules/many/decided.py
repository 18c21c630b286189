"""What comes out for everybody."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from songhe.core.rules.document import Rule
from songhe.core.rules.many.columns import Array, Mask
from songhe.core.rules.many.widths import Widths

LINE = 64


@dataclass(slots=True)
class Decided:
    """What one rule gave: values in its unit, the place of the deciding case, of whom it is pending, and the row of
    the household's member who receives it instead (or -1).
    """

    rule: Rule
    values: Array
    cases: Array
    unknown: Mask | None = None
    yielded: Array | None = None


def empty(rules: Iterable[Rule], size: int, widths: Widths) -> dict[str, Decided]:
    """Room for what some rules give. It is one piece of memory, which a system hands out in far larger pages."""
    wanted = [(rule, np.dtype(kind)) for rule in rules for kind in (widths.rule(rule), np.uint8)]
    starts = np.cumsum([0, *(-(-size * kind.itemsize // LINE) * LINE for _rule, kind in wanted)])
    whole = np.empty(int(starts[-1]), np.uint8)
    parts = [
        whole[start : start + size * kind.itemsize].view(kind)
        for start, (_rule, kind) in zip(starts, wanted, strict=False)
    ]
    return {
        rule.code: Decided(rule, values, cases)
        for (rule, _kind), values, cases in zip(wanted[::2], parts[::2], parts[1::2], strict=True)
    }
