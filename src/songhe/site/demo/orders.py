"""Orders in every state of their life: in the pool, taken, put back, on the way, to be accepted, escalated to each level."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.timezone import localtime

from songhe.areas.providers.api import Organisation, Worker
from songhe.areas.registry.api import Person
from songhe.areas.visits import actions
from songhe.areas.visits.models import Offer, Order, PaidBy, Result, Visit
from songhe.core.refusal import Refused
from songhe.engines.access.api import Scope, User, entered
from songhe.engines.cases.clock import strike
from songhe.engines.cases.models import CaseStep
from songhe.engines.jobs.api import start_many
from songhe.engines.jobs.models import Job
from songhe.site.demo.history import City

ITEMS = ("0106", "0201", "0101", "0204")
LATE = (("neighbour", 100), ("village", 130), ("town", 200), ("county", 320))


@dataclass
class Stage:
    """Whom the orders are for, and who acts."""

    city: City
    people: list[Person]
    ours: Organisation
    office: User
    agent: User
    team: list[tuple[Worker, User]]
    number: int = 0

    def ordered(self, minutes_ago: int, *, item: str = "", hours: int = 5) -> Order:
        """An order for the next person, placed so long ago for later today or tomorrow."""
        person = self.people[self.number % len(self.people)]
        at = self.city.at - timedelta(minutes=minutes_ago)
        local = localtime(self.city.at) + timedelta(hours=2)
        begin = (
            local
            if 7 <= local.hour <= 15
            else local.replace(hour=9, minute=0) + timedelta(days=int(local.hour > 15))
        )
        begin = begin.replace(second=0, microsecond=0, minute=0) + timedelta(minutes=30 * (self.number % 4))
        begin += timedelta(days=self.number // len(self.people))  # nobody gets the same twice on one day
        self.number += 1
        return actions.place_order(
            actor=self.agent, at=at, person=person, item=item or ITEMS[self.number % len(ITEMS)], wanted_from=begin,
            wanted_until=begin + timedelta(hours=hours), paid_by=PaidBy.SELF, note="请提前打电话",
        )  # fmt: skip

    def handed(self, minutes_ago: int) -> Order:
        """An order that our organisation has."""
        order = self.ordered(minutes_ago)
        at = self.city.at - timedelta(minutes=minutes_ago)
        return actions.hand_over(order, actor=self.agent, at=at, organisation=self.ours)

    def pooled(self, minutes_ago: int, *, item: str = "") -> Order | None:
        """An order in the pool; none where nobody could take it."""
        order = self.ordered(minutes_ago + 3, item=item)
        try:
            return actions.offer_order(
                order, actor=self.agent, at=self.city.at - timedelta(minutes=minutes_ago)
            )
        except Refused:
            actions.hand_over(order, actor=self.agent, at=self.city.at, organisation=self.ours)
            return None


def live_orders(city: City) -> None:
    """Put orders into every state of today."""
    with entered(Scope.EVERYTHING):
        stage = _stage(city)
        if stage is None:
            return
        for _level, minutes in LATE:
            wind(stage.handed(minutes), city.at)
        _pool(stage)
        _at_the_door(stage)
        _ended(stage)


def _stage(city: City) -> Stage | None:
    keys = city.users["dispatcher"].scope("visits.assign").holders
    ours = Organisation.everywhere.filter(pk__in=keys).first()
    rows = city.rows_in(city.shown, 6)[:1200:7]
    fresh = Person.everywhere.filter(pk__in=[city.ids[int(row)] for row in rows], state="alive")
    served = Order.everywhere.filter(person_id__in=fresh.values("pk")).values("person_id")
    people = list(fresh.exclude(pk__in=served).order_by("pk")[:24])
    team = []
    for login in ("worker", "worker2"):
        user = city.users[login]
        worker = Worker.everywhere.filter(pk__in=user.scope("visits.check_in").holders).first()
        if worker is not None:
            team.append((worker, user))
    if not people or not team or ours is None:
        return None
    return Stage(city, people, ours, city.users["dispatcher"], city.users["hotline"], team)


def _pool(stage: Stage) -> None:
    """Fresh ones, an urgent one, one that we took and have not begun, one put back, one turned down."""
    for minutes in (4, 9, 16):
        stage.pooled(minutes)
    stage.pooled(2, item="0113")
    at = stage.city.at
    for minutes, then in ((25, ""), (40, "put_back"), (70, "turn_down")):
        order = stage.pooled(minutes)
        offer = (
            Offer.everywhere.filter(order=order, organisation=stage.ours, result=Result.OPEN).first()
            if order
            else None
        )
        if order is None or offer is None:
            continue
        actions.take(offer, actor=stage.office, at=at - timedelta(minutes=minutes - 6))
        order.refresh_from_db()
        said = {"reason": "no_worker", "words": "两名护理员请假"}
        if then == "put_back":
            actions.put_back(order, actor=stage.office, at=at - timedelta(minutes=12), **said)
        elif then == "turn_down":
            actions.turn_down(order, actor=stage.office, at=at - timedelta(minutes=8), **said)


def _at_the_door(stage: Stage) -> None:
    """On the way, and done but not accepted by the person yet."""
    at, (worker, user) = stage.city.at, stage.team[-1]
    visit = _sent(stage, worker, at + timedelta(minutes=25))
    if visit is not None:
        actions.depart(visit, actor=user, at=at - timedelta(minutes=4))
    other, hands = stage.team[0]
    visit = _sent(stage, other, at - timedelta(minutes=95))
    if visit is not None:
        actions.check_in(visit, actor=hands, at=at - timedelta(minutes=94))
        visit.refresh_from_db()
        actions.check_out(visit, actor=hands, at=at - timedelta(minutes=30))


def _sent(stage: Stage, worker: Worker, start: datetime) -> Visit | None:
    order = stage.handed(150)
    first = start.replace(second=0, microsecond=0)
    Order.everywhere.filter(pk=order.pk).update(
        wanted_from=first - timedelta(minutes=30),
        wanted_until=first + timedelta(hours=4),
        item="0106",
        minutes=60,
    )
    order.refresh_from_db()
    try:
        return actions.dispatch(
            order,
            actor=stage.office,
            at=stage.city.at - timedelta(minutes=140),
            worker=worker,
            starts_at=first,
        )
    except Refused:
        return None


def _ended(stage: Stage) -> None:
    """Cancelled and failed for several reasons, and one opened again."""
    at = stage.city.at
    for ending in ("not_needed", "duplicate"):
        actions.cancel_order(
            stage.ordered(300),
            actor=stage.agent,
            at=at - timedelta(minutes=200),
            reason="家属来电说明",
            ending=ending,
        )
    for ending in ("nobody_home", "address_wrong", "hospitalised"):
        order = stage.handed(280)
        actions.close_unserved(
            order, actor=stage.office, at=at - timedelta(minutes=150), disposition=ending, reason="已电话核实"
        )
    order.refresh_from_db()
    start = order.wanted_from + timedelta(days=1)
    actions.reopen_order(
        order, actor=stage.agent, at=at - timedelta(minutes=10), wanted_from=start, wanted_until=start + timedelta(hours=3),
        reason="老人已出院",
    )  # fmt: skip


def wind(order: Order, until: datetime) -> None:
    """Let the clock of an order go on until a moment, as it would have gone."""
    step = CaseStep.everywhere.filter(case_id=order.case_id, escalates=False).order_by("-at", "-id").first()
    assert step is not None
    job = Job.objects.filter(kind="cases.escalate", key__startswith=f"{step.pk}:").first()
    waiting = [job] if job is not None else []
    while waiting and waiting[0].run_at <= until:
        _done, later = strike(step, waiting[0].args, at=waiting[0].run_at)
        Job.objects.filter(pk=waiting[0].pk).delete()
        waiting = list(later)
    start_many([one for one in waiting if one is not job])
