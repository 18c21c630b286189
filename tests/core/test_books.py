"""Laws of journals and of sharing out: nothing is made, nothing is lost."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songhe.core.books import Journal, Line, apportion, priced, transfer, whole

AMOUNTS = st.integers(1, 10**12)
ACCOUNTS = st.sampled_from(["a", "b", "c", "d"])
MOVES = st.lists(
    st.tuples(ACCOUNTS, ACCOUNTS, AMOUNTS).filter(lambda move: move[0] != move[1]), min_size=1, max_size=8
)


def journal_of(moves: list[tuple[str, str, int]]) -> Journal:
    return Journal(tuple(line for a, b, n in moves for line in transfer(a, b, unit="fen", amount=n)))


@given(MOVES)
def test_transfers_always_balance_and_changes_sum_to_zero(moves: list[tuple[str, str, int]]) -> None:
    journal = journal_of(moves)
    assert journal.totals() == {"fen": 0}
    assert sum(journal.changes().values()) == 0


@given(MOVES)
def test_a_reversal_undoes_every_account(moves: list[tuple[str, str, int]]) -> None:
    journal = journal_of(moves)
    back = journal.reversed().changes()
    assert {account: -change for account, change in journal.changes().items()} == back


@given(MOVES, st.randoms(use_true_random=False))
def test_digest_ignores_order_but_not_amounts(moves: list[tuple[str, str, int]], random: object) -> None:
    journal = journal_of(moves)
    lines = list(journal.lines)
    random.shuffle(lines)  # type: ignore[attr-defined]
    assert Journal(tuple(lines)).digest() == journal.digest()
    source, target, amount = moves[0]
    changed = journal_of([(source, target, amount + 1), *moves[1:]])
    assert changed.digest() != journal.digest()


@given(AMOUNTS, AMOUNTS)
def test_an_unbalanced_journal_cannot_be_built(amount: int, extra: int) -> None:
    with pytest.raises(ValueError, match="does not balance"):
        Journal((Line("a", "fen", -amount), Line("b", "fen", amount + extra)))


def test_units_balance_on_their_own() -> None:
    with pytest.raises(ValueError, match="does not balance"):
        Journal((Line("a", "fen", -5), Line("b", "minute", 5)))
    with pytest.raises(ValueError, match="one unit only"):
        Journal((*transfer("a", "b", unit="fen", amount=1), *transfer("a", "c", unit="minute", amount=1)))


@pytest.mark.parametrize("wrong", [1.0, True, "1", None])
def test_amounts_are_whole_numbers_and_nothing_else(wrong: object) -> None:
    with pytest.raises(TypeError):
        whole(wrong)
    with pytest.raises(TypeError):
        Line("a", "fen", wrong)  # type: ignore[arg-type]


def test_impossible_lines_are_refused() -> None:
    with pytest.raises(OverflowError):
        Line("a", "fen", 2**63)
    with pytest.raises(ValueError, match="moves something"):
        Line("a", "fen", 0)
    with pytest.raises(ValueError, match="unknown unit"):
        Line("a", "yuan", 1)
    with pytest.raises(ValueError, match="two lines"):
        Journal(())
    with pytest.raises(ValueError, match="two accounts"):
        transfer("a", "a", unit="fen", amount=1)


@given(
    st.integers(-(10**15), 10**15),
    st.lists(st.integers(0, 10**9), min_size=1, max_size=30).filter(any),
)
def test_apportion_is_exact_and_fair(total: int, weights: list[int]) -> None:
    shares = apportion(total, weights)
    assert sum(shares) == total
    base = sum(weights)
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share - Fraction(total * weight, base)) < 1
        assert weight or share == 0
    assert apportion(-total, weights) == tuple(-share for share in shares)


def test_apportion_by_hand() -> None:
    assert apportion(100, (1, 1, 1)) == (34, 33, 33)
    assert apportion(10, (0, 3, 1)) == (0, 8, 2)
    with pytest.raises(ValueError, match="positive"):
        apportion(1, (0, 0))
    with pytest.raises(ValueError, match="negative"):
        apportion(1, (2, -1))


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_priced_is_the_nearest_fen(minutes: int, fen: int) -> None:
    assert abs(priced(minutes, fen) - Fraction(minutes * fen, 60)) <= Fraction(1, 2)
    assert priced(60, fen) == fen


def test_priced_rounds_half_up() -> None:
    assert priced(30, 4001) == 2001
    assert priced(45, 3000) == 2250
