"""Laws of splitting, netting, covering, sampling and account numbers."""

from __future__ import annotations

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songhe.areas.payments.rules.cards import cleaned, fits, luhn, with_check_digit
from songhe.areas.payments.rules.netting import offset, withheld
from songhe.areas.payments.rules.shortfall import BLOCK, QUEUE, SHARE, covered
from songhe.areas.payments.rules.splitting import most_within, split
from songhe.core.sampling import at_most_bp, draw, size

FEN = st.integers(1, 10**9)
WEIGHTS = st.lists(st.integers(0, 10_000), min_size=1, max_size=6).filter(any)


@given(st.integers(0, 10**12), WEIGHTS)
def test_parts_add_up_and_are_nearest(total: int, weights: list[int]) -> None:
    parts, whole = split(total, weights), sum(weights)
    assert sum(parts) == total
    assert all(
        abs(part * whole - total * weight) < whole for part, weight in zip(parts, weights, strict=True)
    )
    assert all(part == 0 for part, weight in zip(parts, weights, strict=True) if weight == 0)


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=5).filter(any), st.data())
def test_a_part_of_amounts_never_exceeds_them(amounts: list[int], data: st.DataObject) -> None:
    taken = data.draw(st.integers(0, sum(amounts)))
    assert all(part <= have for part, have in zip(split(taken, amounts), amounts, strict=True))
    rest = [have - part for part, have in zip(split(taken, amounts), amounts, strict=True)]
    assert sum(rest) == sum(amounts) - taken


@given(st.data())
def test_whatever_is_within_the_most_fits(data: st.DataObject) -> None:
    weights = data.draw(st.lists(st.integers(1, 100), min_size=1, max_size=4))
    have = data.draw(st.lists(st.integers(0, 500), min_size=len(weights), max_size=len(weights)))
    most = most_within(have, weights)
    total = data.draw(st.integers(0, most))
    assert all(part <= one for part, one in zip(split(total, weights), have, strict=True))
    assert any((most + 1) * weight > one * sum(weights) for weight, one in zip(weights, have, strict=True))


@given(st.lists(FEN, max_size=8), st.integers(0, 10**10))
def test_nothing_is_lost_in_netting(waiting: list[int], back: int) -> None:
    taken, owed = offset(list(enumerate(waiting)), back)
    assert sum(fen for _key, fen in taken) + owed == back
    assert all(0 < fen <= waiting[key] for key, fen in taken)
    assert owed == max(back - sum(waiting), 0)


@given(st.lists(FEN, max_size=8), st.integers(0, 10**10), st.randoms())
def test_what_is_owed_after_netting_knows_no_order(waiting: list[int], back: int, shuffle: object) -> None:
    mixed = list(waiting)
    shuffle.shuffle(mixed)  # type: ignore[attr-defined]
    one, other = offset(list(enumerate(waiting)), back), offset(list(enumerate(mixed)), back)
    assert one[1] == other[1]
    assert sum(waiting) - sum(fen for _k, fen in one[0]) == sum(mixed) - sum(fen for _k, fen in other[0])


@given(FEN, st.lists(st.tuples(st.integers(), FEN, st.integers(0, 10_000)), max_size=5))
def test_a_payment_stays_positive_and_each_debt_within_its_cap(
    gross: int, owed: list[tuple[int, int, int]]
) -> None:
    found = withheld(gross, [(place, fen, cap) for place, (_key, fen, cap) in enumerate(owed)])
    assert 0 <= sum(fen for _key, fen in found) < gross
    assert sum(fen for _key, fen in found) <= gross * max((cap for *_other, cap in owed), default=0) // 10_000
    assert all(fen <= min(owed[place][1], gross * owed[place][2] // 10_000) for place, fen in found)


@given(st.lists(FEN, max_size=20), st.integers(0, 10**10))
def test_what_is_covered_fits(needs: list[int], available: int) -> None:
    for policy in (QUEUE, SHARE):
        found = covered(needs, available, policy)
        assert found is not None and sum(found) <= available
        assert all(0 <= part <= need for part, need in zip(found, needs, strict=True))
    if sum(needs) > available:
        assert covered(needs, available, BLOCK) is None
        assert sum(covered(needs, available, SHARE) or ()) == available
        first = next(place for place in range(len(needs)) if sum(needs[: place + 1]) > available)
        assert covered(needs, available, QUEUE) == [*needs[:first], *([0] * (len(needs) - first))]
    else:
        assert covered(needs, available, BLOCK) == needs


@given(st.integers(1, 400), st.integers(0, 3000), st.sampled_from([8000, 9000, 9500, 9900]))
def test_the_sample_is_the_smallest_that_shows_it(lines: int, tolerated: int, confidence: int) -> None:
    found, faults = size(lines, tolerated, confidence), lines * tolerated // 10_000 + 1

    def missed(drawn: int) -> bool:
        """Whether so small a clean sample leaves more doubt than the confidence allows."""
        return comb(lines - faults, drawn) * 10_000 > comb(lines, drawn) * (10_000 - confidence)

    assert found == lines or not missed(found)
    assert found == 0 or missed(found - 1)
    assert at_most_bp(lines, found, confidence) * lines <= (faults - 1) * 10_000 + lines


def test_known_sample_sizes() -> None:
    assert [size(n, 500, 9500) for n in (1, 10, 100, 1_000, 100_000)] == [1, 10, 39, 56, 59]
    assert size(0, 500, 9500) == 0


@given(st.text(), st.sets(st.integers(), max_size=30), st.integers(0, 10))
def test_the_same_seed_draws_the_same(seed: str, keys: set[int], number: int) -> None:
    seed = seed.encode("utf-8", "ignore").decode()
    drawn = draw(seed, sorted(keys), number)
    assert drawn == draw(seed, sorted(keys, reverse=True), number)
    assert len(set(drawn)) == min(number, len(keys)) and set(drawn) <= keys


@given(st.text("0123456789", min_size=5, max_size=20), st.data())
def test_one_wrong_digit_of_a_card_is_found(digits: str, data: st.DataObject) -> None:
    right = with_check_digit(digits)
    assert luhn(right)
    place = data.draw(st.integers(0, len(right) - 1))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != right[place]]))
    assert not luhn(right[:place] + other + right[place + 1 :])


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("6210 9800 0000", "621098000000"),
        ("6210-98", "621098"),
        ("６２１", ""),
        ("62a", ""),
        ("", ""),
        ("٦٢١", ""),
    ],
)
def test_only_digits_are_a_number(text: str, digits: str) -> None:
    assert cleaned(text) == digits
    assert not fits("123", [16, 19], checked=False)
