"""The door of ``imports``: the names others use."""

from songhe.engines.imports.keeping import layout_of
from songhe.engines.imports.models import ImportFile, ImportRun
from songhe.engines.imports.returning import bad_rows, bad_rows_csv, reasons, say
from songhe.engines.imports.spec import SPECS, Batch, ImportSpec, Row, Target, Written, register, spec_of
from songhe.engines.imports.steps import (
    job_is_running,
    job_of,
    lay_out,
    map_columns,
    seen_before,
    start_check,
    start_write,
    stop,
    take_in,
)

__all__ = [
    "SPECS",
    "Batch",
    "ImportFile",
    "ImportRun",
    "ImportSpec",
    "Row",
    "Target",
    "Written",
    "bad_rows",
    "bad_rows_csv",
    "bad_rows_xlsx",
    "job_is_running",
    "job_of",
    "lay_out",
    "layout_of",
    "map_columns",
    "reasons",
    "register",
    "say",
    "seen_before",
    "spec_of",
    "start_check",
    "start_write",
    "stop",
    "take_in",
    "template_xlsx",
]


def bad_rows_xlsx(run: ImportRun) -> bytes:
    """The left-out rows as a workbook: the cells at fault marked, the reasons in the first column.

    It can be mended and uploaded again as it is: the column of reasons is no target and is passed over.
    """
    from songhe.engines.imports import workbook  # the library for it is slow to load

    return workbook.bad_rows(run)


def template_xlsx(spec: ImportSpec) -> bytes:
    """An empty list with the headers that are understood at once, one sample row, and text columns."""
    from songhe.engines.imports import workbook

    return workbook.template(spec)
