"""Where a line of a paper may end."""

from __future__ import annotations

import re
from collections.abc import Iterator

_WORD = re.compile(r"[A-Za-z0-9¥%.,:/+\-−_'’]+|\s+|.", re.DOTALL)
ENDING = frozenset("、,。;:?!)》”’」】〉…!?,.;:)%℃·")
"""Signs that stay with what stands before them."""
OPENING = frozenset("(《“‘「【〈(")
"""Signs that stay with what follows."""


def pieces(text: str) -> Iterator[str]:
    """A text in pieces between which a line may end: words and numbers whole, points never first, brackets never last."""
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
