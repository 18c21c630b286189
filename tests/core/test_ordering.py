"""Orders in plain values: their moments, who has them, whom they are offered to first, and how long it takes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.examples import tries

from songhe.core.flow import Flow, Kind, build, move, moves_from
from songhe.core.flow.build import with_times
from songhe.core.ordering import (
    MOMENTS,
    Bidder,
    Owner,
    Quality,
    build_spans,
    build_terms,
    figures,
    moments_after,
    owner,
    quality_of,
    ranked,
    wave,
)
from songhe.core.ordering.ranking import judged
from songhe.core.sources import DataError, read

DATA = Path(__file__).resolve().parents[2] / "data/nation"
FLOW = build(read((DATA / "flows/order.yaml").read_text(encoding="utf-8")).data)
TERMS = build_terms(read((DATA / "orders.yaml").read_text(encoding="utf-8")).data)
START = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
GIVES = {"hand_over", "step_in_hand_over", "take"}
FREES = {"offer", "step_in_offer", "put_back", "turn_down", "contract_ended", "reopen", "recall"}
SENDS = {"dispatch", "reassign", "take_to_go", "resume", "late_news"}
TAKES_BACK = {"return", "decline", "in_vain"}


class Order(RuleBasedStateMachine):
    """An order along every way of its flow, in any order, with what its area keeps beside it."""

    def __init__(self) -> None:
        super().__init__()
        self.flow: Flow = FLOW
        self.state, self.at = FLOW.start, START
        self.stamps: dict[str, datetime | None] = {"placed": START}
        self.organisation = self.worker = 0
        self.level = False
        self.takers: set[int] = set()

    @initialize(given=st.booleans())
    def placed(self, given: bool) -> None:
        self.organisation = int(given)

    @rule(data=st.data(), minutes=st.integers(0, 600), taker=st.integers(1, 50))
    def moved(self, data: st.DataObject, minutes: int, taker: int) -> None:
        ways = [
            way for way in moves_from(self.flow, self.state) if way.code not in SENDS or self.able(way.code)
        ]
        if not ways:
            return
        way = data.draw(st.sampled_from(ways))
        self.at += timedelta(minutes=minutes)
        self.stamps = moments_after(self.flow, self.state, way.code, self.stamps, self.at)
        self.state = move(self.flow, self.state, way.code, passed=way.guards).code
        self.level = False
        if way.code in GIVES or way.code == "take_to_go":
            self.organisation, self.worker = taker, 0
            self.takers = {taker}
        if way.code in SENDS:
            self.organisation, self.worker = self.organisation or taker, taker
        if way.code in FREES:
            self.organisation = self.worker = 0
            self.takers = set()
        if way.code in TAKES_BACK:
            self.worker = 0

    def able(self, code: str) -> bool:
        return code in ("take_to_go", "resume") or self.organisation > 0 or self.state == "received"

    @precondition(lambda self: self.flow.state(self.state).escalations)
    @rule()
    def escalated(self) -> None:
        self.level = True

    @invariant()
    def somebody_has_it_or_it_has_ended(self) -> None:
        who = owner(
            self.flow,
            self.state,
            organisation=self.organisation > 0,
            worker=self.worker > 0,
            level=self.level,
        )
        ended = self.flow.state(self.state).kind is not Kind.OPEN
        assert (who is Owner.NOBODY) == ended

    @invariant()
    def there_is_a_way_to_an_end(self) -> None:
        if self.flow.state(self.state).kind is Kind.OPEN:
            assert moves_from(self.flow, self.state)

    @invariant()
    def what_was_taken_has_one_taker(self) -> None:
        if self.state == "taken":
            assert len(self.takers) == 1
        if self.state == "offered":
            assert not self.takers
            assert not self.organisation

    @invariant()
    def moments_follow_one_another(self) -> None:
        known = [moment for name in MOMENTS if (moment := self.stamps.get(name))]
        assert known == sorted(known)
        assert self.stamps["placed"] == START

    @invariant()
    def nothing_later_than_the_state_is_stamped(self) -> None:
        gone = {
            "received": "assigned",
            "offered": "taken",
            "taken": "assigned",
            "dispatched": "accepted",
            "accepted": "departed",
        }
        first = gone.get(self.state)
        if first:
            assert not any(self.stamps.get(name) for name in MOMENTS[MOMENTS.index(first) :])


TestOrder = Order.TestCase
TestOrder.settings = settings(max_examples=tries(60), stateful_step_count=30, deadline=None)


def test_a_deadline_is_shorter_for_what_is_urgent() -> None:
    for state in FLOW.states:
        spans = [state.due_for(priority) for priority in range(4)]
        if state.dues:
            minutes = [span.count for span in spans if span]
            assert minutes == sorted(minutes, reverse=True), state.code
    received = FLOW.state("received").due_for(3)
    assert received is not None
    assert received.count == 10


def test_a_city_sets_other_times_and_nothing_else() -> None:
    data = read((DATA / "flows/order.yaml").read_text(encoding="utf-8")).data
    own = build(with_times(data, {"states": {"received": {"due": {"minutes": 5}}}}))
    assert own.state("received").due_for(1) == own.state("received").due_for(3)
    assert own.state("received").escalations == ()
    assert own.state("offered") == FLOW.state("offered")
    with pytest.raises(DataError, match="no state nowhere"):
        with_times(data, {"states": {"nowhere": {}}})
    with pytest.raises(DataError, match="only due, escalate, warn"):
        with_times(data, {"states": {"received": {"kind": "done"}}})


@pytest.mark.parametrize(
    ("found", "why"),
    [
        ({"due": {"urgent": {"minutes": 5}}}, "spans for normal"),
        ({"due": {"soon": {"minutes": 5}, "normal": {"minutes": 5}}}, "spans for normal"),
        ({"warn": 100, "due": {"minutes": 5}}, "percentage below 100"),
        ({"warn": 50}, "percentage below 100"),
    ],
)
def test_times_with_a_hole_are_refused_at_load(found: dict[str, object], why: str) -> None:
    data = read((DATA / "flows/order.yaml").read_text(encoding="utf-8")).data
    with pytest.raises(DataError, match=why):
        build(with_times(data, {"states": {"received": found}}))


SECONDS = st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), max_size=60)


@given(rows=SECONDS)
def test_figures_are_those_counted_by_hand(rows: list[tuple[int, int]]) -> None:
    found = figures(rows)
    line = sorted(seconds for seconds, _limit in rows)
    assert found.count == len(line)
    assert found.within == sum(1 for seconds, limit in rows if seconds <= limit)
    if not line:
        assert (found.median, found.p90, found.percent) == (None, None, None)
        return
    for value, percent in ((found.median, 50), (found.p90, 90)):
        assert value in line
        assert sum(one <= value for one in line) * 100 >= percent * len(line)
        assert sum(one < value for one in line) * 100 < percent * len(line)


BIDDERS = st.builds(
    Bidder,
    minutes=st.none() | st.integers(0, 300),
    free=st.integers(0, 20),
    room=st.integers(0, 100),
    means=st.none() | st.integers(-20, 100),
    quality=st.none() | st.integers(0, 100),
    visits=st.integers(0, 40),
    offers=st.integers(0, 100),
    share=st.integers(0, 100),
    below_bar=st.booleans(),
    suspended=st.booleans(),
    refused=st.booleans(),
)


@given(bidders=st.lists(BIDDERS, max_size=12))
def test_who_cannot_comes_last_and_every_place_has_its_reasons(bidders: list[Bidder]) -> None:
    found = ranked(enumerate(bidders), TERMS.weights)
    assert sorted(key for key, _one in found) == list(range(len(bidders)))
    refused = [one.refused for _key, one in found]
    assert refused == sorted(refused)
    points = [one.value for _key, one in found if not one.refused]
    assert points == sorted(points, key=lambda value: -(value or 0))
    assert all(0 <= (value or 0) <= 100 for value in points)
    assert all(one.reasons for _key, one in found)


@given(one=BIDDERS, better=st.sampled_from(["minutes", "free", "room", "quality", "offers"]))
def test_nobody_loses_by_being_better(one: Bidder, better: str) -> None:
    before = judged(one, TERMS.weights)
    changed = {
        "minutes": replace(one, minutes=0),
        "free": replace(one, free=one.free + 1),
        "room": replace(one, room=100),
        "quality": replace(one, quality=100),
        "offers": replace(one, offers=0),
    }[better]
    after = judged(changed, TERMS.weights)
    if not before.refused:
        assert (after.value or 0) >= (before.value or 0)


@given(able=st.lists(st.integers(0, 40), unique=True, max_size=30))
def test_waves_ask_everybody_once_the_best_first(able: list[int]) -> None:
    asked: list[int] = []
    for one in TERMS.waves:
        fresh = wave(able, asked, one.to)
        assert not set(fresh) & set(asked)
        asked += fresh
        assert asked == able[: len(asked)]
    assert asked == able


@given(
    good=st.tuples(*(st.integers(0, 50) for _ in range(4))),
    bad=st.tuples(*(st.integers(0, 50) for _ in range(4))),
)
def test_a_refusal_never_betters_a_mark(good: tuple[int, ...], bad: tuple[int, ...]) -> None:
    parts = [(one, one + other) for one, other in zip(good, bad, strict=True)]
    mark = quality_of(Quality(*parts), TERMS.quality)
    worse = [(parts[0][0], parts[0][1] + 1), *parts[1:]]
    after = quality_of(Quality(*worse), TERMS.quality)
    if parts[0][1]:
        assert mark is not None
        assert after is not None
        assert 0 <= after <= mark <= 100


def test_spans_that_run_backwards_are_refused() -> None:
    row = {"code": "x", "en": "x", "zh": "x", "from": "done", "to": "placed", "within": {"normal": 5}}
    with pytest.raises(DataError, match="two moments"):
        build_spans({"spans": [row]})
    good = build_spans(
        {"spans": [row | {"from": "placed", "to": "done", "within": {"urgent": 1, "normal": 5}}]}
    )["x"]
    assert [good.limit(priority) for priority in range(4)] == [5, 5, 5, 1]
