"""What persons are paid by the month, and that rules for households, facilities, bodies and workers leave them alone."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from tests import make
from tests.areas.entitlement.applying import Offices
from tests.areas.entitlement.conftest import MONTH, Elder

from songhe.areas.entitlement import actions, queries
from songhe.areas.entitlement.models import Entitlement, Grant, HolderKind
from songhe.areas.registry.api import Household, Person
from songhe.core.rules import BENEFICIARIES, Beneficiary, program, received
from songhe.engines.access.api import SYSTEM
from songhe.engines.policies.api import PolicyVersion
from songhe.engines.policies.api import at as policies_at

pytestmark = pytest.mark.django_db
OTHERS: tuple[Beneficiary, ...] = ("household", "facility", "organisation", "worker")


@pytest.fixture
def offices(at: datetime) -> Offices:
    """Rongcheng's offices, with the policies loaded."""
    return Offices(at)


def granted_to(kind: Beneficiary) -> set[str]:
    """The granting rules in force in Rongcheng for one kind of beneficiary."""
    found = policies_at(MONTH, make.COUNTY)
    rules = [program(document, on=MONTH, region=make.COUNTY) for _version, document in found]
    return {rule.code for one in rules for rule in one.grants_to(kind)}


def determined(person: Person, at: datetime) -> dict[str, Entitlement]:
    """What a month's determination kept, by rule."""
    actions.determine(person, actor=SYSTEM, at=at, month=MONTH)
    return {row.rule: row for row in Entitlement.everywhere.filter(person=person, month=MONTH)}


def test_grants_are_held_by_whom_policies_name() -> None:
    assert tuple(HolderKind.values) == BENEFICIARIES


def test_a_person_is_decided_nothing_that_others_receive(
    offices: Offices, elder: Elder, household: Household, at: datetime
) -> None:
    others = {kind: granted_to(kind) for kind in OTHERS}
    assert all(others.values()), others
    person = elder(tags=("low_income",), household=household)
    rows = determined(person, at)
    assert set(rows) == granted_to("person")
    assert not set(rows) & set().union(*others.values())
    assert {one.code for one in queries.benefits_at(make.COUNTY, MONTH)} == granted_to("person")
    assert {one.benefit.code for one in queries.looks([person], MONTH)[person.pk]} == granted_to("person")
    facts = queries.known([person], MONTH)[person.pk].facts
    assert not [rule for kind in OTHERS for rule in others[kind] if received(rule) in facts]


@pytest.mark.parametrize("rule", ["home_retrofit", "centre_running", "training_subsidy", "carer_award"])
def test_nobody_applies_for_a_person_to_what_others_receive(
    offices: Offices, elder: Elder, rule: str
) -> None:
    assert rule in {code for kind in OTHERS for code in granted_to(kind)}
    choices = dict(queries.benefit_choices(None, offices.users["village"]))
    assert rule not in choices and "care_subsidy" in choices
    sent = {"person": str(elder(tags=("low_income",)).pk), "benefit": rule}
    assert offices.village.post("/applications/do/apply/", sent).status_code == 422


def test_a_policy_s_page_says_what_it_grants_and_to_whom(offices: Offices) -> None:
    pages = {
        code: offices.county.get(f"/policies/{PolicyVersion.objects.get(code=code).pk}/").content.decode()
        for code in ("weihai-care-talent", "nation-consumption-voucher-2026")
    }
    assert "One-off award of a carer" in pages["weihai-care-talent"]
    assert ">Worker<" in pages["weihai-care-talent"] and ">Organisation<" in pages["weihai-care-talent"]
    assert "It grants nothing by itself" in pages["nation-consumption-voucher-2026"]
    assert "全国" in pages["nation-consumption-voucher-2026"]


def test_the_allowance_by_age_with_the_county_s_top_up(offices: Offices, elder: Elder, at: datetime) -> None:
    in_rongcheng = determined(elder(born=date(1944, 5, 6)), at)["old_age_allowance"]
    assert (in_rongcheng.amount, in_rongcheng.unit, in_rongcheng.assumed) == (12000, "fen", True)
    elsewhere = elder("邻县", region=make.village(make.OTHER_COUNTY), born=date(1944, 5, 6))
    assert determined(elsewhere, at)["old_age_allowance"].amount == 10000
    assert determined(elder(born=date(1936, 11, 30)), at)["old_age_allowance"].amount == 25000
    assert determined(elder(born=date(1946, 12, 1)), at)["old_age_allowance"].state == "not_granted"
    actions.approve(in_rongcheng, actor=offices.users["county"], at=at)
    grant = Grant.everywhere.get(person=in_rongcheng.person, benefit="old_age_allowance")
    assert (grant.holder_kind, grant.state) == ("person", "in_force")


def test_in_need_not_assessed_and_severely_disabled(offices: Offices, elder: Elder, at: datetime) -> None:
    waiting = determined(elder(tags=("low_income",)), at)["care_subsidy"]
    assert waiting.state == "pending"
    assert [paper["zh"] for paper in waiting.reason["bring"]] == ["能力评估报告"]
    rows = determined(elder(tags=("extreme_poverty",)), at)
    assert {rows[rule].amount for rule in ("service_subsidy", "care_subsidy", "disability_nursing")} == {0}
