"""A benefit that is not received beside one of another policy: told at the check, kept by looks, months, lists and what-ifs."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from django.conf import settings
from tests import make
from tests.areas.entitlement.conftest import MONTH, Elder, signed_in
from tests.areas.entitlement.drafting import Office, done, page

from songhe.areas.entitlement import queries
from songhe.areas.entitlement.determining import Month, determine_all
from songhe.areas.entitlement.queries.awarding import candidates
from songhe.areas.entitlement.queries.simulating import compared, policies_with
from songhe.core.refusal import Refused
from songhe.engines.access.api import SYSTEM, Scope, entered
from songhe.engines.policies.api import PolicyDraft, known, load_pack
from songhe.kit.clock import now

pytestmark = pytest.mark.django_db
GROUP = """
exclusive:
  - members: [{rule: old_age_allowance, of: weihai-old-age-allowance}, new_benefit]
    take: first
    why: {en: "The city's allowance is received", zh: "已享受市级高龄津贴"}
    clause: "2"
examples:
  - {name: no allowance, facts: {birth: 1950-01-01, old_age_allowance: 0}, expect: {new_benefit: 10000}}
  - {name: the allowance, facts: {birth: 1950-01-01, old_age_allowance: 1}, expect: {new_benefit: 0}}
  - {name: 60 years old, facts: {birth: 1966-01-01, old_age_allowance: 0}, expect: {new_benefit: 0}}
"""


def text_of() -> str:
    """100 yuan a month from 70 on for whoever does not receive the city's old-age allowance, which begins at 80."""
    outline = (settings.DATA / "nation/policy_outline.yaml").read_text(encoding="utf-8")
    outline = outline[: outline.index("examples:")] + GROUP.lstrip()
    return outline.replace("370000000000", str(make.COUNTY)).replace("value: 80", "value: 70")


@pytest.fixture
def office() -> Office:
    """Officers over Weihai's policies."""
    return Office()


def begun(office: Office, text: str) -> PolicyDraft:
    form = {"region": make.COUNTY, "text": text}
    draft = office.at(office.officer.post("/policy-drafts/do/start/", form).headers["Location"])
    done(office.officer, draft, "check")
    return draft


@pytest.mark.parametrize(
    ("before", "after", "told", "chinese"),
    [
        ("old_age_allowance", "old_age_alowance", "weihai-old-age-allowance grants no old_age_alowance", "没有名为"),
        ("of: weihai-old-age-allowance", "of: weihai-age", "weihai-age grants no old_age_allowance", "没有名为"),
        ("new_benefit", "care_subsidy", "care_subsidy is granted by weihai-care", "也由"),
    ],
)  # fmt: skip
def test_a_rule_elsewhere_that_is_not_there_is_told(
    office: Office, before: str, after: str, told: str, chinese: str
) -> None:
    draft = begun(office, text_of().replace(before, after))
    assert draft.state == "draft" and told in page(office.officer, draft)
    reader = office.officer
    reader.cookies["django_language"] = "zh-hans"
    assert chinese in page(reader, draft)


def test_what_is_issued_yields_to_the_other_policy_wherever_it_is_worked_out(
    office: Office, elder: Elder, at: datetime
) -> None:
    old, young = elder("甲", born=date(1944, 5, 6)), elder("乙", born=date(1950, 5, 6))
    draft = begun(office, text_of())
    assert draft.state == "checked", draft.report["problems"]
    with entered(Scope.EVERYTHING):
        before, after = policies_with(draft, date(2026, 11, 30))
        rules = compared(make.COUNTY, MONTH, before, after)["rules"]
    assert [(rule["rule"], rule["gain"]) for rule in rules if rule["rule"] == "new_benefit"] == [
        ("new_benefit", 1)
    ]
    done(office.officer, draft, "submit")
    done(office.colleague, draft, "approve")
    for person, amount in ((old, 0), (young, 10000)):
        found = queries.look(person, "new_benefit", date(2026, 11, 25)).outcome
        assert found is not None and found.value == amount
    rows = {
        (row.person_id, row.rule): row
        for row in determine_all([old, young], Month.to_decide(MONTH, actor=SYSTEM, at=at))
    }
    assert rows[old.pk, "new_benefit"].amount == 0 and rows[young.pk, "new_benefit"].amount == 10000
    assert rows[old.pk, "old_age_allowance"].amount == 12000, "what is received instead is not touched"
    reason = rows[old.pk, "new_benefit"].reason
    assert reason["lost_to"]["zh"] == "高龄津贴" and reason["steps"][0]["clause"]["code"] == "2"
    reader = signed_in(make.user("county_officer", make.COUNTY))
    told = reader.get(f"/entitled-people/{old.pk}/explained/").content.decode()
    assert "Old-age allowance is received instead" in told and "The city&#x27;s allowance is received" in told


def test_what_is_given_unasked_goes_to_nobody_who_receives_the_other(
    office: Office, elder: Elder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elder("甲", born=date(1944, 5, 6)), elder("乙", born=date(1950, 5, 6))
    (tmp_path / "x.yaml").write_text(text_of(), encoding="utf-8")
    load_pack(tmp_path, actor=SYSTEM, at=now())
    monkeypatch.setattr(
        "songhe.areas.entitlement.terms.Book.silent", frozenset({"new_benefit"}), raising=False
    )
    with entered(Scope.EVERYTHING):
        assert [one.amount for one in candidates(make.COUNTY, MONTH)] == [10000]


def test_a_file_that_names_what_no_policy_grants_is_not_loaded(office: Office, tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text(text_of().replace("of: weihai-old", "of: old"), encoding="utf-8")
    with pytest.raises(Refused, match="old-age-allowance grants no old_age_allowance"):
        load_pack(tmp_path, actor=SYSTEM, at=now())
    assert "new-policy" not in {row.code for row, _document in known(date(2026, 11, 30))}
