"""Tokens and codes as people scan, type and hear them."""

from __future__ import annotations

SIGNS = "0123456789abcdefghjkmnpqrstvwxyz"
SHORT = 8
_ALIKE = str.maketrans({"o": "0", "i": "1", "l": "1", "u": "v"})
_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")
_MOST = 400


def read_token(said: str) -> str:
    """The token in what was scanned or typed: a whole address, the token, or its short code with dashes."""
    text = said.strip()[:_MOST]
    if "tag=" in text:
        text = text.partition("tag=")[2].partition("&")[0]
    kept = text.lower().translate(_ALIKE)
    return "".join(sign for sign in kept if sign in SIGNS)


def short_code(token: str) -> str:
    """The beginning of a token, for typing where a camera fails."""
    return token[:SHORT]


def shown_code(token: str) -> str:
    """The short code as it is printed."""
    short = short_code(token).upper()
    return f"{short[:4]}-{short[4:]}"


def read_code(said: str) -> str:
    """Six digits as somebody typed what was heard."""
    return "".join(sign for sign in said.translate(_DIGITS)[:40] if sign in "0123456789")
