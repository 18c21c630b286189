"""With one confirmed death, nothing of the person goes on in any area."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests import make
from tests.areas.assessment.office import Office, signed_in
from tests.areas.canteens import made as canteens
from tests.areas.care import made as care
from tests.areas.caring import made as caring
from tests.areas.entitlement import samples as entitlement
from tests.areas.visits import made as visits

from songhe.areas.assessment.models import OPEN as TO_ASSESS
from songhe.areas.assessment.models import Assessment
from songhe.areas.canteens.models import Booking, Diner
from songhe.areas.canteens.models.common import of
from songhe.areas.care.models import Plan, PlanState
from songhe.areas.caring.models import OPEN as TO_CARE
from songhe.areas.caring.models import Caring
from songhe.areas.entitlement.models import Application, ApplicationState, Grant, GrantState
from songhe.areas.hotline.models import FollowUp
from songhe.areas.registry.models import Death, Person
from songhe.areas.visits import actions
from songhe.areas.visits.models import OPEN_STATES, OPEN_VISITS, TO_FOLLOW_UP, Order, PaidBy, Visit
from songhe.engines.access.api import SYSTEM, User
from songhe.engines.jobs.api import run_due
from songhe.kit.clock import today

pytestmark = pytest.mark.django_db
OPEN_ROWS: list[tuple[Any, dict[str, Any]]] = [
    (Order, {"state__in": [*OPEN_STATES, *TO_FOLLOW_UP]}),
    (Visit, {"state__in": OPEN_VISITS}),
    (FollowUp, {"state": FollowUp.State.DUE}),
    (Assessment, {"state__in": TO_ASSESS}),
    (Diner, {"until": None}),
    (Booking, {"on__gt": timezone.localdate()}),
    (Plan, {"state": PlanState.ACTIVE}),
    (Caring, {"state__in": TO_CARE}),
    (Application, {"state": ApplicationState.FILED}),
    (Grant, {"state": GrantState.IN_FORCE}),
]


def open_rows(person: Person) -> list[str]:
    """The tables in which something of the person goes on."""
    return [
        kind.__name__ for kind, state in OPEN_ROWS if kind.everywhere.filter(person=person, **state).exists()
    ]


def confirmed(person: Person, by: User) -> None:
    """A death that one village officer reports and the next confirms, each seeing one village alone."""
    sent = {"died_on": today().isoformat(), "source": "village"}
    other = signed_in(make.user("village_officer", person.region_id))
    assert other.post(f"/people/{person.pk}/report_death/", sent).status_code == 302
    death = Death.everywhere.get(person=person)
    reply = signed_in(by).post(f"/deaths/{death.pk}/confirm_death/")
    assert reply.status_code == 302, reply.content.decode()


def ordered(town: visits.Town, hour: int, item: str) -> Order:
    """An order of the hotline that nobody has been sent to."""
    start = visits.morning(2, hour)
    return actions.place_order(
        actor=SYSTEM, at=timezone.now(), person=town.person, item=item, wanted_from=start,
        wanted_until=start + timedelta(hours=4), paid_by=PaidBy.SELF,
    )  # fmt: skip


def test_nothing_goes_on_after_a_death_that_a_village_confirms() -> None:
    town = visits.town()
    person = town.person
    served = visits.under_way(town)
    actions.check_in(served, actor=SYSTEM, at=timezone.now())
    actions.check_out(served, actor=SYSTEM, at=timezone.now() + timedelta(minutes=50))
    waiting = FollowUp(order_id=served.order_id, person=person, region_id=person.region_id, item=served.item)
    waiting.served_at = timezone.now()
    waiting.save(force_insert=True)
    promised, free = visits.visit(town, start=visits.morning(3)), ordered(town, 9, "0201")
    care.signed(town)
    office = Office(timezone.now())
    office.elder = person
    asked = office.requested()
    table = canteens.village(code=make.village(nth=2))
    diner = canteens.enrolled(table.canteen, person)
    Booking.everywhere.create(
        **of(table.canteen), diner=diner, person=person, on=today() + timedelta(days=2), meal="lunch",
        comes=True, by="村", at=timezone.now(),
    )  # fmt: skip
    caring.caring(person)
    for kind, made in ((Application, entitlement.applications), (Grant, entitlement.grants)):
        kind.everywhere.filter(pk=made(1, person.region_id)[0].pk).update(person=person)
    assert open_rows(person) == [kind.__name__ for kind, _state in OPEN_ROWS]
    confirmed(person, make.user("village_officer", person.region_id))
    run_due(timezone.now() + timedelta(seconds=2))
    assert open_rows(person) == []
    for row in (promised, free, served, asked, diner, waiting):
        row.refresh_from_db()
    assert (free.state, free.disposition) == ("refused", "deceased")
    assert (promised.state, promised.order.state) == ("cancelled", "refused")
    assert Order.everywhere.get(pk=served.order_id).state == "followed_up"
    assert (asked.state, waiting.state) == ("cancelled", "left_out")


def test_a_death_during_a_visit_leaves_no_call_about_it() -> None:
    town = visits.town()
    visit = visits.under_way(town)
    actions.check_in(visit, actor=SYSTEM, at=timezone.now())
    confirmed(town.person, make.user("village_officer", town.person.region_id))
    visit = Visit.everywhere.get(pk=visit.pk)
    assert visit.state == "arrived"
    actions.check_out(visit, actor=SYSTEM, at=timezone.now() + timedelta(minutes=50))
    assert Order.everywhere.get(pk=visit.order_id).state == "followed_up"


def test_the_objection_of_somebody_who_died_ends_with_its_assessment(settings: Any) -> None:
    settings.CITY = "elsewhere"  # where the nation's days for an objection hold
    office = Office(timezone.now())
    row = office.delivered()
    reply = office.desk.post(f"/assessments/{row.pk}/object_to/", {"objector": "王丽", "reason": "评低了"})
    assert reply.status_code == 302, reply.content.decode()
    confirmed(office.elder, make.user("village_officer", office.village))
    assert Assessment.everywhere.get(corrects=row).state == "cancelled"
    assert Assessment.everywhere.get(pk=row.pk).state == "delivered"
