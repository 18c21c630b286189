"""Laws of opening hours, of what a file lacks, of likeness, of coverage and of the data files behind them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songhe.areas.providers.models import FUNCTIONS
from songhe.areas.providers.queries.coverage import coverage_rules
from songhe.areas.providers.rules.coverage import Rule, Site, build_rules, stand
from songhe.areas.providers.rules.gaps import GAPS, Told, complete, missing, wanted
from songhe.areas.providers.rules.hours import DAY, Opening, slots_of
from songhe.areas.providers.rules.likeness import Entry, alike
from songhe.areas.providers.rules.services import build_circle, build_kinds
from songhe.areas.providers.services import circle, service_kinds
from songhe.areas.providers.stars import years_valid
from songhe.core.codes import Point
from songhe.core.codes.region import committee_is_rural
from songhe.core.days import months_later
from songhe.core.sources import DataError
from songhe.engines.regions.classes import setting_of

MONDAY = date(2026, 11, 23)
edges = st.lists(st.integers(0, DAY), unique=True, max_size=6).map(sorted).map(lambda e: e[: len(e) // 2 * 2])
slots = edges.map(lambda e: tuple(zip(e[::2], e[1::2], strict=True)))
openings = st.builds(
    Opening,
    week=st.dictionaries(st.integers(1, 7), slots, max_size=7),
    days=st.dictionaries(st.dates(MONDAY, MONDAY + timedelta(days=20)), slots, max_size=4),
    holidays=st.booleans(),
)
moments = st.datetimes(datetime(2026, 11, 23), datetime(2026, 12, 20)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001


@given(openings)
def test_hours_are_read_back_as_they_were_kept(opening: Opening) -> None:
    kept = Opening.read(opening.data())
    assert kept.known == opening.known
    if opening.known:
        assert (kept.week, kept.days, kept.holidays) == (opening.week, opening.days, opening.holidays)


@given(openings, moments)
def test_the_next_change_is_a_change_and_nothing_changes_before(opening: Opening, at: datetime) -> None:
    change = opening.changes_at(at)
    now = bool(opening.open_at(at))
    if change is None:
        return
    assert change > at
    assert bool(opening.open_at(change)) != now
    for part in range(1, 20):
        between = at + (change - at) * part / 20
        if between < change:
            assert bool(opening.open_at(between)) == now


@given(openings, moments)
def test_holidays_close_what_does_not_hold_on_holidays(opening: Opening, at: datetime) -> None:
    off = {at.date()}
    if at.date() in opening.days or opening.holidays:
        assert opening.on(at.date(), holidays=off) == opening.on(at.date())
    else:
        assert opening.on(at.date(), holidays=off) == ()


@given(openings)
def test_groups_cover_the_week_once(opening: Opening) -> None:
    days = [day for first, last, _slots in opening.groups() for day in range(first, last + 1)]
    assert days == [1, 2, 3, 4, 5, 6, 7]
    assert all(
        opening.week.get(day, ()) == hours
        for first, last, hours in opening.groups()
        for day in range(first, last + 1)
    )


@pytest.mark.parametrize("bad", [[(600, 600)], [(600, 500)], [(0, 60), (30, 90)], [(-5, 60)], [(0, DAY + 1)]])
def test_hours_that_cannot_be_are_refused(bad: list[tuple[int, int]]) -> None:
    with pytest.raises(ValueError):
        slots_of(bad)


def test_a_site_that_never_closes_has_no_next_change_and_one_that_tells_nothing_is_unknown() -> None:
    always = Opening(dict.fromkeys(range(1, 8), ((0, DAY),)))
    at = datetime(2026, 11, 25, 23, 59, tzinfo=UTC)
    assert always.open_at(at)
    assert always.changes_at(at) is None
    assert Opening().open_at(at) is None


KINDS = [code for code, _label in FUNCTIONS]


@given(
    st.frozensets(st.sampled_from(KINDS)),
    st.sampled_from(["", "own", "entrusted"]),
    st.frozensets(st.sampled_from(GAPS)),
)
def test_what_is_missing_is_asked_for_and_not_there(
    does: frozenset[str], mode: str, has: frozenset[str]
) -> None:
    gaps, asked = missing(Told(does, mode, has)), wanted(does, mode)
    assert set(gaps) == set(asked) - has
    assert gaps == [name for name in GAPS if name in gaps], "in one order"
    assert not set(missing(Told(does, mode, has | {"address"}))) - set(gaps), "to know more is to lack less"
    assert 0 <= complete(len(gaps), len(asked)) <= 100
    assert (complete(len(gaps), len(asked)) == 100) == (not gaps)


names = st.text(alphabet="崖头俚岛成山村社区幸福院日间照料中心养老", min_size=2, max_size=14)
points = st.none() | st.builds(Point, st.floats(122, 122.01), st.floats(37, 37.01))
entries = st.builds(Entry, name=names, kind=st.sampled_from(KINDS[:3]), region=st.sampled_from([1, 2]),
                    licence=st.sampled_from(["", "A", "B"]), credit_code=st.sampled_from(["", "X"]), point=points)  # fmt: skip


@given(entries, entries)
def test_likeness_is_the_same_both_ways(one: Entry, other: Entry) -> None:
    assert alike(one, other) == alike(other, one)


@given(entries)
def test_an_entry_at_the_same_place_by_the_same_name_is_suspicious_unless_it_is_of_another_kind(
    one: Entry,
) -> None:
    assert alike(one, one).suspicious
    other = Entry(one.name, "canteen" if one.kind != "canteen" else "day_care", one.region, "", "", one.point)
    assert not alike(one, other).suspicious


places = st.dictionaries(st.integers(371082001001, 371082001009), st.booleans(), min_size=1)
sites = st.lists(
    st.builds(Site, key=st.integers(), region=st.integers(371082001000, 371082001012),
              does=st.frozensets(st.sampled_from(KINDS[:4])), area_m2=st.none() | st.integers(0, 900)), max_size=12,
)  # fmt: skip


@given(places, sites, st.integers(1, 1000), st.integers(0, 3000))
def test_area_is_added_up_and_never_counted_twice(
    places: dict[int, bool], sites: list[Site], least: int, about: int
) -> None:
    rule = Rule("r", "urban", least_m2=least, about=about)
    found = stand(rule, places, sites)
    assert {here.region for here in found} == set(places)
    inside = [site for site in sites if site.region in places]
    assert sum(here.area_m2 for here in found) == sum(site.area_m2 or 0 for site in inside)
    assert sum(here.sites for here in found) == len(inside)
    assert all(here.met == (here.area_m2 >= rule.enough_m2) for here in found)
    more = stand(rule, places, [*sites, Site(0, next(iter(places)), frozenset(), 5)])
    assert sum(here.met for here in more) >= sum(here.met for here in found), "a site more never hurts"


@given(sites)
def test_a_town_has_what_any_place_in_it_has(sites: list[Site]) -> None:
    rule = Rule("r", "town", kinds=frozenset(KINDS[:2]))
    (town,) = stand(rule, {371082001000: False}, sites, towns=True)
    assert town.met == any(rule.kinds & site.does for site in sites)


def test_the_data_files_hold_what_the_circle_needs() -> None:
    assert len(service_kinds()) >= 12
    assert circle("weihai").minutes("meals", rural=False) == 10
    assert circle("weihai").minutes("meals", rural=True) == 20
    assert circle("jining").minutes("day_care", rural=True) == 15
    assert circle("luoyang").assumed, "no city profile: the nation's, which no document says"
    rules = coverage_rules().rules
    assert rules["coverage_area_urban"].enough_m2 == 400
    assert rules["coverage_area_rural"].enough_m2 == 90, "about 100 m²"
    assert "care_station" in rules["coverage_day_care"].kinds


@pytest.mark.parametrize(
    "bad",
    [
        {"kinds": [{"code": "x", "en": "X", "zh": "某", "kinds": ["no_such"]}]},
        {"kinds": [{"code": "x", "en": "X", "zh": "某", "kinds": []}]},
        {"kinds": [{"code": "x", "en": "X", "zh": "某", "kinds": ["day_care"], "capacity": "rooms"}]},
        {"kinds": [{"code": "x", "en": "X", "zh": "某", "kinds": ["day_care"]}] * 2},
    ],
)
def test_a_broken_list_of_service_kinds_names_what_is_wrong(bad: dict[str, Any]) -> None:
    with pytest.raises(DataError):
        build_kinds(bad, KINDS)


def test_broken_rules_and_circles_name_what_is_wrong() -> None:
    good = {"code": "r", "place": "urban", "kinds": ["day_care"]}
    for change in (
        {"place": "moon"},
        {"kinds": ["no_such"]},
        {"kinds": []},
        {"met": "social"},
        {"target": 20_000},
        {"service": "no"},
    ):
        with pytest.raises(DataError):
            build_rules({"rules": [good | change], "new_months": 12}, known=KINDS, services={})
    with pytest.raises(DataError):
        build_circle({"code": "c", "en": "C", "zh": "圈", "urban": 0, "rural": 10}, ["meals"])
    with pytest.raises(DataError):
        build_circle(
            {"code": "c", "en": "C", "zh": "圈", "urban": 5, "rural": 10, "kinds": {"no": {}}}, ["meals"]
        )


def test_places_are_urban_by_their_class_and_else_by_their_committee() -> None:
    assert setting_of(371082001001, None) == setting_of(371082001001, None)
    assert (setting_of(371082001001, None).rural, setting_of(371082001001, None).assumed) == (False, True)
    assert setting_of(371082001201, None).rural is True
    assert (setting_of(371082001201, 121).rural, setting_of(371082001201, 121).assumed) == (False, False)
    assert committee_is_rural(371082001000) is None


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)))
def test_a_rating_lasts_three_years_to_the_day_before(day: date) -> None:
    assert 1093 <= (years_valid(day) - day).days <= 1096
    assert months_later(day, -12) < day
    assert (day - months_later(day, -12)).days in (365, 366)
