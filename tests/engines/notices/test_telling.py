"""Telling: in the caller's transaction, once for each key and recipient, sealed, in the recipient's language."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from tests import make

from songhe.engines.access.api import User
from songhe.engines.jobs.models import Job
from songhe.engines.live.models import Event
from songhe.engines.notices.api import About, Notice, Recipient, State, Why, heeds, tell
from songhe.engines.notices.models import Inbox, Step
from songhe.engines.notices.sealing import opened
from songhe.engines.regions.ids import uuid7
from songhe.engines.vault.api import erase, make_key

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)  # ten in the morning
ORDER = {"person": "王建国", "service": "助浴", "number": "D-000012"}


def told(to: Any, key: str = "order:12", *, at: datetime = AT, **options: Any) -> list[Notice]:
    return tell(to, "order_taken", ORDER, region_id=make.village(), at=at, key=key, **options)


def test_a_user_finds_it_in_the_box_at_once_and_a_number_waits_in_the_outbox() -> None:
    reader = make.user("family")
    in_box, by_number = told([Recipient(user_id=reader.pk), Recipient(number="138 0013 8000", name="王芳")])
    assert (in_box.state, in_box.next_at, in_box.channel) == (State.DELIVERED, None, "in_app")
    assert Inbox.objects.get(pk=in_box.pk).user_id == reader.pk
    assert Event.everywhere.get(topic="inbox").holder_id == reader.pk
    assert (by_number.state, by_number.next_at, by_number.channel) == (State.WAITING, AT, "sms")
    assert by_number.number_masked == "138******00"
    assert Job.objects.get(kind="notices.send").lane == "outbox"
    said = opened([by_number])[by_number.pk]
    assert (said.number, said.text) == (
        "13800138000",
        "已为王建国预约助浴(单号D-000012),安排好后另行通知。",
    )
    assert b"13800138000" not in bytes(by_number.number_sealed) + bytes(by_number.text_sealed)


def test_a_key_has_one_effect_for_each_recipient() -> None:
    both = [Recipient(number="13800138000"), Recipient(number="13800138001")]
    assert len(told(both)) == 2
    assert told(both) == []
    assert len(told([*both, Recipient(number="13800138002")])) == 1
    assert len(told([both[0], both[0]], "another")) == 1
    assert Notice.everywhere.count() == 4
    assert Step.everywhere.count() == 4


def test_it_is_gone_with_the_callers_transaction() -> None:
    with transaction.atomic():
        told(Recipient(number="13800138000"))
        assert Notice.everywhere.exists()
        transaction.set_rollback(True)
    assert not Notice.everywhere.exists()
    assert not Job.objects.exists()


def test_many_recipients_cost_no_more_statements_than_a_few() -> None:
    counts = []
    for n in (2, 40):
        readers = User.objects.bulk_create(User(username=f"r{n}-{i}", name="r") for i in range(n))
        wanted = [Recipient(user_id=one.pk) for one in readers]
        wanted += [Recipient(number=f"139{n:04}{i:04}") for i in range(n)]
        with CaptureQueriesContext(connection) as asked:
            assert len(told(wanted, f"many:{n}")) == 2 * n
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_words_are_in_the_language_of_the_reader() -> None:
    reader = make.user("family")
    User.objects.filter(pk=reader.pk).update(language="en")
    (notice,) = told(Recipient(user_id=reader.pk))
    assert opened([notice])[notice.pk].text.startswith("For 王建国, 助浴 is ordered")


def test_what_is_about_a_person_goes_with_the_persons_key() -> None:
    person_id = uuid7()
    make_key(person_id)
    (notice,) = told(Recipient(number="13800138000"), about=About(person_id=person_id))
    assert notice.owner_id == person_id
    erase(person_id)
    assert opened([notice]) == {}
    (after,) = told(Recipient(number="13800138000"), "later", about=About(person_id=person_id))
    assert after.owner_id == after.pk


def test_who_withdrew_consent_gets_no_message_by_number() -> None:
    person_id = uuid7()

    @heeds
    def gone(persons: Any) -> set[Any]:
        return {person_id} & set(persons)

    reader = make.user("family")
    (kept_back,) = told(Recipient(person_id=person_id, number="13800138000"))
    assert (kept_back.state, kept_back.why, kept_back.next_at) == (State.WITHHELD, Why.CONSENT, None)
    (boxed,) = told(Recipient(person_id=person_id, user_id=reader.pk, number="13800138000"))
    assert boxed.channels == ["in_app"]
    assert not Job.objects.exists()


def test_who_cannot_be_reached_is_logged_and_hurts_nobody() -> None:
    for number in ("", "12", "\x00", "１３８"):
        (notice,) = told(Recipient(number=number, name="x"), f"bad:{number.encode().hex()}")
        assert (notice.state, notice.why) == (State.WITHHELD, Why.NO_WAY)


def test_ordinary_messages_wait_for_the_end_of_the_quiet_hours() -> None:
    late = datetime(2026, 11, 25, 14, 30, tzinfo=UTC)  # half past ten at night
    (notice,) = told(Recipient(number="13800138000"), at=late)
    assert notice.next_at == datetime(2026, 11, 25, 23, 30, tzinfo=UTC)  # half past seven
    (early,) = told(Recipient(number="13800138001"), at=late + timedelta(hours=5))
    assert early.next_at == notice.next_at


def test_what_a_template_does_not_declare_is_a_defect() -> None:
    with pytest.raises(ValueError, match="differ in number"):
        tell(
            Recipient(),
            "order_taken",
            {"person": "a", "service": "b"},
            region_id=make.village(),
            at=AT,
            key="k",
        )
    with pytest.raises(LookupError, match="no template nothing"):
        tell(Recipient(), "nothing", {}, region_id=make.village(), at=AT, key="k")
