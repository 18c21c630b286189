"""The desk with its neighbours: the telephone line, alarms, caring calls and text messages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests import make
from tests.areas.caring import made as cared
from tests.areas.hotline.test_story import served, taken, wanted
from tests.areas.lines import made as lines
from tests.areas.providers.made import client_of
from tests.areas.stays import made as beds
from tests.areas.visits import made

from songhe.areas.alarms.api import cry
from songhe.areas.alarms.models import Alarm
from songhe.areas.hotline.models import Call, Complaint, TextLine
from songhe.areas.hotline.queries.standing import vacancies_near
from songhe.areas.lines.actions import go_ready, hand_over, hear
from songhe.areas.lines.models import Seat, Session, Wish
from songhe.areas.registry.api import Contact, Relation, add_contact
from songhe.areas.visits.api import Order
from songhe.engines.access.api import SYSTEM
from songhe.engines.acts.models import Act
from songhe.engines.notices.api import Notice, Reply, answer
from songhe.engines.regions.models import Region
from songhe.engines.vault.api import reveal_json

pytestmark = [pytest.mark.django_db, pytest.mark.long]
RED = {"matter": "emergency_fall", "triage_T1": "no"}


def seated(town: made.Town) -> tuple[Any, Seat, Any]:
    """An agent with a seat that is ready."""
    at_ = lines.exchange()
    agent = town.user("hotline_agent")
    seat = lines.seat(at_, agent)
    go_ready(seat, actor=agent, at=timezone.now())
    return agent, seat, at_


def test_what_rings_opens_the_call_once_and_closing_it_tells_the_line() -> None:
    town = made.town()
    agent, seat, at_ = seated(town)
    session = lines.call(at_, "ringing", "answered", seat=seat)
    desk = client_of(agent)
    address = f"/desk/line/{session.pk}/"
    assert address in desk.get("/seat/now/").content.decode()
    first = desk.post(address)
    assert first.status_code == 302
    assert desk.post(address)["Location"] == first["Location"], "opened twice it is one call"
    call = Call.everywhere.get(line_id=session.pk)
    assert (call.number, call.agent_id) == ("13963112345", agent.pk)
    session.refresh_from_db()
    assert session.call_id == call.pk
    assert "刘长河" in desk.get(first["Location"]).content.decode(), "found by the number of the line"
    other = client_of(town.user("hotline_agent"))
    stranger = lines.call(at_, "ringing", "answered", seat=seat)
    assert "/line-calls/" in other.get(f"/desk/line/{stranger.pk}/")["Location"], "another agent speaks there"
    assert client_of(make.user("hotline_agent", make.OTHER_COUNTY)).get(address).status_code == 404
    form = wanted(person=str(town.person.pk), item="", purpose="enquiry")
    assert desk.post(f"/desk/{call.pk}/", form).status_code == 302
    assert Wish.everywhere.filter(kind="hang_up", session_id=session.pk).count() == 1


def test_closing_the_call_after_hanging_up_makes_the_seat_ready() -> None:
    town = made.town()
    agent, seat, at_ = seated(town)
    session = lines.call(at_, "ringing", "answered", seat=seat)
    desk = client_of(agent)
    call = desk.post(f"/desk/line/{session.pk}/")["Location"].strip("/").split("/")[-1]
    now = timezone.now()
    hear(at_, [lines.heard("hung_up", session.ref, now)], at=now)
    seat.refresh_from_db()
    assert seat.state == "wrapping"
    assert desk.post(f"/calls/{call}/hang_up/", {"outcome": "wrong_number"}).status_code == 302
    seat.refresh_from_db()
    assert seat.state == "ready"


def test_open_calls_and_alarms_stand_in_the_hand_over() -> None:
    town = made.town()
    agent, _seat, _at = seated(town)
    desk = client_of(agent)
    taken(desk)
    shift = lines.shift(make.COUNTY, agent)
    shift.begins_at, shift.ends_at = timezone.now(), timezone.now() + timedelta(hours=8)
    shift.save()
    made_over = hand_over(shift, actor=agent, at=timezone.now(), note="无")
    counts = {code: count for code, _en, _zh, count in made_over.counts}
    assert counts["20.calls"] == 1
    assert counts["05.alarms"] == counts["40.complaints"] == 0


def test_family_and_who_was_served_are_dialled_from_a_seat_or_shown_and_logged() -> None:
    town = made.town()
    agent, _seat, _at = seated(town)
    order = served(town)
    now = timezone.now()
    add_contact(town.person, actor=SYSTEM, at=now, name="刘芳", phone="13900000009", relation=Relation.CHILD)
    kin = Contact.everywhere.get(person=town.person)
    desk, bare = client_of(agent), town.client("hotline_agent")
    call = taken(desk)
    page = desk.get(f"/desk/{call.pk}/").content.decode()
    assert f"kin:{kin.pk}" in page
    assert "13900000009" not in page
    about = {"whom": f"kin:{kin.pk}", "about": f"call:{call.pk}", "next": f"/desk/{call.pk}/"}
    assert desk.post("/desk/dial/", about)["Location"] == f"/desk/{call.pk}/"
    session = Session.everywhere.get(direction="out")
    assert (session.number, session.for_key) == ("13900000009", f"call:{call.pk}")
    assert desk.get(f"/desk/line/{session.pk}/")["Location"] == f"/desk/{call.pk}/", "leads back to the call"
    assert desk.post("/desk/dial/", about | {"next": "https://evil.example/"})["Location"] == "/desk/"
    assert 'action="/desk/dial/"' in desk.get(f"/follow-ups/{order.pk}/ask/").content.decode()
    page = bare.get(f"/follow-ups/{order.pk}/ask/").content.decode()
    assert 'action="/desk/dial/"' not in page and "tel:13963112345" in page
    assert bare.post("/desk/dial/", about).status_code == 302, "without a seat it is refused in words"
    assert Session.everywhere.filter(direction="out").count() == 2
    own = taken(bare)
    shown = bare.get(f"/desk/{own.pk}/", {"person": str(town.person.pk), "show": f"kin:{kin.pk}"})
    assert "tel:13900000009" in shown.content.decode()
    assert Act.objects.filter(verb="hotline.read_phone", subject_id=town.person.pk).count() == 1
    for nobody in ("", "kin:x", f"person:{kin.pk}", f"kin:{order.pk}"):
        assert desk.post("/desk/dial/", {"whom": nobody}).status_code == 404
    stranger = client_of(make.user("hotline_agent", make.OTHER_COUNTY))
    assert stranger.post("/desk/dial/", about).status_code == 404


def test_danger_raises_one_alarm_that_the_call_shows() -> None:
    town = made.town()
    desk = town.client("hotline_agent")
    call = taken(desk)
    shown = desk.get(f"/desk/{call.pk}/triage/", RED).content.decode()
    assert f"/desk/{call.pk}/alarm/" in shown
    form = RED | {"person": str(town.person.pk), "note": "倒在卫生间"}
    part = desk.post(f"/desk/{call.pk}/alarm/", form, headers={"HX-Request": "true"}).content.decode()
    alarm = Alarm.everywhere.get()
    assert alarm.number in part
    assert (alarm.person, alarm.source, alarm.kind) == (town.person, "call", "fall")
    assert "倒在卫生间" in alarm.words
    assert desk.post(f"/desk/{call.pk}/alarm/", form).status_code == 302, "pressed twice it is one alarm"
    assert desk.post(f"/calls/{call.pk}/raise_alarm/", {"kind": "call"}).status_code == 422
    page = desk.get(f"/desk/{call.pk}/").content.decode()
    assert page.count(alarm.number) >= 2, "above the form, and with the person"
    closing = wanted(purpose="emergency", item="", outcome="passed_on") | form
    assert desk.post(f"/desk/{call.pk}/", closing).status_code == 302
    assert Alarm.everywhere.count() == 1
    assert alarm.number in desk.get(f"/calls/{call.pk}/").content.decode()
    assert desk.get(f"/alarms/{alarm.pk}/").status_code == 200


def test_closing_a_call_in_danger_raises_the_alarm_that_nobody_pressed() -> None:
    town = made.town()
    desk = town.client("hotline_agent")
    call = taken(desk, "")
    closing = wanted(purpose="emergency", item="", outcome="passed_on", note="一位老人,没说姓名") | RED
    assert desk.post(f"/desk/{call.pk}/", closing).status_code == 302
    alarm = Alarm.everywhere.get()
    call.refresh_from_db()
    assert call.alarm_id == alarm.pk
    assert (alarm.person_id, alarm.provisional, alarm.region_id) == (None, True, call.region_id)
    milder = taken(desk)
    form = wanted(person=str(town.person.pk), matter="help_bath", triage_T1="help")
    assert desk.post(f"/desk/{milder.pk}/", form).status_code == 302
    assert Alarm.everywhere.count() == 1


def test_a_caring_call_is_dialled_from_the_seat_and_its_card_is_open_then() -> None:
    town = made.town()
    agent, _seat, _exchange = seated(town)
    desk = client_of(agent)
    due = cared.caring(town.person, way="call", planned_on=timezone.localdate(), due_at=timezone.now())
    assert f'value="caring:{due.pk}"' in desk.get("/caring-calls/").content.decode()
    back = f"/caring-calls/?call={due.pk}"
    assert desk.post("/desk/dial/", {"whom": f"caring:{due.pk}", "next": back})["Location"] == back
    session = Session.everywhere.get(direction="out")
    assert session.for_key == f"caring:{due.pk}"
    assert desk.get(f"/desk/line/{session.pk}/")["Location"].startswith(back), "leads back to the card"
    opened = desk.get(back).content.decode()
    assert f"/carings/{due.pk}/enter_call/" in opened


def test_whom_an_alarm_calls_is_dialled_from_the_seat_of_whoever_holds_it() -> None:
    town = made.town()
    agent, _seat, _exchange = seated(town)
    add_contact(town.person, actor=SYSTEM, at=timezone.now(), name="刘芳", phone="13900000009", relation=Relation.CHILD)  # fmt: skip
    alarm = cry("call", actor=SYSTEM, at=timezone.now(), source="call", person=town.person)
    desk, page = client_of(agent), f"/alarms/{alarm.pk}/"
    assert desk.post(f"{page}take/").status_code == 302
    shown = desk.get(page).content.decode()
    kin = Contact.everywhere.get(person=town.person)
    for whom, number in ((f"person:{town.person.pk}", "13963112345"), (f"kin:{kin.pk}", "13900000009")):
        assert f'value="{whom}"' in shown
        about = {"whom": whom, "about": f"alarm:{alarm.pk}", "next": page}
        assert desk.post("/desk/dial/", about)["Location"] == page
        session = Session.everywhere.filter(direction="out").order_by("pk").last()
        assert (session.number, session.for_key) == (number, f"alarm:{alarm.pk}")
        assert desk.get(f"/desk/line/{session.pk}/")["Location"] == page, "leads back to the alarm"
    bare = town.client("hotline_agent")
    Alarm.everywhere.update(rings_from=timezone.now(), rung_at=timezone.now())
    assert bare.post(f"{page}take/").status_code == 302
    shown = bare.get(page).content.decode()
    assert 'action="/desk/dial/"' not in shown and "tel:13900000009" in shown, "who has no seat"


def test_a_caring_call_beside_the_desk_leads_to_an_order_and_a_complaint() -> None:
    town = made.town()
    desk = town.client("hotline_agent")
    due = cared.caring(town.person, way="call", planned_on=timezone.localdate(), due_at=timezone.now())
    address = f"/carings/{due.pk}/enter_call/"
    assert f"/caring-calls/?call={due.pk}" in desk.get("/desk/").content.decode()
    assert address in desk.get(f"/desk/{taken(desk).pk}/").content.decode(), "the person calls by chance"
    form = {"outcome": "needs", "needs": ["meals", "complaint", "policy"], "words": "上次护理员迟到"}
    assert desk.post(address, form).status_code == 302
    order, complaint = Order.everywhere.get(), Complaint.everywhere.get()
    due.refresh_from_db()
    assert due.order_number == f"{order.number} {complaint.number}"
    assert (order.person, order.item, order.state) == (town.person, "0101", "received")
    assert (complaint.words, complaint.call_id) == ("上次护理员迟到", None)
    gone = make.person(name="已故老人", region=town.person.region_id)
    type(gone).everywhere.filter(pk=gone.pk).update(state="deceased")
    late = cared.caring(gone, way="call", planned_on=timezone.localdate())
    late_form = {"outcome": "needs", "needs": ["bathing"]}
    assert desk.post(f"/carings/{late.pk}/enter_call/", late_form).status_code == 302
    late.refresh_from_db()
    assert (late.state, late.order_number) == ("done", ""), "what is refused does not lose the call"


def test_who_is_not_found_becomes_an_alarm() -> None:
    town = made.town()
    search = cared.search(town.person)
    desk = client_of(make.user("town_officer", town.person.region_id // 1000 * 1000))
    assert desk.post(f"/caring-searches/{search.pk}/call_for_help/", {"words": "全村找遍"}).status_code == 302
    alarm = Alarm.everywhere.get()
    search.refresh_from_db()
    assert (search.alarm, alarm.kind, alarm.person) == (alarm.number, "missing", town.person)


def test_who_cannot_hear_is_written_to_and_answers_by_text_message() -> None:
    town = made.town()
    desk = town.client("hotline_agent")
    call = taken(desk)
    long = "您好," + "请问需要什么服务" * 20
    for _ in range(2):
        assert desk.post(f"/desk/{call.pk}/write/", {"words": long, "_key": "w1"}).status_code == 302
    line, notice = TextLine.everywhere.get(), Notice.everywhere.get()
    assert (notice.template, notice.number_masked) == ("desk_line", call.number_masked)
    assert long in reveal_json(notice.owner_id, notice.text_sealed)["text"], "not cut"
    assert "待发送" in desk.get(f"/desk/{call.pk}/").content.decode()
    now = timezone.now()
    told = "我要送饭,住在海滨路,中午十一点半以前,牙口不好要软一点的,谢谢你们" * 3
    for _ in range(2):
        answer([Reply(number="13963112345", text=told)], at=now)
    answer([Reply(number="13963112345", text="还有药")], at=now)
    assert [row.words for row in TextLine.everywhere.filter(incoming=True).order_by("id")] == [told, "还有药"]
    notice.refresh_from_db()
    assert notice.answer == "", "what somebody wrote is kept sealed, and in the call alone"
    page = desk.get(f"/desk/{call.pk}/").content.decode()
    assert "还有药" in page and "来电人已回复" in page
    form = wanted(person=str(town.person.pk), item="", purpose="enquiry")
    assert desk.post(f"/desk/{call.pk}/", form).status_code == 302
    answer([Reply(number="13963112345", text="收到")], at=now)
    assert "收到" in [row.words for row in TextLine.everywhere.all()], "after the end it is kept all the same"
    assert line.pk
    silent = taken(desk, "")
    assert desk.post(f"/desk/{silent.pk}/write/", {"words": "请写"}).status_code == 302
    assert Notice.everywhere.count() == 1, "nothing goes to nowhere"


def test_free_beds_are_those_of_the_town_and_where_it_has_none_of_the_county() -> None:
    day = timezone.localdate()
    here, far = make.town() + 1000, make.town(nth=1)
    in_town = Region.objects.filter(code__gte=make.town(), code__lt=here, level=5).first()
    beyond = Region.objects.filter(code__gte=far, code__lt=far + 1000, level=5).first()
    assert in_town is not None and beyond is not None
    who = make.person(in_town.code)
    other = beds.house(rooms="301-303", region=beyond.code)
    assert [(one.id, one.free) for one in vacancies_near(who, day)] == [(other.facility.pk, 6)]
    near = beds.house(region=in_town.code)
    beds.admitted(near)
    assert [(one.id, one.free) for one in vacancies_near(who, day)] == [(near.facility.pk, 3)]


def test_what_is_near_a_person_is_read_beside_the_call() -> None:
    town = made.town()
    desk = town.client("hotline_agent")
    call = taken(desk)
    house = beds.house(region=town.person.region_id)
    page = desk.get(f"/desk/{call.pk}/?person={town.person.pk}").content.decode()
    assert f"/desk/{call.pk}/near/?person={town.person.pk}" in page
    near = desk.get(f"/desk/{call.pk}/near/", {"person": str(town.person.pk)}).content.decode()
    assert house.facility.name in near
    for nobody in ("", "x", str(call.pk)):
        assert (
            house.facility.name not in desk.get(f"/desk/{call.pk}/near/", {"person": nobody}).content.decode()
        )
    assert desk.get(f"/desk/{town.person.pk}/near/").status_code == 404
