"""Whoever called for help is named on the alarm once the agent knows: of a device that nobody has, or that another one has."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from tests import make
from tests.areas.alarms.test_homes import relative_of, together
from tests.areas.alarms.test_story import at_desk, neighbour_of, post
from tests.areas.devices import made as devices
from tests.kit.people import logged_in

from songhe.areas.alarms.api import Cry, raise_many
from songhe.areas.alarms.models import Alarm, Attempt, Response, Signal, Step
from songhe.areas.alarms.queries import figures
from songhe.areas.devices import api as devices_api
from songhe.areas.registry.actions import erasing
from songhe.areas.registry.api import Person, Relation, add_contact, tag
from songhe.engines.access.api import SYSTEM, Scope
from songhe.engines.acts.models import Act
from songhe.engines.notices.api import Notice

pytestmark = [pytest.mark.django_db, pytest.mark.long]
HEARD = "说是老刘家"


def pressed(code: str = "IMEI-9", **known: object) -> Alarm:
    """A call of a device that is bound to nobody."""
    at = timezone.now()
    (alarm,) = raise_many([Cry(kind="sos", received_at=at, code=code, key=str(uuid4()), **known)], at=at)  # type: ignore[arg-type]
    return alarm


def now(alarm: Alarm) -> Alarm:
    return Alarm.everywhere.select_related("person").get(pk=alarm.pk)


def page_of(alarm: Alarm) -> str:
    return f"/alarms/{alarm.pk}/"


def test_the_agent_who_learns_who_it_is_names_the_person_and_has_all_that_belongs_to_them() -> None:
    """It could not be entered: the alarm stayed one of the city, without contacts, risks, neighbours or family."""
    person = make.person(name="刘长河")
    neighbour_of(person)
    tag(person, actor=SYSTEM, at=timezone.now(), tag="living_alone")
    alarm, desk = pressed(), at_desk(make.CITY)
    page = page_of(alarm)
    assert post(desk, f"{page}name_person/", person=str(person.pk)) in (404, 422), "who holds it names"
    assert post(desk, f"{page}take/") == 302
    assert "name_person" in desk.get(page).content.decode(), "on the alarm's own screen"
    assert post(desk, f"{page}name_person/") == 422, "nobody was chosen"
    assert post(desk, f"{page}send/", kind="grid_worker", name="网格员甲") == 302
    assert post(desk, f"{page}name_person/", person=str(person.pk)) == 302
    row = now(alarm)
    assert (row.person_id, row.region_id, row.provisional) == (person.pk, person.region_id, False)
    assert (row.state, row.agent_id) == ("sent", alarm.agent_id or row.agent_id)
    shown = desk.get(page).content.decode()
    for words in ("刘长河", "王大妈", "13963155555", "独居", "已确认求助人"):
        assert words in shown, words
    assert Act.objects.filter(verb="alarms.name_person", subject_id=alarm.pk).exists()
    assert set(Response.everywhere.filter(alarm=alarm).values_list("region", flat=True)) == {person.region_id}
    assert "刘长河" in desk.get(f"/errands/{Response.everywhere.get().pk}/").content.decode()
    assert set(Notice.everywhere.filter(template="alarm_family").values_list("to_name", flat=True)) == {"王大妈"}, "help was sent before"  # fmt: skip
    kin = logged_in(relative_of(person))
    assert "刘长河" in kin.get(page).content.decode()
    assert post(desk, f"{page}resolve/", reason="helped", words="好了") == 302
    since = timezone.now() - timedelta(hours=1)
    (told,) = figures.within(Scope.EVERYTHING, since, timezone.now())
    assert told.region == person.region_id, "it counts where the person lives"
    assert post(desk, f"{page}change_person/", person=str(make.person().pk), reason="misheard") in (404, 422), "ended"  # fmt: skip
    assert now(alarm).person_id == person.pk


def test_somebody_whom_nobody_knows_is_entered_beside_the_alarm() -> None:
    alarm, desk = pressed(), at_desk(make.CITY)
    page = page_of(alarm)
    assert post(desk, f"{page}take/") == 302
    assert post(desk, f"{page}name_person/", new_name="孙新来") == 422, "without a village"
    assert post(desk, f"{page}name_person/", new_name="孙新来", new_region=str(make.village()), new_phone="13963155577") == 302  # fmt: skip
    row = now(alarm)
    assert row.person is not None and row.person.name == "孙新来" and row.person.is_provisional
    assert row.region_id == make.village() and "13963155577" in desk.get(page).content.decode()


@pytest.mark.parametrize("known", [True, False])
def test_what_sounds_again_joins_the_named_alarm(known: bool) -> None:
    """Its home had become the person's, so that the next press of the same device would have been a second alarm."""
    husband, wife = together("刘长河", "赵桂兰")
    device = {"device_id": uuid4()} if known else {}
    alarm, desk = pressed(**device), at_desk(make.CITY)
    assert post(desk, f"{page_of(alarm)}take/") == 302
    assert post(desk, f"{page_of(alarm)}name_person/", person=str(husband.pk)) == 302
    pressed(**device)
    at = timezone.now()
    devices_api.bring([devices.signal(devices.device("pendant", of=wife), "sos", at)], at=at)
    row = Alarm.everywhere.get()
    assert (row.pk, row.signals) == (alarm.pk, 3)
    shown = desk.get(page_of(alarm)).content.decode()
    assert "同时求助" in shown and "赵桂兰" in shown, "of one home, whoever else calls there"
    assert set(Signal.everywhere.values_list("person_id", flat=True)) == {None, husband.pk, wife.pk}


def test_a_home_that_has_an_open_alarm_keeps_it_and_the_named_one_ends_as_its_duplicate() -> None:
    husband, wife = together("刘长河", "赵桂兰")
    at = timezone.now()
    devices_api.bring([devices.signal(devices.device("pendant", of=wife), "sos", at)], at=at)
    first, alarm, desk = Alarm.everywhere.get(), pressed(), at_desk(make.CITY)
    page = page_of(alarm)
    assert post(desk, f"{page}take/") == 302
    answer = desk.post(f"{page}name_person/", {"person": str(husband.pk)})
    assert (answer.status_code, answer.headers["Location"]) == (302, page_of(first))
    row, other = now(alarm), now(first)
    assert (row.state, row.same_as_id, row.person_id) == ("duplicate", first.pk, husband.pk)
    assert other.is_open and other.signals == 2 and other.rings_from is not None
    assert "刘长河" in desk.get(page_of(first)).content.decode(), "called as well"
    pressed()
    assert now(first).signals == 3, "its device is heard there from now on"


def test_whoever_is_under_way_is_not_called_back_by_a_name() -> None:
    husband, _wife = together("刘长河", "赵桂兰")
    at = timezone.now()
    devices_api.bring([devices.signal(devices.device("pendant", of=husband), "sos", at)], at=at)
    first, alarm, desk = Alarm.everywhere.get(), pressed(), at_desk(make.CITY)
    page = page_of(alarm)
    assert post(desk, f"{page}take/") == 302
    assert post(desk, f"{page}send/", kind="grid_worker", name="网格员甲") == 302
    refused = desk.post(f"{page}name_person/", {"person": str(husband.pk)})
    assert refused.status_code == 422 and first.number in refused.content.decode()
    assert now(alarm).is_open and now(alarm).person_id is None


def wrongly_entered() -> tuple[Person, Person, Alarm]:
    """A pendant that is entered for one and worn by another, and its call."""
    wrong, right = make.person(name="错登记"), make.person(name="刘长河", region=make.village(nth=2))
    add_contact(wrong, actor=SYSTEM, at=timezone.now(), name="错家属", relation=Relation.CHILD, phone="13963155501", is_emergency=True)  # fmt: skip
    device, at = devices.device("pendant", of=wrong), timezone.now()
    devices_api.bring([devices.signal(device, "sos", at)], at=at)
    return wrong, right, Alarm.everywhere.get()


def test_a_wrongly_named_person_is_changed_with_a_reason_and_their_family_is_told() -> None:
    wrong, right, alarm = wrongly_entered()
    neighbour_of(right)
    desk, page = at_desk(), page_of(alarm)
    assert post(desk, f"{page}take/") == 302
    assert post(desk, f"{page}send/", kind="grid_worker", name="网格员甲", phone="13963155599") == 302
    assert post(desk, f"{page}name_person/", person=str(right.pk)) in (404, 422), "it has its person"
    assert post(desk, f"{page}change_person/", person=str(right.pk)) == 422, "a reason is needed"
    assert post(desk, f"{page}change_person/", person=str(right.pk), reason="worn") == 302
    row, shown = now(alarm), desk.get(page).content.decode()
    assert (row.person_id, row.region_id, row.home_id) == (right.pk, right.region_id, right.pk)
    for words in ("刘长河", "王大妈", "更正求助人", "错登记", "设备实际由他人使用"):
        assert words in shown, words
    assert "错家属" not in shown and "同时求助" not in shown
    assert logged_in(relative_of(wrong)).get(page).status_code == 404
    errands = Notice.everywhere.filter(template="alarm_errand")
    assert errands.count() == 2, "whoever is under way is told where to go now"
    told = list(Notice.everywhere.filter(template="alarm_family").order_by("id").values_list("to_name", flat=True))  # fmt: skip
    assert told[0] == "错家属" and sorted(told[1:]) == ["王大妈", "错家属"], (
        "and whoever was alarmed for nothing"
    )
    device, at = devices_api.Device.everywhere.get(), timezone.now()
    devices_api.bring(
        [devices.signal(device, "sos", at + timedelta(seconds=1))], at=at + timedelta(seconds=1)
    )
    assert Alarm.everywhere.count() == 1 and now(alarm).signals == 2, "as long as it is open"
    kin = logged_in(relative_of(right)).get(page).content.decode()
    assert "更正求助人" in kin and "错登记" not in kin


def test_an_alarm_in_which_others_of_that_home_called_keeps_its_person() -> None:
    husband, wife = together("刘长河", "赵桂兰")
    at = timezone.now()
    for one in (husband, wife):
        devices_api.bring([devices.signal(devices.device("pendant", of=one), "sos", at)], at=at)
    alarm, desk, page = Alarm.everywhere.get(), at_desk(), page_of(Alarm.everywhere.get())
    assert post(desk, f"{page}take/") == 302
    refused = desk.post(f"{page}change_person/", {"person": str(make.person().pk), "reason": "misheard"})
    assert refused.status_code == 422 and "赵桂兰" in refused.content.decode()
    assert now(alarm).person_id == husband.pk


def test_what_was_written_down_before_the_name_goes_with_the_person() -> None:
    person = make.person(name="刘长河")
    alarm, desk = pressed(), at_desk(make.CITY)
    page = page_of(alarm)
    assert post(desk, f"{page}take/") == 302
    assert post(desk, f"{page}note_call/", rung="device", answer="help", words=HEARD) == 302
    assert post(desk, f"{page}name_person/", person=str(person.pk)) == 302
    assert post(desk, f"{page}resolve/", reason="helped", words="血压高") == 302
    assert "血压高" in now(alarm).words
    person.refresh_from_db()
    erasing.erase(person, actor=SYSTEM, at=timezone.now(), reason="本人要求")
    assert (now(alarm).words, Attempt.everywhere.get().words) == ("", "")
    assert not Step.everywhere.filter(detail__contains="刘长河").exists()
