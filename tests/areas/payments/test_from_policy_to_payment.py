"""One benefit from the text of its policy to the money on an account and back again, on screen, by those who do it.

Nothing is written here but through pages; rows are only looked at to know where to go.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, TypeVar

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model
from django.test import Client
from tests import make
from tests.areas.entitlement.conftest import elder, signed_in
from tests.areas.payments.paying import balance_of, card
from tests.kit.test_rest import Program

from songhe.areas.entitlement import tasks as entitlement_tasks
from songhe.areas.entitlement.models import Application, Grant, Paper, Simulation
from songhe.areas.finance.models import Fund
from songhe.areas.payments import tasks
from songhe.areas.payments.models import (
    Batch,
    BudgetLine,
    Payee,
    PayLine,
    Posting,
    Receivable,
    Run,
    Source,
)
from songhe.areas.payments.models import PayCheck as Check
from songhe.areas.registry.api import Person
from songhe.engines.access.api import SYSTEM, Tie, User, tie
from songhe.engines.imports.api import ImportRun
from songhe.engines.jobs.api import run_due, start
from songhe.engines.ledger.api import faults
from songhe.engines.policies.api import PolicyDraft, PolicyVersion
from songhe.kit.clock import now, today

pytestmark = pytest.mark.django_db
JOBS = (tasks.compute_run, entitlement_tasks.simulate)  # importing them registers them
__all__ = ["elder"]

BENEFIT = "care_allowance"
POLICY = """\
# Care allowance of Rongcheng for the very old in need, with more for those who live alone.
document:
  code: rongcheng-care-allowance
  number: "荣民发〔{year}〕9号"
  title: {{en: "Care allowance for the old in need", zh: "经济困难高龄老人照护津贴"}}
  issuer: {{en: "Rongcheng Civil Affairs Bureau", zh: "荣成市民政局"}}
  effective: {year}-01-01
  region: "371082000000"
  source: "Draft"
clauses:
  "1": {{en: "People of 80 and above in the minimum living allowance receive it", zh: "80周岁及以上低保老年人享受"}}
  "2": {{en: "300 yuan a month", zh: "每月300元"}}
  "3": {{en: "60 yuan more for those who live alone", zh: "独居的每月增发60元"}}
facts:
  birth: {{kind: date, en: "Date of birth", zh: "出生日期", bring: {{en: "Identity card", zh: "居民身份证"}}}}
tags:
  low_income: {{en: "Minimum living allowance", zh: "低保", bring: {{en: "Certificate of minimum living allowance", zh: "最低生活保障证明"}}}}
  living_alone: {{en: "Lives alone", zh: "独居", bring: {{en: "Word of the village", zh: "村(居)委会证明"}}}}
parameters:
  least_age: {{en: "Lowest age", zh: "最低年龄", unit: year, values: [{{value: 80, clause: "1"}}]}}
  monthly_fen: {{en: "Allowance a month", zh: "月标准", unit: fen, values: [{{value: 30000, clause: "2"}}]}}
  alone_fen: {{en: "More for living alone", zh: "独居增发", unit: fen, values: [{{value: 6000, clause: "7"}}]}}
rules:
  - code: care_allowance
    en: "Care allowance"
    zh: "照护津贴"
    unit: fen
    grants: true
    cases:
      - {{when: "age_on(birth, month_end) < least_age", give: "0", why: {{en: "Younger than 80", zh: "未满80周岁"}}, clause: "1"}}
      - {{when: 'not has("low_income")', give: "0", why: {{en: "Not in the minimum living allowance", zh: "不属低保对象"}}, clause: "1"}}
      - {{when: 'has("living_alone")', give: monthly_fen + alone_fen, why: {{en: "80 or above, in need, alone", zh: "低保高龄独居"}}, clause: "3"}}
      - {{give: monthly_fen, why: {{en: "80 or above and in need", zh: "低保高龄"}}, clause: "2"}}
examples:
  - {{name: in need and alone, facts: {{birth: 1930-01-01, tags: [low_income, living_alone]}}, expect: {{care_allowance: 36000}}}}
  - {{name: in need, facts: {{birth: 1930-01-01, tags: [low_income]}}, expect: {{care_allowance: 30000}}}}
  - {{name: not in need, facts: {{birth: 1930-01-01, tags: []}}, expect: {{care_allowance: 0}}}}
  - {{name: younger, facts: {{birth: 1990-01-01, tags: [low_income]}}, expect: {{care_allowance: 0}}}}
"""
Row = TypeVar("Row", bound=Model)


class Town:
    """Everybody who has a part in it, each with a browser of their own."""

    def __init__(self) -> None:
        seats = {
            "author": ("county_officer", make.COUNTY, "陈静"),
            "colleague": ("county_officer", make.COUNTY, "王敏"),
            "village": ("village_officer", make.village(), "李庄"),
            "town": ("town_officer", make.town(), "赵镇"),
            "finance": ("finance_officer", make.COUNTY, "孙财"),
        }
        self.users: dict[str, User] = {
            seat: make.user(role, region, name=name) for seat, (role, region, name) in seats.items()
        }

    def __getattr__(self, seat: str) -> Client:
        return signed_in(self.users[seat])

    def does(self, seat: str, path: str, **form: Any) -> str:
        """Somebody sends a form and it is done; returns where it leads."""
        reply = getattr(self, seat).post(path, form)
        assert reply.status_code == 302, _why(reply)
        return str(reply.headers["Location"])

    def may_not(self, seat: str, path: str, told: str = "", **form: Any) -> None:
        """Somebody sends a form and is refused, with these words."""
        reply = getattr(self, seat).post(path, form)
        assert reply.status_code in (403, 422), reply.status_code
        text = " ".join(reply.content.decode().split())
        assert told in text, f"{told} is not said by {path}: {plain(text)}"

    def sees(self, seat: str, path: str, *told: str) -> str:
        """Somebody opens a page and finds all of this on it."""
        reply = getattr(self, seat).get(path)
        assert reply.status_code == 200, (path, reply.status_code)
        text = " ".join(reply.content.decode().split())
        for words in told:
            assert words in text, f"{words} is not on {path}: {plain(text)}"
        return text


def plain(text: str) -> str:
    """What a page says, without its markup."""
    return re.sub(r"(<[^>]*>\s*)+", " | ", text[text.find("<main") :])


def _why(reply: Any) -> Any:
    form = reply.context and reply.context.get("form")
    return form.errors if form else reply.content.decode()[-3000:]


@pytest.fixture
def town() -> Town:
    return Town()


def only(model: type[Row], **where: Any) -> Row:
    """The one row, to know its page."""
    found: Row = model.everywhere.get(**where)  # type: ignore[attr-defined]  # every model here is scoped
    return found


def tie_to(user: User, person: Person) -> None:
    """A relative's log-in."""
    make.Grant.objects.filter(user=user).update(holder_id=user.pk)
    tie(person.pk, user.pk, Tie.Kind.KIN, region_id=person.region_id, since=date(2026, 1, 1))


def passer_by() -> Client:
    """Somebody without a log-in."""
    client = Client()
    client.cookies["django_language"] = "en"
    return client


def jobs() -> None:
    """What a worker does in the background."""
    run_due(now())


def issued(town: Town) -> PolicyVersion:
    """A draft from a file: repaired, checked, simulated, submitted, approved by a second person."""
    file = SimpleUploadedFile("care.yaml", POLICY.format(year=today().year).encode(), "text/yaml")
    page = town.does("author", "/policy-drafts/do/start/", region=make.COUNTY, file=file)
    town.does("author", page + "check/")
    town.sees("author", page, "1 problem", "clause 7", "Correct the text")
    draft = only(PolicyDraft)
    town.may_not("author", page + "submit/", "not possible")
    mended = draft.text.replace('clause: "7"', 'clause: "3"')
    town.does("author", page + "write/", revision=draft.revision, text=mended, check="on")
    _simulated(town, page, draft)
    town.does("author", page + "submit/", note="Agreed with the finance bureau")
    town.may_not("author", page + "approve/", "You prepared this yourself", revision=2)
    town.sees("colleague", "/", "Policies to approve")
    town.sees("colleague", page, "2 gain · 0 lose", "Agreed with the finance bureau")
    town.does("colleague", page + "approve/", revision=2)
    version: PolicyVersion = PolicyVersion.objects.get(code="rongcheng-care-allowance")
    town.sees("author", f"/policies/{version.pk}/", "In force", page, "2 gain · 0 lose")
    return version


def _simulated(town: Town, page: str, draft: PolicyDraft) -> None:
    text = town.sees("author", page, "Checked without a problem", "Not yet simulated", ">Simulate<")
    link = f"/simulations/do/simulate/?draft={draft.pk}&amp;region={make.COUNTY}"
    assert link in text
    town.sees("author", link.replace("&amp;", "&"), str(draft.pk))
    there = town.does("author", "/simulations/do/simulate/", draft=draft.pk, region=make.COUNTY)
    jobs()
    assert there == f"/simulations/{only(Simulation).pk}/"
    town.sees("author", there, "80 or above and in need", page)
    assert "Not yet simulated" not in town.sees("author", page, "2 gain · 0 lose", there)


def granted(town: Town, person: Person) -> Grant:
    """From the village's application over town, county and public notice to the grant."""
    start_at = f"/applications/do/apply/?person={person.pk}&benefit={BENEFIT}"
    town.sees("village", f"/entitled-people/{person.pk}/", "Care allowance", "Possible")
    town.sees("village", start_at, "Care allowance")
    town.does("village", "/applications/do/apply/", person=person.pk, benefit=BENEFIT)
    page = f"/applications/{only(Application, person=person).pk}/"
    for paper in Paper.everywhere.filter(application__person=person):
        town.does("village", page + "see_paper/", paper=paper.pk, shown="seen")
    town.does("village", page + "accept/")
    town.may_not("village", page + "verify/")
    town.does("town", page + "verify/", visited_on=today().isoformat(), found="独居,有邻居照看")
    town.does("author", page + "approve_application/", from_month=today().isoformat())
    assert "Care allowance" in passer_by().get(f"/notices/{make.village()}/").content.decode()
    job = start("entitlement.notices_over", actor=SYSTEM, at=now())
    run_due(now() + timedelta(days=9))
    job.refresh_from_db()
    assert job.state == "done", job.error
    grant = only(Grant, person=person)
    town.sees("village", f"/entitled-people/{person.pk}/", "Grant in force")
    town.sees("author", f"/benefit-grants/{grant.pk}/", "Posted and paid", "No run has posted anything")
    return grant


def money(town: Town) -> BudgetLine:
    """The year's fund, a line that is let to pay the new benefit, and money from city and county."""
    year = today().year
    town.does("author", "/funds/do/open_fund/", region=make.COUNTY, year=year, name="养老服务资金")
    fund = only(Fund)
    town.does("author", f"/funds/{fund.pk}/allot/", amount="10000", document="荣财社1号")
    town.does("finance", "/budget-lines/do/open_line/", fund=fund.pk, code="subsidies")
    line = only(BudgetLine)
    page = f"/budget-lines/{line.pk}/"
    town.sees("finance", page + "pay_also/", "Care allowance")
    town.does("finance", page + "pay_also/", benefit=BENEFIT)
    town.may_not("finance", page + "pay_also/", benefit="call_subsidy")
    for rule in ("city", "county"):
        given = {"fund": fund.pk, "rule": rule, "amount": "5000", "document": f"{rule}-1"}
        town.does("finance", "/money-sources/do/receive/", **given)
        source = only(Source, rule=rule)
        town.does("finance", page + "allot/", source=source.pk, amount="5000", document=f"{rule}-1")
    town.sees("finance", page, "Care allowance")
    return line


def account(town: Town, person: Person) -> None:
    """The town enters an account, the county confirms it; the number is shown nowhere."""
    number = card()
    sent = {"person": person.pk, "bank": "psbc", "since": f"{today().year}-01-01", "whose": "own"}
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    town.may_not("town", "/payees/do/propose/", "check digit", **sent, account=wrong)
    town.does("town", "/payees/do/propose/", **sent, account=number)
    page = f"/payees/{only(Payee, person=person).pk}/"
    town.may_not("town", page + "confirm/")
    town.does("author", page + "confirm/")
    assert number not in town.sees("author", page, number[-4:])


def run(town: Town, **more: Any) -> Run:
    """A run that one prepared and another posted."""
    sent = {"region": make.COUNTY, "month": today().isoformat(), **more}
    town.does("author", "/payment-runs/do/prepare_run/", **sent)
    jobs()
    made = only(Run, state="ready")
    page = f"/payment-runs/{made.pk}/"
    town.sees("author", page, "Care allowance")
    town.may_not("author", page + "post/")
    town.sees("finance", "/", "Payment runs to post")
    town.does("finance", page + "post/")
    return made


def prepared(town: Town) -> Batch:
    """A batch of what waits."""
    sent = {"region": make.COUNTY, "benefit": BENEFIT, "year": today().year}
    town.sees("author", "/payment-batches/do/prepare/", "Care allowance")
    page = town.does("author", "/payment-batches/do/prepare/", **sent)
    return only(Batch, pk=page.split("/")[2])


def sent_to_bank(town: Town, batch: Batch) -> list[PayLine]:
    """Approved by another, sampled by the village, released; the list that the bank gets."""
    page = f"/payment-batches/{batch.pk}/"
    town.may_not("author", page + "approve/")
    town.does("finance", page + "approve/")
    town.may_not("finance", page + "release/", "not verified")
    for check in Check.everywhere.filter(batch=batch):
        town.does("village", f"/payment-checks/{check.pk}/verify/", how="visited", found="right")
    town.does("finance", page + "release/")
    town.sees("finance", page + "bank-file/", "as released")
    return list(
        PayLine.everywhere.filter(batch=batch, state="ready").select_related("person").order_by("seq")
    )


def answered(town: Town, lines: list[PayLine], failed: str = "") -> None:
    """The bank's list comes back: everybody paid, but one."""
    out = io.StringIO(newline="")
    rows = [[one.number, one.holder, f"{one.fen / 100:.2f}", *_answer(one, failed)] for one in lines]
    csv.writer(out).writerows([["明细号", "户名", "金额(元)", "处理结果", "失败原因", "入账日期"], *rows])
    file = SimpleUploadedFile("回盘.csv", out.getvalue().encode("gb18030"))
    town.does("finance", "/bank-results/do/bring/", region=make.COUNTY, file=file)
    jobs()

    page = (
        f"/bank-results/{ImportRun.everywhere.filter(spec='payments.results').latest('started_at', 'id').pk}/"
    )
    town.does("finance", page + "book/")
    jobs()
    town.sees("finance", page, "Booked")


def _answer(line: PayLine, failed: str) -> list[str]:
    day = today().isoformat()
    return ["失败", "账户已销户", ""] if line.person.name == failed else ["成功", "", day]


def test_a_benefit_from_its_policy_to_the_account_and_back(town: Town, elder: Callable[..., Person]) -> None:
    born = date(today().year - 86, 1, 2)
    person = elder("张桂兰", tags=("low_income",), born=born)
    other = elder("王秀英", tags=("low_income",), born=born)
    issued(town)
    grant, _other = granted(town, person), granted(town, other)
    money(town)
    account(town, person)
    account(town, other)

    first = run(town)
    batch = prepared(town)
    assert (batch.lines, batch.fen) == (2, 60_000)
    town.sees("finance", f"/payment-runs/{first.pk}/", batch.number, "Prepared")
    answered(town, sent_to_bank(town, batch), failed="王秀英")
    town.sees("village", f"/entitled-people/{person.pk}/", "Paid", "300.00", batch.number)
    town.sees("village", f"/entitled-people/{other.pk}/", "Waiting again")
    town.sees("author", f"/benefit-grants/{grant.pk}/", first.number, "300.00", "Paid")

    kin = make.user("family", make.CITY)
    tie_to(kin, person)
    seen = signed_in(kin).get(f"/entitled-people/{person.pk}/").content.decode()
    assert batch.number in seen and "300.00" in seen, "the family is told what was paid"
    _told(town, person, grant, first)
    _late_fact(town, person, batch)
    assert faults() == []


def _told(town: Town, person: Person, grant: Grant, first: Run) -> None:
    """Page, letter and API say the same amount, rule and clause."""
    posting = only(Posting, run=first, person=person)
    town.sees("finance", f"/payment-postings/{posting.pk}/", "80 or above and in need", "Clause 2", "¥300.00")
    town.sees("village", f"/entitled-people/{person.pk}/explained/", "300", "80 or above and in need")
    town.sees("village", f"/benefit-grants/{grant.pk}/letter/", "300", "Care allowance")
    town.sees("author", f"/policies/{posting.policy_id}/", "300 yuan a month")
    program = Program(town.users["author"])
    told = program.get(f"/api/v1/entitled-people/{person.pk}/explanation").json()
    assert "80 or above and in need" in str(told) and "30000" in str(told)


def _late_fact(town: Town, person: Person, batch: Batch) -> None:
    """She was no longer in need this month: what was paid comes back, in cash, and a later payment keeps some back."""
    first_day = today().replace(day=1).isoformat()
    town.does(
        "author", f"/people/{person.pk}/untag/", tag="low_income", on=first_day, where_from="低保清退名单"
    )
    second = run(town)
    town.sees("finance", f"/payment-runs/{second.pk}/", "A fact changed")
    owed = only(Receivable)
    assert (owed.person_id, owed.fen, owed.state) == (person.pk, 30_000, "open")
    page = f"/receivables/{owed.pk}/"
    posting = only(Posting, run=second, person=person)
    town.sees("author", page, "What caused it", f"/payment-postings/{posting.pk}/")
    town.sees("village", f"/entitled-people/{person.pk}/", "Still owed", "-300.00")
    before = balance_of("fund")
    town.does("author", page + "pay_back/", amount="100", on=today().isoformat(), reference="收据1")
    assert balance_of("fund") - before == 10_000
    town.does("author", f"/people/{person.pk}/tag/", tag="low_income", since=first_day, where_from="复核恢复")
    town.does("author", f"/people/{person.pk}/tag/", tag="living_alone", since=first_day)
    _kept_back(town, person, owed)


def _kept_back(town: Town, person: Person, owed: Receivable) -> None:
    """In need after all, and alone: 360 yuan are due again, of which a fifth goes against what is owed."""
    third = run(town, news_only="on")
    assert only(Posting, run=third, person=person).fen == 36_000
    batch = prepared(town)
    line = only(PayLine, batch=batch, person=person)
    assert (line.gross_fen, line.withheld_fen, line.fen) == (36_000, 7_200, 28_800)
    held = PayLine.everywhere.get(batch=batch, state="held")
    town.sees("author", "/", "Doubtful payments")
    town.sees("author", f"/payment-lines/{held.pk}/", "The bank did not pay to this account before")
    town.does("author", f"/payment-lines/{held.pk}/take_out/", reason="等新账号")
    answered(town, sent_to_bank(town, batch))
    town.sees("author", f"/receivables/{owed.pk}/", "Withheld from a payment", "72.00", "100.00")
    town.sees("village", f"/entitled-people/{person.pk}/", "288.00", "172.00 yuan have been recovered")
