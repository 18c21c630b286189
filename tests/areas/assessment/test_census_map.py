"""The map of a census: villages by place, size and standing, for those who may see them, and no home on it."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.utils.timezone import localdate, now
from tests import make
from tests.areas.assessment.office import signed_in
from tests.areas.providers.made import facility, organisation

from songhe.areas.assessment.actions import enter_finding, start_census
from songhe.areas.assessment.models import Census, Outcome
from songhe.areas.providers.actions import move_facility
from songhe.areas.registry.api import Person, find_middles, locate
from songhe.core.codes import Point, span
from songhe.engines.access.api import SYSTEM
from songhe.engines.regions.models import Region

pytestmark = pytest.mark.django_db
WELL = {"alone": "family", "daily": "yes", "memory": "never", "helper": "needless"}


def home(code: int, nth: int, *, lon: float, lat: float) -> Person:
    """Somebody old enough with a known home."""
    made = make.person(code, name=f"王建{'一二三四五六七'[nth]}", born=date(1943, 5, 2))
    locate(made, Point(lon + nth / 1000, lat))
    return made


class Census3:
    """A county with a village that is through, one that is not, and one without places."""

    def __init__(self) -> None:
        self.through, self.open, self.thin = (make.village(nth=nth) for nth in (0, 5, 9))
        self.asked = [home(self.through, n, lon=122.41, lat=37.11) for n in range(6)]
        self.left = [home(self.open, n, lon=122.52, lat=37.22) for n in range(7)]
        self.alone = home(self.thin, 0, lon=122.63451, lat=37.33451)
        find_middles(*span(make.CITY), at=now())
        self.county = signed_in(make.user("county_officer", make.COUNTY))
        self.census: Census = start_census(
            actor=SYSTEM,
            at=now(),
            region=Region.objects.get(code=make.COUNTY),
            title="入户筛查",
            since=localdate() - timedelta(days=9),
            until=localdate() + timedelta(days=10),
        )
        for person in self.asked:
            enter_finding(
                self.census, actor=SYSTEM, at=now(), person=person, outcome=Outcome.FOUND, answers=WELL
            )

    def page(self, code: int = 0) -> str:
        """The census, or one place of it."""
        path = f"/censuses/{self.census.pk}/" + (f"place/{code}/" if code else "")
        return self.county.get(path).content.decode()


def test_villages_stand_on_the_map_with_their_figures_and_lead_to_their_lists() -> None:
    story = Census3()
    page = story.page()
    names = {
        row.code: row.name for row in Region.objects.filter(code__in=[story.through, story.open, story.thin])
    }
    assert f"<title>{names[story.through]}: Done, 6 of 6</title>" in page
    assert f"<title>{names[story.open]}: Behind schedule, 0 of 7</title>" in page
    here = f"/censuses/{story.census.pk}/place/{story.open}/"
    assert f'<a href="{here}" tabindex="-1"' in page
    assert all(person.name in story.county.get(here).content.decode() for person in story.left)
    assert "2 of 3 places are shown" in page
    assert re.search(rf"{names[story.thin]}</a>.{{0,60}}Not begun · 0 of 1 · place not known", page), (
        "only in the list"
    )
    assert page.index(f"{names[story.open]}</a>") < page.index(f"{names[story.through]}</a>"), "work first"


def test_a_town_has_the_map_of_its_villages() -> None:
    story = Census3()
    page = story.page(story.open // 1000 * 1000)
    assert "Behind schedule, 0 of 7" in page
    assert '<svg class="sheet"' in page


def test_one_home_is_never_a_village() -> None:
    story = Census3()
    page = story.page() + story.page(story.thin // 1000 * 1000)
    assert "122.63" not in page
    svg = "".join(re.findall(r'<svg class="sheet".*?</svg>', page, re.DOTALL))
    assert Region.objects.get(code=story.thin).name not in svg


def test_a_village_without_homes_stands_where_its_site_does() -> None:
    code = make.village(nth=12)
    site, region = facility(organisation(code)), Region.objects.get(code=code)
    move_facility(site, actor=SYSTEM, at=now(), to=region, address="", lon="122.5", lat="37.1")
    make.person(code, name="王桂香", born=date(1943, 5, 2))
    assert "3 of 4 places are shown" in Census3().page()


def test_each_reader_sees_the_villages_of_the_own_area() -> None:
    story = Census3()
    mine = signed_in(make.user("village_officer", story.open))
    page = mine.get(f"/censuses/{story.census.pk}/").content.decode()
    assert "Behind schedule, 0 of 7" in page
    assert Region.objects.get(code=story.through).name not in page


def test_after_the_signature_the_map_stays_as_it_was() -> None:
    story = Census3()
    assert story.county.post(f"/censuses/{story.census.pk}/sign_report/").status_code == 302
    assert "Behind schedule, 0 of 7" in story.page()


def test_a_census_without_places_says_what_to_do() -> None:
    make.person(make.village(), name="王建国", born=date(1943, 5, 2))
    start_census(
        actor=SYSTEM, at=now(), region=Region.objects.get(code=make.COUNTY), title="入户筛查",
        since=localdate(), until=localdate() + timedelta(days=10),
    )  # fmt: skip
    page = signed_in(make.user("county_officer", make.COUNTY)).get(f"/censuses/{Census.everywhere.get().pk}/")
    assert "Enter the locations of homes" in page.content.decode()


def test_the_map_is_in_chinese_too() -> None:
    story = Census3()
    story.county.cookies["django_language"] = "zh-hans"
    page = story.page()
    for words in ("进度落后", "已完成0人，应入户7人", "公里", "位置未知"):
        assert words in page
