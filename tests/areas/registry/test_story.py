"""The registry through the browser: an insider, a neighbour, a stranger."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests import make
from tests.badinput import files
from tests.kit.people import logged_in

from songhe.areas.registry import api as registry
from songhe.areas.registry.actions import duplicates, families, tagging
from songhe.areas.registry.models import Death, Enrolment, Merge, Move, Person, Suspect
from songhe.engines.access.api import SYSTEM
from songhe.engines.acts.models import Act
from songhe.engines.imports.api import ImportFile, ImportRun
from songhe.engines.jobs.api import run_due
from songhe.engines.regions.models import Region
from songhe.kit.clock import now

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)


@pytest.fixture
def insider() -> Client:
    return logged_in(make.user("county_officer", make.COUNTY, name="于主任"))


@pytest.fixture
def neighbour() -> Client:
    return logged_in(make.user("county_officer", make.OTHER_COUNTY))


@pytest.fixture
def stranger() -> Client:
    return logged_in(make.user("finance_officer", make.CITY))


def registering(**given: Any) -> dict[str, Any]:
    return {
        "name": "王建国",
        "region": str(make.village()),
        "id_number": make.id_number(),
        "phone": "13812345678",
        "address": "大庄许家社区8号",
        **given,
    }


def test_an_officer_registers_a_person_who_is_then_found(
    insider: Client, neighbour: Client, stranger: Client
) -> None:
    form = registering()
    answer = insider.post("/people/do/register/", form)
    assert answer.status_code == 302
    page = insider.get(answer.headers["Location"]).content.decode()
    assert "王建国" in page
    assert form["id_number"] not in page
    assert form["phone"] not in page
    assert form["id_number"][:3] + "*" * 14 in page
    for words in ("王", "建国", "wjg", "wangjianguo", form["phone"], form["id_number"]):
        assert "王建国" in insider.get("/people/", {"q": words}).content.decode(), words
        assert "王建国" not in neighbour.get("/people/", {"q": words}).content.decode(), words
    url = answer.headers["Location"]
    assert neighbour.get(url).status_code == 404
    assert stranger.get(url).status_code == 403
    assert stranger.get("/people/").status_code == 403
    assert Client().get(url).status_code == 302


def test_a_form_sent_twice_registers_once(insider: Client) -> None:
    form = registering(_key="one-and-the-same")
    first, second = insider.post("/people/do/register/", form), insider.post("/people/do/register/", form)
    assert first.headers["Location"] == second.headers["Location"]
    assert Person.everywhere.count() == 1


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"id_number": "110105194912310021"}, "校验不符"),
        ({"id_number": "3.70602E+17"}, "末几位已经丢失"),
        ({"id_number": "110105194902300026"}, "这个日期不存在"),
        ({"name": "13812345678"}, "不像姓名"),
        ({"phone": "1380631"}, "请重新询问"),
        ({"name": "王\x00五"}, ""),
    ],
)
def test_bad_input_is_told_on_the_form_and_nothing_is_written(
    insider: Client, given: dict[str, str], told: str
) -> None:
    answer = insider.post("/people/do/register/", registering(**given))
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not Person.everywhere.exists()


def test_a_person_registered_elsewhere_is_not_shown(insider: Client) -> None:
    there = make.person(make.village(make.OTHER_COUNTY), name="张秘密")
    number = registry.secrets_of(there).id_number
    answer = insider.post("/people/do/register/", registering(id_number=number))
    assert answer.status_code == 422
    assert "其他辖区登记" in answer.content.decode()
    assert "张秘密" not in answer.content.decode()


def test_another_countys_village_cannot_be_chosen(insider: Client) -> None:
    answer = insider.post("/people/do/register/", registering(region=str(make.village(make.OTHER_COUNTY))))
    assert answer.status_code == 422
    assert not Person.everywhere.exists()


def test_showing_the_number_asks_why_and_is_logged(
    insider: Client, neighbour: Client, stranger: Client
) -> None:
    row = make.person(phone="13812345678")
    number, url = registry.secrets_of(row).id_number, f"/people/{row.pk}/reveal/"
    assert number not in insider.get(url).content.decode()
    assert insider.post(url, {"purpose": ""}).status_code == 422
    assert not Act.objects.filter(kind="read").exists()
    shown = insider.post(url, {"purpose": "核对补贴"}).content.decode()
    assert number in shown
    assert "13812345678" in shown
    assert Act.objects.get(kind="read").purpose == "核对补贴"
    assert neighbour.post(url, {"purpose": "好奇"}).status_code == 404
    assert stranger.post(url, {"purpose": "好奇"}).status_code == 403
    assert "核对补贴" in insider.get(f"/people/{row.pk}/").content.decode()


def test_the_file_of_a_person_tells_what_is_known_and_what_happened() -> None:
    row, insider = make.person(), logged_in(make.user("town_officer", make.COUNTY))
    url = f"/people/{row.pk}"
    assert (
        insider.post(
            f"{url}/tag/",
            {"tag": "low_income", "since": "2026-01-01", "source": "authority", "where_from": "民政救助系统"},
        ).status_code
        == 302
    )
    assert (
        insider.post(
            f"{url}/add_contact/",
            {"name": "王小明", "phone": "13900000000", "relation": "child", "is_emergency": "on"},
        ).status_code
        == 302
    )
    assert insider.post(f"{url}/found_household/", {"number": "", "since": "2020-01-01"}).status_code == 302
    assert (
        insider.post(
            f"{url}/enrol/", {"since": "2026-02-01", "agreement_no": "RW-7", "agrees": "on"}
        ).status_code
        == 302
    )
    page = insider.get(f"{url}/").content.decode()
    for word in ("低保", "民政救助系统", "王小明", "139", "RW-7", "入网", "户主"):
        assert word in page, word
    assert "13900000000" not in page
    assert Enrolment.everywhere.get().person_id == row.id
    assert (
        "王建国"
        in insider.get("/people/", {"tag": "low_income", "is_enrolled": "1", "age": "2"}).content.decode()
    )
    assert "王建国" not in insider.get("/people/", {"tag": "dementia"}).content.decode()


def test_an_export_of_people_holds_no_sealed_column(insider: Client) -> None:
    row = make.person(phone="13812345678")
    tagging.tag(row, actor=SYSTEM, at=AT, tag="low_income", since=date(2026, 1, 1))
    text = insider.get("/people/", {"format": "csv"}).content.decode()
    assert "低保" in text
    assert registry.secrets_of(row).id_number not in text
    assert "13812345678" not in text


def test_a_transfer_from_one_county_to_the_other(
    insider: Client, neighbour: Client, stranger: Client
) -> None:
    row = make.person()
    form = {"to": str(make.village(make.OTHER_COUNTY)), "on": "2026-11-20", "reason": "随子女居住"}
    answer = insider.post(f"/people/{row.pk}/propose_move/", form)
    assert answer.status_code == 302
    move = Move.everywhere.get()
    url = f"/transfers/{move.pk}"
    assert insider.post(f"{url}/accept_move/").status_code == 422
    assert stranger.get(f"{url}/").status_code == 403
    assert "王建国" in neighbour.get("/").content.decode()
    assert "王建国" in neighbour.get("/transfers/").content.decode()
    assert neighbour.get(f"/people/{row.pk}/").status_code == 404
    assert neighbour.post(f"{url}/accept_move/").status_code == 302
    assert neighbour.get(f"/people/{row.pk}/").status_code == 200
    assert insider.get(f"/people/{row.pk}/").status_code == 404
    assert "王建国" in neighbour.get("/people/", {"q": "建国"}).content.decode()


def test_a_relative_who_is_unlinked_sees_nothing_at_the_next_request() -> None:
    office = logged_in(make.user("village_officer", make.COUNTY))
    person, kin = make.person(), make.user("family", make.CITY)
    families.link_relative(person, actor=SYSTEM, at=now(), username=kin.username)
    phone = logged_in(kin)
    assert phone.get(f"/people/{person.pk}/").status_code == 200
    assert office.post(f"/people/{person.pk}/unlink_relatives/").status_code == 302
    assert phone.get(f"/people/{person.pk}/").status_code == 404


def test_a_death_waits_on_the_home_page_of_who_may_confirm(insider: Client) -> None:
    row = make.person()
    village = logged_in(make.user("village_officer", make.village()))
    answer = village.post(
        f"/people/{row.pk}/report_death/", {"died_on": "2026-11-20", "source": "village", "note": ""}
    )
    assert answer.status_code == 302
    report = Death.everywhere.get()
    assert village.post(f"/deaths/{report.pk}/confirm_death/").status_code == 422
    assert f"/deaths/{report.pk}/" in insider.get("/").content.decode()
    assert insider.post(f"/deaths/{report.pk}/confirm_death/").status_code == 302
    assert "已故" in insider.get(f"/people/{row.pk}/").content.decode()


def test_duplicates_are_decided_side_by_side_and_the_merge_undone(insider: Client, neighbour: Client) -> None:
    full = make.person(phone="13812345678")
    loose = make.person(id_number="", phone="13812345678")
    duplicates.suspect(loose, actor=SYSTEM, at=AT)
    pair = Suspect.everywhere.get()
    page = insider.get(f"/suspects/{pair.pk}/").content.decode()
    assert "姓名相同" in page
    assert registry.secrets_of(full).id_number not in page
    assert neighbour.get(f"/suspects/{pair.pk}/").status_code == 404
    keep = "first" if pair.first_id == full.id else "second"
    assert (
        insider.post(f"/suspects/{pair.pk}/merge_suspects/", {"keep": keep, "reason": "同一人"}).status_code
        == 302
    )
    loose.refresh_from_db()
    assert loose.merged_into_id == full.id
    done = Merge.everywhere.get()
    assert insider.post(f"/merges/{done.pk}/undo_merge/", {"reason": "弄错了"}).status_code == 302
    loose.refresh_from_db()
    assert loose.merged_into_id is None


def upload(client: Client, raw: bytes, name: str = "名单.xlsx", region: int = make.COUNTY) -> Any:
    form = {"kind": "registry.people", "region": str(region), "file": SimpleUploadedFile(name, raw)}
    return client.post("/imports/do/upload/", form)


def rows() -> list[list[str]]:
    village = Region.objects.get(code=make.village())
    town = Region.objects.get(code=village.parent_id)
    place = [village.name, town.name]
    return [
        ["荣成市老年人花名册", "", "", "", "", ""],
        ["姓名", "公民身份号码", "手机号", "所在村居", "乡镇（街道）", "备注"],
        ["王建国", make.id_number(), "13812345678", *place, ""],
        ["李秀英", make.id_number(female=True), "13812345679", *place, "=1+1"],
        ["张三", "110105194912310021", "138", *place, "@x"],
    ]


def test_a_list_from_upload_to_the_file_of_rows_to_mend(
    insider: Client, neighbour: Client, stranger: Client
) -> None:
    answer = upload(insider, files.xlsx(rows()))
    assert answer.status_code == 302
    run = ImportRun.everywhere.get()
    url = f"/imports/{run.pk}"
    assert "公民身份号码" in insider.get(f"{url}/").content.decode()
    chosen = {f"column_{name}": str(place) for name, place in run.columns.items()}
    assert chosen["column_id_number"] == "1"
    assert insider.post(f"{url}/columns/", chosen).status_code == 302
    run_due(now())
    page = insider.get(f"{url}/").content.decode()
    assert "2 行合格，1 行需要更正" in page
    assert not Person.everywhere.exists()
    assert insider.post(f"{url}/bring_in/").status_code == 302
    run_due(now())
    assert Person.everywhere.count() == 2
    assert "新增 2 行" in insider.get(f"{url}/").content.decode()
    book = insider.get(f"{url}/rows-to-mend.xlsx")
    assert book.content.startswith(b"PK")
    text = insider.get(f"{url}/rows-to-mend.csv").content.decode()
    assert "校验不符" in text
    assert "'@x" in text
    assert Act.objects.filter(verb="registry.bad_rows", kind="read").count() == 2
    assert neighbour.get(f"{url}/").status_code == 404
    assert neighbour.get(f"{url}/rows-to-mend.csv").status_code == 404
    assert stranger.get(f"{url}/rows-to-mend.csv").status_code == 403
    assert stranger.get("/imports/").status_code == 403


def test_the_columns_page_refuses_nonsense(insider: Client) -> None:
    upload(insider, files.xlsx(rows()))
    url = f"/imports/{ImportRun.everywhere.get().pk}/columns/"
    assert insider.get(url).status_code == 200
    for wrong in (
        {},
        {"column_name": "0", "column_id_number": "0"},
        {"column_name": "99999"},
        {"column_name": "-1"},
        {"column_name": "x" * 9999},
    ):
        assert insider.post(url, wrong).status_code == 422, wrong
    assert ImportRun.everywhere.get().state == "mapped"


def test_an_empty_template_is_at_hand_and_understood(insider: Client) -> None:
    assert "/imports/template/registry.people.xlsx" in insider.get("/imports/templates/").content.decode()
    book = insider.get("/imports/template/registry.people.xlsx").content
    assert upload(insider, book).status_code == 302
    assert len(ImportRun.everywhere.get().columns) == 14


@pytest.mark.parametrize("what", [*files.REFUSED, "zip bomb"])
def test_bad_files_are_refused_on_the_form(insider: Client, what: str) -> None:
    raw, _code = files.REFUSED.get(what) or (files.zip_bomb(), "")
    answer = upload(insider, raw)
    assert answer.status_code == 422
    assert re.search(r'class="(fault|refusal)"', answer.content.decode())
    assert not ImportFile.everywhere.exists()


def test_a_list_for_another_county_is_not_taken(insider: Client) -> None:
    assert upload(insider, files.xlsx(rows()), region=make.OTHER_COUNTY).status_code == 422
    assert not ImportRun.everywhere.exists()
