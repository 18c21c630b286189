"""Days since 1970-01-01 to packed dates, by calculation: quicker in a kernel than looking them up.

After Neri and Schneider, "Euclidean affine functions and their application to calendar algorithms" (2022): years are
counted from March, so that a leap day is the last of its year.
"""

from songhe.core.rules.many.kernel.form import NARROW, Form

MARCH_0 = 719_468
"""Days from 1 March of the year 0 to 1970-01-01."""


def packed(form: Form, at: str) -> str:
    """What ``columns.pack`` makes of a day, as 32 bits; right for every date that Python knows."""

    def op(name: str, a: str, b: str | int) -> str:
        return form.op(f"{name} {NARROW} {a}, {b}")

    def quarters(days: str) -> str:
        return op("or", op("shl", days, 2), 3)

    century = op("udiv", quarters(op("add", at, MARCH_0)), 146_097)
    left = op("urem", quarters(op("add", at, MARCH_0)), 146_097)
    left = quarters(op("lshr", left, 2))
    year = op("udiv", left, 1_461)
    day = op("lshr", op("urem", left, 1_461), 2)
    both = op("add", op("mul", day, 2_141), 197_913)
    month = op("lshr", both, 16)
    day = op("lshr", op("mul", op("and", both, 65_535), 31_345), 26)
    months = op("add", op("mul", op("add", op("mul", century, 100), year), 12), month)
    return op("add", op("shl", op("sub", months, 1), 5), op("add", day, 1))
