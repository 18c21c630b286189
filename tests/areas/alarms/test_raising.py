"""The door for signals: what becomes an alarm, what joins one, and at what price."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests import make

from songhe.areas.alarms.api import AlarmState, Cry, raise_many
from songhe.areas.alarms.models import Alarm, Signal, Step
from songhe.areas.alarms.queries.figures import counted, told
from songhe.engines.acts.models import Act
from songhe.engines.live.models import Event

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)


def pressed(
    kind: str = "sos", *, home: UUID | None = None, later: int = 0, person: UUID | None = None
) -> Cry:
    at = AT + timedelta(seconds=later)
    return Cry(
        kind=kind, received_at=at, device_id=uuid4(), key=str(uuid4()), household_id=home or uuid4(),
        person_id=person, region_id=make.village(),
    )  # fmt: skip


def test_an_alarm_rings_is_watched_and_is_told() -> None:
    (alarm,) = raise_many([pressed()], at=AT)
    alarm.refresh_from_db()
    assert (alarm.state, alarm.rings_from, alarm.rung, alarm.signals) == (AlarmState.RAISED, AT, 0, 1)
    assert alarm.due_at == AT + timedelta(seconds=15)
    assert alarm.number.startswith("JJ-")
    event = Event.everywhere.get(topic="alarms")
    assert event.payload["id"] == str(alarm.pk)
    assert len(str(event.payload)) < 400
    assert [(one.what, one.source, one.target) for one in Step.everywhere.all()] == [("raise", "", "raised")]
    assert Act.objects.filter(verb="alarms.raise").count() == 1


def test_repeats_and_whatever_else_sounds_in_a_home_join_one_alarm() -> None:
    home = uuid4()
    first, again = raise_many([pressed("door", home=home), pressed("smoke", home=home)], at=AT), []
    again = raise_many([pressed("sos", home=home, later=5), pressed(later=5)], at=AT + timedelta(seconds=5))
    assert len(first) == 1
    assert len(again) == 2
    joined = Alarm.everywhere.get(home_id=home)
    assert (joined.signals, joined.kind, joined.priority) == (3, "smoke", 3)
    assert joined.rings_from == AT, "what rings already goes on climbing"
    assert Signal.everywhere.filter(alarm=joined).count() == 3


def test_a_later_signal_wakes_a_quiet_alarm_and_never_makes_a_second() -> None:
    home, agent, later = uuid4(), uuid4(), AT + timedelta(minutes=3)
    (alarm,) = raise_many([pressed(home=home)], at=AT)
    Alarm.everywhere.filter(pk=alarm.pk).update(
        state="taken", agent_id=agent, seen_at=later, acted_at=later, rings_from=None
    )
    (again,) = raise_many([pressed("fall", home=home)], at=later)
    again.refresh_from_db()
    assert (again.pk, again.state, again.rings_from, again.agent_id) == (alarm.pk, "taken", later, agent)
    assert Alarm.everywhere.count() == 1


def test_tests_end_themselves_and_change_nothing_beside_an_open_alarm() -> None:
    home = uuid4()
    (test,) = raise_many([pressed("test", home=home)], at=AT)
    test.refresh_from_db()
    assert (test.state, test.outcome, test.closed_at, test.due_at) == ("test", "test", AT, None)
    found = counted(told(Alarm.everywhere.all()))
    assert (found.tests, found.alarms) == (1, 0), "no alarm that nobody answered"
    assert not list(Event.everywhere.filter(topic="alarms"))
    (alarm,) = raise_many([pressed(home=home)], at=AT)
    (same,) = raise_many([pressed("test", home=home)], at=AT)
    assert same.pk == alarm.pk
    assert Event.everywhere.filter(topic="alarms").count() == 1


def test_a_device_that_nobody_knows_is_an_alarm_of_the_city() -> None:
    strange = Cry(kind="never_heard_of", received_at=AT, code="IMEI-1", key="1")
    (alarm,) = raise_many([strange], at=AT)
    (same,) = raise_many([Cry(kind="sos", received_at=AT, code="IMEI-1", key="2")], at=AT)
    assert same.pk == alarm.pk
    assert (alarm.provisional, alarm.region_id, alarm.priority) == (True, make.CITY, 2)


def test_many_cost_no_more_statements_than_one() -> None:
    counts = []
    for n in (1, 40):
        batch = [pressed() for _ in range(n)]
        with CaptureQueriesContext(connection) as asked:
            raise_many(batch, at=AT)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 9, counts
