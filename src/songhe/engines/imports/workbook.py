"""Lists that go back, as workbooks."""

from __future__ import annotations

import io
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

from songhe.engines.imports import keeping, returning
from songhe.engines.imports.models import ImportRun
from songhe.engines.imports.reading import Cell
from songhe.engines.imports.spec import ImportSpec, spec_of

_WRONG = PatternFill("solid", fgColor="FFE3A3")
_HEAD = PatternFill("solid", fgColor="E6EEF0")


def bad_rows(run: ImportRun) -> bytes:
    """The left-out rows, the cells at fault marked."""
    spec, places = spec_of(run.spec), run.columns
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Rows to correct"))
    headers = keeping.layout_of(run)[0].headers
    ours = returning.added_before(headers)
    sheet.column_dimensions["A"].width = 60
    sheet.append([_head(sheet, text) for text in (*returning.added(), *headers[ours:])])
    for line, faults in returning.bad_rows(run):
        wrong = {places[fault.target] for fault in faults if fault.target in places}
        cells = [
            _cell(sheet, value, marked=False) for value in (returning.reasons(faults, spec), line.number)
        ]
        cells += [
            _cell(sheet, value, marked=place in wrong)
            for place, value in enumerate(line.cells[ours:], start=ours)
        ]
        sheet.append(cells)
    return _bytes(book)


def template(spec: ImportSpec) -> bytes:
    """The headers that are understood, and one sample row."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(str(spec.title)[:31])
    for place, target in enumerate(spec.targets, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = max(12, 2 * len(target.synonyms[0]) + 4)
    sheet.append(
        [_head(sheet, target.synonyms[0] + ("*" if target.required else "")) for target in spec.targets]
    )
    samples = [_cell(sheet, target.sample, marked=False) for target in spec.targets]
    for cell in samples:
        cell.number_format = "@"
    sheet.append(samples)
    return _bytes(book)


def _cell(sheet: Any, value: Cell, *, marked: bool) -> Any:
    if isinstance(value, str):
        value = returning.safe(ILLEGAL_CHARACTERS_RE.sub("", value))
    cell = WriteOnlyCell(sheet, value=value)  # type: ignore[arg-type]  # dates and times are written too
    if isinstance(value, str):
        cell.data_type = "s"
        cell.number_format = "@"
    if marked:
        cell.fill = _WRONG
    return cell


def _head(sheet: Any, text: str) -> Any:
    cell = _cell(sheet, text, marked=False)
    cell.fill, cell.font = _HEAD, Font(bold=True)
    return cell


def _bytes(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
