"""``receive`` against the database: once, in order, in few statements, and never silent about what it cannot place."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests import make
from tests.areas.devices import made

from songhe.areas.devices import actions, api, queries
from songhe.areas.devices.models import Chore, Device, Last, Outcome, Signal, Stray
from songhe.areas.devices.rules.secrets import hash_of
from songhe.engines.access.api import SYSTEM, Scope, entered
from songhe.engines.vault.api import reveal

pytestmark = pytest.mark.django_db
LON, LAT = map(float, made.HOME)


def test_the_same_message_has_one_effect_however_often_it_comes(at: datetime) -> None:
    person = make.person()
    row = made.device(of=person)
    press = made.signal(row, "sos", at, battery=15, extra={"rssi": -80})
    (alarm, *more) = api.receive([press, press], at=at)
    assert not more and (alarm.person_id, alarm.region_id, alarm.device_kind) == (person.pk, person.region_id, "bracelet")  # fmt: skip
    assert api.receive([press], at=at + timedelta(minutes=1)) == []
    kinds = Signal.everywhere.filter(device=row).order_by("kind").values_list("kind", "became")
    assert list(kinds) == [("low_battery", "kept"), ("sos", "alarm")]
    kept = Signal.everywhere.get(pk=alarm.id)
    assert json.loads(reveal(person.pk, kept.body_sealed)) == {"extra": {"rssi": -80}}, "sealed with the person's key"  # fmt: skip
    last = Last.everywhere.get(device=row)
    assert (last.connected_at, last.first_used_at, last.battery_low) == (at, at, True)


def test_a_number_that_comes_again_for_another_call_swallows_none(at: datetime) -> None:
    row, hour = made.device(of=make.person()), timedelta(hours=1)

    def rings(kind: str, key: str, sent_at: datetime | None, after: timedelta) -> bool:
        one = api.Signal(row.pk, key, kind, sent_at, at + after)
        return bool(api.receive([one, one], at=at + after))

    assert rings("sos", "1", at, 0 * hour)
    assert not rings("sos", "1", at, 5 * hour), "the same message hours later"
    assert not rings("sos", "1", at, 200 * hour), "and days later"
    assert rings("sos", "1", at + 5 * hour, 5 * hour), "the counter began anew"
    assert rings("fall", "1", at, 5 * hour), "another kind"
    assert rings("sos", "2", None, 0 * hour)
    assert not rings("sos", "2", None, 1 * hour), "sent again by a device without a clock"
    assert rings("sos", "2", None, 3 * hour)
    stopped = at - timedelta(days=9000)
    assert rings("sos", "3", stopped, 0 * hour)
    assert not rings("sos", "3", stopped, 1 * hour)
    assert rings("sos", "3", stopped, 3 * hour), "its clock starts from the same moment with each battery"


def test_what_is_told_to_be_sent_for_the_first_time_is_compared_with_nothing(at: datetime) -> None:
    row = made.device(of=make.person())
    press = api.Signal(row.pk, "p", "sos", None, at, first=True)
    soon = at + timedelta(seconds=9)
    assert len(api.receive([press], at=at)) == 1
    assert api.receive([press], at=soon) == [], "tried again by us, since nobody knew whether it was written"
    assert len(api.receive([replace(press, received_at=soon)], at=soon)) == 1
    assert api.receive([replace(press, received_at=soon, first=False)], at=soon) == [], (
        "the device sends it again"
    )


def test_hundreds_of_heartbeats_are_a_few_statements_and_leave_no_rows(at: datetime) -> None:
    rows = [made.device(region=make.village()) for _ in range(60)]
    counts = []
    for many in (2, 60):
        batch = [made.signal(row, "heartbeat", at, battery=80) for row in rows[:many]]
        with CaptureQueriesContext(connection) as asked, entered(Scope.EVERYTHING):
            api.receive(batch, at=at)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 6
    assert not Signal.everywhere.exists()
    assert Last.everywhere.filter(heard_at=at, battery=80).count() == 60


def test_what_comes_late_does_not_move_the_state_back(at: datetime) -> None:
    row = made.device(of=make.person())
    api.receive([made.signal(row, "position", at, battery=60)], at=at)
    early = made.signal(row, "sos", at - timedelta(hours=3), battery=90)
    (alarm,) = api.receive([api.Signal(row.pk, "late", "sos", early.sent_at, at, battery=90)], at=at)
    assert alarm.at == at - timedelta(hours=3), "it was hours ago, and somebody has to come all the same"
    assert Last.everywhere.get(device=row).battery == 60


def test_a_clock_ahead_is_recorded_and_the_moment_of_receipt_counts(at: datetime) -> None:
    row = made.device(of=make.person())
    (alarm,) = api.receive([made.signal(row, "sos", at, sent_at=at + timedelta(days=400))], at=at)
    last = Last.everywhere.get(device=row)
    assert (alarm.at, last.clock, last.clock_off) == (at, "ahead", 400 * 86400)
    assert Signal.everywhere.get(pk=alarm.id).clock == "ahead"


def test_places_are_kept_only_with_an_agreement_and_hidden_when_it_is_withdrawn(at: datetime) -> None:
    person = make.person()
    row = made.device(of=person)
    spot = {"longitude": LON, "latitude": LAT, "accuracy": 12.0}
    api.receive([made.signal(row, "position", at, **spot)], at=at)
    assert queries.places.last_places([row.pk]) == {} and not Signal.everywhere.filter(kind="position").exists()  # fmt: skip
    agreed = made.agreement(person)
    now = timezone.now() + timedelta(minutes=1)
    api.receive([made.signal(row, "position", now, **spot)], at=now)
    assert queries.places.last_places([row.pk])[row.pk].point == (LON, LAT)
    assert len(queries.places.track(row.pk, person.pk, since=at)) == 1
    raw = bytes(Signal.everywhere.get(kind="position").body_sealed)
    assert b"122.42" not in raw, "sealed"
    actions.withdraw_agreement(agreed, actor=SYSTEM, at=now)
    assert queries.places.last_places([row.pk]) == {} == Last.everywhere.get(device=row).inside
    assert queries.places.track(row.pk, person.pk, since=at) == []
    made.agreement(person, now + timedelta(minutes=1))
    assert queries.places.track(row.pk, person.pk, since=at) == [], "a new agreement opens no old place"


def test_leaving_a_safe_area_becomes_an_alarm_once(at: datetime) -> None:
    person = make.person()
    row = made.device(of=person)
    made.agreement(person)
    fence = made.fence(person)
    now = timezone.now()
    steps = [(0.0, 1), (0.01, 2), (0.01, 3), (0.0, 4)]
    raised = []
    for east, minutes in steps:
        when = now + timedelta(minutes=10 * minutes)
        one = made.signal(row, "position", when, longitude=LON + east, latitude=LAT, accuracy=15.0)
        raised += api.receive([one, one], at=when)
    assert [one.kind for one in raised] == ["geofence"]
    assert raised[0].extra == {"fence": str(fence.pk), "way": "out"} and raised[0].has_place
    assert Signal.everywhere.filter(kind="geofence").count() == 2, "that somebody came back is kept"


def test_what_cannot_be_placed_is_kept_and_shown(at: datetime) -> None:
    stock, mute = made.device(region=make.village()), made.device(of=make.person(), enabled=False)
    batch = [
        made.signal(stock, "sos", at), made.signal(mute, "sos", at), made.signal(stock, "purr", at),
        api.Signal(None, "1", "sos", at, at, code="NOBODY"), api.Signal(None, "2", "sos", at, at, code="NOBODY"),
        api.Signal(None, "3", "sos", at, at, code=stock.code),
    ]  # fmt: skip
    raised = api.receive(batch, at=at)
    assert [(one.device_id, one.key) for one in raised] == [
        (stock.pk, batch[0].key), (stock.pk, "3"), (None, "1"), (None, "2"),
    ]  # fmt: skip
    assert {(one.code, one.region_id, one.at) for one in raised[2:]} == {("NOBODY", make.CITY, at)}
    became = Signal.everywhere.order_by("pk").values_list("became", flat=True)
    assert sorted(became) == ["disabled", "strange", "unbound", "unbound"]
    stray = Stray.everywhere.get()
    assert (stray.code, stray.count, stray.region_id) == ("NOBODY", 2, make.CITY)


def test_alarms_are_passed_on_inside_the_transaction(at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[api.Signal] = []
    monkeypatch.setattr("songhe.areas.devices.actions.effects._EFFECTS", [lambda found, _at: told.extend(found)])  # fmt: skip
    row = made.device(of=make.person())
    api.bring([made.signal(row, "sos", at), made.signal(row, "heartbeat", at)], at=at)
    assert [one.kind for one in told] == ["sos"]


def test_silent_low_and_untested_devices_become_tasks_which_settle_by_themselves(at: datetime) -> None:
    long_ago, person = at - timedelta(days=40), make.person()
    row = made.device(of=person, issued_at=long_ago, installed_at=long_ago)
    made.device("tag", of=person, issued_at=long_ago, installed_at=long_ago)
    made.device(of=make.person())
    found = actions.watch(at=at)
    assert (found["silent"], found["test"], found["battery"], found["settled"]) == (1, 1, 0, 0)
    assert actions.watch(at=at)["silent"] == 0, "once"
    assert list(queries.register.dormant(Device.everywhere.all(), at)) == [row]
    api.receive([made.signal(row, "heartbeat", at, battery=10)], at=at)
    found = actions.watch(at=at + timedelta(minutes=5))
    assert (found["battery"], found["settled"]) == (1, 1)
    assert not queries.register.dormant(Device.everywhere.all(), at).exists()
    chore = Chore.everywhere.get(device=row, kind="silent")
    assert chore.outcome == Outcome.BY_ITSELF
    open_ones = Chore.everywhere.filter(closed_at=None).order_by("kind").values_list("kind", flat=True)
    assert list(open_ones) == ["battery", "test"]


def test_a_press_taken_for_a_test_is_asked_about_and_calls_for_help_after_all(
    at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[api.Signal] = []
    monkeypatch.setattr("songhe.areas.devices.actions.effects._EFFECTS", [lambda found, _at: told.extend(found)])  # fmt: skip
    row = made.device(of=make.person())
    assert api.receive([made.signal(row, "test", at)], at=at) == []
    assert actions.watch(at=at)["ask"] == 1
    chore = Chore.everywhere.get(kind="ask")
    later = at + timedelta(minutes=4)
    actions.settle_chore(chore, actor=SYSTEM, at=later, outcome="was_call")
    assert [(one.kind, one.device_id, one.at) for one in told] == [("sos", row.pk, later)]
    assert actions.watch(at=later)["ask"] == 0, "it was answered"
    actions.begin_test(row, actor=SYSTEM, at=later)
    assert api.receive([made.signal(row, "sos", later)], at=later) == []
    assert Last.everywhere.get(device=row).tested_at == later


def test_credentials_fit_the_secret_alone_and_end_at_once() -> None:
    row = made.device(secret_hash=hash_of("s1"))
    found = api.credentials(row.code)
    assert found and found.id == row.pk and found.fit("s1") and not found.fit("s2")
    actions.set_secret(row, actor=SYSTEM, at=timezone.now(), secret="s2")
    fresh = api.credentials(row.code)
    assert fresh and fresh.fit("s2") and not fresh.fit("s1")
    actions.disable_device(row, actor=SYSTEM, at=timezone.now(), reason="stolen")
    off = api.credentials(row.code)
    assert off and not off.fit("s2")
    assert api.credentials("nobody") is None


def test_what_is_too_old_is_let_go_places_first(at: datetime) -> None:
    person = make.person()
    row = made.device(of=person)
    made.agreement(person)
    api.receive([made.signal(row, "position", at, longitude=LON, latitude=LAT), made.signal(row, "sos", at)], at=at)  # fmt: skip
    assert actions.let_go(at=at + timedelta(days=31)) == 1
    assert list(Signal.everywhere.values_list("kind", flat=True)) == ["sos"]
    assert actions.let_go(at=at + timedelta(days=1200)) == 1


def test_made_up_numbers_fill_no_table(at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries.hearing, "MOST_STRAYS", 3)
    for key, many in (("1", 5), ("2", 9)):
        api.receive([api.Signal(None, key, "heartbeat", None, at, code=f"S{n}") for n in range(many)], at=at)
    found = dict(Stray.everywhere.values_list("code", "count"))
    assert found == {"S0": 2, "S1": 2, "S2": 2}, "those heard before go on being counted"


def test_heartbeats_of_made_up_numbers_crowd_out_no_call_for_help(
    at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries.hearing, "MOST_STRAYS", 2)
    api.receive([api.Signal(None, "1", "heartbeat", None, at, code=f"S{n}") for n in range(5)], at=at)
    api.receive([api.Signal(None, "1", "sos", at, at, code=f"H{n}") for n in range(2)], at=at)
    kept = {"S0": "heartbeat", "S1": "heartbeat", "H0": "sos", "H1": "sos"}
    assert dict(Stray.everywhere.values_list("code", "kind")) == kept
    with pytest.raises(api.NoRoom):
        api.receive([api.Signal(None, "1", "sos", at, at, code="H9")], at=at)
    api.receive([api.Signal(None, "2", "sos", at, at, code=code) for code in ("H0", "S0")], at=at)
    assert Stray.everywhere.filter(kind="sos").count() == 3, "a number that was heard before always calls"
