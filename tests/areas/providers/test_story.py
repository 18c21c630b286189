"""Organisations, sites and workers through the browser: an insider, a neighbour, a stranger."""

from __future__ import annotations

from datetime import date

import pytest
from tests import make
from tests.areas.providers import made

from songhe.areas.providers import api
from songhe.areas.providers.models import Facility, Kind, Organisation, State, Worker
from songhe.core.codes import Point
from songhe.engines.access.api import Scope, entered
from songhe.engines.acts.models import Act

pytestmark = pytest.mark.django_db


def test_an_officer_registers_an_organisation_and_a_site_and_places_it() -> None:
    desk = made.client_of(make.user("county_officer", make.COUNTY))
    form = {
        "name": "荣成市安康养老服务中心",
        "region": str(make.COUNTY),
        "kinds": ["home", "meals"],
        "since": "2021-03-01",
        "credit_code": made.code(),
        "phone": "0631-7551234",
    }
    assert desk.post("/organisations/do/register_organisation/", form).status_code == 302
    owner = Organisation.everywhere.get(name=form["name"])
    site = {
        "organisation": str(owner.pk),
        "name": "崖头日间照料中心",
        "kind": "day_care",
        "region": str(make.village()),
        "since": "2022-01-01",
        "address": "成山大道1号",
    }
    assert desk.post("/facilities/do/register_facility/", site).status_code == 302
    placed = Facility.everywhere.get(name=site["name"])
    place = {
        "to": str(make.village()),
        "address": "成山大道2号",
        "lon": "122.4867",
        "lat": "37.1652",
        "frame": "gcj02",
    }
    assert desk.post(f"/facilities/{placed.pk}/move_facility/", place).status_code == 302
    placed.refresh_from_db()
    assert placed.point is not None
    assert 300 < (api.metres(placed.point, Point(122.4867, 37.1652)) or 0) < 900, (
        "shifted out of the map's frame"
    )
    assert (
        desk.post(f"/facilities/{placed.pk}/set_beds/", {"beds": "20", "nursing_beds": "12"}).status_code
        == 302
    )
    assert api.beds(Scope.EVERYTHING, date(2026, 11, 25))["nursing"] >= 12
    assert "崖头日间照料中心" in desk.get("/facilities/").content.decode()
    page = desk.get(f"/organisations/{owner.pk}/").content.decode()
    assert "崖头日间照料中心" in page
    assert Act.objects.filter(subject_id=placed.pk).count() == 3


def test_bad_input_is_refused_with_its_reason() -> None:
    desk = made.client_of(make.user("county_officer", make.COUNTY))
    known = made.organisation()
    good = {
        "name": "另一家",
        "region": str(make.COUNTY),
        "kinds": ["home"],
        "since": "2021-03-01",
        "credit_code": made.code(),
    }
    for bad in (
        {"credit_code": known.credit_code},
        {"credit_code": "91371082MA000000X1"},
        {"since": "2199-01-01"},
        {"name": "带\0零"},
        {"name": "字" * 121},
        {"kinds": ["rocket"]},
        {"region": str(make.OTHER_COUNTY)},
        {"phone": "99"},
    ):
        assert desk.post("/organisations/do/register_organisation/", good | bad).status_code == 422, bad
    assert not Organisation.everywhere.filter(name="另一家").exists()
    site = made.facility(known)
    for bad in ({"lon": "37.1", "lat": "122.4"}, {"lon": "abc", "lat": "1"}, {"lon": "122.4", "lat": ""}):
        place = {"to": str(make.COUNTY), "address": "", "frame": "wgs84"} | bad
        assert desk.post(f"/facilities/{site.pk}/move_facility/", place).status_code == 422, bad
    assert (
        desk.post(f"/facilities/{site.pk}/set_beds/", {"beds": "5", "nursing_beds": "6"}).status_code == 422
    )


def test_a_neighbour_and_a_stranger_see_and_change_nothing() -> None:
    owner = made.organisation()
    site, somebody = made.facility(owner), made.worker(owner)
    neighbour = made.client_of(make.user("county_officer", make.OTHER_COUNTY))
    rival = made.client_of(make.user("organisation_manager", make.COUNTY, holder_id=made.organisation().pk))
    for client in (neighbour, rival):
        for path in (f"/organisations/{owner.pk}/", f"/facilities/{site.pk}/", f"/workers/{somebody.pk}/"):
            assert client.get(path).status_code == 404
        assert owner.name not in client.get("/organisations/").content.decode()
    assert neighbour.post(
        f"/organisations/{owner.pk}/suspend_organisation/", {"reason": "x"}
    ).status_code in (403, 404)
    assert rival.post(f"/organisations/{owner.pk}/hire_worker/", {"name": "李四"}).status_code == 404
    with entered(make.user("county_officer", make.OTHER_COUNTY).scope()):
        assert not Worker.everywhere.exists()


def test_a_manager_takes_on_a_worker_whose_number_is_sealed() -> None:
    owner = made.organisation()
    office = made.client_of(make.user("organisation_manager", make.COUNTY, holder_id=owner.pk))
    form = {
        "name": "张桂兰",
        "sex": "f",
        "skills": ["senior_care"],
        "since": "2026-01-05",
        "phone": "13863119876",
    }
    assert office.post(f"/organisations/{owner.pk}/hire_worker/", form).status_code == 302
    hired = Worker.everywhere.get(name="张桂兰")
    assert (hired.phone_masked, hired.phone) == ("138******76", "13863119876")
    assert b"13863119876" not in bytes(hired.phone_sealed)
    assert "13863119876" not in office.get(f"/workers/{hired.pk}/").content.decode()
    assert "13863119876" not in str(list(Act.objects.values_list("after", flat=True)))
    hours = {"days": ["1", "2", "3"], "works_from": "09:00", "works_until": "08:00"}
    assert office.post(f"/workers/{hired.pk}/set_hours/", hours).status_code == 422
    assert office.post(f"/workers/{hired.pk}/set_hours/", hours | {"works_until": "17:00"}).status_code == 302
    assert office.post(f"/workers/{hired.pk}/end_employment/", {"on": "2025-01-01"}).status_code == 422
    assert office.post(f"/workers/{hired.pk}/end_employment/", {"on": "2026-11-01"}).status_code == 302
    assert office.post(f"/workers/{hired.pk}/edit_worker/", form).status_code == 422


def test_an_organisation_closes_only_when_nothing_of_it_works() -> None:
    owner = made.organisation()
    made.facility(owner)
    office = made.client_of(make.user("city_officer"))
    assert (
        office.post(f"/organisations/{owner.pk}/close_organisation/", {"reason": "停业"}).status_code == 422
    )
    (site,) = Facility.everywhere.filter(organisation=owner)
    assert (
        office.post(
            f"/facilities/{site.pk}/close_facility/", {"on": "2019-01-01", "reason": "停业"}
        ).status_code
        == 422
    )
    assert (
        office.post(
            f"/facilities/{site.pk}/close_facility/", {"on": "2026-11-01", "reason": "停业"}
        ).status_code
        == 302
    )
    assert (
        office.post(f"/organisations/{owner.pk}/close_organisation/", {"reason": "停业"}).status_code == 302
    )
    owner.refresh_from_db()
    assert owner.state == State.CLOSED
    assert (
        office.post(f"/organisations/{owner.pk}/close_organisation/", {"reason": "停业"}).status_code == 422
    )


def test_a_canteen_counts_while_it_operates_whoever_asks() -> None:
    village, day = make.village(), date(2026, 11, 25)
    site = made.facility(made.organisation(), Kind.DINING_TABLE, village)
    with entered(Scope.NOTHING):
        assert api.operating_canteen(village, day)
        assert not api.operating_canteen(village, date(2019, 1, 1))
        assert api.canteen_regions(make.COUNTY, day) == {village}
    Facility.everywhere.filter(pk=site.pk).update(state=State.SUSPENDED)
    assert not api.operating_canteen(village, day)


def test_the_nearest_qualified_worker_comes_first() -> None:
    owner, day = made.organisation(), date(2026, 11, 25)
    far = made.worker(owner, "care", lon=122.50, lat=37.20)
    near = made.worker(owner, "senior_care", lon=122.42, lat=37.16)
    nowhere = made.worker(owner, "care")
    made.worker(owner, "cook", lon=122.42, lat=37.16)
    gone = made.worker(owner, "care", lon=122.42, lat=37.16)
    Worker.everywhere.filter(pk=gone.pk).update(until=date(2026, 1, 1), since=date(2025, 1, 1))
    found = api.nearest_qualified(Scope.EVERYTHING, "0103", Point(122.421, 37.161), on=day)
    assert [worker.pk for worker, _metres in found] == [near.pk, far.pk, nowhere.pk]
    assert found[0][1] is not None
    assert found[0][1] < 300
    assert found[2][1] is None
