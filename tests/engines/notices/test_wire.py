"""Carriers over a real connection: signed, named by how they fail, and reporting back through a door that is shut to others."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from tests import make
from tests.engines.notices.desk import SECRET, Desk, open_desk

from songhe.edges.notices.configured import carriers
from songhe.edges.notices.gateways import GroupRobot, Screen, SignedGateway
from songhe.edges.notices.wire import SIGNATURE, TIME, Address, is_signed, signature
from songhe.engines.access.api import Scope, entered
from songhe.engines.jobs.api import run_due
from songhe.engines.notices import tasks
from songhe.engines.notices.api import (
    Letter,
    Notice,
    Recipient,
    Rejected,
    State,
    Taken,
    Unavailable,
    carry_by,
    tell,
)
from songhe.engines.notices.models import Delivery
from songhe.engines.regions.ids import uuid7
from songhe.kit.clock import now

assert callable(tasks.send_due), "importing it registers the job"
HOOK = "/hooks/notices/sms/"


@pytest.fixture
def desk() -> Iterator[Desk]:
    with open_desk() as found:
        yield found


def letter(**options: Any) -> Letter:
    return Letter(
        **(
            {"id": uuid7(), "channel": "sms", "number": "13800138000", "text": "好", "language": "zh"}
            | options
        )
    )


def test_a_message_is_handed_over_signed(desk: Desk) -> None:
    gateway = SignedGateway("sms", "sms", Address(desk.url, "us", SECRET))
    one = letter()
    assert gateway.send(one) == Taken("r", delivered=True)
    assert (desk.ids, desk.bad) == ([str(one.id)], 0)
    SignedGateway("sms", "sms", Address(desk.url, "us", "another secret")).send(one)
    assert desk.bad == 1, "control: the signature is looked at"
    desk.status, desk.answer = 409, b"{}"
    assert gateway.send(one) == Taken(), "known already"


@pytest.mark.parametrize("status", [301, 401, 403, 429, 500, 503])
def test_what_is_the_carriers_fault_may_be_tried_again(desk: Desk, status: int) -> None:
    desk.status, desk.answer = status, b"<html>"
    with pytest.raises(Unavailable) as found:
        SignedGateway("sms", "sms", Address(desk.url, "us", SECRET)).send(letter())
    assert not found.value.uncertain


def test_what_is_the_messages_fault_is_refused(desk: Desk) -> None:
    desk.status, desk.answer = 422, '{"error": "空号"}'.encode()
    with pytest.raises(Rejected, match="空号"):
        SignedGateway("sms", "sms", Address(desk.url, "us", SECRET)).send(letter())


def test_no_connection_is_certain_and_no_answer_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("songhe.edges.notices.wire.SECONDS", 0.2)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        port = silent.getsockname()[1]
        gateway = SignedGateway("sms", "sms", Address(f"http://127.0.0.1:{port}/", "us", SECRET))
        with pytest.raises(Unavailable) as refused:
            gateway.send(letter())
        assert not refused.value.uncertain
        silent.listen()
        with pytest.raises(Unavailable) as unheard:
            gateway.send(letter())
        assert unheard.value.uncertain


def test_a_group_robot_speaks_as_wecom_does(desk: Desk) -> None:
    robot = GroupRobot("robot", {"duty": desk.url + "?key=1"}, "s3cret")
    desk.answer = b'{"errcode": 0, "errmsg": "ok"}'
    assert robot.send(letter(robot="duty")).delivered
    desk.answer = b'{"errcode": 45009, "errmsg": "too many"}'
    with pytest.raises(Unavailable, match="too many"):
        robot.send(letter(robot="duty"))
    desk.answer = b'{"errcode": 93000, "errmsg": "invalid"}'
    with pytest.raises(Rejected, match="invalid"):
        robot.send(letter(robot="duty"))
    with pytest.raises(Rejected, match="no group"):
        robot.send(letter(robot="other"))


def test_a_signature_holds_for_five_minutes() -> None:
    good = signature(SECRET, "1000", b"body")
    assert is_signed(SECRET, "1000", b"body", good, now=1200)
    for moment, body, said, at in (
        ("1000", b"body", good, 1301), ("1001", b"body", good, 1200), ("1000", b"bod", good, 1200),
        ("1000", b"body", "é", 1200), ("x", b"body", good, 1200), ("", b"body", good, 1200),
    ):  # fmt: skip
        assert not is_signed(SECRET, moment, body, said, now=at)
    assert not is_signed("", "1000", b"body", signature("", "1000", b"body"), now=1200), (
        "no secret opens nothing"
    )


@pytest.fixture
def configured(settings: Any, desk: Desk) -> Iterator[Desk]:
    settings.CARRIERS = {
        "sms": {"channel": "sms", "url": desk.url, "key": "us", "secret": SECRET},
        "sms-second": {"channel": "sms", "url": "", "key": "", "secret": ""},
    }
    carry_by(None)
    yield desk
    carry_by(None)


def reported(data: Any, *, secret: str = SECRET, path: str = HOOK) -> Any:
    body = data if isinstance(data, bytes) else json.dumps(data).encode()
    moment = str(int(time.time()))
    headers = {TIME: moment, SIGNATURE: signature(secret, moment, body)}
    return Client().post(path, body, content_type="application/json", headers=headers)


@pytest.mark.django_db
def test_a_message_goes_out_and_its_receipt_comes_back(configured: Desk) -> None:
    assert [gateway.code for gateway in carriers()] == ["sms"]
    configured.answer = b'{"reference": "r1"}'
    at = now()
    (row,) = tell(
        Recipient(number="13800138000"), "complaint_answered", {"number": "T-1"}, region_id=make.village(), at=at, key="k"
    )  # fmt: skip
    Notice.everywhere.filter(pk=row.pk).update(next_at=at)  # whatever the hour of this test
    tell(
        Recipient(number="x"),
        "complaint_answered",
        {"number": "T-1"},
        region_id=make.village(),
        at=at,
        key="x",
    )
    from songhe.engines.notices.telling import SEND, SYSTEM, start

    start(SEND, actor=SYSTEM, at=at, lane="outbox")
    run_due(at)
    row.refresh_from_db()
    assert row.state == State.SENT
    receipt = {"receipts": [{"reference": "r1", "delivered": True}, {"id": str(uuid7()), "delivered": False}]}
    assert reported(receipt, secret="wrong").status_code == 401
    assert reported(receipt, path="/hooks/notices/sms-second/", secret="").status_code == 401
    assert reported(receipt, path="/hooks/notices/nobody/").status_code == 401
    assert reported(receipt).json() == {"news": 1}
    assert reported(receipt).json() == {"news": 0}
    row.refresh_from_db()
    with entered(Scope.EVERYTHING):
        assert Delivery.everywhere.get(notice=row).state == "delivered"
    assert row.state == State.DELIVERED


@pytest.mark.django_db
@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"{", b"\xff", b'{"receipts": 3}', b'{"receipts": [3]}', b'{"receipts": [{}]}', b"[" * 5000,
        b'{"receipts": [{"id": "x", "delivered": true}]}', b'{"receipts": [{"id": 5, "delivered": true}]}',
        b'{"answers": [{"number": "\\ud800\\u0000", "text": 5}]}', b'{"answers": {"a": 1}}',
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(configured: Desk, body: bytes) -> None:
    assert reported(body).status_code == 400
    assert Client().get(HOOK).status_code == 405


@pytest.mark.django_db
def test_odd_signs_in_reports_hurt_nobody(configured: Desk) -> None:
    odd = {
        "answers": [{"number": "\ud800\x00", "text": "\ud800\x00𠮷"}],
        "receipts": [{"reference": "\ud800", "delivered": True}],
    }
    assert reported(odd).json() == {"news": 0}
    assert reported(b" " * 300_000).status_code == 413


@pytest.mark.django_db
def test_one_long_text_does_not_keep_the_other_reports_waiting(configured: Desk) -> None:
    long = {
        "answers": [{"number": "13800138000", "text": "我听不见" * 200}],
        "receipts": [{"reference": "r", "delivered": False, "note": "x" * 600}],
    }
    assert reported(long).json() == {"news": 0}


def test_the_screen_takes_everything() -> None:
    assert Screen("sms").send(letter()).delivered
