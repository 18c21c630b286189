"""Facilities and organisations are paid as persons are: worked out by the month, posted, gathered, and sent to the bank."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import ProgrammingError, transaction
from django.test import Client
from tests import make
from tests.areas.entitlement.conftest import signed_in
from tests.areas.payments import paying
from tests.areas.payments.bodies import FIRST, MEALS, NEXT, SECOND, THIS, Town, of_bodies
from tests.areas.providers import made as providers

from songhe.areas.entitlement.actions import load_policies
from songhe.areas.entitlement.api import built, flat
from songhe.areas.entitlement.models import BodyFact, Grant, GrantSpan
from songhe.areas.entitlement.rules.bodies import asked
from songhe.areas.payments import actions
from songhe.areas.payments.models import Batch, Due, Payee, PayLine, Posting, Receivable
from songhe.areas.payments.queries.dues import Dues
from songhe.areas.payments.queries.explained import explained
from songhe.areas.payments.queries.facts import Facts, gather, kept
from songhe.areas.payments.queries.files import file_rows
from songhe.areas.providers.models import Facility
from songhe.core.days import month_end
from songhe.core.rules import build
from songhe.core.sources import read
from songhe.engines.access.api import SYSTEM, Scope, entered
from songhe.engines.regions.ids import uuid7
from songhe.kit.clock import now, today

pytestmark = [pytest.mark.django_db, pytest.mark.long]
NAME = "幸福社区食堂"


@pytest.fixture
def town(at: datetime) -> Town:
    load_policies(actor=SYSTEM, at=at)
    return Town()


def open_till(fen: int = 100_000_000) -> None:
    """Money for what facilities receive."""
    till = paying.till(now(), year=THIS.year)
    line = actions.open_line(actor=till.treasurer, at=now(), fund=till.fund, code="facilities")
    for rule in ("province", "city", "county"):
        if rule == "county":
            paying.allot(till.fund, actor=SYSTEM, at=now(), amount=paying.Fen(fen), document=f"D-{rule}")
        source = till.receive(rule, fen, document=f"D-{rule}")
        actions.allot_line(
            line, actor=till.treasurer, at=now(), source=source, amount=paying.Fen(fen), document=f"D-{rule}"
        )


def test_a_canteen_applies_and_is_paid_on_its_organisation_s_account(town: Town) -> None:
    open_till()
    grant = town.granted("canteen_meals", MEALS)
    first = town.posted()
    assert of_bodies(first) == [(NAME, FIRST, 204_000, "late")]
    assert first.pending == 1, "no list of meals of this month was handed in"
    for month, meals in ((SECOND, "1000"), (THIS, "4000")):
        for fact, value in (("hygienic", "yes"), ("meals", meals), ("deliveries", "0")):
            town.told(grant, fact=fact, value=value, month=month)
    assert of_bodies(town.posted()) == [(NAME, SECOND, 200_000, "late"), (NAME, THIS, 800_000, "month")]
    assert town.run().note == "unchanged"
    batch = town.batch()
    (line,) = PayLine.everywhere.filter(batch=batch)
    assert (line.state, line.doubts, line.holder_kind, line.person_id) == (
        "held",
        ["no_account"],
        "facility",
        None,
    )
    assert (line.fen, line.household) == (1_204_000, {})
    account = town.account()
    assert (account.holder, account.last_four, account.holder_name) == ("康宁养老服务有限公司", "1234", NAME)
    town.do(town.county, batch, "recheck")
    page = town.treasurer.get(f"/payment-batches/{batch.pk}/").content.decode()
    assert NAME in page
    town.do(town.treasurer, batch, "approve")
    town.verified(batch)
    town.do(town.treasurer, batch, "release")
    batch.refresh_from_db()
    (row,) = file_rows(batch)
    assert (row.holder, row.account, row.bank) == (
        "康宁养老服务有限公司", "37050170880100001234", "威海市商业银行 文登支行",
    )  # fmt: skip
    assert "康宁养老服务有限公司" in town.treasurer.get(f"/payment-lines/{line.pk}/").content.decode()
    statement = town.treasurer.get(f"/payment-batches/{batch.pk}/statement.pdf")
    assert statement.status_code == 200 and statement.content.startswith(b"%PDF")
    paid = [actions.Result(line, paid=True, on=today())]
    actions.take_results(batch, actor=make.user("finance_officer", make.COUNTY), at=now(), results=paid)
    batch.refresh_from_db()
    assert (batch.state, batch.paid_fen) == ("done", 1_204_000)


def test_a_correction_is_a_difference_of_its_month_and_what_was_paid_is_owed_back(town: Town) -> None:
    grant = town.granted("canteen_meals", MEALS)
    town.posted()
    town.told(grant, fact="meals", value="400", month=month_end(FIRST))
    assert of_bodies(town.posted()) == [(NAME, FIRST, -100_000, "fact")]
    Due.everywhere.filter(fen__gt=0).update(netted=True)  # as though it had been paid
    town.told(grant, fact="meals", value="300", month=FIRST)
    assert of_bodies(town.posted()) == [(NAME, FIRST, -20_000, "fact")]
    owed = Receivable.everywhere.get()
    assert (owed.fen, owed.holder_id, owed.person_id, owed.held_by) == (20_000, town.site.pk, None, NAME)
    assert NAME in town.county.get(f"/receivables/{owed.pk}/").content.decode()


def test_what_waits_for_a_second_person_or_is_refused_does_not_count(town: Town) -> None:
    grant = town.granted("canteen_meals", MEALS)
    town.posted()
    fact = town.told(grant, fact="meals", value="400", month=FIRST, confirm=False)
    assert town.run().note == "unchanged"
    assert town.town.post(f"/body-facts/{fact.pk}/confirm_fact/").status_code == 403
    again = town.town.post(
        f"/benefit-grants/{grant.pk}/enter_fact/",
        {"fact": "meals", "value": "1", "month": FIRST.isoformat(), "paper": "x"},
    )
    assert again.status_code == 422 and "is awaiting confirmation" in again.content.decode()
    town.do(town.county, fact, "refuse_fact", reason="看不清")
    assert town.run().note == "unchanged"
    late = town.county.post(f"/body-facts/{fact.pk}/confirm_fact/")
    assert late.status_code in (404, 409, 422)
    assert BodyFact.everywhere.get(pk=fact.pk).state == "refused"


@pytest.mark.parametrize(
    "changes",
    [
        {"value": "-1"}, {"value": "100001"}, {"value": "9" * 40}, {"value": "1.5"}, {"value": "many"}, {"value": ""},
        {"value": "\0"}, {"month": (FIRST - timedelta(days=1)).isoformat()}, {"month": "2199-01-01"}, {"month": "0001-01-01"}, {"month": "x"},
        {"fact": "beds"}, {"fact": "kind"}, {"fact": ""}, {"paper": ""}, {"fact": "hygienic", "value": "3"},
        {"paper": "p" * 161},
    ],
)  # fmt: skip
def test_bad_facts_are_refused_at_their_field(town: Town, changes: dict[str, str]) -> None:
    grant = town.granted("canteen_meals", MEALS)
    sent = {"fact": "meals", "value": "10", "month": SECOND.isoformat(), "paper": "台账"} | changes
    reply = town.town.post(f"/benefit-grants/{grant.pk}/enter_fact/", sent)
    assert reply.status_code == 422, changes
    assert not BodyFact.everywhere.exists()


@pytest.mark.parametrize("number", ["", "1234567", "1" * 33, "12345678x", "１２３４５６７８", "-", "\0" * 9])
def test_bad_account_numbers_of_companies(town: Town, number: str) -> None:
    town.granted("canteen_meals", MEALS)
    sent = {"bank": "icbc", "branch": "b", "account": number, "since": "2026-01-01"}
    for body in (f"facility:{town.site.pk}", "facility:x", f"organisation:{town.site.pk}", "x"):
        assert town.county.post("/payees/do/propose-body/", sent | {"body": body}).status_code == 422


CENTRE = {"fact_standard": "yes", "fact_cost": "160,000.01"}


def test_what_is_paid_once_is_paid_once_over_months_and_runs(town: Town) -> None:
    grant = town.granted("centre_building", CENTRE)
    assert grant.until_month == SECOND
    town.posted(SECOND)
    again = Grant.everywhere.get(pk=grant.pk)
    again.pk, again.from_month, again.until_month = uuid7(), THIS, NEXT
    again.save(force_insert=True)
    GrantSpan.everywhere.create(
        grant=again, holder_id=again.holder_id, region_id=again.region_id, state="in_force",
        from_month=again.from_month, until_month=again.until_month, why="granted", at=now(), by_id=SYSTEM.id,
        by_name="system",
    )  # fmt: skip
    assert town.run().note == "unchanged", "a second grant of what a body receives once pays nothing"
    assert [row.fen for row in Posting.everywhere.all()] == [8_000_000], "the most of a community"
    with entered(Scope.EVERYTHING):
        later = gather(make.COUNTY, THIS, THIS, now())  # begins after it was paid
        worked = Dues(later, later.documents, later.bodies).work()
    assert not any(found.size for found in worked.months.values())


def test_a_year_s_subsidy_declines_with_the_years_and_is_paid_in_its_month(town: Town) -> None:
    town.granted("centre_service", {"fact_served": "100"}, since=SECOND)
    run = town.posted()
    # opened twenty months ago: its second year, so 70 percent of 100 times 300 yuan
    assert of_bodies(run) == [(NAME, SECOND, 2_100_000, "late")]
    assert town.run().note == "unchanged"


def test_a_site_that_closed_is_due_nothing_after_it(town: Town) -> None:
    grant = town.granted("canteen_meals", MEALS)
    for fact, value in (("hygienic", "yes"), ("meals", "10"), ("deliveries", "0")):
        town.told(grant, fact=fact, value=value, month=THIS)
    town.posted()
    Facility.everywhere.filter(pk=town.site.pk).update(until=SECOND.replace(day=15))
    assert of_bodies(town.posted()) == [(NAME, THIS, -2_000, "stopped")]


def test_a_run_of_bodies_is_replayed_and_explained_from_its_snapshot(town: Town) -> None:
    grant = town.granted("canteen_meals", MEALS)
    run = town.posted()
    assert run.compared > 0, "another evaluator has worked it out too"
    town.told(grant, fact="meals", value="1", month=FIRST)
    with entered(Scope.EVERYTHING):
        facts = kept(run)
        assert facts.hash == run.snapshot_hash
        worked = Dues(facts, facts.documents, facts.bodies).work()
        assert sum(int(one.fen.sum()) for one in worked.months.values()) == run.fen == 204_000
        told = explained(Posting.everywhere.get(run=run))
    assert told is not None and told["value"] == 204_000
    page = town.county.get(f"/payment-postings/{Posting.everywhere.get(run=run).pk}/").content.decode()
    assert NAME in page and "900" in page


def test_an_organisation_sees_its_own_postings_and_strangers_nothing(town: Town) -> None:
    grant = town.granted("canteen_meals", MEALS)
    town.posted()
    posting = Posting.everywhere.get()
    for client in (town.boss, town.manager):
        page = client.get("/payments/own/").content.decode()
        assert NAME in page and "2,040.00" in page
        assert client.get(f"/benefit-grants/{grant.pk}/").status_code == 200
        assert client.get("/payment-postings/").status_code == 403
    with entered(make.user("organisation_manager", make.CITY, holder_id=town.body.pk).scope("payments.own")):
        assert Posting.everywhere.count() == 1, "the database shows an organisation its own"
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            Posting.everywhere.update(fen=1)
    other = providers.organisation(make.village())
    competitor = town.of("organisation_manager", other.pk)
    assert NAME not in competitor.get("/payments/own/").content.decode()
    neighbour = signed_in(make.user("county_officer", make.OTHER_COUNTY))
    assert neighbour.get("/payment-postings/").context["count"] == 0
    assert neighbour.get(f"/payment-postings/{posting.pk}/").status_code == 404
    for stranger in (competitor, neighbour):
        assert stranger.get("/body-facts/").context["count"] == 0
        assert stranger.post(f"/benefit-grants/{grant.pk}/enter_fact/", {}).status_code in (403, 404)
    assert town.boss.post(f"/benefit-grants/{grant.pk}/enter_fact/", {}).status_code == 403
    assert town.boss.get("/payment-batches/").status_code == 403
    assert Client().get("/payment-postings/").status_code == 302


def test_persons_and_bodies_never_share_a_list(town: Town, at: datetime) -> None:
    open_till()
    town.granted("canteen_meals", MEALS)
    town.posted()
    due = Due.everywhere.get()
    person = make.person(make.village())
    Due.everywhere.create(
        run_id=due.run_id, person=person, region_id=due.region_id, benefit=due.benefit, purchaser=due.purchaser,
        year=due.year, first_month=due.first_month, last_month=due.last_month, cause="late", fen=100, covered=True,
    )  # fmt: skip
    batch = town.batch()
    assert [line.person_id for line in PayLine.everywhere.filter(batch=batch)] == [person.pk]
    Batch.everywhere.filter(pk=batch.pk).update(state="returned")
    assert Due.everywhere.get(pk=due.pk).line_id is None


def test_a_worker_and_an_organisation_are_paid_each_by_its_own_rule(town: Town) -> None:
    worker = providers.worker(town.body)
    carer = {"fact_grade": "senior", "fact_contract_years": "5", "fact_care_years": "3"}
    town.granted("carer_award", carer, body=f"worker:{worker.pk}")
    trained = town.granted("training_subsidy", {"fact_trained": "12"}, body=f"organisation:{town.body.pk}")
    run = town.posted()
    assert sorted(of_bodies(run)) == sorted(
        [("王秀英", FIRST, 1_000_000, "late"), (town.body.name, FIRST, 2_400_000, "late")]
    )
    town.told(trained, fact="trained", value="3", month=THIS)
    assert of_bodies(town.posted()) == [(town.body.name, THIS, 600_000, "month")]
    sent = {"body": f"worker:{worker.pk}", "bank": "psbc", "branch": "x", "since": "2026-01-01"}
    bad = town.county.post("/payees/do/propose-body/", sent | {"account": "6210980000000000001"})
    assert bad.status_code == 422 and "check digit" in bad.content.decode()
    town.sent(town.county, "/payees/do/propose-body/", **sent, account=paying.card())
    assert Payee.everywhere.get().holder == "王秀英", "a worker's account bears the worker's name"


def test_without_bodies_a_snapshot_is_what_it_was_before(town: Town) -> None:
    with entered(Scope.EVERYTHING):
        facts = gather(make.COUNTY, FIRST, THIS, now())
    assert not [name for name in flat(facts) if name.startswith("bodies")]
    assert len(built(Facts, flat(facts)).bodies) == 0


@pytest.mark.parametrize(
    "path", sorted(settings.DATA.glob("cities/*/policies/*.yaml")), ids=lambda path: path.stem
)
def test_no_policy_pays_a_body_the_same_sum_again_each_month(path: Path) -> None:
    """What is told once must be granted once; what is paid by the month must read what is told each month."""
    document = build(read(path.read_text(encoding="utf-8"), name=path.name))
    for rule in document.rules:
        if rule.grants and rule.unit == "fen" and rule.beneficiary in ("facility", "organisation", "worker"):
            assert rule.once_per or any(fact.monthly for fact in asked(document, rule)), rule.code
