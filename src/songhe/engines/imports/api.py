"""The door of ``imports``: the names others use."""

from songhe.engines.imports.keeping import layout_of
from songhe.engines.imports.models import ImportFile, ImportRun
from songhe.engines.imports.returning import (
    bad_rows,
    bad_rows_csv,
    bad_rows_xlsx,
    reasons,
    say,
    template_xlsx,
)
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
