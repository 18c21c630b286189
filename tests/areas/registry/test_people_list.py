"""Lists of persons as counties send them: good rows in, bad rows back with a reason for each cell."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from tests import make
from tests.badinput import files

from songhe.areas.registry import api as registry
from songhe.areas.registry import tasks
from songhe.areas.registry.actions.people_list import PEOPLE
from songhe.areas.registry.models import Contact, Fact, Person, PersonToken, Suspect
from songhe.areas.registry.queries.search import search
from songhe.engines.access.api import SYSTEM, Actor, Scope
from songhe.engines.imports import api as imports
from songhe.engines.imports import keeping
from songhe.engines.imports.api import ImportRun
from songhe.engines.jobs.api import run_due
from songhe.engines.regions.models import Region
from songhe.site.demo import samples

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
HEADER = [
    "姓名", "性别", "身份证号", "出生日期", "联系电话", "户籍地址", "居住地址", "村(社区)", "乡镇(街道)", "人员类别", "是否独居",
    "紧急联系人", "紧急联系电话", "备注",
]  # fmt: skip


def row(**given: Any) -> list[Any]:
    village = Region.objects.get(code=make.village())
    base = {
        "姓名": "王建国", "性别": "男", "身份证号": make.id_number(), "联系电话": "13812345678", "户籍地址": "荣成市",
        "居住地址": f"荣成市{village.name}8号", "村(社区)": village.name,
        "乡镇(街道)": Region.objects.get(code=village.parent_id).name, "人员类别": "低保、残疾", "是否独居": "是",
        "紧急联系人": "王小明", "紧急联系电话": "13900000000",
    }  # fmt: skip
    return [{**base, **given}.get(name, "") for name in HEADER]


def taken(rows: Sequence[Sequence[Any]], actor: Actor = SYSTEM, region: int = make.CITY) -> ImportRun:
    return through(files.xlsx([HEADER, *rows]), actor, region)


def through(raw: bytes, actor: Actor = SYSTEM, region: int = make.CITY) -> ImportRun:
    run = imports.take_in(io.BytesIO(raw), name="a.xlsx", spec=PEOPLE, region_id=region, actor=actor, at=AT)
    imports.start_check(run, actor=actor, at=AT)
    run_due(AT)
    run.refresh_from_db()
    if run.rows_good:
        imports.start_write(run, actor=actor, at=AT)
        run_due(AT)
        run.refresh_from_db()
    return run


def why(run: ImportRun) -> dict[int, list[str]]:
    return {number: [one.target for one in faults] for number, faults in keeping.faults_of(run).items()}


def test_a_good_row_becomes_a_person_with_all_that_was_said() -> None:
    run = taken([row()])
    assert (run.state, run.rows_made, run.rows_bad) == ("done", 1, 0)
    person = Person.everywhere.get()
    secrets = registry.secrets_of(person)
    assert (person.name, person.sex, person.born, person.region_id) == (
        "王建国",
        "male",
        date(1943, 5, 2),
        make.village(),
    )
    assert person.household_region_id == make.COUNTY
    assert (secrets.phone, secrets.address[-2:]) == ("13812345678", "8号")
    assert registry.tags_on([person.id], AT.date()) == {
        person.id: {"low_income": "", "disability": "", "living_alone": "", "empty_nest": ""}
    }
    contact = Contact.everywhere.get()
    assert (contact.name, registry.contact_phones([contact])) == ("王小明", {contact.id: "13900000000"})
    for words in ("王", "建国", "wjg", "13812345678", secrets.id_number):
        assert list(search(Person.everywhere.all(), words, Scope.EVERYTHING)) == [person]


def test_who_is_in_the_registry_without_a_number_is_suspected_at_once() -> None:
    loose = make.person(id_number="", phone="13812345678")
    taken([row()])
    assert tasks.look_in_region
    run_due(AT)
    pair = Suspect.everywhere.get()
    assert loose.pk in (pair.first_id, pair.second_id)


def test_the_same_list_again_changes_nothing() -> None:
    rows = [row(), row(姓名="李秀英", 性别="", 紧急联系电话="13911111111")]
    taken(rows)
    counts = [
        model.objects.count() if model is PersonToken else model.everywhere.count()
        for model in (Fact, Contact, PersonToken)
    ]
    run = taken(rows)
    assert (run.rows_made, run.rows_changed, run.rows_unchanged) == (0, 0, 2)
    assert [
        model.objects.count() if model is PersonToken else model.everywhere.count()
        for model in (Fact, Contact, PersonToken)
    ] == counts


def test_a_list_that_says_more_brings_the_known_person_up() -> None:
    number = make.id_number()
    taken([row(身份证号=number, 人员类别="", 联系电话="", 紧急联系人="", 紧急联系电话="", 是否独居="")])
    run = taken([row(身份证号=number)])
    assert (run.rows_made, run.rows_changed) == (0, 1)
    person = Person.everywhere.get()
    assert registry.secrets_of(person).phone == "13812345678"
    assert "low_income" in registry.tags_on([person.id], AT.date())[person.id]
    assert Contact.everywhere.count() == 1


@pytest.mark.parametrize(
    ("given", "target"),
    [
        ({"姓名": ""}, "name"),
        ({"姓名": "13812345678"}, "name"),
        ({"身份证号": "3.70602E+17"}, "id_number"),
        ({"身份证号": 370602194305021000}, "id_number"),
        ({"身份证号": "110105194912310021"}, "id_number"),
        ({"身份证号": "110105194902300026"}, "id_number"),
        ({"性别": "女"}, "sex"),
        ({"性别": "?"}, "sex"),
        ({"出生日期": "1950-01-01"}, "born"),
        ({"出生日期": "43.5.2"}, "born"),
        ({"出生日期": "农历五月初二"}, "born"),
        ({"联系电话": "1380631"}, "phone"),
        ({"村(社区)": "不存在村委会"}, "village"),
        ({"乡镇(街道)": "无此镇"}, "town"),
        ({"人员类别": "外星人"}, "category"),
        ({"人员类别": "低保、特困"}, "category"),
        ({"是否独居": "也许"}, "alone"),
        ({"紧急联系人": ""}, "contact_name"),
    ],
)
def test_a_bad_cell_comes_back_with_its_reason_and_the_good_rows_go_in(
    given: dict[str, Any], target: str
) -> None:
    run = taken([row(**given), row(姓名="李四")])
    assert why(run) == {2: [target]}
    assert [person.name for person in Person.everywhere.all()] == ["李四"]
    assert all(imports.reasons(faults, PEOPLE) for _line, faults in imports.bad_rows(run))


@pytest.mark.parametrize("nothing", ["无", "/", "—", "N/A", " 暂无 "])
def test_a_cell_that_says_there_is_nothing_is_empty(nothing: str) -> None:
    optional = ("出生日期", "联系电话", "居住地址", "紧急联系人", "紧急联系电话", "备注")
    run = taken([row(**dict.fromkeys(optional, nothing)), row(姓名=nothing)])
    assert (run.rows_made, why(run)) == (1, {3: ["name"]})
    secrets = registry.secrets_of(Person.everywhere.get())
    assert (secrets.phone, secrets.address, Contact.everywhere.count()) == ("", "", 0)


def test_numbers_of_a_workbook_have_no_point() -> None:
    run = taken([row(出生日期=19430502, 备注=2023, 是否独居=1)])
    assert (run.rows_made, Person.everywhere.get().born) == (1, date(1943, 5, 2))
    assert [fact.value for fact in Fact.everywhere.filter(kind="note")] == ["2023"]


def test_a_list_implies_and_excludes_as_the_screen_does() -> None:
    number = make.id_number()
    first = row(身份证号=number, 人员类别="孤寡、低保", 是否独居="")
    assert taken([first]).rows_made == 1
    person = Person.everywhere.get()
    held = {"low_income", "no_kin", "living_alone", "empty_nest"}
    assert set(registry.tags_on([person.id], AT.date())[person.id]) == held
    assert set(Fact.everywhere.filter(source="system").values_list("term", flat=True)) == {
        "living_alone",
        "empty_nest",
    }
    assert taken([first]).rows_unchanged == 1
    assert why(taken([row(身份证号=number, 人员类别="特困", 是否独居="")])) == {2: ["category"]}

    other = make.person(name="李四")
    again = row(姓名="李四", 身份证号=registry.secrets_of(other).id_number, 人员类别="", 是否独居="是")
    assert taken([again]).rows_changed == 1
    assert set(registry.tags_on([other.id], AT.date())[other.id]) == {"living_alone", "empty_nest"}


def test_doubles_in_one_list_are_taken_once() -> None:
    number = make.id_number()
    run = taken([row(身份证号=number), row(身份证号=number), row(身份证号=number, 姓名="另名")])
    assert (run.rows_made, why(run)) == (1, {3: ["id_number"], 4: ["id_number"]})


def test_rows_of_another_county_and_persons_registered_there_are_left_out() -> None:
    there = make.person(make.village(make.OTHER_COUNTY), name="张三")
    officer = make.user("county_officer", make.COUNTY)
    other = Region.objects.get(code=make.village(make.OTHER_COUNTY))
    number = registry.secrets_of(there).id_number
    run = taken(
        [
            row(**{"村(社区)": other.name, "乡镇(街道)": ""}),
            row(姓名="张三", 身份证号=number),
            row(姓名="李四"),
        ],
        officer,
        make.COUNTY,
    )
    assert why(run) == {2: ["village"], 3: ["id_number"]}
    told = imports.reasons(keeping.faults_of(run)[3], PEOPLE)
    assert other.name not in told


def test_a_living_persons_row_under_another_name_or_village_is_asked_about() -> None:
    person = make.person()
    number = registry.secrets_of(person).id_number
    assert why(taken([row(姓名="王健国", 身份证号=number)])) == {2: ["name"]}
    other = Region.objects.get(code=make.village(nth=3))
    town = Region.objects.get(code=other.parent_id).name
    assert why(taken([row(身份证号=number, **{"村(社区)": other.name, "乡镇(街道)": town})])) == {
        2: ["village"]
    }


def test_emoji_formulas_and_rare_characters_pass_through_unharmed() -> None:
    run = taken(
        [
            row(姓名="𠮷田", 备注='=HYPERLINK("http://198.51.100.7/x","点此")'),
            row(姓名="王𬭎", 备注="爱笑😀🦽"),
        ]
    )
    assert (run.rows_made, run.rows_bad) == (2, 0)
    notes = sorted(
        str(value) for value in Fact.everywhere.filter(kind="note").values_list("value", flat=True)
    )
    assert notes == ['=HYPERLINK("http://198.51.100.7/x","点此")', "爱笑😀🦽"]


def test_the_sample_lists_come_out_as_their_manifest_says(tmp_path: Path) -> None:
    planted = samples.write(tmp_path, seed=7, regions=settings.DATA / "regions", on=AT.date(), rows=60)
    assert json.loads((tmp_path / "manifest.json").read_text())
    for file in sorted(tmp_path.glob("elders-*")):
        run = through(file.read_bytes())
        bad = why(run)
        here = [one for one in planted if one.file == file.name]
        wrong = {one.row for one in here if one.expect == "refuse"}
        doubles = {one.row for one in here if one.expect == "duplicate"}
        assert set(bad) == wrong | doubles, file.name
        assert run.rows_made == run.rows_total - len(bad)
