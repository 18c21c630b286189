"""Policies: kept by their text, found by day and region, a broken file loads nothing."""

from __future__ import annotations

import shutil
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from tests.make import CITY, COUNTY, OTHER_COUNTY, village

from songhe.core.refusal import Refused
from songhe.engines.access.api import SYSTEM
from songhe.engines.acts.models import Act
from songhe.engines.policies.api import PolicyVersion, document_of, load_pack
from songhe.engines.policies.api import at as policies_at

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
    assert len(first) == PolicyVersion.objects.count() == 3
    assert Act.objects.filter(verb="policies.load").count() == 1


def test_policies_are_found_by_day_and_region(folder: Path, at: datetime) -> None:
    load_pack(folder, actor=SYSTEM, at=at)
    everywhere = ["weihai-call-subsidy", "weihai-home-service-hours"]
    assert codes(date(2026, 11, 1), CITY) == everywhere
    assert codes(date(2026, 11, 1), village(OTHER_COUNTY)) == everywhere
    assert codes(date(2026, 11, 1), village(COUNTY)) == ["rongcheng-free-lunch", *everywhere]
    assert codes(date(2021, 12, 31), CITY) == []


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
