"""Two at the same moment: the database lets one of them in, and tells the other in words."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, connection
from tests.areas.stays import made

from songhe.areas.stays import actions
from songhe.areas.stays.models import Occupancy, Setting, Stay
from songhe.areas.stays.queries import beds as houses
from songhe.core.refusal import Refused
from songhe.engines.access.api import SYSTEM, Scope, entered

pytestmark = pytest.mark.long


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Run works in transactions that begin together; each gives its result or its refusal."""
    gate, out = threading.Barrier(len(works)), [None] * len(works)

    def run(place: int, work: Callable[[], Any]) -> None:
        try:
            with entered(Scope.EVERYTHING):
                gate.wait(10)
                out[place] = work()
        except Refused as refusal:
            out[place] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n, work)) for n, work in enumerate(works)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(30)
    return out


@pytest.mark.usefixtures("apart")
def test_one_person_is_admitted_to_two_houses_at_once() -> None:
    with entered(Scope.EVERYTHING):
        first, second, who = made.house(), made.house(), made.person(3)
    done = at_once(lambda: made.admitted(first, who), lambda: made.admitted(second, who))
    refused = [one for one in done if isinstance(one, Refused)]
    assert len(refused) == 1, done
    assert refused[0].code == "other_setting"
    assert str(refused[0].values["place"]) in (first.facility.name, second.facility.name), (
        "the other one is named"
    )
    with entered(Scope.EVERYTHING):
        assert (Stay.everywhere.count(), Setting.everywhere.count(), Occupancy.everywhere.count()) == (
            1,
            1,
            1,
        )


@pytest.mark.usefixtures("apart")
def test_two_persons_are_admitted_to_one_bed_at_once() -> None:
    with entered(Scope.EVERYTHING):
        house, a, b = made.house(), made.person(3), made.person(3)
    done = at_once(lambda: made.admitted(house, a), lambda: made.admitted(house, b))
    assert sorted(type(one) is Stay for one in done) == [False, True]
    assert next(one for one in done if isinstance(one, Refused)).code == "bed_taken"
    with entered(Scope.EVERYTHING):
        assert Occupancy.everywhere.count() == 1


@pytest.mark.usefixtures("apart")
def test_the_constraint_holds_where_nobody_locked_the_bed() -> None:
    """Both saw the bed free: what decides is the exclusion constraint alone."""
    with entered(Scope.EVERYTHING):
        house, a, b = made.house(), made.person(3), made.person(3)
        stays = [made.admitted(made.house(), who) for who in (a, b)]
        Occupancy.everywhere.all().delete()
    own = {
        "facility_id": house.facility.pk,
        "organisation_id": house.organisation.pk,
        "region_id": house.facility.region_id,
    }
    with entered(Scope.EVERYTHING):
        bed = house.beds()[0]

    def lie_down(stay: Stay) -> Any:
        try:
            return Occupancy.everywhere.create(
                stay=stay, bed=bed, person_id=stay.person_id, since=made.today(), **own
            )
        except (IntegrityError, OperationalError) as fault:  # two that check at once may wait for each other
            raise Refused("excluded", str(fault).replace("{", "").replace("}", "")) from fault

    done = at_once(lambda: lie_down(stays[0]), lambda: lie_down(stays[1]))
    refused = [one for one in done if isinstance(one, Refused)]
    assert len(refused) == 1
    assert re.search("one_person_in_a_bed|checking exclusion constraint", refused[0].message)


@pytest.mark.usefixtures("apart")
def test_a_bed_is_offered_to_one() -> None:
    with entered(Scope.EVERYTHING):
        house = made.house()
        waits = [made.waits(made.person(3), house) for _ in range(2)]
        bed = house.beds()[0]

    def offered(row: Any) -> Any:
        return actions.offer(bed, actor=SYSTEM, at=made.now(), application=str(row.pk), out_of_turn="同时")

    done = at_once(lambda: offered(waits[0]), lambda: offered(waits[1]))
    assert sum(isinstance(one, Refused) for one in done) == 1
    with entered(Scope.EVERYTHING):
        assert houses.states_of([bed], made.today())[bed.pk] == houses.HELD
