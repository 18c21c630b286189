"""From the pressed bracelet to the review, as the desk, a neighbour, the family and strangers see it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests import make
from tests.areas.grid import made as grid
from tests.areas.visits import made as visits
from tests.kit.people import logged_in

from songhe.areas.alarms import actions
from songhe.areas.alarms.api import Cry, raise_many
from songhe.areas.alarms.models import Alarm, Attempt, Response, Step
from songhe.areas.alarms.queries import figures
from songhe.areas.alarms.queries.board import MOST
from songhe.areas.registry.api import Person, add_contact, contacts_of
from songhe.areas.registry.models.family import Relation
from songhe.engines.access.api import SYSTEM, Scope, Tie, User, tie
from songhe.engines.acts.models import Act
from songhe.engines.notices.api import Notice

pytestmark = pytest.mark.django_db


def press(person: Person, kind: str = "sos", *, device: UUID | None = None) -> Alarm:
    at = timezone.now()
    cry = Cry(kind=kind, received_at=at, device_id=device or uuid4(), key=str(uuid4()), person_id=person.pk, region_id=person.region_id)  # fmt: skip
    return raise_many([cry], at=at)[0]


def neighbour_of(person: Person) -> User:
    """A neighbour with a log-in, named on the person's list."""
    user = make.user("volunteer", make.COUNTY, name="王大妈")
    add_contact(
        person, actor=SYSTEM, at=timezone.now(), name="王大妈", relation=Relation.NEIGHBOUR, phone="13963155555",
        is_emergency=True,
    )  # fmt: skip
    from songhe.areas.registry.api import Contact

    Contact.everywhere.filter(person=person).update(user_id=user.pk)
    return user


def at_desk(region: int = make.COUNTY) -> Client:
    return logged_in(make.user("hotline_agent", region, name="坐席一"))


def post(client: Client, path: str, **values: str) -> int:
    return client.post(path, values).status_code


def test_from_the_bracelet_to_the_review() -> None:
    person = make.person(name="刘长河")
    neighbour = neighbour_of(person)
    alarm = press(person)
    desk, page = at_desk(), f"/alarms/{alarm.pk}/"
    board = desk.get("/alarms/board/").content.decode()
    assert "刘长河" in board and "SOS" not in board and "一键呼救" in board
    assert desk.post("/alarms/here/", {"shown": f"{alarm.pk},nonsense"}).json() == {"held": 0}
    assert post(desk, f"{page}take/") == 302
    shown = desk.get(page).content.decode()
    assert "13963155555" in shown and "王大妈" in shown, "one tap to the neighbour"
    assert Act.objects.filter(verb="alarms.read_person", subject_id=alarm.pk).exists()
    refused = desk.post(f"{page}call_false/", {"reason": "by_mistake", "words": "不是"})
    assert refused.status_code == 422 and "须先满足：已与有关人员通话核实。" in refused.content.decode()
    assert post(desk, f"{page}note_call/", rung="home", answer="no_answer") == 302
    assert post(desk, f"{page}give_up/", reason="nobody_home", words="没人") == 422, (
        "the neighbour was not called"
    )
    helper = f"contact:{_contact(person)}"
    assert post(desk, f"{page}send/", helper=helper, kind="neighbour", name="x") == 302
    errand = Response.everywhere.get(alarm=alarm)
    assert (errand.name, errand.user_id) == ("王大妈", neighbour.pk)
    assert Notice.everywhere.filter(template="alarm_errand").count() == 1
    phone, job = logged_in(neighbour), f"/errands/{errand.pk}/"
    seen = phone.get(job).content.decode()
    assert "刘长河" in seen and "大庄许家社区" in seen
    assert phone.get(page).status_code == 403, "the errand and no more"
    for verb in ("accept", "set_off"):
        assert post(phone, f"{job}{verb}/") == 302
    assert post(phone, f"{job}arrive/", lon="122.05", lat="37.2", accuracy="12") == 302
    assert post(phone, f"{job}force_entry/", reason="门反锁", witnesses="李四") == 422, "two witnesses"
    assert post(phone, f"{job}force_entry/", reason="门反锁", witnesses="李四\n民警赵") == 302
    assert post(phone, f"{job}report/", words="摔倒，意识清醒", needs_120="on") == 302
    alarm.refresh_from_db()
    assert alarm.state == "arrived" and alarm.rings_from is not None, "who needs an ambulance rings again"
    assert post(desk, f"{page}relay/", service="120", officer="", case_number="") == 422
    assert post(desk, f"{page}relay/", service="120", officer="调度员3号", case_number="2611-88", stayed="on") == 302  # fmt: skip
    assert post(desk, f"{page}resolve/", reason="hospital", words="送市立医院") == 302
    assert post(desk, f"{page}review/", verdict="good") in (403, 404, 422)
    inspector = logged_in(make.user("inspector", make.COUNTY))
    assert "刘长河" in inspector.get("/").content.decode(), "waits for review"
    assert post(inspector, f"{page}review/", verdict="good", words="及时") == 302
    alarm.refresh_from_db()
    assert (alarm.state, alarm.outcome, alarm.reason, alarm.due_at) == (
        "reviewed",
        "resolved",
        "hospital",
        None,
    )
    assert [one.what for one in Step.everywhere.filter(alarm=alarm).order_by("id")] == [
        "raise", "take", "send", "accepted", "set_off", "arrive", "forced", "needs_120", "relay", "resolve", "review",
    ]  # fmt: skip
    (told,) = figures.told(Alarm.everywhere.filter(pk=alarm.pk))
    assert (told.times.answered, told.times.sent, told.times.arrived) == (alarm.taken_at, alarm.helped_at, alarm.arrived_at)  # fmt: skip
    assert "100.00%" in desk.get("/alarms/figures/").content.decode()


def _contact(person: Person) -> UUID:
    return contacts_of(person)[0].pk


def test_two_agents_who_take_it_and_one_who_goes_silent() -> None:
    alarm = press(make.person())
    one, other = at_desk(), at_desk()
    page = f"/alarms/{alarm.pk}/"
    assert post(one, f"{page}take/") == 302
    assert post(other, f"{page}take/") in (404, 422), "the first has it"
    assert post(other, f"{page}resolve/", reason="helped", words="好了") in (404, 422)
    later = timezone.now() + timedelta(seconds=31)
    assert actions.watch(later) == 1
    alarm.refresh_from_db()
    assert (alarm.state, alarm.agent_id, alarm.rings_from) == ("raised", None, later)
    assert post(other, f"{page}take/") == 302
    assert actions.watch(timezone.now()) == 0


def test_a_sign_of_the_page_keeps_it_and_idleness_does_not() -> None:
    alarm, agent, start = press(make.person()), make.user("hotline_agent", make.COUNTY), timezone.now()
    actions.take(alarm, actor=agent, at=start)
    for minute in range(1, 20):
        at = start + timedelta(seconds=15 * minute)
        actions.present(agent, at=at)
        assert actions.watch(at) == 0, minute
    actions.present(agent, at=start + timedelta(seconds=299))
    Alarm.everywhere.update(due_at=start + timedelta(seconds=300))
    assert actions.watch(start + timedelta(seconds=300)) == 1
    assert Step.everywhere.get(alarm=alarm, what="lose").detail.startswith("idle")


def test_who_does_not_answer_is_followed_by_the_next_level() -> None:
    grid.post(make.COUNTY, "county", phone="0631-5861234")
    alarm, agent, at = press(make.person()), make.user("hotline_agent", make.COUNTY), timezone.now()
    actions.take(alarm, actor=agent, at=at)
    for nth in range(2):
        actions.send(alarm, actor=agent, at=at, kind="neighbour", name=f"邻居{nth}")
    at += timedelta(seconds=121)
    actions.present(agent, at=at - timedelta(seconds=1))
    actions.watch(at)
    alarm.refresh_from_db()
    whats = list(Step.everywhere.filter(alarm=alarm).order_by("id").values_list("what", flat=True))
    assert whats.count("lapse") == 2
    assert "level" in whats and alarm.level
    assert alarm.rings_from == at, "the agent hears of it"
    late = Response.everywhere.filter(alarm=alarm).first()
    with pytest.raises(Exception, match="passed on"):
        actions.accept(late, actor=SYSTEM, at=at)


def test_nobody_outside_sees_it_and_the_family_sees_its_own() -> None:
    person, other = make.person(name="刘长河"), make.person(name="外人甲")
    alarm, hidden = press(person), press(other)
    child = make.user("family", make.CITY, name="刘明")
    tie(person_id=person.pk, holder_id=child.pk, kind=Tie.Kind.KIN, region_id=person.region_id, since=timezone.localdate())  # fmt: skip
    home = logged_in(child)
    assert home.get(f"/alarms/{alarm.pk}/").status_code == 200
    assert home.get(f"/alarms/{hidden.pk}/").status_code == 404
    assert "外人甲" not in home.get("/alarms/board/").content.decode()
    stranger = at_desk(make.OTHER_COUNTY)
    assert stranger.get(f"/alarms/{alarm.pk}/").status_code == 404
    assert post(stranger, f"/alarms/{alarm.pk}/take/") == 404
    assert "刘长河" not in stranger.get("/alarms/board/").content.decode()
    stranger.post("/alarms/here/", {"shown": str(alarm.pk)})
    alarm.refresh_from_db()
    assert alarm.shown_at is None
    assert 'data-alarm-clock="Asia/Shanghai"' in at_desk().get("/alarms/wall/").content.decode(), (
        "the city's clock"
    )
    for path in ("/alarms/board/", "/alarms/wall/", "/alarms/lines/", f"/alarms/{alarm.pk}/"):
        assert Client().get(path).status_code == 302


def test_a_board_costs_the_same_at_any_length() -> None:
    desk, counts = at_desk(), []
    for n in (2, 30):
        for _ in range(n):
            press(make.person())
        desk.get("/alarms/lines/")
        with CaptureQueriesContext(connection) as asked:
            assert desk.get("/alarms/lines/").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_namesakes_are_told_apart() -> None:
    """Once one of them was sent, the other was neither offered nor could be sent."""
    person, agent = make.person(), make.user("hotline_agent", make.COUNTY)
    for phone in ("13963155501", "13963155502"):
        add_contact(person, actor=SYSTEM, at=timezone.now(), name="王秀英", relation=Relation.NEIGHBOUR, phone=phone)  # fmt: skip
    helper = grid.helper(region=person.region_id, name="王秀英", phone="13963155503")
    first, second = contacts_of(person)
    alarm = press(person)
    actions.take(alarm, actor=agent, at=timezone.now())
    desk, page = logged_in(agent), f"/alarms/{alarm.pk}/"
    keys = [f"contact:{first.pk}", f"contact:{second.pk}", f"helper:{helper.pk}"]
    for nth, key in enumerate(keys):
        shown = desk.get(page).content.decode()
        assert [one in shown for one in keys] == [place >= nth for place in range(3)]
        assert post(desk, f"{page}send/", helper=key, kind="neighbour", name="x") == 302
        assert post(desk, f"{page}send/", helper=key, kind="neighbour", name="x") == 422, "waited for"
    by_hand = {"kind": "neighbour", "name": "王秀英"}
    assert post(desk, f"{page}send/", **by_hand, phone="139 6315 5501") == 422, "the first of them, by number"
    assert post(desk, f"{page}send/", **by_hand, phone="13963155504") == 302
    assert Response.everywhere.filter(alarm=alarm).count() == 4


def test_in_a_storm_the_most_urgent_is_on_the_board_and_all_are_counted() -> None:
    """Lines were once cut by their age: the call for help after two hundred doors was not on the board."""
    at, region = timezone.now() - timedelta(minutes=9), make.village()
    doors = [Cry(kind="door", received_at=at, key=str(uuid4()), device_id=uuid4(), region_id=region) for _ in range(MOST)]  # fmt: skip
    raise_many(doors, at=at)
    sos = press(make.person(name="刘长河"))
    board = at_desk().get("/alarms/lines/").content.decode()
    assert board.index("刘长河") < board.index("门磁异常"), "first, though it came last"
    assert board.count('<li class="alarm') == MOST
    assert f'data-count="rings">{MOST + 1}<' in board and f'data-count="open">{MOST + 1}<' in board
    assert "另有1条" in board
    wall = at_desk().get("/alarms/wall/").content.decode()
    assert "门磁异常" in wall.split("等待最久")[1].split("</p>")[0], "an older one, though less urgent"
    stranger = at_desk(make.OTHER_COUNTY).get("/alarms/lines/").content.decode()
    assert 'data-count="open">0<' in stranger and "另有" not in stranger
    assert sos.number in board


def test_nobody_is_reached_where_there_are_no_contacts_and_where_a_worker_called() -> None:
    """Family contacts were demanded of people who have none, and of workers, so that the alarm could never be given up."""
    at, agent = timezone.now(), make.user("hotline_agent", make.COUNTY, name="坐席一")
    alone = press(make.person(name="刘长河"))
    worker = actions.cry("worker", actor=SYSTEM, at=at, source="worker", region_id=make.village(), worker_id=visits.town().worker.pk)  # fmt: skip
    desk = logged_in(agent)
    for alarm, rungs in ((alone, ("device", "home")), (worker, ("worker",))):
        page, end = f"/alarms/{alarm.pk}/", {"reason": "nobody_home", "words": "上门查看无人"}
        assert post(desk, f"{page}take/") == 302
        actions.send(Alarm.everywhere.get(pk=alarm.pk), actor=agent, at=at, kind="neighbour", name="邻居甲")
        actions.arrive(Response.everywhere.get(alarm=alarm), actor=SYSTEM, at=at)
        for rung in rungs:
            refused = desk.post(f"{page}give_up/", end)
            assert refused.status_code == 422 and "请先拨打" in refused.content.decode(), rung
            assert post(desk, f"{page}note_call/", rung=rung, answer="no_answer") == 302
        assert post(desk, f"{page}give_up/", **end) == 302
        assert Alarm.everywhere.get(pk=alarm.pk).outcome == "no_contact"


def test_an_unknown_device_can_be_given_up_and_opened_again() -> None:
    (alarm,) = raise_many([Cry(kind="sos", received_at=timezone.now(), code="IMEI-9", key="1")], at=timezone.now())  # fmt: skip
    desk = at_desk(make.CITY)
    page = f"/alarms/{alarm.pk}/"
    assert post(desk, f"{page}take/") == 302
    assert post(desk, f"{page}give_up/", reason="unknown", words="查无此设备") == 302
    assert post(desk, f"{page}reopen/", reason="again") == 302
    alarm.refresh_from_db()
    assert (alarm.state, alarm.outcome) == ("taken", "")
    assert not Attempt.everywhere.filter(alarm=alarm).exists()
    assert figures.within(Scope.EVERYTHING, timezone.now() - timedelta(hours=1), timezone.now())


@pytest.mark.parametrize("said", ["refuse", "report"])
def test_bad_news_of_a_responder_leaves_a_climbing_alarm_where_it_is(said: str) -> None:
    """A refusal, or a call for an ambulance, once set an alarm that rang for the whole room back to the free agents."""
    alarm, agent, at = press(make.person()), make.user("hotline_agent", make.COUNTY), timezone.now()
    actions.take(alarm, actor=agent, at=at)
    actions.send(alarm, actor=agent, at=at, kind="neighbour", name="邻居甲")
    errand, began = Response.everywhere.get(alarm=alarm), at + timedelta(seconds=31)
    if said == "report":
        actions.arrive(errand, actor=SYSTEM, at=at)
    actions.watch(began)
    actions.watch(began + timedelta(seconds=60))
    alarm.refresh_from_db()
    assert (alarm.rings_from, alarm.rung) == (began, 3), "the agent is silent, and nobody took it"
    later = began + timedelta(seconds=61)
    if said == "refuse":
        actions.refuse(errand, actor=SYSTEM, at=later, reason="away")
    else:
        actions.report(errand, actor=SYSTEM, at=later, words="摔倒", needs_120=True)
    alarm.refresh_from_db()
    assert (alarm.rings_from, alarm.rung, alarm.due_at) == (began, 3, began + timedelta(seconds=180))
