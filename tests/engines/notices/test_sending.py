"""Sending: urgent first, switched over, tried again, down the ladder, within limits; receipts and answers back."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from tests import make
from tests.engines.notices.carriers import Carrier

from songhe.core.notices import build_template
from songhe.engines.access.api import User
from songhe.engines.jobs.api import run_due
from songhe.engines.jobs.models import Job
from songhe.engines.notices import tasks
from songhe.engines.notices.api import (
    Letter,
    Notice,
    Receipt,
    Recipient,
    Rejected,
    Reply,
    State,
    Taken,
    Unavailable,
    Why,
    answer,
    carry_by,
    heeds,
    inbox,
    receive,
    tell,
    when_answered,
)
from songhe.engines.notices.book import book
from songhe.engines.notices.claiming import claim
from songhe.engines.notices.models import Delivery, Provider, Step, Tally

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)  # ten in the morning
MINUTE = timedelta(minutes=1)
assert callable(tasks.send_due), "importing it registers the job"
FORM: dict[str, Any] = {
    "en": {"title": "Help", "text": "Please come."},
    "zh": {"title": "求助", "text": "请尽快前往。"},
    "channels": ["sms", "voice"],
    "urgency": "urgent",
    "goal": "answered",
    "wait_minutes": 3,
    "worth_minutes": 30,
    "quiet": False,
}
numbers = (f"1390000{n:04}" for n in itertools.count(1))


@pytest.fixture(autouse=True)
def _own_carriers() -> Iterator[None]:
    yield
    carry_by(None)


@pytest.fixture
def forms(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The templates, with one more that asks for an answer."""
    known: dict[str, Any] = book().templates  # type: ignore[assignment]  # the book of this process
    monkeypatch.setitem(known, "help", build_template("help", FORM))
    return known


def ordered(n: int = 1, *, at: datetime = AT, key: str = "o") -> list[Notice]:
    to = [Recipient(number=next(numbers)) for _ in range(n)]
    params = {"person": "王建国", "service": "助浴", "number": "D-1"}
    return tell(to, "order_taken", params, region_id=make.village(), at=at, key=key)


def fresh(rows: list[Notice]) -> list[Notice]:
    return list(Notice.everywhere.filter(pk__in=[row.pk for row in rows]).order_by("pk"))


def states(rows: list[Notice]) -> set[str]:
    return {row.state for row in fresh(rows)}


def test_what_is_due_goes_out_in_batches_signed_and_under_its_id() -> None:
    carrier = Carrier("one")
    carry_by(lambda: [carrier])
    rows = ordered(100)
    assert run_due(AT) == 1
    assert states(rows) == {State.DELIVERED}
    assert len(carrier.letters) == 100 == len({letter.id for letter in carrier.letters})
    assert all(letter.text.startswith("【养老服务】已为王建国") for letter in carrier.letters)
    assert {letter.id for letter in carrier.letters} == set(Delivery.everywhere.values_list("pk", flat=True))
    assert Provider.objects.get().accepted_at is not None
    assert run_due(AT + MINUTE) == 0, "nothing is left that would wake it"


def test_urgent_messages_go_before_those_that_wait_longer(forms: dict[str, Any]) -> None:
    carrier = Carrier("one")
    carry_by(lambda: [carrier])
    ordered(50)
    (urgent,) = tell(Recipient(number=next(numbers)), "help", {}, region_id=make.village(), at=AT, key="h")
    ready, taken = claim(AT + MINUTE)
    assert (taken, [one.notice.pk for one in ready]) == (1, [urgent.pk])
    again, _taken = claim(AT + MINUTE)
    assert len(again) == 40 and urgent.pk not in {one.notice.pk for one in again}, "a lease keeps others away"


def test_a_provider_that_fails_half_the_time_loses_nothing() -> None:
    turn = itertools.count()

    def half(_letter: Letter) -> Taken:
        if next(turn) % 2:
            raise Unavailable("HTTP 503")
        return Taken(delivered=True)

    one = Carrier("one", half)
    carry_by(lambda: [one])
    rows = ordered(60)
    at = AT
    for _round in range(12):
        run_due(at)
        at += MINUTE
    assert states(rows) == {State.DELIVERED}
    assert len(one.taken) == len(set(one.taken)) == 60, "control: each accepted once"
    assert len(one.letters) > 60


def test_it_is_switched_to_the_second_provider_and_back_after_a_trial() -> None:
    down = [True]

    def first(_letter: Letter) -> Taken:
        if down[0]:
            raise Unavailable("refused")
        return Taken(delivered=True)

    one, two = Carrier("one", first), Carrier("two")
    carry_by(lambda: [one, two])
    assert states_after(ordered(30), AT) == {State.DELIVERED}
    assert len(two.taken) == 30 and len(one.letters) < 15, "soon left alone"
    assert Provider.objects.get(code="one").resting_until is not None
    before = len(one.letters)
    assert states_after(ordered(5, key="b"), AT + timedelta(seconds=20)) == {State.DELIVERED}
    assert len(one.letters) == before, "it rests"
    later = AT + timedelta(minutes=10)
    states_after(ordered(10, key="c", at=later), later)
    assert len(one.letters) == before + 1, "one trial"
    down[0] = False
    last = later + timedelta(minutes=20)
    states_after(ordered(10, key="d", at=last), last)
    assert len(one.taken) == 10, "and it is back"


def states_after(rows: list[Notice], at: datetime) -> set[str]:
    run_due(at)
    return states(rows)


def test_one_that_takes_everything_and_delivers_nothing_is_left(forms: dict[str, Any]) -> None:
    one, two = Carrier("one", lambda letter: Taken(str(letter.id))), Carrier("two")
    carry_by(lambda: [one, two])
    rows = ordered(25)
    assert states_after(rows, AT) == {State.SENT}
    silent = AT + timedelta(minutes=61)
    run_due(silent)
    assert {(row.state, row.why) for row in fresh(rows)} == {(State.SENT, Why.SILENT)}
    assert Provider.objects.get(code="one").why == "slow"
    after = ordered(10, key="b", at=silent)
    assert states_after(after, silent) == {State.DELIVERED}
    assert len(two.taken) == 10


def test_after_a_time_out_the_same_provider_is_asked_again_under_the_same_id() -> None:
    turn = itertools.count()

    def lost(_letter: Letter) -> Taken:
        if next(turn) == 0:
            raise Unavailable("timed out", uncertain=True)
        return Taken(delivered=True)

    one, two = Carrier("one", lost), Carrier("two")
    carry_by(lambda: [one, two])
    rows = ordered()
    assert states_after(rows, AT) == {State.WAITING}
    assert states_after(rows, AT + MINUTE) == {State.DELIVERED}
    assert [letter.id for letter in one.letters] == [one.letters[0].id] * 2
    assert two.letters == []


def test_an_urgent_one_does_not_wait_after_a_time_out(forms: dict[str, Any]) -> None:
    def lost(_letter: Letter) -> Taken:
        raise Unavailable("timed out", uncertain=True)

    one, two = Carrier("one", lost), Carrier("two")
    carry_by(lambda: [one, two])
    tell(Recipient(number=next(numbers)), "help", {}, region_id=make.village(), at=AT, key="h")
    run_due(AT)
    assert len(two.taken) == 1


def test_down_the_ladder_until_somebody_answers(forms: dict[str, Any]) -> None:
    sms, voice = Carrier("one"), Carrier("call", channel="voice")
    carry_by(lambda: [sms, voice])
    heard: list[tuple[UUID, str]] = []
    when_answered("help")(lambda notice, text, at: heard.append((notice.pk, text)))
    number = next(numbers)
    (notice,) = tell(Recipient(number=number), "help", {}, region_id=make.village(), at=AT, key="h")
    run_due(AT)
    assert (len(sms.taken), len(voice.taken)) == (1, 0)
    run_due(AT + 2 * MINUTE)
    assert len(voice.taken) == 0, "the text has its time"
    run_due(AT + 4 * MINUTE)
    assert len(voice.taken) == 1 and voice.letters[0].asks
    assert voice.letters[0].id != sms.letters[0].id
    assert answer([Reply(id=voice.letters[0].id, text="1")], at=AT + 5 * MINUTE) == 1
    assert (
        answer([Reply(id=voice.letters[0].id, text="1"), Reply(number=number, text="1")], at=AT + 6 * MINUTE)
        == 0
    )
    (notice,) = fresh([notice])
    assert (notice.state, notice.answer, notice.next_at) == (State.ANSWERED, "1", None)
    assert heard == [(notice.pk, "1")]


def test_nobody_answers_and_it_ends(forms: dict[str, Any]) -> None:
    carry_by(lambda: [Carrier("one")])
    (notice,) = tell(Recipient(number=next(numbers)), "help", {}, region_id=make.village(), at=AT, key="h")
    for minutes in range(0, 40, 2):
        run_due(AT + minutes * MINUTE)
    (notice,) = fresh([notice])
    assert (notice.state, notice.why, notice.next_at) == (State.DELIVERED, Why.UNANSWERED, None)


def test_a_reply_by_text_finds_its_message(forms: dict[str, Any]) -> None:
    carry_by(lambda: [Carrier("one")])
    number = next(numbers)
    (notice,) = tell(Recipient(number=number), "help", {}, region_id=make.village(), at=AT, key="h")
    run_due(AT)
    assert answer([Reply(number="10086", text="1"), Reply(number="x", text="1")], at=AT + MINUTE) == 0
    assert answer([Reply(number=f"+86 {number}", text="收到\x00")], at=AT + MINUTE) == 1
    assert fresh([notice])[0].answer == "收到"


def test_receipts_count_once_in_whatever_order_they_come() -> None:
    one = Carrier("one", lambda letter: Taken(f"r{letter.id}"))
    carry_by(lambda: [one])
    rows = ordered(2)
    run_due(AT)
    first, second = one.letters
    good = Receipt(id=first.id, delivered=True)
    bad = Receipt(reference=f"r{second.id}", delivered=False, note="switched off")
    later = AT + MINUTE
    assert receive("one", [good, good, bad, Receipt(reference="unknown", delivered=True)], at=later) == 2
    assert receive("two", [Receipt(id=second.id, delivered=True)], at=later) == 0, "another's message"
    assert receive("one", [Receipt(id=first.id, delivered=False), bad], at=later) == 0
    by_id = {row.pk: row for row in Delivery.everywhere.all()}
    assert (by_id[first.id].state, by_id[second.id].error) == ("delivered", "switched off")
    assert states(rows) == {State.DELIVERED, State.FAILED}
    assert receive("one", [Receipt(id=second.id, delivered=True)], at=later) == 1, (
        "delivered is the last word"
    )
    assert states(rows) == {State.DELIVERED}


def test_what_a_provider_refuses_takes_the_next_channel(forms: dict[str, Any]) -> None:
    def never(_letter: Letter) -> Taken:
        raise Rejected("no such number")

    voice = Carrier("call", channel="voice")
    carry_by(lambda: [Carrier("one", never), voice])
    tell(Recipient(number=next(numbers)), "help", {}, region_id=make.village(), at=AT, key="h")
    rows = ordered()
    run_due(AT)
    assert len(voice.taken) == 1
    assert [(row.state, row.why) for row in fresh(rows)] == [(State.FAILED, Why.REJECTED)]


def test_what_is_not_worth_it_any_more_is_not_sent() -> None:
    def off(_letter: Letter) -> Taken:
        raise Unavailable("off")

    one = Carrier("one", off)
    carry_by(lambda: [one])
    rows = ordered()
    run_due(AT)
    run_due(AT + timedelta(hours=25))
    tries = len(one.letters)
    assert [(row.state, row.why) for row in fresh(rows)] == [(State.EXPIRED, Why.UNREACHABLE)]
    run_due(AT + timedelta(hours=26))
    assert len(one.letters) == tries


def test_nobody_is_flooded() -> None:
    carrier = Carrier("one")
    carry_by(lambda: [carrier])
    number = next(numbers)
    params = {"person": "王建国", "service": "助浴", "number": "D-1"}
    for nth in range(20):
        tell(Recipient(number=number), "order_taken", params, region_id=make.village(), at=AT, key=f"n{nth}")
    run_due(AT)
    assert len(carrier.taken) == 12
    held = Notice.everywhere.filter(why=Why.LIMIT)
    assert {row.state for row in held} == {State.WAITING} and held.count() == 8
    tomorrow = AT + timedelta(hours=23)
    run_due(tomorrow)
    assert len(carrier.taken) == 20
    assert Tally.objects.count() == 2


def test_consent_withdrawn_after_it_was_told_is_heeded() -> None:
    carrier, gone = Carrier("one"), set[UUID]()
    carry_by(lambda: [carrier])
    heeds(lambda persons: gone & set(persons))
    person_id = UUID(int=7)
    params = {"person": "王建国", "service": "助浴", "number": "D-1"}
    (row,) = tell(
        Recipient(person_id=person_id, number=next(numbers)), "order_taken", params, region_id=make.village(), at=AT, key="k"
    )  # fmt: skip
    gone.add(person_id)
    run_due(AT)
    assert carrier.letters == []
    assert [(one.state, one.why) for one in fresh([row])] == [(State.WITHHELD, Why.CONSENT)]


def test_a_box_that_is_not_read_becomes_a_text_and_reading_ends_it() -> None:
    carrier = Carrier("one")
    carry_by(lambda: [carrier])
    reader: User = make.user("worker")
    params = {"person": "王建国", "service": "助浴", "start": AT + timedelta(days=1)}
    rows = [
        tell(
            Recipient(user_id=reader.pk, number=next(numbers)), "duty_off", params, region_id=make.village(), at=AT, key=key
        )[0]
        for key in ("a", "b")
    ]  # fmt: skip
    assert inbox.unread(reader.pk) == 2
    assert inbox.read(make.user("worker").pk, [rows[0].pk], at=AT) == 0, "another's box"
    assert inbox.read(reader.pk, [rows[0].pk], at=AT + MINUTE) == 1
    assert inbox.unread(reader.pk) == 1
    run_due(AT + 61 * MINUTE)
    assert len(carrier.taken) == 1
    assert [row.state for row in fresh(rows)] == [State.READ, State.DELIVERED]
    first, second = inbox.items(reader.pk)
    assert {first.read, second.read} == {True, False}
    assert "王建国" in first.text


def test_what_was_left_lying_is_found_by_the_clock() -> None:
    carrier = Carrier("one")
    carry_by(lambda: [carrier])
    ordered()
    Job.objects.all().delete()
    tasks.look(type("Work", (), {"at": AT})())  # type: ignore[arg-type]
    run_due(AT)
    assert len(carrier.taken) == 1


def test_every_step_is_kept_in_order() -> None:
    def off(_letter: Letter) -> Taken:
        raise Unavailable("HTTP 500")

    carry_by(lambda: [Carrier("one", off), Carrier("two")])
    (row,) = ordered()
    run_due(AT)
    steps = Step.everywhere.filter(notice=row).order_by("at", "pk")
    assert [(step.what, step.provider) for step in steps] == [
        ("told", ""),
        ("trouble", "one"),
        ("accepted", "two"),
        ("delivered", "two"),
    ]
