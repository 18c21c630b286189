"""What is payable never exceeds what was given, what was granted, or the price."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songhe.areas.finance.rules import NO_GRANT, NO_PRICE, OVER_GRANT, Given, Price, cost, payable, totals

PERSONS = [UUID(int=n) for n in range(3)]
PRICES = {"hour": Price(3_500, "hour"), "time": Price(8_000, "time")}
VISITS = st.lists(
    st.builds(
        Given,
        visit_id=st.uuids(),
        person_id=st.sampled_from(PERSONS),
        region_id=st.just(371002000000),
        item=st.sampled_from(["hour", "time", "unknown"]),
        minutes=st.integers(1, 240),
        on=st.dates(date(2026, 11, 1), date(2026, 11, 30)),
    ),
    max_size=12,
)
GRANTS = st.dictionaries(st.sampled_from(PERSONS), st.integers(-10, 600))


@given(VISITS, GRANTS)
def test_grants_and_prices_bound_what_is_paid(visits: list[Given], grants: dict[UUID, int]) -> None:
    lines = payable(visits, grants=grants, prices=PRICES)
    assert sorted(line.given.visit_id for line in lines) == sorted(visit.visit_id for visit in visits)
    for person in PERSONS:
        used = sum(line.minutes for line in lines if line.given.person_id == person)
        assert used <= max(grants.get(person, 0), 0)
    for line in lines:
        price = PRICES.get(line.given.item)
        assert 0 <= line.fen <= (cost(price, line.given.minutes) if price else 0)
        assert (line.minutes < line.given.minutes) == bool(line.reason)
    assert totals(lines).fen == sum(line.fen for line in lines)


@given(VISITS, GRANTS)
def test_the_order_of_input_does_not_matter(visits: list[Given], grants: dict[UUID, int]) -> None:
    assert payable(visits, grants=grants, prices=PRICES) == payable(
        visits[::-1], grants=grants, prices=PRICES
    )


def visit(item: str, minutes: int, day: int = 1) -> Given:
    return Given(uuid4(), PERSONS[0], 371002000000, item, minutes, date(2026, 11, day))


def test_by_hand() -> None:
    lines = payable(
        [visit("hour", 90), visit("time", 60, 2), visit("hour", 60, 3), visit("unknown", 30, 4)],
        grants={PERSONS[0]: 120},
        prices=PRICES,
    )
    assert [(line.minutes, line.fen, line.reason) for line in lines] == [
        (90, 5_250, ""),
        (30, 4_000, OVER_GRANT),
        (0, 0, NO_GRANT),
        (0, 0, NO_PRICE),
    ]
    assert (totals(lines).visits, totals(lines).minutes, totals(lines).fen) == (4, 240, 9_250)


def test_a_visit_has_a_length() -> None:
    with pytest.raises(ValueError, match="at least a minute"):
        cost(PRICES["hour"], 0)


def test_a_visit_in_vain_costs_its_share_and_draws_only_where_the_rule_says_so() -> None:
    half = Given(uuid4(), PERSONS[0], 371002000000, "time", 30, date(2026, 11, 1), percent=50)
    free = Given(uuid4(), PERSONS[0], 371002000000, "hour", 30, date(2026, 11, 2), percent=50, draws=False)
    first, second = payable([half, free], grants={PERSONS[0]: 30}, prices=PRICES)
    assert (first.minutes, first.fen, first.reason) == (30, 4_000, "")
    assert (second.minutes, second.fen, second.reason) == (0, 1_750, "")
    (none,) = payable([half], grants={}, prices=PRICES)
    assert (none.minutes, none.fen, none.reason) == (0, 0, NO_GRANT)
