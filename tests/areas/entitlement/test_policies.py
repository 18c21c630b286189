"""A policy from draft to in force through HTTP: an officer writes, the check names what is wrong, a colleague approves."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from tests import make
from tests.areas.entitlement.conftest import signed_in
from tests.areas.entitlement.drafting import LUNCH, PACK, Office, done, page, tried
from tests.kit.test_rest import Program

from songhe.core.codes.region import CHINA
from songhe.core.refusal import Refused
from songhe.engines.access.api import SYSTEM
from songhe.engines.acts.models import Act
from songhe.engines.policies.api import PolicyDraft, PolicyVersion, holding, load_pack
from songhe.engines.policies.api import at as policies_at
from songhe.kit.clock import now

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> Office:
    """Officers over Weihai's policies."""
    return Office()


def test_the_check_names_what_is_wrong_and_what_changes(office: Office) -> None:
    draft = office.copied()
    assert (draft.state, draft.number, draft.start) == ("draft", "荣民发〔2027〕1号", office.start)
    done(office.officer, draft, "set_value", parameter="lunch_age", place=0, amount="75", clause="1")
    assert "value: 75" in draft.text
    done(office.officer, draft, "check")
    assert draft.state == "draft"
    text = page(office.officer, draft)
    for told in (
        "1 problem",
        "comes out as",
        "80 years, from 2022-01-01",
        "75 years, from 2022-01-01",
        "2 kinds of person",
        "age at the month&#x27;s end is below Age for free lunch (75 years)",
    ):
        assert told in text
    chinese = office.officer
    chinese.cookies["django_language"] = "zh-hans"
    assert "“免费午餐” 应为" in page(chinese, draft) and "80周岁以上,所在村有食堂" in page(chinese, draft)
    assert tried(office.officer, draft, "submit").status_code == 422
    young = date(office.start.year - 75, 3, 1).isoformat()
    mended = draft.text.replace(f"{date(office.start.year - 80, 3, 1)}", young)
    done(office.officer, draft, "write", text=mended, check="on")
    assert draft.state == "checked", draft.report
    text = page(office.officer, draft)
    assert "Not yet simulated" in text
    assert "Checked without a problem" in text


def test_somebody_else_decides(office: Office) -> None:
    draft = office.checked()
    done(office.officer, draft, "submit", note="Please look")
    assert "陈静: Please look" in page(office.colleague, draft)
    assert "Policies to approve" in office.colleague.get("/").content.decode()
    answer = tried(office.officer, draft, "approve")
    assert answer.status_code == 422
    assert "You prepared this yourself" in answer.content.decode()
    done(office.colleague, draft, "return", reason="Say who pays")
    assert "王敏: Say who pays" in page(office.officer, draft)
    head = {"number": "荣民发〔2027〕2号", "title_zh": "农村老人午餐", "title_en": "Rural lunch"}
    done(office.officer, draft, "head", **head, effective=office.start.isoformat())
    assert (draft.state, draft.title_zh) == ("draft", "农村老人午餐")
    done(office.officer, draft, "check")
    done(office.officer, draft, "submit")
    done(office.colleague, draft, "approve")
    verbs = list(Act.objects.filter(subject_id=draft.pk).values_list("verb", flat=True))
    assert sorted(verbs) == [
        "policies.approve_draft",
        "policies.check_draft",
        "policies.check_draft",
        "policies.return_draft",
        "policies.set_head",
        "policies.submit_draft",
        "policies.submit_draft",
        "policies.write_text",
    ]
    form = {"text": "x", "reason": "x", "effective": "2030-01-01"} | head
    for verb in ("write", "head", "check", "submit", "approve", "return", "drop"):
        assert tried(office.colleague, draft, verb, **form).status_code == 422, verb


def test_its_day_decides_when_it_is_in_force(office: Office) -> None:
    old, draft = office.version, office.checked()
    done(office.officer, draft, "submit")
    done(office.city, draft, "approve")
    new = draft.version
    assert new is not None
    assert (new.start, new.approved_by) == (office.start, "李伟")
    before = {row.pk for row, _ in policies_at(office.start - timedelta(days=1), make.village())}
    after = {row.pk for row, _ in policies_at(office.start, make.village())}
    assert before - after == {old.pk}
    assert after - before == {new.pk}
    for life, shown in (("to_come", True), ("in_force", False), ("ended", False)):
        text = office.officer.get(f"/policies/?life={life}").content.decode()
        assert (new.number in text) == shown, life
    page_ = office.officer.get(f"/policies/{new.pk}/").content.decode()
    assert f"/policies/{old.pk}/compare/{new.pk}/" in page_
    compared = office.officer.get(f"/policies/{old.pk}/compare/{new.pk}/").content.decode()
    assert old.number in compared
    assert new.number in compared
    assert office.neighbour.get(f"/policies/{old.pk}/compare/{new.pk}/").status_code == 404
    with pytest.raises(IntegrityError), transaction.atomic():
        PolicyVersion.objects.filter(pk=new.pk).update(text="other")
    PolicyDraft.everywhere.all().delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        PolicyVersion.objects.filter(pk=new.pk).delete()


def test_a_value_from_a_day_on_ends_the_one_before(office: Office) -> None:
    draft = office.copied()
    later = date(office.start.year + 1, 1, 1)
    done(
        office.officer,
        draft,
        "add_value",
        parameter="lunch_age",
        amount="70",
        start=later.isoformat(),
        clause="1",
        assumed="on",
    )
    assert "# Free lunch for people of 80" in draft.text
    values = draft.text.split("lunch_age:")[1].split("values: ")[1].split("\n")[0]
    assert values == (
        f'[{{to: {later}, from: 2022-01-01, value: 80, clause: "1"}}, '
        f'{{from: {later}, value: 70, clause: "1", assumed: true}}]'
    )
    done(office.officer, draft, "check")
    assert draft.state == "checked", draft.report["problems"]
    assert "2 parameters have values that are not in the published text" in page(office.officer, draft)


def test_a_line_of_a_rule_and_what_must_come_out_without_seeing_the_text(office: Office) -> None:
    draft = office.copied()
    before = draft.text
    shown = page(office.officer, draft)
    assert "/set_case/?rule=0&amp;place=0&amp;" in shown
    assert "/set_expected/?place=0&amp;rule=free_lunch&amp;" in shown
    line = {
        "rule": 0,
        "place": 0,
        "give": "0",
        "clause": "1",
        "why_zh": "未满80周岁",
        "why_en": "Younger than 80",
    }
    asked = "age_on(birth, month_end) < lunch_age"
    done(office.officer, draft, "set_case", **line, when=asked)
    assert (draft.text, draft.revision) == (before, 1), "nothing was changed"
    done(office.officer, draft, "set_case", **line | {"give": "lunches_day"}, when=asked)
    assert draft.text == before.replace(
        'give: "0", why: {en: "Younger', 'give: "lunches_day", why: {en: "Younger'
    )
    done(office.officer, draft, "check")
    assert "must be 0, but comes out as 1" in draft.report["problems"][0]["text"]
    done(office.officer, draft, "set_expected", place=1, rule="free_lunch", unit="meal", amount="1")
    done(office.officer, draft, "check")
    assert draft.state == "checked", draft.report["problems"]
    assert "tried by no example" not in page(office.officer, draft)
    done(office.officer, draft, "set_case", **line, when="rurla")
    assert "rurla" in draft.text
    for wrong in ({"rule": 7}, {"place": 9}, {"place": -1}, {"clause": "9"}):
        assert tried(office.officer, draft, "set_case", **line | wrong, when=asked).status_code == 422
    for wrong_ in ({"place": 9}, {"amount": "many"}, {"rule": ""}):
        form = {"place": 0, "rule": "free_lunch", "unit": "meal", "amount": "1"} | wrong_
        assert tried(office.officer, draft, "set_expected", **form).status_code == 422


def test_two_who_write_at_once(office: Office) -> None:
    draft = office.copied()
    seen = draft.revision
    done(office.colleague, draft, "write", text=draft.text + "# by the colleague\n")
    for verb, form in (
        ("write", {"text": "# by the officer\n"}),
        ("set_value", {"parameter": "lunch_age", "place": 0, "amount": "60", "clause": "1"}),
    ):
        answer = tried(office.officer, draft, verb, **form, revision=seen)
        assert answer.status_code == 422
        assert "王敏 changed this draft in the meantime" in answer.content.decode()
    assert draft.text.endswith("# by the colleague\n")
    assert (
        "# by the officer"
        in tried(office.officer, draft, "write", text="# by the officer\n", revision=seen).content.decode()
    )
    done(office.officer, draft, "write", text=draft.text, check="on")
    done(office.officer, draft, "submit")
    answer = tried(office.colleague, draft, "approve")
    assert answer.status_code == 422, "who wrote in it does not approve it either"
    done(office.city, draft, "approve")


def test_nobody_approves_a_text_that_they_did_not_see(office: Office) -> None:
    draft = office.checked()
    done(office.officer, draft, "submit")
    seen = draft.revision
    assert f'href="/policy-drafts/{draft.pk}/approve/?revision={seen}"' in page(office.city, draft)
    done(office.colleague, draft, "return", reason="Say who pays")
    done(office.officer, draft, "write", text=f"{draft.text}\n# Paid by the county.\n", check="on")
    done(office.officer, draft, "submit")
    answer = tried(office.city, draft, "approve", revision=seen)
    assert answer.status_code == 422
    assert "陈静 changed this draft after you opened it" in answer.content.decode()
    opened = office.city.get(f"/policy-drafts/{draft.pk}/approve/?revision={seen}").content.decode()
    assert f'name="revision" value="{seen}"' in opened, "the form is about what the page showed"
    assert tried(office.city, draft, "approve", revision="").status_code == 422
    assert draft.state == "submitted"
    done(office.city, draft, "approve")


def test_a_draft_is_the_regions_own(office: Office) -> None:
    draft = office.copied()
    for verb in ("write", "check", "submit", "approve", "drop"):
        assert office.neighbour.get(f"/policy-drafts/{draft.pk}/{verb}/").status_code == 404
        assert tried(office.neighbour, draft, verb, text="x", reason="x").status_code == 404
    city = PolicyVersion.objects.get(code="weihai-call-subsidy")
    assert "Draft a new version" not in office.officer.get(f"/policies/{city.pk}/").content.decode()
    form = {"effective": office.start.isoformat(), "number": "x"}
    assert office.officer.post(f"/policies/{city.pk}/copy/", form).status_code in (403, 422)
    for region in (make.CITY, make.OTHER_COUNTY):
        answer = office.officer.post("/policy-drafts/do/start/", {"region": region})
        assert answer.status_code == 422
    assert signed_in(make.user("town_officer", make.COUNTY)).get("/policy-drafts/").status_code == 403
    assert PolicyDraft.everywhere.count() == 1


def test_files_leave_alone_what_was_approved_on_screen(office: Office) -> None:
    draft = office.checked()
    done(office.officer, draft, "submit")
    done(office.city, draft, "approve")
    load_pack(PACK, actor=SYSTEM, at=now())
    found = holding(LUNCH, office.start)
    assert found is not None
    assert found.pk == draft.version_id
    assert PolicyVersion.objects.filter(code=LUNCH, replaced_at=None).count() == 2


def test_a_version_to_come_is_issued_anew(office: Office) -> None:
    first = office.checked()
    done(office.officer, first, "submit")
    done(office.city, first, "approve")
    second = office.copied()
    done(office.officer, second, "write", text=second.text, check="on")
    done(office.officer, second, "submit")
    assert tried(office.city, second, "approve").status_code == 422, "the same text was issued before"
    done(office.city, second, "return", reason="Give it its own number")
    done(office.officer, second, "write", text=second.text.replace("1号", "5号"), check="on")
    done(office.officer, second, "submit")
    done(office.city, second, "approve")
    standing = PolicyVersion.objects.filter(code=LUNCH, start=office.start, replaced_at=None)
    assert [row.pk for row in standing] == [second.version_id]


def test_what_changed_since_the_check_stops_the_approval(office: Office) -> None:
    outline = (settings.DATA / "nation/policy_outline.yaml").read_text(encoding="utf-8")
    twins = []
    for code in ("one-policy", "other-policy"):
        text = outline.replace("370000000000", str(make.COUNTY)).replace("new-policy", code)
        form = {"region": make.COUNTY, "text": text}
        draft = office.at(office.officer.post("/policy-drafts/do/start/", form).headers["Location"])
        done(office.officer, draft, "check")
        done(office.officer, draft, "submit")
        twins.append(draft)
    done(office.colleague, twins[0], "approve")
    answer = tried(office.colleague, twins[1], "approve")
    assert answer.status_code == 422
    assert "new_benefit is granted by one-policy" in answer.content.decode()
    assert twins[1].state == "submitted"


def test_a_draft_grants_nothing_that_the_nation_or_a_file_grants(office: Office, tmp_path: Path) -> None:
    outline = (settings.DATA / "nation/policy_outline.yaml").read_text(encoding="utf-8")
    (tmp_path / "x.yaml").write_text(outline.replace("370000000000", str(CHINA)).replace("new-", "nation-"))
    load_pack(tmp_path, actor=SYSTEM, at=now())
    text = outline.replace("370000000000", str(make.COUNTY))
    form = {"region": make.COUNTY, "text": text}
    draft = office.at(office.officer.post("/policy-drafts/do/start/", form).headers["Location"])
    done(office.officer, draft, "check")
    assert draft.state == "draft"
    assert "new_benefit is granted by nation-policy (x.yaml) as well" in page(office.officer, draft)
    done(office.officer, draft, "write", text=text.replace("new_benefit", "own_benefit"), check="on")
    done(office.officer, draft, "submit")
    done(office.colleague, draft, "approve")
    (tmp_path / "x.yaml").write_text(draft.text.replace("new-policy", "from-a-file"))
    with pytest.raises(Refused, match=r"own_benefit is granted by new-policy \(new-policy\.yaml\) as well"):
        load_pack(tmp_path, actor=SYSTEM, at=now())
    assert not PolicyVersion.objects.filter(code="from-a-file").exists()


def test_the_same_over_http_for_programs(office: Office) -> None:
    program, other = Program(office.users["officer"]), Program(office.users["colleague"])
    made = program.send(
        f"policies/{office.version.pk}/copy",
        {"effective": office.start.isoformat(), "number": "荣民发〔2027〕9号"},
        "k1",
    )
    again = program.send(
        f"policies/{office.version.pk}/copy",
        {"effective": office.start.isoformat(), "number": "荣民发〔2027〕9号"},
        "k1",
    )
    assert made.status_code == again.status_code == 200, made.json()
    assert made.json() == again.json()
    pk = made.json()["id"]
    row = program.get(f"/api/v1/policy-drafts/{pk}").json()
    assert row["values"]["number"] == "荣民发〔2027〕9号"
    draft = PolicyDraft.everywhere.get()
    body = {
        "revision": 1,
        "parameter": "lunch_age",
        "place": 0,
        "amount": "80",
        "clause": "1",
        "assumed": True,
    }
    assert program.send(f"policy-drafts/{pk}/set_value", body).status_code == 200
    assert program.send(f"policy-drafts/{pk}/set_value", body).json()["code"] == "policies.changed_meanwhile"
    assert program.send(f"policy-drafts/{pk}/check", {}).status_code == 200
    assert program.send(f"policy-drafts/{pk}/submit", {}).status_code == 200
    assert program.send(f"policy-drafts/{pk}/approve", {"revision": 2}).json()["code"] == "same_person"
    assert other.send(f"policy-drafts/{pk}/approve", {"revision": 2, "note": "Good"}).status_code == 200
    draft.refresh_from_db()
    assert draft.state == "approved"
    begun = program.send("policy-drafts/do/start", {"region": make.COUNTY, "text": "document: {}"})
    assert begun.status_code == 200, begun.json()
    assert program.send("policy-drafts/do/start", {"region": make.CITY}).status_code == 422
    assert PolicyDraft.everywhere.filter(pk=begun.json()["id"]).exists()
