"""Alarms of the last weeks in every way they can end, and a few that are open while the city is looked at."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np

from songhe.areas.alarms import actions
from songhe.areas.alarms.models import Alarm, Response
from songhe.areas.alarms.rules.signals import Cry
from songhe.areas.devices import actions as devices
from songhe.areas.devices.models import Device
from songhe.areas.grid.models import Helper, Pair
from songhe.engines.access.api import SYSTEM, Scope, User, entered
from songhe.engines.regions.ids import uuid7
from songhe.site.demo.history import City

PAST = 34
KINDS = ("sos", "sos", "fall", "sos", "smoke", "geofence", "gas", "sos", "bed", "inactive")
NEIGHBOURS = ("邻居 王桂兰", "邻居 于德顺", "网格员 宋晓梅", "网格员 丛建波", "邻居 张淑芬")
ENDS: tuple[tuple[str, str, str], ...] = (
    ("call_false", "by_mistake", "老人说不小心碰到，身体无恙。"),
    ("resolve", "helped", "在卫生间滑倒，无外伤，邻居已扶起并陪坐半小时。"),
    ("resolve", "hospital", "胸闷出汗，120送市人民医院，女儿已赶到。"),
    ("call_false", "cooking", "炒菜油烟触发，已开窗通风。"),
    ("resolve", "family", "儿子接手照看，明日复诊。"),
    ("give_up", "nobody_home", "上门查看无人，邻居说老人去女儿家住几天，已联系上女儿单位。"),
)


def cry_for_help(city: City) -> None:
    """Past alarms, and one in every state of being open."""
    rng = np.random.default_rng([city.seed, int(city.places.city), 23])
    here = city.rows_in(city.shown, 6)
    rows = [int(row) for row in here if city.columns.enrolled[row] and city.columns.phone[row] != b""]
    if not rows:
        return
    agents = [city.users["hotline"], city.users["hotline2"]]
    with entered(Scope.EVERYTHING):
        _worn_beside_the_neighbour(city)
        _brought_home(city, agents[0])
        for number in range(min(PAST, len(rows))):
            at = city.on(int(rng.integers(1, 30)), int(rng.integers(0, 24)), int(rng.integers(0, 60)))
            _past(city, rows[number % len(rows)], number, at, agents[number % 2], rng)
        apart = {int(city.columns.home[row]): row for row in rows}.values()  # a home has one alarm at a time
        states = ("raised", "taken", "sent", "arrived", "raised")
        for number, (row, state) in enumerate(zip(reversed(apart), states, strict=False)):
            _open(city, row, state, city.at - timedelta(minutes=2 * number), agents[number % 2])


def _worn_beside_the_neighbour(city: City) -> None:
    """A bracelet on somebody for whom the neighbour cares who can log in: pressed, it brings that neighbour."""
    helper = Helper.everywhere.filter(user_id=city.users["neighbour"].pk).first() if "neighbour" in city.users else None  # fmt: skip
    pair = Pair.everywhere.filter(helper=helper, until=None).order_by("id").select_related("person").first()
    device = Device.everywhere.filter(kind="bracelet", place="stock").order_by("code").first()
    if helper is None or pair is None or device is None:
        return
    at = city.on(20, 10)
    devices.issue_device(device, actor=SYSTEM, at=at, person=pair.person)
    devices.install_device(device, actor=SYSTEM, at=at + timedelta(hours=2))
    Helper.everywhere.filter(pk=helper.pk).update(hours={})


def _brought_home(city: City, agent: User) -> None:
    """What devices told in the past was seen to in its time."""
    for alarm in Alarm.everywhere.filter(closed_at=None, raised_at__lt=city.at - timedelta(hours=1)):
        at = alarm.raised_at + timedelta(seconds=11)
        actions.take(alarm, actor=agent, at=at)
        actions.note_call(alarm, actor=agent, at=at + timedelta(seconds=50), rung="contacts", answer="going")
        ended = min(at + timedelta(minutes=28), city.at)
        actions.resolve(alarm, actor=agent, at=ended, reason="found", words="家属已到场接回，平安。")


def _raised(city: City, row: int, kind: str, at: datetime) -> Alarm:
    region = int(city.columns.residence[row])
    cry = Cry(kind=kind, received_at=at, device_id=uuid7(), key=str(uuid7()), person_id=city.ids[row], region_id=region, battery=60)  # fmt: skip
    (alarm,) = actions.raise_many([cry], at=at)
    return alarm


def _past(city: City, row: int, number: int, at: datetime, agent: User, rng: np.random.Generator) -> None:
    alarm = _raised(city, row, "test" if number % 11 == 10 else KINDS[number % len(KINDS)], at)
    if alarm.closed_at is not None:
        return
    at += timedelta(seconds=float(rng.exponential(9)) + 2 + (200 if number % 13 == 12 else 0))
    actions.take(alarm, actor=agent, at=at)
    how, reason, words = ENDS[number % len(ENDS)]
    at += timedelta(seconds=25)
    answer = "no_answer" if how == "give_up" else "well" if how == "call_false" else "help"
    actions.note_call(alarm, actor=agent, at=at, rung="home", answer=answer)
    if how == "give_up":
        for nth, rung in enumerate(("device", "contacts"), start=1):
            actions.note_call(alarm, actor=agent, at=at + timedelta(seconds=25 * nth), rung=rung, answer="unreachable")  # fmt: skip
    if how != "call_false":
        at = _helped(alarm, NEIGHBOURS[number % 5], at + timedelta(seconds=70), agent, minutes=int(rng.integers(4, 30)))  # fmt: skip
    if reason == "hospital":
        actions.relay(alarm, actor=agent, at=at, service="120", officer="调度员 6号", case_number=f"2611-{number:03}", stayed=True)  # fmt: skip
    end = {"call_false": actions.call_false, "resolve": actions.resolve, "give_up": actions.give_up}[how]
    end(alarm, actor=agent, at=at + timedelta(minutes=6), reason=reason, words=words)
    if number % 3:
        actions.review(alarm, actor=city.users["inspector"], at=min(at + timedelta(hours=20), city.at), verdict="slow" if number % 13 == 12 else "good")  # fmt: skip


def _helped(alarm: Alarm, name: str, at: datetime, agent: User, *, minutes: int) -> datetime:
    errand = _sent(alarm, name, at, agent)
    actions.accept(errand, actor=SYSTEM, at=at + timedelta(seconds=40))
    there = at + timedelta(minutes=minutes)
    actions.arrive(errand, actor=SYSTEM, at=there)
    actions.report(errand, actor=SYSTEM, at=there + timedelta(minutes=5), words="已见到老人。", leaves=True)
    return there + timedelta(minutes=6)


def _sent(alarm: Alarm, name: str, at: datetime, agent: User, *, user: User | None = None) -> Response:
    kind = "grid_worker" if name.startswith("网格员") else "neighbour"
    actions.send(alarm, actor=agent, at=at, kind=kind, name=name)
    errand: Response = Response.everywhere.get(alarm=alarm, name=name)
    if user is not None:
        errand.user_id, errand.name = user.pk, f"邻居 {user.name.split()[-1]}"
        errand.save(update_fields=["user_id", "name"])
    return errand


def _open(city: City, row: int, state: str, at: datetime, agent: User) -> None:
    alarm = _raised(city, row, "fall" if state == "arrived" else "sos", at)
    if state == "raised" or not alarm.is_open:
        return
    later = [at + timedelta(seconds=seconds) for seconds in (8, 30, 60, 90)]
    actions.take(alarm, actor=agent, at=later[0])
    if state == "taken":
        return
    actions.note_call(alarm, actor=agent, at=later[1], rung="home", answer="no_answer")
    errand = _sent(
        alarm, NEIGHBOURS[1], later[2], agent, user=city.users.get("neighbour", city.users["volunteer"])
    )
    actions.accept(errand, actor=SYSTEM, at=later[3])
    if state == "arrived":
        actions.arrive(errand, actor=SYSTEM, at=later[3] + timedelta(minutes=1))
