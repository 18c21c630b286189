"""Files that go back to the people who sent the list: rows with faults, and an empty template."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from songhe.engines.imports import keeping
from songhe.engines.imports.models import ImportRun
from songhe.engines.imports.reading import Line, open_table, shown
from songhe.engines.imports.spec import Fault, ImportSpec, spec_of

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


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


def bad_rows_csv(run: ImportRun) -> Iterator[str]:
    """The left-out rows as CSV lines with a mark of UTF-8 for spreadsheet programs."""
    spec, headers = spec_of(run.spec), keeping.layout_of(run)[0].headers
    ours = added_before(headers)
    yield "\ufeff" + _csv_line([*added(), *map(safe, headers[ours:])])
    for line, faults in bad_rows(run):
        cells = (safe(shown(cell)) for cell in line.cells[ours:])
        yield _csv_line([reasons(faults, spec), str(line.number), *cells])


def added() -> list[str]:
    """What the columns are called that rows which go back have before their own: why, and which row of the list it was."""
    return [_("Reason"), _("Row")]


def added_before(headers: Sequence[str]) -> int:
    """How many columns at the left are ours, since these rows went back before, to whoever reads which language."""
    for code, _name in settings.LANGUAGES:
        with override(code):
            if list(headers[:2]) == added():
                return 2
    return 0


def _csv_line(cells: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()
