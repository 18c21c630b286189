"""What protects life rings: the in-box and a text at once, a call when nobody has reacted, and no call once somebody has."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from tests import make
from tests.engines.notices.carriers import Carrier

from songhe.core.notices import build_template
from songhe.core.sources import DataError
from songhe.engines.access.api import User
from songhe.engines.jobs.api import run_due
from songhe.engines.notices import tasks
from songhe.engines.notices.api import Notice, Recipient, State, Taken, carry_by, inbox, settle, tell
from songhe.engines.notices.book import book

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 25, 19, 0, tzinfo=UTC)  # three in the morning
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
LEVEL = {"number": "A-000001", "place": "崂山屯村"}
ERRAND = {"person": "王建国", "place": "崂山屯村", "number": "A-000001", "kind": "一键呼救"}
assert callable(tasks.send_due), "importing it registers the job"


@pytest.fixture
def carried() -> Iterator[list[str]]:
    """The channels by which something went out, in order."""
    out: list[str] = []

    def carrier(channel: str) -> Carrier:
        def take(letter: object) -> Taken:
            out.append(channel)
            return Taken(delivered=True)

        return Carrier(channel, take, channel)

    carry_by(lambda: [carrier(channel) for channel in ("sms", "voice", "robot")])
    yield out
    carry_by(None)


def told(template: str, to: Recipient, key: str = "alarm:1:county") -> Notice:
    params = LEVEL if template == "alarm_level" else ERRAND
    (notice,) = tell(to, template, params, region_id=make.village(), at=AT, key=key)
    return notice


def somebody() -> tuple[User, Recipient]:
    user: User = make.user("hotline_agent")
    return user, Recipient(user_id=user.pk, number="13900000001")


@pytest.mark.parametrize("template", ["alarm_level", "alarm_errand"])
def test_a_text_goes_out_at_once_and_the_telephone_rings_a_minute_later(
    template: str, carried: list[str]
) -> None:
    notice = told(template, somebody()[1])
    run_due(AT + SECOND)
    assert carried == ["sms"], "beside the in-box, at night too"
    run_due(AT + MINUTE)
    assert carried == ["sms"]
    run_due(AT + MINUTE + 2 * SECOND)
    assert carried == ["sms", "voice"]
    notice.refresh_from_db()
    assert (notice.state, notice.next_at) == (State.DELIVERED, None)


def test_who_has_read_it_is_not_called(carried: list[str]) -> None:
    user, to = somebody()
    notice = told("alarm_level", to)
    run_due(AT + SECOND)
    inbox.read(user.pk, [notice.pk], at=AT + 30 * SECOND)
    run_due(AT + 10 * MINUTE)
    assert carried == ["sms"]


def test_what_was_seen_to_goes_no_further_and_nothing_else_stops(carried: list[str]) -> None:
    first = told("alarm_level", Recipient(number="13900000001"), key="alarm:1:town")
    other = told("alarm_level", Recipient(number="13900000002"), key="alarm:2:town")
    fresh = told("alarm_level", Recipient(number="13900000003"), key="alarm:1:county")
    run_due(AT)
    assert settle("alarm_level", "alarm:1:", at=AT + SECOND) == 2
    assert settle("alarm_level", "alarm:1:", at=AT + SECOND) == 0
    run_due(AT + 10 * MINUTE)
    assert sorted(carried) == ["sms", "sms", "sms", "voice"]
    for row in (first, other, fresh):
        row.refresh_from_db()
    assert {row.state for row in (first, other, fresh)} == {State.DELIVERED}


def test_a_group_hears_by_its_robot_alone(carried: list[str]) -> None:
    told("alarm_level", Recipient(robot="county", name="指挥中心"))
    run_due(AT)
    assert carried == ["robot"]


def test_a_text_that_nothing_follows_is_enough_to_be_read(carried: list[str]) -> None:
    params = {"number": "D-1", "service": "助浴"}
    (notice,) = tell(
        Recipient(number="13900000001"), "order_late", params, region_id=make.village(), at=AT, key="o"
    )
    run_due(AT)
    notice.refresh_from_db()
    assert (notice.state, notice.ended_at is not None, carried) == (State.DELIVERED, True, ["sms"])


def test_channels_at_once_are_channels() -> None:
    known = book().templates["alarm_level"]
    assert known.at_once == ("in_app",)
    data = {
        "en": {"title": "Help", "text": "Come."}, "zh": {"title": "求助", "text": "请来。"}, "channels": ["sms"],
        "wait_minutes": 1, "worth_minutes": 2, "at_once": ["pigeon"],
    }  # fmt: skip
    with pytest.raises(DataError, match="at_once"):
        build_template("help", data)
