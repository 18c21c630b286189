"""The steps that a person takes with a run: upload, map, check, import, stop."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import IO

from songhe.core.refusal import Forbidden, Refused
from songhe.core.text import normalise
from songhe.engines.access.api import Actor
from songhe.engines.imports import keeping, limits, mapping, tasks
from songhe.engines.imports.models import ImportFile, ImportRun
from songhe.engines.imports.reading import open_table
from songhe.engines.imports.spec import ImportSpec, spec_of
from songhe.engines.jobs.api import ask_to_stop, start
from songhe.engines.jobs.models import Job

State = ImportRun.State


def take_in(
    file: IO[bytes], *, name: str, spec: ImportSpec, region_id: int, actor: Actor, at: datetime
) -> ImportRun:
    """Keep an uploaded file and guess its columns; refused before anything is kept where it is unfit.

    Every row of the run must lie in the region, and the actor must hold the spec's right there.
    """
    _allowed(spec, region_id, actor)
    raw = file.read(limits.BYTES_MAX + 1)
    table = open_table(raw)
    layout = mapping.guess(table, spec)
    kept = keeping.keep(
        ImportFile(
            region_id=region_id,
            name=normalise(name.replace("\0", ""))[-200:] or "file",
            uploaded_by_id=actor.id,
            uploaded_at=at,
        ),
        raw,
    )
    run = ImportRun(
        region_id=region_id,
        file=kept,
        spec=spec.code,
        sheet=layout.sheet,
        header_row=layout.header_row,
        columns=layout.columns,
        started_by_id=actor.id,
        started_by_name=actor.name[:80],
        started_at=at,
    )
    run.save(force_insert=True)
    keeping.put_layout(run, layout, table.sheets)
    return run


def lay_out(run: ImportRun, *, sheet: str, header_row: int | None) -> ImportRun:
    """Read the file again with another sheet or header row (0: the list has no header)."""
    _in_state(run, State.MAPPED, State.CHECKED)
    table = open_table(keeping.body(run.file), trusted=True)
    layout = mapping.guess(table, spec_of(run.spec), sheet=sheet or run.sheet, header_row=header_row)
    run.sheet, run.header_row, run.columns = layout.sheet, layout.header_row, layout.columns
    keeping.put_layout(run, layout, table.sheets)
    run.state = State.MAPPED
    run.save(update_fields=["sheet", "header_row", "columns", "state"])
    return run


def map_columns(run: ImportRun, columns: Mapping[str, int]) -> ImportRun:
    """Say which column (from 0) fills which target; one column may fill one target only."""
    _in_state(run, State.MAPPED, State.CHECKED)
    spec, width = spec_of(run.spec), len(keeping.layout_of(run)[0].headers)
    known = {target.name for target in spec.targets}
    if not set(columns) <= known or not all(0 <= place < width for place in columns.values()):
        raise Refused("columns_unknown", "That column is not in the file. Choose one of those offered.")
    if len(set(columns.values())) < len(columns):
        raise Refused("columns_twice", "One column is chosen for two fields. Choose each column once.")
    run.columns, run.state = dict(columns), State.MAPPED
    run.save(update_fields=["columns", "state"])
    return run


def start_check(run: ImportRun, *, actor: Actor, at: datetime) -> ImportRun:
    """Check every row in a job; a check that died may be started again."""
    _restartable(run, State.CHECKING, State.MAPPED, State.CHECKED)
    spec = spec_of(run.spec)
    _allowed(spec, run.region_id, actor)
    lacking = mapping.missing(spec, run.columns)
    if lacking:
        raise Refused(
            "columns_missing",
            "No column is chosen for: {fields}. Choose the columns first.",
            fields=", ".join(str(target.label) for target in lacking),
        )
    return _start(run, tasks.CHECK, State.CHECKING, actor=actor, at=at)


def start_write(run: ImportRun, *, actor: Actor, at: datetime) -> ImportRun:
    """Import the good rows in a job; a stopped or failed import goes on where it ended."""
    _restartable(run, State.IMPORTING, State.CHECKED, State.CANCELLED, State.FAILED)
    _allowed(spec_of(run.spec), run.region_id, actor)
    if not run.rows_good:
        raise Refused(
            "nothing_good",
            "No row can be imported. Download the file with the reasons, correct the rows and upload it again.",
        )
    return _start(run, tasks.WRITE, State.IMPORTING, actor=actor, at=at)


def stop(run: ImportRun, *, at: datetime) -> ImportRun:
    """Stop a busy run at its next step, or put an idle one aside; rows already imported stay."""
    if run.state in (State.DONE, State.CANCELLED):
        raise Refused("import_over", "This import has ended. Nothing is left to stop.")
    if run.job_id:
        ask_to_stop(run.job_id, at=at)
    if not job_is_running(run):
        run.state, run.finished_at = State.CANCELLED, at
        run.save(update_fields=["state", "finished_at"])
    return run


def job_of(run: ImportRun) -> Job | None:
    """The job last started for a run."""
    return Job.objects.filter(pk=run.job_id).first() if run.job_id else None


def job_is_running(run: ImportRun) -> bool:
    """Whether a worker may still be at it."""
    job = job_of(run)
    return job is not None and job.is_open


def seen_before(run: ImportRun) -> ImportRun | None:
    """An earlier import of the same bytes as the same kind of list, so that the page can say so."""
    earlier: ImportRun | None = (
        ImportRun.objects.here()
        .filter(file__sha256=bytes(run.file.sha256), spec=run.spec, state=State.DONE)
        .exclude(pk=run.pk)
        .order_by("-started_at")
        .first()
    )
    return earlier


def _start(run: ImportRun, kind: str, state: str, *, actor: Actor, at: datetime) -> ImportRun:
    job = start(kind, {"run": str(run.pk)}, actor=actor, at=at, key=str(run.pk))
    run.state, run.job_id, run.note = state, job.pk, {}
    run.save(update_fields=["state", "job_id", "note"])
    return run


def _allowed(spec: ImportSpec, region_id: int, actor: Actor) -> None:
    if not actor.may(spec.right) or not actor.scope(spec.right).holds(region_id):
        raise Forbidden(
            "no_right",
            "Your role does not allow this. Ask your administrator for the right “{right}”.",
            right=spec.right,
        )


def _restartable(run: ImportRun, busy: str, *states: str) -> None:
    if run.state == busy and not job_is_running(run):
        return
    _in_state(run, *states)


def _in_state(run: ImportRun, *states: str) -> None:
    if run.state not in states:
        raise Refused(
            "import_state",
            "The import is “{state}” now, so this cannot be done. Load the page again.",
            state=run.get_state_display(),
        )
