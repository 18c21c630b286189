"""What a text costs as a text message, and identity numbers that must not stand in one."""

from __future__ import annotations

import re

from songhe.core.text.normal import halfwidth

_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_TWICE = frozenset("^{}\\[~]|€")
ONE_GSM, MORE_GSM = 160, 153
ONE_WIDE, MORE_WIDE = 70, 67
_IDENTITY = re.compile(r"(?<!\d)(?:\d[ -]?){17}[\dXx](?![\dXx])|(?<!\d)\d{15}(?!\d)")
HIDDEN = "***"


def segments(text: str) -> int:
    """How many text messages a text is billed as: 160 signs of the GSM alphabet or 70 UTF-16 units in one, 153 or 67 in
    each of several (3GPP TS 23.038 and 23.040). Nothing is none.
    """
    if not text:
        return 0
    if all(sign in _GSM or sign in _GSM_TWICE for sign in text):
        length, one, more = sum(2 if sign in _GSM_TWICE else 1 for sign in text), ONE_GSM, MORE_GSM
    else:
        length, one, more = len(text.encode("utf-16-le", "surrogatepass")) // 2, ONE_WIDE, MORE_WIDE
    return 1 if length <= one else -(-length // more)


def without_numbers(text: str) -> str:
    """The text with every identity number (15 or 18 signs, in any width) made unreadable."""
    narrow = halfwidth(text)
    if not _IDENTITY.search(narrow):
        return text
    return _IDENTITY.sub(HIDDEN, narrow)
