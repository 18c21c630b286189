"""Lists of compounds through the import engine: good rows in, bad rows back with a reason."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from tests import make

from songhe.areas.premises.importing import compounds
from songhe.areas.premises.models import Compound, Standing
from songhe.engines.imports import tasks
from songhe.engines.imports.api import ImportRun, bad_rows, reasons, start_check, start_write, take_in
from songhe.engines.jobs.api import run_due
from songhe.engines.regions.models import Region

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
assert tasks.check_run, "the jobs are known once their module is loaded"
HEAD = "小区名称,所在镇街,规划户数,类型,开发企业,规划许可证号,许可日期,经度,纬度,坐标系"


def brought_in(*rows: str) -> ImportRun:
    officer, raw = make.user("county_officer", make.COUNTY), "\n".join([HEAD, *rows]).encode("gb18030")
    run = take_in(
        io.BytesIO(raw), name="list.csv", spec=compounds, region_id=make.COUNTY, actor=officer, at=AT
    )
    start_check(run, actor=officer, at=AT)
    assert run_due(AT)
    run.refresh_from_db()
    if run.rows_good:
        start_write(run, actor=officer, at=AT)
        run_due(AT)
        run.refresh_from_db()
    return run


def test_good_rows_are_taken_and_bad_ones_come_back_with_their_reason() -> None:
    town = Region.objects.get(pk=make.town()).name
    good = [
        f"海韵嘉园,{town},1051户,新建,某某置业,建字1号,2025-06-01,122.42,37.16,CGCS2000",
        f"老旧小区,{town},200,既有,,,,,,",
    ]
    run = brought_in(
        *good,
        f"无系花园,{town},100,新建,,,,122.42,37.16,",
        f"错系花园,{town},100,新建,,,,122.42,37.16,月球坐标",
        f"倒置花园,{town},100,新建,,,,37.16,122.42,WGS-84",
        f"零户花园,{town},0,新建,,,,,,",
        f"明日花园,{town},100,新建,,,2030-01-01,,,",
        f"未知花园,{town},100,别墅,,,,,,",
        "无处花园,不存在镇,100,新建,,,,,,",
        f"海韵嘉园,{town},1051,新建,,,,,,",
    )
    told = {line.number: reasons(faults, compounds) for line, faults in bad_rows(run)}
    assert (run.rows_good, run.rows_bad, run.rows_made) == (2, 8, 2), told
    assert all(told.values())
    found = Compound.everywhere.get(name="海韵嘉园")
    assert (found.required_m2, found.standing, found.faults) == (211, Standing.FAILS, ["missing"])
    assert (found.lon, found.lat, found.region_id) == (122.42, 37.16, make.town())
    assert Compound.everywhere.get(name="老旧小区").required_m2 == 30
    again = brought_in(*good)
    assert (again.rows_made, again.rows_changed) == (0, 0), "the same list changes nothing"
    more = brought_in(good[0].replace("1051", "2000"))
    found.refresh_from_db()
    assert (more.rows_changed, found.required_m2) == (1, 400)
