"""One home is one alarm, by who lives together at that moment, and the alarm names everybody who called."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests import make
from tests.areas.alarms.test_story import at_desk, post
from tests.areas.devices import made as devices
from tests.kit.people import logged_in
from tests.kit.test_rest import Program

from songhe.areas.alarms import actions
from songhe.areas.alarms.api import Cry, raise_many
from songhe.areas.alarms.models import Alarm, Response, Signal
from songhe.areas.devices import api as devices_api
from songhe.areas.registry.actions import families
from songhe.areas.registry.api import Household, Member, Person, Relation, add_contact, contacts_of
from songhe.engines.access.api import SYSTEM, Tie, User, entered, tie
from songhe.engines.notices.api import Notice

pytestmark = pytest.mark.django_db


def together(*names: str) -> list[Person]:
    """Persons who live in one household."""
    head, *mates = people = [make.person(name=name) for name in names]
    home = families.found_household(head, actor=SYSTEM, at=timezone.now())
    for one in mates:
        families.add_member(home, actor=SYSTEM, at=timezone.now(), person=one, relation=Relation.SPOUSE)
    return people


def home_of(person: Person) -> Household:
    found: Household = Household.everywhere.get(members__person=person, members__until=None)
    return found


def test_a_couples_pendants_the_smoke_sensor_and_a_call_are_one_alarm_that_names_both() -> None:
    """Devices of persons know no household, so that two spouses once were two alarms, and the kitchen a third."""
    husband, wife = together("刘长河", "赵桂兰")
    for person, child, phone in ((husband, "刘明", "13963155501"), (wife, "刘芳", "13963155502")):
        add_contact(person, actor=SYSTEM, at=timezone.now(), name=child, relation=Relation.CHILD, phone=phone, is_emergency=True)  # fmt: skip
    pendant, bracelet = devices.device("pendant", of=husband), devices.device(of=wife)
    smoke = devices.device("smoke", of=husband, household_id=home_of(husband).pk)
    now = timezone.now()
    devices_api.bring([devices.signal(pendant, "sos", now)], at=now)
    devices_api.bring([devices.signal(smoke, "smoke", now), devices.signal(bracelet, "fall", now)], at=now)
    agent = make.user("hotline_agent", make.COUNTY)
    actions.raise_one(actor=agent, at=now, kind="call", person=wife, words="邻居来电")
    alarm = Alarm.everywhere.get()
    assert (alarm.signals, alarm.person_id) == (4, husband.pk)
    assert set(Signal.everywhere.values_list("person_id", flat=True)) == {husband.pk, wife.pk}
    desk, page = at_desk(), f"/alarms/{alarm.pk}/"
    assert post(desk, f"{page}take/") == 302
    shown = desk.get(page).content.decode()
    assert "同时求助" in shown and shown.count("赵桂兰") >= 2, "beside the person, and on the ladder of calls"
    assert post(desk, f"{page}note_call/", rung="home", name="赵桂兰", answer="help") == 302
    assert post(desk, f"{page}send/", kind="neighbour", name="王大妈") == 302
    errand = Response.everywhere.get()
    assert "同时求助：赵桂兰" in desk.get(f"/errands/{errand.pk}/").content.decode().replace(": ", "：")
    told = set(Notice.everywhere.filter(template="alarm_family").values_list("to_name", flat=True))
    assert told == {"刘明", "刘芳"}, "each one's own"


def relative_of(*persons: Person) -> User:
    user = make.user("family", make.CITY, name="家人")
    for one in persons:
        tie(person_id=one.pk, holder_id=user.pk, kind=Tie.Kind.KIN, region_id=one.region_id, since=timezone.localdate())  # fmt: skip
    return user


def test_relatives_of_a_second_person_open_the_alarm_of_the_home_with_only_their_persons_data() -> None:
    """They were told of it with a link, which led nowhere: kin of the person of the first signal alone could open it."""
    husband, wife = together("刘长河", "赵桂兰")
    add_contact(husband, actor=SYSTEM, at=timezone.now(), name="刘明", relation=Relation.CHILD, phone="13963155501", is_emergency=True)  # fmt: skip
    now = timezone.now()
    for person in (husband, wife):
        devices_api.bring([devices.signal(devices.device("pendant", of=person), "sos", now)], at=now)
    alarm = Alarm.everywhere.get()
    page, desk = f"/alarms/{alarm.pk}/", at_desk()
    assert post(desk, f"{page}take/") == 302
    for values in ({"rung": "home", "name": "刘长河", "answer": "no_answer"}, {"rung": "home", "name": "赵桂兰", "answer": "help"}):  # fmt: skip
        assert post(desk, f"{page}note_call/", **values) == 302
    assert post(desk, f"{page}note_call/", rung="contacts", name="刘明", contact=str(contacts_of(husband)[0].pk), answer="no_answer") == 302  # fmt: skip
    assert post(desk, f"{page}resolve/", reason="hospital", words="糖尿病人已送医") == 302
    child = relative_of(wife)
    phone = logged_in(child)
    for url in (page, "/alarms/", "/family/", f"/api/v1/alarms/{alarm.pk}", "/api/v1/alarms"):
        answer = (Program(child) if "/api/" in url else phone).get(url)
        shown = answer.content.decode()
        assert answer.status_code == 200 and (alarm.number in shown or "一键呼救" in shown), url
        for his in ("刘长河", "刘明", "糖尿病", str(husband.pk), str(alarm.device_id)):
            assert his not in shown, (url, his)
    assert "赵桂兰" in phone.get(page).content.decode(), "that she called too"
    husband_phone = logged_in(relative_of(husband))
    shown = husband_phone.get(page).content.decode()
    assert "刘长河" in shown and "刘明" in shown and "糖尿病" in shown and "赵桂兰" not in shown
    shown = logged_in(relative_of(husband, wife)).get(page).content.decode()
    assert "刘长河" in shown and "赵桂兰" in shown
    assert logged_in(relative_of(make.person())).get(page).status_code == 404


def test_relatives_of_whoever_moves_out_or_in_see_the_alarms_of_the_days_lived_there() -> None:
    husband, wife, late = *together("刘长河", "赵桂兰"), make.person(name="孙来")
    home, today = home_of(husband), timezone.localdate()
    before, now = timezone.now() - timedelta(days=3), timezone.now()
    Member.everywhere.update(since=today - timedelta(days=9))
    cry = Cry(kind="sos", received_at=before, key="1", person_id=husband.pk, region_id=husband.region_id)
    (old,) = raise_many([cry], at=before)
    Alarm.everywhere.update(state="resolved", closed_at=before, due_at=None, rings_from=None)
    families.leave_household(wife, actor=SYSTEM, at=now, on=today - timedelta(days=1))
    families.add_member(home, actor=SYSTEM, at=now, person=late, relation=Relation.SIBLING, since=today)  # fmt: skip
    cry = Cry(kind="sos", received_at=now, key="2", person_id=husband.pk, region_id=husband.region_id)
    (new,) = raise_many([cry], at=now)
    for person, sees in ((husband, {old.pk, new.pk}), (wife, {old.pk}), (late, {new.pk})):
        scope = relative_of(person).scope("alarms.view")
        assert set(Alarm.objects.within(scope).values_list("pk", flat=True)) == sees, "first lock"
        with entered(scope):
            assert set(Alarm.everywhere.values_list("pk", flat=True)) == sees, "second lock"


def test_a_device_sounds_where_its_person_lives_now_and_not_where_it_was_issued() -> None:
    person, left = together("刘长河", "赵桂兰")
    old = home_of(person)
    smoke, other = devices.device("smoke", of=person, household_id=old.pk), devices.device(of=left)
    families.leave_household(
        person, actor=SYSTEM, at=timezone.now(), on=timezone.localdate() - timedelta(days=1)
    )
    new = families.found_household(person, actor=SYSTEM, at=timezone.now())
    now = timezone.now()
    devices_api.bring([devices.signal(smoke, "smoke", now), devices.signal(other, "sos", now)], at=now)
    assert set(Alarm.everywhere.values_list("person_id", "home_id")) == {
        (person.pk, new.pk),
        (left.pk, old.pk),
    }


def test_looking_up_homes_is_one_statement_for_a_batch() -> None:
    people, counts = [make.person() for _ in range(12)], []
    for some in (people[:1], people[1:]):
        at = timezone.now()
        cries = [Cry(kind="sos", received_at=at, key=str(uuid4()), person_id=one.pk, region_id=one.region_id) for one in some]  # fmt: skip
        with CaptureQueriesContext(connection) as asked:
            raise_many(cries, at=at)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 10, counts
