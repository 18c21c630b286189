"""A list from upload to the tables: columns guessed, rows checked, good ones written, bad ones sent back."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.utils.translation import override
from openpyxl import load_workbook
from tests import make
from tests.badinput import files

from songhe.core.codes import parse_region
from songhe.core.refusal import Forbidden, Refused
from songhe.core.text import normalise
from songhe.engines.access.api import SYSTEM, Actor
from songhe.engines.acts.models import Act
from songhe.engines.imports import api as imports
from songhe.engines.imports import keeping, mapping, tasks
from songhe.engines.imports.api import Batch, ImportRun, ImportSpec, Target, Written
from songhe.engines.imports.models import ImportPart
from songhe.engines.imports.reading import open_table
from songhe.engines.imports.spec import SPECS
from songhe.engines.jobs.api import ask_to_stop, run_due
from songhe.engines.jobs.models import Job
from songhe.engines.jobs.work import Work
from songhe.engines.regions.models import Recode
from songhe.engines.vault.cipher import Unreadable

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)


def _check(batch: Batch) -> None:
    seen = batch.memory.setdefault("seen", {})
    claimed = set(Recode.objects.filter(source="elsewhere").values_list("old", flat=True))
    for row in batch.good:
        if row.values["old"] in claimed:
            row.refuse("old", "This code was given elsewhere.")
    for row in batch.good:
        first = seen.setdefault(row.values["old"], row.number)
        if first != row.number:
            row.refuse("old", "Row {first} has the same code. Leave one of them out.", first=first)


def _write(batch: Batch) -> Written:
    known = set(Recode.objects.filter(source="test").values_list("old", flat=True))
    fresh = [
        Recode(old=row.values["old"], new=row.values["new"], on=batch.today, kind="merge", source="test")
        for row in batch.good
        if row.values["old"] not in known
    ]
    Recode.objects.bulk_create(fresh)
    return Written(made=len(fresh), unchanged=len(batch.good) - len(fresh))


SPEC = imports.register(
    ImportSpec(
        code="test.recodes",
        title="Recodings",
        right="registry.import",
        model=Recode,
        targets=(
            Target(
                name="old", label="Old code", synonyms=("原区划代码", "旧代码"), parse=parse_region, required=True,
                looks=lambda text: len(text) == 12 and text.isdecimal(), sample="371082101201",
            ),
            Target(name="new", label="New code", synonyms=("新区划代码",), parse=parse_region, required=True),
            Target(name="note", label="Note", synonyms=("备注",), parse=lambda cell: normalise(str(cell))),
        ),
        check=_check,
        write=_write,
    )
)  # fmt: skip

ROWS = [
    ["某市区划变更表"],
    ["原区划代码*", "新区划代码", "备 注"],
    ["371082101201", "371082101202", "好"],
    ["37108", "371082101202", "=cmd|' /C calc'!A0"],
    ["371082101203", "", "@x"],
    ["371082101201", "371082101209", "重复"],
    ["371082101204", "371082101202", "好"],
    ["合计", None, None],
]


def upload(raw: bytes, actor: Actor = SYSTEM, name: str = "名单.xlsx") -> ImportRun:
    return imports.take_in(io.BytesIO(raw), name=name, spec=SPEC, region_id=make.CITY, actor=actor, at=AT)


def checked(run: ImportRun, at: datetime = AT) -> ImportRun:
    imports.start_check(run, actor=SYSTEM, at=at)
    run_due(at)
    run.refresh_from_db()
    return run


def imported(run: ImportRun, at: datetime = AT) -> ImportRun:
    imports.start_write(run, actor=SYSTEM, at=at)
    run_due(at)
    run.refresh_from_db()
    return run


def test_a_title_above_the_header_and_starred_headers_are_understood() -> None:
    run = upload(files.xlsx(ROWS))
    assert (run.header_row, run.columns) == (2, {"old": 0, "new": 1, "note": 2})
    layout, sheets = imports.layout_of(run)
    assert sheets == ("Sheet1",)
    assert {name: guess.confidence for name, guess in layout.guesses.items()} == {
        "old": 100,
        "new": 100,
        "note": 100,
    }


def test_a_list_without_a_header_is_mapped_by_its_content() -> None:
    rows = [[f"37108210120{n}", "x"] for n in range(1, 6)]
    run = upload(files.xlsx(rows))
    assert (run.header_row, run.columns) == (0, {"old": 0})
    imports.map_columns(run, {"old": 0, "new": 0 + 1})
    assert run.columns == {"old": 0, "new": 1}


def test_the_sheet_with_the_list_is_found() -> None:
    book = files.xlsx([["说明"], ["请认真填写"]], sheet="填表说明")
    table = open_table(files.xlsx(ROWS[1:], sheet="名单", more=["其他"]))
    assert mapping.guess(table, SPEC).sheet == "名单"
    assert upload(book).columns == {}


def test_check_writes_nothing_and_counts_every_row() -> None:
    run = checked(upload(files.xlsx(ROWS)))
    assert (run.state, run.rows_total, run.rows_good, run.rows_bad) == ("checked", 6, 2, 4)
    assert not Recode.objects.filter(source="test").exists()


def test_good_rows_are_written_and_bad_rows_come_back_with_reasons() -> None:
    run = imported(checked(upload(files.xlsx(ROWS))))
    assert (run.state, run.rows_made) == ("done", 2)
    assert Recode.objects.filter(source="test").count() == 2
    act = Act.objects.get(verb="test.recodes.import")
    assert (act.kind, act.rows, len(act.content_hash)) == ("bulk", 2, 64)
    sheet = load_workbook(io.BytesIO(imports.bad_rows_xlsx(run))).active
    assert sheet is not None
    told = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert len(told) == 5
    assert "Old code" in str(told[1][0])
    assert told[0] == ["原因", "行", *ROWS[1]]
    assert [row[1] for row in told[1:]] == [4, 5, 6, 8]
    assert told[1][4] == "'=cmd|' /C calc'!A0"
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert sheet["C2"].fill.fgColor.rgb.endswith("FFE3A3")
    assert not sheet["D2"].fill.fgColor.rgb.endswith("FFE3A3")


def test_rows_that_turn_bad_or_good_between_check_and_import_are_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(SPECS, SPEC.code, replace(SPEC, at_once=2))  # so that the change lies between batches
    codes = [371082101201 + n for n in range(5)]
    run = upload(files.xlsx([ROWS[1], *([str(code), "371082101301", "好"] for code in codes)]))
    Recode.objects.create(old=codes[0], new=codes[1], on=AT.date(), kind="merge", source="elsewhere")
    assert (checked(run).rows_good, run.rows_bad) == (4, 1)
    Recode.objects.filter(source="elsewhere").delete()
    for code in codes[3:]:
        Recode.objects.create(old=code, new=codes[1], on=AT.date(), kind="merge", source="elsewhere")
    run = imported(run)
    assert (run.state, run.rows_total, run.rows_good, run.rows_bad) == ("done", 5, 3, 2)
    assert run.rows_made + run.rows_changed + run.rows_unchanged == run.rows_good
    told = list(csv.reader(io.StringIO("".join(imports.bad_rows_csv(run)))))[1:]
    assert [row[1:3] for row in told] == [["5", str(codes[3])], ["6", str(codes[4])]]
    assert all("given elsewhere" in row[0] for row in told)


def test_the_file_of_bad_rows_can_be_mended_and_uploaded_again() -> None:
    run = imported(checked(upload(files.xlsx(ROWS))))
    again = upload(imports.bad_rows_xlsx(run))
    assert again.columns == {"old": 2, "new": 3, "note": 4}
    assert checked(again).rows_bad == 3


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_rows_that_go_back_twice_tell_the_newest_reason_and_row_only(form: str) -> None:
    run = checked(upload(files.xlsx(ROWS)))
    with override("en"):
        back = imports.bad_rows_xlsx(run) if form == "xlsx" else "".join(imports.bad_rows_csv(run)).encode()
    again = checked(upload(back))
    heads, first, *_rest = csv.reader(io.StringIO("".join(imports.bad_rows_csv(again)).lstrip("\ufeff")))
    assert heads == ["原因", "行", *ROWS[1]]
    assert first[1:4] == ["2", "37108", "371082101202"]
    sheet = load_workbook(io.BytesIO(imports.bad_rows_xlsx(again))).active
    assert sheet is not None
    assert [cell.value for cell in sheet[1]] == heads
    assert sheet["C2"].fill.fgColor.rgb.endswith("FFE3A3")


def test_csv_of_bad_rows_holds_no_formula() -> None:
    run = checked(upload(files.xlsx([[*ROWS[1], "=1+1"], *ROWS[2:]])))
    rows = list(csv.reader(io.StringIO("".join(imports.bad_rows_csv(run)).lstrip("\ufeff"))))
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_the_same_file_twice_changes_nothing() -> None:
    imported(checked(upload(files.xlsx(ROWS))))
    again = upload(files.xlsx(ROWS))
    run = imported(checked(again))
    assert (run.rows_made, run.rows_changed, run.rows_unchanged) == (0, 0, 2)
    assert Recode.objects.filter(source="test").count() == 2


def test_an_earlier_import_of_the_same_bytes_is_pointed_out() -> None:
    raw = files.xlsx(ROWS)
    first = imported(checked(upload(raw)))
    assert imports.seen_before(upload(raw)) == first


def test_pressing_import_twice_starts_one_job() -> None:
    run = checked(upload(files.xlsx(ROWS)))
    imports.start_write(run, actor=SYSTEM, at=AT)
    with pytest.raises(Refused) as refused:
        imports.start_write(run, actor=SYSTEM, at=AT)
    assert refused.value.code == "import_state"
    assert Job.objects.filter(kind="imports.write").count() == 1


def test_a_stopped_import_keeps_whole_batches_and_goes_on_later() -> None:
    rows = [ROWS[1], *([f"3710821{n:05}", "371082101202", ""] for n in range(1, 8))]
    run = checked(upload(files.xlsx(rows)))
    imports.start_write(run, actor=SYSTEM, at=AT)
    assert run.job_id
    original, size = SPEC.write, SPEC.at_once

    def write_then_stop(batch: Batch) -> Written:
        assert run.job_id
        ask_to_stop(run.job_id, at=AT)
        return original(batch)

    object.__setattr__(SPEC, "write", write_then_stop)
    object.__setattr__(SPEC, "at_once", 2)
    try:
        run_due(AT)
    finally:
        object.__setattr__(SPEC, "write", original)
    run.refresh_from_db()
    assert (run.state, run.rows_taken, run.rows_made) == ("cancelled", 2, 2)
    try:
        run = imported(run, AT + timedelta(minutes=1))
    finally:
        object.__setattr__(SPEC, "at_once", size)
    assert (run.state, run.rows_taken, run.rows_made) == ("done", 7, 7)


def test_required_columns_must_be_chosen_before_the_check() -> None:
    run = upload(files.xlsx([["旧代码", "x"], ["371082101201", "1"]]))
    with pytest.raises(Refused, match="No column is chosen for: New code"):
        imports.start_check(run, actor=SYSTEM, at=AT)
    with pytest.raises(Refused, match="One column is chosen for two fields"):
        imports.map_columns(run, {"old": 0, "new": 0})
    with pytest.raises(Refused, match="not in the file"):
        imports.map_columns(run, {"old": 0, "new": 9})


def test_a_header_without_rows_is_refused() -> None:
    run = upload(files.xlsx([ROWS[1]]))
    imports.map_columns(run, {"old": 0, "new": 1})
    run = checked(run)
    assert run.state == "mapped"
    assert "no data below the header" in run.note["message"]


def test_files_lie_encrypted_and_can_be_forgotten() -> None:
    run = upload("原区划代码,新区划代码\n371082101201,371082101202\n".encode(), name="a.csv")
    part = imports.ImportFile.everywhere.get(pk=run.file_id)
    assert all(b"371082" not in bytes(one.sealed) for one in ImportPart.everywhere.filter(file=part))
    keeping.forget(part)
    with pytest.raises(Refused, match="deleted after its retention period"):
        keeping.body(part)


def test_a_file_of_many_pieces_comes_back_whole_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "PIECE_BYTES", 16)
    raw = "原区划代码,新区划代码\n371082101201,371082101202\n".encode()
    file = upload(raw, name="a.csv").file
    parts = ImportPart.everywhere.filter(about_id=file.id, kind="body").order_by("place")
    assert [one.place for one in parts] == list(range(-(-len(raw) // 16)))
    assert keeping.body(file) == raw
    first, second = parts[0].sealed, parts[1].sealed
    parts.filter(place=1).update(sealed=first)
    with pytest.raises(Unreadable, match="changed, or belongs to another"):
        keeping.body(file)
    parts.filter(place=1).update(sealed=second)
    parts.filter(place=len(parts) - 1).delete()
    with pytest.raises(Unreadable, match="pieces are missing"):
        keeping.body(file)


def test_what_is_kept_anew_in_fewer_pieces_leaves_none_of_the_old(monkeypatch: pytest.MonkeyPatch) -> None:
    run = checked(upload(files.xlsx(ROWS)))
    assert len(keeping.faults_of(run)) == 4
    monkeypatch.setattr(keeping, "PIECE_BYTES", 16)
    faults = keeping.faults_of(run)
    keeping.put_faults(run, faults)
    assert keeping.faults_of(run) == faults
    keeping.put_faults(run, {})
    assert keeping.faults_of(run) == {}


def test_files_are_forgotten_after_their_keeping_time_and_the_counts_stay() -> None:
    run = checked(upload(files.xlsx(ROWS)))
    later = AT + timedelta(days=91)
    job = Job.objects.create(kind="imports.forget", actor_id=SYSTEM.id, run_at=later, created_at=later)
    assert tasks.forget_old_files(Work(job, later)) == {"forgotten": 1}
    assert tasks.forget_old_files(Work(job, later)) == {"forgotten": 0}
    run.refresh_from_db()
    assert run.rows_bad == 4
    with pytest.raises(Refused, match="retention period"):
        imports.bad_rows_xlsx(run)


def test_only_those_with_the_right_in_the_region_may_upload() -> None:
    officer = make.user("town_officer", make.town())
    worker = make.user("worker", make.COUNTY)
    for actor in (officer, worker):
        with pytest.raises(Forbidden):
            upload(files.xlsx(ROWS), actor)
    assert not ImportRun.everywhere.exists()


def test_the_template_is_understood_by_its_own_import() -> None:
    run = upload(imports.template_xlsx(SPEC))
    assert run.columns == {"old": 0, "new": 1, "note": 2}


def test_a_check_and_an_import_whose_workers_died_say_so_and_can_be_begun_again() -> None:
    run = upload(files.xlsx(ROWS))
    imports.start_check(run, actor=SYSTEM, at=AT)
    make.died(run.job_id, AT)
    run.refresh_from_db()
    assert (run.state, run.note["values"]) == ("mapped", {"job": str(run.job_id)})
    run = checked(run, AT + timedelta(minutes=1))
    imports.start_write(run, actor=SYSTEM, at=AT)
    make.died(run.job_id, AT + timedelta(minutes=2))
    run.refresh_from_db()
    assert (run.state, run.note["values"]) == ("failed", {"job": str(run.job_id)})
    assert imported(run, AT + timedelta(minutes=3)).state == "done"
