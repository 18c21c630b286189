"""Numbers of bank cards and accounts: what can be told from the number alone."""

from __future__ import annotations

from collections.abc import Sequence


def luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of the others (ISO/IEC 7812-1)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return bool(digits) and total % 10 == 0


def with_check_digit(digits: str) -> str:
    """The digits with their check digit behind them."""
    return next(f"{digits}{last}" for last in range(10) if luhn(f"{digits}{last}"))


def cleaned(text: str) -> str:
    """The digits of a number as people write it, with spaces and hyphens; "" where anything else is in it."""
    found = "".join(sign for sign in text if not sign.isspace() and sign not in "-–—")
    return found if found.isascii() and found.isdecimal() else ""


def fits(digits: str, lengths: Sequence[int], *, checked: bool) -> bool:
    """Whether a number has a length that a bank gives, and its check digit where its numbers have one."""
    return len(digits) in lengths and (luhn(digits) or not checked)


def masked(last_four: str) -> str:
    """A number as screens show it."""
    return f"**** {last_four}" if last_four else ""
