"""The measured problem itself: the city's document, the oracle, and the evaluator for one person agree."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from tests.bench.rules import oracle, ours, people, values

MONTHS = (date(2026, 2, 1), values.MONTH)
PEOPLE = 2000


@pytest.mark.parametrize("month", MONTHS)
@pytest.mark.parametrize("what_if", [False, True])
def test_the_document_says_what_the_oracle_says(month: date, what_if: bool) -> None:
    some = people.people(PEOPLE, seed=11)
    document = ours.higher_care() if what_if else ours.CITY
    found = ours.scalar(some, month, document, oracle.RESULTS)
    wanted = list(oracle.results(some, month, what_if=what_if))
    for name in oracle.RESULTS:
        np.testing.assert_array_equal(found[name], [one[name] for one in wanted], err_msg=name)


@pytest.mark.parametrize("kernel", [False, True])
@pytest.mark.parametrize("month", MONTHS)
def test_everybody_at_once_receives_what_the_oracle_says(month: date, kernel: bool) -> None:
    some = people.people(PEOPLE, seed=11)
    found = ours.ours(some, month, ours.CITY, oracle.RESULTS, kernel=kernel)
    wanted = list(oracle.results(some, month))
    for name in oracle.RESULTS:
        np.testing.assert_array_equal(found[name], [one[name] for one in wanted], err_msg=name)


def test_every_result_and_every_reason_to_give_up_is_met() -> None:
    found = list(oracle.results(people.people(20_000, seed=11), values.MONTH))
    for name in oracle.RESULTS:
        assert any(one[name] for one in found), name
    assert {bit for bit in (1, 2, 4, 8) for one in found if one["given_up"] & bit} == {1, 2, 4, 8}
