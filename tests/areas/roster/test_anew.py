"""Plans made from another plan: what the planner fixed or moved by hand is kept, as far as it can still be."""

from __future__ import annotations

import pytest
from django.utils import timezone
from tests.areas.roster import made

from songhe.areas.roster import queries
from songhe.areas.roster.actions.planning import like
from songhe.areas.roster.models import Pinned, Roster, RosterLine
from songhe.areas.roster.planning import search
from songhe.areas.visits.models import Visit

pytestmark = pytest.mark.django_db


def by_hand(here: made.Office, roster: Roster) -> dict[object, tuple[object, str, str]]:
    """Two visits moved by hand to others at odd times, a third one fixed to who has it: who, when, how fixed, by order."""
    url = f"/planner/{roster.pk}/change"
    lines = made.lines(roster)
    for line, clock in zip(lines[:2], ("10:50", "12:05"), strict=True):
        other = next(worker for worker in here.workers if worker.pk != line.worker_id)
        sent = {"line": str(line.pk), "worker": str(other.pk), "at": f"{here.day}T{clock}"}
        assert here.client.post(f"{url}/move/", sent, HTTP_ACCEPT="application/json").status_code == 200
    here.client.post(f"{url}/pin/", {"line": str(lines[3].pk), "pinned": "worker"})
    fixed = {line.order_id: said(line) for line in made.lines(roster) if line.pinned}
    assert sorted(how for _worker, _at, how in fixed.values()) == [Pinned.BOTH, Pinned.BOTH, Pinned.WORKER]
    return fixed


def said(line: RosterLine) -> tuple[object, str, str]:
    """Who comes when, and what is fixed of it; the time only where it is fixed."""
    at = (
        f"{timezone.localtime(line.starts_at):%H:%M}" if line.starts_at and line.pinned == Pinned.BOTH else ""
    )
    return line.worker_id, at, line.pinned


def pressed(here: made.Office, roster: Roster, verb: str, **form: str) -> Roster:
    """The draft that a verb of a roster makes, its job run."""
    known = set(Roster.everywhere.values_list("pk", flat=True))
    url = f"/planner/{roster.pk}/ill/" if verb == "ill" else f"/rosters/{roster.pk}/{verb}/"
    assert here.client.post(url, form).status_code == 302
    made.run()
    fresh = Roster.everywhere.exclude(pk__in=known).get()
    assert fresh.state == "draft", fresh.reason
    return fresh


def fixed_in(roster: Roster) -> dict[object, tuple[object, str, str]]:
    """What is fixed in a roster, by order."""
    return {line.order_id: said(line) for line in made.lines(roster) if line.pinned}


@pytest.mark.long
def test_a_plan_made_anew_or_beside_keeps_what_was_fixed_and_moved_by_hand() -> None:
    here = made.office()
    roster = made.plan(here)
    fixed = by_hand(here, roster)
    anew = pressed(here, roster, "plan_again", reason="")
    assert fixed_in(anew) == fixed
    assert fixed_in(pressed(here, roster, "plan_beside", seconds="1")) == fixed
    assert fixed_in(pressed(here, anew, "plan_again", reason="")) == fixed, "and so on"
    made.published(here, anew)
    assert fixed_in(pressed(here, anew, "plan_again", reason="")) == fixed, "also when it was published"


@pytest.mark.long
def test_who_is_ill_is_let_go_and_what_was_fixed_to_others_stays() -> None:
    here = made.office()
    roster = made.plan(here)
    fixed = by_hand(here, roster)
    sick = next(worker for worker, _at, _how in fixed.values())
    fresh = pressed(here, roster, "ill", worker=str(sick))
    assert fixed_in(fresh) == {key: value for key, value in fixed.items() if value[0] != sick}
    assert all(line.worker_id not in (None, sick) for line in made.lines(fresh))


@pytest.mark.long
def test_what_was_promised_since_the_plan_was_published_counts_more_than_what_was_fixed_before() -> None:
    here = made.office()
    roster = made.plan(here)
    fixed = by_hand(here, roster)
    made.published(here, roster)
    order, (worker, at, _how) = next((key, value) for key, value in fixed.items() if value[1])
    other = next(one for one in here.workers if one.pk != worker)
    Visit.everywhere.filter(order_id=order).update(worker=other)
    fresh = pressed(here, roster, "plan_again", reason="")
    assert set(fixed_in(fresh)) == set(fixed) - {order}
    line = next(line for line in made.lines(fresh) if line.order_id == order)
    assert (line.told_worker_id, at) == (other.pk, f"{timezone.localtime(line.told_at):%H:%M}")


def test_a_search_begins_with_the_plan_that_it_is_made_from_unless_another_beginning_is_asked_for() -> None:
    here = made.office()
    roster = made.plan(here)
    for key in by_hand(here, roster):
        line = RosterLine.everywhere.get(roster=roster, order_id=key)
        here.client.post(f"/planner/{roster.pk}/change/pin/", {"line": str(line.pk), "pinned": ""})
    lines = made.lines(roster)
    facts = queries.facts(roster, timezone.now())
    found = search(facts, like(roster, again=True), lines, moves=0).plan
    assert {key: stay.worker for (key, _part), stay in found.by_task.items()} == {
        str(line.order_id): str(line.worker_id) for line in lines
    }
    beside = like(roster, again=True)
    beside.seed += 1
    assert search(facts, beside, lines, moves=0).plan != found
