"""Texts of drafts as they come: broken, huge, hostile, or only wrong. Each is refused or named, and none is a fault."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.utils import translation
from tests import make
from tests.areas.entitlement.drafting import LUNCH, PACK, Office, done, page, sent, tried
from tests.badinput.strings import NAUGHTY

from songhe.areas.entitlement.screens.drafts import problem_lines
from songhe.engines.policies.api import PolicyDraft, PolicyVersion

pytestmark = [pytest.mark.django_db, pytest.mark.long]


@pytest.fixture
def office() -> Office:
    """Officers over Weihai's policies."""
    return Office()


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
    assert "It takes effect on a past date" in page(office.officer, outline)


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


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ("5", 422),
        ("{value: 5}", 422),
        ("[5]", 302),
        ("[{from: 2026-01-01 10:00:00, value: 5}]", 302),
        ("[{to: 2027-06-01 10:00:00, value: 5}]", 302),
    ],
)
def test_a_value_is_added_beside_faulty_ones_or_refused(office: Office, values: str, status: int) -> None:
    text = (
        "document: {effective: 2026-01-01}\nclauses: {'1': {en: One, zh: 一}}\n"
        f"parameters: {{sum: {{values: {values}}}}}\n"
    )
    draft = office.at(sent(office, text.encode()).headers["Location"])
    form = {"parameter": "sum", "place": 0, "amount": "1", "clause": "1", "start": "2027-01-01"}
    assert tried(office.officer, draft, "set_value", **form).status_code in (302, 422)
    assert tried(office.officer, draft, "add_value", **form).status_code == status


def test_what_is_no_text_is_refused(office: Office) -> None:
    for content in (b"x" * 10_000_000, b"a: \x00b", b"\xff\xfe\x00\x01\x02\x81", b"a: " + b"x" * 200_001):
        assert sent(office, content).status_code == 422
    assert not PolicyDraft.everywhere.exists()


def test_no_text_breaks_the_editor(office: Office) -> None:
    draft = office.copied()
    for turn, text in enumerate(NAUGHTY):  # every text meets every form, if not every field
        answer = office.officer.post("/policy-drafts/do/start/", {"region": make.COUNTY, "text": text})
        assert answer.status_code in (302, 422)
        if answer.status_code == 302:
            other = office.at(answer.headers["Location"])
            assert tried(office.officer, other, "write", text=text, check="on").status_code in (302, 422)
            page(office.officer, other)
        name = ("amount", "parameter", "key")[turn % 3]
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


def test_names_in_names_are_replaced_once(office: Office) -> None:
    codes = ["p" * length for length in range(40, 0, -1)]
    rules = "".join(
        f"  - {{code: {code}, en: A, zh: 甲{after}{after}, expr: 1, clause: '1'}}\n"
        for code, after in zip(codes, [*codes[1:], "x"], strict=True)
    )
    outline = (settings.DATA / "nation/policy_outline.yaml").read_text(encoding="utf-8")
    row = PolicyDraft(text=outline.replace("rules:\n", f"rules:\n{rules}"))
    row.report = {"problems": [{"text": f"{codes[0]} ends before it begins.", "line": 1, "clause": ""}]}
    with translation.override("zh-hans"):
        assert problem_lines(row)[0]["text"] == f"“甲{codes[1] * 2}” 的截止日期早于起始日期。"


def test_a_thousand_problems_are_not_told_at_once(office: Office) -> None:
    draft = office.copied()
    values = ", ".join(["{value: 80, clause: '1'}"] * 5_000)
    text = re.sub(r"(lunch_age:.*?values:) \[.*?\]", rf"\1 [{values}]", draft.text, flags=re.DOTALL)
    done(office.officer, draft, "write", text=text, check="on")
    assert len(draft.report["problems"]) == 200
    assert "has two values for one region" in page(office.officer, draft)
