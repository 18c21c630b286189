"""Tables of policies as CSV: taken away and brought back unchanged they change nothing; faults are named by row and column."""

from __future__ import annotations

import csv
import io
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st
from tests.areas.entitlement.drafting import Office, page

from songhe.areas.entitlement.rules import sheet_files, sheets
from songhe.core.sources import DataError, read
from songhe.engines.policies.api import PolicyDraft

FILES = sorted(Path(settings.DATA).glob("*/**/policies/*.yaml"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_sheet_that_comes_back_unchanged_changes_nothing(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    data = read(text).data
    for chinese in (True, False):
        body = sheet_files.written(sheets.PARAMETERS, sheets.parameter_rows(data), chinese=chinese)
        rows = sheet_files.rows_of(body.decode("utf-8-sig"), sheets.PARAMETERS)
        assert sheets.with_parameters(text, data, rows, name="x")[0] == text
        for place, rule in enumerate(data["rules"]):
            if rule.get("cases") and "when" not in rule["cases"][-1]:
                body = sheet_files.written(sheets.CASES, sheets.case_rows(data, place), chinese=chinese)
                rows = sheet_files.rows_of(body.decode("utf-8-sig"), sheets.CASES)
                assert sheets.with_cases(text, data, place, rows, name="x")[0] == text


WORDS = st.text("abc=+-@'\"，,;\n＝是 1", min_size=1, max_size=12).map(str.strip).filter(bool)


@given(st.lists(st.tuples(WORDS, WORDS, WORDS, WORDS, WORDS), min_size=1, max_size=4))
def test_whatever_is_written_comes_back_and_no_cell_is_a_formula(rows: list[sheet_files.Cells]) -> None:
    body = sheet_files.written(sheets.CASES, rows, chinese=True)
    assert body.startswith(b"\xef\xbb\xbf")
    for line in csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")):
        for cell in line:
            assert not cell.startswith(("=", "@", "＝", "+", "-")) or cell.lstrip("+-").isdigit()
    found = sheet_files.rows_of(body.decode("utf-8-sig"), sheets.CASES)
    assert [tuple(row.values()) for _number, row in found] == rows


HEAD = """document: {code: x, effective: 2026-01-01}
clauses: {"1": {en: a, zh: 甲}, "2": {en: b, zh: 乙}}
# what stands beside stays
parameters:
  rate:
    unit: fen
    values:
    - {from: 2026-01-01, value: 100, clause: "1"}  # the first
    - {from: 2027-01-01, value: 200, clause: "1", region: "371082"}
  band: {shape: bands, values: [{value: {0: 1, 80: 5}, clause: "2", assumed: true}]}
# the end
rules:
  - code: r
    cases:
      - when: rate > 1
        give: 0
        why: {en: w, zh: 因}
        clause: "1"
      - {give: rate, why: {en: v, zh: 果}, clause: "2"}

  # behind the lines
examples: []
"""
amounts = st.integers(0, 10**6)


@limits(deadline=None)
@given(
    amounts,
    st.lists(st.tuples(st.dates(), amounts), max_size=3),
    st.dictionaries(st.integers(0, 99), amounts, min_size=1),
)
def test_what_a_sheet_says_is_what_the_text_says(
    first: int, more: list[tuple[Any, int]], band: dict[int, int]
) -> None:
    data = read(HEAD).data
    rows = [
        {
            "parameter": "rate",
            "no": "1",
            "key": "",
            "value": f"{first / 100:.2f}",
            "from": "2026/1/1",
            "to": "",
            "region": "",
            "clause": "1",
            "assumed": "",
        }
    ]
    rows += [
        {
            **rows[0],
            "no": f"n{place}",
            "value": f"{amount / 100:.2f}",
            "from": day.isoformat(),
            "assumed": "是",
        }
        for place, (day, amount) in enumerate(more)
        if day.year > 1900 and day.year < 2199
    ]
    rows += [
        {**rows[0], "parameter": "band", "no": "1", "key": str(key), "value": str(amount), "from": "", "clause": "2", "assumed": "yes"}
        for key, amount in band.items()
    ]  # fmt: skip
    text, _places = sheets.with_parameters(HEAD, data, list(enumerate(rows, start=2)), name="x")
    made = read(text).data["parameters"]
    assert made["rate"]["values"][0]["value"] == first
    assert len(made["rate"]["values"]) == len({row["no"] for row in rows if row["parameter"] == "rate"})
    assert {int(key): one for key, one in made["band"]["values"][0]["value"].items()} == band
    assert text.startswith(HEAD[: HEAD.index("parameters:")]) and text.endswith(
        HEAD[HEAD.index("# the end") :]
    )


def test_lines_come_and_go_and_what_stays_stays_as_it_was_written() -> None:
    data, put = read(HEAD).data, partial(sheets.with_cases, HEAD, read(HEAD).data, 0, name="x")
    kept = [dict(zip(sheets.CASES, row, strict=True)) for row in sheets.case_rows(data, 0)]
    more = [kept[0], {**kept[0], "when": "rate > 9", "give": "7"}, kept[1]]
    text, places = put(list(enumerate(more, start=2)))
    cases = read(text).data["rules"][0]["cases"]
    assert [case.get("when") for case in cases] == ["rate > 1", "rate > 9", None]
    assert [case["give"] for case in cases] == [0, "7", "rate"] and "# behind the lines" in text
    assert places["rules", 0, "cases", 1] == 3
    once = put(list(enumerate([{**kept[0], "give": "1"}, kept[1]], start=2)))[0]
    assert once == HEAD.replace("give: 0", 'give: "1"'), "one cell is one change"


def taken(sheet: str) -> str:
    rows = sheet_files.rows_of(sheet, sheets.PARAMETERS)
    return sheets.with_parameters(HEAD, read(HEAD).data, rows, name="x")[0]


@pytest.mark.parametrize("values", ["5", "{a: 1}", "[1, 2]", "text", "null", "[[]]"])
def test_a_text_that_says_anything_is_told_and_never_breaks(values: str) -> None:
    text = f"clauses: {{a: {{en: a, zh: 甲}}}}\nparameters: {{rate: {{values: {values}}}}}\nrules: [1, {{cases: {values}}}]\n"
    data = read(text).data
    assert sheets.parameter_rows(data) == sheets.case_rows(data, 1) == sheets.case_rows(data, 0) == []
    row = dict.fromkeys(sheets.PARAMETERS, "") | {"parameter": "rate", "value": "1", "clause": "a"}
    with pytest.raises((sheet_files.Faulty, DataError)):
        sheets.with_parameters(text, data, [(2, row)], name="x")


FAULTS = [
    ("", "rate,,1,,x,,,,1,", "Row 2 value"),
    ("", "rate,,1,,1,2026-13-01,,,1,", "Row 2 from"),
    ("", "rate,,1,,1,,,,9,", "Row 2 clause"),
    ("", "rate,,1,,1,,,,1,maybe", "Row 2 assumed"),
    ("", "rate,,1,5,1,,,,1,", "Row 2 key"),
    ("", "rota,,1,,1,,,,1,", "Row 2 parameter"),
    ("", "band,,1,,1,,,,2,", "Row 2 key"),
    ("", "band,,1,0,1,,,,2,\nband,,1,1,1,,,,1,", "Row 3 no"),
    ("Parameter,Key,Value,From,Until,Region,Clause,Assumed", "rate,,1,,,,1,", "Row 1 no"),
]


@pytest.mark.parametrize(("head", "line", "told"), FAULTS)
def test_a_fault_is_named_by_row_and_column(head: str, line: str, told: str) -> None:
    first = head or ",".join(label.en for label in sheets.PARAMETERS.values())
    with pytest.raises(sheet_files.Faulty) as found:
        taken(f"{first}\n{line}\n")
    assert told in {f"Row {fault.row} {fault.column}" for fault in found.value.faults}


@pytest.mark.django_db
class TestThroughHttp:
    """An officer takes a table away and brings it back into a draft."""

    @pytest.fixture
    def office(self) -> Office:
        return Office()

    def sent(self, office: Office, draft: PolicyDraft, verb: str, body: bytes, **more: Any) -> Any:
        draft.refresh_from_db()
        form = {"revision": draft.revision, "file": SimpleUploadedFile("t.csv", body), **more}
        answer = office.officer.post(f"/policy-drafts/{draft.pk}/{verb}/", form)
        draft.refresh_from_db()
        return answer

    def test_a_table_is_changed_in_a_spreadsheet(self, office: Office) -> None:
        draft = office.copied()
        shown = page(office.officer, draft)
        address = f"/policy-drafts/{draft.pk}/parameters.csv"
        assert address in shown and "Upload a CSV" in shown
        body = office.officer.get(address).content
        assert body.startswith(b"\xef\xbb\xbf") and "lunch_age" in body.decode("utf-8-sig")
        before, revision = draft.text, draft.revision
        assert self.sent(office, draft, "upload_parameters", body).status_code == 302
        assert (draft.text, draft.revision) == (before, revision), "unchanged, it changes nothing"
        line = next(line for line in body.decode("utf-8-sig").splitlines() if line.startswith("lunch_age"))
        changed = body.decode("utf-8-sig").replace(line, line.replace(",80,", ",75,"))
        for encoding in ("utf-8-sig", "gb18030"):
            answer = self.sent(office, draft, "upload_parameters", changed.encode(encoding))
            assert answer.status_code == 302, answer.content.decode()
        assert draft.text == before.replace("value: 80", "value: 75") and draft.revision == revision + 1

    def test_a_faulty_sheet_changes_nothing_and_names_row_and_column(self, office: Office) -> None:
        draft = office.copied()
        text = office.officer.get(f"/policy-drafts/{draft.pk}/parameters.csv").content.decode("utf-8-sig")
        before, row = draft.text, text.splitlines()[1]
        answer = self.sent(
            office, draft, "upload_parameters", text.replace(row, row.replace(",80,", ",old,")).encode()
        )
        assert answer.status_code == 422
        told = answer.content.decode()
        assert "Row 2, column “Value”" in told and "is not an amount" in told and draft.text == before
        rule = next(n for n, one in enumerate(read(before).data["rules"]) if one.get("cases"))
        cases = office.officer.get(f"/policy-drafts/{draft.pk}/rules/{rule}.csv").content.decode("utf-8-sig")
        lines = list(csv.reader(io.StringIO(cases)))
        lines[1][0] = "no_such_name > 1"
        out = io.StringIO()
        csv.writer(out).writerows(lines)
        answer = self.sent(office, draft, "upload_cases", out.getvalue().encode(), rule=rule)
        assert answer.status_code == 422 and draft.text == before
        assert "Row 2: " in answer.content.decode() and "no_such_name" in answer.content.decode()

    def test_whoever_may_not_see_it_finds_nothing_and_nobody_writes_over_another(
        self, office: Office
    ) -> None:
        draft = office.copied()
        body = office.officer.get(f"/policy-drafts/{draft.pk}/parameters.csv").content
        assert office.neighbour.get(f"/policy-drafts/{draft.pk}/parameters.csv").status_code == 404
        PolicyDraft.everywhere.filter(pk=draft.pk).update(revision=draft.revision + 1)
        late = {"revision": draft.revision, "file": SimpleUploadedFile("t.csv", body)}
        assert office.officer.post(f"/policy-drafts/{draft.pk}/upload_parameters/", late).status_code == 422
        version = office.officer.get(f"/policies/{office.version.pk}/parameters.csv")
        assert version.status_code == 200 and version["Content-Disposition"].endswith('-parameters.csv"')
        assert office.officer.get(f"/policies/{office.version.pk}/rules/99.csv").status_code in (200, 404)
