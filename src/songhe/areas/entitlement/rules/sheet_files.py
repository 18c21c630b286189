"""Sheets as CSV files: written so that spreadsheet programs take no cell for a formula, and read back row by row."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from songhe.core.labels import Label

Cells = tuple[str, ...]
MOST = 5_000
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_MAY_LACK = ("name",)
"""Columns that say nothing of the text; a sheet may leave them out."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a cell and what to do. ``column`` is empty where it is about the row, ``row`` 0 about the file."""

    row: int
    column: str
    text: str
    values: Mapping[str, object] = field(default_factory=dict)


class Faulty(Exception):
    """A sheet that cannot be taken, with everything found wrong with it."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        super().__init__("a sheet with faults")
        self.faults = tuple(faults)


def written(columns: Mapping[str, Label], rows: Iterable[Cells], *, chinese: bool) -> bytes:
    """A sheet as CSV: in UTF-8 with its mark, and with no text that a spreadsheet takes for a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([label.zh if chinese else label.en for label in columns.values()])
    writer.writerows([_safe(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def rows_of(text: str, columns: Mapping[str, Label]) -> list[tuple[int, dict[str, str]]]:
    """The rows of a sheet with their numbers, as a spreadsheet program counts them; empty ones are left out."""
    first = text.lstrip("\ufeff").split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    try:
        lines = list(csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise Faulty([Fault(0, "", "the file is not a CSV file; save it as CSV in UTF-8.")]) from error
    heads = [cell.strip() for cell in lines[0]] if lines else []
    places = {
        code: next((place for place, head in enumerate(heads) if head in (label.en, label.zh)), -1)
        for code, label in columns.items()
    }
    lacking = [code for code, place in places.items() if place < 0 and code not in _MAY_LACK]
    if lacking:
        text_ = "the column is missing; download the table again and keep its first row."
        raise Faulty(Fault(1, code, text_) for code in lacking)
    if len(lines) > MOST:
        raise Faulty(
            [Fault(0, "", "there are more than {most} rows; keep those of the table.", {"most": MOST})]
        )
    found = []
    for number, line in enumerate(lines[1:], start=2):
        cells = {
            code: _plain(line[place]) if 0 <= place < len(line) else "" for code, place in places.items()
        }
        if any(cells.values()):
            found.append((number, cells))
    return found


def _core(text: str) -> str:
    return text.lstrip("'")


def _is_formula(text: str) -> bool:
    return text.startswith(_FORMULA) and not _NUMBER.fullmatch(text)


def _safe(text: str) -> str:
    """An apostrophe before what a spreadsheet would take for a formula; ``_plain`` takes one away again."""
    return f"'{text}" if _is_formula(_core(text)) else text


def _plain(text: str) -> str:
    text = text.strip()
    return text[1:] if text.startswith("'") and _is_formula(_core(text)) else text
