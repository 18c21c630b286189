"""A large export: begun on the list, made by a job, taken by the one who asked, forgotten after a day."""

from __future__ import annotations

import zlib
from datetime import timedelta

import pytest
from django.test import Client
from tests import make
from tests.kit.conftest import ties
from tests.kit.people import logged_in

from songhe.engines.access.api import Scope, User, entered
from songhe.engines.acts.models import Act
from songhe.engines.jobs.api import run_due, start
from songhe.engines.vault.models import DataKey
from songhe.kit import tasks
from songhe.kit.clock import now
from songhe.kit.models import Export, ExportPart
from songhe.kit.views import exports

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(monkeypatch: pytest.MonkeyPatch) -> User:
    """A city officer; here ten rows are already large."""
    monkeypatch.setattr(exports, "DIRECT", 10)
    monkeypatch.setattr(tasks, "CHUNK", 7)
    return make.user("city_officer", make.COUNTY)


def begun(client: Client, query: str = "") -> str:
    """Ask for a large export; returns the address of its page."""
    answer = client.get(f"/ties/?format=csv{query}")
    assert answer.status_code == 302
    return answer.headers["Location"]


def test_every_row_of_the_scope_and_filter_comes_once(officer: User) -> None:
    ties(25, make.village())
    ties(3, make.village(), kind="kin")
    ties(9, make.village(make.OTHER_COUNTY))
    client = logged_in(officer)
    page = begun(client, "&kind=worker")
    assert "?file=1" not in client.get(page).content.decode()
    assert client.get(page + "?file=1").headers["Content-Type"].startswith("text/html")
    assert run_due(now()) == 1
    assert "?file=1" in client.get(page).content.decode()
    lines = client.get(page + "?file=1").content.decode("utf-8-sig").splitlines()
    assert len(lines) == 26
    assert len(set(lines)) == 26
    act = Act.objects.get(verb="ties.export")
    assert (act.rows, act.actor_id, len(act.content_hash)) == (25, officer.pk, 64)
    assert act.region_id == make.COUNTY
    with pytest.raises(zlib.error):
        zlib.decompress(bytes(ExportPart.objects.order_by("number")[1].body_sealed))


def test_nobody_else_can_take_it_and_the_right_is_needed(officer: User) -> None:
    ties(11, make.village())
    page = begun(logged_in(officer))
    run_due(now())
    other = make.user("city_officer", make.COUNTY)
    assert logged_in(other).get(page).status_code == 404
    assert logged_in(make.user("village_officer", make.COUNTY)).get("/ties/?format=csv").status_code == 403
    assert (
        "format=csv"
        not in logged_in(make.user("village_officer", make.COUNTY)).get("/ties/").content.decode()
    )


def test_what_a_large_file_lacks_is_said_before_and_beside_it(
    officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "MOST", 20)
    ties(25, make.village())
    ties(3, make.village(), kind="kin")
    client = logged_in(officer)
    asked = client.get("/ties/?format=xlsx&kind=worker")
    told = asked.content.decode()
    assert asked.status_code == 200
    assert "列表共 25 行，文件只含前 20 行" in told
    assert "CSV 文件" in told
    assert not Export.objects.exists()
    begin = told.split('class="button" href="')[1].split('"')[0].replace("&amp;", "&")
    page = client.get(f"/ties/{begin}").headers["Location"]
    assert run_due(now()) == 1
    assert "共 25 行，仅含前 20 行" in client.get(page).content.decode()
    assert len(client.get(page + "?file=1").content.decode("utf-8-sig").splitlines()) == 21


def test_a_large_excel_file_is_said_to_be_csv_and_a_whole_csv_begins_at_once(officer: User) -> None:
    ties(11, make.village())
    client = logged_in(officer)
    told = client.get("/ties/?format=xlsx").content.decode()
    assert "CSV 文件" in told
    assert "文件只含前" not in told
    page = begun(client)
    assert run_due(now()) == 1
    assert "仅含前" not in client.get(page).content.decode()


def test_it_can_be_stopped(officer: User) -> None:
    ties(11, make.village())
    client = logged_in(officer)
    page = begun(client)
    client.post(page)
    assert run_due(now()) == 0
    assert "?file=1" not in client.get(page).content.decode()


def test_it_is_forgotten_after_a_day(officer: User) -> None:
    ties(11, make.village())
    page = begun(logged_in(officer))
    run_due(now())
    made = Export.objects.get()
    later = now() + timedelta(days=1, minutes=1)
    with entered(Scope.EVERYTHING):
        start("kit.forget_exports", actor=officer, at=later)
    assert run_due(later) == 1
    assert not Export.objects.exists()
    assert not DataKey.objects.filter(owner_id=made.pk).exists()
    assert logged_in(officer).get(page).status_code == 404
