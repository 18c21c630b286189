"""Yuan as lists write them, as whole fen."""

from __future__ import annotations

import re
from decimal import Decimal

from songhe.core.refusal import Refused
from songhe.core.text.normal import halfwidth

_YUAN = re.compile(r"\d{1,13}(\.\d+)?")
_SIGNS = str.maketrans("", "", ", ¥￥")


def parse_yuan(value: object, *, field: str | None = None) -> int:
    """Fen of ``800``, ``1,200.5``, ``¥12.30`` or ``300元``. Refused below zero, with parts of a fen or with other words."""
    text = halfwidth(str(value)).translate(_SIGNS).removesuffix("元").removeprefix("'")
    found = _YUAN.fullmatch(text)
    fen = Decimal(text) * 100 if found else Decimal("0.5")
    if fen != int(fen):
        raise Refused(
            "yuan",
            "“{text}” is not an amount of money. Write yuan with at most two decimals, such as 1200.50.",
            field=field,
            text=str(value)[:20],
        )
    return int(fen)
