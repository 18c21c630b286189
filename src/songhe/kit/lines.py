"""Where a line of a paper may end."""

from __future__ import annotations

import re
from collections.abc import Iterator

_UNITS = "小时|分钟|周岁|年|月|日|岁|元|餐|项|条"
_WORD = re.compile(rf"[0-9][0-9,.]* ?(?:{_UNITS})|[A-Za-z0-9¥%.,:/+\-−_'’]+|\s+|.", re.DOTALL)
ENDING = frozenset("、,。;:?!)》”’」】〉…!?,.;:)%℃·")
"""Signs that stay with what stands before them."""
OPENING = frozenset("(《“‘「【〈(")
"""Signs that stay with what follows."""


def pieces(text: str) -> Iterator[str]:
    """A text in pieces between which a line may end: words and numbers with their unit whole, points never first, brackets never last."""
    piece = ""
    for found in _WORD.findall(" ".join(text.split("\n"))):
        joins = not piece or found[0] in ENDING or found.isspace() or piece[-1] in OPENING
        if joins:
            piece += found
        else:
            yield piece
            piece = found
    if piece:
        yield piece
