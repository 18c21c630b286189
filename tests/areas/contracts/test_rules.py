"""However orders come, no ceiling is passed, and every order stands where contract, place, day and service allow."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songhe.areas.contracts.rules import (
    Amount,
    Ask,
    Bounds,
    Deal,
    Served,
    Tariff,
    build_bounds,
    collide,
    percent_used,
    place,
    room,
)
from songhe.core.sources import DataError

FIRST = date(2026, 1, 1)
OWNERS = [UUID(int=n) for n in (1, 2)]
DAYS = st.integers(0, 400).map(lambda n: FIRST + timedelta(days=n))
ITEMS = ["0103", "0106", "0201"]
TARIFFS = st.builds(
    Tariff,
    item=st.sampled_from(ITEMS),
    unit=st.sampled_from(["minute", "time", "item"]),
    fen=st.integers(1, 9_000),
    charged=st.integers(0, 120),
)


@st.composite
def deals(draw: st.DrawFn) -> Deal:
    since = draw(DAYS)
    low = draw(st.integers(0, 20))
    prices = {tariff.item: tariff for tariff in draw(st.lists(TARIFFS, min_size=1, max_size=3))}
    key = draw(st.integers(1, 10**6))
    return Deal(
        id=UUID(int=key),
        number=f"HT-{key}",
        organisation_id=draw(st.sampled_from(OWNERS)),
        since=since,
        until=since + timedelta(days=draw(st.integers(0, 300))),
        ranges=((low, low + draw(st.integers(1, 10))),),
        fen=draw(st.integers(1, 300_000)),
        minutes=draw(st.none() | st.integers(1, 5_000)),
        versions=((since, prices),),
        served=Served(
            frozenset(draw(st.sets(st.sampled_from(["a", "b"]), max_size=1))), draw(st.sampled_from([0, 80]))
        ),
    )


ASKS = st.builds(
    Ask,
    key=st.uuids(),
    organisation_id=st.sampled_from(OWNERS),
    person_id=st.uuids(),
    region=st.integers(0, 30),
    item=st.sampled_from(ITEMS),
    on=DAYS,
    minutes=st.integers(1, 240),
    tags=st.frozensets(st.sampled_from(["a", "b"])),
    age=st.none() | st.integers(60, 100),
)


@given(st.lists(deals(), max_size=4, unique_by=lambda deal: deal.id), st.lists(ASKS, max_size=30))
def test_no_ceiling_is_passed(found: list[Deal], asks: list[Ask]) -> None:
    left = {deal.id: (deal.fen, deal.minutes) for deal in found}
    for ask in asks:
        decision = place(ask, found, left)
        if decision.value is None:
            assert decision.reasons[-1].text.format(**decision.reasons[-1].values)
            continue
        deal, amount = decision.value.deal, decision.value.amount
        assert deal.covers(ask.region, ask.on)
        assert deal.served.admits(ask.tags, ask.age)
        assert deal.tariff(ask.item, ask.on) is not None
        fen, minutes = left[deal.id]
        left[deal.id] = (fen - amount.fen, None if minutes is None else minutes - amount.minutes)
    assert all(fen >= 0 and (minutes is None or minutes >= 0) for fen, minutes in left.values())


@given(deals(), deals())
def test_lots_collide_both_ways_and_with_themselves(a: Deal, b: Deal) -> None:
    assert collide(a, b) == collide(b, a)
    assert collide(a, a)


@given(deals(), deals(), ASKS)
def test_an_order_never_fits_two_contracts_that_do_not_collide(a: Deal, b: Deal, ask: Ask) -> None:
    if collide(a, b) or a.organisation_id != b.organisation_id:
        return
    fits = [deal.covers(ask.region, ask.on) and deal.tariff(ask.item, ask.on) is not None for deal in (a, b)]
    assert not all(fits)


@given(TARIFFS, st.integers(1, 300))
def test_costs_grow_with_time_only_where_paid_by_the_minute(tariff: Tariff, minutes: int) -> None:
    one, more = tariff.costs(minutes), tariff.costs(minutes + 1)
    assert (more.fen > one.fen) == (tariff.unit == "minute")
    assert one.orders == 1


@given(st.integers(1, 10**9), st.none() | st.integers(1, 10**6), st.integers(0, 10**9), st.integers(0, 10**6))
def test_what_is_used_and_what_is_left_make_the_ceiling(
    fen: int, minutes: int | None, a: int, b: int
) -> None:
    left = room(fen, minutes, Amount(a, b, 1))
    assert left[0] + a == fen
    assert (left[1] is None) == (minutes is None)
    assert (percent_used(fen, None, Amount(a, b, 1)) >= 100) == (left[0] <= 0)


def test_what_cannot_be_is_no_tariff() -> None:
    for wrong in ({"fen": 0}, {"fen": -1}, {"unit": "hour"}, {"charged": -1}):
        with pytest.raises(ValueError, match="a tariff has"):
            Tariff(**({"item": "0103", "unit": "time", "fen": 1, "charged": 0} | wrong))
    with pytest.raises(ValueError, match="at least a minute"):
        Tariff(item="0103", unit="time", fen=1, charged=0).costs(0)


def test_without_a_file_a_contract_is_asked_for() -> None:
    assert build_bounds({}) == Bounds(required=True, ending_days=60, used_percent=90)
    for wrong in ({"required": "no"}, {"ending_days": 0}, {"used_percent": True}):
        with pytest.raises(DataError):
            build_bounds(wrong)
