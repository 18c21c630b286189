"""A call through the signed door, as the exchange, the agent, the head of the desk, a neighbour and a stranger see it."""

from __future__ import annotations

import json
import time
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from django.utils import timezone
from tests import make
from tests.areas.lines import made
from tests.areas.providers.made import client_of

from songhe.areas.lines import actions, api, figures
from songhe.areas.lines.models import Exchange, Handover, LineEvent, LineState, Seat, SeatSpell, Session, Wish
from songhe.areas.lines.queries import numbers, sessions
from songhe.core.measure import Period
from songhe.core.refusal import Refused
from songhe.edges.telephony.wire import headers
from songhe.engines.acts.models import Act
from songhe.engines.indicators.api import Span
from songhe.engines.live.models import Event

pytestmark = pytest.mark.django_db
DOOR = "/telephony/v1/events"


def send(to: Exchange, events: Any, *, secret: str = "", moment: int | None = None, body: bytes = b"") -> Any:
    """What an exchange posts."""
    body = body or json.dumps({"events": events}).encode()
    told = headers(to.code, secret or to.secret, moment or int(time.time()), body)
    told.pop("Content-Type")
    return Client().post(DOOR, body, content_type="application/json", headers=told)


def event(kind: str, ref: str, at: datetime, n: int, **more: Any) -> dict[str, Any]:
    return {"id": f"{ref}-{n}", "session": ref, "kind": kind, "at": at.isoformat(), "seq": n, **more}


def statuses(answer: Any) -> list[str]:
    return [row["status"] for row in answer.json()["results"]]


def a_call(ref: str, at: datetime, extension: str) -> list[dict[str, Any]]:
    """Rings, waits, rings at a seat, is answered, held, ended, recorded."""
    steps = [
        ("ringing", 0, {"number": "139 6311 2345"}), ("queued", 1, {"queue": "general"}), ("ringing", 4, {"agent": extension}),
        ("answered", 12, {"agent": extension}), ("held", 40, {}), ("resumed", 50, {}), ("hung_up", 100, {}),
        ("recorded", 101, {"recording": "rec/2026/11/26/77.wav"}),
    ]  # fmt: skip
    return [
        event(kind, ref, at + timedelta(seconds=seconds), n, **more)
        for n, (kind, seconds, more) in enumerate(steps)
    ]


def test_a_call_comes_in_pops_up_and_is_counted() -> None:
    at_ = made.exchange()
    user = made.agent()
    seat = made.seat(at_, user, skills=["policy"])
    client = client_of(user)
    assert client.post(f"/seats/{seat.pk}/go_ready/").status_code == 302
    at = timezone.now() - timedelta(seconds=102)
    SeatSpell.everywhere.update(since=at - timedelta(hours=1))
    Seat.everywhere.update(since=at - timedelta(hours=1))
    events = a_call("c1", at, seat.extension)
    assert statuses(send(at_, events[:3])) == ["stored"] * 3
    row = Session.everywhere.get(ref="c1")
    assert (row.state, row.agent_id, row.number_masked) == (LineState.RINGING, user.pk, "139******45")
    assert row.number == "13963112345" and b"13963112345" not in bytes(row.number_sealed)
    assert Event.everywhere.filter(topic=f"seat.{user.pk.hex}").exists(), "the agent's own news"
    shown = client.get("/seat/now/").content.decode()
    assert "139******45" in shown and f"/desk/line/{row.pk}/" in shown
    assert "13963112345" not in client.get("/seat/").content.decode(), "masked on screen"
    assert statuses(send(at_, [events[3]])) == ["stored"]
    seat.refresh_from_db()
    assert (seat.state, seat.session_id) == ("talking", row.pk)
    assert client.post(f"/seats/{seat.pk}/take_break/", {"reason": "meal"}).status_code == 422, "on a call"
    assert statuses(send(at_, events)) == ["known"] * 4 + ["stored"] * 4, "what comes twice has one effect"
    row.refresh_from_db()
    seat.refresh_from_db()
    assert (row.state, row.recordings, seat.state) == (LineState.ENDED, 1, "wrapping")
    leg = row.course[0]
    assert (leg.wait_seconds, leg.turns[0].held_seconds) == (12, 10)
    desk = numbers.desk(user.scope("lines.view"), at - timedelta(hours=1), timezone.now(), now=timezone.now())
    own = desk.agents[str(user.pk)]
    assert (desk.received, desk.quick, own.answered, own.talk_seconds, own.break_seconds) == (1, 1, 1, 88, 0)
    assert own.occupancy is not None and 0 < own.occupancy < 0.1
    clash = dict(events[0], number="13800000000")
    assert (
        statuses(send(at_, [clash])) == ["clash"] and Session.everywhere.get(ref="c1").number == "13963112345"
    )
    facts = api.session(row.pk, user.scope("lines.view"))
    assert facts is not None and (facts.number, facts.is_open) == ("13963112345", False)
    assert row in sessions.not_opened(user.pk, at)
    api.link(row.pk, row.pk, at=timezone.now())
    assert row not in sessions.not_opened(user.pk, at)
    for page in ("/lines/wall/", "/lines/day/", f"/line-calls/{row.pk}/"):
        assert client.get(page).status_code == 200, page


def test_readers_who_answer_no_call_are_led_to_none() -> None:
    at_ = made.exchange()
    user = made.agent()
    at = timezone.now() - timedelta(seconds=102)
    send(at_, a_call("c1", at, made.seat(at_, user, skills=["policy"]).extension))
    call = f"/line-calls/{Session.everywhere.get(ref='c1').pk}/"
    desk, auditor, leader = (
        client_of(who) for who in (user, make.user("auditor", make.CITY), make.user("city_leader", make.CITY))
    )
    assert "/desk/line/" in desk.get(call).content.decode()
    shown = auditor.get(call)
    assert shown.status_code == 200 and "/desk/line/" not in shown.content.decode()
    assert "/lines/day/" in auditor.get("/lines/wall/").content.decode()
    wall = leader.get("/lines/wall/")
    assert wall.status_code == 200 and "/lines/day/" not in wall.content.decode()


def test_neighbour_and_stranger_see_and_hear_nothing() -> None:
    at_ = made.exchange()
    seat = made.seat(at_)
    row = made.call(at_, "ringing", "answered", "hung_up", "recorded", seat=seat, recording="rec/1.wav")
    page, sound = f"/line-calls/{row.pk}/", f"/line-calls/{row.pk}/recording/"
    near = client_of(make.user("hotline_supervisor", make.OTHER_COUNTY))
    assert (near.get(page).status_code, near.get(sound).status_code) == (404, 404)
    assert client_of(make.user("worker", make.COUNTY)).get(page).status_code == 403
    assert Client().get(page).status_code == 302
    assert client_of(made.agent()).get(sound).status_code == 403, "an agent does not listen"
    head = client_of(make.user("hotline_supervisor", make.COUNTY))
    assert head.get(sound).status_code == 200 and b"rec/1.wav" not in head.get(sound).content
    assert head.post(sound, {"purpose": " "}).status_code == 422
    assert b"rec/1.wav" in head.post(sound, {"purpose": "投诉核实"}).content
    assert (
        Act.objects.filter(verb="lines.heard_recording", subject_id=row.pk, purpose="投诉核实").count() == 1
    )
    other = made.agent()
    assert client_of(other).post(f"/seats/{seat.pk}/go_ready/").status_code in (403, 422), "not their seat"
    assert api.session(row.pk, make.user("hotline_agent", make.OTHER_COUNTY).scope("lines.view")) is None
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE lines_lineevent SET kind = 'answered'")


def test_the_door_opens_for_nobody_else() -> None:
    at_ = made.exchange()
    good = [event("ringing", "d1", timezone.now(), 0)]
    assert send(at_, good, secret="wrong").status_code == 401
    assert send(at_, good, moment=int(time.time()) - 400).status_code == 401, "an old request"
    assert send(at_, good, moment=int(time.time()) + 400).status_code == 401
    assert Client().get(DOOR).status_code == 405
    for body in (
        b"{",
        b"[]",
        b'{"events": 3}',
        b'{"events": []}',
        b"\xff\xfe",
        b"[" * 5000,
        b'{"events": [' + b"1," * 600 + b"1]}",
    ):
        assert send(at_, (), body=body).status_code == 422, body[:20]
    assert send(at_, (), body=b"x" * 1_100_000).status_code == 413
    bad: list[Any] = [
        {}, 7, good[0] | {"kind": "sung"}, good[0] | {"at": "yesterday"}, good[0] | {"at": "2026-11-26T10:00"}, good[0] | {"at": 1e300},
        good[0] | {"at": True}, good[0] | {"seq": -1}, good[0] | {"id": "x" * 81}, good[0] | {"number": ["1"]},
        good[0] | {"at": "0001-01-01T00:00:00+14:00"}, good[0] | {"media": "smoke"}, {"kind": "seat", "agent": "1", "state": "talking", "at": good[0]["at"]},
    ]  # fmt: skip
    assert statuses(send(at_, bad)) == ["unfit"] * len(bad)
    assert not LineEvent.everywhere.exists()
    odd = good[0] | {"number": "\u0000+82 \ud83d", "queue": "𠮷=1+1", "agent": "無", "id": 12}
    assert statuses(send(at_, [odd])) == ["stored"]
    actions.close_exchange(at_, actor=make.user("administrator"), at=timezone.now())
    assert send(at_, good).status_code == 401


def test_one_desk_through_the_door_equals_another_order() -> None:
    """The same events one by one backwards, each twice, come to the same session and the same numbers."""
    whole, mixed = made.exchange(), made.exchange()
    at = timezone.now() - timedelta(minutes=10)
    for to in (whole, mixed):
        seat = made.seat(to)
        events = a_call("e1", at, seat.extension)
        if to is whole:
            send(to, events)
        else:
            for each in reversed(events):
                send(to, [each]), send(to, [each])
    first, second = (Session.everywhere.get(exchange=to) for to in (whole, mixed))
    assert [leg.wait_seconds for leg in first.course] == [leg.wait_seconds for leg in second.course] == [12]
    assert (first.state, first.queue, first.recordings) == (second.state, second.queue, second.recordings)
    assert (first.began_at, first.ended_at) == (second.began_at, second.ended_at)
    assert second.late == 8


def test_dialling_writing_and_a_lost_call_called_back() -> None:
    at_ = made.exchange()
    user = made.agent()
    seat = made.seat(at_, user)
    client = client_of(user)
    assert client.post("/line-calls/do/dial/", {"number": "13963112345"}).status_code == 422, "not logged on"
    client.post(f"/seats/{seat.pk}/go_ready/")
    lost = made.call(at_, "ringing", "abandoned")
    scope = user.scope("lines.view")
    assert list(sessions.to_call_back(scope, timezone.now())) == [lost]
    assert (
        "139******45" in client.get("/").content.decode()
        or "139******45" in client.get("/seat/").content.decode()
    )
    assert (
        client.post("/line-calls/do/dial/", {"number": "139 6311 2345", "for_key": "order:1"}).status_code
        == 302
    )
    call = Session.everywhere.get(direction="out")
    assert (call.state, call.for_key) == (LineState.ASKED, "order:1")
    assert actions.send_wishes(at=timezone.now()) == 2, "the seat and the number"
    call.refresh_from_db()
    seat.refresh_from_db()
    assert (call.state, seat.state) == (LineState.TALKING, "talking")
    assert not sessions.to_call_back(scope, timezone.now()).exists()
    desk = numbers.desk(scope, timezone.now() - timedelta(hours=2), timezone.now(), now=timezone.now())
    assert (desk.lost, desk.called_back, desk.dialled, desk.reached) == (1, 1, 1, 1)
    assert client.post(f"/line-calls/{call.pk}/end_call/").status_code == 302
    actions.send_wishes(at=timezone.now())
    call.refresh_from_db()
    assert call.state == LineState.ENDED
    written = made.call(at_, "texted", media="text", words="我听不见，摔倒了", number="")
    assert client.post(f"/line-calls/{written.pk}/reply/", {"words": "马上派人"}).status_code == 302
    actions.send_wishes(at=timezone.now())
    written.refresh_from_db()
    assert (written.state, written.agent_id) == (LineState.TALKING, user.pk)
    shown = client.get(f"/line-calls/{written.pk}/").content.decode()
    assert "我听不见，摔倒了" in shown and "马上派人" in shown
    month = Span(Period.holding(timezone.localdate()), make.COUNTY, make.COUNTY + 10**6)
    assert list(figures.text_quick(month)) == [(make.COUNTY, 1, 1)]
    assert list(figures.called_back(month)) == [(make.COUNTY, 1, 1)]
    assert list(figures.received(month)) == [(make.COUNTY, 1, None)]
    assert list(figures.answered_quick(month)) == list(figures.connected(month)) == [(make.COUNTY, 0, 1)]


def test_a_wish_that_is_too_old_is_not_carried_out() -> None:
    at_ = made.exchange(way="signed")
    user = made.agent()
    seat = made.seat(at_, user)
    at = timezone.now()
    actions.go_ready(seat, actor=user, at=at)
    call = actions.dial(actor=user, at=at, number="13963112345")
    actions.send_wishes(at=at)
    call.refresh_from_db()
    assert call.state == LineState.FAILED, "this exchange takes no wishes: said at once"
    again = actions.dial(actor=user, at=at, number="13963112345")
    assert actions.send_wishes(at=at + timedelta(minutes=1)) == 0
    again.refresh_from_db()
    assert again.state == LineState.FAILED and Wish.everywhere.get(session_id=again.pk).fault == "too late"


def test_a_shift_is_handed_over_with_two_signatures() -> None:
    at_ = made.exchange()
    first, second = made.agent(), made.agent()
    made.seat(at_, first), made.seat(at_, second)
    made.call(at_, "ringing", "queued")
    row = made.shift(make.COUNTY, first, at=timezone.now() - timedelta(days=1))
    mine, next_ = client_of(first), client_of(second)
    assert str(row) in mine.get("/shifts/").content.decode()
    assert next_.post(f"/shifts/{row.pk}/hand_over/", {"note": "x"}).status_code == 403, "not in this shift"
    assert mine.post(f"/shifts/{row.pk}/hand_over/", {"note": " "}).status_code == 422
    assert mine.post(f"/shifts/{row.pk}/hand_over/", {"note": "张奶奶的急单待回访"}).status_code == 302
    assert mine.post(f"/shifts/{row.pk}/hand_over/", {"note": "again"}).status_code == 422
    left = Handover.everywhere.get(shift=row)
    assert {code: count for code, _en, _zh, count in left.counts}["10.lines"] == 1
    page = f"/handovers/{left.pk}/"
    assert "张奶奶的急单待回访" in next_.get(page).content.decode()
    assert mine.post(f"{page}take_over/", {"read": "on"}).status_code == 422, "not by the same person"
    assert next_.post(f"{page}take_over/").status_code == 422, "not unread"
    assert next_.post(f"{page}take_over/", {"read": "on", "remark": "已清点"}).status_code == 302
    left.refresh_from_db()
    assert left.taken_by_id == second.pk
    assert next_.post(f"{page}take_over/", {"read": "on"}).status_code == 422
    with pytest.raises(Refused):
        actions.plan_shift(
            actor=make.user("hotline_supervisor", make.COUNTY), at=timezone.now(), region=row.region, day=row.day,
            part="early", lead=str(second.pk), agents=[],
        )  # fmt: skip
    assert client_of(make.user("hotline_agent", make.OTHER_COUNTY)).get(page).status_code == 404


def test_the_desk_opens_a_call_that_rings_once_and_its_shift_counts_it() -> None:
    at_ = made.exchange()
    user = made.agent()
    seat = made.seat(at_, user)
    row = made.call(at_, "ringing", "answered", seat=seat)
    client = client_of(user)
    shown = client.get("/seat/now/").content.decode()
    assert f'action="/desk/line/{row.pk}/"' in shown
    first = client.post(f"/desk/line/{row.pk}/")
    assert first.status_code == 302 and client.get(first.headers["Location"]).status_code == 200
    assert client.post(f"/desk/line/{row.pk}/").headers["Location"] == first.headers["Location"], "one call"
    row.refresh_from_db()
    assert row.call_id is not None and str(row.call_id) in first.headers["Location"]
    assert (
        client_of(make.user("hotline_agent", make.OTHER_COUNTY)).post(f"/desk/line/{row.pk}/").status_code
        == 404
    )
    lead = made.agent()
    made.seat(at_, lead)
    left = actions.hand_over(
        made.shift(make.COUNTY, lead, at=timezone.now() - timedelta(days=1)), actor=lead, at=timezone.now(), note="无"
    )  # fmt: skip
    assert {"05.alarms", "10.lines", "20.calls", "30.orders", "40.complaints", "50.follow_ups"} == {
        one[0] for one in left.counts
    }
