"""The file of a site through the browser: an insider, a neighbour, a stranger; and what the register says of a day."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from PIL import Image
from tests import make
from tests.areas.providers import made

from songhe.areas.providers import actions, api
from songhe.areas.providers.models import (
    Facility,
    Kind,
    Mode,
    Operation,
    Permit,
    Photo,
    Price,
    SiteDouble,
    SiteFact,
    SiteFunction,
    Staffing,
    State,
)
from songhe.areas.providers.queries.register import register_on
from songhe.areas.providers.screens.home import ending, lapsing
from songhe.engines.access.api import SYSTEM, Scope, elevated, entered
from songhe.engines.acts.models import Act
from songhe.engines.regions.ids import uuid7

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 25)


def picture() -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), (200, 100, 50)).save(out, "JPEG")
    return SimpleUploadedFile("front.jpg", out.getvalue(), "image/jpeg")


def officer() -> Client:
    return made.client_of(make.user("county_officer", make.COUNTY))


def on(site: Facility, day: date, known_at: datetime | None = None) -> dict[str, object]:
    return {entry.what: entry.value for entry in register_on(site, day, known_at=known_at)}


def test_a_file_is_filled_until_nothing_is_missing() -> None:
    site = made.facility(made.organisation(), Kind.DAY_CARE, make.village())
    assert {"hours", "prices", "staff", "face", "day_places"} <= set(site.gaps)
    desk, page = officer(), f"/facilities/{site.pk}/"
    assert "开放时间" in desk.get(page).content.decode()
    steps: list[tuple[str, dict[str, object]]] = [
        ("describe_facility", {"name": site.name, "kind": "day_care", "ownership": "collective", "mode": "own", "phone": "0631-7551234"}),
        ("move_facility", {"to": str(make.village()), "address": "成山大道2号", "lon": "122.4867", "lat": "37.1652", "frame": "gcj02"}),
        ("publish_facility", {"public_phone": "0631-8001234", "description": "白天照看，晚上回家。"}),
        ("set_beds", {"beds": "0", "nursing_beds": "0", "area_m2": "420", "day_places": "20"}),
        ("set_opening", {"days": ["1", "2", "3", "4", "5"], "opens": "08:00", "closes": "11:30", "opens_again": "13:00", "closes_again": "17:00"}),
        ("set_price", {"item": "日间照料", "per": "day", "fen": "35.50", "since": "2026-01-01"}),
        ("count_staff", {"job": "carer", "number": "4", "certified": "3"}),
        ("enter_paper", {"kind": "fire", "issued_on": "2025-01-01", "number": "消001"}),
        ("add_photo", {"file": picture(), "caption": "大门", "public": "on"}),
        ("add_function", {"kind": "canteen", "since": "2026-01-01", "diners": "40"}),
        ("enter_paper", {"kind": "food", "issued_on": "2025-01-01", "valid_until": "2029-12-31"}),
        ("add_agreement", {"body": "崖头卫生院", "what": "每周巡诊", "since": "2026-01-01"}),
        ("rate_facility", {"stars": "4", "rated_on": "2025-06-01", "source": "市评定委员会公告"}),
    ]  # fmt: skip
    for verb, form in steps:
        answer = desk.post(f"{page}{verb}/", form)
        assert answer.status_code == 302, (verb, answer.content.decode()[-1500:])
    site.refresh_from_db()
    assert site.gaps == []
    assert site.opening.week[1] == ((480, 690), (780, 1020))
    shown = desk.get(page).content.decode()
    for words in ("35.50", "大门", "崖头卫生院", "★★★★", "消001", "08:00–11:30", "100 %"):
        assert words in shown, words
    (public,) = [
        found
        for found in api.places(make.COUNTY, make.COUNTY + 10**6, on=TODAY, service="meals")
        if found.id == site.pk
    ]
    assert {"day_care", "meals"} <= set(public.services)
    assert (public.capacity["day_care"], public.capacity["meals"], public.stars) == (20, 40, 4)
    assert [(price.item, price.fen) for price in public.prices] == [("日间照料", 3550)]
    assert public.phone == "06318001234"
    assert public.open_at(datetime(2026, 11, 25, 2, 0, tzinfo=UTC)), "ten o'clock on a Wednesday"
    assert not public.open_at(datetime(2026, 11, 25, 4, 0, tzinfo=UTC)), "noon"
    assert api.hours_words(public.opening)[0][1] in ("08:00–11:30、13:00–17:00", "08:00–11:30, 13:00–17:00")


def test_bad_input_into_a_file_is_refused_with_its_reason() -> None:
    site = made.facility(made.organisation(), Kind.DAY_CARE, make.village())
    desk = officer()
    bad: list[tuple[str, dict[str, object]]] = [
        ("set_opening", {"days": ["1"], "opens": "10:00", "closes": "09:00"}),
        ("set_opening", {"days": ["1"], "opens": "10:00"}),
        ("set_opening", {"days": ["1"], "opens": "08:00", "closes": "12:00", "opens_again": "11:00", "closes_again": "13:00"}),
        ("set_opening", {"days": ["9"], "opens": "08:00", "closes": "12:00"}),
        ("except_days", {"first": "2026-12-05", "last": "2026-12-01"}),
        ("except_days", {"first": "2026-12-05", "last": "2036-12-01"}),
        ("set_price", {"item": "", "per": "day", "fen": "1", "since": "2026-01-01"}),
        ("set_price", {"item": "床位", "per": "day", "fen": "-1", "since": "2026-01-01"}),
        ("set_price", {"item": "床位", "per": "day", "fen": "1.234", "since": "2026-01-01"}),
        ("count_staff", {"job": "carer", "number": "2", "certified": "3"}),
        ("enter_paper", {"kind": "fire", "issued_on": "2199-01-01"}),
        ("enter_paper", {"kind": "fire", "issued_on": "2025-01-01", "valid_until": "2024-01-01"}),
        ("enter_paper", {"kind": "fire", "issued_on": "2025-01-01", "number": "带\0零"}),
        ("add_photo", {"file": SimpleUploadedFile("x.jpg", b"no picture")}),
        ("add_function", {"kind": "day_care", "since": "2026-01-01"}),
        ("add_function", {"kind": "rocket", "since": "2026-01-01"}),
        ("add_agreement", {"body": "卫生院", "what": "巡诊", "since": "2026-01-01", "until": "2025-01-01"}),
        ("rate_facility", {"stars": "6", "rated_on": "2025-01-01", "source": "x"}),
        ("rate_facility", {"stars": "5", "rated_on": "2025-01-01", "source": ""}),
        ("set_beds", {"beds": "0", "nursing_beds": "0", "since": "2019-01-01"}),
        ("correct_register", {"what": "beds", "value": "viele", "reason": "x"}),
        ("correct_register", {"what": "kind", "value": "spaceship", "reason": "x"}),
        ("correct_register", {"what": "beds", "value": "5", "reason": "x", "since": "2026-01-01", "until": "2025-01-01"}),
        ("correct_register", {"what": "state", "value": "closed", "reason": "x"}),
        ("show_photo", {"photo": "none"}),
    ]  # fmt: skip
    for verb, form in bad:
        assert desk.post(f"/facilities/{site.pk}/{verb}/", form).status_code == 422, (verb, form)
    for model in (Price, Permit, Staffing, SiteFunction, Photo, SiteFact):
        assert not model.everywhere.filter(facility=site).exists(), "nothing half-written"
    assert officer().get("/facilities/", {"gap": "hours"}).status_code == 200
    for text in ("2026-13-40", "x", ""):
        assert desk.get(f"/facilities/{site.pk}/", {"as_of": text, "known": text}).status_code == 200


def test_a_neighbour_a_rival_and_a_stranger_reach_nothing_of_a_file() -> None:
    owner = made.organisation()
    site = made.facility(owner, Kind.DAY_CARE, make.village())
    contract = made.operation(site)
    actions.add_photo(site, actor=SYSTEM, at=made.AT, file=picture(), public=False)
    photo = Photo.everywhere.get(facility=site)
    neighbour = made.client_of(make.user("county_officer", make.OTHER_COUNTY))
    rival = made.client_of(make.user("organisation_manager", make.COUNTY, holder_id=made.organisation().pk))
    form = {"item": "床位", "per": "day", "fen": "1", "since": "2026-01-01"}
    for client in (neighbour, rival):
        assert client.get(f"/facilities/{site.pk}/").status_code == 404
        assert client.get(f"/operations/{contract.pk}/").status_code == 404
        assert client.post(f"/facilities/{site.pk}/set_price/", form).status_code == 404
        assert client.get(f"/files/{photo.attachment_id}/full/").status_code == 404
    assert Client().get(f"/places/photo/{photo.pk}/").status_code == 404, "not public"
    Photo.everywhere.filter(pk=photo.pk).update(public=True)
    assert Client().get(f"/places/photo/{photo.pk}/").headers["Content-Type"] == "image/jpeg"
    Facility.everywhere.filter(pk=site.pk).update(state=State.SUSPENDED)
    assert Client().get(f"/places/photo/{photo.pk}/").status_code == 404
    with entered(Scope.NOTHING):
        for model in (Photo, Price, Operation, SiteFact, SiteDouble):
            assert not model.everywhere.exists(), model
    own = made.client_of(make.user("facility_manager", make.COUNTY, holder_id=site.pk))
    Facility.everywhere.filter(pk=site.pk).update(state=State.ACTIVE)
    assert own.post(f"/facilities/{site.pk}/set_price/", form).status_code == 302
    paper = {"kind": "fire", "issued_on": "2025-01-01"}
    assert own.post(f"/facilities/{site.pk}/enter_paper/", paper).status_code == 403, (
        "papers are the office's"
    )


def test_the_register_tells_what_it_said_of_a_day_and_what_was_believed() -> None:
    site = made.facility(made.organisation(), Kind.NURSING_HOME, make.village())
    early, later = made.AT - timedelta(days=200), made.AT
    actions.set_beds(
        site, actor=SYSTEM, at=early, beds=40, nursing_beds=10, area_m2=900, since=date(2024, 1, 1)
    )
    actions.set_beds(
        site, actor=SYSTEM, at=later, beds=60, nursing_beds=30, area_m2=900, since=date(2026, 3, 1)
    )
    assert [on(site, day)["beds"] for day in (date(2023, 6, 1), date(2025, 6, 1), TODAY)] == [0, 40, 60]
    actions.correct_register(
        site, actor=SYSTEM, at=later + timedelta(hours=1), what="beds", value="50", reason="备案表",
        since=date(2024, 1, 1), until=date(2026, 3, 1),
    )  # fmt: skip
    site.refresh_from_db()
    assert site.beds == 60, "the present is as it was"
    assert on(site, date(2025, 6, 1))["beds"] == 50
    assert on(site, date(2025, 6, 1), later)["beds"] == 40, "what was believed before the correction"
    page = officer().get(f"/facilities/{site.pk}/", {"as_of": "2025-06-01"}).content.decode()
    assert "备案表" in page
    actions.suspend_facility(site, actor=SYSTEM, at=later, reason="装修", since=date(2026, 11, 1))
    actions.resume_facility(site, actor=SYSTEM, at=later, since=date(2026, 11, 20))
    assert [on(site, date(2026, 11, day))["state"] for day in (1, 10, 20)] == [
        "suspended",
        "suspended",
        "active",
    ]
    row = SiteFact.everywhere.get(facility=site, what="beds", recorded_until=None, valid_to=None)
    row.pk, row.valid_from = uuid7(), date(2026, 2, 1)
    with transaction.atomic():
        row.save(force_insert=True)
        with pytest.raises(IntegrityError):
            transaction.get_connection().check_constraints()
        transaction.set_rollback(True)


def test_one_contract_at_a_time_and_the_site_becomes_the_operators() -> None:
    owner, operator = made.organisation(), made.organisation()
    site = made.facility(owner, Kind.DAY_CARE, make.village())
    actions.set_price(
        site, actor=SYSTEM, at=made.AT, item="午餐", per=Price.Per.MEAL, fen=800, since=date(2026, 1, 1)
    )
    desk = officer()
    form = {
        "kind": "entrusted", "operator": str(operator.pk), "owner_name": "崖头街道办事处", "since": "2026-06-01",
        "until": "2026-12-31", "fen_per_year": "-20000", "professional": "on", "number": "委运1",
        "file": SimpleUploadedFile("c.pdf", b"%PDF-1.4 contract"),
    }  # fmt: skip
    url = f"/facilities/{site.pk}/entrust_facility/"
    assert desk.post(url, form).status_code == 302
    site.refresh_from_db()
    assert (site.organisation_id, site.mode) == (operator.pk, Mode.ENTRUSTED)
    assert on(site, date(2026, 5, 31))["organisation_id"] == str(owner.pk), "whose it was stays readable"
    assert Price.everywhere.get(facility=site).organisation_id == operator.pk, "the file follows the site"
    mine = made.client_of(make.user("organisation_manager", make.COUNTY, holder_id=operator.pk))
    former = made.client_of(make.user("organisation_manager", make.COUNTY, holder_id=owner.pk))
    contract = Operation.everywhere.get(facility=site)
    assert mine.get(f"/operations/{contract.pk}/").status_code == 200
    assert former.get(f"/facilities/{site.pk}/").status_code == 404
    overlapping = form | {"since": "2026-12-31", "until": "2027-12-31", "file": ""}
    assert desk.post(url, overlapping).status_code == 422
    following = form | {"since": "2027-01-01", "until": "2029-12-31", "file": "", "operator": str(owner.pk)}
    assert [row.pk for row in ending(Scope.EVERYTHING, made.AT)] == [contract.pk], "runs out soon"
    assert desk.post(url, following).status_code == 302
    assert not ending(Scope.EVERYTHING, made.AT), "it has a successor"
    assert actions.turn_operations(at=datetime(2027, 1, 2, 2, 0, tzinfo=UTC)) == 1
    site.refresh_from_db()
    assert site.organisation_id == owner.pk
    assert actions.turn_operations(at=datetime(2027, 1, 3, 2, 0, tzinfo=UTC)) == 0, "once"
    assert (
        desk.post(
            f"/operations/{contract.pk}/end_operation/", {"on": "2027-05-01", "reason": "x"}
        ).status_code
        == 422
    )
    assert (
        desk.post(
            f"/operations/{contract.pk}/end_operation/", {"on": "2026-12-01", "reason": "转型"}
        ).status_code
        == 302
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        Operation.everywhere.filter(pk=contract.pk).update(until=date(2028, 1, 1))
    assert Act.objects.filter(verb="providers.begin_operation").exists()


def test_a_price_takes_the_place_of_the_one_before() -> None:
    site = made.facility(made.organisation(), Kind.CANTEEN, make.village())
    for fen, since in ((800, date(2026, 1, 1)), (1000, date(2026, 7, 1))):
        actions.set_price(
            site, actor=SYSTEM, at=made.AT, item="午餐", per=Price.Per.MEAL, fen=fen, since=since
        )
    rows = list(Price.everywhere.filter(facility=site).order_by("since").values_list("fen", "until"))
    assert rows == [(800, date(2026, 7, 1)), (1000, None)]
    before = api.place(site.pk, on=date(2026, 3, 1))
    assert before is not None
    assert before.prices[0].fen == 800


def test_papers_that_run_out_are_a_to_do_until_a_newer_one_is_there() -> None:
    site = made.facility(made.organisation(), Kind.CANTEEN, make.village())
    paper = {"actor": SYSTEM, "at": made.AT, "kind": "food"}
    actions.enter_paper(site, **paper, issued_on=date(2023, 12, 1), valid_until=date(2026, 12, 1))
    assert [row.facility_id for row in lapsing(Scope.EVERYTHING, made.AT)] == [site.pk]
    actions.enter_paper(site, **paper, issued_on=date(2026, 11, 1), valid_until=date(2029, 11, 1))
    assert not lapsing(Scope.EVERYTHING, made.AT)


def test_double_entries_are_suspected_and_decided_once() -> None:
    one = made.facility(made.organisation(), Kind.HAPPINESS_HOME, make.village(), name="崖头村幸福院")
    other = made.facility(made.organisation(), Kind.HAPPINESS_HOME, make.village(), name="崖头村 幸福院")
    double = SiteDouble.everywhere.get()
    assert {double.first_id, double.second_id} == {one.pk, other.pk}
    desk = officer()
    page = desk.get(f"/site-doubles/{double.pk}/").content.decode()
    assert one.name in page
    keep = "first" if double.first_id == one.pk else "second"
    assert desk.post(f"/site-doubles/{double.pk}/one_site/", {"keep": keep, "reason": ""}).status_code == 422
    assert (
        desk.post(f"/site-doubles/{double.pk}/one_site/", {"keep": keep, "reason": "同一处"}).status_code
        == 302
    )
    other.refresh_from_db()
    assert (other.state, other.merged_into_id) == (State.CLOSED, one.pk)
    assert desk.post(f"/site-doubles/{double.pk}/two_sites/", {"reason": "x"}).status_code == 422
    assert actions.suspect_all(make.COUNTY, make.COUNTY + 10**6, at=made.AT) == 0, "decided is decided"
    town = made.client_of(make.user("town_officer", make.town()))
    assert town.get("/site-doubles/").status_code == 403


def test_what_is_public_is_the_same_for_everybody() -> None:
    site = made.facility(made.organisation(), Kind.CANTEEN, make.village())
    for scope in (Scope.NOTHING, Scope.EVERYTHING):
        with entered(scope):
            assert [place.id for place in api.places(make.COUNTY, make.COUNTY + 10**6, on=TODAY)] == [site.pk]
    assert not api.places(make.COUNTY, make.COUNTY + 10**6, on=date(2019, 1, 1))
    with elevated():
        Facility.everywhere.filter(pk=site.pk).update(state=State.SUSPENDED)
    assert api.place(site.pk, on=TODAY) is None
