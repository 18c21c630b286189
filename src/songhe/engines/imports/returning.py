"""Files that go back to the people who sent the list: rows with faults, and an empty template."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

from songhe.engines.imports import keeping
from songhe.engines.imports.mapping import shown
from songhe.engines.imports.models import ImportRun
from songhe.engines.imports.reading import Cell, Line, open_table
from songhe.engines.imports.spec import Fault, ImportSpec, spec_of

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_WRONG = PatternFill("solid", fgColor="FFE3A3")
_HEAD = PatternFill("solid", fgColor="E6EEF0")


def safe(text: str) -> str:
    """Text that no spreadsheet program takes for a formula."""
    return "'" + text if text.startswith(_DANGEROUS) else text


def reasons(faults: Iterable[Fault], spec: ImportSpec) -> str:
    """Why a row was left out, in the language of the reader, one reason a line."""
    labels = {target.name: str(target.label) for target in spec.targets}
    told = []
    for fault in faults:
        text = say(fault.message, fault.values)
        label = labels.get(fault.target)
        told.append(f"{label}: {text}" if label else text)
    return "\n".join(told)


def say(message: str, values: dict[str, Any]) -> str:
    """A template in the language of the reader, filled in."""
    return _(message).format(**values)


def bad_rows(run: ImportRun) -> Iterator[tuple[Line, list[Fault]]]:
    """The original rows that were left out, with their faults."""
    faults = keeping.faults_of(run)
    if not faults:
        return
    table = open_table(keeping.body(run.file), trusted=True)
    for line in table.lines(run.sheet):
        if line.number in faults:
            yield line, faults[line.number]


def bad_rows_xlsx(run: ImportRun) -> bytes:
    """The left-out rows as a workbook: the cells at fault marked, the reasons in the first column.

    It can be mended and uploaded again as it is: the column of reasons is no target and is passed over.
    """
    spec, places = spec_of(run.spec), run.columns
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Rows to mend"))
    headers = keeping.layout_of(run)[0].headers
    sheet.column_dimensions["A"].width = 60
    sheet.append([_head(sheet, text) for text in (_("Reason"), *headers)])
    for line, faults in bad_rows(run):
        wrong = {places[fault.target] for fault in faults if fault.target in places}
        cells = [_cell(sheet, reasons(faults, spec), marked=False)]
        cells += [_cell(sheet, value, marked=place in wrong) for place, value in enumerate(line.cells)]
        sheet.append(cells)
    return _bytes(book)


def bad_rows_csv(run: ImportRun) -> Iterator[str]:
    """The left-out rows as CSV lines with a mark of UTF-8 for spreadsheet programs."""
    spec = spec_of(run.spec)
    yield "\ufeff" + _csv_line([_("Reason"), *keeping.layout_of(run)[0].headers])
    for line, faults in bad_rows(run):
        yield _csv_line([reasons(faults, spec), *(safe(shown(cell)) for cell in line.cells)])


def template_xlsx(spec: ImportSpec) -> bytes:
    """An empty list with the headers that are understood at once, one sample row, and text columns."""
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
        value = safe(ILLEGAL_CHARACTERS_RE.sub("", value))
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


def _csv_line(cells: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()


def _bytes(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
