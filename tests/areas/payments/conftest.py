"""A county whose elders receive the call subsidy, in force since September."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pytest
from tests import make
from tests.areas.entitlement.conftest import elder, household

from songhe.areas.entitlement.actions import load_policies
from songhe.areas.entitlement.models import Grant, GrantSpan
from songhe.areas.payments import actions, tasks
from songhe.areas.payments.models import Posting, Run
from songhe.areas.registry.api import Household, Person
from songhe.engines.access.api import SYSTEM, User
from songhe.engines.jobs.api import run_due
from songhe.engines.policies.api import PolicyVersion
from songhe.engines.regions.models import Region

assert callable(tasks.compute_run), "importing it registers the job"
MONTH = date(2026, 11, 1)
SINCE = date(2026, 9, 1)
__all__ = ["elder", "household"]


@dataclass(frozen=True)
class Office:
    """Who prepares and who posts in a county."""

    clerk: User
    treasurer: User
    at: datetime
    region: int = make.COUNTY

    def run(self, month: date = MONTH, *, at: datetime | None = None, news_only: bool = False) -> Run:
        """A run that was worked out."""
        moment = at or self.at
        county = Region.objects.get(pk=self.region)
        made = actions.prepare_run(
            actor=self.clerk, at=moment, region=county, month=month, news_only=news_only
        )
        run_due(moment)
        made.refresh_from_db()
        return made

    def posted(self, month: date = MONTH, *, at: datetime | None = None) -> Run:
        """A run that was posted."""
        made = self.run(month, at=at)
        return actions.post_run(made, actor=self.treasurer, at=at or self.at)


@pytest.fixture
def office(at: datetime) -> Office:
    """The county's clerk and treasurer, with the city's policies loaded."""
    load_policies(actor=SYSTEM, at=at)
    return Office(make.user("county_officer", make.COUNTY), make.user("finance_officer", make.COUNTY), at)


def give(
    person: Person, at: datetime, *, since: date = SINCE, benefit: str = "call_subsidy", **more: Any
) -> Grant:
    """A grant in force."""
    policy = PolicyVersion.objects.get(code="weihai-call-subsidy", replaced_at=None)
    made: Grant = Grant.everywhere.create(
        person=person, region_id=person.region_id, number="T1", benefit=benefit, name_en="Call subsidy",
        name_zh="话费补贴", policy=policy, from_month=since, prepared_by_id=SYSTEM.id,
        approved_by_id=make.user("county_officer").pk, granted_at=at, changed_at=at, **more,
    )  # fmt: skip
    GrantSpan.everywhere.create(
        grant=made, person_id=person.pk, region_id=person.region_id, state="in_force", from_month=since,
        why="granted", at=at, by_id=SYSTEM.id, by_name="system",
    )  # fmt: skip
    return made


Caller = Callable[..., Person]


@pytest.fixture
def caller(elder: Callable[..., Person], at: datetime) -> Caller:
    """A maker of people who receive the call subsidy."""

    def made(
        name: str = "张桂兰", *, since: date = SINCE, home: Household | None = None, **options: Any
    ) -> Person:
        person = elder(name, enrolled_on=date(2026, 1, 5), household=home, **options)
        give(person, at, since=since)
        return person

    return made


def lines(run: Run) -> list[tuple[str, str, int, str]]:
    """Postings of a run: name, month, fen, cause."""
    rows = Posting.everywhere.filter(run=run).select_related("person").order_by("person__name", "month")
    return [(row.person.name, f"{row.month:%m}", row.fen, row.cause) for row in rows]
