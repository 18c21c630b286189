"""What a desk or a telephone sends again, since the answer to the first was not heard, is there once and answered alike."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone
from tests import make
from tests.areas.alarms.test_story import at_desk, neighbour_of, press
from tests.kit.people import logged_in

from songhe.areas.alarms.models import Attempt, Response
from songhe.engines.acts.models import Act
from songhe.site.proof.browser import form_of

pytestmark = pytest.mark.django_db


def twice(client: Client, page: str, verb: str, **said: str) -> None:
    """Send a form as it stands on a page, and again."""
    form = form_of(client.get(page).content.decode(), verb)
    assert form is not None, verb
    answers = [client.post(form.action, form.fields | said) for _time in range(2)]
    assert [one.status_code for one in answers] == [302, 302], verb
    assert answers[0]["Location"] == answers[1]["Location"]
    assert Act.objects.filter(verb=f"alarms.{verb}").count() == 1, verb


def test_a_call_that_was_entered_when_the_line_broke_stands_once() -> None:
    """The forms beside a name bore no key: whoever sent one again entered two calls, or was refused what had been done."""
    person = make.person(name="刘长河")
    neighbour = neighbour_of(person)
    alarm, desk = press(person), at_desk()
    page = f"/alarms/{alarm.pk}/"
    assert desk.post(f"{page}take/").status_code == 302
    twice(desk, page, "note_call", answer="help", words="摔倒")
    twice(desk, page, "send")
    assert Attempt.everywhere.filter(alarm=alarm).count() == 1
    errand = Response.everywhere.get(alarm=alarm)
    phone, job = logged_in(neighbour), f"/errands/{errand.pk}/"
    for verb in ("accept", "set_off", "arrive"):
        twice(phone, job, verb)
    twice(phone, job, "report", words="已扶起")
    errand.refresh_from_db()
    assert errand.found == "已扶起"
    assert errand.arrived_at is not None and errand.arrived_at <= timezone.now()


def test_two_calls_of_one_page_are_two() -> None:
    """Each form of a page bears a key of its own, so that one is not taken for the repeat of another."""
    alarm, desk = press(make.person()), at_desk()
    page = f"/alarms/{alarm.pk}/"
    assert desk.post(f"{page}take/").status_code == 302
    shown = desk.get(page).content.decode()
    for rung in ("device", "home"):
        form = form_of(shown, "note_call", rung=rung)
        assert form is not None
        assert desk.post(form.action, form.fields | {"answer": "no_answer"}).status_code == 302
    assert Attempt.everywhere.filter(alarm=alarm).count() == 2


def test_another_button_of_one_form_is_another_call_and_other_words_can_be_sent_again() -> None:
    """“No answer” went unheard, then somebody picked up: the agent's second press is not the first one again."""
    alarm, desk = press(make.person()), at_desk()
    page = f"/alarms/{alarm.pk}/"
    assert desk.post(f"{page}take/").status_code == 302
    form = form_of(desk.get(page).content.decode(), "note_call", rung="device")
    assert form is not None
    for answer in ("no_answer", "help", "help"):
        assert desk.post(form.action, form.fields | {"answer": answer}).status_code == 302
    assert Attempt.everywhere.filter(alarm=alarm).count() == 2
    other = {"answer": "help", "words": "摔倒"}
    refused = desk.post(form.action, form.fields | other, headers={"Accept-Language": "en"})
    assert refused.status_code == 422
    shown = refused.content.decode()
    assert "sent before with different content" in shown or "此前已提交过" in shown
    fresh = form_of(shown, "note_call")
    assert fresh is not None and fresh.fields["_key"] != form.fields["_key"]
    assert desk.post(form.action, fresh.fields | {"rung": "device"} | other).status_code == 302
    assert Attempt.everywhere.filter(alarm=alarm).count() == 3
    endless = {"answer": "x" * 10_000, "words": ""}
    assert desk.post(form.action, fresh.fields | {"rung": "device"} | endless).status_code == 422
    assert Attempt.everywhere.filter(alarm=alarm).count() == 3
