"""Spreadsheets as streams of rows: CSV in the encodings of China, and XLSX."""

from __future__ import annotations

import codecs
import csv
import ctypes
import io
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Protocol

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from songhe.core.refusal import Refused
from songhe.engines.imports import limits

Cell = str | int | float | bool | date | datetime | time | timedelta

CSV_SHEET = "CSV"
_ENCODINGS = ("utf-8-sig", "gb18030")
_SAMPLE_SIGNS = 64_000
_DELIMITERS = ",\t;|"
WHOLE_BELOW = 1e15
"""From here on a spreadsheet has lost digits."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row as it stands: its number as the spreadsheet program shows it, and its cells."""

    number: int
    cells: list[Cell]


class Table(Protocol):
    """A file with one or more sheets."""

    @property
    def sheets(self) -> tuple[str, ...]:
        """Names of the sheets that hold cells, in order; hidden ones last."""

    def lines(self, sheet: str) -> Iterator[Line]:
        """The rows that hold anything; refused where a limit is passed."""


def open_table(raw: bytes, *, trusted: bool = False) -> Table:
    """Open a file by its content; ``trusted`` skips the slow checks for bytes that passed them before."""
    limits.check_size(len(raw))
    if limits.kind_of(raw) == "xlsx":
        if not trusted:
            limits.check_workbook(raw)
        return Workbook(raw)
    return Csv(raw)


class Workbook:
    """An .xlsx file."""

    def __init__(self, raw: bytes) -> None:
        with _mended():
            self._book = CalamineWorkbook.from_filelike(io.BytesIO(raw))
            known = [sheet for sheet in self._book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
        known.sort(key=lambda sheet: sheet.visible != SheetVisibleEnum.Visible)
        self.sheets = tuple(sheet.name for sheet in known)
        if not self.sheets:
            raise limits.damaged()

    def lines(self, sheet: str) -> Iterator[Line]:
        """The filled rows of one sheet."""
        if sheet not in self.sheets:
            raise Refused(
                "sheet_missing",
                "There is no sheet “{sheet}”; the workbook has {sheets}. Choose one of them.",
                field="sheet",
                sheet=sheet,
                sheets=", ".join(self.sheets[:10]),
            )
        _hand_back()
        with _mended():
            found = self._book.get_sheet_by_name(sheet)
            left: list[Cell] = [""] * (found.start or (0, 0))[1]
            rows = found.iter_rows()
        try:
            for number, cells in enumerate(rows, start=1):
                if any(cell not in ("", None) for cell in cells):
                    yield Line(number, _short([*left, *cells], number))
        finally:
            del found, rows
            _hand_back()


class Csv:
    """A text file with separated values: UTF-8, UTF-16 with its mark, or GB18030 (which holds GBK and GB2312)."""

    sheets: tuple[str, ...] = (CSV_SHEET,)

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self.encoding = _encoding(raw)
        self.delimiter = _delimiter(self._text().read(_SAMPLE_SIGNS))

    def lines(self, sheet: str = CSV_SHEET) -> Iterator[Line]:
        """The rows that hold anything."""
        if sheet != CSV_SHEET:
            raise Refused(
                "sheet_missing_csv", "A CSV file has one sheet only. Choose it again.", field="sheet"
            )
        rows = csv.reader(self._text(), delimiter=self.delimiter)
        count = 0
        try:
            for number, cells in enumerate(rows, start=1):
                if not cells or not "".join(cells).strip():
                    continue
                count += 1
                limits.check_extent(count, len(cells))
                yield Line(number, _short(cells, number))  # type: ignore[arg-type]
        except csv.Error:
            raise Refused(
                "csv_broken",
                "Line {line} of the file cannot be split into cells; a quotation mark may be missing.",
                field="file",
                line=rows.line_num,
            ) from None

    def _text(self) -> io.TextIOWrapper:
        return io.TextIOWrapper(io.BytesIO(self._raw), encoding=self.encoding, newline="")


def plain(cell: Cell) -> Cell:
    """A whole number without a point, as the spreadsheet shows it: it keeps all numbers as fractions."""
    if isinstance(cell, float) and abs(cell) < WHOLE_BELOW and cell.is_integer():
        return int(cell)
    return cell


def shown(cell: Cell | None) -> str:
    """A cell as a person sees it: whole numbers without a point, days without midnight."""
    return "" if cell is None else str(plain(cell)).removesuffix(" 00:00:00").strip()


def _hand_back() -> None:
    """Give back what the C library keeps although it is free: a sheet is a million small pieces. Other systems have no such call."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def _short(cells: list[Cell], number: int) -> list[Cell]:
    if [cell for cell in cells if cell.__class__ is str and len(cell) > limits.CELL_SIGNS_MAX]:
        raise Refused(
            "cell_long",
            "A cell in row {row} is longer than {most} characters. Shorten it.",
            field="file",
            row=number,
            most=limits.CELL_SIGNS_MAX,
        )
    return cells


def _encoding(raw: bytes) -> str:
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates: tuple[str, ...] = ("utf-16",)
    else:
        candidates = _ENCODINGS
    for name in candidates:
        decoder = codecs.getincrementaldecoder(name)()
        try:
            blank = True
            for start in range(0, len(raw), 2**20):
                text = decoder.decode(raw[start : start + 2**20], final=start + 2**20 >= len(raw))
                if "\0" in text:
                    break
                blank = blank and not text.strip()
            else:
                if blank:
                    limits.check_size(0)
                return name
        except UnicodeDecodeError:
            continue
    raise Refused(
        "csv_encoding",
        "The file is not text in UTF-8 or GB18030. Save it as .xlsx, or as CSV in UTF-8.",
        field="file",
    )


def _delimiter(sample: str) -> str:
    """The separator found most evenly over the first lines; a comma where there is only one column."""
    lines = [line for line in sample.splitlines()[:50] if line.strip()]

    def evenness(sign: str) -> tuple[int, int]:
        counts = [line.count(sign) for line in lines]
        common = max(set(counts), key=counts.count) if counts else 0
        return (counts.count(common) if common else 0, common)

    best = max(_DELIMITERS, key=evenness)
    return best if evenness(best)[0] else ","


@contextmanager
def _mended() -> Iterator[None]:
    """Turn every fault of the spreadsheet reader, its panics included, into one refusal."""
    try:
        yield
    except (CalamineError, ValueError, OSError) as fault:
        raise limits.damaged() from fault
    except BaseException as fault:
        if type(fault).__name__ == "PanicException":
            raise limits.damaged() from fault
        raise
