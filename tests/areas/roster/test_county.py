"""A county's day over several organisations, by an office that dispatches for all of them."""

from __future__ import annotations

import pytest
from tests import make
from tests.areas.contracts import made as contracts
from tests.areas.providers import made as providers
from tests.areas.roster import made

from songhe.areas.roster.models import Roster, State
from songhe.areas.visits.models import Order, PaidBy, Visit

pytestmark = pytest.mark.django_db


def test_a_county_is_planned_and_published_over_organisations_as_contracts_allow() -> None:
    one, two = made.office(workers=1, orders=2), made.office(workers=2, orders=1)
    contracts.needed(one.organisation, one.persons[0].region_id)
    free = made.order(two, 3)
    Order.everywhere.filter(pk=free.pk).update(organisation=None, contract=None, paid_by=PaidBy.ENTITLEMENT)
    centre = providers.client_of(make.user("county_dispatcher", make.COUNTY))
    assert "/rosters/do/plan_region/" in centre.get("/rosters/").content.decode()
    assert "/rosters/do/plan_region/" not in one.client.get("/rosters/").content.decode()
    form = {"region": str(make.COUNTY), "first": one.day.isoformat(), "days": "1", "seconds": "1"}
    answer = centre.post("/rosters/do/plan_region/", form)
    roster = Roster.everywhere.get()
    assert answer.headers["Location"] == f"/planner/{roster.pk}/"
    made.run()
    roster.refresh_from_db()
    assert (roster.state, roster.organisation_id) == (State.DRAFT, None), roster.reason
    lines = {line.order_id: line for line in made.lines(roster)}
    for office in (one, two):
        own = {worker.pk for worker in office.workers}
        assert {lines[order.pk].worker_id for order in office.orders} <= own, "orders stay with who took them"
    assert lines[free.pk].worker_id == one.workers[0].pk, "only this organisation has a contract"
    assert centre.get(f"/planner/{roster.pk}/").status_code == 200
    centre.post(f"/rosters/{roster.pk}/publish/")
    made.run()
    assert {line.outcome for line in made.lines(roster)} == {"sent"}
    assert Visit.everywhere.filter(state="planned").count() == 4
    assert one.client.get(f"/planner/{roster.pk}/").status_code == 404, (
        "an organisation does not see the others'"
    )
    officer = providers.client_of(make.user("county_officer", make.COUNTY))
    assert officer.post("/rosters/do/plan_region/", form).status_code == 403
    abroad = providers.client_of(make.user("county_dispatcher", make.OTHER_COUNTY))
    assert abroad.post("/rosters/do/plan_region/", form).status_code in (404, 422)
    assert abroad.get(f"/planner/{roster.pk}/").status_code == 404
