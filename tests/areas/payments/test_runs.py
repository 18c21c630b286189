"""Runs: what a grant is due for each month, the difference to what was posted, and nothing twice."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from tests import make
from tests.areas.entitlement.conftest import Elder
from tests.areas.payments.conftest import MONTH, Caller, Office, give, lines

from songhe.areas.entitlement.actions import resume_grant, stop_grant, suspend_grant
from songhe.areas.entitlement.models import Grant
from songhe.areas.payments import actions
from songhe.areas.payments.models import Posting, Run
from songhe.areas.payments.queries.dues import Dues
from songhe.areas.payments.queries.explained import explained
from songhe.areas.payments.queries.facts import gather, kept
from songhe.areas.payments.rules.differences import month_number
from songhe.areas.registry.api import Enrolment, Household, Person
from songhe.core.refusal import Forbidden, Refused
from songhe.engines.access.api import SYSTEM, Scope, entered
from songhe.engines.acts.models import Act
from songhe.engines.policies.api import load_pack
from songhe.engines.regions.models import Region

pytestmark = [pytest.mark.django_db, pytest.mark.long]


def test_a_run_posts_each_month_once(office: Office, caller: Caller) -> None:
    caller("甲"), caller("乙", since=MONTH)
    first = office.run()
    assert (first.state, first.postings, first.fen, first.back_fen) == ("ready", 4, 4000, 2000)
    assert lines(first) == [
        ("乙", "11", 1000, "month"), ("甲", "09", 1000, "late"), ("甲", "10", 1000, "late"), ("甲", "11", 1000, "month"),
    ]  # fmt: skip
    actions.post_run(first, actor=office.treasurer, at=office.at)
    again = office.run()
    assert (again.state, again.note, again.postings) == ("discarded", "unchanged", 0)
    assert Act.objects.filter(verb="payments.compute").count() == 2


def test_nothing_counts_before_it_is_posted(office: Office, caller: Caller) -> None:
    caller()
    run = office.run()
    with pytest.raises(Refused, match="still open"):
        office.run()
    actions.discard(run, actor=office.clerk, at=office.at, reason="falscher Monat")
    assert office.run().postings == 3


def test_who_prepares_does_not_post(office: Office, caller: Caller) -> None:
    caller()
    run = office.run()
    make.grant(office.clerk, "finance_officer", make.COUNTY)
    with pytest.raises(Refused, match="prepared this yourself"):
        actions.post_run(run, actor=office.clerk, at=office.at)


def test_a_late_fact_is_corrected_in_every_month_it_touches(office: Office, caller: Caller) -> None:
    person, other = caller("甲"), caller("乙")
    office.posted(date(2026, 10, 1))
    Enrolment.everywhere.filter(person=person).update(until=date(2026, 9, 15))
    run = office.posted()
    assert lines(run) == [
        ("乙", "11", 1000, "month"),
        ("甲", "09", -1000, "fact"),
        ("甲", "10", -1000, "fact"),
    ]
    Enrolment.everywhere.filter(person=person).update(until=None)
    assert lines(office.posted()) == [
        ("甲", "09", 1000, "fact"), ("甲", "10", 1000, "fact"), ("甲", "11", 1000, "month")
    ]  # fmt: skip
    total = sum(row.fen for row in Posting.everywhere.filter(run__state="posted", person=person))
    assert (
        total == sum(row.fen for row in Posting.everywhere.filter(run__state="posted", person=other)) == 3000
    )


def test_grants_that_end_are_taken_back_and_suspended_ones_kept(office: Office, caller: Caller) -> None:
    gone, dead, held = caller("甲"), caller("乙"), caller("丙")
    office.posted(date(2026, 10, 1))
    at = office.at
    stop_grant(
        Grant.everywhere.get(person=gone), actor=office.clerk, at=at, on=date(2026, 9, 3), why="moved_out"
    )
    Person.everywhere.filter(pk=dead.pk).update(state="dead", died_on=date(2026, 9, 20))
    suspend_grant(
        Grant.everywhere.get(person=held),
        actor=office.clerk,
        at=at,
        from_month=date(2026, 10, 1),
        why="other",
    )
    run = office.posted()
    told = lines(run)
    assert ("乙", "10", -1000, "died") in told and ("甲", "10", -1000, "stopped") in told
    assert not [line for line in told if line[0] == "丙"]
    resume_grant(
        Grant.everywhere.get(person=held), actor=office.clerk, at=at, from_month=date(2026, 12, 1), why="other",
        arrears=True,
    )  # fmt: skip
    assert lines(office.posted()) == [("丙", "11", 1000, "arrears")]
    assert office.run().note == "unchanged"


def test_a_household_is_paid_once(office: Office, caller: Caller, household: Household) -> None:
    caller("甲", home=household), caller("乙", home=household)
    run = office.posted(date(2026, 9, 1))
    assert len(lines(run)) == 1
    first = lines(run)[0][0]
    assert [line[0] for line in lines(office.posted())] == [first, first]


def test_who_moves_keeps_what_was_paid(office: Office, caller: Caller) -> None:
    person = caller()
    office.posted(date(2026, 10, 1))
    elsewhere = make.village(make.OTHER_COUNTY)
    Person.everywhere.filter(pk=person.pk).update(region_id=elsewhere)
    for model in (Grant, Enrolment):
        model.everywhere.filter(person=person).update(region_id=elsewhere)
    Grant.everywhere.get(person=person).spans.update(region_id=elsewhere)
    assert office.run().note == "unchanged"
    there = Office(
        make.user("county_officer", make.OTHER_COUNTY),
        make.user("finance_officer", make.OTHER_COUNTY),
        office.at,
        make.OTHER_COUNTY,
    )
    assert lines(there.posted()) == [("张桂兰", "11", 1000, "month")]


def test_a_stale_run_is_refused(office: Office, caller: Caller) -> None:
    caller()
    run = office.run()
    later = office.at + timedelta(minutes=1)
    Run.everywhere.filter(pk=run.pk).update(state="discarded")
    office.posted(date(2026, 9, 1), at=later)
    Run.everywhere.filter(pk=run.pk).update(state="ready")
    with pytest.raises(Refused, match="posted since"):
        actions.post_run(run, actor=office.treasurer, at=later)


def test_months_that_have_not_begun_and_other_places_are_refused(office: Office) -> None:
    with pytest.raises(Refused, match="has not begun"):
        office.run(date(2026, 12, 1))
    for region, error in ((make.OTHER_COUNTY, Forbidden), (make.CITY, Refused), (make.village(), Refused)):
        with pytest.raises(error):
            actions.prepare_run(
                actor=office.clerk, at=office.at, region=Region.objects.get(pk=region), month=MONTH
            )


def test_what_cannot_be_decided_waits(office: Office, caller: Caller) -> None:
    caller("甲", household_region_id=370000000000)
    run = office.run()
    assert (run.state, run.pending, run.postings) == ("discarded", 1, 0)


def test_a_run_is_replayed_from_its_snapshot(office: Office, caller: Caller) -> None:
    person = caller()
    run = office.posted()
    Enrolment.everywhere.filter(person=person).delete()
    facts = kept(run)
    assert facts.hash == run.snapshot_hash
    worked = Dues(facts, facts.documents).work()
    assert sum(int(one.fen.sum()) for one in worked.months.values()) == run.fen == 3000


def test_news_alone_are_corrected_at_once(office: Office, caller: Caller, household: Household) -> None:
    changed, _mate, other = caller("甲", home=household), caller("乙", home=household), caller("丙")
    with pytest.raises(Refused, match="everybody first"):
        office.run(news_only=True)
    office.posted()
    later = office.at + timedelta(hours=1)
    assert office.run(at=later, news_only=True).note == "unchanged"
    stop_grant(
        Grant.everywhere.get(person=changed),
        actor=office.clerk,
        at=later,
        on=date(2026, 11, 3),
        why="moved_out",
    )
    Enrolment.everywhere.filter(person=other).delete()  # without an act: only a run for everybody sees it
    run = office.run(at=later + timedelta(hours=1), news_only=True)
    assert {line[0] for line in lines(run)} <= {"甲", "乙"} and run.grants == 2
    assert run.fen in (0, -1000)


GIFT = """
document: {code: gift, number: "1", title: {en: Gift, zh: 礼金}, issuer: {en: B, zh: 局}, effective: 2020-01-01, region: "371000000000", source: s}
clauses: {"1": {en: Once, zh: 一次性}}
facts: {birth: {kind: date, en: Birth, zh: 出生日期, bring: {en: Card, zh: 身份证}}}
parameters: {gift_fen: {en: Gift, zh: 礼金, unit: fen, values: [{value: 5000, clause: "1"}]}}
rules:
  - {code: gift, en: Gift, zh: 礼金, unit: fen, grants: true, once_per: lifetime, cases: [{give: gift_fen, why: {en: Once, zh: 一次性}, clause: "1"}]}
"""


def test_what_is_given_once_in_a_lifetime_is_posted_once(
    office: Office, elder: Elder, tmp_path: Path
) -> None:
    (tmp_path / "gift.yaml").write_text(GIFT, encoding="utf-8")
    load_pack(tmp_path, actor=SYSTEM, at=office.at)
    give(elder("甲"), office.at, benefit="gift")
    assert lines(office.posted(date(2026, 10, 1))) == [("甲", "09", 5000, "late")]
    assert office.run().note == "unchanged"
    with entered(Scope.EVERYTHING):
        later = gather(make.COUNTY, MONTH, MONTH, office.at)  # a window that begins after the gift
        worked = Dues(later, later.documents).work()
    assert not worked.months[month_number(MONTH)].size


def test_what_is_not_received_beside_another_policy_s_benefit_is_not_paid(
    office: Office, elder: Elder, tmp_path: Path
) -> None:
    group = """exclusive:
  - {members: [{rule: old_age_allowance, of: weihai-old-age-allowance}, gift], take: first, why: {en: Old-age allowance, zh: 已享受}, clause: "1"}
"""
    (tmp_path / "gift.yaml").write_text(GIFT.replace(", once_per: lifetime", "") + group, encoding="utf-8")
    load_pack(tmp_path, actor=SYSTEM, at=office.at)
    old, young = elder("甲", born=date(1944, 5, 6)), elder("乙", born=date(1947, 5, 6))
    for person in (old, young):
        give(person, office.at, benefit="gift", since=MONTH)
    give(old, office.at, benefit="old_age_allowance", since=MONTH)
    run = office.posted()
    assert lines(run) == [("乙", "11", 5000, "month"), ("甲", "11", 12000, "month")]
    facts = kept(run)
    assert sum(int(one.fen.sum()) for one in Dues(facts, facts.documents).work().months.values()) == 17000
    told = explained(Posting.everywhere.get(run=run, person=young))
    assert told is not None and told["value"] == 5000
    assert "old_age_allowance" in {step["rule"] for step in told["steps"]}
    Person.everywhere.filter(pk=young.pk).update(born=date(1944, 5, 6))
    assert lines(office.posted(at=office.at + timedelta(hours=1))) == [("乙", "11", -5000, "fact")]
