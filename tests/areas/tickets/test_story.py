"""A case from 12345 to its end on both sides, as 12345, the desk, its head, a neighbour and a stranger see it."""

from __future__ import annotations

import io
import json
import threading
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib import import_module
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from django.utils import timezone
from tests import make
from tests.areas.providers.made import client_of
from tests.areas.tickets import made
from tests.areas.visits.samples import orders

from songhe.areas.hotline.models import Call
from songhe.areas.tickets import actions, api, figures
from songhe.areas.tickets.models import CaseExtension, CaseState, CityCase, CityLine, CityMessage, Outgoing
from songhe.core.measure import Period
from songhe.core.refusal import Refused
from songhe.edges.telephony.wire import headers
from songhe.engines.acts.models import Act
from songhe.engines.indicators.api import Span
from songhe.engines.vault.api import reveal_json

pytestmark = pytest.mark.django_db
DOOR = "/cityline/v1/messages"


def send(line: CityLine, messages: Any, *, secret: str = "", body: bytes = b"") -> Any:
    body = body or json.dumps({"messages": messages}).encode()
    told = headers(line.code, secret or line.secret, int(time.time()), body)
    told.pop("Content-Type")
    return Client().post(DOOR, body, content_type="application/json", headers=told)


def statuses(answer: Any) -> list[str]:
    return [row["status"] for row in answer.json()["results"]]


def desk(role: str = "hotline_agent", region: int = 0) -> Any:
    return make.user(role, region or make.COUNTY)


def test_a_case_comes_in_is_opened_at_the_desk_answered_rated_and_closed_on_both_sides() -> None:
    line = made.line()
    due = (timezone.now() + timedelta(days=2)).replace(microsecond=0)
    new = {
        "id": "m-1", "number": "DH20261126001", "what": "new", "kind": "request", "level": "urgent", "title": "助浴",
        "text": "独居老人想约助浴", "phone": "139 6311 2345", "due": due.isoformat(), "region": make.village(),
    }  # fmt: skip
    assert statuses(send(line, [new])) == ["stored"]
    assert statuses(send(line, [new, dict(new, text="别的")])) == ["known", "clash"]
    row = CityCase.everywhere.get(number="DH20261126001")
    assert (row.state, row.due_at, row.region_id, row.number_masked) == (
        CaseState.RECEIVED,
        due,
        make.village(),
        "139******45",
    )
    assert "独居老人".encode() not in bytes(row.words_sealed)
    user = desk()
    client, page = client_of(user), f"/city-cases/{row.pk}/"
    assert (
        "DH20261126001" in client.get("/seat/").content.decode()
        or client.get("/city-cases/").status_code == 200
    )
    assert client.post(f"{page}answer/", {"words": "x"}).status_code == 422, "not taken up"
    assert client.post(f"{page}take_up/").status_code == 302
    assert "13963112345" in client.get(page).content.decode(), "the handler calls back"
    assert Act.objects.filter(verb="tickets.read_phone", subject_id=row.pk).exists()
    other = client_of(desk())
    assert "13963112345" not in other.get(page).content.decode(), "masked for everybody else"
    opened = client.post(f"{page}open_at_desk/")
    assert opened.status_code == 302
    row.refresh_from_db()
    call = Call.everywhere.get(pk=row.call_id)
    assert call.number == "13963112345" and str(call.pk) in opened.headers["Location"]
    assert api.of_call(call.pk) == row
    assert client.post(f"{page}send_back/", {"reason": "x"}).status_code == 422, "begun"
    assert client.post(f"{page}note_progress/", {"words": "已联系机构"}).status_code == 302
    assert client.post(f"{page}answer/", {"words": "已安排周五上门助浴"}).status_code == 302
    assert Outgoing.everywhere.filter(state="waiting").count() == 3
    assert actions.send_waiting(at=timezone.now()) == 3, "the simulated platform rates and closes"
    row.refresh_from_db()
    assert row.state == CaseState.CLOSED and row.score in (2, 5) and row.closed_at is not None
    assert actions.send_waiting(at=timezone.now()) == 0, "nothing twice"
    kinds = list(
        CityMessage.everywhere.filter(case=row, outward=True)
        .order_by("at", "id")
        .values_list("kind", flat=True)
    )
    assert kinds == ["accepted", "progress", "answered"]
    shown = client.get(page).content.decode()
    assert "已安排周五上门助浴" in shown and "DH20261126001" in shown
    month = Span(Period.holding(timezone.localdate(due)), make.COUNTY, make.COUNTY + 10**6)
    assert list(figures.in_time(month)) == [], "nothing is counted before its deadline"
    CityCase.everywhere.update(due_at=timezone.now())
    month = Span(Period.holding(timezone.localdate()), make.COUNTY, make.COUNTY + 10**6)
    assert list(figures.in_time(month)) == [(make.village(), 1, 1)]
    assert list(figures.satisfied(month)) == [(make.village(), int(row.score == 5), 1)]
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM tickets_citymessage")


def test_neighbour_and_stranger_see_nothing() -> None:
    row = made.case()
    page = f"/city-cases/{row.pk}/"
    near = client_of(desk(region=make.OTHER_COUNTY))
    assert near.get(page).status_code == 404 and row.number not in near.get("/city-cases/").content.decode()
    assert near.post(f"{page}take_up/").status_code == 404
    assert client_of(make.user("worker", make.COUNTY)).get(page).status_code == 403
    assert client_of(make.user("auditor", make.COUNTY)).post(f"{page}take_up/").status_code == 403
    assert Client().get(page).status_code == 302


def test_the_door_opens_for_12345_alone_and_says_what_it_cannot_read() -> None:
    line = made.line()
    good = {"id": "g", "number": "N1", "what": "new", "text": "问"}
    assert send(line, [good], secret="wrong").status_code == 401
    assert Client().get(DOOR).status_code == 405
    for body in (b"{", b"[]", b'{"messages": []}', b"\xff", b"[" * 5000):
        assert send(line, (), body=body).status_code == 422
    bad: list[Any] = [
        {}, 3, good | {"what": "sing"}, good | {"kind": "x"}, good | {"due": "soon"}, good | {"due": "2026-11-30T10:00"}, good | {"text": ""},
        good | {"region": -1}, good | {"score": 9}, good | {"id": "x" * 81}, good | {"what": "extended"}, good | {"due": "0001-01-01T00:00:00+14:00"},
    ]  # fmt: skip
    assert statuses(send(line, bad)) == ["unfit"] * len(bad)
    assert statuses(send(line, [good | {"id": "h", "what": "remind", "number": "N9"}])) == ["unknown number"]
    odd = good | {"id": "i", "number": "N2", "phone": "\ud83d", "title": "=1+1 𠮷", "region": 999999999999}
    assert statuses(send(line, [odd])) == ["stored"]
    assert CityCase.everywhere.get(number="N2").region_id == make.COUNTY, (
        "outside of its city: where the line stands"
    )


def test_reminded_supervised_returned_withdrawn_and_told_too_late() -> None:
    line = made.line()
    row = made.case(line, due_at=timezone.now() + timedelta(days=5))
    user, sooner = desk(), timezone.now() + timedelta(days=1)
    for what, more in (("remind", {}), ("remind", {}), ("supervise", {"due_at": sooner})):
        assert actions.hear(line, made.told(row.number, what, **more), at=timezone.now()) == "stored"
    row.refresh_from_db()
    assert (row.reminders, row.level, row.due_at, row.first_due_at > row.due_at) == (
        2,
        "supervised",
        sooner,
        True,
    )
    actions.take_up(row, actor=user, at=timezone.now())
    actions.answer(row, actor=user, at=timezone.now(), words="已答复")
    actions.hear(line, made.told(row.number, "reject", words="未解决"), at=timezone.now())
    row.refresh_from_db()
    assert (row.state, row.returns, row.answered_at) == (CaseState.IN_HAND, 1, None)
    actions.hear(line, made.told(row.number, "withdraw"), at=timezone.now())
    row.refresh_from_db()
    assert row.state == CaseState.WITHDRAWN
    actions.hear(line, made.told(row.number, "remind"), at=timezone.now())
    row.refresh_from_db()
    assert row.reminders == 2, "what comes after the end is kept and changes nothing"
    with pytest.raises(Refused):
        actions.answer(row, actor=user, at=timezone.now(), words="再答复")


def test_a_case_that_was_late_and_is_returned_stays_late_in_the_month_in_which_it_was() -> None:
    """It once counted by its new deadline alone, in time, as if it had never been late."""
    line, user, now = made.line(), desk(), timezone.now()
    start = timezone.localtime(now).replace(day=15, hour=9, minute=0, second=0, microsecond=0) - timedelta(
        days=92
    )
    first_due, new_due = start + timedelta(days=2), start + timedelta(days=40)
    late, punctual = (made.case(line, at=start, due_at=first_due, region=make.village()) for _ in range(2))
    for row, days in ((late, 3), (punctual, 1)):
        actions.take_up(row, actor=user, at=start)
        actions.answer(row, actor=user, at=start + timedelta(days=days), words="已答复")
        actions.hear(line, made.told(row.number, "reject", due_at=new_due), at=start + timedelta(days=4))
        row.refresh_from_db()
        actions.answer(row, actor=user, at=new_due - timedelta(days=1), words="已重办")
    spans = [Span(Period.holding(timezone.localdate(day)), make.COUNTY, make.COUNTY + 10**6) for day in (first_due, new_due)]  # fmt: skip
    for figure, was, then in ((figures.in_time, 0, 1), (figures.returned, 1, 1)):
        assert [list(figure(span)) for span in spans] == [
            [(make.village(), was, 1)],
            [(make.village(), then, 1)],
        ]
    shown = client_of(desk()).get(f"/city-cases/{late.pk}/").content.decode()
    assert "首次超期" in shown
    CityCase.everywhere.update(overdue_at=None)
    with connection.cursor() as cursor:
        cursor.execute(import_module("songhe.areas.tickets.migrations.0002_overdue").FROM_STEPS)
    assert dict(CityCase.everywhere.values_list("pk", "overdue_at")) == {
        late.pk: first_due,
        punctual.pk: None,
    }


def test_more_time_is_approved_by_another_and_granted_by_12345() -> None:
    line = made.line()
    row = made.case(line, due_at=timezone.now() + timedelta(days=3))
    user = desk()
    client, page = client_of(user), f"/city-cases/{row.pk}/"
    client.post(f"{page}take_up/")
    assert client.post(f"{page}ask_extension/", {"days": "40", "reason": "x"}).status_code == 422
    assert client.post(f"{page}ask_extension/", {"days": "3", "reason": "需上门核实"}).status_code == 302
    wish = CaseExtension.everywhere.get(case=row)
    make.grant(user, "hotline_supervisor", make.COUNTY)
    url = f"/city-extensions/{wish.pk}/approve_extension/"
    assert client_of(user).post(url).status_code == 422, "not by who asked"
    head = client_of(desk("hotline_supervisor"))
    assert row.number in head.get("/").content.decode()
    assert head.post(url).status_code == 302 and head.post(url).status_code == 422
    before = row.due_at
    actions.send_waiting(at=timezone.now())
    row.refresh_from_db()
    wish.refresh_from_db()
    assert wish.state == "granted" and row.due_at > before == row.first_due_at
    assert client.post(f"{page}ask_extension/", {"days": "1", "reason": "再延"}).status_code == 422, "once"


def test_warned_once_before_the_breach_and_overdue_is_on_the_home_page() -> None:
    line = made.line()
    now = timezone.now()
    far, soon = (
        made.case(line, due_at=now + timedelta(days=30)),
        made.case(line, due_at=now + timedelta(minutes=30)),
    )
    assert actions.warn(at=now) == 1 and actions.warn(at=now) == 0
    far.refresh_from_db(), soon.refresh_from_db()
    assert soon.warned_at is not None and far.warned_at is None
    late = made.case(line, due_at=now - timedelta(hours=1))
    head = client_of(desk("hotline_supervisor")).get("/").content.decode()
    assert late.number in head and soon.number in head
    month = Span(Period.holding(timezone.localdate(late.due_at)), make.COUNTY, make.COUNTY + 10**6)
    assert list(figures.in_time(month)) == [(late.region_id, 0, 1)], "those due later are not late yet"


class _Platform(BaseHTTPRequestHandler):
    """12345 on loopback: says what it is told to say, and remembers what came."""

    answers: list[int] = []
    seen: list[dict[str, Any]] = []

    def do_POST(self) -> None:
        type(self).seen.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(type(self).answers.pop(0))
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name is the standard library's
        """Keep still."""


def test_a_platform_that_is_away_gets_everything_later_in_order_and_once() -> None:
    server = HTTPServer(("127.0.0.1", 0), _Platform)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    line = made.line(way="signed", url=f"http://127.0.0.1:{server.server_port}/in")
    row, user, now = made.case(line, due_at=timezone.now() + timedelta(days=3)), desk(), timezone.now()
    actions.take_up(row, actor=user, at=now)
    actions.note_progress(row, actor=user, at=now + timedelta(seconds=1), words="已联系")
    _Platform.answers, _Platform.seen = [503], []
    later = now + timedelta(seconds=2)
    assert actions.send_waiting(at=later) == 0 and len(_Platform.seen) == 1, "the second waits for the first"
    assert actions.send_waiting(at=later) in (0, 1)
    _Platform.answers, _Platform.seen = [200, 409], []
    Outgoing.everywhere.update(state="waiting", next_at=later)
    assert actions.send_waiting(at=later + timedelta(minutes=2)) == 2, "known already is acknowledged too"
    assert [one["do"] for one in _Platform.seen] == ["accepted", "progress"]
    assert {one["id"] for one in _Platform.seen} == set(
        CityMessage.everywhere.filter(outward=True).values_list("key", flat=True)
    )
    actions.answer(row, actor=user, at=later, words="已解决")
    _Platform.answers = [422]
    assert actions.send_waiting(at=later + timedelta(minutes=3)) == 0
    assert Outgoing.everywhere.get(message__kind="answered").state == "failed", "refused for good is shown"
    server.shutdown()
    server.server_close()


def test_cases_come_from_files_and_a_wrong_line_takes_nothing() -> None:
    line = made.line(way="files")
    client = client_of(desk())
    url = "/city-cases/do/take_file/"

    def post(name: str, body: bytes) -> int:
        form = {"line": str(line.pk), "file": SimpleUploadedFile(name, body)}
        return int(client.post(url, form).status_code)

    text = "工单编号,工单类型,紧急程度,标题,诉求内容,联系电话,办理时限\nF1,投诉,督办,送餐晚,送餐连续晚到,13963112345,2026-12-01 17:30\nF2,咨询,一般,,高龄津贴何时发,,\n"
    assert post("a.csv", text.replace("咨询", "唱歌").encode()) == 422 and not CityCase.everywhere.exists()
    assert post("a.csv", text.encode("gb18030")) == 302
    first = CityCase.everywhere.get(number="F1")
    assert (first.kind, first.level, f"{timezone.localtime(first.due_at):%m-%d %H:%M}") == (
        "complaint",
        "supervised",
        "12-01 17:30",
    )
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    (
        sheet.append(["工单编号", "诉求内容", "联系电话"]),
        sheet.append([20261126, "1+1 等于几", 13963112345]),
        sheet.append(["F1", "again", ""]),
    )
    out = io.BytesIO()
    book.save(out)
    assert post("b.xlsx", out.getvalue()) == 302
    assert CityCase.everywhere.count() == 3 and CityCase.everywhere.get(number="F1").words == "送餐连续晚到"
    assert CityCase.everywhere.get(number="20261126").caller == "13963112345"
    for name, body in (
        ("c.xlsx", b"PK\x03\x04broken"),
        ("d.csv", b""),
        ("e.csv", b"a,b\n1,2\n"),
        ("f.csv", b"\x00\xff" * 50),
    ):
        assert post(name, body) == 422, name


def test_how_an_order_goes_is_told_once_for_each_state() -> None:
    row, user, now = made.case(), desk(), timezone.now()
    actions.take_up(row, actor=user, at=now)
    actions.open_at_desk(row, actor=user, at=now)
    (order,) = orders(1, make.village())
    Call.everywhere.filter(pk=row.call_id).update(order=order)
    assert (actions.follow_up(at=now), actions.follow_up(at=now)) == (1, 0)
    assert api.of_order(order.pk) == row
    told = Outgoing.everywhere.get(message__kind="progress")
    assert order.number in reveal_json(row.pk, told.body_sealed)["text"]
    assert order.number in client_of(user).get(f"/city-cases/{row.pk}/").content.decode()
