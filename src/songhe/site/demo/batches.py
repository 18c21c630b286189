"""Batches of the last months, each left at another desk: settled with a few failures, at the bank, to be verified, to be
approved, and one stopped by a doubt. One overpayment comes back step by step."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.timezone import get_current_timezone, localtime

from songhe.areas.entitlement.actions import stop_grant
from songhe.areas.entitlement.models import Grant
from songhe.areas.finance.rules import Fen
from songhe.areas.payments import actions
from songhe.areas.payments.models import (
    Batch,
    BatchState,
    Found,
    How,
    LineState,
    PayCheck,
    PayLine,
    Receivable,
)
from songhe.areas.payments.paying import terms
from songhe.core.refusal import Refused
from songhe.engines.access.api import User
from songhe.engines.acts.api import record_bulk
from songhe.engines.regions.models import Region
from songhe.site.demo.accounts import renew_accounts
from songhe.site.demo.history import City, acting

CALLS, ALLOWANCE = "call_subsidy", "old_age_allowance"
ONE_IN = 40
PAYING = 3
"""How many other counties have a budget and have paid; what the rest owe waits."""
LATEST = {(0, ALLOWANCE): BatchState.PREPARED, (1, CALLS): BatchState.RETURNED}
REASONS = ("closed", "frozen", "wrong_name")


class Bank:
    """What the city's officers did with what runs owe."""

    def __init__(self, city: City) -> None:
        self.city = city
        self.open = bool(terms().lines)
        self.others = sorted(code for code in city.places.counties if code != city.shown)

    def pays(self, county: int) -> bool:
        """Whether a county has a budget."""
        return self.open and (county == self.city.shown or county in self.others[:PAYING])

    def before(self, county: int, month: date, place: int) -> None:
        """After the first month one allowance turns out to be paid elsewhere too."""
        if not self.open or county != self.city.shown or place != 1:
            return
        both = PayLine.everywhere.filter(
            state=LineState.PAID, benefit=CALLS, person__in=_paid(ALLOWANCE, county)
        ).values("person_id")
        grant = Grant.everywhere.filter(
            benefit=ALLOWANCE, region_id__gte=county, region_id__lt=county + 10**6
        )
        for found in (grant.filter(person__in=both), grant.filter(person__in=_paid(ALLOWANCE, county))):
            if one := found.order_by("pk").first():
                with acting(self.city.users["county"]) as officer:
                    stop_grant(
                        one, actor=officer, at=min(_morning(month + timedelta(days=9)), self.city.at), on=one.from_month, why="duplicate",
                        note="户籍地已发放同类津贴",
                    )  # fmt: skip
                return

    def pay(self, county: int, month: date, place: int, at: datetime) -> None:
        """Lead what a run owes as far as this county is."""
        if not self.pays(county):
            return
        for benefit in (CALLS, ALLOWANCE):
            until = self._until(county, place, benefit)
            if until and (batch := self._prepared(county, month, benefit, at)):
                self._lead(batch, until, at)
        if county == self.city.shown and place == 1:
            self._recover(county, at)

    def leave_doubtful(self, month: date) -> None:
        """What a bank did not pay to the county shown is gathered again; a few doubts stop it."""
        if self.open:
            renew_accounts(self.city, at=self.city.at)
            self._prepared(self.city.shown, month, CALLS, self.city.at, confirm=False)

    def _until(self, county: int, place: int, benefit: str) -> str:
        """How far the batch of a month goes; nothing where it is not prepared yet."""
        if county == self.city.shown:
            return BatchState.DONE if place == 0 or benefit == CALLS else BatchState.APPROVED
        if place == 0:
            return ""  # the others pay two months at once
        behind = self.others.index(county)
        if place == 2:
            return LATEST.get((behind, benefit), "")
        return BatchState.RELEASED if behind == 1 and benefit == ALLOWANCE else BatchState.DONE

    def _prepared(
        self, county: int, month: date, benefit: str, at: datetime, *, confirm: bool = True
    ) -> Batch | None:
        region, clerk = Region.objects.get(code=county), self.city.county_officer(county)
        with acting(clerk):
            try:
                batch: Batch = actions.prepare_batch(
                    actor=clerk, at=at, region=region, benefit=benefit, year=month.year
                )
            except Refused as refused:
                if refused.code != "payments.nothing":
                    raise
                return None
            if confirm:
                for line in PayLine.everywhere.filter(batch=batch, state=LineState.HELD).order_by("seq"):
                    actions.take_out(line, actor=clerk, at=at, reason="待核实后随下一批发放")
        batch.refresh_from_db()
        return batch if batch.lines else None

    def _lead(self, batch: Batch, until: str, at: datetime) -> None:
        first, second = self.city.users["finance"], self.city.users["finance-2"]

        def later(hours: int) -> datetime:
            return min(at + timedelta(hours=hours), self.city.at)

        if until == BatchState.PREPARED:
            return
        if until == BatchState.RETURNED:
            with acting(first):
                actions.return_batch(batch, actor=first, at=later(3), reason="请先核对本月新增人员的账户")
            return
        for treasurer in (first, second):
            if batch.state == BatchState.PREPARED:
                with acting(treasurer):
                    actions.approve_batch(batch, actor=treasurer, at=later(3))
        self._verified(batch, later(24), all_of_it=until != BatchState.APPROVED)
        if until == BatchState.APPROVED:
            return
        with acting(first):
            actions.release(batch, actor=first, at=later(30))
        if until == BatchState.DONE:
            self._answered(batch, first, later(54))

    def _verified(self, batch: Batch, at: datetime, *, all_of_it: bool) -> None:
        """Calls and visits of the sample, written at once; of an open one the first third."""
        checks = list(PayCheck.everywhere.filter(batch=batch).order_by("line__seq"))
        checks = checks if all_of_it else checks[: len(checks) // 3]
        by = self.city.users["town"] if batch.region_id == self.city.shown else self.city.users["county-2"]
        keys = [one.pk for one in checks]
        for how, some in (
            (How.VISITED, keys[::4]),
            (How.CALLED, [key for n, key in enumerate(keys) if n % 4]),
        ):
            rows = PayCheck.everywhere.filter(pk__in=some)
            rows.update(how=how, found=Found.RIGHT, by_id=by.pk, by=by.name[:80], at=at)
        digest = hashlib.sha256("".join(str(one.pk) for one in checks).encode()).hexdigest()
        record_bulk("payments.verify", model=PayCheck, count=len(checks), digest=digest, actor=by, at=at)

    def _answered(self, batch: Batch, treasurer: User, at: datetime) -> None:
        """The bank paid, but for a few."""
        day = localtime(at).date()
        lines = PayLine.everywhere.filter(batch=batch, state=LineState.READY).order_by("seq")
        results = [
            actions.Result(line, False, REASONS[place // ONE_IN % len(REASONS)])
            if place % ONE_IN == ONE_IN // 4
            else actions.Result(line, True, on=day)
            for place, line in enumerate(lines)
        ]
        with acting(treasurer):
            actions.take_results(batch, actor=treasurer, at=at, results=results)

    def _recover(self, county: int, at: datetime) -> None:
        """Part of the overpayment was paid back in cash; later payments keep back the rest."""
        owed = Receivable.everywhere.filter(purchaser=county).order_by("made_at", "pk").first()
        if owed is None or owed.open_fen < 2:
            return
        with acting(self.city.users["county"]) as officer:
            actions.pay_back(
                owed, actor=officer, at=min(at + timedelta(days=3), self.city.at), amount=Fen(owed.open_fen // 2),
                on=localtime(at).date(), reference="收款收据0132",
            )  # fmt: skip


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(10), tzinfo=get_current_timezone())


def _paid(benefit: str, county: int) -> Any:
    rows = PayLine.everywhere.filter(state=LineState.PAID, benefit=benefit)
    return rows.filter(region_id__gte=county, region_id__lt=county + 10**6).values("person_id")
