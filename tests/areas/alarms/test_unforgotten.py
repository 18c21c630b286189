"""What may go wrong beside an alarm, and must not make anybody forget it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests import make
from tests.areas.alarms.test_story import at_desk, post, press

from songhe.areas.alarms import actions
from songhe.areas.alarms.limits import terms
from songhe.areas.alarms.models import Alarm, Response, Step
from songhe.engines.access.api import SYSTEM
from songhe.engines.vault.api import erase

pytestmark = pytest.mark.django_db


def sent(alarm: Alarm) -> Response:
    """Somebody who was sent, by an agent who holds the alarm."""
    at = timezone.now()
    actions.take(alarm, actor=SYSTEM, at=at)
    actions.send(alarm, actor=SYSTEM, at=at, kind="neighbour", name="邻居甲", phone="13963155555")
    return Response.everywhere.get(alarm=alarm)


def test_whoever_needs_an_ambulance_after_the_alarm_was_ended_rings_anew() -> None:
    """It was once kept with the errand, and nobody heard of it."""
    person = make.person(name="刘长河")
    alarm = press(person)
    errand, at = sent(alarm), timezone.now()
    actions.resolve(alarm, actor=SYSTEM, at=at, reason="advised", words="电话中说没事")
    phone = at_desk()
    page = phone.get(f"/errands/{errand.pk}/").content.decode()
    assert f"/errands/{errand.pk}/arrive/" not in page and "/report/" not in page, "nobody need go any more"
    actions.arrive(errand, actor=SYSTEM, at=at)
    assert f"/errands/{errand.pk}/report/" in phone.get(f"/errands/{errand.pk}/").content.decode()
    assert not Alarm.everywhere.filter(closed_at=None).exists()
    for words in ("昏迷", "仍在昏迷"):
        actions.report(errand, actor=SYSTEM, at=timezone.now(), words=words, needs_120=True)
    again = Alarm.everywhere.get(closed_at=None)
    assert (again.person_id, again.kind, again.signals) == (person.pk, alarm.kind, 2), "one alarm, twice"
    assert again.rings_from is not None and again.home_id == alarm.home_id
    assert alarm.number in again.words and "昏迷" in again.words


def test_the_alarm_of_somebody_who_was_erased_goes_on_and_ends() -> None:
    """Nothing could be sealed any more, so that no round of the clock and no agent came to an end with it."""
    person, other = make.person(), press(make.person())
    alarm = press(person)
    errand = sent(alarm)
    erase(person.pk)
    later = timezone.now() + terms().clock.accept + timedelta(seconds=1)
    actions.present(SYSTEM, at=later)
    assert actions.watch(later) == 2
    assert Step.everywhere.filter(alarm=other, what="ring").exists()
    alarm.refresh_from_db(), errand.refresh_from_db()
    assert errand.lapsed_at == later
    actions.note_call(alarm, actor=SYSTEM, at=later, rung="home", answer="well", words="平安")
    actions.send(alarm, actor=SYSTEM, at=later, kind="neighbour", name="邻居乙", phone="13963155556")
    there = Response.everywhere.get(alarm=alarm, name="邻居乙")
    actions.arrive(there, actor=SYSTEM, at=later, lon="122.42", lat="37.16")
    actions.report(there, actor=SYSTEM, at=later, words="平安")
    actions.force_entry(there, actor=SYSTEM, at=later, reason="无人应门", witnesses="甲\n乙")
    alarm.refresh_from_db()
    actions.resolve(alarm, actor=SYSTEM, at=later, reason="helped", words="已处置")
    assert alarm.closed_at == later and alarm.words == ""


def test_an_alarm_that_stood_higher_than_the_ladder_is_now_rings_on() -> None:
    """A city that took a rung out of its file stopped the clock of all alarms."""
    alarm, at = press(make.person()), timezone.now()
    Alarm.everywhere.filter(pk=alarm.pk).update(rung=len(terms().clock.ring), due_at=at)
    assert actions.watch(at + terms().clock.repeat) == 1
    alarm.refresh_from_db()
    assert alarm.rung == len(terms().clock.ring) - 1
    assert at_desk().get("/alarms/board/").status_code == 200


def test_an_alarm_at_which_the_clock_fails_stops_no_other() -> None:
    broken: Any = replace(terms().clock, tries=None)
    alarm, other = press(make.person()), press(make.person())
    sent(alarm)
    later = timezone.now() + broken.accept + timedelta(seconds=1)
    actions.present(SYSTEM, at=later)
    assert actions.watch(later, clock=broken) == 1
    assert Step.everywhere.filter(alarm=other, what="ring").exists()
    assert not Step.everywhere.filter(alarm=alarm, what__in=["lapse", "ring"]).exists(), "as it was"
    assert actions.watch(later) == 1, "and done once the fault is mended"


def test_two_alarms_are_never_each_handled_as_the_other() -> None:
    one, other = press(make.person()), press(make.person())
    agent = make.user("hotline_agent", make.COUNTY)
    actions.take(one, actor=agent, at=timezone.now())
    actions.call_duplicate(one, actor=agent, at=timezone.now(), same=other)
    actions.review(one, actor=make.user("county_officer", make.COUNTY), at=timezone.now(), verdict="good")
    desk = at_desk()
    page = f"/alarms/{other.pk}/"
    assert post(desk, f"{page}take/") == 302
    assert post(desk, f"{page}call_duplicate/", same=str(one.pk), reason="same") == 422
    assert Alarm.everywhere.get(pk=other.pk).closed_at is None
