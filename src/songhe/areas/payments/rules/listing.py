"""The columns of the list for the bank: each city's bank reads its own, in its own order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

FIELDS: Final = (
    "seq", "number", "holder", "account", "bank", "bank_name", "branch", "yuan", "fen", "months", "first_month",
    "last_month", "benefit",
)  # fmt: skip
"""What a column may hold. ``bank``: its name and branch; ``bank_name``, ``branch``: each alone."""
NEEDED: Final = ("number", "holder", "account")
"""Without these the bank cannot pay, or its answer cannot be matched."""


@dataclass(frozen=True, slots=True)
class ListColumn:
    """One column: its head as the bank's program expects it, and a field or a fixed text."""

    head: str
    field: str
    text: str = ""


DEFAULT: Final = (
    ListColumn("明细号", "number"),
    ListColumn("户名", "holder"),
    ListColumn("账号", "account"),
    ListColumn("开户银行", "bank"),
    ListColumn("金额(元)", "yuan"),
    ListColumn("备注", "months"),
)


def fault(columns: tuple[ListColumn, ...]) -> str:
    """What is wrong with columns; empty where nothing is."""
    fields, heads = [one.field for one in columns if one.field], [one.head for one in columns]
    if unknown := sorted(set(fields) - set(FIELDS)):
        return f"there is no field {', '.join(unknown)}; choose among {', '.join(FIELDS)}"
    if len(set(heads)) != len(heads) or not all(head.strip() == head and head for head in heads):
        return "each head stands once, without blanks around it"
    if any(bool(one.field) == bool(one.text) for one in columns):
        return "a column has either a field or a text"
    if missing := [name for name in NEEDED if fields.count(name) != 1]:
        return f"{', '.join(missing)} must stand in exactly one column"
    if fields.count("yuan") + fields.count("fen") != 1:
        return "the amount must stand in exactly one column, in yuan or in fen"
    return ""
