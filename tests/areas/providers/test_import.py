"""Lists of facilities through the import engine: good rows in, bad rows back with a reason."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests import make
from tests.areas.providers import made

from songhe.areas.providers.importing import facilities
from songhe.areas.providers.models import Facility, Kind, Organisation, SiteFact
from songhe.engines.acts.models import Act
from songhe.engines.imports import tasks
from songhe.engines.imports.api import ImportRun, bad_rows, reasons, start_check, start_write, take_in
from songhe.engines.jobs.api import run_due
from songhe.engines.regions.models import Region

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
assert tasks.check_run, "the jobs are known once their module is loaded"
LISTS = Path("/work/shared/data/lists")
HEAD = "机构名称,统一社会信用代码,类型,地址,床位数,护理型床位,法人,电话,经度,纬度,坐标系,所在乡镇"


def brought_in(raw: bytes, *, region: int = make.COUNTY, only_check: bool = False) -> ImportRun:
    officer = make.user("county_officer", region)
    run = take_in(io.BytesIO(raw), name="list.csv", spec=facilities, region_id=region, actor=officer, at=AT)
    start_check(run, actor=officer, at=AT)
    assert run_due(AT)
    run.refresh_from_db()
    if run.rows_good and not only_check:
        start_write(run, actor=officer, at=AT)
        run_due(AT)
        run.refresh_from_db()
    return run


def said(run: ImportRun) -> dict[int, str]:
    return {line.number: reasons(faults, facilities) for line, faults in bad_rows(run)}


def test_good_rows_are_taken_and_bad_ones_come_back_with_their_reason() -> None:
    town = Region.objects.get(pk=make.town()).name
    code, other = made.code(), made.organisation(make.OTHER_COUNTY)
    rows = [
        f"安康养老院,{code},养老机构,成山大道1号,120,60,张某,0631-7551234,122.4206,37.1653,WGS-84,{town}",
        f"安康养老院幸福院,{code},农村幸福院,成山大道9号,0,,张某,,,,,{town}",
        f"倒置之家,,日间照料中心,某路,10,20,,,37.16,122.42,WGS-84,{town}",
        f"邻县之家,{other.credit_code},日间照料中心,某路,10,2,,,,,,{town}",
        "无处之家,,日间照料中心,某路,10,2,,,,,,不存在镇",
        f"加油站,,加油站,某路,,,,,,,,{town}",
        f"安康养老院,{code},养老机构,成山大道1号,120,60,张某,0631-7551234,122.4206,37.1653,WGS-84,{town}",
        f"隐身之家,,养老机构,{town}某路3号,30,10,,,,,,",
    ]
    run = brought_in("\n".join([HEAD, *rows]).encode("gb18030"))
    assert (run.rows_good, run.rows_bad, run.rows_made) == (3, 5, 3)
    told = said(run)
    assert "nursing" in told[4] or "护理" in told[4]
    assert set(told) == {4, 5, 6, 7, 8}
    home = Facility.everywhere.get(name="安康养老院")
    assert (home.kind, home.beds, home.nursing_beds, home.region_id) == (
        Kind.NURSING_HOME,
        120,
        60,
        make.town(),
    )
    assert Organisation.everywhere.filter(credit_code=code).count() == 1, "two sites, one body"
    assert Facility.everywhere.get(name="隐身之家").region_id == make.town(), "the address names the town"
    assert Act.objects.filter(kind="bulk", verb="providers.facilities.import").exists()
    again = brought_in("\n".join([HEAD, *rows]).encode())
    assert (again.rows_made, again.rows_changed, again.rows_unchanged) == (0, 0, 3)


@pytest.mark.parametrize("name", ["hsc-ltc.csv", "kcg-homecare.csv", "lane.csv", "tyltc.csv"])
def test_lists_of_places_elsewhere_come_back_with_a_reason_for_every_row(name: str) -> None:
    path = LISTS / name
    if not path.exists():
        pytest.skip(f"the public list {name} is not at hand")
    run = brought_in(path.read_bytes())
    assert {"name", "kind", "address"} <= set(run.columns), "traditional and English headers are known"
    assert run.rows_good == 0
    told = said(run)
    assert len(told) == run.rows_bad == run.rows_total > 50
    assert all(told.values())


def test_new_columns_are_taken_and_coordinates_need_their_frame() -> None:
    town = Region.objects.get(pk=make.town()).name
    head = "机构名称,统一社会信用代码,类型,所在乡镇,床位数,建筑面积,托位数,就餐人数,经办性质,运营模式,备案号,经度,纬度,坐标系"
    code = made.code()
    rows = [
        f"甲日间照料中心,{code},日间照料中心,{town},,420㎡,20,,集体,公建民营,备1,122.4206,37.1653,国家2000",
        f"乙养老院,,养老院,{town},0,900,,,民办,,,,,",
        f"丙食堂,,长者食堂,{town},,120,,0,村办,自营,,,,",
        f"丁照料站,,照料站,{town},,100,,,公办,自营,,122.42,37.16,",
        f"戊照料站,,照料站,{town},,100,,,公办,自营,,122.42,37.16,火星坐标",
        f"己照料站,,照料站,{town},,100,,,公办,自营,,122.42,37.16,月球坐标",
        f"庚照料站,,照料站,{town},,很大,,,外星,飞行,,,,",
    ]
    run = brought_in("\n".join([head, *rows]).encode())
    assert (run.rows_good, run.rows_bad) == (2, 5)
    told = said(run)
    assert set(told) == {3, 4, 5, 7, 8}
    site = Facility.everywhere.get(name="甲日间照料中心")
    assert (site.area_m2, site.day_places, site.ownership, site.mode, site.licence_no) == (
        420,
        20,
        "collective",
        "privately_run",
        "备1",
    )
    assert site.gaps, "what is missing was worked out"
    shifted = Facility.everywhere.get(name="戊照料站")
    assert shifted.frame == "gcj02"
    assert shifted.lon != 122.42
    changed = [rows[0].replace("420㎡", "480")]
    again = brought_in("\n".join([head, *changed]).encode())
    assert again.rows_changed == 1
    facts = SiteFact.everywhere.filter(facility=site, what="area_m2", recorded_until=None)
    assert sorted(facts.values_list("value", flat=True)) == [420, 480], "what it was before stays readable"
    rival = made.code()
    twin = rows[0].replace(code, rival).replace("甲日间", "甲 日间")
    refused = brought_in("\n".join([head, twin]).encode())
    assert refused.rows_good == 0
    assert code in next(iter(said(refused).values())), "the entry that is there is named"
