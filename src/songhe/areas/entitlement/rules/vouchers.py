"""What of a month's vouchers may have been paid twice or must not have been paid: frozen values in, suspects out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from uuid import UUID

PAID_TWICE, COMPARABLE, AFTER_DEATH = "paid_twice", "comparable", "after_death"
NO_LEVEL, OVER_CAP, OVER_SHARE, OTHER_MONTH = "no_level", "over_cap", "over_share", "other_month"
HOME: Final = "home"
BOTH, DAY, PROVIDER = "day_and_provider", "day", "provider"
"""By what a line of the city is taken for the bill that the voucher paid, the surest first."""


@dataclass(frozen=True, slots=True)
class Issued:
    """One voucher of a month."""

    key: UUID
    kind: str
    percent: int
    most_fen: int


@dataclass(frozen=True, slots=True)
class Used:
    """What a voucher paid of one bill."""

    key: UUID
    voucher: UUID
    on: date
    bill_fen: int
    deducted_fen: int
    organisation: UUID | None


@dataclass(frozen=True, slots=True)
class Paid:
    """What the city pays for one thing that was given to the person. ``number``: the paper that says so."""

    key: UUID
    on: date
    fen: int
    organisation: UUID | None
    what: str
    number: str


@dataclass(frozen=True, slots=True)
class Support:
    """Comparable full support in the month: a tag, or a benefit with what it gives in its unit."""

    code: str
    fen: int = 0
    amount: int = 0
    unit: str = ""


@dataclass(frozen=True, slots=True)
class MonthOf:
    """All that is known of one person and month. ``levels``: first and last days of the national levels."""

    month: date
    vouchers: Sequence[Issued]
    used: Sequence[Used]
    levels: Sequence[tuple[date, date]] = ()
    died_on: date | None = None
    city: Sequence[Paid] = ()
    support: Sequence[Support] = ()


@dataclass(frozen=True, slots=True)
class Suspected:
    """One suspect. ``redemption`` is the bill in question; ``by`` says by what each line of the city fits it."""

    kind: str
    sign: str
    voucher: UUID
    voucher_fen: int
    city_fen: int = 0
    redemption: UUID | None = None
    lines: Sequence[tuple[Paid, str]] = ()
    support: Support | None = None
    extra: dict[str, int] = field(default_factory=dict)


def suspects(known: MonthOf, *, most_fen: int) -> Iterator[Suspected]:
    """Everything that does not add up in one person's month, in the order of the bills."""
    vouchers = {one.key: one for one in known.vouchers}
    for used in sorted(known.used, key=lambda one: (one.on, one.key)):
        yield from _of_bill(known, vouchers[used.voucher], used)
    yield from _of_month(known, most_fen)


def matches(used: Used, kind: str, lines: Sequence[Paid]) -> tuple[tuple[Paid, str], ...]:
    """The city's lines that may stand for the same service, each with by what: day and provider, day, or provider.

    A line of another day and provider is no match; a day alone speaks for help at home only.
    """
    found = []
    for line in lines:
        same_day = line.on == used.on
        same_provider = used.organisation is not None and used.organisation == line.organisation
        by = BOTH if same_day and same_provider else PROVIDER if same_provider else ""
        if same_day and not same_provider and kind == HOME:
            by = DAY
        if by and line.fen > 0:
            found.append((line, by))
    return tuple(sorted(found, key=lambda pair: (pair[0].on, pair[0].key)))


def _of_bill(known: MonthOf, voucher: Issued, used: Used) -> Iterator[Suspected]:
    def suspected(kind: str, city_fen: int = 0, sign: str = "", **more: object) -> Suspected:
        return Suspected(
            kind,
            sign or str(used.key),
            voucher.key,
            used.deducted_fen,
            city_fen,
            redemption=used.key,
            **more,  # type: ignore[arg-type]  # the rest of the same dataclass
        )

    if lines := matches(used, voucher.kind, known.city):
        sign = f"{used.key} {_digest(lines)}"
        yield suspected(PAID_TWICE, sum(line.fen for line, _by in lines), sign, lines=lines)
    if known.died_on is not None and used.on > known.died_on:
        yield suspected(AFTER_DEATH)
    if not any(first <= used.on <= last for first, last in known.levels):
        yield suspected(NO_LEVEL)
    if used.deducted_fen > share_of(used.bill_fen, voucher.percent):
        yield suspected(OVER_SHARE, extra={"allowed_fen": share_of(used.bill_fen, voucher.percent)})
    if (used.on.year, used.on.month) != (known.month.year, known.month.month):
        yield suspected(OTHER_MONTH)


def _of_month(known: MonthOf, most_fen: int) -> Iterator[Suspected]:
    total = sum(one.deducted_fen for one in known.used)
    if not total:
        return
    first = min(known.vouchers, key=lambda one: one.key).key
    allowed = min(most_fen, sum(one.most_fen for one in known.vouchers))
    if total > allowed:
        yield Suspected(OVER_CAP, str(total), first, total, extra={"allowed_fen": allowed})
    for support in known.support:
        yield Suspected(COMPARABLE, support.code, first, total, support.fen, support=support)


def share_of(bill_fen: int, percent: int) -> int:
    """The most that a share of a bill may be, in fen; half a fen counts for the person."""
    return -(-bill_fen * percent // 100)


def _digest(lines: Sequence[tuple[Paid, str]]) -> str:
    """Names the lines, so that a decision holds until other lines come."""
    text = " ".join(f"{line.key}:{line.fen}" for line, _by in lines)
    return hashlib.sha256(text.encode()).hexdigest()[:12]
