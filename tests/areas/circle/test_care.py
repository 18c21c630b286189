"""The public finder: open to everybody, about places and never about people."""

from __future__ import annotations

import csv
import io
import json

import pytest
from django.test import Client
from tests import make
from tests.areas.circle import made

from songhe.areas.circle.book import book
from songhe.areas.circle.screens import care
from songhe.areas.providers.api import Facility
from songhe.engines.access.api import Scope, entered
from songhe.engines.regions.tree import name_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Facility:
    """A day-care centre of a village, and somebody who lives beside it."""
    made.forget()
    care.DOOR.seen.clear()
    with entered(Scope.EVERYTHING):
        made.living(make.village(), made.HERE, name="隐私人")
        return made.site(
            made.at(made.HERE, 90),
            make.village(),
            name="崖头日间照料中心",
            phone="0631-7561234",
            address="崖头街道文化路1号",
        )


def test_care_is_found_by_place_name_and_address(place: Facility) -> None:
    visitor = Client()
    village, town = name_of(make.village()), name_of(make.town())
    for words in ("崖头日间", village, f"荣成市{town}{village}12号"):
        page = visitor.get("/care/", {"q": words})
        assert page.status_code == 200
        text = page.content.decode()
        assert "崖头日间照料中心" in text, words
        assert 'href="tel:06317561234"' in text
        assert "0.9" in text, "the walking speed is said"


def test_care_is_found_by_a_point_of_any_frame(place: Facility) -> None:
    visitor = Client()
    text = visitor.get(
        "/care/", {"lon": made.HERE.lon, "lat": made.HERE.lat, "kind": "day_care"}
    ).content.decode()
    assert "崖头日间照料中心" in text
    assert visitor.get("/care/", {"lon": "110.1", "lat": "30.2"}).status_code == 422
    assert visitor.get("/care/", {"lon": "x", "lat": "30.2"}).status_code == 422
    assert visitor.get("/care/", {"lon": "37.16", "lat": "122.42"}).status_code == 422
    assert visitor.get("/care/", {"q": "没有这个地方的名字"}).status_code == 200
    assert visitor.get("/care/", {"q": "崖头", "at": "99", "kind": "no"}).status_code == 200


def test_nobody_is_on_the_public_pages(place: Facility) -> None:
    visitor = Client()
    paths = (
        "/care/",
        "/care/?q=崖头",
        f"/care/{place.pk}/",
        "/care/data/",
        "/care/facilities.geojson",
        "/care/facilities.csv",
    )
    for path in paths:
        answer = visitor.get(path)
        assert answer.status_code == 200, path
        assert "隐私人" not in answer.content.decode()
    assert visitor.get("/care/01900000-0000-7000-8000-000000000001/").status_code == 404
    assert "/care/" in visitor.get("/login/").content.decode()


def test_open_data_says_its_licence(place: Facility) -> None:
    answer = Client().get("/care/facilities.geojson")
    body = json.loads(answer.content)
    assert body["license"] == book().licence.url
    assert "max-age" in answer["Cache-Control"]
    (feature,) = [one for one in body["features"] if one["properties"]["name"] == "崖头日间照料中心"]
    assert feature["geometry"]["coordinates"][0] == pytest.approx(made.at(made.HERE, 90).lon, abs=1e-5)
    rows = list(csv.DictReader(io.StringIO(Client().get("/care/facilities.csv").content.decode("utf-8-sig"))))
    assert {row["license"] for row in rows} == {book().licence.url}


def test_one_address_cannot_ask_without_end(place: Facility) -> None:
    visitor = Client(REMOTE_ADDR="10.9.8.6")  # nobody else's door is shut by this
    codes = {visitor.get("/care/").status_code for _ in range(book().finder.questions + 1)}
    assert codes == {200, 429}
    assert Client(REMOTE_ADDR="10.9.8.7").get("/care/").status_code == 200
