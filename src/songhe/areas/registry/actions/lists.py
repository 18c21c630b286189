"""The steps of an import as actions: what may be imported is asked again for each kind of list."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor
from songhe.engines.acts.api import act, record_read
from songhe.engines.imports import api as imports
from songhe.engines.imports.api import ImportRun
from songhe.engines.regions.models import Region
from songhe.kit.fields import Field


def _kinds(_row: Any, user: Any) -> list[tuple[str, str]]:
    return [(spec.code, str(spec.title)) for spec in imports.SPECS.values() if user.may(spec.right)]


Place = Annotated[Region, Field(label=_("Region"), help=_("Every row of the list must belong to it."))]
Upload = Annotated[
    UploadedFile,
    Field(
        label=_("File"), accept=".xlsx,.csv,.txt", help=_(".xlsx or .csv, at most 64 MB and 200,000 rows.")
    ),
]


@act("registry.import")
def upload(
    *,
    actor: Actor,
    at: datetime,
    kind: Annotated[str, Field(label=_("Kind of list"), choices=_kinds)],
    region: Place,
    file: Upload,  # type: ignore[type-arg]  # generic in its stubs only
) -> ImportRun:
    """Take a list in and guess its columns; nothing is imported yet."""
    return imports.take_in(
        file, name=file.name or "", spec=imports.spec_of(kind), region_id=region.code, actor=actor, at=at
    )


@act("registry.import")
def read_again(
    run: ImportRun,
    *,
    actor: Actor,
    at: datetime,
    sheet: Annotated[
        str,
        Field(
            label=_("Sheet"), choices=lambda row, user: [(name, name) for name in imports.layout_of(row)[1]]
        ),
    ],
    header_row: Annotated[
        int,
        Field(
            label=_("Header row"),
            least=0,
            most=500,
            help=_("The lower one where the header has two rows; 0 where the list has no header."),
        ),
    ],
) -> ImportRun:
    """Read another sheet, or take another row for the header."""
    return imports.lay_out(run, sheet=sheet, header_row=header_row)


@act("registry.import")
def set_columns(run: ImportRun, *, actor: Actor, at: datetime, columns: Mapping[str, int]) -> ImportRun:
    """Say which column holds what, and check the rows."""
    imports.map_columns(run, columns)
    return imports.start_check(run, actor=actor, at=at)


@act("registry.import")
def check(run: ImportRun, *, actor: Actor, at: datetime) -> ImportRun:
    """Check every row; nothing is written."""
    return imports.start_check(run, actor=actor, at=at)


@act("registry.import")
def bring_in(run: ImportRun, *, actor: Actor, at: datetime) -> ImportRun:
    """Import the good rows; the others come back as a file."""
    return imports.start_write(run, actor=actor, at=at)


@act("registry.import")
def stop(run: ImportRun, *, actor: Actor, at: datetime) -> ImportRun:
    """Stop; rows that are in stay in."""
    return imports.stop(run, at=at)


def bad_rows(run: ImportRun, form: str, *, actor: Actor, at: datetime) -> bytes:
    """The rows to mend as a file ("xlsx" or "csv"); logged, because it holds what the list held."""
    if form not in ("xlsx", "csv"):
        raise Refused("file_form", "Only .xlsx and .csv files can be produced.")
    record_read("registry.bad_rows", run, actor=actor, at=at, purpose=str(_("Rows to correct")))
    return imports.bad_rows_xlsx(run) if form == "xlsx" else "".join(imports.bad_rows_csv(run)).encode()
