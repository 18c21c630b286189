"""A policy from draft to in force through HTTP: an officer writes, the check names what is wrong, a colleague approves."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from tests import make
from tests.areas.entitlement.conftest import signed_in
from tests.badinput.strings import NAUGHTY
from tests.kit.test_rest import Program

from songhe.engines.access.api import SYSTEM, User
from songhe.engines.acts.models import Act
from songhe.engines.policies.api import PolicyDraft, PolicyVersion, holding, load_pack
from songhe.engines.policies.api import at as policies_at
from songhe.kit.clock import now, today

pytestmark = pytest.mark.django_db
LUNCH = "rongcheng-free-lunch"
PACK = settings.DATA / "cities/weihai/policies"


class Office:
    """Rongcheng's officers, the city's and a neighbour's, over Weihai's policies."""

    def __init__(self) -> None:
        load_pack(PACK, actor=SYSTEM, at=now())
        self.users: dict[str, User] = {
            "officer": make.user("county_officer", make.COUNTY, name="陈静"),
            "colleague": make.user("county_officer", make.COUNTY, name="王敏"),
            "city": make.user("city_officer", make.CITY, name="李伟"),
            "neighbour": make.user("county_officer", make.OTHER_COUNTY, name="赵刚"),
        }
        self.start = date(today().year + 1, 1, 1)

    def __getattr__(self, name: str) -> Client:
        return signed_in(self.users[name])

    @property
    def version(self) -> PolicyVersion:
        found = holding(LUNCH, today())
        assert found is not None
        return found

    def copied(self, **given: Any) -> PolicyDraft:
        """A draft that the officer copied from the lunch in force."""
        form = {"effective": self.start.isoformat(), "number": "荣民发〔2027〕1号", **given}
        answer = self.officer.post(f"/policies/{self.version.pk}/copy/", form)
        assert answer.status_code == 302, answer.content.decode()
        return self.at(answer.headers["Location"])

    def at(self, address: str) -> PolicyDraft:
        return PolicyDraft.everywhere.get(pk=address.split("/")[2])

    def checked(self, text: str = "") -> PolicyDraft:
        """A draft that passed the check."""
        draft = self.copied()
        done(self.officer, draft, "write", text=text or draft.text, check="on")
        assert draft.state == "checked", draft.report["problems"]
        return draft


@pytest.fixture
def office() -> Office:
    return Office()


def tried(client: Client, draft: PolicyDraft, verb: str, **form: Any) -> Any:
    """A verb of a draft as somebody sends it who has just opened its page."""
    draft.refresh_from_db()
    given = (
        {"revision": draft.revision} | form if verb in ("write", "head", "set_value", "add_value") else form
    )
    answer = client.post(f"/policy-drafts/{draft.pk}/{verb}/", given)
    draft.refresh_from_db()
    return answer


def done(client: Client, draft: PolicyDraft, verb: str, **form: Any) -> None:
    answer = tried(client, draft, verb, **form)
    assert answer.status_code == 302, answer.content.decode()[-3000:]


def page(client: Client, draft: PolicyDraft) -> str:
    answer = client.get(f"/policy-drafts/{draft.pk}/")
    assert answer.status_code == 200
    return str(answer.content.decode())


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


@pytest.mark.parametrize(("typed", "fen"), [("12.5", 1250), ("1,200", 120_000), ("１０", 1000), ("¥8", 800)])
def test_money_is_typed_in_yuan(office: Office, typed: str, fen: int) -> None:
    version = PolicyVersion.objects.get(code="weihai-call-subsidy")
    form = {"effective": office.start.isoformat(), "number": "威民发〔2027〕1号"}
    draft = office.at(office.city.post(f"/policies/{version.pk}/copy/", form).headers["Location"])
    done(office.city, draft, "set_value", parameter="call_subsidy_fen", place=0, amount=typed, clause="1")
    assert f"value: {fen}," in draft.text


@pytest.mark.parametrize("typed", ["", "ten", "1.234", "-", "1e5", "9" * 15, "٣"])
def test_what_is_no_amount_is_refused_on_its_field(office: Office, typed: str) -> None:
    draft = office.copied()
    before = draft.text
    answer = tried(
        office.officer, draft, "set_value", parameter="lunch_age", place=0, amount=typed, clause="1"
    )
    assert answer.status_code == 422
    assert draft.text == before


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


def sent(office: Office, content: bytes, **more: Any) -> Any:
    file = SimpleUploadedFile("policy.yaml", content, "text/yaml")
    return office.officer.post("/policy-drafts/do/start/", {"region": make.COUNTY, "file": file, **more})


def test_from_a_file_and_from_the_outline(office: Office) -> None:
    text = (PACK / f"{LUNCH}.yaml").read_text(encoding="utf-8")
    for encoding in ("utf-8", "utf-8-sig", "gb18030"):
        draft = office.at(sent(office, text.encode(encoding)).headers["Location"])
        assert draft.text == text
        assert draft.title_zh == "农村80岁以上老人免费午餐"
    done(office.officer, draft, "check")
    assert "a version is in force since 2022-01-01" in draft.report["problems"][0]["text"]
    assert draft.report["problems"][0]["line"] == 7
    answer = office.officer.post("/policy-drafts/do/start/", {"region": make.COUNTY})
    outline = office.at(answer.headers["Location"])
    done(office.officer, outline, "check")
    assert outline.state == "checked", outline.report["problems"]
    assert "It takes effect on a day that is past" in page(office.officer, outline)


BROKEN = {
    "no yaml": b"document: [",
    "brackets": b"[" * 100_000,
    "billion laughs": b"a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nd: [*c,*c]\n",
    "a tag of python": b"document: !!python/object/apply:os.system [id]\n",
    "a list": b"- 1\n- 2\n",
    "only a word": b"policy",
    "twice": b"document: {}\ndocument: {}\n",
    "a list as a name": b"? [1, 2]\n: x\n",
    "other kinds": b"document: 7\nclauses: x\nfacts: [1]\nparameters: {a: 1}\nrules: {}\nexamples: 5\n",
    "no date": b"document: {code: x, number: y, effective: tomorrow}\n",
    "30 February": b"document: {effective: 2027-02-30}\n",
    "long number": b"document: {code: " + b"9" * 6000 + b"}\n",
    "old Mac": b"document:\r  code: x\r",
    "merge": b"document: {<<: {code: x}}\n",
    "two documents": b"a: 1\n---\nb: 2\n",
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_a_broken_file_becomes_a_draft_with_its_problems_named(office: Office, content: bytes) -> None:
    answer = sent(office, content)
    assert answer.status_code == 302
    draft = office.at(answer.headers["Location"])
    done(office.officer, draft, "check")
    assert draft.state == "draft"
    assert draft.report["problems"]
    assert "problem" in page(office.officer, draft)
    assert office.officer.get(f"/policy-drafts/{draft.pk}/write/").status_code == 200
    for verb in ("set_value", "add_value"):
        form = {"parameter": "a", "place": 0, "amount": "1", "clause": "1", "start": "2027-01-01"}
        assert tried(office.officer, draft, verb, **form).status_code == 422


def test_what_is_no_text_is_refused(office: Office) -> None:
    for content in (b"x" * 10_000_000, b"a: \x00b", b"\xff\xfe\x00\x01\x02\x81", b"a: " + b"x" * 200_001):
        assert sent(office, content).status_code == 422
    assert not PolicyDraft.everywhere.exists()


def test_no_text_breaks_the_editor(office: Office) -> None:
    draft = office.copied()
    for text in NAUGHTY:
        answer = office.officer.post("/policy-drafts/do/start/", {"region": make.COUNTY, "text": text})
        assert answer.status_code in (302, 422)
        if answer.status_code == 302:
            other = office.at(answer.headers["Location"])
            assert tried(office.officer, other, "write", text=text, check="on").status_code in (302, 422)
            page(office.officer, other)
        for name in ("amount", "parameter", "key"):
            form = {"parameter": "lunch_age", "place": 0, "amount": "75", "clause": "1"} | {name: text}
            assert tried(office.officer, draft, "set_value", **form).status_code in (302, 422)
        head = {"number": text, "title_zh": text, "title_en": "x", "effective": office.start.isoformat()}
        assert tried(office.officer, draft, "head", **head).status_code in (302, 422)
    done(office.officer, draft, "check")
    page(office.officer, draft)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ('region: "371082000000"', 'region: "371083000000"', "but this draft for 371082000000"),
        (f"code: {LUNCH}", "code: weihai-call-subsidy", "is the code of a policy of another region"),
        ("- code: free_lunch", "- code: call_subsidy", "call_subsidy is granted by weihai-call-subsidy"),
        ("  source:", "  expires: 2022-01-01\n  source:", "expires before it takes effect"),
        ("not rural", "not rurla", "there is no fact, parameter or rule called rurla"),
        ('canteen", zh', 'canteen", zh', ""),
    ],
)
def test_what_is_wrong_is_named(office: Office, before: str, after: str, told: str) -> None:
    draft = office.copied()
    text = draft.text.replace(before, after).replace(
        "free_lunch:", "call_subsidy:" if "call_subsidy" in after else "free_lunch:"
    )
    done(office.officer, draft, "write", text=text, check="on")
    problems = " ".join(problem["text"] for problem in draft.report["problems"])
    assert told in problems
    assert bool(problems) == bool(told)
    if told:
        assert all(
            problem["line"] for problem in draft.report["problems"] if "expires" not in problem["text"]
        )


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
    assert program.send(f"policy-drafts/{pk}/approve", {}).json()["code"] == "same_person"
    assert other.send(f"policy-drafts/{pk}/approve", {"note": "Good"}).status_code == 200
    draft.refresh_from_db()
    assert draft.state == "approved"
    begun = program.send("policy-drafts/do/start", {"region": make.COUNTY, "text": "document: {}"})
    assert begun.status_code == 200, begun.json()
    assert program.send("policy-drafts/do/start", {"region": make.CITY}).status_code == 422
    assert json.loads(json.dumps(begun.json()))["id"]
