"""Every moment is a stamp of its own, and the figures between them are those that the history gives when counted anew."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone
from tests.areas.providers import made as providers
from tests.areas.visits import made

from songhe.areas.visits import actions, pace
from songhe.areas.visits.limits import terms
from songhe.areas.visits.models import AcceptedBy, Offer, Order, OrderState, PaidBy, Result, Visit
from songhe.engines.access.api import SYSTEM, Scope
from songhe.engines.cases.api import CaseStep

pytestmark = [pytest.mark.django_db, pytest.mark.long]
SETS = {
    "hand_over": ["offered"], "offer": ["offered"], "put_back": ["offered"], "take": ["taken"],
    "take_to_go": ["taken", "assigned", "accepted"], "dispatch": ["assigned"], "reassign": ["assigned"],
    "accept": ["accepted"], "depart": ["departed"], "sign": ["confirmed"], "agree": ["confirmed"],
    "agree_later": ["confirmed"], "follow_up": ["called_back"],
}  # fmt: skip
CLEARS = {
    "return": "assigned",
    "decline": "assigned",
    "turn_down": "offered",
    "contract_ended": "offered",
    "recall": "offered",
    "reopen": "offered",
}
LINE = [
    "placed",
    "offered",
    "taken",
    "assigned",
    "accepted",
    "departed",
    "arrived",
    "done",
    "confirmed",
    "called_back",
]


def counted_anew() -> dict[UUID, dict[str, datetime]]:
    """The moments of every order by its history and its visits alone; written apart from the program's own way."""
    out: dict[UUID, dict[str, datetime]] = {}
    orders = {row.case_id: row for row in Order.everywhere.all()}
    steps: defaultdict[UUID, list[CaseStep]] = defaultdict(list)
    for step in CaseStep.everywhere.filter(escalates=False).order_by("at", "id"):
        steps[step.case_id].append(step)
    for case, rows in steps.items():
        if case not in orders:
            continue
        found: dict[str, datetime] = {"placed": rows[0].at}
        for step in rows[1:]:
            names = SETS.get(step.move, [])
            first = CLEARS.get(step.move) or (names[0] if names else "")
            if first:
                for name in LINE[LINE.index(first) :]:
                    found.pop(name, None)
            found |= dict.fromkeys(names, step.at)
        visit = Visit.everywhere.filter(order=orders[case], state="done").first()
        if visit is not None and visit.arrived_at and visit.left_at:
            found |= {"arrived": visit.arrived_at, "done": visit.left_at}
            if visit.confirmed_by and "confirmed" in found:
                found["confirmed"] = max(visit.confirmed_at or visit.left_at, visit.left_at)
        out[orders[case].pk] = found
    return out


def by_hand(key: str) -> tuple[int, float | None, int | None, int]:
    """Count, median and 90th percentile in seconds, and how many within the limit, of one span."""
    since, until = {"assigned": ("placed", "assigned"), "accepted": ("assigned", "accepted"), "arrived": ("departed", "arrived"),
                    "offered": ("placed", "offered"), "taken": ("offered", "taken"), "confirmed": ("done", "confirmed"),
                    "called_back": ("done", "called_back")}[key]  # fmt: skip
    limits = dict(terms().spans[key].within)
    rows = []
    for order_id, moments in counted_anew().items():
        if since in moments and until in moments:
            seconds = max(0, int((moments[until] - moments[since]).total_seconds()))
            priority = Order.everywhere.get(pk=order_id).case.priority
            limit = (
                limits["urgent"]
                if priority == 3 and "urgent" in limits
                else limits["high"]
                if priority >= 2 and "high" in limits
                else limits["normal"]
            )
            rows.append((seconds, limit * 60))
    line = sorted(seconds for seconds, _limit in rows)
    if not line:
        return 0, None, None, 0
    return (
        len(line),
        line[(len(line) + 1) // 2 - 1],
        line[-(-9 * len(line) // 10) - 1],
        sum(s <= top for s, top in rows),
    )


def history(town: made.Town, dice: Random, number: int, at: datetime) -> Order:
    """One order that goes some way, by way of returns and refusals."""
    person = made.person("刘" + "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳"[number % 16])
    begin = at + timedelta(hours=3)
    order = actions.place_order(
        actor=SYSTEM, at=at, person=person, item="0106", wanted_from=begin, wanted_until=begin + timedelta(hours=12),
        paid_by=PaidBy.SELF,
    )  # fmt: skip

    def later(most: int = 90) -> datetime:
        nonlocal at
        at += timedelta(minutes=dice.randint(1, most), seconds=dice.randint(0, 59))
        return at

    if dice.random() < 0.5:
        actions.hand_over(order, actor=SYSTEM, at=later(), organisation=town.organisation)
    else:
        actions.offer_order(order, actor=SYSTEM, at=later())
        offer = Offer.everywhere.filter(order=order, organisation=town.organisation).first()
        if offer is None or dice.random() < 0.2:
            return order
        actions.take(offer, actor=SYSTEM, at=later())
        order.refresh_from_db()
        if dice.random() < 0.2:
            actions.put_back(order, actor=SYSTEM, at=later(), reason="no_worker")
            return order
    order.refresh_from_db()
    start = begin + timedelta(minutes=15 * (number % 30))
    visit = actions.dispatch(order, actor=SYSTEM, at=later(), worker=town.second, starts_at=start)
    if dice.random() < 0.25:
        actions.decline(visit, actor=SYSTEM, at=later(), reason="有事")
        order.refresh_from_db()
        visit = actions.dispatch(order, actor=SYSTEM, at=later(), worker=town.second, starts_at=start)
    if dice.random() < 0.7:
        actions.accept(visit, actor=SYSTEM, at=later())
    if dice.random() < 0.7:
        visit.refresh_from_db()
        at = max(at, start - timedelta(minutes=40))
        actions.depart(visit, actor=SYSTEM, at=later(20))
    return _served(order, visit, dice, later, start)


def _served(order: Order, visit: Visit, dice: Random, later: Any, start: datetime) -> Order:
    visit.refresh_from_db()
    moment = max(later(15), start)
    actions.check_in(visit, actor=SYSTEM, at=moment, lon="122.4211", lat="37.1611", accuracy=15)
    visit.refresh_from_db()
    left = moment + timedelta(minutes=dice.randint(30, 70))
    if dice.random() < 0.5:
        actions.confirm(
            visit,
            actor=SYSTEM,
            at=left - timedelta(minutes=2),
            how="witness",
            witness="王海",
            relation="neighbour",
        )
        visit.refresh_from_db()
    actions.check_out(visit, actor=SYSTEM, at=left, lon="122.4211", lat="37.1611", accuracy=15)
    order.refresh_from_db()
    if order.state == OrderState.COMPLETED and dice.random() < 0.5:
        actions.agree(order, actor=SYSTEM, at=left + timedelta(hours=dice.randint(1, 40)))
        order.refresh_from_db()
    if order.confirmed_at and dice.random() < 0.6:
        actions.follow_up(
            order, actor=SYSTEM, at=order.confirmed_at + timedelta(hours=dice.randint(1, 90)), rating=5
        )
    return order


def test_the_figures_are_those_of_the_history_and_a_shifted_stamp_is_noticed() -> None:
    town = made.town()
    made.at_any_hour(town)
    providers.worker(town.rival, "care", "home", name="赵敏")
    dice = Random(20261126)
    first = timezone.now() - timedelta(days=12)
    for number in range(14):
        history(town, dice, number, first + timedelta(hours=13 * number))
    since, until = first - timedelta(days=1), timezone.now() + timedelta(days=40)
    found = pace.lines(pace.rows_of(Scope.EVERYTHING, since, until), "organisation")
    total = found[0]
    assert total.key is None
    assert total.orders == 14
    own = counted_anew()
    for order in Order.everywhere.all():
        stamps = {name: moment for name, moment in order.moments.items() if moment}
        assert stamps == own[order.pk], order.number
    for key in ("offered", "taken", "assigned", "accepted", "arrived", "confirmed", "called_back"):
        one = total.spans[key]
        assert (one.count, one.median, one.p90, one.within) == by_hand(key), key
        assert one.count, f"{key} was never measured"
    for by in ("organisation", "town", "item"):
        parts = pace.lines(pace.rows_of(Scope.EVERYTHING, since, until), by)[1:]
        keyed = Order.everywhere.exclude(organisation=None).count() if by == "organisation" else 14
        assert sum(part.orders for part in parts) == keyed
    row = Order.everywhere.exclude(accepted_at=None).order_by("placed_at").first()
    assert row is not None
    assert row.accepted_at is not None
    Order.everywhere.filter(pk=row.pk).update(accepted_at=row.accepted_at + timedelta(days=3))
    shifted = pace.lines(pace.rows_of(Scope.EVERYTHING, since, until), "item")[0].spans["accepted"]
    assert (shifted.count, shifted.median, shifted.p90, shifted.within) != by_hand("accepted"), (
        "the control fault"
    )
    page = town.client("county_officer").get(f"/order-figures/?month={first:%Y-%m}&by=town")
    assert page.status_code == 200
    assert town.client("family").get("/order-figures/").status_code == 403


def test_a_service_is_accepted_by_signature_family_or_time() -> None:
    town = made.town()
    visit = made.under_way(town)
    phone = town.client("worker", town.worker)
    there = {"lon": "122.4211", "lat": "37.1611", "accuracy": "15"}
    assert phone.post(f"/visits/{visit.pk}/check_in/", there).status_code == 302
    Visit.everywhere.filter(pk=visit.pk).update(arrived_at=timezone.now() - timedelta(minutes=61))
    signing = {"how": "witness", "witness": "王海", "relation": "neighbour"}
    assert phone.post(f"/visits/{visit.pk}/confirm/", signing).status_code == 302
    assert phone.post(f"/visits/{visit.pk}/check_out/", there).status_code == 302
    order = Order.everywhere.get(pk=visit.order_id)
    assert (order.state, order.confirmed_by) == (OrderState.CONFIRMED, AcceptedBy.WITNESS)
    assert order.confirmed_at == order.completed_at, "signed before leaving counts when it is done"
    silent = made.order(town, item="0106", paid_by=PaidBy.SELF)
    done = timezone.now() - timedelta(days=terms().accept_after_days, minutes=1)
    Order.everywhere.filter(pk=silent.pk).update(state=OrderState.COMPLETED, completed_at=done)
    type(silent.case).everywhere.filter(pk=silent.case_id).update(state="completed")
    assert actions.agree_overdue(actor=SYSTEM, at=timezone.now()) == 1
    assert actions.agree_overdue(actor=SYSTEM, at=timezone.now()) == 0
    silent.refresh_from_db()
    assert (silent.state, silent.confirmed_by) == (OrderState.CONFIRMED, AcceptedBy.TIME)
    assert Offer.everywhere.get(order=silent).result == Result.HANDED
