"""What waits too long: warned before, then up the network, level by level, each time with a name."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from tests import make
from tests.areas.grid import made as grid
from tests.areas.visits import made

from songhe.areas.grid.models import Helper
from songhe.areas.visits import actions, tasks, watching
from songhe.areas.visits.models import Order, OrderState, PaidBy
from songhe.areas.visits.queries import to_dispatch
from songhe.core.codes.region import COUNTY, TOWN, at_level
from songhe.engines.access.api import SYSTEM, User
from songhe.engines.cases import tasks as clock
from songhe.engines.cases.api import CaseStep
from songhe.engines.jobs.api import run_due
from songhe.engines.live.models import Event
from songhe.engines.notices.models import Notice

pytestmark = pytest.mark.django_db
assert callable(clock.run) and callable(tasks.widen), "importing them registers their jobs"
URGENT = "0113"


def ordered(town: made.Town, item: str = URGENT) -> tuple[Order, datetime]:
    """An order that nobody takes care of, and when it was placed."""
    at, begin = timezone.now(), made.morning()
    placed = actions.place_order(
        actor=SYSTEM, at=at, person=town.person, item=item, wanted_from=begin,
        wanted_until=begin + timedelta(hours=8), paid_by=PaidBy.SELF,
    )  # fmt: skip
    return placed, at


def network(town: made.Town) -> tuple[User, dict[str, Helper]]:
    """A good neighbour who logs in, and somebody on duty at every post around the clock."""
    village = town.person.region_id
    neighbour = grid.helper(village, name="孙邻居")
    user = make.user("helper", village, holder_id=neighbour.pk)
    grid.pair(neighbour, town.person)
    people = {}
    for level, region in (
        ("village", village),
        ("town", at_level(village, TOWN)),
        ("county", at_level(village, COUNTY)),
    ):
        one = grid.helper(
            region, name={"village": "于主任", "town": "王站长", "county": "李值班"}[level], kind="cadre"
        )
        grid.turn(
            grid.post(region, level, name=f"{level}值班室"),
            one,
            days=[1, 2, 3, 4, 5, 6, 7],
            starts=0,
            ends=1440,
        )
        people[level] = one
    return user, people


def after(order: Order, at: datetime, minutes: float) -> Order:
    """The order once the clock has gone on."""
    run_due(at + timedelta(minutes=minutes), lanes=("timer",))
    order.refresh_from_db()
    return order


def test_warned_before_the_deadline_and_then_up_to_the_county() -> None:
    town = made.town()
    neighbour, _people = network(town)
    order, at = ordered(town)
    assert after(order, at, 6.5).warned_at is None
    assert after(order, at, 7.2).warned_at is not None, "seven of ten minutes are gone"
    assert order in watching.due_soon(SYSTEM.scope(), at + timedelta(minutes=8))
    seen = []
    for minutes in (10.1, 15.1, 20.1, 25.1):
        after(order, at, minutes)
        seen.append((order.above, order.above_names))
    assert seen == [
        ("neighbour", "孙邻居"),
        ("village", "village值班室 · 于主任"),
        ("town", "town值班室 · 王站长"),
        ("county", "county值班室 · 李值班"),
    ]
    notes = list(
        CaseStep.everywhere.filter(case=order.case_id, escalates=True)
        .order_by("at")
        .values_list("note", flat=True)
    )
    assert [
        name in note for name, note in zip(("孙邻居", "于主任", "王站长", "李值班"), notes[1:], strict=True)
    ] == [True] * 4
    order.case.refresh_from_db()
    assert order.case.priority == 3
    assert Notice.everywhere.filter(template="order_late", reader_id=neighbour.pk).count() == 1
    assert Event.everywhere.filter(topic="visits", payload__what="escalated").count() >= 4


def test_each_level_sees_its_own_and_may_act() -> None:
    town = made.town()
    neighbour, _people = network(town)
    order, at = ordered(town)
    after(order, at, 7.2)
    after(order, at, 10.1)
    village = town.client("village_officer", region=town.person.region_id)
    officer = town.client("county_officer")
    phone = made.providers.client_of(neighbour)
    stranger = made.providers.client_of(make.user("helper", town.person.region_id))
    assert town.person.name in phone.get("/near-orders/").content.decode()
    assert town.person.name not in stranger.get("/near-orders/").content.decode()
    assert stranger.post("/near-orders/", {"order": str(order.pk), "can": "1"}).status_code == 422
    assert town.person.name not in home_list(village, order), "it is the neighbour's"
    assert phone.post("/near-orders/", {"order": str(order.pk), "can": ""}).status_code == 302
    order.refresh_from_db()
    assert order.above == "village", "given on without waiting for the clock"
    assert order.number in risk(village)
    assert watching.come_up_to(town.user("village_officer", region=town.person.region_id)).exists()
    assert not watching.come_up_to(town.user("county_officer")).exists()
    assert village.post(f"/orders/{order.pk}/see_to/").status_code == 302
    order.refresh_from_db()
    assert order.seen_to_by
    assert town.client("worker", town.worker).post(f"/orders/{order.pk}/step_in_offer/").status_code in (
        403,
        404,
    )
    given = {"organisation": str(town.organisation.pk)}
    assert officer.post(f"/orders/{order.pk}/step_in_hand_over/", given).status_code == 302
    order.refresh_from_db()
    assert (order.state, order.organisation_id, order.above) == (
        OrderState.RECEIVED,
        town.organisation.pk,
        "",
    )
    assert order in to_dispatch(SYSTEM.scope())
    assert officer.post(f"/orders/{order.pk}/step_in_cancel/", {"reason": "x"}).status_code == 422, (
        "it is not theirs any more"
    )


def test_where_nobody_is_on_duty_the_next_level_has_it_and_nobody_has_it_twice() -> None:
    town = made.town()
    village = town.person.region_id
    county = at_level(village, COUNTY)
    one = grid.helper(county, name="李值班", kind="cadre")
    grid.turn(
        grid.post(county, "county", name="指挥中心"), one, days=[1, 2, 3, 4, 5, 6, 7], starts=0, ends=1440
    )
    order, at = ordered(town)
    after(order, at, 7.2)
    assert after(order, at, 10.1).above == "county", "no neighbour, no village, no town"
    after(order, at, 15.1)
    assert order.above == "county"
    assert watching.come_up_to(town.user("county_officer")).exists()


def test_what_moved_on_is_not_escalated() -> None:
    town = made.town()
    order, at = ordered(town)
    actions.hand_over(order, actor=SYSTEM, at=at + timedelta(minutes=9), organisation=town.organisation)
    after(order, at, 12)
    assert (order.above, order.warned_at) == ("", None), "the clock began anew"


def test_an_ended_order_is_opened_again_within_what_is_granted() -> None:
    town = made.town()
    order = made.order(town)
    office, agent = town.client("dispatcher", town.organisation), town.client("hotline_agent")
    closed = {"disposition": "nobody_home", "reason": "两次上门无人"}
    assert (
        office.post(f"/orders/{order.pk}/close_unserved/", closed | {"disposition": "duplicate"}).status_code
        == 422
    )
    assert office.post(f"/orders/{order.pk}/close_unserved/", closed).status_code == 302
    order.refresh_from_db()
    assert (order.state, order.disposition) == (OrderState.REFUSED, "nobody_home")
    start = made.morning(2)
    again = {
        "wanted_from": made.local(start),
        "wanted_until": made.local(start + timedelta(hours=3)),
        "reason": "老人已回家",
    }
    assert agent.post(f"/orders/{order.pk}/reopen_order/", again | {"reason": ""}).status_code == 422
    assert agent.post(f"/orders/{order.pk}/reopen_order/", again).status_code == 302
    order.refresh_from_db()
    assert (order.state, order.disposition, order.organisation_id, order.offered_at) == (
        OrderState.RECEIVED,
        "",
        None,
        None,
    )
    assert order.case.closed_at is None


def risk(client: object) -> str:
    """The board of orders at risk."""
    return str(client.get("/orders-at-risk/").content.decode())  # type: ignore[attr-defined]


def home_list(client: object, order: Order) -> str:
    """The home page of somebody."""
    return str(client.get("/").content.decode())  # type: ignore[attr-defined]
