"""12345 sends a case again, and messages of ours that have to wait for one another."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import HTTPServer

import pytest
from django.utils import timezone
from tests import make
from tests.areas.tickets import made
from tests.areas.tickets.test_story import _Platform

from songhe.areas.tickets import actions
from songhe.areas.tickets.models import CaseState, Outgoing
from songhe.engines.cases.api import Case

pytestmark = [pytest.mark.django_db, pytest.mark.long]


@pytest.fixture
def platform() -> Iterator[str]:
    """12345 on loopback; what it answers is told to ``_Platform``."""
    server = HTTPServer(("127.0.0.1", 0), _Platform)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    _Platform.answers, _Platform.seen = [], []
    yield f"http://127.0.0.1:{server.server_port}/in"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("what", ["new", "reject"])
def test_a_case_that_was_sent_back_and_comes_again_is_to_be_taken_up_again(what: str) -> None:
    """It was once answered “known” or “stored”, and nobody here saw it, while the deadline of 12345 ran."""
    line, user, now = made.line(), make.user("hotline_agent", make.COUNTY), timezone.now()
    row = made.case(line, due_at=now + timedelta(days=2))
    actions.take_up(row, actor=user, at=now)
    actions.send_back(row, actor=user, at=now, reason="不属本单位")
    again = made.told(row.number, what, words="经核实属你单位", due_at=now + timedelta(days=3))
    assert [actions.hear(line, again, at=now) for _ in range(2)] == ["stored", "known"]
    row.refresh_from_db()
    assert (row.state, row.closed_at, row.handler_id) == (CaseState.RECEIVED, None, None)
    assert (row.due_at, row.first_due_at) == (now + timedelta(days=3), now + timedelta(days=2))
    assert Case.everywhere.get(pk=row.case_id).closed_at is None
    actions.take_up(row, actor=user, at=now)
    actions.answer(row, actor=user, at=now, words="已解决")


def test_what_12345_withdrew_and_sends_again_is_open_and_what_it_closed_stays_closed() -> None:
    line, now = made.line(), timezone.now()
    withdrawn, closed = made.case(line), made.case(line)
    for row, what in ((withdrawn, "withdraw"), (closed, "closed")):
        actions.hear(line, made.told(row.number, what), at=now)
    assert actions.hear(line, made.told(withdrawn.number, due_at=None), at=now) == "stored"
    assert actions.hear(line, made.told(closed.number), at=now) == "known"
    withdrawn.refresh_from_db(), closed.refresh_from_db()
    assert (withdrawn.state, closed.state) == (CaseState.RECEIVED, CaseState.CLOSED)
    assert withdrawn.due_at > now


def test_whoever_is_to_do_a_case_again_is_warned_again() -> None:
    line, user, now = made.line(), make.user("hotline_agent", make.COUNTY), timezone.now()
    row = made.case(line, due_at=now + timedelta(minutes=30))
    assert actions.warn(at=now) == 1
    actions.take_up(row, actor=user, at=now)
    actions.answer(row, actor=user, at=now, words="已答复")
    actions.hear(line, made.told(row.number, "reject", due_at=now + timedelta(days=20)), at=now)
    row.refresh_from_db()
    assert row.warned_at is None, "its new deadline is far"
    assert actions.warn(at=now + timedelta(days=20)) == 1


def test_what_is_said_later_waits_for_what_was_said_before_also_between_two_tries(platform: str) -> None:
    """What failed is tried again after a while; what was said in between once overtook it."""
    row, user = made.case(made.line(way="signed", url=platform)), make.user("hotline_agent", make.COUNTY)
    now = timezone.now()
    actions.take_up(row, actor=user, at=now)
    _Platform.answers = [503]
    assert actions.send_waiting(at=now) == 0
    actions.answer(row, actor=user, at=now + timedelta(seconds=5), words="已解决")
    _Platform.answers = [200, 200]
    assert actions.send_waiting(at=now + timedelta(seconds=10)) == 0
    assert actions.send_waiting(at=now + timedelta(minutes=2)) == 2
    assert [one["do"] for one in _Platform.seen] == ["accepted", "accepted", "answered"]


def test_messages_of_a_line_without_a_connection_stand_in_nobodys_way() -> None:
    user, now = make.user("hotline_agent", make.COUNTY), timezone.now()
    for way in ("files", "simulated"):
        actions.take_up(made.case(made.line(way=way)), actor=user, at=now)
    assert actions.send_waiting(at=now, most=1) == 1


def test_a_platform_that_is_mute_is_asked_once_a_round() -> None:
    """Each message once waited for its own time-out, on the page of whoever had written the last one."""
    with socket.create_server(("127.0.0.1", 0)) as mute:
        line = made.line(way="signed", url=f"http://127.0.0.1:{mute.getsockname()[1]}/in")
        user, now = make.user("hotline_agent", make.COUNTY), timezone.now()
        for _ in range(3):
            actions.take_up(made.case(line), actor=user, at=now)
        assert actions.send_waiting(at=now) == 0
    assert sorted(Outgoing.everywhere.values_list("tries", flat=True)) == [0, 0, 1]
