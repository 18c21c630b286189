"""A facility or organisation applies with the facts that the policy asks; town verifies, county approves, everybody reads."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests import make
from tests.areas.entitlement.conftest import signed_in
from tests.areas.providers import made as providers

from songhe.areas.entitlement import actions, tasks
from songhe.areas.entitlement.actions.reviews import to_review
from songhe.areas.entitlement.models import BodyApplication, BodyPaper, Grant, Notice
from songhe.areas.entitlement.queries.bodies import body_benefits
from songhe.areas.entitlement.rules.bodies import asked, typed
from songhe.areas.providers.models import Facility, Kind, Organisation
from songhe.core.refusal import Refused
from songhe.core.rules import build
from songhe.core.rules.document import Fact
from songhe.core.sources import read as read_source
from songhe.engines.access.api import SYSTEM
from songhe.engines.acts.models import Act
from songhe.engines.policies import api as policies
from songhe.kit.clock import now, today

pytestmark = [pytest.mark.django_db, pytest.mark.long]
assert callable(tasks.notices_over)
BRING = "bring: {en: Accounts, zh: 结算审计}"
POLICY = f"""
document:
  code: test-centres
  number: "试〔2026〕1号"
  title: {{en: Centres, zh: 中心补贴}}
  issuer: {{en: Bureau, zh: 民政局}}
  effective: 2022-01-01
  region: "371000000000"
  beneficiary: facility
  source: made up for a test
clauses:
  "1": {{en: Half of the cost, zh: 费用的一半}}
facts:
  standard: {{kind: yes_no, en: Built to the standard, zh: 是否达标, {BRING}}}
  cost: {{kind: whole, unit: fen, least: 0, most: 100000000, en: Real cost, zh: 实际费用, {BRING}}}
  served: {{kind: whole, least: 0, most: 1000, en: People served, zh: 服务人数, {BRING}}}
  accepted_on: {{kind: date, en: Accepted on, zh: 验收日期, {BRING}}}
  beds: {{kind: whole, least: 0, most: 5000, en: Beds, zh: 床位数, {BRING}}}
  unread: {{kind: whole, en: Never read, zh: 不读, {BRING}}}
parameters:
  most: {{en: Most, zh: 上限, unit: fen, values: [{{value: 8000000, clause: "1"}}]}}
rules:
  - code: fits
    en: Fits
    zh: 符合
    kind: yes_no
    expr: standard and accepted_on <= month_end and served >= 10 and beds >= 5
    clause: "1"
  - code: centre_building
    en: Building a centre
    zh: 建设补贴
    unit: fen
    grants: true
    once_per: lifetime
    once_clause: "1"
    cases:
      - {{when: not fits, give: "0", why: {{en: Does not fit, zh: 不符合}}, clause: "1"}}
      - {{when: cost > most * 2, give: most, why: {{en: The most, zh: 达到上限}}, clause: "1"}}
      - {{give: "cost * 50 // 100", why: {{en: Half of the cost, zh: 一半}}, clause: "1"}}
"""
GOOD = {
    "fact_standard": "yes",
    "fact_cost": "60,000.00",
    "fact_served": "40",
    "fact_accepted_on": "2026-03-01",
    "note": "首期",
}


class Story:
    """A facility with its managers, and the offices."""

    def __init__(self, folder: Path, at: datetime) -> None:
        (folder / "centres.yaml").write_text(POLICY, encoding="utf-8")
        policies.load_pack(folder, actor=SYSTEM, at=at)
        self.body: Organisation = providers.organisation(make.village(), name="康宁养老服务有限公司")
        self.site: Facility = providers.facility(self.body, Kind.DAY_CARE, name="幸福社区日间照料中心")
        Facility.everywhere.filter(pk=self.site.pk).update(beds=12)
        self.manager = self.of("facility_manager", self.site.pk)
        self.boss = self.of("organisation_manager", self.body.pk)
        self.town = signed_in(make.user("town_officer", make.COUNTY, name="镇干部"))
        self.county = signed_in(make.user("county_officer", make.COUNTY, name="县干部"))

    def of(self, role: str, holder: Any) -> Client:
        return signed_in(make.user(role, make.CITY, holder_id=holder))

    @property
    def address(self) -> str:
        return f"/body-applications/apply/?body=facility:{self.site.pk}&benefit=centre_building"

    def filed(self, by: Client | None = None, **changes: str) -> BodyApplication:
        reply = (by or self.manager).post(self.address, GOOD | changes)
        assert reply.status_code == 302, reply.content.decode()
        return BodyApplication.everywhere.latest("filed_at")

    def go(self, row: BodyApplication, who: Client, verb: str, **sent: Any) -> BodyApplication:
        reply = who.post(f"/body-applications/{row.pk}/{verb}/", sent)
        assert reply.status_code == 302, reply.content.decode()
        row.refresh_from_db()
        return row

    def verified(self, row: BodyApplication) -> BodyApplication:
        for paper in BodyPaper.everywhere.filter(application=row):
            self.go(row, self.town, "see_body_paper", paper=str(paper.pk), shown="seen")
        return self.go(row, self.town, "verify_body", found="现场核查属实")

    def granted(self, month: date) -> BodyApplication:
        """An application that is granted for a month, its notice being over."""
        row = self.verified(self.filed(fact_accepted_on="2022-03-01"))
        self.go(row, self.county, "approve_body", from_month=month.isoformat())
        Notice.everywhere.filter(body=row).update(posted_on=date(2026, 1, 1), until=date(2026, 1, 8))
        return actions.put_body_into_force(row, actor=SYSTEM, at=now())


@pytest.fixture
def story(tmp_path: Path, at: datetime) -> Story:
    return Story(tmp_path, at)


def test_the_facts_of_a_rule_are_those_it_reads_through_others() -> None:
    document = build(read_source(POLICY, name="centres.yaml"))
    rule = next(one for one in document.rules if one.code == "centre_building")
    assert [fact.code for fact in asked(document, rule)] == [
        "standard",
        "cost",
        "served",
        "accepted_on",
        "beds",
    ]


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [("whole", 3, 3), ("whole", True, None), ("whole", "3", None), ("yes_no", True, True), ("yes_no", 1, None),
     ("date", "2026-01-02", date(2026, 1, 2)), ("text", "x", "x"), ("whole", None, None)],
)  # fmt: skip
def test_a_fact_out_of_data(kind: Any, value: Any, expected: Any) -> None:
    document = build(read_source(POLICY, name="centres.yaml"))
    label = document.facts["cost"].label
    assert typed(Fact("x", label, kind, None, label), value) == expected


def test_a_facility_applies_is_verified_approved_posted_and_granted(story: Story) -> None:
    asks = story.manager.get(story.address).content.decode()
    assert "Real cost" in asks and 'type="date"' in asks and "Never read" not in asks
    assert "from the register" in asks and 'name="fact_beds"' not in asks
    row = story.filed()
    assert row.facts["beds"] == {"value": 12, "from": "register"}
    assert row.facts["cost"] == {"value": 6_000_000, "from": "told"}
    page = story.manager.get(f"/body-applications/{row.pk}/").content.decode()
    assert "stated by the applicant" in page and "¥60,000.00" in page and "Half of the cost" in page
    assert "幸福社区日间照料中心" in story.town.get("/").content.decode()
    story.verified(row)
    story.go(row, story.county, "approve_body", from_month=today().isoformat())
    assert (row.state, row.amount, row.unit) == ("noticed", 3_000_000, "fen")
    public = Client().get(f"/notices/{row.region_id}/").content.decode()
    assert "幸福社区日间照料中心" in public, "a facility is named openly"
    with pytest.raises(Refused):
        actions.put_body_into_force(row, actor=SYSTEM, at=now())
    Notice.everywhere.filter(body=row).update(
        posted_on=today() - timedelta(days=9), until=today() - timedelta(days=1)
    )
    actions.put_body_into_force(row, actor=SYSTEM, at=now())
    grant = Grant.everywhere.get(holder_id=story.site.pk)
    assert (grant.holder_kind, grant.holder, grant.person_id) == ("facility", story.site.name, None)
    assert grant.until_month is not None, "what is granted once holds for its month"
    assert grant.basis["facts"]["cost"] == 6_000_000
    assert story.site.name in story.manager.get(f"/benefit-grants/{grant.pk}/").content.decode()
    assert grant.number in story.boss.get(f"/body-applications/{row.pk}/").content.decode()
    again = story.manager.post(story.address, GOOD)
    assert again.status_code == 422 and "has this benefit already" in again.content.decode()
    assert not to_review(Grant.everywhere.all()).exists(), "reviews of persons leave it alone"


def test_what_was_granted_once_is_not_granted_again(story: Story) -> None:
    row = story.verified(story.filed())
    story.go(row, story.county, "approve_body", from_month=today().isoformat())
    Notice.everywhere.filter(body=row).update(posted_on=date(2026, 1, 1), until=date(2026, 1, 8))
    actions.put_body_into_force(row, actor=SYSTEM, at=now())
    Grant.everywhere.filter(pk=row.grant_id).update(from_month=date(2026, 1, 1), until_month=date(2026, 2, 1))
    second = story.verified(story.filed())
    reply = story.county.post(
        f"/body-applications/{second.pk}/approve_body/", {"from_month": today().isoformat()}
    )
    assert reply.status_code == 422 and "does not grant this now" in reply.content.decode()
    document = policies.document_of(second.policy)
    sent = {"clause": next(iter(document.clauses)), "reason": "已享受"}
    assert story.go(second, story.county, "refuse_body", **sent).state == "refused"


def test_what_is_granted_once_in_a_year_is_granted_once_for_any_of_its_months(
    story: Story, tmp_path: Path, at: datetime
) -> None:
    yearly = POLICY.replace("once_per: lifetime", "once_per: year").replace("试〔2026〕1号", "试〔2026〕2号")
    (tmp_path / "centres.yaml").write_text(yearly, encoding="utf-8")
    policies.load_pack(tmp_path, actor=SYSTEM, at=at)
    december = date(today().year - 1, 12, 1)
    story.granted(december)
    BodyApplication.everywhere.update(from_month=date(december.year, 11, 1))
    again = story.verified(story.filed(fact_accepted_on="2022-03-01"))
    reply = story.county.post(f"/body-applications/{again.pk}/approve_body/", {"from_month": december})
    assert reply.status_code == 422 and "does not grant this now" in reply.content.decode()
    row = story.go(again, story.county, "approve_body", from_month=today().isoformat())
    assert (row.state, row.from_month) == ("noticed", today().replace(day=1)), "another year"


@pytest.mark.parametrize(
    "changes",
    [
        {"fact_cost": "abc"}, {"fact_cost": "-5"}, {"fact_cost": "1.234"}, {"fact_cost": "9" * 30},
        {"fact_cost": "1000000.01"}, {"fact_cost": ""}, {"fact_served": "1e9"}, {"fact_served": "1001"},
        {"fact_served": "-1"}, {"fact_served": "12.5"}, {"fact_served": "九"}, {"fact_accepted_on": "2026-02-30"},
        {"fact_accepted_on": "soon"}, {"fact_standard": "maybe"}, {"fact_standard": ""}, {"note": "x" * 401},
        {"fact_served": "\0"},
    ],
)  # fmt: skip
def test_bad_input_is_said_at_its_field_and_keeps_nothing(story: Story, changes: dict[str, str]) -> None:
    reply = story.manager.post(story.address, GOOD | changes)
    assert reply.status_code == 422, changes
    assert 'role="alert"' in reply.content.decode()
    assert not BodyApplication.everywhere.exists()


@pytest.mark.parametrize(
    "query",
    ["body=facility:x", "body=x", "body=person:1", "body=facility:01900000-0000-7000-8000-000000000001"],
)
def test_an_address_that_names_nobody_is_not_found(story: Story, query: str) -> None:
    assert story.manager.get(f"/body-applications/apply/?{query}").status_code == 404


def test_choosing_who_and_what(story: Story) -> None:
    first = story.boss.get("/body-applications/apply/").content.decode()
    assert story.site.name in first and story.body.name in first
    second = story.boss.get(f"/body-applications/apply/?body=facility:{story.site.pk}").content.decode()
    assert "Building a centre" in second
    nothing = story.boss.get(f"/body-applications/apply/?body=organisation:{story.body.pk}").content.decode()
    assert "No policy in force there grants anything" in nothing
    wrong = f"/body-applications/apply/?body=organisation:{story.body.pk}&benefit=centre_building"
    assert story.boss.get(wrong).status_code == 422


def test_a_form_sent_twice_files_once_and_a_second_application_waits(story: Story) -> None:
    sent = GOOD | {"_key": "k1"}
    first, again = (story.manager.post(story.address, sent) for _ in range(2))
    assert first.headers["Location"] == again.headers["Location"]
    assert BodyApplication.everywhere.count() == 1
    reply = story.manager.post(story.address, GOOD)
    assert reply.status_code == 422 and "under way" in reply.content.decode()


def test_papers_are_attached_returned_and_handed_in_again(story: Story) -> None:
    row = story.filed(story.boss)
    paper = BodyPaper.everywhere.filter(application=row).first()
    assert paper is not None and paper.name_zh == "结算审计"
    early = story.town.post(f"/body-applications/{row.pk}/verify_body/", {"found": "好"})
    assert early.status_code == 422 and "Accounts" in early.content.decode()
    story.go(row, story.town, "return_to_body", missing="缺审计报告")
    assert "缺审计报告" in story.boss.get(f"/body-applications/{row.pk}/").content.decode()
    file = SimpleUploadedFile("a.pdf", b"%PDF-1.4\n%%EOF", content_type="application/pdf")
    story.go(row, story.boss, "attach_body_paper", paper=str(paper.pk), file=file)
    paper.refresh_from_db()
    assert paper.shown == "attached"
    page = story.boss.get(f"/body-applications/{row.pk}/").content.decode()
    found = re.search(r'href="(/files/[^"]+)"', page)
    assert found and story.town.get(found[1]).status_code == 200
    assert signed_in(make.user("county_officer", make.OTHER_COUNTY)).get(found[1]).status_code == 404
    story.go(row, story.boss, "hand_in_body_again")
    assert story.go(row, story.boss, "withdraw_body", reason="不办了").state == "withdrawn"


def test_an_objection_takes_the_notice_down_and_the_applicant_does_not_read_it(story: Story) -> None:
    row = story.verified(story.filed())
    story.go(row, story.county, "approve_body", from_month=today().isoformat())
    story.go(row, story.town, "object_to_body", words="床位不实")
    assert (row.state, row.decided_by_id) == ("filed", None)
    assert story.site.name not in Client().get(f"/notices/{row.region_id}/").content.decode()
    assert "床位不实" in story.town.get(f"/body-applications/{row.pk}/").content.decode()
    assert "床位不实" not in story.manager.get(f"/body-applications/{row.pk}/").content.decode()


def test_a_second_objection_leaves_the_first_as_it_is(story: Story) -> None:
    row = story.filed()
    for words, by in (("床位不实", ""), ("费用不实", "王某")):
        story.verified(row)
        story.go(row, story.county, "approve_body", from_month=today().isoformat())
        story.go(row, story.town, "object_to_body", words=words, by=by)
    page = story.town.get(f"/body-applications/{row.pk}/").content.decode()
    assert page.index("费用不实") < page.index("床位不实") and "王某" in page
    assert len({bytes(one.words_sealed) for one in row.objections.all()}) == 2
    assert Act.objects.filter(verb="entitlement.read_objection", subject_id=row.pk).count() == 1
    assert "费用不实" not in story.manager.get(f"/body-applications/{row.pk}/").content.decode()


def test_an_organisation_sees_its_own_only(story: Story) -> None:
    row = story.filed()
    other = providers.organisation(make.village())
    stranger = story.of("organisation_manager", other.pk)
    assert stranger.get("/body-applications/").context["count"] == 0
    assert stranger.get(f"/body-applications/{row.pk}/").status_code == 404
    assert stranger.get(story.address).status_code == 404
    assert stranger.post(f"/body-applications/{row.pk}/withdraw_body/", {"reason": "x"}).status_code == 404
    assert story.manager.post(f"/body-applications/{row.pk}/verify_body/", {"found": "x"}).status_code == 403
    neighbour = signed_in(make.user("county_officer", make.OTHER_COUNTY))
    assert neighbour.get(f"/body-applications/{row.pk}/").status_code == 404
    assert story.town.get(story.address).status_code == 403
    assert Client().get(f"/body-applications/{row.pk}/").status_code == 302


@pytest.mark.parametrize("kind", ["facility", "organisation", "worker"])
def test_every_benefit_of_the_city_s_policies_has_its_form(kind: str, at: datetime) -> None:
    actions.load_policies(actor=SYSTEM, at=at)
    owner = providers.organisation(make.village())
    rows = {"facility": providers.facility, "worker": providers.worker}
    row = rows[kind](owner) if kind in rows else owner
    boss = signed_in(make.user("organisation_manager", make.CITY, holder_id=owner.pk))
    found = body_benefits(kind, row.region_id, today())
    assert found, "the city's policies grant something to each kind"
    for benefit in found:
        address = f"/body-applications/apply/?body={kind}:{row.pk}&benefit={benefit.code}"
        page = boss.get(address)
        assert page.status_code == 200, benefit.code
        assert boss.post(address, {}).status_code in (302, 422), benefit.code
