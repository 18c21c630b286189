"""Devices from the store to the wrist and back, through HTTP: insider, neighbour, stranger, finder."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from tests import make
from tests.areas.devices import made
from tests.areas.providers.made import client_of
from tests.badinput.strings import NAUGHTY

from songhe.areas.devices import api, queries
from songhe.areas.devices.figures import devices_dormant, devices_installed, devices_used
from songhe.areas.devices.models import Binding, Device, Finding, Last, Movement, Place
from songhe.areas.devices.models import Tag as Code
from songhe.core.measure import Period
from songhe.engines.access.api import Scope, elevated
from songhe.engines.acts.models import Act
from songhe.engines.indicators.api import Span

pytestmark = pytest.mark.django_db


def office(role: str = "county_officer", region: int = make.COUNTY) -> Client:
    return client_of(make.user(role, region))


def post(by: Client, url: str, status: int = 302, **form: Any) -> Any:
    answer = by.post(url, form)
    told = answer.context["form"].errors if answer.context and "form" in answer.context else ""
    assert answer.status_code == status, told
    return answer


def entered(by: Client, code: str, kind: str = "bracelet") -> Device:
    post(by, "/devices/do/register_device/", code=code, kind=kind, region=make.village())
    return Device.everywhere.get(code=code.upper())


def test_a_bracelet_goes_out_is_worn_heard_used_and_comes_back() -> None:
    by, person = office(), make.person(name="周淑芬")
    row = entered(by, "wh-860001")
    page = f"/devices/{row.pk}/"
    post(by, "/devices/do/register_device/", 422, code="WH-860001", kind="bracelet", region=make.village())
    post(by, page + "issue_device/", person=person.pk)
    post(by, page + "issue_device/", 422, person=make.person().pk)
    post(by, page + "install_device/")
    row.refresh_from_db()
    assert (row.place, row.person_id, row.installed_at is not None) == (Place.ISSUED, person.pk, True)
    at = timezone.now()
    api.receive([made.signal(row, "heartbeat", at, battery=70)], at=at)
    assert "70" in by.get(page).content.decode() and "至少上报过一次" in by.get(page).content.decode()
    assert "防走失手环" in by.get(f"/people/{person.pk}/").content.decode(), "on the person's page"
    api.receive([made.signal(row, "sos", at)], at=at)
    assert "呼救" in by.get(page).content.decode()
    post(by, page + "report_lost/", note="早市上丢了")
    post(by, page + "found_again/")
    post(by, page + "return_device/", note="不再需要")
    row.refresh_from_db()
    assert (row.place, row.person_id, row.installed_at) == (Place.STOCK, None, None)
    moves = list(Movement.everywhere.filter(device=row).order_by("at").values_list("move", flat=True))
    assert moves == ["received", "issued", "lost", "found", "returned"]
    assert Binding.everywhere.get(device=row).until == timezone.localdate()
    stock = queries.register.stock_on(
        Scope.EVERYTHING, make.COUNTY, make.COUNTY + 10**6, timezone.localdate()
    )
    assert [dict(counts) for (kind, _owner), counts in stock.items() if kind == "bracelet"] == [{"stock": 1}]
    assert by.get("/device-stock/").status_code == 200
    again = make.person()
    post(by, page + "issue_device/", person=again.pk)
    assert Last.everywhere.get(device=row).connected_at is None, "connected and used count anew"


def test_no_device_is_with_two_at_once_and_no_household_has_two_free_phones() -> None:
    by, person, mate = office(), make.person(), make.person()
    first, second = entered(by, "PHONE01", "phone"), entered(by, "PHONE02", "phone")
    post(by, f"/devices/{first.pk}/issue_device/", person=person.pk)
    refused = post(by, f"/devices/{second.pk}/issue_device/", 422, person=person.pk)
    assert "已有一台免费设备" in refused.content.decode()
    second.refresh_from_db()
    assert second.place == Place.STOCK, "nothing half-written"
    post(by, f"/devices/{second.pk}/issue_device/", person=mate.pk)
    with pytest.raises(IntegrityError, match="one_binding_at_a_time"), transaction.atomic():
        Binding.everywhere.create(
            device=first, person=mate, region_id=mate.region_id, since=timezone.localdate(), bound_by="x", bound_at=timezone.now()
        )  # fmt: skip


def test_the_secret_is_shown_once_and_disabling_ends_it() -> None:
    by, row = office(), made.device()
    answer = by.post(f"/devices/{row.pk}/secret/")
    secret = answer.context["secret"]
    assert secret in answer.content.decode() and answer.headers["Cache-Control"] == "private, no-store"
    assert secret not in by.get(f"/devices/{row.pk}/secret/").content.decode()
    found = api.credentials(row.code)
    assert found and found.fit(secret)
    assert not any(secret in str(act.after) for act in Act.objects.all()), "no log has it"
    post(by, f"/devices/{row.pk}/disable_device/", reason="被盗")
    off = api.credentials(row.code)
    assert off and not off.fit(secret)


def test_a_place_is_seen_by_who_may_while_agreed_and_looking_is_logged() -> None:
    by, person = office(), make.person()
    row = made.device(of=person)
    page = f"/devices/{row.pk}/"
    assert "尚无定位同意书" in by.get(page).content.decode()
    post(by, "/location-agreements/do/agree/", person=person.pk, given_by="guardian", giver="周强")
    at = timezone.now()
    api.receive([made.signal(row, "position", at, longitude=122.4206, latitude=37.1653, accuracy=9.0)], at=at)
    post(by, "/safe-areas/do/draw_circle/", person=person.pk, name="小区", metres=300, lon="122.42", lat="37.16", frame="wgs84", keep_in="on")  # fmt: skip
    shown = by.get(page).content.decode()
    assert "误差 9 米以内" in shown
    assert Act.objects.filter(verb="devices.locate_device", subject_id=row.pk).exists()
    manager = client_of(make.user("auditor", make.COUNTY)).get(page).content.decode()
    assert "误差 9 米以内" not in manager and "监护人" not in manager
    post(by, "/safe-areas/do/draw_ring/", person=person.pk, name="河边", corners="122.41, 37.16\n122.42 37.16\n122.42，37.17", frame="wgs84")  # fmt: skip
    post(by, "/safe-areas/do/draw_ring/", 422, person=person.pk, name="错", corners="122.41, 37.16", frame="wgs84")  # fmt: skip


def test_neighbour_and_stranger_reach_nothing() -> None:
    row = made.device(of=make.person())
    neighbour = office("county_officer", make.OTHER_COUNTY)
    assert neighbour.get(f"/devices/{row.pk}/").status_code == 404
    assert neighbour.post(f"/devices/{row.pk}/secret/").status_code == 404
    assert row.code not in neighbour.get("/devices/").content.decode()
    assert Client().get(f"/devices/{row.pk}/").status_code == 302
    assert office("worker").get("/devices/").status_code == 403


def test_a_task_is_done_by_its_helper_and_leaves_the_home_page() -> None:
    helper = make.user("village_officer", make.village(), name="网格员老李")
    by, row = client_of(helper), made.device(of=make.person())
    post(by, f"/devices/{row.pk}/set_helper/", helper=str(helper.pk))
    chore = made.chore(row)
    assert (
        "设备任务" in by.get("/").content.decode() and chore.device.kind_label in by.get("/").content.decode()
    )
    post(by, f"/device-chores/{chore.pk}/settle_chore/", 422, outcome="collected")
    post(by, f"/device-chores/{chore.pk}/settle_chore/", outcome="works", note="重新充电")
    post(by, f"/device-chores/{chore.pk}/settle_chore/", 422, outcome="works")
    chore.refresh_from_db()
    assert (chore.outcome, chore.closed_by) == ("works", "网格员老李")


def test_a_finder_calls_the_desk_and_learns_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[api.Signal] = []
    monkeypatch.setattr("songhe.areas.devices.actions.effects._EFFECTS", [lambda found, _at: told.extend(found)])  # fmt: skip
    person = make.person(name="欧阳秀兰")
    row = made.device("tag", of=person)
    token = made.token_of(row)
    stranger, page = Client(), f"/f/{token}/"
    shown = stranger.get(page).content.decode()
    assert "tel:6012349" in shown and "请服务台给我回电" in shown
    for secret in (person.name, row.code, str(person.pk), str(row.pk), "大庄许家"):
        assert secret not in shown
    form = {"phone": "138 0000 0001", "words": "在超市门口", "lon": "122.42", "lat": "37.16", "_key": "one"}
    for _again in range(2):
        assert stranger.post(page, form).status_code == 302
    assert [(one.kind, one.person_id) for one in told] == [("found", person.pk)], "once, though sent twice"
    finding = Finding.everywhere.get()
    assert b"1380000" not in bytes(finding.phone_sealed)
    desk = client_of(make.user("hotline_agent", make.COUNTY))
    opened = desk.get(f"/finder-messages/{finding.pk}/").content.decode()
    assert "13800000001" in opened and "在超市门口" in opened
    assert Act.objects.filter(verb="devices.read_finding", subject_id=finding.pk).exists()
    assert stranger.post(page, {"phone": "12"}).status_code == 422
    assert stranger.post(page, {"website": "http://spam", "words": "buy"}).status_code == 302
    assert len(told) == 1, "programs that fill in everything are thanked and ignored"


def test_a_tag_that_is_abused_falls_silent_and_a_revoked_one_tells_nothing() -> None:
    row, other = made.device("tag", of=make.person()), made.device("tag", of=make.person())
    token, page = made.token_of(row), ""
    page, stranger = f"/f/{token}/", Client()
    answers = [stranger.post(page, {"words": f"第{n}次"}).status_code for n in range(8)]
    assert answers == [302] * 6 + [429] * 2
    shown = stranger.post(page, {"words": "再来"}).content.decode()
    assert "tel:6012349" in shown and "<textarea" not in shown
    elsewhere = f"/f/{made.token_of(other)}/"
    answers = [stranger.post(elsewhere, {"words": str(n)}).status_code for n in range(8)]
    assert answers == [302] * 6 + [429] * 2
    post(office(), f"/devices/{row.pk}/revoke_code/", reason="丢失")
    gone, never = (Client().get(url).content.decode() for url in (page, "/f/nonsense/"))
    assert "此标签已停用" in gone and "此标签已停用" in never
    assert Client().post(page, {"words": "喂"}).status_code == 404
    fresh = made.token_of(row)
    assert Client().get(f"/f/{fresh}/").status_code == 200
    assert Code.everywhere.filter(device=row, revoked_at=None).count() == 1


def test_naughty_words_of_finders_break_nothing() -> None:
    row = made.device("tag", of=make.person())
    page = f"/f/{made.token_of(row)}/"
    for n, words in enumerate(NAUGHTY[::3]):
        with transaction.atomic():
            where = {
                "lon": words[:30],
                "lat": "1e400",
                "accuracy": "nan",
                "phone": words[:40] if n % 2 else "",
            }
            answer = Client(REMOTE_ADDR=f"10.1.0.{n % 250}").post(page, {"words": words[:180]} | where)
            assert answer.status_code in (302, 422, 429), words
            Finding.everywhere.all().delete()


def test_labels_are_printed_for_a_code_and_printing_is_logged() -> None:
    by, row = office(), made.device("tag", of=make.person())
    assert by.get(f"/devices/{row.pk}/labels/").status_code == 422
    post(by, f"/devices/{row.pk}/make_code/")
    answer = by.get(f"/devices/{row.pk}/labels/")
    assert answer.content.startswith(b"%PDF") and answer.headers["Content-Type"] == "application/pdf"
    assert Act.objects.filter(verb="devices.print_labels", subject_id=row.pk).exists()


def test_figures_tell_issued_from_installed_and_silent_from_used() -> None:
    person, at = make.person(), timezone.now()
    long_ago = at - timedelta(days=20)
    made.device(of=person, issued_at=long_ago, installed_at=long_ago)
    made.device(of=person, issued_at=long_ago, installed_at=None)
    used = made.device(of=person, issued_at=long_ago, installed_at=long_ago)
    api.receive([made.signal(used, "sos", at)], at=at)
    span = Span(Period.parse(f"{timezone.localdate():%Y-%m}"), make.COUNTY, make.COUNTY + 10**6)
    assert list(devices_installed(span)) == [(person.region_id, 2, 3)]
    assert list(devices_used(span)) == [(person.region_id, 1, 1)]
    assert list(devices_dormant(span)) == [(person.region_id, 1, 2)]


def test_a_list_of_devices_comes_in_and_who_has_one_gets_it() -> None:
    from songhe.areas.devices.importing import devices as spec
    from songhe.engines.imports.api import Batch, Row

    person, user = make.person(), make.user("county_officer", make.COUNTY)
    cells = [
        {"code": "IMP0001", "kind": "防走失手环", "id_number": "", "issued_on": ""},
        {"code": "IMP0002", "kind": "一键通话机", "id_number": made.id_number_of(person), "issued_on": f"{timezone.localdate()}"},
        {"code": "IMP0003", "kind": "一键通话机", "id_number": made.id_number_of(person), "issued_on": ""},
        {"code": "IMP0001", "kind": "手环", "id_number": "", "issued_on": ""},
    ]  # fmt: skip
    parse = {target.name: target.parse for target in spec.targets}
    rows = [
        Row(n, {name: parse[name](cell) for name, cell in row.items() if cell})
        for n, row in enumerate(cells, 2)
    ]
    batch = Batch(rows, make.COUNTY, user, user.scope("devices.register"), timezone.now(), {})
    spec.check(batch)
    assert [len(row.faults) for row in rows] == [0, 0, 1, 1]
    with elevated():
        assert spec.write(batch).made == 2
        assert spec.write(batch).unchanged == 2
    assert Device.everywhere.get(code="IMP0002").person_id == person.pk
    assert Device.everywhere.get(code="IMP0001").place == Place.STOCK
