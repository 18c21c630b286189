"""What other areas bring to alarms and take from them: workers, incidents, the grid, devices, assessments, the family."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from tests import make
from tests.areas.alarms.test_story import at_desk, post, press
from tests.areas.devices import made as devices
from tests.areas.grid import made as grid
from tests.areas.visits import made as visits
from tests.areas.visits.test_incidents import FALL, call
from tests.kit.people import logged_in

from songhe.areas.alarms import actions
from songhe.areas.alarms.models import Alarm, Entry, Response
from songhe.areas.alarms.queries import places
from songhe.areas.devices import api as devices_api
from songhe.areas.visits.api import Sos
from songhe.engines.access.api import SYSTEM, Tie, User, tie
from songhe.engines.acts.models import Act

pytestmark = pytest.mark.django_db


def test_a_worker_who_calls_for_help_rings_and_the_phone_hears_who_took_it() -> None:
    town = visits.town()
    visits.under_way(town)
    phone, key = town.client("worker", town.worker), str(uuid4())
    assert call(phone, key, lon="122.4211", lat="37.1611")[1]["answered"] is False
    call(phone, key)
    alarm = Alarm.everywhere.get()
    assert (alarm.source, alarm.kind, alarm.priority, alarm.signals, alarm.provisional) == ("worker", "worker", 3, 2, False)  # fmt: skip
    desk, page = at_desk(), f"/alarms/{alarm.pk}/"
    assert "王秀英" in desk.get("/alarms/board/").content.decode()
    assert post(desk, f"{page}take/") == 302
    assert call(phone, key)[1] == {"answered": True, "by": "坐席一 正在处理。"}
    shown = desk.get(page).content.decode()
    assert "呼叫服务人员" in shown and "王秀英" in shown
    alarm.refresh_from_db()
    assert alarm.rings_from is None, "a phone that knows of its answer rings nobody"
    assert post(desk, f"{page}note_call/", rung="worker", answer="help") == 302
    assert post(desk, f"{page}resolve/", reason="helped", words="已护送离开") == 302
    assert Sos.everywhere.get().words == "已护送离开"
    assert Sos.everywhere.get().ended_at


@pytest.mark.parametrize(
    ("form", "raised"),
    [(FALL, 1), (FALL | {"severity": "minor"}, 0), (FALL | {"kind": "abuse", "severity": "grave"}, 0)],
)
def test_an_incident_rings_when_it_cannot_wait_and_never_before_who_it_may_be_about(form: dict[str, Any], raised: int) -> None:  # fmt: skip
    town = visits.town()
    visit = visits.under_way(town)
    phone = town.client("worker", town.worker)
    assert phone.post(f"/visits/{visit.pk}/report_incident/", form).status_code == 302
    found = list(Alarm.everywhere.all())
    assert len(found) == raised
    for alarm in found:
        assert (alarm.source, alarm.person_id, alarm.words) == ("visit", town.person.pk, FALL["words"])


def test_a_neighbour_known_to_the_grid_alone_sees_the_errand_and_no_other() -> None:
    person, other = make.person(name="刘长河"), make.person(name="外人甲")
    helper = grid.helper(region=person.region_id)
    grid.pair(helper, person)
    agent = make.user("hotline_agent", make.COUNTY)
    alarm, hidden = press(person), press(other)
    for one in (alarm, hidden):
        actions.take(one, actor=agent, at=timezone.now())
    actions.send(alarm, actor=agent, at=timezone.now(), kind="neighbour", name="x", helper=f"helper:{helper.pk}")  # fmt: skip
    actions.send(hidden, actor=agent, at=timezone.now(), kind="neighbour", name="别人")
    errand, foreign = Response.everywhere.get(alarm=alarm), Response.everywhere.get(alarm=hidden)
    phone = logged_in(make.user("helper", make.COUNTY, holder_id=helper.pk, name="睦邻"))
    assert f"/errands/{errand.pk}/" in phone.get("/my-elders/").content.decode(), "above everything else"
    assert phone.get(f"/errands/{foreign.pk}/").status_code == 404
    for verb in ("accept", "set_off", "arrive"):
        assert post(phone, f"/errands/{errand.pk}/{verb}/") == 302
    helper.refresh_from_db()
    assert helper.busy_with == alarm.number
    actions.resolve(Alarm.everywhere.get(pk=alarm.pk), actor=agent, at=timezone.now(), reason="helped", words="好")  # fmt: skip
    helper.refresh_from_db()
    assert helper.busy_with == "", "free again, though nobody said that they left"


def test_whoever_declines_is_followed_at_once_by_the_next_who_is_free() -> None:
    """Only a helper who did not answer at all was once followed by the next."""
    person, now = make.person(name="刘长河"), timezone.now()
    helpers = [
        grid.helper(
            region=person.region_id, name=name, user_id=make.user("helper", make.COUNTY, name=name).pk
        )
        for name in ("孙邻居", "李邻居")
    ]
    alarm, agent = press(person), make.user("hotline_agent", make.COUNTY)
    actions.take(alarm, actor=agent, at=now)
    actions.send(alarm, actor=agent, at=now, kind="neighbour", name="x", helper=f"helper:{helpers[0].pk}")
    first = Response.everywhere.get(alarm=alarm)
    phone = logged_in(User.objects.get(pk=first.user_id))
    assert post(phone, f"/errands/{first.pk}/refuse/", reason="away") == 302
    second = Response.everywhere.exclude(pk=first.pk).get(alarm=alarm)
    assert (second.helper_id, second.sent_by_id) == (helpers[1].pk, SYSTEM.id)
    alarm.refresh_from_db()
    assert alarm.rings_from is not None, "the agent hears of it"
    assert alarm.due_at is not None and alarm.due_at <= second.due_at
    other = logged_in(User.objects.get(pk=second.user_id))
    assert post(other, f"/errands/{second.pk}/refuse/", reason="away") == 302
    assert Response.everywhere.filter(alarm=alarm).count() == 2, "nobody is asked twice"


def test_the_last_place_is_shown_to_the_agent_only_after_an_agreement_and_looking_is_logged() -> None:
    person = make.person(name="刘长河")
    device = devices.device(of=person)
    now = timezone.now()
    alarm, agent = press(person, device=device.pk), make.user("hotline_agent", make.COUNTY)
    actions.take(alarm, actor=agent, at=now)
    desk, page = logged_in(agent), f"/alarms/{alarm.pk}/"
    looks = Act.objects.filter(verb="alarms.locate_person", subject_id=alarm.pk)
    place = {"longitude": 122.4321, "latitude": 37.1712, "accuracy": 30}
    devices_api.receive([devices.signal(device, "position", now, **place)], at=now)
    shown = desk.get(page).content.decode()
    assert "未同意定位" in shown and "最近位置" not in shown
    assert not looks.exists()
    devices.agreement(person, at=now)
    later = now + timedelta(seconds=1)
    devices_api.receive([devices.signal(device, "position", later, **place)], at=later)
    assert "最近位置" in desk.get(page).content.decode()
    assert looks.count() == 1
    assert "最近位置" not in at_desk().get(page).content.decode(), "somebody else's alarm"


def test_the_newest_place_of_any_device_is_shown_whatever_raised_the_alarm() -> None:
    """Beside a smoke alarm or a call the person's bracelet was once not on the map."""
    person, other, now = make.person(name="刘长河"), make.person(name="外人甲"), timezone.now()
    smoke, bracelet, watch = (devices.device(kind, of=person) for kind in ("smoke", "bracelet", "watch"))
    foreign, agent = devices.device(of=other), make.user("hotline_agent", make.COUNTY)
    devices.agreement(person, at=now)
    for nth, (device, lon) in enumerate(((bracelet, 122.41), (watch, 122.42), (foreign, 122.43))):
        moment = now + timedelta(seconds=1 + nth)
        devices_api.receive([devices.signal(device, "position", moment, longitude=lon, latitude=37.17, accuracy=10 + nth)], at=moment)  # fmt: skip
    alarm = press(person, "smoke", device=smoke.pk)
    actions.take(alarm, actor=agent, at=now)
    ((whose, seen),) = places.last_seen(alarm)
    assert (whose.pk, seen.point.lon) == (person.pk, 122.42)
    shown = logged_in(agent).get(f"/alarms/{alarm.pk}/").content.decode()
    assert shown.count("最近位置") >= 1 and "11米" in shown.replace(" ", "") and "10米" not in shown.replace(" ", "")  # fmt: skip
    assert Act.objects.filter(verb="alarms.locate_person", subject_id=alarm.pk).count() == 1


def test_health_is_opened_with_a_purpose_by_whoever_handles_the_alarm() -> None:
    person = make.person(name="刘长河")
    alarm, agent = press(person), make.user("hotline_agent", make.COUNTY)
    desk, page = logged_in(agent), f"/alarms/{alarm.pk}/health/"
    assert post(desk, page, purpose="120询问用药") == 422, "not taken yet"
    actions.take(alarm, actor=agent, at=timezone.now())
    assert desk.get(page).status_code == 200
    assert post(desk, page, purpose=" ") == 422
    reads = Act.objects.filter(verb="alarms.open_health", subject_id=alarm.pk)
    assert not reads.exists()
    assert "现行评估未记录" in desk.post(page, {"purpose": "120询问用药"}).content.decode()
    assert reads.get().purpose == "120询问用药"
    assert post(at_desk(make.OTHER_COUNTY), page, purpose="好奇的人") == 404
    assert logged_in(make.user("family", make.CITY)).get(page).status_code == 403


def test_why_a_door_was_forced_is_read_by_the_holder_and_the_review_and_by_nobody_else() -> None:
    """It was once sealed for ever: the course told how many stood by, and nothing opened the rest."""
    person, agent, now = make.person(name="刘长河"), make.user("hotline_agent", make.COUNTY), timezone.now()
    alarm = press(person)
    actions.take(alarm, actor=agent, at=now)
    holder, page = logged_in(agent), f"/alarms/{alarm.pk}/"
    actions.send(alarm, actor=agent, at=now, kind="neighbour", name="邻居")
    errand = Response.everywhere.get()
    actions.arrive(errand, actor=SYSTEM, at=now)
    assert "破门原因" not in holder.get(page).content.decode()
    told = {"reason": "门反锁无人应答", "witnesses": "李四\n民警赵", "inside": "on"}
    assert post(at_desk(), f"/errands/{errand.pk}/force_entry/", **told) == 302
    assert Entry.everywhere.get().entered_at is not None
    reads = Act.objects.filter(verb="alarms.read_entry", subject_id=alarm.pk)
    assert "门反锁" not in at_desk().get(page).content.decode()
    assert not reads.exists()
    shown = holder.get(page).content.decode()
    assert "门反锁无人应答" in shown and "李四、民警赵" in shown
    assert reads.get().actor_id == agent.pk
    actions.resolve(Alarm.everywhere.get(), actor=agent, at=now, reason="helped", words="好")
    assert "门反锁" not in holder.get(page).content.decode(), "no longer the holder's"
    assert "李四、民警赵" in logged_in(make.user("inspector", make.COUNTY)).get(page).content.decode()
    assert reads.count() == 2


def test_what_a_finder_sent_is_before_the_agent_who_takes_the_alarm() -> None:
    """The number to call back was once in the list of messages alone, and the alarm said that a device had raised it."""
    person, agent = make.person(name="刘长河"), make.user("hotline_agent", make.COUNTY)
    devices.finding(devices.device(of=person))
    alarm = Alarm.everywhere.get()
    assert (alarm.source, alarm.kind, alarm.person_id) == ("finder", "found", person.pk)
    desk, page = logged_in(agent), f"/alarms/{alarm.pk}/"
    reads = Act.objects.filter(verb="alarms.read_finding", subject_id=alarm.pk)
    before = desk.get(page).content.decode()
    assert "13800000001" not in before and "超市" not in before and not reads.exists()
    assert post(desk, f"{page}take/") == 302
    shown = desk.get(page).content.decode()
    assert "13800000001" in shown and "在超市门口" in shown and "geo:37.16,122.42" in shown
    assert reads.get().actor_id == agent.pk
    assert "13800000001" not in at_desk().get(page).content.decode()
    assert "<h2>发现者留言" not in desk.get(f"/alarms/{press(make.person()).pk}/").content.decode()


def test_the_family_reads_of_the_alarms_of_its_person() -> None:
    person, other = make.person(name="刘长河"), make.person(name="外人甲")
    child = make.user("family", make.CITY, name="刘明")
    tie(person_id=person.pk, holder_id=child.pk, kind=Tie.Kind.KIN, region_id=person.region_id, since=date(2026, 1, 1))  # fmt: skip
    alarm, hidden = press(person), press(other)
    page = logged_in(child).get("/family/").content.decode()
    assert f"/alarms/{alarm.pk}/" in page
    assert str(hidden.pk) not in page
    actions.take(alarm, actor=SYSTEM, at=timezone.now())
    assert "核实中" in logged_in(child).get("/family/").content.decode()


def test_the_agent_notes_an_arrival_and_the_lists_say_who_counts() -> None:
    person, other = make.person(name="刘长河"), make.person(name="外人甲")
    agent, now = make.user("hotline_agent", make.COUNTY), timezone.now()
    alarm = press(person)
    press(other)
    actions.take(alarm, actor=agent, at=now)
    actions.send(alarm, actor=agent, at=now, kind="neighbour", name="邻居")
    errand = Response.everywhere.get(alarm=alarm)
    desk, page = logged_in(agent), f"/alarms/{alarm.pk}/note_arrival/"
    assert post(desk, page, errand=str(alarm.pk)) == 422, "nobody of that kind was sent"
    assert post(desk, page, errand=str(errand.pk)) == 302
    assert post(desk, page, errand=str(errand.pk)) == 422
    on_site = desk.get("/alarms/figures/alarm_on_site/?days=1").content.decode()
    assert "刘长河" in on_site and "外人甲" not in on_site
    quick = desk.get("/alarms/figures/alarm_answered_15/?days=1").content.decode()
    assert "刘长河" in quick and "外人甲" in quick, "who was not answered is named below"
    assert desk.get("/alarms/figures/alarm_unknown/").status_code == 404
    assert "刘长河" not in at_desk(make.OTHER_COUNTY).get("/alarms/figures/alarm_on_site/").content.decode()
