"""Who can be with a person soonest, and who answers above."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from tests import make
from tests.areas.grid import made
from tests.areas.grid.made import AT

from songhe.areas.grid.actions import engage, rehashing, release
from songhe.areas.grid.api import State, ladder, phones_of, responders
from songhe.areas.grid.queries.books import phone_hash
from songhe.areas.registry.api import Person, locate
from songhe.core.codes import Point
from songhe.engines.access.api import SYSTEM, entered

pytestmark = pytest.mark.django_db
HOME = Point(122.42, 37.16)


def elder(village: int) -> Person:
    """An elder whose home is known."""
    person = make.person(village)
    locate(person, HOME)
    return person


def away(metres: float) -> dict[str, float]:
    """A home so far north."""
    return {"lon": HOME.lon, "lat": HOME.lat + metres / 111_195}


def test_neighbour_first_then_by_distance_and_the_busy_after(django_assert_max_num_queries: object) -> None:
    village = make.village()
    person = elder(village)
    neighbour = made.helper(village, name="孙邻居", **away(600))
    made.pair(neighbour, person, holds_key=True)
    far = made.helper(village, name="远", skills=["first_aid"], **away(900))
    near = made.helper(village, name="近", skills=["first_aid"], **away(100))
    unable = made.helper(village, name="不会急救", **away(50))
    busy = made.helper(village, name="忙", skills=["first_aid"], **away(10))
    engage(busy, actor=SYSTEM, at=AT, until=AT + timedelta(hours=1), what="BJ-1")
    made.helper(village, name="请假", is_available=False, **away(5))
    made.helper(village, name="走了", until=date(2026, 11, 25), **away(5))
    made.helper(make.village(make.OTHER_COUNTY), name="邻县", **away(5))
    officer = make.user("village_officer", village)
    with entered(officer.scope()):
        with django_assert_max_num_queries(2):  # type: ignore[operator]
            found = responders(person, at=AT, point=HOME, needs=("first_aid",))
        assert [one.helper_id for one in found] == [one.pk for one in (neighbour, near, far, unable, busy)]
        assert [one.helper_id for one in responders(person, at=AT, needs=("first_aid",))] == [
            one.helper_id for one in found
        ]
        first = found[0]
        assert (first.paired, first.holds_key, first.lacks, first.metres) == (True, True, ("first_aid",), 600)
        assert first.minutes == 13
        assert first.approximate
        assert found[-1].state == State.BUSY
        assert phones_of([first.helper_id])[first.helper_id].startswith("139")
        release(busy, actor=SYSTEM, at=AT, what="BJ-1")
        assert responders(person, at=AT, point=HOME, needs=("first_aid",))[1].name == "忙"
        assert [one.name for one in responders(village, at=AT, point=HOME, most=2)] == ["忙", "不会急救"]
    stranger = make.user("village_officer", make.village(make.OTHER_COUNTY))
    with entered(stranger.scope()):
        assert not responders(person, at=AT, point=HOME)


def test_a_gap_leads_to_the_next_level_by_itself(django_assert_max_num_queries: object) -> None:
    village = make.village()
    town, county = village // 1000 * 1000, village // 10**6 * 10**6
    at_town, clerk = (
        made.post(town, "town", name="镇值班室", phone="0631-7550001"),
        made.helper(town, name="镇值班员"),
    )
    made.post(county, "county", name="指挥中心")
    made.turn(at_town, clerk)
    with entered(make.user("hotline_agent").scope()):
        with django_assert_max_num_queries(6):  # type: ignore[operator]  # two, and four that tell the scope
            steps = ladder(village, AT)
        assert [(one.level, one.gap, one.reached) for one in steps] == [
            ("village", True, False), ("town", False, True), ("county", True, False),
        ]  # fmt: skip
        assert [one.name for one in steps[1].on_duty] == ["镇值班员"]
        at_village, chief = made.post(village, "village"), made.helper(village, name="于主任")
        standing = made.turn(at_village, chief)
        assert ladder(village, AT)[0].reached
        night = ladder(village, AT + timedelta(hours=12))
        assert [(one.gap, one.reached) for one in night] == [(False, False), (False, False), (True, False)]
        made.turn(at_village, None, days=[], on=date(2026, 11, 25), instead_of=standing)
        assert [one.reached for one in ladder(village, AT)] == [False, True, False]
        person = make.person(village)
        assert ladder(person, AT)[0].gap
        made.pair(chief, person)
        steps = ladder(person, AT)
        assert [one.level for one in steps] == ["neighbour", "village", "town", "county"]
        assert steps[0].reached
        chief.is_available = False
        chief.save()
        assert ladder(person, AT)[2].reached


def test_one_neighbour_at_a_time() -> None:
    village = make.village()
    person, first, second = make.person(village), made.helper(village), made.helper(village)
    made.pair(first, person)
    for role, message, one in (("first", "one_of_a_role", second), ("more", "one_pair", first)):
        with pytest.raises(IntegrityError, match=message), transaction.atomic():
            made.pair(one, person, role=role)
    made.pair(second, person, role="more")


def test_numbers_are_hashed_anew_under_a_new_key_and_only_once() -> None:
    helper = made.helper(phone="13863110001")
    helper.phone_hash = b"0" * 16
    helper.save()
    assert [changed for _seen, changed in rehashing.helpers()] == [1]
    assert [changed for _seen, changed in rehashing.helpers()] == [0]
    helper.refresh_from_db()
    assert bytes(helper.phone_hash or b"") == phone_hash("13863110001")
