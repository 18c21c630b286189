"""A large batch of payments: prepared, approved, sent as a list, answered by the bank.

Beside each step stands what the same rows cost with nothing thought about them: COPY of PostgreSQL into and out of tables
without keys, and openpyxl writing the same cells. In a database of its own.
"""

from __future__ import annotations

import csv
import gc
import io
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from openpyxl import Workbook
from tests import make
from tests.areas.payments.paying import till
from tests.bench import figures
from tests.conftest import point_at

from songhe.areas.entitlement.actions import load_policies
from songhe.areas.payments import actions, papers
from songhe.areas.payments.actions.budgets import cover
from songhe.areas.payments.models import Batch, Due, PayCheck, Payee, Run
from songhe.areas.payments.queries.files import file_rows
from songhe.areas.payments.queries.payees import account_hash
from songhe.areas.payments.rules.cards import with_check_digit
from songhe.areas.registry.api import Person
from songhe.engines.access.api import SYSTEM, Scope, entered, insert_many
from songhe.engines.imports.api import ImportRun
from songhe.engines.jobs.api import run_due
from songhe.engines.ledger.api import faults
from songhe.engines.regions.ids import uuid7
from songhe.engines.regions.models import Region
from songhe.engines.vault.api import make_keys, seal_with
from songhe.site.postgres import Temporary

COMMAND = 'make bench ARGS="-k batches"'
PEOPLE = int(os.environ.get("SONGHE_BENCH_PAYMENTS", "100000"))
AT = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
FAILS = 50
"""One of so many payments fails."""


class Stop:
    """Wall seconds of steps, and by how many megabytes each raised the memory of this process at most."""

    def __init__(self) -> None:
        self.parts: dict[str, float] = {}
        self.rise: dict[str, int] = {}

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        """One step."""
        gc.collect()
        before = figures.memory_now()
        began = time.perf_counter()
        yield
        self.parts[name] = time.perf_counter() - began
        self.rise[name] = figures.memory_peak() - before


def _filled() -> Any:
    """A county whose line owes a month to everybody, and everybody's account."""
    load_policies(actor=SYSTEM, at=AT)
    desk = till(AT)
    desk.give(PEOPLE * 4_000)
    village = make.village()
    run = Run.everywhere.create(
        region_id=make.COUNTY, month=date(2026, 11, 1), first_month=date(2026, 11, 1), number="HS-1", state="posted",
        known_at=AT, prepared_by_id=SYSTEM.id, prepared_by="system", prepared_at=AT, decided_by_id=desk.clerk.pk,
    )  # fmt: skip
    ids = [uuid7() for _ in range(PEOPLE)]
    for begin in range(0, PEOPLE, 10_000):
        _people(ids[begin : begin + 10_000], begin, village, desk.clerk.pk)
    insert_many(
        Due,
        ("run", "person", "region", "benefit", "purchaser", "year", "first_month", "last_month", "cause", "fen", "covered", "netted", "failed"),
        [
            (run.pk, one, village, "call_subsidy", make.COUNTY, 2026, date(2026, 11, 1), date(2026, 11, 1), "month",
             1_000 + place % 2_000, False, False, "")
            for place, one in enumerate(ids)
        ],
    )  # fmt: skip
    cover(desk.line, at=AT)
    return desk


def _people(ids: list[UUID], begin: int, village: int, other: UUID) -> None:
    keys = make_keys(ids)
    Person.everywhere.bulk_create(
        Person(id=one, name=f"张{begin + place}", region_id=village, household_region_id=village, born=date(1944, 5, 6), created_at=AT)
        for place, one in enumerate(ids)
    )  # fmt: skip
    made = []
    for place, one in enumerate(ids):
        digits = with_check_digit(f"621098{begin + place:012d}")
        made.append(
            Payee(
                person_id=one, region_id=village, holder=f"张{begin + place}", bank="psbc", since=date(2026, 1, 1),
                account_sealed=seal_with(keys[one], one, digits), account_hash=account_hash(digits),
                last_four=digits[-4:], state="active", proposed_by_id=SYSTEM.id, proposed_by="system", proposed_at=AT,
                decided_by_id=other, decided_by="x", decided_at=AT,
            )
        )  # fmt: skip
    Payee.everywhere.bulk_create(made)


def _answer(rows: list[Any]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["明细号", "金额(元)", "处理结果", "失败原因", "入账日期"])
    for place, row in enumerate(rows):
        failed = place % FAILS == 0
        writer.writerow(
            [row.number, f"{row.fen // 100}.{row.fen % 100:02d}", "失败" if failed else "成功",
             "账户已销户" if failed else "", "" if failed else "2026-11-25"]
        )  # fmt: skip
    return out.getvalue().encode("gb18030")


def _bare(stop: Stop, batch: Batch, rows: list[Any]) -> None:
    """The batch's rows out of their table and into one like it without keys; the list's cells by openpyxl."""
    query = f"SELECT * FROM payments_payline WHERE batch_id = '{batch.pk}'"
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE bare (LIKE payments_payline) ON COMMIT DROP")
        with stop.of("copy out"), cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT binary)") as out:
            raw = b"".join(out)
        with stop.of("copy in"), cursor.copy("COPY bare FROM STDIN (FORMAT binary)") as into:
            into.write(raw)
    cells = [papers.cells(row) for row in rows]
    with stop.of("openpyxl"):
        book = Workbook(write_only=True)
        sheet = book.create_sheet()
        for row in cells:
            sheet.append(row)
        book.save(io.BytesIO())


@pytest.fixture
def apart(cluster: Temporary, django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A database of its own: answers are booked by several hands, which see what is committed."""
    connection.close()
    cluster.create_database("songhe_batches", template="songhe_test")
    with django_db_blocker.unblock():
        point_at(cluster, "songhe_app", "songhe_batches")
        yield
        point_at(cluster, "songhe_app", "songhe_test")
    cluster.drop_database("songhe_batches")


@contextmanager
def _step(stop: Stop, name: str) -> Iterator[None]:
    """One step, committed."""
    with stop.of(name), entered(Scope.EVERYTHING):
        yield
    print(f"{name}: {stop.parts[name]:.1f} s, {stop.rise[name]} MB", flush=True)


def test_batches(apart: None) -> None:
    """One batch from what is due to what was paid."""
    stop = Stop()
    with entered(Scope.EVERYTHING):
        desk = _filled()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    with _step(stop, "prepare"):
        county = Region.objects.get(pk=make.COUNTY)
        batch = actions.prepare_batch(
            actor=desk.clerk, at=AT, region=county, benefit="call_subsidy", year=2026
        )
    with _step(stop, "approve"):
        actions.approve_batch(batch, actor=desk.treasurer, at=AT)
        if batch.state == "prepared":
            actions.approve_batch(batch, actor=desk.second, at=AT)
        PayCheck.everywhere.filter(batch=batch).update(
            found="right", how="called", by_id=desk.visitor.pk, by="x", at=AT
        )
    with _step(stop, "release"):
        actions.release(batch, actor=desk.treasurer, at=AT)
    with _step(stop, "list as CSV"):
        rows = file_rows(batch)
        papers.bank_csv(rows, "gb18030")
    with _step(stop, "list as an encrypted workbook"):
        papers.bank_workbook(file_rows(batch), "a long password")
    with _step(stop, "answers brought"):
        sent = SimpleUploadedFile("回盘.csv", _answer(rows))
        run = actions.bring_results(actor=desk.treasurer, at=AT, region=county, file=sent)
    with stop.of("answers checked"):
        run_due(AT)
    with entered(Scope.EVERYTHING):
        run = ImportRun.everywhere.get(pk=run.pk)
        actions.book_results(run, actor=desk.treasurer, at=AT)
    with stop.of("answers booked"):
        run_due(AT)
    with entered(Scope.EVERYTHING):
        batch = Batch.everywhere.get()
        assert (batch.state, batch.paid_fen + batch.failed_fen) == ("done", batch.fen)
        assert faults() == []
        _bare(stop, batch, rows)
    parts = stop.parts
    copied = parts["copy out"] + parts["copy in"]
    beside = {"list as CSV": parts["copy out"], "list as an encrypted workbook": parts["openpyxl"]}
    table = figures.table(
        ["a batch", "payments", "seconds", "payments a second", "memory (MB)", "beside bare", "ratio"],
        [
            [name, PEOPLE, taken, round(PEOPLE / taken), stop.rise[name], beside.get(name, copied), f"{taken / beside.get(name, copied):.1f}×"]
            for name, taken in parts.items()
            if name not in ("copy out", "copy in", "openpyxl")
        ],
    )  # fmt: skip
    note = (
        f"Bare: the rows of the batch by COPY out ({parts['copy out']:.2f} s) and into a table without keys "
        f"({parts['copy in']:.2f} s), for the workbook openpyxl alone with the same cells. Memory: by how "
        "much the process grew at most within the step. One run."
    )
    figures.report("batches", f"{table}\n\n{note}", command=COMMAND)
