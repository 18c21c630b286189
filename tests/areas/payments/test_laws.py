"""Laws of differences: posted once, nothing is left; the order of corrections does not matter; no fen is lost."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from songhe.areas.payments.rules.differences import (
    CAUSES,
    ENDED,
    KEPT,
    NO_POLICY,
    PAYABLE,
    PENDING,
    Due,
    Posted,
    differences,
    month_day,
    month_number,
)

GRANTS = 6
amounts = st.lists(st.integers(0, 10**12), min_size=GRANTS, max_size=GRANTS)
states = st.lists(st.sampled_from([ENDED, PAYABLE, KEPT, PENDING]), min_size=GRANTS, max_size=GRANTS)


@st.composite
def dues(draw: st.DrawFn) -> Due:
    """What a run may find for some grants in one month."""
    status = np.array(draw(states), np.int8)
    policy = np.array(draw(st.lists(st.integers(0, 2), min_size=GRANTS, max_size=GRANTS)))
    flags = st.lists(st.booleans(), min_size=GRANTS, max_size=GRANTS)
    return Due(
        status=status,
        fen=np.array(draw(amounts), np.int64),
        case=np.zeros(GRANTS, np.int16),
        policy=np.where(status == PAYABLE, policy, NO_POLICY),
        owed=np.array(draw(flags)),
        dead=np.array(draw(flags)),
    )


def nothing() -> Posted:
    return Posted(np.zeros(GRANTS, np.int64), np.full(GRANTS, NO_POLICY))


def after(due: Due, posted: Posted, *, this_month: bool = True) -> tuple[Posted, int]:
    """What is posted once a run is, and what that run posts in all."""
    found = differences(due, posted, this_month=this_month)
    fen, policy = posted.fen.copy(), posted.policy.copy()
    np.add.at(fen, found.grant, found.fen)
    policy[found.grant] = found.policy
    return Posted(fen, policy), int(found.fen.sum())


@given(dues())
def test_a_second_run_posts_nothing(due: Due) -> None:
    posted, _sum = after(due, nothing())
    assert differences(due, posted, this_month=True).size == 0


@given(st.lists(dues(), min_size=1, max_size=5))
def test_changes_add_up_to_what_is_due(runs: list[Due]) -> None:
    posted, total = nothing(), 0
    for due in runs:
        posted, change = after(due, posted)
        total += change
    assert total == posted.fen.sum() and (posted.fen >= 0).all()
    last = runs[-1]
    assert (posted.fen[last.status == PAYABLE] == last.fen[last.status == PAYABLE]).all()
    assert not posted.fen[last.status == ENDED].any()


@given(st.lists(dues(), min_size=1, max_size=4), dues())
def test_whatever_was_corrected_before_the_same_is_posted_in_the_end(runs: list[Due], last: Due) -> None:
    settled = Due(
        np.where(last.status == PAYABLE, PAYABLE, ENDED).astype(np.int8),
        last.fen, last.case, last.policy, last.owed, last.dead,
    )  # fmt: skip
    ends = []
    for order in (runs, list(reversed(runs)), []):
        posted = nothing()
        for due in (*order, settled):
            posted, _change = after(due, posted)
        ends.append(posted.fen.tolist())
    assert ends[0] == ends[1] == ends[2]


@given(st.lists(dues(), min_size=1, max_size=4))
def test_who_waits_or_is_suspended_keeps_what_was_posted(runs: list[Due]) -> None:
    posted = nothing()
    for due in runs:
        before = posted.fen.copy()
        posted, _change = after(due, posted)
        kept = (due.status == KEPT) | (due.status == PENDING)
        assert (posted.fen[kept] == before[kept]).all()


@given(dues(), dues(), st.booleans())
def test_every_change_names_a_policy_and_a_cause(one: Due, other: Due, this_month: bool) -> None:
    posted, _sum = after(one, nothing(), this_month=this_month)
    found = differences(other, posted, this_month=this_month)
    assert (found.policy != NO_POLICY).all()
    named = {CAUSES[cause] for cause in found.cause.tolist()}
    assert named <= set(CAUSES)
    assert this_month or "month" not in named
    assert (found.due >= 0).all() and (found.fen != 0).all()


@given(st.integers(0, 9998 * 12))
def test_months_are_numbers(number: int) -> None:
    assert month_number(month_day(number + 12)) == number + 12
