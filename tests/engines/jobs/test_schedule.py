"""Jobs that come back: at night by the city's clock, whenever the server was started, and once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from songhe.engines.jobs.api import Work, periodic
from songhe.engines.jobs.models import Job
from songhe.engines.jobs.registry import KINDS, Kind
from songhe.engines.jobs.schedule import next_after, start_periodic

pytestmark = pytest.mark.django_db
CITY = ZoneInfo("Asia/Shanghai")


def nothing(work: Work) -> None:
    """A job that does nothing."""


@pytest.fixture(autouse=True)
def kinds() -> Iterator[None]:
    """One nightly job and one that comes back every hour."""
    periodic("test.nightly", at="02:30")(nothing)
    periodic("test.hourly", every_minutes=60)(nothing)
    yield
    del KINDS["test.nightly"], KINDS["test.hourly"]


def local(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, 10, tzinfo=CITY)


def started(at: datetime, kind: str = "test.nightly") -> int:
    """How often a look at the clock started a job, which ends at once."""
    start_periodic(at)
    start_periodic(at)
    return Job.objects.filter(kind=kind, state="waiting").update(state="done", finished_at=at)


def test_a_server_that_was_started_in_the_morning_works_at_night() -> None:
    assert started(local(1, 9)) == 1, "the first time ever"
    assert [started(local(1, hour)) for hour in (12, 23)] == [0, 0]
    assert [started(local(2, 2, minute)) for minute in (29, 30, 31)] == [0, 1, 0]
    assert [started(local(2, hour)) for hour in (9, 21)] == [0, 0]
    assert started(local(3, 2, 30)) == 1


def test_a_night_that_was_missed_is_caught_up_with_once() -> None:
    assert [started(local(1, 2, 30)), started(local(2, 2, 30))] == [1, 1]
    assert started(local(5, 9)) == 1, "three nights the server was down"
    assert started(local(5, 10)) == 0
    assert started(local(6, 8)) == 0, "down in the night again, and the last run is 23 hours old"
    assert started(local(7, 2, 30)) == 1


def test_what_comes_back_every_hour_does_so_by_any_clock() -> None:
    seen = [started(local(1, 9) + timedelta(minutes=20 * n), "test.hourly") for n in range(7)]
    assert seen == [1, 0, 0, 1, 0, 0, 1]


def test_clocks_that_change_neither_leave_out_a_night_nor_double_one() -> None:
    kind = Kind("night", nothing, daily=time(2, 30))
    assert next_after(kind, datetime(2026, 11, 1, 12, tzinfo=UTC)) == datetime(
        2026, 11, 1, 18, 30, tzinfo=UTC
    )
    berlin = ZoneInfo("Europe/Berlin")

    def nights(first: datetime) -> list[datetime]:
        found, moment = [], first
        for _ in range(3):
            moment = next_after(kind, moment, zone=berlin)
            found.append(moment.astimezone(UTC))
        return found

    spring = nights(datetime(2026, 3, 28, 12, tzinfo=berlin))
    assert spring == [
        datetime(2026, 3, day, hour, 30, tzinfo=UTC) for day, hour in ((29, 1), (30, 0), (31, 0))
    ]
    autumn = nights(datetime(2026, 10, 24, 12, tzinfo=berlin))
    assert autumn == [
        datetime(2026, 10, day, hour, 30, tzinfo=UTC) for day, hour in ((25, 0), (26, 1), (27, 1))
    ]


def test_a_job_that_comes_back_says_when() -> None:
    for wrong in ({}, {"every_minutes": 5, "at": "02:30"}, {"at": "25:00"}):
        with pytest.raises(ValueError, match=r"comes back|hour must be"):
            periodic("test.wrong", **wrong)  # type: ignore[arg-type]
    assert "test.wrong" not in KINDS
