"""Who counts more, what every region has to reach, and how evenly places are spread: through HTTP."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest
from django.test import Client
from django.utils import timezone
from tests import make
from tests.areas.circle import made

from songhe.areas.circle import tasks
from songhe.areas.circle.models import Run, Siting
from songhe.areas.circle.queries.figures import table
from songhe.areas.providers.api import Facility
from songhe.engines.access.api import Scope, entered
from songhe.engines.jobs.api import run_due
from songhe.engines.regions.models import Region
from songhe.engines.regions.tree import name_of

pytestmark = [pytest.mark.django_db, pytest.mark.long]
assert tasks, "the jobs are known"
FAR, OLD = made.at(made.HERE, 3000), made.at(made.HERE, -6000)
GIVEN = "\n".join(
    f"{name}, {point.lon}, {point.lat}, 100" for name, point in (("甲", FAR), ("乙", OLD), ("丙", made.THERE))
)


@pytest.fixture
def city() -> Run:
    """Six near a centre of nine places, seven far from it, five of eighty and over elsewhere, one in the other county."""
    with entered(Scope.EVERYTHING):
        village = make.village()
        for n in range(6):
            made.living(village, made.at(made.HERE, 20 * n))
        for n in range(7):
            made.living(village, made.at(FAR, 15 * n))
        for n in range(5):
            made.living(village, made.at(OLD, 10 * n), born=date(1935, 1, 1))
        made.living(make.village(make.OTHER_COUNTY), made.THERE)
        made.site(made.at(made.HERE, 100))
        Facility.everywhere.update(day_places=9)
        return made.worked_out()


def ask(client: Client, **more: Any) -> Siting:
    form = {
        "region": make.CITY, "kind": made.KIND, "goal": "cover", "where": "given", "given": GIVEN, "sites": "1",
    }  # fmt: skip
    answer = client.post("/sitings/do/ask_sites/", form | more)
    assert answer.status_code == 302, answer.content.decode()
    run_due(timezone.now())
    return Siting.everywhere.latest("id")


def names(found: Siting) -> list[str]:
    assert found.state == Siting.State.DONE, found.note
    return [one["name"] for one in found.result["sites"]]


def page(client: Client, found: Siting) -> str:
    return client.get(f"/sitings/{found.pk}/").content.decode()


def test_groups_that_count_more_draw_the_site_to_them(city: Run) -> None:
    officer = made.office(make.CITY, "city_officer")
    assert names(ask(officer)) == ["甲"]
    found = ask(officer, weighed=["old", "alone"], times="2")
    assert names(found) == ["乙"]
    assert found.result["value"] == 6 + 5 * 2
    assert "80岁及以上、独居 × 2" in page(officer, found)


def test_every_county_is_brought_to_its_least_share(city: Run) -> None:
    officer = made.office(make.CITY, "city_officer")
    for more in ({}, {"goal": "budget", "budget": "100"}, {"goal": "share", "share": "10", "cost": "1"}):
        found = ask(officer, floor="30", floor_by="county", **more)
        assert names(found) == ["丙"], "a third of the first county is within reach, of the second nobody is"
    told = {
        code: (before["people"], after["people"]) for code, _total, before, after in found.result["floor"]
    }
    assert told == {make.COUNTY: (6, 6), make.OTHER_COUNTY: (0, 1)}
    assert "各区域至少覆盖 30%" in page(officer, found)
    assert names(ask(officer, floor="30", floor_by="town")) == ["丙"]


def test_a_least_share_that_cannot_be_says_what_it_needs_and_where(city: Run) -> None:
    officer = made.office(make.CITY, "city_officer")
    for more, words in (
        ({}, "至少需新建 2 处，本次只要求 1 处"),
        ({"goal": "budget", "budget": "150"}, "至少需 200.00 元，现有 150.00 元"),
        ({"given": f"甲, {FAR.lon}, {FAR.lat}"}, f"在 {name_of(make.OTHER_COUNTY)}，全部站点合计只能覆盖"),
    ):
        found = ask(officer, floor="60", floor_by="county", **more)
        assert found.state == Siting.State.FAILED
        assert words in page(officer, found)


def test_an_own_proposal_that_leaves_a_county_behind_is_told(city: Run) -> None:
    officer = made.office(make.CITY, "city_officer")
    own = made.scenario(make.CITY)
    point = {"name": "自拟", "lon": f"{FAR.lon}", "lat": f"{FAR.lat}", "frame": "wgs84"}
    assert officer.post(f"/scenarios/{own.pk}/add_site/", point).status_code == 302
    found = ask(officer, floor="30", floor_by="county", scenario=str(own.pk))
    assert f"{name_of(make.OTHER_COUNTY)} 的 60岁及以上 覆盖 0.0%，要求 30.0%" in page(officer, found)


@pytest.mark.parametrize(
    "more",
    [
        {"weighed": ["old"]},
        {"times": "3"},
        {"weighed": ["people"], "times": "2"},
        {"goal": "centre", "weighed": ["old"], "times": "2"},
        {"goal": "median", "floor": "30"},
        {"floor": "101"},
    ],
)
def test_what_a_goal_does_not_know_is_refused(city: Run, more: dict[str, Any]) -> None:
    form = {
        "region": make.COUNTY, "kind": made.KIND, "goal": "cover", "where": "given", "given": GIVEN, "sites": "1",
    }  # fmt: skip
    assert made.office().post("/sitings/do/ask_sites/", form | more).status_code == 422
    assert not Siting.everywhere.exists()


def test_places_are_shared_out_in_two_ways(city: Run) -> None:
    with entered(Scope.EVERYTHING) as scope:
        shares = table(city, scope, Region.objects.get(pk=make.CITY)).shares
    ways = shares.ways[:, city.kinds.index(made.KIND), 1:]
    given = (shares.people[:, :1] * np.nan_to_num(ways)).sum(0)
    assert given == pytest.approx([9000, 9000], rel=1e-4), "a thousand times its nine places, in either way"
    told = city.told[made.KIND]
    assert told["chosen"]["confidence"] == 1 and told["chosen"]["left"] <= 0.002
    assert told["chosen"]["gini"] == pytest.approx(13 / 19, abs=1e-3), (
        "six of nineteen have the same, the others nothing"
    )
    shown = made.office().get("/circle/place/", {"kind": made.KIND}).content.decode()
    assert "每千人可及位数" in shown and "每千人择优位数" in shown
    assert "相当于多步行 8 分钟" in shown
