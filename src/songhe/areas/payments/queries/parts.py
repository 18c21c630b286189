"""The payments of a large batch some thousands at a time, so that memory does not grow with the batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from django.db.models import QuerySet

from songhe.areas.payments.models import PayLine

PART = 5_000
T = TypeVar("T")


def in_parts(lines: QuerySet[PayLine]) -> Iterator[list[PayLine]]:
    """The payments of one batch in the order of their rows; each part is read when the one before is done with."""
    last = 0
    while part := list(lines.filter(seq__gt=last).order_by("seq")[:PART]):
        last = part[-1].seq
        yield part


def parts_of(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    """The same of rows that are at hand."""
    return (rows[begin : begin + PART] for begin in range(0, len(rows), PART))
