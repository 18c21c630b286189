"""A provider that does not answer may have sent the message: what is not urgent is not sent by another one as well."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from tests.engines.notices.carriers import Carrier
from tests.engines.notices.test_sending import AT, MINUTE, ordered, states, states_after

from songhe.engines.jobs.api import run_due
from songhe.engines.notices.api import Letter, State, Taken, Unavailable, carry_by
from songhe.engines.notices.models import Provider

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _own_carriers() -> Iterator[None]:
    yield
    carry_by(None)


def test_what_one_provider_may_have_sent_is_not_sent_by_another_because_the_first_rests() -> None:
    """Five answers that did not come let the first one rest, and what it had sent was sent once more by the second."""
    slow, texts = [True], list[UUID]()

    def sends_without_a_word(letter: Letter) -> Taken:
        texts.append(letter.id)
        if slow[0]:
            raise Unavailable("timed out", uncertain=True)
        return Taken(delivered=True)

    one, two = Carrier("one", sends_without_a_word), Carrier("two")
    carry_by(lambda: [one, two])
    rows = ordered(5)
    assert states_after(rows, AT) == {State.WAITING}
    assert Provider.objects.get(code="one").resting_until is not None
    assert states_after(ordered(1, key="later"), AT + 10 * SECOND) == {State.DELIVERED}
    before = len(two.taken)
    assert before == 1, "what nobody has yet goes by the second"
    assert states_after(rows, AT + 20 * SECOND) == {State.WAITING}
    slow[0] = False
    assert states_after(rows, AT + MINUTE) == {State.DELIVERED}
    assert len(two.taken) == before and len(set(texts)) == 5, "one text each, under one id"


def test_a_provider_that_never_answers_does_not_keep_a_message_for_ever() -> None:
    def lost(_letter: Letter) -> Taken:
        raise Unavailable("timed out", uncertain=True)

    one, two = Carrier("one", lost), Carrier("two")
    carry_by(lambda: [one, two])
    rows = ordered(6)
    for minute in range(12):
        run_due(AT + minute * MINUTE)
    assert states(rows) == {State.DELIVERED} and len(two.taken) == 6
