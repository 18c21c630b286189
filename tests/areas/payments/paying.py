"""Funds, accounts and batches for tests of payments."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tests import make

from songhe.areas.finance.actions import Fen, allot, open_fund
from songhe.areas.finance.models import Fund
from songhe.areas.payments import actions
from songhe.areas.payments.models import (
    Batch,
    BudgetLine,
    Due,
    Found,
    Holder,
    How,
    LineState,
    PayCheck,
    Payee,
    PayLine,
    Source,
)
from songhe.areas.payments.rules.cards import with_check_digit
from songhe.areas.registry.api import Person
from songhe.engines.access.api import SYSTEM, User
from songhe.engines.ledger.api import Account
from songhe.engines.regions.models import Region

_numbers = itertools.count(1)


def card() -> str:
    """A number of 19 digits with its check digit that nobody has yet."""
    return with_check_digit(f"621098{next(_numbers):012d}")


def account(person: Person, at: datetime, *, number: str = "", confirm: bool = True, **more: Any) -> Payee:
    """An account of a person, confirmed by another."""
    made = actions.propose_payee(
        actor=make.user("county_officer", make.COUNTY), at=at, person=person, bank="psbc", account=number or card(),
        since=date(2026, 1, 1), **more,
    )  # fmt: skip
    return (
        actions.confirm_payee(made, actor=make.user("county_officer", make.COUNTY), at=at)
        if confirm
        else made
    )


def village_account(person: Person, at: datetime, number: str) -> Payee:
    """The village's account, used for a person."""
    return account(
        person, at, number=number, whose=Holder.VILLAGE, holder="大庄许家村委会", reason="集中供养"
    )


@dataclass(frozen=True)
class Till:
    """The money of the county, and the people at it."""

    fund: Fund
    line: BudgetLine
    clerk: User
    treasurer: User
    second: User
    visitor: User
    at: datetime

    def give(self, fen: int, *, document: str = "") -> None:
        """Money for the line, from the city and the county in equal parts."""
        for rule in ("city", "county"):
            word = document or f"D{next(_numbers)}"
            if rule == "county":
                allot(self.fund, actor=SYSTEM, at=self.at, amount=Fen(fen // 2), document=word)
            source = self.receive(rule, fen // 2, document=word)
            actions.allot_line(
                self.line,
                actor=self.treasurer,
                at=self.at,
                source=source,
                amount=Fen(fen // 2),
                document=word,
            )

    def receive(self, rule: str, fen: int, *, document: str = "", whole: int | None = None) -> Source:
        """Money of one kind."""
        return actions.receive(
            actor=self.treasurer, at=self.at, fund=self.fund, rule=rule, amount=Fen(fen),
            document=document or f"D{next(_numbers)}", whole=None if whole is None else Fen(whole),
        )  # fmt: skip

    def batch(self, benefit: str = "call_subsidy") -> Batch:
        """A batch that was prepared."""
        county = Region.objects.get(pk=make.COUNTY)
        return actions.prepare_batch(actor=self.clerk, at=self.at, region=county, benefit=benefit, year=2026)

    def approved(self) -> Batch:
        """A batch that was approved."""
        return actions.approve_batch(self.batch(), actor=self.treasurer, at=self.at)

    def released(self) -> Batch:
        """A batch at the bank, its sample verified."""
        batch = self.approved()
        self.verify(batch)
        return actions.release(batch, actor=self.treasurer, at=self.at)

    def verify(self, batch: Batch, found: Found = Found.RIGHT) -> None:
        """Verify the whole sample."""
        for check in PayCheck.everywhere.filter(batch=batch, found=""):
            note = "" if found == Found.RIGHT else "搬走了"
            actions.verify(check, actor=self.visitor, at=self.at, how=How.CALLED, found=found, note=note)

    def result(self, batch: Batch, **failed: str) -> Batch:
        """The bank's answer: paid, but for some by name."""
        lines = PayLine.everywhere.filter(batch=batch, state=LineState.READY).select_related("person")
        results = [
            actions.Result(
                line, line.person.name not in failed, failed.get(line.person.name, ""), date(2026, 11, 25)
            )
            for line in lines
        ]
        return actions.take_results(batch, actor=self.treasurer, at=self.at, results=results)


def till(at: datetime, *, year: int = 2026) -> Till:
    """A fund with a line for the call subsidy, still empty."""
    county = Region.objects.get(pk=make.COUNTY)
    fund = open_fund(actor=SYSTEM, at=at, region=county, year=year, name="养老服务资金")
    treasurer = make.user("finance_officer", make.COUNTY)
    line = actions.open_line(actor=treasurer, at=at, fund=fund, code="calls")
    people = [
        make.user(role, make.COUNTY) for role in ("county_officer", "finance_officer", "county_officer")
    ]
    return Till(fund, line, people[0], treasurer, people[1], people[2], at)


def balance_of(code: str) -> int:
    """What all accounts of one use hold."""
    return sum(Account.everywhere.filter(code=code, unit="fen").values_list("balance", flat=True))


def held() -> int:
    """What is set aside on budget lines."""
    return sum(Account.everywhere.filter(code__startswith="budget:").values_list("held", flat=True))


def lines_of(batch: Batch) -> list[tuple[str, int, str]]:
    """Payments of a batch: name, fen, state."""
    rows = PayLine.everywhere.filter(batch=batch).select_related("person").order_by("person__name")
    return [(row.person.name, row.fen, row.state) for row in rows]


def dues() -> list[tuple[str, int, bool]]:
    """What is due and free: name, fen, covered."""
    rows = Due.everywhere.filter(line=None, netted=False, receivable_id=None).select_related("person")
    return [(row.person.name, row.fen, row.covered) for row in rows.order_by("person__name", "id")]
