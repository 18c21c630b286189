"""The two passes over a file's rows, in batches and inside jobs: check, and write the good rows."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from datetime import timedelta
from functools import partial
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_noop

from songhe.core.codes import Point
from songhe.core.refusal import Refused
from songhe.engines.acts.api import record_bulk
from songhe.engines.imports import keeping
from songhe.engines.imports.hands import hands, in_context
from songhe.engines.imports.models import ImportPart, ImportRun
from songhe.engines.imports.reading import Cell, Line, open_table, plain
from songhe.engines.imports.spec import Batch, Fault, ImportSpec, Row, Target, spec_of
from songhe.engines.jobs.api import Cancelled, Lost, Work, job, periodic

KNOWN_MOST, PATIENCE_SECONDS = 50_000, 600
NOTHING = frozenset({"无", "暂无", "没有", "不详", "未知", "/", "\\", "-", "--", "—", "——", "N/A", "n/a"})
"""What lists write into a cell that has nothing to say."""
KEPT = timedelta(days=90)
CHECK, WRITE = "imports.check", "imports.write"
State = ImportRun.State


BROKE_OFF = gettext_noop(
    "The job was interrupted. Start it again; if it is interrupted again, give your administrator this reference: {job}"
)


def _lost(lost: Lost, busy: str, **values: Any) -> None:
    why = _note(lost.refused) if lost.refused else {"message": BROKE_OFF, "values": {"job": str(lost.job_id)}}
    rows = ImportRun.everywhere.filter(pk=lost.args["run"], job_id=lost.job_id, state=busy)
    rows.update(**values, note={} if lost.stopped else why)


def _check_lost(lost: Lost) -> None:
    _lost(lost, State.CHECKING, state=State.MAPPED)


def _write_lost(lost: Lost) -> None:
    ended = State.CANCELLED if lost.stopped else State.FAILED
    _lost(lost, State.IMPORTING, state=ended, finished_at=lost.at)


@job(CHECK, lost=_check_lost)
def check_run(work: Work) -> dict[str, Any]:
    """Check every row and keep the faults; nothing is written to the area's tables."""
    run = _run(work)
    faults, total, note = _checked(work, run)
    with work.entered():
        keeping.put_faults(run, faults)
        ImportRun.everywhere.filter(pk=run.pk).update(
            state=State.CHECKED,
            rows_total=total,
            rows_bad=len(faults),
            rows_good=total - len(faults),
            note=note,
        )
    return {"rows": total, "bad": len(faults)}


@job(WRITE, lost=_write_lost)
def write_run(work: Work) -> dict[str, Any]:
    """Write the good rows, batch by batch; a job that died goes on after the last batch it finished."""
    run = _run(work)
    try:
        _written(work, run)
    except Cancelled:
        _close(work, run, State.CANCELLED)
        raise
    _close(work, run, State.DONE)
    told: dict[str, Any] = {
        "made": run.rows_made,
        "changed": run.rows_changed,
        "unchanged": run.rows_unchanged,
    }
    if (after := spec_of(run.spec).after) and (run.rows_made or run.rows_changed):
        with work.entered():
            told["next"] = str(after(run.region_id, work.actor, work.at))
    return told


@periodic("imports.forget", at="00:40")
def forget_old_files(work: Work) -> dict[str, Any]:
    """Destroy uploaded files, fault lists and samples after their keeping time; the counts of the run stay."""
    with work.entered():
        parts = ImportPart.everywhere.filter(
            file__uploaded_at__lt=work.at - KEPT, kind=ImportPart.Kind.BODY, place=0
        )
        files = [part.file for part in parts.defer("sealed").select_related("file")[:500]]
        for file in files:
            keeping.forget(file)
    return {"forgotten": len(files)}


def rows_of(lines: Iterable[Line], spec: ImportSpec, run: ImportRun) -> Iterator[Row]:
    """The rows below the header, each cell read into its target's clean value or a fault."""
    wanted = [Wanted(spec.target(name), place) for name, place in run.columns.items()]
    for line in lines:
        if line.number > run.header_row:
            row = read_row(line, wanted)
            if row is not None:
                yield row


class Wanted:
    """A target and the place of its column; what its cells meant so far, where they come again and again."""

    __slots__ = ("known", "name", "parse", "place", "required")

    def __init__(self, target: Target, place: int) -> None:
        self.name, self.required, self.place = target.name, target.required, place
        self.known: dict[Cell, object] | None = {} if target.recurs else None
        self.parse = target.parse if self.known is None else partial(_remembered, target.parse, self.known)


def _remembered(parse: Callable[[object], object], known: dict[Cell, object], cell: Cell) -> object:
    value = parse(cell)
    if cell.__class__ is str and len(known) < KNOWN_MOST:
        known[cell] = value
    return value


def read_row(line: Line, wanted: Iterable[Wanted]) -> Row | None:
    """One row parsed; None where none of the mapped columns holds anything, as under a list's total line."""
    row, blank = Row(line.number, {}), True
    cells, values, width = line.cells, row.values, len(line.cells)
    for one in wanted:
        cell: Cell = cells[one.place] if one.place < width else ""
        if one.known and cell in one.known:
            values[one.name], blank = one.known[cell], False
            continue
        if cell.__class__ is str and (not (text := cell.strip()) or text in NOTHING):
            if one.required:
                row.refuse(one.name, "This is required. Fill it in.")
            continue
        blank = False
        try:
            values[one.name] = one.parse(plain(cell))
        except Refused as refused:
            row.faults.append(Fault.of(one.name, refused))
    return None if blank else row


def batches(rows: Iterator[Row], size: int) -> Iterator[list[Row]]:
    """Rows in lists of a size."""
    while chunk := list(islice(rows, size)):
        yield chunk


def _checked(work: Work, run: ImportRun) -> tuple[keeping.Faults, int, dict[str, Any]]:
    spec = spec_of(run.spec)
    faults: keeping.Faults = {}
    memory: dict[str, Any] = {}
    points: list[Point] = []
    total = 0
    for chunk in batches(_rows(work, run, spec), spec.at_once):
        with work.entered():
            spec.check(_batch(work, run, spec, chunk, memory))
        faults |= {row.number: row.faults for row in chunk if row.faults}
        points += [row.values[spec.place] for row in chunk if not row.faults and row.values.get(spec.place)]
        total += len(chunk)
        work.step(total, max(run.rows_total, total))
    if not total:
        raise Refused(
            "file_no_rows", "There is no data below the header. Is it the right sheet?", field="sheet"
        )
    return faults, total, _doubt(points, run.region_id)


def _doubt(points: list[Point], region: int) -> dict[str, Any]:
    """What to say where the places of a list look given in another frame than the list says."""
    if not points:
        return {}
    import numpy as np  # slow to load, and few lists have places

    from songhe.core.reach import ELDER, Paths, doubt, ground_of

    ground = ground_of(region, ELDER)
    found = doubt(ground, *np.array(points).T) if isinstance(ground, Paths) else None
    return {"message": found.what, "values": found.values} if found else {}


def _written(work: Work, run: ImportRun) -> None:
    spec, done = spec_of(run.spec), 0
    with work.entered():
        known = keeping.faults_of(run)
    with hands(run.rows_good, apart=spec.apart) as found:
        write, waiting = in_context(partial(_write, work, run, spec, known)), deque[Future[int]]()
        last: Future[int] | None = None
        for batch in _ready(work, run, spec):
            before, done = done, done + len(batch.rows)
            if done <= run.rows_taken:
                continue
            made = found.maker.submit(spec.prepare(batch)) if spec.prepare else None
            last = next(found.writers).submit(write, batch, Turn(range(before, done), made, last))
            waiting.append(last)
            if len(waiting) == found.ahead:
                work.step(waiting.popleft().result(), max(run.rows_total, done))
        while waiting:
            work.step(waiting.popleft().result(), max(run.rows_total, done))


def _ready(work: Work, run: ImportRun, spec: ImportSpec) -> Iterator[Batch]:
    """Checked batches. Those that were written before are checked too, so that their keys are known."""
    memory: dict[str, Any] = {}
    for chunk in batches(_rows(work, run, spec), spec.at_once):
        batch = _batch(work, run, spec, chunk, memory)
        with work.entered():
            spec.check(batch)
        yield batch


class Turn(NamedTuple):
    """Which rows of the list a batch holds, what is made for it elsewhere, and the batch before."""

    rows: range
    made: Future[object] | None
    before: Future[int] | None


def _write(
    work: Work, run: ImportRun, spec: ImportSpec, known: keeping.Faults, batch: Batch, turn: Turn
) -> int:
    """Write one batch and count it, unless it is not its turn: after a batch that failed none is written.

    Its rows may be on their way while the batch before is; they stay only once that one has been written whole.
    """
    rows = turn.rows
    batch.prepared = turn.made.result() if turn.made else None
    with work.entered():
        written = spec.write(batch)
        if turn.before:
            turn.before.result(PATIENCE_SECONDS)
        counted = ImportRun.everywhere.filter(
            pk=run.pk, rows_taken__gte=rows.start, rows_taken__lt=rows.stop
        ).update(
            rows_taken=rows.stop,
            rows_made=F("rows_made") + written.made,
            rows_changed=F("rows_changed") + written.changed,
            rows_unchanged=F("rows_unchanged") + written.unchanged,
        )
        if not counted:
            raise RuntimeError(
                f"rows {rows.start} to {rows.stop} of import {run.pk} are not the next to write"
            )
        _judged_anew(run, known, batch.rows)
    return rows.stop


def _judged_anew(run: ImportRun, known: keeping.Faults, rows: Iterable[Row]) -> None:
    """Keep the reasons of rows that turned bad since the check, and drop those of rows that are good now."""
    bad = {row.number: row.faults for row in rows if row.faults}
    before = [row.number for row in rows if row.number in known]
    if bad.keys() == set(before):
        return
    for number in before:
        del known[number]
    known |= bad
    keeping.put_faults(run, known)
    ImportRun.everywhere.filter(pk=run.pk).update(rows_bad=len(known), rows_good=run.rows_total - len(known))


def _batch(work: Work, run: ImportRun, spec: ImportSpec, rows: list[Row], memory: dict[str, Any]) -> Batch:
    """Rows under the scope of the list's own right, not of everything the actor may see."""
    return Batch(rows, run.region_id, work.actor, work.actor.scope(spec.right), work.at, memory)


def _rows(work: Work, run: ImportRun, spec: ImportSpec) -> Iterator[Row]:
    with work.entered():
        raw = keeping.body(run.file)
    table = open_table(raw, trusted=True)
    return rows_of(table.lines(run.sheet), spec, run)


def _close(work: Work, run: ImportRun, state: str) -> None:
    with work.entered():
        run.refresh_from_db()
        record_bulk(
            f"{run.spec}.import",
            model=spec_of(run.spec).model,
            count=run.rows_made + run.rows_changed,
            digest=_digest(run),
            actor=work.actor,
            at=work.at,
            region_id=run.region_id,
        )
        ImportRun.everywhere.filter(pk=run.pk).update(state=state, finished_at=timezone.now(), note={})


def _digest(run: ImportRun) -> str:
    """What was imported: the file's bytes, how they were read, and how far."""
    parts = [bytes(run.file.sha256).hex(), run.sheet, str(run.header_row), repr(sorted(run.columns.items()))]
    return hashlib.sha256("\0".join([*parts, str(run.rows_taken)]).encode()).hexdigest()


def _run(work: Work) -> ImportRun:
    with work.entered() as scope:
        found: ImportRun = (
            ImportRun.objects.within(scope).select_related("file").get(pk=UUID(work.args["run"]))
        )
    return found


def _note(refused: Refused) -> dict[str, Any]:
    return {"message": refused.message, "values": {key: str(value) for key, value in refused.values.items()}}
