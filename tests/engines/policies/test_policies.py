"""Policies: kept by their text, found by day and region, a broken file loads nothing."""

from __future__ import annotations

import shutil
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from tests.make import CITY, COUNTY, OTHER_COUNTY, village

from songhe.core.codes.region import CHINA
from songhe.core.refusal import Refused
from songhe.core.rules import Document, FactValue, build, decide, program
from songhe.core.sources import read
from songhe.engines.access.api import SYSTEM
from songhe.engines.acts.models import Act
from songhe.engines.policies.api import PolicyVersion, document_of, folders, holding, load_pack
from songhe.engines.policies.api import at as policies_at
from songhe.engines.regions.load import load_table
from songhe.engines.regions.models import Region
from songhe.engines.regions.tree import children
from songhe.site.ground import PACKS

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of Weihai's policies."""
    return Path(shutil.copytree(settings.DATA / "cities/weihai/policies", tmp_path / "policies"))


def codes(on: date, region: int) -> list[str]:
    """The codes of the policies in force."""
    return [version.code for version, _ in policies_at(on, region)]


def test_loading_twice_changes_nothing(folder: Path, at: datetime) -> None:
    first = load_pack(folder, actor=SYSTEM, at=at)
    again = load_pack(folder, actor=SYSTEM, at=at + timedelta(days=1))
    assert [row.pk for row in first] == [row.pk for row in again]
    assert len(first) == PolicyVersion.objects.count() == len(list(folder.glob("*.yaml")))
    assert Act.objects.filter(verb="policies.load").count() == 1


def test_policies_are_found_by_day_and_region(folder: Path, at: datetime) -> None:
    load_pack(folder, actor=SYSTEM, at=at)
    everywhere = codes(date(2026, 11, 1), CITY)
    assert {"weihai-call-subsidy", "weihai-home-service-hours", "weihai-old-age-allowance"} < set(everywhere)
    assert all(code.startswith("weihai-") for code in everywhere)
    assert codes(date(2026, 11, 1), village(OTHER_COUNTY)) == everywhere
    own = ["rongcheng-canteen-prices", "rongcheng-free-lunch"]
    assert codes(date(2026, 11, 1), village(COUNTY)) == [*own, *everywhere]
    assert codes(date(2021, 12, 31), CITY) == []


@pytest.mark.parametrize("city", sorted(PACKS.items()), ids=lambda pair: pair[1])
def test_the_nation_s_policies_hold_in_every_city_beside_its_own(city: tuple[str, str], at: datetime) -> None:
    code, pack = int(city[0]) * 10**6, city[1]
    if not Region.objects.filter(code=code).exists():
        load_table(settings.DATA / f"regions/{city[0]}.csv.gz")
    loaded = load_pack(*folders(pack), actor=SYSTEM, at=at)
    found = codes(date(2026, 11, 1), code)
    own = {f"{pack}-old-age-allowance"} if len(folders(pack)) > 1 else set()
    assert {"nation-consumption-voucher-2026", *own} < set(found)
    assert len(load_pack(*folders(pack), actor=SYSTEM, at=at)) == len(loaded) == PolicyVersion.objects.count()
    assert codes(date(2026, 11, 1), 440100000000) == [one for one in found if one.startswith("nation-")]
    nation = Region.objects.get(code=CHINA)
    assert str(nation) == "全国" and nation.holds(code) and nation not in children(None)


@pytest.mark.parametrize("file", sorted(settings.DATA.glob("cities/*/policies/old-age-allowance.yaml")))
def test_no_city_pays_less_than_the_floor_of_nation_and_province(file: Path) -> None:
    floors = built(settings.DATA / "nation/policies/old-age-allowance-floors.yaml")
    own, month = built(file), date(2026, 11, 1)
    for age in (79, 80, 89, 90, 99, 100, 110):
        facts: dict[str, FactValue] = {"birth": date(2026 - age, 11, 30)}
        floor = decide(program(floors, on=month, region=own.region), "old_age_floor", facts, month=month)
        paid = decide(program(own, on=month, region=own.region), "old_age_allowance", facts, month=month)
        assert int(str(paid.value)) >= int(str(floor.value))
        assert bool(paid.value) == (age >= 80)


def built(file: Path) -> Document:
    """A document out of its file."""
    return build(read(file.read_text(encoding="utf-8"), name=file.name))


def test_a_policy_of_the_nation_has_a_value_of_its_province_where_that_has_one() -> None:
    document = built(settings.DATA / "nation/policies/old-age-allowance-floors.yaml")
    facts: dict[str, FactValue] = {"birth": date(1940, 1, 1)}
    month = date(2026, 11, 1)
    found = [
        decide(program(document, on=month, region=region), "old_age_floor", facts, month=month).value
        for region in (CHINA, CITY, 410100000000)
    ]
    assert found == [5000, 10000, 5000]


def test_a_changed_text_is_a_new_version_and_the_old_one_stays_readable(folder: Path, at: datetime) -> None:
    load_pack(folder, actor=SYSTEM, at=at)
    old = PolicyVersion.objects.get(code="weihai-call-subsidy")
    file = folder / "call-subsidy.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(
        text.replace("value: 1000", "value: 1500").replace("call_subsidy: 1000", "call_subsidy: 1500"),
        encoding="utf-8",
    )
    load_pack(folder, actor=SYSTEM, at=at + timedelta(days=1))
    newest = next(row for row, _ in policies_at(date(2026, 11, 1), CITY) if row.code == old.code)
    assert newest.pk != old.pk
    assert document_of(newest).parameters["call_subsidy_fen"].values[0].amount == 1500
    assert document_of(old).parameters["call_subsidy_fen"].values[0].amount == 1000
    file.write_text(text, encoding="utf-8")
    load_pack(folder, actor=SYSTEM, at=at + timedelta(days=2))
    assert [row.pk for row in PolicyVersion.objects.filter(code=old.code, replaced_at=None)] == [old.pk]


def outline(start: date, *, code: str = "new-policy", region: int = COUNTY, ends: str = "") -> str:
    """The outline of a policy from a day on; whoever is 90 or older receives 100 yuan."""
    text = (settings.DATA / "nation/policy_outline.yaml").read_text(encoding="utf-8")
    for old, new in {
        "370000000000": str(region),
        "new-policy": code,
        "effective: 2026-01-01": f"effective: {start}{ends}",
        "1936-01-01": f"{start.year - 90}-01-01",
        "1966-01-01": f"{start.year - 60}-01-01",
    }.items():
        text = text.replace(old, new)
    return text


def in_force(code: str, on: date) -> date | None:
    """Since when the version holds that holds on a day."""
    found = holding(code, on)
    return found.start if found else None


def test_what_stands_now_holds_until_the_new_version_of_its_file_begins(tmp_path: Path, at: datetime) -> None:
    file, now, soon = tmp_path / "x.yaml", date(2026, 1, 1), date(2027, 1, 1)
    for start in (now, soon, soon):
        file.write_text(outline(start), encoding="utf-8")
        load_pack(tmp_path, actor=SYSTEM, at=at)
    assert in_force("new-policy", date(2026, 12, 31)) == now
    assert in_force("new-policy", soon) == soon
    assert PolicyVersion.objects.count() == 2
    file.write_text(outline(now), encoding="utf-8")
    load_pack(tmp_path, actor=SYSTEM, at=at)
    assert in_force("new-policy", soon) == now, "the later version is in no file any more"


@pytest.mark.parametrize("ends", ["", "\n  expires: 2027-01-01"])
def test_one_file_may_follow_another_of_the_same_policy(tmp_path: Path, at: datetime, ends: str) -> None:
    (tmp_path / "b.yaml").write_text(outline(date(2026, 1, 1), ends=ends), encoding="utf-8")
    (tmp_path / "a.yaml").write_text(outline(date(2027, 1, 1)), encoding="utf-8")
    for _time in range(2):
        loaded = load_pack(tmp_path, actor=SYSTEM, at=at)
    assert len(loaded) == PolicyVersion.objects.filter(replaced_at=None).count() == 2
    assert in_force("new-policy", date(2026, 12, 31)) == date(2026, 1, 1)
    assert in_force("new-policy", date(2027, 1, 1)) == date(2027, 1, 1)


def test_two_files_of_one_policy_do_not_begin_on_one_day(tmp_path: Path, at: datetime) -> None:
    for name in ("a", "b"):
        text = f"# {name}\n{outline(date(2026, 1, 1))}"
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(Refused, match=r"b\.yaml: new-policy from 2026-01-01 on is in a\.yaml as well"):
        load_pack(tmp_path, actor=SYSTEM, at=at)


@pytest.mark.parametrize("above", [CHINA, 370000000000, CITY, COUNTY, None])
def test_two_policies_of_any_level_do_not_grant_the_same(
    tmp_path: Path, at: datetime, above: int | None
) -> None:
    for place, (code, region) in enumerate(
        [("above", above or village(COUNTY)), ("new-policy", COUNTY), ("next", OTHER_COUNTY)]
    ):
        folder = tmp_path / code
        folder.mkdir()
        (folder / "x.yaml").write_text(
            outline(date(2026 + place, 1, 1), code=code, region=region), encoding="utf-8"
        )
    load_pack(tmp_path / "above", actor=SYSTEM, at=at)
    with pytest.raises(Refused, match=r"new_benefit is granted by above \(x\.yaml\) as well"):
        load_pack(tmp_path / "new-policy", actor=SYSTEM, at=at)
    assert [row.code for row in PolicyVersion.objects.all()] == ["above"]
    if above in (COUNTY, None):
        load_pack(tmp_path / "next", actor=SYSTEM, at=at)


def test_a_rule_may_pass_from_one_policy_to_another(tmp_path: Path, at: datetime) -> None:
    (tmp_path / "a.yaml").write_text(
        outline(date(2026, 1, 1), code="old", ends="\n  expires: 2027-01-01"), encoding="utf-8"
    )
    (tmp_path / "b.yaml").write_text(outline(date(2027, 1, 1), code="new"), encoding="utf-8")
    assert len(load_pack(tmp_path, actor=SYSTEM, at=at)) == 2


def test_one_broken_file_loads_nothing_and_names_file_line_and_clause(folder: Path, at: datetime) -> None:
    file = folder / "rongcheng-free-lunch.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("not rural", "not rurla"), encoding="utf-8")
    with pytest.raises(
        Refused, match=r"rongcheng-free-lunch.yaml, line \d+, clause 1: free_lunch: there is no"
    ):
        load_pack(folder, actor=SYSTEM, at=at)
    assert not PolicyVersion.objects.exists()


def test_a_tag_that_the_registry_does_not_keep_is_refused(folder: Path, at: datetime) -> None:
    file = folder / "home-service-hours.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("low_income", "low_incom"), encoding="utf-8")
    with pytest.raises(Refused, match=r"home-service-hours\.yaml: the registry keeps no tag low_incom"):
        load_pack(folder, actor=SYSTEM, at=at)


def test_an_example_that_does_not_come_out_stops_the_load(folder: Path, at: datetime) -> None:
    file = folder / "call-subsidy.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("value: 1000", "value: 1500"), encoding="utf-8")
    with pytest.raises(Refused, match="call_subsidy must be 1000, but comes out as 1500"):
        load_pack(folder, actor=SYSTEM, at=at)
    assert not PolicyVersion.objects.exists()
