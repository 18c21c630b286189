"""Bring in a list: people, facilities, assessments … as .xlsx or .csv.

The columns are recognised, every row is checked, the good ones are written, and the others come back as a workbook
beside the file with a reason for each cell. Importing the same file again changes nothing.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from songhe.core.refusal import Refused
from songhe.site.installation import opened

if TYPE_CHECKING:
    from songhe.engines.imports.api import ImportRun
    from songhe.engines.jobs.models import Job

GROUP = "data"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("file", type=Path, nargs="?")
    parser.add_argument("--kind", help="kind of list (songhe import --kinds names them)")
    parser.add_argument("--kinds", action="store_true", help="list the kinds and end")
    parser.add_argument("--region", type=int, help="12-digit code of the region in which every row must lie")
    parser.add_argument("--check", action="store_true", help="check the rows and write nothing")


def run(options: Any) -> int:
    """Import; exit status 1 when some rows were left out."""
    with opened():
        from django.utils.module_loading import autodiscover_modules

        from songhe.engines.imports.api import SPECS

        autodiscover_modules("tasks")
        if options.kinds:
            for spec in SPECS.values():
                print(f"{spec.code:<24} {spec.title}")
            return 0
        if not (options.file and options.kind and options.region):
            raise Refused(
                "import.arguments",
                "Say which file, which kind of list and which region: "
                "songhe import people.xlsx --kind registry.people --region 371000000000 (kinds: songhe import --kinds)",
            )
        if not options.file.is_file():
            raise Refused("import.file", "There is no file {file}. Check the path.", file=str(options.file))
        return bring_in(options.file, kind=options.kind, region=options.region, only_check=options.check)


def bring_in(file: Path, *, kind: str, region: int, only_check: bool) -> int:
    """Take one file through upload, check and writing; print what became of its rows."""
    from django.utils import timezone

    from songhe.engines.access.api import SYSTEM, Scope, entered
    from songhe.engines.imports import api
    from songhe.engines.regions.models import Region

    at = timezone.now()
    if not Region.objects.filter(code=region).exists():
        raise Refused(
            "import.region",
            "There is no region {region}. Codes have 12 digits; a city's regions are loaded with: songhe city {city}",
            region=region,
            city=str(region)[:4] + "00",
        )
    with entered(Scope.EVERYTHING), file.open("rb") as content:
        run = api.take_in(
            content, name=file.name, spec=api.spec_of(kind), region_id=region, actor=SYSTEM, at=at
        )
        layout, _sheets = api.layout_of(run)
    told = dict(enumerate(layout.headers))
    for target in api.spec_of(kind).targets:
        column = run.columns.get(target.name)
        print(f"  {target.label}: {told[column] if column is not None else '-'}")
    with entered(Scope.EVERYTHING):
        api.start_check(run, actor=SYSTEM, at=at)
    finish(run)
    print(f"{run.rows_total} rows: {run.rows_good} good, {run.rows_bad} to mend.")
    _to_mend(run, file)
    if run.note:
        print(api.say(run.note["message"], run.note["values"]))
    if not only_check and run.rows_good:
        with entered(Scope.EVERYTHING):
            api.start_write(run, actor=SYSTEM, at=timezone.now())
        written = finish(run)
        print(f"{run.rows_made} made, {run.rows_changed} changed, {run.rows_unchanged} as they were.")
        follow(written)
    return 1 if run.rows_bad else 0


def _to_mend(run: ImportRun, file: Path) -> None:
    """The bad rows as a workbook beside the file."""
    from songhe.engines.access.api import Scope, entered
    from songhe.engines.imports.api import bad_rows_xlsx

    if not run.rows_bad:
        return
    beside = file.with_name(f"{file.stem}-to-mend.xlsx")
    with entered(Scope.EVERYTHING):
        beside.write_bytes(bad_rows_xlsx(run))
    print(f"The rows to mend, each with its reason: {beside}")


def finish(run: ImportRun) -> Job:
    """Work until the run's job has ended, here or in a worker elsewhere; refuse with its error if it failed."""
    from songhe.engines.access.api import Scope, entered

    assert run.job_id is not None  # it was started
    job = through(run.job_id)
    with entered(Scope.EVERYTHING):
        run.refresh_from_db()
    return job


def through(job_id: UUID) -> Job:
    """Work at this job alone until it has ended: what else is due is left to the worker."""
    from django.utils import timezone

    from songhe.engines.jobs.api import run_one
    from songhe.engines.jobs.models import Job

    while True:
        run_one(job_id, timezone.now())
        job: Job = Job.objects.get(pk=job_id)
        if not job.is_open:
            break
        time.sleep(0.2)
    if job.state != Job.State.DONE:
        raise Refused(
            "import.failed", "The import ended early: {why}", why=job.error or job.get_state_display()
        )
    return job


def follow(written: Job) -> None:
    """Do what the written rows call for, such as a look for doubles."""
    if key := written.result.get("next"):
        through(UUID(key))
