"""Days at a centre: places, the roll with one tap, late entries with the reason, sealed records, activities."""

from __future__ import annotations

from datetime import time

import pytest
from tests import make
from tests.areas.providers import made as providers
from tests.areas.stays import made

from songhe.areas.stays import actions
from songhe.areas.stays.models import Attendance, Centre, Coming, Condition, DayPlace, Entry
from songhe.areas.stays.queries import day_care as days
from songhe.core.measure import Period
from songhe.core.refusal import Refused
from songhe.engines.access.api import SYSTEM, Scope, Tie, tie
from songhe.engines.acts.models import Act
from songhe.engines.indicators.api import Span, provider_of

pytestmark = pytest.mark.django_db
EVERY = [1, 2, 3, 4, 5, 6, 7]


def enrolled(centre: Centre, who: made.Person | None = None) -> DayPlace:
    return actions.enrol(
        centre,
        actor=SYSTEM,
        at=made.now(),
        person=who or made.person(1),
        weekdays=EVERY,
        since=made.today(-30),
    )


def test_the_roll_is_taken_with_a_tap_each_and_twice_the_same_tap_is_once() -> None:
    house = made.house(rooms="")
    centre = made.centre(house)
    place = enrolled(centre, made.person(1, name="宋春梅"))
    client, page = house.manager(), f"/day-roll/{house.facility.pk}/"
    assert "宋春梅" in client.get(page).content.decode()
    tap = {
        "place": str(place.pk),
        "day": made.today().isoformat(),
        "coming": "present",
        "meals": "2",
        "_key": "k1",
    }
    for _ in range(2):
        assert client.post(page, tap).status_code == 302
    line = Attendance.everywhere.get()
    assert (line.meals, line.fee_fen, line.late_why) == (2, 3000 + 2 * 800, "")
    assert Act.objects.filter(verb="stays.mark").count() == 1
    assert client.post(page, tap | {"coming": "absent", "_key": "k2"}).status_code == 302
    line.refresh_from_db()
    assert (line.coming, line.meals, line.fee_fen) == (Coming.ABSENT, 0, 0)
    for wrong in ({"coming": "moon"}, {"meals": "99"}, {"meals": "x"}, {"day": made.today(-3).isoformat()}):
        assert client.post(page, tap | {"_key": "k3"} | wrong).status_code == 422
    assert client.post(page, tap | {"place": "garbage", "_key": "k4"}).status_code == 404
    assert client.get(f"{page}?day=garbage").status_code == 200
    late = {"day": made.today(-3).isoformat(), "late_why": "停电未录入", "_key": "k5"}
    assert client.post(page, tap | late).status_code == 302
    assert Attendance.everywhere.get(day=made.today(-3)).late_why == "停电未录入"
    rival = made.house(rooms="")
    assert rival.manager().get(page).status_code == 404
    assert rival.manager().post(page, tap | {"_key": "k6"}).status_code == 404
    assert providers.client_of(make.user("worker", make.COUNTY)).get(page).status_code == 403


def test_a_roll_that_was_not_taken_is_among_what_is_to_be_done() -> None:
    centre = made.centre()
    place = enrolled(centre)
    assert list(days.not_taken(Scope.EVERYTHING, made.today())) == [centre]
    actions.mark(place, actor=SYSTEM, at=made.now(), day=made.today(), coming=Coming.ABSENT)
    assert list(days.not_taken(Scope.EVERYTHING, made.today())) == []


def test_no_more_persons_than_places() -> None:
    centre = made.centre(places=1)
    enrolled(centre)
    with pytest.raises(Refused, match="are taken"):
        enrolled(centre)
    actions.change_days(centre, actor=SYSTEM, at=made.now(), places=3, open_days=[1, 2])
    with pytest.raises(Refused, match="closed"):
        enrolled(centre)
    with pytest.raises(Refused, match="at least one day"):
        actions.enrol(
            centre, actor=SYSTEM, at=made.now(), person=made.person(1), weekdays=[], since=made.today()
        )


def test_who_lives_in_a_home_does_not_come_by_the_day() -> None:
    centre, who, house = made.centre(), made.person(3), made.house()
    place = enrolled(centre, who)
    made.Bed.everywhere.update(since=made.today(-30))
    made.admitted(house, who, since=made.today(-2))
    with pytest.raises(Refused, match=house.facility.name):
        actions.mark(place, actor=SYSTEM, at=made.now(), day=made.today(), coming=Coming.PRESENT)
    other = made.centre()
    with pytest.raises(Refused, match=house.facility.name):
        actions.enrol(other, actor=SYSTEM, at=made.now(), person=who, weekdays=EVERY, since=made.today())
    (line,) = days.roll(centre.facility_id, Scope.EVERYTHING, made.today())
    assert line.lives is not None


def test_the_days_record_is_sealed_and_reading_it_is_an_act() -> None:
    house = made.house(rooms="")
    centre, who = made.centre(house), made.person(1)
    line = actions.mark(
        enrolled(centre, who), actor=SYSTEM, at=made.now(), day=made.today(), coming=Coming.PRESENT
    )
    client, page = house.manager(), f"/day-attendance/{line.pk}/"
    form = {"condition": "poor", "temperature": "37.8", "note": "午后咳嗽"}
    assert client.post(f"{page}write_record/", form | {"temperature": "99"}).status_code == 422
    assert client.post(f"{page}write_record/", form).status_code == 302
    line.refresh_from_db()
    assert "咳嗽".encode() not in bytes(line.record_sealed)
    assert line.record == {"condition": Condition.POOR, "temperature": 378, "note": "午后咳嗽"}
    assert "37.8 °C · 午后咳嗽" in client.get(page).content.decode()
    assert Act.objects.filter(verb="stays.read_record", kind=Act.Kind.READ).count() == 1
    assert not Act.objects.filter(after__icontains="咳嗽").exists()
    kin = make.user("family", make.COUNTY)
    tie(who.pk, kin.pk, Tie.Kind.KIN, region_id=who.region_id, since=made.today(-1))
    family = providers.client_of(kin)
    assert family.get(page).status_code == 200
    assert "到托" in family.get("/family/").content.decode()


def test_a_month_is_counted_for_the_centre_and_for_the_indicator() -> None:
    centre = made.centre(places=4)
    first, second = enrolled(centre), enrolled(centre)
    for place, coming in ((first, Coming.PRESENT), (second, Coming.ABSENT)):
        actions.mark(place, actor=SYSTEM, at=made.now(), day=made.today(), coming=coming, meals=1)
    found = days.month_of(centre, Scope.EVERYTHING, made.today())
    assert (found.persons, found.days, found.meals, found.fen, found.possible) == (1, 1, 1, 3800, 4)
    provider = provider_of("day_care_use")
    assert provider is not None
    span = Span(Period.holding(made.today()), make.COUNTY, make.COUNTY + 10**6)
    assert [row[1:] for row in provider(span)] == [(1, 4)]


def test_activities_have_places_and_only_who_comes_takes_part() -> None:
    house = made.house(rooms="")
    centre = made.centre(house)
    place, client = enrolled(centre, made.person(1, name="宋春梅")), house.manager()
    form = {
        "name": "合唱",
        "day": made.today().isoformat(),
        "starts": "14:00",
        "ends": "15:30",
        "places": "1",
    }
    assert client.post(f"/day-care/{centre.pk}/plan_activity/", form | {"ends": "13:00"}).status_code == 422
    assert client.post(f"/day-care/{centre.pk}/plan_activity/", form).status_code == 302
    activity = days.activities(house.facility.pk, Scope.EVERYTHING, made.today())[0]
    page = f"/activities/{activity.pk}/"
    assert client.post(f"{page}take_part/", {"person": str(place.person_id)}).status_code == 302
    assert client.post(f"{page}take_part/", {"person": str(place.person_id)}).status_code == 422
    with pytest.raises(Refused, match="no place at this centre"):
        actions.take_part(activity, actor=SYSTEM, at=made.now(), person=str(made.person(1).pk))
    with pytest.raises(Refused, match="are taken"):
        actions.take_part(activity, actor=SYSTEM, at=made.now(), person=str(enrolled(centre).person_id))
    assert "宋春梅" in client.get(page).content.decode()
    assert client.post(f"{page}drop_out/", {"person": str(place.person_id)}).status_code == 302
    assert not Entry.everywhere.exists()
    assert activity.starts == time(14)


def test_a_place_ends_and_its_days_stay() -> None:
    house = made.house(rooms="")
    place = enrolled(made.centre(house))
    actions.mark(place, actor=SYSTEM, at=made.now(), day=made.today(), coming=Coming.PRESENT)
    client = house.manager()
    form = {"until": made.today().isoformat(), "reason": "搬走"}
    assert client.post(f"/day-places/{place.pk}/stop_coming/", form).status_code == 302
    assert client.post(f"/day-places/{place.pk}/stop_coming/", form).status_code in (404, 422)
    assert Attendance.everywhere.count() == 1
    assert not Tie.everywhere.filter(person_id=place.person_id, until=None, kind=Tie.Kind.FACILITY).exists()
