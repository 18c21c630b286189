"""What reached the hotline besides orders: enquiries, emergencies, wrong numbers, complaints."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np

from songhe.areas.alarms.actions import resolve, take
from songhe.areas.hotline import actions
from songhe.areas.hotline.api import tree
from songhe.areas.hotline.models import Call, Complaint, Finding, Outcome, Purpose, Relation
from songhe.areas.registry.api import Person
from songhe.areas.visits.api import Order
from songhe.engines.access.api import User
from songhe.site.demo.desk import put_in_order
from songhe.site.demo.history import City, acting

ENQUIRIES = (
    ("enquiry_allowance", "询问高龄津贴从哪个月开始发。"),
    ("enquiry_assessment", "询问能力评估要带哪些材料。"),
    ("enquiry_canteen", "想知道附近哪里有助餐点。"),
    ("enquiry_helps", "询问本月还剩多少服务时长。"),
    ("enquiry_home", "子女在外地,想了解家庭养老床位。"),
)
EMERGENCIES = (
    (
        "emergency_fall",
        "老人起夜摔倒,意识清楚,已转 120 并通知家属。",
        {"T1": "yes", "T3": "strong", "T4": "no"},
    ),
    ("emergency_medical", "老人胸闷,已转 120,村委会上门陪同。", {"T1": "yes", "T2": "yes", "T3": "now"}),
)
COMPLAINTS = (
    ("complaint_time", "送餐连续两天晚到半个多小时。", "已与助餐点核实,调整了配送路线,老人表示满意。"),
    ("complaint_manner", "护理员没打招呼就换了人。", "机构已致电说明,今后换人提前一天告知。"),
    ("complaint_quality", "打扫不认真,厨房没有擦。", "机构安排返工一次,并对护理员再培训。"),
    ("complaint_time", "约好上午来,等到下午。", ""),
    ("complaint_money", "收费比说好的多,要求退还。", ""),
)


def ring(city: City, count: int) -> None:
    """About so many calls from last month until now, a complaint among every twelve."""
    rows = [int(row) for row in np.flatnonzero(city.columns.enrolled & (city.columns.phone != b""))]
    if not rows:
        return
    put_in_order(city)
    for number in range(count):
        days_ago = int(city.rng.integers(0, 40)) if number >= 6 else 0
        at = city.on(days_ago, int(city.rng.integers(7, 19)), int(city.rng.integers(0, 60)))
        if days_ago == 0:
            at = city.at - timedelta(minutes=20 * number + 9)
        _call(city, rows[int(city.rng.integers(len(rows)))], number, at)


def _call(city: City, row: int, number: int, at: datetime) -> None:
    agent = city.users["hotline" if number % 2 else "hotline2"]
    with acting(agent):
        call = actions.answer(actor=agent, at=at, number=city.columns.phone[row].decode())
        if number % 17 == 16:
            actions.hang_up(call, actor=agent, at=at, outcome=Outcome.WRONG_NUMBER)
            return
        person = Person.everywhere.get(pk=city.ids[row])
        purpose = (
            Purpose.COMPLAINT
            if number % 12 == 5
            else Purpose.EMERGENCY
            if number % 29 == 8
            else Purpose.ENQUIRY
        )
        triaged = None
        if purpose == Purpose.COMPLAINT:
            matter, text, _answer = COMPLAINTS[number // 12 % len(COMPLAINTS)]
            outcome = Outcome.COMPLAINED
        elif purpose == Purpose.EMERGENCY:
            matter, text, answers = EMERGENCIES[number % 2]
            outcome = Outcome.PASSED_ON
            triaged = actions.triage(tree().branches[matter].triage, answers, at=at)
        else:
            matter, text = ENQUIRIES[number % len(ENQUIRIES)]
            outcome = Outcome.ANSWERED
        relation = Relation.SELF if number % 3 else Relation.FAMILY
        closing = actions.Closing(
            purpose=purpose, outcome=outcome, relation=relation, note=text, matter=matter, triage=triaged
        )
        actions.serve(call, actor=agent, at=at + timedelta(minutes=3), closing=closing, person=person)
        if call.alarm_id is not None:
            _helped(city, call, agent, at)
        if purpose == Purpose.COMPLAINT:
            _about_an_order(city, call, number)
            _look_into(city, call, number // 12, agent, at)


def _helped(city: City, call: Call, agent: User, at: datetime) -> None:
    """What a call raised was taken at once, and help came; the last one of today is still under way."""
    alarm = call.alarm
    assert alarm is not None
    take(alarm, actor=agent, at=at + timedelta(minutes=3, seconds=8))
    until = at + timedelta(minutes=41)
    if until < city.at:
        resolve(alarm, actor=agent, at=until, reason="services", words="120已到场接走,家属陪同。")


def _about_an_order(city: City, call: Call, number: int) -> None:
    """Complaints of calls are about somebody's last service; the order names who answers for it."""
    order = (
        Order.everywhere.filter(organisation__isnull=False)
        .order_by("id")[number % 40 : number % 40 + 1]
        .first()
    )
    if order is not None:
        Complaint.everywhere.filter(call=call).update(order=order, organisation=order.organisation_id)


def _look_into(city: City, call: Call, number: int, agent: User, at: datetime) -> None:
    """Complaints that have an answer were looked into, answered and mostly closed."""
    answer = COMPLAINTS[number % len(COMPLAINTS)][2]
    if not answer:
        return
    complaint = Complaint.everywhere.get(call=call)
    later = min(at + timedelta(days=1), city.at)
    actions.take_up(complaint, actor=agent, at=later)
    finding = (Finding.FOUNDED, Finding.PARTLY, Finding.UNFOUNDED)[number % 3]
    actions.investigate(complaint, actor=agent, at=later, finding=finding, words="已向机构和老人分别核实。")
    actions.answer_complaint(complaint, actor=agent, at=later, words=answer)
    if number % 3 == 2:
        actions.close_complaint(complaint, actor=agent, at=later)
