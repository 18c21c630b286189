"""The day: urgent orders, reasons that hold when tried, and plans taken up again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.core.rosters import ONE, searched, some
from tests.core.test_roster import ANN, BEN, LINE, planned, visit

from songhe.core.roster import (
    Break,
    Change,
    Desk,
    Gap,
    Plan,
    Problem,
    Rest,
    Shift,
    Stay,
    Stop,
    Task,
    Told,
    Visit,
    Weights,
    Worker,
    cancelled,
    check,
    compare,
    ill,
    judge,
    overrun,
    places,
    progressed,
    replan,
    why,
    why_not,
)
from songhe.core.roster.kernel.machine import plain
from songhe.core.sources import DataError

FAR_OFF = Plan((Stay("ann", 0, 10, "a"),))


def desk(problem: Problem, plan: Plan) -> Desk:
    return Desk(problem, plan, made=plain())


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([1, 4]))
def test_an_urgent_order_leaves_the_rest_with_its_worker(seed: int, days: int) -> None:
    """It goes in wherever it can, at the price that a plan with it has more."""
    whole = some(seed, days=days, visits=6)
    problem = replace(whole, visits=whole.visits[:-1])
    plan, _cost, _chain, _here = searched(problem, 150)
    here = desk(problem, plan)
    before = judge(problem, plan, Weights()).cost(Weights())
    total, _v, _u = Desk(whole, plan, made=plain()).spot(
        Desk(whole, plan, made=plain()).index.rows[whole.visits[-1].code, 0]
    )
    done = here.insert(whole.visits[-1])
    assert check(done.problem, done.plan) == ()
    kept = {key: stay.worker for key, stay in done.plan.by_task.items() if key[0] != whole.visits[-1].code}
    assert kept == {key: stay.worker for key, stay in plan.by_task.items()}
    after = judge(whole, done.plan, Weights()).cost(Weights())
    if done.changes:
        assert after - before == total
    else:
        assert done.plan == plan


def test_a_plan_is_laid_whole_where_it_cannot_be_laid_piece_by_piece() -> None:
    """Ben comes to the double visit in two steps, since one is too long for him, and has had his break long before."""
    ann = replace(ANN, start=4)
    ben = replace(BEN, start=0, end=5, longest=20, shifts=(Shift(0, 0, 300, 0, Break(80, 145, 30)),))
    early = visit("early", 0, earliest=50, latest=51, tasks=(Task(10),), forbidden=frozenset({"ann"}))
    stop = visit("stop", 2, earliest=130, latest=131, tasks=(Task(10),), forbidden=frozenset({"ann"}))
    both = visit("both", 4, earliest=125, latest=165, tasks=(Task(20), Task(20)), gap=Gap(35, 35))
    after = visit("after", 4, earliest=145, latest=150, forbidden=frozenset({"ben"}))
    problem = Problem((ann, ben), (early, stop, both, after), LINE)
    stays = (
        Stay("ann", 0, 125, "both"), Stay("ann", 0, 145, "after"), Stay("ben", 0, 50, "early"), Stay("ben", 0, 130, "stop"),
        Stay("ben", 0, 160, "both", 1),
    )  # fmt: skip
    plan = Plan(stays, (Rest("ben", 0, 80),))
    assert check(problem, plan) == ()
    assert desk(problem, plan).insert(visit("more", 4)).plan.by_task["both", 1].worker == "ben"


@settings(max_examples=12, deadline=None)
@example(9574, 4, 1)  # a break that moves lets others begin earlier, which nobody minds
@given(st.integers(0, 10**6), st.sampled_from([1, 4]), st.sampled_from([1, 5]))
def test_the_best_places_are_the_cheapest_and_say_who_begins_later(seed: int, days: int, step: int) -> None:
    """The desk stays as it is; doing the first one comes to exactly what it said."""
    whole = some(seed, days=days, visits=7, workers=5, step=step)
    plan, _cost, _chain, _here = searched(replace(whole, visits=whole.visits[:-1]), 150)
    code, here = whole.visits[-1].code, desk(whole, plan)
    found = places(here, code)
    assert places(here, code) == found
    assert Desk(whole, here.plan, made=plain()).plan == plan
    assert [one.cost for one in found] == sorted(one.cost for one in found)
    assert len({one.stays[0][0] for one in found}) == len(found) <= 3
    total = here.give(code)
    assert total == (found[0].cost if found else None)
    if found:
        stays = [here.plan.by_task[code, part] for part in range(len(whole.visits[-1].tasks))]
        assert found[0].stays == tuple((stay.worker, stay.shift, stay.start) for stay in stays)
        later = {(c.visit, c.part, c.minutes) for c in compare(plan, here.plan) if c.before and c.minutes > 0}
        assert set(found[0].later) == later
        judged = (judge(whole, one, Weights()).travel for one in (here.plan, plan))
        assert found[0].travel == next(judged) - next(judged)


def alone(visit: Visit, worker: Worker, **more: Any) -> Told:
    return why_not(desk(Problem((worker,), (visit,), LINE, **more), Plan()), visit.code)


REASONS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "skill": ({"tasks": (Task(20, frozenset({"wound"})),)}, {}),
    "grade": ({"tasks": (Task(20, grade=2),)}, {}),
    "gender": ({"gender": "f"}, {}),
    "language": ({"language": "yue"}, {}),
    "forbidden": ({"forbidden": frozenset({"ann"})}, {}),
    "window": ({"latest": 5}, {}),
    "shift": ({"earliest": 90, "latest": 200}, {"shifts": (Shift(0, 0, 100),)}),
    "break": ({"earliest": 30, "latest": 31}, {"shifts": (Shift(0, 0, 100, rest=Break(0, 45, 30)),)}),
    "most": ({}, {"most": 30}),
    "leg": ({}, {"longest": 5}),
}


@pytest.mark.parametrize("rule", REASONS)
def test_the_first_rule_against_a_worker_is_named(rule: str) -> None:
    asked, worker = REASONS[rule]
    told = alone(replace(visit("a", 1), **asked), replace(ANN, **worker))
    assert [reason.rule for reason in told.reasons] == [rule]
    assert told.offers == ()
    assert told.cheapest == (None if rule == "leg" else told.reasons[0])
    if rule == "window":
        assert told.reasons[0].minutes == 5


LIFTED: dict[str, Any] = {
    "skill": lambda worker, one: (replace(worker, skills=frozenset({"wash", "feed", "wound"})), one),
    "grade": lambda worker, one: (replace(worker, grade=9), one),
    "gender": lambda worker, one: (worker, replace(one, gender="")),
    "language": lambda worker, one: (worker, replace(one, language="")),
    "forbidden": lambda worker, one: (worker, replace(one, forbidden=frozenset())),
    "window": lambda worker, one: (worker, replace(one, grace=None)),
    "shift": lambda worker, one: (
        replace(worker, shifts=tuple(replace(shift, overtime=20 * 60) for shift in worker.shifts[:1])), one
    ),
    "break": lambda worker, one: (
        replace(worker, shifts=tuple(replace(shift, rest=None) for shift in worker.shifts)), one
    ),
    "most": lambda worker, one: (replace(worker, most=None), one),
}  # fmt: skip


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6))
def test_lifting_the_rule_that_is_named_lets_the_worker_come(seed: int) -> None:
    """Tried by changing the problem itself, one worker and one rule at a time; what is offered can be had at once."""
    made = some(seed, visits=8, workers=3)
    workers = tuple(replace(one, shifts=one.shifts[:1]) for one in made.workers)
    problem = replace(
        made, workers=workers, visits=tuple(replace(one, tasks=one.tasks[:1]) for one in made.visits)
    )
    plan, _cost, _chain, _here = searched(problem, 60)
    here = desk(problem, plan)
    for one in problem.visits:
        if (one.code, 0) in plan.by_task:
            continue
        told = why_not(here, one.code)
        assert {reason.worker for reason in told.reasons} | {offer.worker for offer in told.offers} == {
            w.code for w in workers
        }
        for reason in told.reasons:
            if reason.rule in LIFTED and reason.cost is not None:
                assert reason.worker in fits(problem, plan, one, reason.worker, LIFTED[reason.rule])
        for offer in told.offers:
            assert offer.worker in fits(problem, plan, one, offer.worker, lambda worker, same: (worker, same))


def fits(problem: Problem, plan: Plan, one: Visit, code: str, lift: Any) -> set[str]:
    """Who can take a visit once a rule is lifted for one worker."""
    pairs = [lift(worker, one) if worker.code == code else (worker, one) for worker in problem.workers]
    asked = next(asked for worker, asked in pairs if worker.code == code)
    visits = tuple(asked if each.code == one.code else each for each in problem.visits)
    changed = replace(problem, workers=tuple(worker for worker, _asked in pairs), visits=visits)
    return {offer.worker for offer in why_not(desk(changed, plan), one.code).offers}


def test_an_offer_says_who_becomes_late() -> None:
    problem = Problem(
        (ANN,), (visit("a", 2, latest=20, grace=60), visit("b", 1, latest=12, grace=0, priority=0)), LINE
    )
    told = why_not(desk(problem, Plan((Stay("ann", 0, 20, "a"),))), "b")
    (offer,) = told.offers
    assert (offer.start, offer.travel, offer.late) == (10, 0, (("a", 20),))
    assert offer.cost == 20 + 20  # late in all, and the worst


def test_two_who_can_come_but_not_together() -> None:
    late = replace(BEN, shifts=(Shift(0, 120, 300),))
    early = replace(ANN, shifts=(Shift(0, 0, 100),))
    one = visit("a", 1, tasks=(Task(20), Task(20)), gap=Gap(0, 10))
    told = why_not(desk(Problem((early, late), (one,), LINE), Plan()), "a")
    assert told.together
    assert {(offer.worker, offer.part) for offer in told.offers} == {
        ("ann", 0),
        ("ann", 1),
        ("ben", 0),
        ("ben", 1),
    }


def test_why_this_worker() -> None:
    problem = Problem(
        (ANN, BEN, replace(BEN, code="eve")), (visit("a", 1, forbidden=frozenset({"eve"})),), LINE
    )
    told = why(desk(problem, FAR_OFF), "a")
    assert [(offer.worker, offer.cost) for offer in told.offers] == [("ann", 20), ("ben", 80)]
    assert [(reason.worker, reason.rule) for reason in told.reasons] == [("eve", "forbidden")]
    with pytest.raises(DataError, match="is not planned"):
        why(desk(problem, Plan()), "a")
    with pytest.raises(DataError, match="is planned"):
        why_not(desk(problem, FAR_OFF), "a")


def test_a_desk_refuses_a_plan_that_breaks_rules() -> None:
    with pytest.raises(DataError, match="does not keep the rules"):
        desk(Problem((ANN,), (visit("a", 1, latest=5),), LINE), FAR_OFF)


def again(problem: Problem, plan: Plan, moves: int = 800) -> tuple[Plan, tuple[Change, ...]]:
    done = replan(problem, plan, stop=Stop(moves=moves), params=ONE, made=plain())
    assert check(problem, done.result.plan) == ()
    assert done.changes == compare(plan, done.result.plan)
    return done.result.plan, done.changes


TWO = Problem((ANN, BEN), tuple(visit(f"v{n}", n, earliest=30 * n) for n in range(1, 5)), LINE)


def test_nothing_happened_nothing_changes() -> None:
    plan = planned(TWO)
    assert again(TWO, plan)[1] == ()


def test_an_ill_workers_visits_go_to_others() -> None:
    plan = planned(TWO)
    gone = plan.stays[0].worker
    now = min(stay.start for stay in plan.stays if stay.worker == gone) + 5
    problem = ill(progressed(TWO, plan, today=0, now=now), gone)
    new, changes = again(problem, plan)
    begun = {stay.visit for stay in plan.stays if stay.start <= now}
    assert {stay.visit for stay in new.stays if stay.worker == gone} <= begun
    assert {stay.visit for stay in new.stays} == {f"v{n}" for n in range(1, 5)}
    assert begun.isdisjoint(change.visit for change in changes)
    assert all(change.worker for change in changes if change.before and change.before.worker == gone)


def test_a_cancelled_visit_leaves_the_others() -> None:
    plan = planned(TWO)
    new, changes = again(cancelled(TWO, ["v2"]), plan)
    assert [change.visit for change in changes if change.after is None] == ["v2"]
    assert {key: stay.worker for key, stay in new.by_task.items()} == {
        key: stay.worker for key, stay in plan.by_task.items() if key[0] != "v2"
    }


def test_a_visit_that_takes_longer_makes_the_next_ones_later() -> None:
    problem = Problem((ANN,), (visit("a", 1), visit("b", 2, earliest=30, latest=50, grace=60)), LINE)
    plan = Plan((Stay("ann", 0, 10, "a"), Stay("ann", 0, 40, "b")))
    new, changes = again(overrun(progressed(problem, plan, today=0, now=20), "a", 45), plan)
    assert new.by_task["b", 0].start == 65
    assert [(change.visit, change.minutes, change.worker) for change in changes] == [("b", 25, False)]
