"""An agent's own numbers over midnight, and an exchange that is mute."""

from __future__ import annotations

import socket
from datetime import timedelta

import pytest
from django.utils import timezone
from tests.areas.lines import made

from songhe.areas.lines import actions
from songhe.areas.lines.models import Exchange, Wish
from songhe.areas.lines.queries import numbers
from songhe.edges.telephony.wire import connection
from songhe.engines.access.api import Scope

pytestmark = [pytest.mark.django_db, pytest.mark.long]


@pytest.mark.parametrize("kinds", [("answered", "hung_up"), ("answered",)])
def test_an_agents_own_day_has_what_was_talked_after_midnight(kinds: tuple[str, ...]) -> None:
    """A call that was answered before midnight once counted on the wall alone."""
    at_ = made.exchange()
    seat, now = made.seat(at_), timezone.now()
    midnight = now - timedelta(minutes=20)
    begun = midnight - timedelta(minutes=2)
    events = [made.heard("answered", "night", begun, extension=seat.extension)]
    events += [made.heard(kind, "night", now) for kind in kinds[1:]]
    actions.hear(at_, events, at=now)
    own = numbers.own_day(seat.agent_id, midnight, now + timedelta(hours=1), now=now)
    wall = numbers.desk(Scope.EVERYTHING, midnight, now + timedelta(hours=1), now=now)
    assert own.talk_seconds == wall.agents[str(seat.agent_id)].talk_seconds == 1200
    assert own.answered == 0, "it was answered yesterday"


def test_a_mute_exchange_is_asked_once_a_round() -> None:
    """Each wish once waited for its own time-out, on the page of whoever had wished the last one."""
    with socket.create_server(("127.0.0.1", 0)) as mute:
        at_ = made.exchange(way="signed")
        Exchange.everywhere.filter(pk=at_.pk).update(url=f"http://127.0.0.1:{mute.getsockname()[1]}/in")
        now = timezone.now()
        for _ in range(3):
            user = made.agent()
            actions.go_ready(made.seat(at_, user), actor=user, at=now)
        assert actions.send_wishes(at=now) == 0
    assert sorted(Wish.everywhere.values_list("tries", flat=True)) == [0, 0, 1]


def test_an_address_keeps_what_stands_behind_its_question_mark() -> None:
    assert connection("https://exchange.example/in?tenant=7")[1] == "/in?tenant=7"
    assert connection("http://exchange.example")[1] == "/"
