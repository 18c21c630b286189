"""One record through the browser: find, sort, page, open, act, refuse, export."""

from __future__ import annotations

import csv
import io
from base64 import urlsafe_b64encode
from datetime import date
from uuid import UUID, uuid4

import openpyxl
import pytest
from django.test import Client
from django.utils.html import escape
from tests import make
from tests.kit.conftest import ties
from tests.kit.people import logged_in

from songhe.engines.access.api import Tie
from songhe.engines.acts.models import Act
from songhe.engines.regions.models import Region
from songhe.kit.views import home

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer() -> Client:
    """A county officer in Rongcheng, reading English."""
    client = logged_in(make.user("county_officer", make.COUNTY))
    client.cookies["django_language"] = "en"
    return client


def test_pages_reach_every_row_once_in_both_directions(officer: Client) -> None:
    made = ties(120, make.village(), since=date(2026, 3, 1))
    url, seen, back = "/ties/", [], []
    while url:
        page = officer.get(url).context["page"]
        seen += [row.pk for row in page.rows]
        last = page
        url = f"/ties/?cursor={page.after}" if page.after else ""
    assert len(seen) == len(set(seen)) == 120
    assert set(seen) == {tie.pk for tie in made}
    assert (last.first, len(last.rows)) == (101, 20)
    while last.before:
        last = officer.get(f"/ties/?cursor={last.before}").context["page"]
        back = [row.pk for row in last.rows] + back
    assert back == seen[:100]
    assert last.first == 1


def test_sorting_by_a_column_that_may_be_empty_loses_nothing(officer: Client) -> None:
    made = ties(60, make.village())
    Tie.everywhere.filter(pk__in=[tie.pk for tie in made[:25]]).update(until=date(2026, 12, 1))
    for sort in ("until", "-until"):
        first = officer.get("/ties/", {"sort": sort}).context["page"]
        second = officer.get("/ties/", {"sort": sort, "cursor": first.after}).context["page"]
        assert {row.pk for row in [*first.rows, *second.rows]} == {tie.pk for tie in made}


def written(text: str) -> str:
    """A cursor with this inside."""
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        *("x", "WzBd", "bnVsbA", "W3t9XQ", "é", "WzAsMCwieCIsInkiXQ"),
        written(f'[0,Infinity,"2026-01-01","{UUID(int=7)}"]'),
        written(f'[0,1,"2026-01-01","{UUID(int=7)}\\u0000"]'),
        written("[" * 3000),
    ],
)
def test_a_cursor_that_nobody_wrote_is_the_first_page(officer: Client, cursor: str) -> None:
    ties(1, make.village())
    assert officer.get("/ties/", {"cursor": cursor}).context["page"].first == 1


def test_filters_stay_in_the_address_and_narrow_the_rows(officer: Client) -> None:
    ties(2, make.village())
    ties(3, make.village(nth=5), kind=Tie.Kind.KIN, since=date(2026, 6, 1))
    found = officer.get("/ties/", {"kind": "kin", "since_from": "2026-06-01", "since_to": "2026-06-01"})
    assert found.context["count"] == 3
    assert b'<option value="kin" selected>' in found.content
    assert officer.get("/ties/", {"region": str(make.village())}).context["count"] == 2
    assert officer.get("/ties/", {"q": "KIN"}).context["count"] == 3
    assert officer.get("/ties/", {"since_to": "9999-12-31"}).context["count"] == 5
    assert officer.get("/ties/", {"region": "9" * 5000}).status_code == 200
    wrong = officer.get("/ties/", {"kind": "nonsense", "since_from": "yesterday"})
    assert wrong.status_code == 200
    assert wrong.context["count"] == 5
    assert b"fault" in wrong.content


def test_an_empty_list_says_what_to_do(officer: Client) -> None:
    assert "Nothing here yet" in officer.get("/ties/").content.decode()
    ties(1, make.village())
    assert "Nothing matches" in officer.get("/ties/", {"kind": "kin"}).content.decode()


def test_htmx_gets_only_the_rows(officer: Client) -> None:
    ties(1, make.village())
    part = officer.get("/ties/", headers={"HX-Request": "true"}).content
    assert b"<table" in part
    assert b"<html" not in part


def test_a_verb_asks_then_acts_once(officer: Client) -> None:
    (tie,) = ties(1, make.village())
    target = Region.objects.get(code=make.village(nth=9))
    url = f"/ties/{tie.pk}/carry/"
    form = officer.get(url)
    assert 'name="to__words"' in form.content.decode()
    data = {"_key": uuid4().hex, "to": str(target.code), "reason": "moved"}
    for _twice in range(2):
        answer = officer.post(url, data)
        assert (answer.status_code, answer.headers["Location"]) == (302, f"/ties/{tie.pk}/")
    tie.refresh_from_db()
    assert tie.region_id == target.code
    assert Act.objects.filter(subject_id=tie.pk, verb="registry.carry").count() == 1
    assert officer.post(url, {**data, "reason": "something else"}).status_code == 422


def test_a_refusal_stands_on_its_field(officer: Client) -> None:
    (tie,) = ties(1, make.village())
    place = Region.objects.get(code=make.village())
    answer = officer.post(f"/ties/{tie.pk}/carry/", {"to": str(place.code)})
    assert answer.status_code == 422
    assert answer.context["form"].errors["to"] == [f"It is already in {place}. Choose another region."]
    assert escape(str(place)) in answer.content.decode()


def test_the_picker_works_by_words_alone(officer: Client) -> None:
    (tie,) = ties(1, make.village())
    url = f"/ties/{tie.pk}/carry/"
    assert "Nothing matches" in officer.post(url, {"to__words": "没有这样的地方"}).content.decode()
    many = officer.post(url, {"to__words": "村"})
    assert "Several match" in many.content.decode()
    assert many.content.decode().count('type="radio"') == 12
    wanted = Region.objects.filter(code__gte=make.COUNTY, code__lt=make.COUNTY + 10**6, level=4)[1]
    assert officer.post(url, {"to__words": wanted.name}).status_code == 302
    tie.refresh_from_db()
    assert tie.region_id == wanted.code
    part = officer.get("/pick/region/", {"to__words": wanted.name[:2]}).content.decode()
    assert f'value="{wanted.code}"' in part


def test_the_picker_offers_nothing_outside_the_scope(officer: Client) -> None:
    (tie,) = ties(1, make.village())
    outside = make.village(make.OTHER_COUNTY)
    answer = officer.post(f"/ties/{tie.pk}/carry/", {"to": str(outside)})
    assert "not in your area" in answer.content.decode()
    name = Region.objects.get(code=make.OTHER_COUNTY).name
    assert 'type="radio"' not in officer.get("/pick/region/", {"to__words": name}).content.decode()


def test_a_verb_that_does_not_fit_the_state_is_not_offered_and_refused(officer: Client) -> None:
    (tie,) = ties(1, make.village())
    assert officer.post(f"/ties/{tie.pk}/close/").status_code == 302
    assert f"/ties/{tie.pk}/close/" not in officer.get(f"/ties/{tie.pk}/").content.decode()
    assert officer.get(f"/ties/{tie.pk}/close/").status_code == 422
    assert officer.post(f"/ties/{tie.pk}/close/").status_code == 422


def test_a_verb_without_a_row_makes_one_and_opens_it(officer: Client) -> None:
    data = {"region": str(make.village()), "kind": "kin", "since": "2026-11-01"}
    answer = officer.post("/ties/do/begin/?next=//evil.example/", data)
    made = Tie.everywhere.get(kind="kin")
    assert answer.headers["Location"] == f"/ties/{made.pk}/"
    assert officer.post("/ties/do/begin/?next=/me/", data).headers["Location"] == "/me/"


def test_dialogs_answer_htmx_with_parts(officer: Client) -> None:
    (tie,) = ties(1, make.village())
    url, asks = f"/ties/{tie.pk}/close/", {"HX-Request": "true"}
    form = officer.get(url, headers=asks).content
    assert b"<html" not in form
    assert b"hx-post" in form
    done = officer.post(url, headers=asks)
    assert done.headers["HX-Redirect"] == f"/ties/{tie.pk}/"
    assert officer.post(url, headers=asks).status_code == 422


def test_scripts_get_json(officer: Client) -> None:
    (tie,) = ties(1, make.village())
    asks = {"Accept": "application/json"}
    wrong = officer.post(f"/ties/{tie.pk}/carry/", {}, headers=asks)
    assert (wrong.status_code, list(wrong.json()["fields"])) == (422, ["to"])
    here = officer.post(f"/ties/{tie.pk}/carry/", {"to": str(tie.region_id)}, headers=asks)
    assert (here.status_code, here.json()["code"]) == (422, "already_there")
    key = {"_key": "k1"}
    assert officer.post(f"/ties/{tie.pk}/close/", key, headers=asks).json() == {"url": f"/ties/{tie.pk}/"}
    assert officer.post(f"/ties/{tie.pk}/close/", key, headers=asks).json() == {"url": f"/ties/{tie.pk}/"}
    assert officer.post(f"/ties/{tie.pk}/close/", {**key, "x": "1"}, headers=asks).status_code == 409


def test_exports_cannot_become_formulas(officer: Client) -> None:
    (tie,) = ties(1, make.village(), kind="=1+2")
    assert tie
    text = officer.get("/ties/", {"format": "csv"}).content.decode("utf-8-sig")
    assert next(csv.DictReader(io.StringIO(text)))["Kind"] == "'=1+2"
    book = openpyxl.load_workbook(io.BytesIO(officer.get("/ties/", {"format": "xlsx"}).content))
    assert book.active is not None
    cell = book.active.cell(2, 2)
    assert (cell.value, cell.data_type) == ("=1+2", "s")
    assert Act.objects.filter(verb="ties.export", kind="bulk", rows=1).count() == 2


def test_the_home_page_greets_and_shows_what_waits(officer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home, "SHORT_CUTS", 99)
    page = officer.get("/").content.decode()
    assert "county_officer" in page
    assert "Open ties" in page
    assert "/ties/do/begin/" in page
    assert officer.get("/board/3/").status_code == 200
    worker = logged_in(make.user("volunteer", make.COUNTY))
    assert "/ties/" not in worker.get("/").content.decode()
    assert worker.get("/board/3/").status_code == 403
