"""A canteen and a day-care centre of one organisation, the offices, and what they do by HTTP."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.test import Client
from tests import make
from tests.areas.entitlement.conftest import signed_in
from tests.areas.providers import made as providers

from songhe.areas.entitlement import actions as entitlement
from songhe.areas.entitlement.models import BodyApplication, BodyFact, BodyPaper, Grant, Notice
from songhe.areas.payments.models import Batch, PayCheck, Payee, Posting, Run
from songhe.areas.providers.models import Facility, Kind, Organisation
from songhe.core.days import months_later
from songhe.engines.access.api import SYSTEM
from songhe.engines.jobs.api import run_due
from songhe.kit.clock import now, today

THIS = today().replace(day=1)
FIRST, SECOND = months_later(THIS, -2), months_later(THIS, -1)
"""The months of the stories: what is done at a desk is done now, so they move with the clock."""
NEXT = months_later(THIS, 1)
OPENED = months_later(THIS, -20)
MEALS = {"fact_hygienic": "yes", "fact_meals": "900", "fact_deliveries": "120"}


class Town:
    """Who takes part, each with a browser."""

    def __init__(self) -> None:
        self.body: Organisation = providers.organisation(make.village(), name="康宁养老服务有限公司")
        self.site: Facility = providers.facility(self.body, Kind.CANTEEN, name="幸福社区食堂", since=OPENED)
        self.boss = self.of("organisation_manager", self.body.pk)
        self.manager = self.of("facility_manager", self.site.pk)
        self.town = signed_in(make.user("town_officer", make.COUNTY, name="镇干部"))
        self.county = signed_in(make.user("county_officer", make.COUNTY, name="县干部"))
        self.second = signed_in(make.user("county_officer", make.COUNTY, name="县干部二"))
        self.treasurer = signed_in(make.user("finance_officer", make.COUNTY, name="县财务"))

    def of(self, role: str, holder: Any) -> Client:
        """Somebody of a body."""
        return signed_in(make.user(role, make.CITY, holder_id=holder))

    def granted(self, benefit: str, told: dict[str, str], *, since: date = FIRST, body: str = "") -> Grant:
        """A grant from the application to the end of its public notice."""
        body = body or f"facility:{self.site.pk}"
        address = f"/body-applications/apply/?body={body}&benefit={benefit}"
        self.sent(self.boss, address, **told)
        row = BodyApplication.everywhere.latest("filed_at")
        for paper in BodyPaper.everywhere.filter(application=row):
            self.do(self.town, row, "see_body_paper", paper=str(paper.pk), shown="seen")
        self.do(self.town, row, "verify_body", found="现场核查属实")
        self.do(self.county, row, "approve_body", from_month=since.isoformat())
        Notice.everywhere.filter(body=row).update(posted_on=date(2026, 1, 1), until=date(2026, 1, 8))
        row.refresh_from_db()
        if row.grant_id is None:
            entitlement.put_body_into_force(row, actor=SYSTEM, at=now())
            row.refresh_from_db()
        assert row.grant is not None
        return row.grant

    def told(self, grant: Grant, *, month: date, confirm: bool = True, **fact: str) -> BodyFact:
        """A newer fact, entered by the town and confirmed by the county."""
        self.do(self.town, grant, "enter_fact", paper="当月台账", month=month.isoformat(), **fact)
        made = BodyFact.everywhere.latest("entered_at")
        if confirm:
            self.do(self.county, made, "confirm_fact")
            made.refresh_from_db()
        return made

    def run(self, month: date = THIS) -> Run:
        """A run that was worked out."""
        self.sent(
            self.county, "/payment-runs/do/prepare_run/", region=str(make.COUNTY), month=month.isoformat()
        )
        run_due(now())
        return Run.everywhere.latest("prepared_at")

    def posted(self, month: date = THIS) -> Run:
        """A run that was posted."""
        run = self.run(month)
        assert run.state == "ready", run.note
        self.do(self.treasurer, run, "post")
        run.refresh_from_db()
        assert run.state == "posted"
        return run

    def account(self, number: str = "37050170880100001234") -> Payee:
        """The organisation's account for the site, confirmed by another."""
        self.sent(
            self.county, "/payees/do/propose-body/", body=f"facility:{self.site.pk}", bank="whccb", branch="文登支行",
            account=number, since="2026-01-01",
        )  # fmt: skip
        made = Payee.everywhere.latest("proposed_at")
        self.do(self.second, made, "confirm")
        made.refresh_from_db()
        return made

    def batch(self, benefit: str = "canteen_meals") -> Batch:
        """A batch that was prepared."""
        self.sent(
            self.county,
            "/payment-batches/do/prepare/",
            region=str(make.COUNTY),
            benefit=benefit,
            year=str(THIS.year),
        )
        return Batch.everywhere.latest("prepared_at")

    def verified(self, batch: Batch) -> None:
        """The sample, found right."""
        for check in PayCheck.everywhere.filter(batch=batch):
            self.do(self.second, check, "verify", how="visited", found="right")

    def do(self, who: Client, row: Any, verb: str, **sent: Any) -> None:
        """A verb on a row that succeeds."""
        self.sent(who, f"/{SLUGS[type(row).__name__]}/{row.pk}/{verb}/", **sent)

    def sent(self, who: Client, address: str, **sent: Any) -> None:
        """A form that is accepted."""
        reply = who.post(address, sent)
        assert reply.status_code == 302, (address, reply.status_code, alerts(reply.content.decode()))


SLUGS = {
    "BodyApplication": "body-applications",
    "Grant": "benefit-grants",
    "BodyFact": "body-facts",
    "Run": "payment-runs",
    "Payee": "payees",
    "Batch": "payment-batches",
    "PayCheck": "payment-checks",
    "PayLine": "payment-lines",
}


def alerts(page: str) -> list[str]:
    """What a page complains of."""
    return [part.split("</")[0][-300:] for part in page.split('role="alert"')[1:]]


def of_bodies(run: Run) -> list[tuple[str, date, int, str]]:
    """Postings of a run to bodies: name, month, fen, cause."""
    rows = Posting.everywhere.filter(run=run, person=None).order_by("holder_name", "benefit", "month")
    return [(row.holder_name, row.month, row.fen, row.cause) for row in rows]
