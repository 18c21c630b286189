"""By which roads an alarm reaches people at night: a text at once, then the telephone rings, until somebody sees to it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings
from django.utils import timezone
from tests import make
from tests.areas.alarms.test_story import press
from tests.areas.grid import made as grid
from tests.engines.notices.carriers import Carrier

from songhe.areas.alarms import actions
from songhe.areas.alarms.models import Alarm, Response
from songhe.areas.grid import limits
from songhe.engines.jobs.api import run_due
from songhe.engines.notices import tasks
from songhe.engines.notices.api import Letter, Taken, carry_by

pytestmark = pytest.mark.django_db
assert callable(tasks.send_due), "importing it registers the job"
ALWAYS: dict[str, Any] = {"days": [1, 2, 3, 4, 5, 6, 7], "starts": 0, "ends": 1440}
SECOND = timedelta(seconds=1)


@pytest.fixture
def carried() -> Iterator[list[tuple[str, str]]]:
    """By which channel something went out, and whereto."""
    out: list[tuple[str, str]] = []

    def take(letter: Letter) -> Taken:
        out.append((letter.channel, letter.number or letter.robot))
        return Taken(delivered=True)

    carry_by(lambda: [Carrier(channel, take, channel) for channel in ("sms", "voice", "robot")])
    yield out
    carry_by(None)


@pytest.fixture
def grouped(tmp_path: Path) -> Iterator[None]:
    """A city whose counties have chat groups."""
    text = (settings.DATA / "nation/grid.yaml").read_text(encoding="utf-8")
    assert text.count("code: county,") == 1
    (tmp_path / "nation").mkdir()
    own = text.replace("code: county,", 'code: county, robot: "duty-{region}",')
    (tmp_path / "nation/grid.yaml").write_text(own, encoding="utf-8")
    limits.terms.cache_clear()
    with override_settings(DATA=tmp_path):
        limits.terms()
    yield
    limits.terms.cache_clear()


def commander(*, own: bool = True) -> None:
    """Somebody on duty in the county's command centre at any hour, with a log-in of their own or in their name."""
    user = make.user("helper", make.COUNTY) if own else None
    helper = grid.helper(
        region=make.COUNTY, name="指挥员", phone="13900000077", user_id=user.pk if user else None
    )
    if not own:
        make.user("helper", make.COUNTY, holder_id=helper.pk)
    grid.turn(grid.post(make.COUNTY, "county"), helper, **ALWAYS)


def escalated() -> tuple[Alarm, datetime]:
    """An alarm that nobody took for three minutes, and the moment."""
    alarm = press(make.person())
    for second in (15, 20, 60, 180):
        actions.watch(alarm.raised_at + second * SECOND)
    alarm.refresh_from_db()
    assert alarm.level == "county"
    return alarm, alarm.raised_at + 180 * SECOND


@pytest.mark.parametrize("own", [True, False])
def test_the_telephone_of_whoever_is_on_duty_rings_when_nobody_takes_the_alarm(
    own: bool, carried: list[tuple[str, str]]
) -> None:
    commander(own=own)
    _alarm, at = escalated()
    run_due(at)
    assert carried == [("sms", "13900000077")]
    run_due(at + 62 * SECOND)
    assert carried == [("sms", "13900000077"), ("voice", "13900000077")]


def test_it_does_not_ring_once_somebody_has_the_alarm(carried: list[tuple[str, str]]) -> None:
    commander()
    alarm, at = escalated()
    run_due(at)
    actions.take(alarm, actor=make.user("hotline_agent", make.COUNTY), at=at + 20 * SECOND)
    run_due(at + 300 * SECOND)
    assert [channel for channel, _whereto in carried] == ["sms"]


def test_it_does_not_ring_once_the_alarm_is_over(carried: list[tuple[str, str]]) -> None:
    commander()
    alarm, agent, at = press(make.person()), make.user("hotline_agent", make.COUNTY), timezone.now()
    actions.take(alarm, actor=agent, at=at)
    actions.note_call(alarm, actor=agent, at=at, rung="home", answer="help")
    for nth in range(2):
        actions.send(alarm, actor=agent, at=at, kind="neighbour", name=f"邻居{nth}")
    late = at + 121 * SECOND
    actions.present(agent, at=late)
    actions.watch(late)
    run_due(late)
    assert carried == [("sms", "13900000077")], "two did not answer"
    alarm.refresh_from_db()
    actions.resolve(alarm, actor=agent, at=late + 20 * SECOND, reason="helped", words="已处置")
    run_due(late + 300 * SECOND)
    assert [channel for channel, _whereto in carried] == ["sms"]


def test_the_group_of_the_county_hears_by_its_robot(carried: list[tuple[str, str]], grouped: None) -> None:
    commander()
    _alarm, at = escalated()
    run_due(at)
    assert ("robot", f"duty-{make.COUNTY}") in carried


@pytest.mark.parametrize(
    ("answer", "rings"), [("accept", False), ("refuse", False), ("lapse", False), ("", True)]
)
def test_whoever_is_sent_and_does_not_answer_is_called(
    answer: str, rings: bool, carried: list[tuple[str, str]]
) -> None:
    alarm, agent, at = press(make.person()), make.user("hotline_agent", make.COUNTY), timezone.now()
    actions.take(alarm, actor=agent, at=at)
    actions.send(alarm, actor=agent, at=at, kind="neighbour", name="邻居", phone="13900000088")
    errand = Response.everywhere.get(alarm=alarm)
    run_due(at + SECOND)
    assert carried == [("sms", "13900000088")]
    if answer == "accept":
        actions.accept(errand, actor=agent, at=at + 30 * SECOND)
    elif answer == "refuse":
        actions.refuse(errand, actor=agent, at=at + 30 * SECOND, reason="ill")
    elif answer == "lapse":
        actions.present(agent, at=at + 121 * SECOND)
        actions.watch(at + 121 * SECOND)
    run_due(at + 122 * SECOND if answer == "lapse" else at + 65 * SECOND)
    assert (("voice", "13900000088") in carried) is rings
