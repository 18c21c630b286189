"""Calls whose end the exchange never tells: they end by themselves, and hanging up what it does not know ends them too."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.utils import timezone
from tests import make
from tests.areas.lines import made
from tests.areas.lines.test_story import event, send, statuses
from tests.areas.providers.made import client_of

from songhe.areas.lines import actions
from songhe.areas.lines.limits import terms
from songhe.areas.lines.models import Exchange, Handover, LineState, Seat, SeatSpell, Session, Wish
from songhe.areas.lines.queries import numbers, sessions
from songhe.areas.lines.tasks import end_silent
from songhe.engines.access.api import SYSTEM
from songhe.engines.jobs.api import Work
from songhe.engines.jobs.models import Job

pytestmark = pytest.mark.django_db
LONG = timedelta(hours=terms().silent_hours, minutes=1)


def swept() -> int:
    job = Job(kind="lines.silent", actor_id=SYSTEM.id)
    ended: int = end_silent(Work(job, timezone.now()))["ended"]
    return ended


def test_a_call_whose_end_is_never_told_ends_frees_its_seat_and_counts_no_talk() -> None:
    at_ = made.exchange()
    user = made.agent()
    seat = made.seat(at_, user)
    client = client_of(user)
    then = timezone.now() - LONG
    talk = made.call(at_, "ringing", "answered", "held", seat=seat, at=then)
    waits = made.call(at_, "ringing", "queued", at=then, number="13963112346")
    fresh = made.call(at_, "ringing", number="13963112347")
    unread = made.call(at_, "texted", media="text", words="听不见", number="", at=then)
    seat.refresh_from_db()
    assert seat.state == "talking" and client.post(f"/seats/{seat.pk}/log_off/").status_code == 422
    assert (swept(), swept()) == (2, 0)
    for row in (talk, waits, fresh, unread, seat):
        row.refresh_from_db()
    assert (talk.state, waits.state, fresh.state) == (LineState.UNTOLD, LineState.UNTOLD, LineState.RINGING)
    assert talk.ended_at == talk.last_at == then and unread.is_open, "who wrote still waits for an answer"
    assert (seat.state, seat.session_id) == ("off", None)
    assert SeatSpell.everywhere.get(seat=seat).until == then, "on duty no longer than was told"
    scope, now = user.scope("lines.view"), timezone.now()
    assert list(sessions.waiting(scope).filter(media="voice")) == [fresh]
    assert list(sessions.to_call_back(scope, now)) == [waits], "who perhaps was lost is called back"
    desk = numbers.desk(scope, then - timedelta(hours=1), now, now=now)
    own = desk.agents[str(user.pk)]
    assert (desk.received, desk.answered, desk.lost, desk.waiting, desk.untold) == (3, 1, 0, 1, 1)
    assert (own.talk_seconds, own.duty_seconds) == (10, 10)
    touched = numbers.legs(scope, now - timedelta(minutes=1), now)
    assert len(touched) == 2, "of this minute are the call that rings and the writer who waits alone"
    page = client.get(f"/line-calls/{talk.pk}/").content.decode()
    assert "此后再无消息" in page or "Nothing more was reported" in page


def test_an_end_that_is_told_after_all_takes_the_place_of_the_guess() -> None:
    at_ = made.exchange()
    seat = made.seat(at_)
    then = timezone.now() - LONG
    talk = made.call(at_, "ringing", "answered", seat=seat, at=then)
    assert swept() == 1
    late = event("hung_up", talk.ref, then + timedelta(minutes=3), 9)
    assert statuses(send(at_, [late])) == ["stored"]
    talk.refresh_from_db()
    seat.refresh_from_db()
    assert (talk.state, talk.ended_at, seat.state) == (LineState.ENDED, then + timedelta(minutes=3), "off")
    assert talk.course[0].turns[0].until == then + timedelta(minutes=3)
    assert statuses(send(at_, [event("untold", talk.ref, then, 10)])) == ["unfit"], "no exchange says that"


def test_dialled_and_nothing_told() -> None:
    at_ = made.exchange(way="signed")
    user = made.agent()
    actions.go_ready(made.seat(at_, user), actor=user, at=timezone.now() - LONG)
    call = actions.dial(actor=user, at=timezone.now() - LONG, number="13963112345")
    Wish.everywhere.update(state=Wish.State.DONE)
    assert swept() == 1
    call.refresh_from_db()
    assert (call.state, call.ended_at) == (LineState.UNTOLD, call.began_at)


class _Exchange(BaseHTTPRequestHandler):
    """An exchange on loopback that answers what it is told to."""

    answers: list[int] = []

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(type(self).answers.pop(0))
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name is the standard library's
        """Keep still."""


@contextmanager
def answering(at_: Exchange, *answers: int) -> Iterator[None]:
    server = HTTPServer(("127.0.0.1", 0), _Exchange)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    _Exchange.answers = list(answers)
    Exchange.everywhere.filter(pk=at_.pk).update(url=f"http://127.0.0.1:{server.server_port}/in")
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("status", "ends"), [(404, True), (410, True), (422, False), (503, False), (200, False)]
)
def test_hanging_up_what_the_exchange_does_not_know_ends_it_here(status: int, ends: bool) -> None:
    at_ = made.exchange(way="signed")
    user = made.agent()
    seat = made.seat(at_, user)
    call = made.call(at_, "ringing", "answered", seat=seat)
    with answering(at_, status):
        assert client_of(user).post(f"/line-calls/{call.pk}/end_call/").status_code == 302
        actions.send_wishes(at=timezone.now())
    seat, call = Seat.everywhere.get(pk=seat.pk), Session.everywhere.get(pk=call.pk)
    assert (call.state, seat.state) == (
        (LineState.ENDED, "wrapping") if ends else (LineState.TALKING, "talking")
    )


def test_a_shift_is_not_handed_over_with_calls_that_are_none() -> None:
    at_ = made.exchange()
    user = made.agent()
    made.seat(at_, user)
    made.call(at_, "ringing", at=timezone.now() - LONG)
    swept()
    row = made.shift(make.COUNTY, user, at=timezone.now() - timedelta(days=1))
    actions.hand_over(row, actor=user, at=timezone.now(), note="无")
    left = Handover.everywhere.get(shift=row)
    assert {code: count for code, _en, _zh, count in left.counts}["10.lines"] == 0
