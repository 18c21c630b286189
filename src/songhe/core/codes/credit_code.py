"""Unified social credit codes of organisations (GB 32100-2015)."""

from __future__ import annotations

from dataclasses import dataclass

from songhe.core.refusal import Refused
from songhe.core.text.normal import halfwidth

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
RULE = "GB 32100-2015"


@dataclass(frozen=True, slots=True)
class CreditCode:
    """A checked code of 18 signs."""

    code: str

    @property
    def authority(self) -> str:
        """First sign: which registry issued it (5 civil affairs, 9 market supervision, 1 establishment)."""
        return self.code[0]

    @property
    def area(self) -> int:
        return int(self.code[2:8])

    @property
    def organisation_code(self) -> str:
        """The nine signs of GB 11714 inside."""
        return self.code[8:17]

    def __str__(self) -> str:
        return self.code


def check_sign(first17: str) -> str:
    """The eighteenth sign: 31 minus the weighted sum modulo 31, looked up in the alphabet of 31 signs."""
    total = sum(ALPHABET.index(sign) * weight for sign, weight in zip(first17, WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def organisation_check_sign(first8: str) -> str:
    """The ninth sign of an organisation code (GB 11714-1997)."""
    signs = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    total = sum(signs.index(sign) * weight for sign, weight in zip(first8, ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X0"[11 - total % 11]


def parse_credit_code(value: object, *, field: str | None = None) -> CreditCode:
    """Read a code; spaces, dashes, full width and lower case are mended, anything else is refused."""
    text = halfwidth(str(value or "")).upper()
    text = "".join(sign for sign in text if not sign.isspace() and sign not in "-'")
    if not text:
        raise Refused(
            "credit_code_missing", "The credit code is missing. Enter the 18 characters.", field=field
        )
    wrong = next((sign for sign in text if sign not in ALPHABET), None)
    if len(text) != 18 or wrong is not None or not text[2:8].isdecimal():
        raise Refused(
            "credit_code_shape",
            "The credit code needs 18 characters, digits and capitals without I, O, S, V, Z, with an area code in positions 3 to 8; this one has {count} characters. Copy it from the licence.",
            field=field,
            rule=RULE,
            count=len(text),
        )
    if check_sign(text[:17]) != text[17]:
        raise Refused(
            "credit_code_check",
            "The credit code {written} fails its check digit: one character is wrong or two are swapped. Copy it from the licence.",
            field=field,
            rule=RULE,
            written=text,
        )
    return CreditCode(text)
