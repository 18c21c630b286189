"""Rows of accounts, batches, budgets and overpayments for the conformance suite."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any
from uuid import uuid4

from tests import make
from tests.areas.finance.samples import fund
from tests.areas.payments.samples import AT, runs

from songhe.areas.payments.models import (
    RESULTS,
    Batch,
    BudgetLevel,
    BudgetLine,
    PayCheck,
    Payee,
    PayLine,
    Receivable,
    Source,
)
from songhe.areas.payments.queries.payees import account_hash
from songhe.areas.payments.rules.cards import with_check_digit
from songhe.engines.imports.models import ImportFile, ImportRun
from songhe.engines.vault.api import seal

_numbers = itertools.count(1)
WHO: dict[str, Any] = {"prepared_by_id": uuid4(), "prepared_by": "王经办", "prepared_at": AT}


def payees(n: int, region: int) -> list[Payee]:
    """Proposed accounts, each of another person."""
    made = []
    for person in (make.person(region) for _ in range(n)):
        digits = with_check_digit(f"621098{next(_numbers):012d}")
        made.append(
            Payee.everywhere.create(
                person=person, region_id=region, holder=person.name, bank="psbc", since=date(2026, 1, 1),
                account_sealed=seal(person.pk, digits), account_hash=account_hash(digits), last_four=digits[-4:],
                proposed_by_id=uuid4(), proposed_by="王经办", proposed_at=AT,
            )
        )  # fmt: skip
    return made


def batches(n: int, region: int) -> list[Batch]:
    """Returned batches; of one benefit only one may be open."""
    return [
        Batch.everywhere.create(
            region_id=region, fund=fund(region), benefit="call_subsidy", number=f"FF-{next(_numbers):06d}",
            state="returned", **WHO,
        )
        for _ in range(n)
    ]  # fmt: skip


def lines(n: int, region: int) -> list[PayLine]:
    """Doubtful payments of one batch."""
    (batch,) = batches(1, region)
    return [
        PayLine.everywhere.create(
            batch=batch, seq=seq, number=f"{batch.number}-{seq:05d}", person=make.person(region), region_id=region,
            benefit="call_subsidy", first_month=date(2026, 10, 1), last_month=date(2026, 11, 1), gross_fen=2_000,
            fen=2_000, state="held", doubts=["no_account"],
        )
        for seq in range(1, n + 1)
    ]  # fmt: skip


def checks(n: int, region: int) -> list[PayCheck]:
    """Drawn payments."""
    return [
        PayCheck.everywhere.create(batch=line.batch, line=line, person=line.person, region_id=region)
        for line in lines(n, region)
    ]


def budget_lines(n: int, region: int) -> list[BudgetLine]:
    """Lines with one level each."""
    made = [
        BudgetLine.everywhere.create(
            fund=fund(region), region_id=region, code=f"line{next(_numbers)}", name_en="Call subsidy", name_zh="话费补贴",
            purpose="subsidy", benefits=["call_subsidy"], shortfall="queue", opened_at=AT,
        )
        for _ in range(n)
    ]  # fmt: skip
    for line in made:
        BudgetLevel.everywhere.create(line=line, region_id=region, level="county", place=0, share_bp=10_000)
    return made


def sources(n: int, region: int) -> list[Source]:
    """Money of the county."""
    return [
        Source.everywhere.create(
            fund=fund(region), region_id=region, rule="county", level="county", document=f"D{next(_numbers)}",
            fen=100_000, received_at=AT, received_by="王会计",
        )
        for _ in range(n)
    ]  # fmt: skip


def receivables(n: int, region: int) -> list[Receivable]:
    """Open overpayments."""
    (run,) = runs(1, region, state="discarded")
    return [
        Receivable.everywhere.create(
            person=make.person(region), region_id=region, purchaser=region // 10**6 * 10**6, run=run,
            benefit="call_subsidy", cause="fact", first_month=date(2026, 9, 1), last_month=date(2026, 10, 1),
            fen=2_000, cap_bp=2_000, made_at=AT,
        )
        for _ in range(n)
    ]  # fmt: skip


def bank_lists(n: int, region: int) -> list[ImportRun]:
    """Lists of a bank that were booked."""
    made = []
    for _ in range(n):
        file = ImportFile.everywhere.create(
            region_id=region,
            name="回盘.csv",
            size_bytes=10,
            sha256=b"\0" * 32,
            uploaded_by_id=uuid4(),
            uploaded_at=AT,
        )
        made.append(
            ImportRun.everywhere.create(
                region_id=region, file=file, spec=RESULTS, state="done", started_by_id=uuid4(),
                started_by_name="王会计", started_at=AT, finished_at=AT,
            )
        )  # fmt: skip
    return made


make.SAMPLES |= {
    "payees": payees,
    "payment-batches": batches,
    "payment-lines": lines,
    "payment-checks": checks,
    "budget-lines": budget_lines,
    "money-sources": sources,
    "receivables": receivables,
    "bank-results": bank_lists,
}
