"""The address of live news: who may listen, and what comes first."""

from __future__ import annotations

import pytest
from django.test import Client
from tests import make
from tests.kit.people import logged_in

from songhe.kit.pages import live_topic

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def topic() -> None:
    """A topic for those who see the cockpit."""
    live_topic("kit-test", right="cockpit.view")


def test_only_those_with_the_right_may_listen() -> None:
    assert Client().get("/live/kit-test/").status_code == 302
    assert logged_in(make.user("volunteer")).get("/live/kit-test/").status_code == 403
    assert logged_in(make.user("city_leader")).get("/live/no-such-topic/").status_code == 404


def test_the_stream_is_a_stream_that_nobody_stores() -> None:
    answer = logged_in(make.user("city_leader")).get("/live/kit-test/", headers={"Last-Event-ID": "7"})
    assert answer.status_code == 200
    assert answer.streaming
    assert answer.headers["Content-Type"] == "text/event-stream"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Accel-Buffering"] == "no"
