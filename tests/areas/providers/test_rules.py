"""The catalogue's data, skills that include others, and working hours."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
import yaml
from django.conf import settings

from songhe.areas.providers.catalogue import catalogue, item_name
from songhe.areas.providers.kinds import kind_of
from songhe.areas.providers.models import Kind
from songhe.areas.providers.rules import Hours, build_catalogue
from songhe.core.refusal import Refused
from songhe.core.sources import DataError


def nation() -> dict[str, Any]:
    return yaml.safe_load((settings.DATA / "nation/catalogue.yaml").read_text(encoding="utf-8"))


def test_the_catalogue_has_the_seven_categories_of_the_standard_and_every_price() -> None:
    known = catalogue()
    assert [label.zh for label in known.categories.values()] == [
        "生活照料", "基础照护", "健康管理", "探访关爱", "精神慰藉", "委托代办", "家庭生活环境适老化改造",
    ]  # fmt: skip
    assert all(item.fen for item in known.items.values())
    assert known.assumed, "prices without a published list say so"
    assert item_name("0106") == "助洁：居室清洁"
    with pytest.raises(Refused, match="no service 9999"):
        known.item("9999")


def test_a_higher_skill_includes_the_lower_and_not_the_other_way_round() -> None:
    known = catalogue()
    bath, dependent_bath = known.item("0103"), known.item("0104")
    assert known.able(["senior_care"], bath)
    assert not known.able(["care"], dependent_bath)
    assert not known.able([], bath)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data["categories"][0]["items"][0].update(skills=["magic"]),
        lambda data: data["categories"][0]["items"][0].update(unit="moon"),
        lambda data: data["categories"][0]["items"][0].update(minutes=0),
        lambda data: data["categories"][0]["items"].append(data["categories"][0]["items"][0]),
        lambda data: data["categories"][0].pop("zh"),
    ],
)
def test_wrong_data_is_named(spoil: Any) -> None:
    data = deepcopy(nation())
    spoil(data)
    with pytest.raises(DataError):
        build_catalogue(data)


def test_a_price_without_its_service_is_refused() -> None:
    with pytest.raises(DataError, match="there is no item 9999"):
        build_catalogue(nation(), {"prices": {"9999": 100}})


def test_hours_cover_a_stay_or_not() -> None:
    hours = Hours(days=(1, 2, 3, 4, 5), since=time(8), until=time(18), off=frozenset({date(2026, 11, 26)}))
    wednesday = datetime(2026, 11, 25, 16, 0, tzinfo=UTC)
    assert hours.cover(wednesday, 120)
    assert not hours.cover(wednesday, 121)
    assert hours.cover(wednesday, 150, overtime=30)
    assert not hours.cover(wednesday, 151, overtime=30)
    assert not hours.cover(datetime(2026, 11, 25, 7, 59, tzinfo=UTC), 30)
    assert not hours.cover(datetime(2026, 11, 28, 10, 0, tzinfo=UTC), 30), "a Saturday"
    assert not hours.cover(datetime(2026, 11, 26, 10, 0, tzinfo=UTC), 30), "a day off"


def test_a_stay_past_midnight_needs_the_hours_of_both_days() -> None:
    late = datetime(2026, 11, 25, 23, 50, tzinfo=UTC)
    always = Hours(since=time(0), until=time(23, 59))
    assert always.cover(late, 10) and always.cover(late, 20)
    assert not Hours(since=time(0), until=time(23, 58)).cover(late, 10)
    assert not Hours(since=time(1), until=time(23, 59)).cover(late, 20)
    assert not replace(always, days=(3,)).cover(late, 20), "Thursday is not a working day"
    assert not replace(always, off=frozenset({date(2026, 11, 26)})).cover(late, 20)


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("养老机构", Kind.NURSING_HOME),
        ("乡镇敬老院", Kind.TOWNSHIP_HOME),
        ("社区老年人日间照料中心", Kind.DAY_CARE),
        ("农村幸福院", Kind.HAPPINESS_HOME),
        ("幸福餐桌", Kind.DINING_TABLE),
        ("长者食堂", Kind.CANTEEN),
        ("乐养居", Kind.COMPREHENSIVE),
        ("镇街综合养老服务中心", Kind.STREET_CENTRE),
        ("居家式服務（其他）", Kind.HOME_SERVICE),
        ("巷弄長照站", Kind.CARE_STATION),
        ("加油站", None),
    ],
)
def test_the_lists_own_words_are_understood(word: str, kind: Kind | None) -> None:
    assert kind_of(word) == kind
