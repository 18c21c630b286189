"""The level above: who is told when nobody takes an alarm, again and again, and what is written down of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests import make
from tests.areas.alarms.test_story import neighbour_of, press
from tests.areas.grid import made as grid
from tests.kit.people import logged_in

from songhe.areas.alarms import actions
from songhe.areas.alarms.actions.telling import family
from songhe.areas.alarms.models import Alarm, Response, Step
from songhe.areas.grid.models import Helper, Post
from songhe.areas.registry.api import contacts_of
from songhe.engines.notices.api import About, Notice, Recipient, tell

pytestmark = pytest.mark.django_db
ALWAYS: dict[str, Any] = {"days": [1, 2, 3, 4, 5, 6, 7], "starts": 0, "ends": 1440}


def manned(region: int, level: str, **post: Any) -> tuple[Post, Helper]:
    """A post with somebody on duty at any hour."""
    at, helper = grid.post(region, level, **post), grid.helper(region=region, name="指挥员")
    grid.turn(at, helper, **ALWAYS)
    return at, helper


def unanswered(alarm: Alarm, minutes: int) -> Alarm:
    """Let an alarm ring for so long, the clock looking every second that counts."""
    for second in (15, 20, 60, 180, *range(240, minutes * 60 + 1, 60)):
        actions.watch(alarm.raised_at + timedelta(seconds=second))
    alarm.refresh_from_db()
    return alarm


def told() -> list[str]:
    """Whom messages of this kind name, in the order in which they were told."""
    return list(Notice.everywhere.filter(template="alarm_level").order_by("told_at", "id").values_list("whom", flat=True))  # fmt: skip


def test_the_command_centre_is_told_anew_each_minute_through_whoever_logs_in_for_those_on_duty() -> None:
    """It was once told one time, and only where a helper had a log-in of his own."""
    _post, helper = manned(make.COUNTY, "county")
    user = make.user("helper", make.COUNTY, holder_id=helper.pk)
    alarm = unanswered(press(make.person()), 6)
    assert alarm.level == "county"
    assert told() == [f"u:{user.pk.hex}"] * 4, "after three minutes, and after four, five and six"


def test_the_own_number_of_whoever_is_on_duty_is_the_last_resort() -> None:
    manned(make.COUNTY, "county")
    alarm = unanswered(press(make.person()), 3)
    assert alarm.level == "county"
    assert [one[:2] for one in told()] == ["n:"]


@pytest.mark.parametrize("county", [True, False])
def test_a_level_without_anybody_to_tell_is_passed_over_and_never_written_down(county: bool) -> None:
    person, agent = make.person(), make.user("hotline_agent", make.COUNTY)
    grid.post(make.town(), "town")
    if county:
        grid.post(make.COUNTY, "county", phone="0631-5861234")
    alarm, at = press(person), timezone.now()
    actions.take(alarm, actor=agent, at=at)
    for nth in range(2):
        actions.send(alarm, actor=agent, at=at, kind="neighbour", name=f"邻居{nth}")
    at += timedelta(seconds=121)
    actions.present(agent, at=at)
    actions.watch(at)
    alarm.refresh_from_db()
    levels = list(Step.everywhere.filter(alarm=alarm, what="level").values_list("detail", flat=True))
    assert (alarm.level, levels, len(told())) == (("county", ["county"], 1) if county else ("", [], 0))


def test_whoever_is_called_is_led_only_where_they_may_look() -> None:
    """A helper on duty was given the way to the alarm, which helpers do not see, and so was a neighbour named for emergencies."""
    _post, helper = manned(make.COUNTY, "county")
    person = make.person()
    neighbour, user = neighbour_of(person), make.user("helper", make.COUNTY, holder_id=helper.pk)
    officer = make.user("county_officer", make.COUNTY)
    alarm = unanswered(press(person), 3)
    page = f"/alarms/{alarm.pk}/"
    family(alarm, "sent", at=timezone.now())
    tell(Recipient(user_id=officer.pk), "alarm_level", {"number": alarm.number, "place": "x"}, region_id=alarm.region_id, at=alarm.raised_at, key="k", about=About(url=page))  # fmt: skip
    for reader, may in ((user, False), (neighbour, False), (officer, True)):
        client = logged_in(reader)
        assert (client.get(page).status_code == 200) is may
        shown = client.get("/inbox/").content.decode()
        assert alarm.number in shown and ("前往查看" in shown) is may, reader.name
        letter = Notice.everywhere.filter(whom=f"u:{reader.pk.hex}").latest("told_at")
        assert client.post(f"/inbox/{letter.pk}/read/").url == (page if may else "/inbox/")


def calling() -> int:
    """How many messages to levels still have a telephone to ring."""
    return int(Notice.everywhere.filter(template="alarm_level", next_at__isnull=False).count())


def test_the_holder_who_hears_a_climbing_alarm_answers_the_level_that_was_called_for_it() -> None:
    """Its telephones rang a minute later for an alarm that somebody had in hand, and the levels below were passed over."""
    grid.post(make.COUNTY, "county", phone="0631-5861234")
    person = make.person()
    manned(person.region_id, "village", phone="0631-5861111")
    agent, alarm = make.user("hotline_agent", make.COUNTY), press(person)
    desk, page = logged_in(agent), f"/alarms/{alarm.pk}/"
    assert desk.post(f"{page}take/").status_code == 302
    began = press(person).rings_from
    assert began is not None
    for second in (15, 20, 60, 180):
        actions.present(agent, at=began + timedelta(seconds=second))
        actions.watch(began + timedelta(seconds=second))
    alarm.refresh_from_db()
    assert (alarm.level, calling()) == ("county", 1)
    assert "直至有人接警" in desk.get(page).content.decode()
    assert desk.post(f"{page}hear/").status_code == 302
    alarm.refresh_from_db()
    assert (alarm.level, calling()) == ("", 0), "answered"
    nobody_goes(alarm, agent)
    alarm.refresh_from_db()
    assert alarm.level == "village", "the next level of the network, and not the top again"


def nobody_goes(alarm: Alarm, agent: Any) -> None:
    """Send two who do not answer."""
    at = timezone.now()
    for nth in range(2):
        actions.send(alarm, actor=agent, at=at, kind="neighbour", name=f"邻居{nth}", phone=f"1396315551{nth}")
    actions.present(agent, at=at + timedelta(seconds=120))
    actions.watch(at + timedelta(seconds=121))


def test_a_level_called_for_want_of_help_is_answered_by_whoever_goes_and_not_by_a_look() -> None:
    """It was rung although somebody was on the way; that the agent has noticed brings no help, and the screen says so."""
    post, helper = manned(make.town(), "town")
    second = grid.helper(region=make.town(), name="值班员")
    grid.turn(post, second, **ALWAYS)
    officer, _other = (make.user("helper", make.COUNTY, holder_id=one.pk) for one in (helper, second))
    person, agent = make.person(region=make.village()), make.user("hotline_agent", make.COUNTY)
    going, alarm = neighbour_of(person), press(person)
    desk, page = logged_in(agent), f"/alarms/{alarm.pk}/"
    assert desk.post(f"{page}take/").status_code == 302
    nobody_goes(alarm, agent)
    alarm.refresh_from_db()
    assert (alarm.level, calling()) == ("town", 2)
    assert desk.post(f"{page}hear/").status_code == 302
    assert calling() == 2 and "直至有人接受任务" in desk.get(page).content.decode()
    letter = Notice.everywhere.get(template="alarm_level", reader_id=officer.pk)
    assert logged_in(officer).post(f"/inbox/{letter.pk}/read/").status_code == 302
    alarm.refresh_from_db()
    assert (alarm.level, calling()) == ("town", 1), (
        "whoever has read it is not rung, and the level goes on being called"
    )
    assert "查阅不等于接警" in logged_in(officer).get("/inbox/").content.decode()
    sent = {"helper": f"contact:{contacts_of(person)[0].pk}", "kind": "neighbour", "name": "x"}
    assert desk.post(f"{page}send/", sent).status_code == 302
    errand = Response.everywhere.get(user_id=going.pk)
    assert logged_in(going).post(f"/errands/{errand.pk}/accept/").status_code == 302
    assert calling() == 0 and "仍在呼叫" not in desk.get(page).content.decode()
