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

from songhe.areas.alarms import actions
from songhe.areas.alarms.api import Cry, raise_many
from songhe.areas.alarms.models import Alarm, Response, Signal
from songhe.areas.devices import api as devices_api
from songhe.areas.registry.actions import families
from songhe.areas.registry.api import Household, Person, Relation, add_contact
from songhe.engines.access.api import SYSTEM
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
