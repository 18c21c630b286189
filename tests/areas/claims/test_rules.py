"""Laws: every fen of a visit is somebody's, a score never earns more for worse figures, what is deducted adds up."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from songhe.areas.claims.limits import terms
from songhe.areas.claims.rules import (
    Band,
    Count,
    build_terms,
    covered,
    deductions,
    digest,
    reduced,
    score,
    shares,
)
from songhe.core.sampling import between, draw, draw_by_weight, size
from songhe.core.sources import DataError, read

FEN = st.integers(0, 10**7)
BP = st.integers(0, 10_000)


@given(FEN, st.integers(0, 100), st.integers(0, 100), st.booleans())
def test_every_fen_of_a_visit_is_somebodys(full: int, covers: int, percent: int, consent: bool) -> None:
    granted = full * covers // 100
    found = shares(full, granted, percent=percent, consent=consent)
    assert found.fund + found.share + found.beyond + found.unpaid == full
    assert min(found.fund, found.share, found.beyond, found.unpaid) >= 0
    assert consent or not found.beyond


@given(st.lists(FEN, max_size=12), FEN, st.sampled_from(["queue", "fit", "block"]))
def test_no_more_is_covered_than_there_is(needs: list[int], available: int, rule: str) -> None:
    fits = covered(needs, available, rule)
    if fits is None:
        assert rule == "block"
        return
    assert sum(need for need, fit in zip(needs, fits, strict=True) if fit) <= max(available, 0)
    if rule == "queue":
        assert fits == sorted(fits, reverse=True), "nobody is overtaken"
    if sum(needs) <= available:
        assert all(fits)


@given(FEN, st.integers(1, 1_440), st.integers(0, 2_000))
def test_a_cut_never_raises(amount: int, of: int, to: int) -> None:
    assert 0 <= reduced(amount, of=of, to=to) <= amount
    assert to < of or reduced(amount, of=of, to=to) == amount


@given(st.lists(FEN, max_size=20), BP, FEN)
def test_deductions_add_up_and_take_no_more_than_a_line_has(amounts: list[int], bp: int, fixed: int) -> None:
    found = deductions(amounts, bp, fixed)
    assert sum(found) == min(sum(amounts), sum(amounts) * bp // 10_000 + fixed)
    assert all(0 <= part <= amount for part, amount in zip(found, amounts, strict=True))


COUNTS = st.fixed_dictionaries(
    {
        code: st.integers(0, 60).flatmap(
            lambda whole: st.builds(Count, st.integers(0, whole), st.just(whole))
        )
        for code in ("punctual", "missed", "complaints", "upheld", "sample", "refused")
    }
)


@given(COUNTS)
def test_a_score_lies_within_its_bounds_and_worse_never_earns_more(counts: dict[str, Count]) -> None:
    known = terms()
    found = score(known.parts, known.bands, counts)
    if found.score_bp is None:
        assert found.deduct_bp == 0
        return
    assert 0 <= found.score_bp <= 10_000
    missed = counts["missed"]
    if missed.part < missed.whole:
        worse = score(known.parts, known.bands, counts | {"missed": Count(missed.part + 1, missed.whole)})
        assert worse.score_bp is not None
        assert worse.score_bp <= found.score_bp
        assert worse.deduct_bp >= found.deduct_bp


def test_too_few_do_not_count() -> None:
    known = terms()
    found = score(known.parts, known.bands, {"punctual": Count(0, 4), "missed": Count(0, 50)})
    assert {mark.code: mark.earned_bp for mark in found.marks if mark.earned_bp is not None} == {
        "missed": 10_000
    }
    assert (found.score_bp, found.deduct_bp) == (10_000, 0)
    assert score(known.parts, known.bands, {}).score_bp is None


@given(st.integers(1, 60), st.data())
def test_an_interval_holds_what_was_seen_and_shrinks_to_it(lines: int, data: st.DataObject) -> None:
    drawn = data.draw(st.integers(0, lines))
    faults = data.draw(st.integers(0, drawn))
    least, most = between(lines, drawn, faults, 9_500)
    assert faults <= least <= most <= lines - drawn + faults
    if drawn == lines:
        assert least == most == faults
    wider = between(lines, drawn, faults, 9_900)
    assert wider[0] <= least
    assert most <= wider[1]


@given(st.dictionaries(st.integers(), st.integers(0, 100), max_size=30), st.integers(0, 40), st.text())
def test_a_draw_by_weight_can_be_made_again(weights: dict[int, int], number: int, seed: str) -> None:
    found = draw_by_weight(seed, weights, number)
    turned = dict(reversed(weights.items()))
    assert found == draw_by_weight(seed, turned, number)
    assert len(found) == len(set(found)) == min(number, sum(weight > 0 for weight in weights.values()))
    assert all(weights[key] for key in found)


def test_a_greater_risk_is_drawn_more_often() -> None:
    weights = {"low": 5, "high": 95}
    assert sum(draw_by_weight(str(n), weights, 1) == ["high"] for n in range(400)) > 340
    assert size(200, 1_000, 9_000) == len(draw("x", range(200), size(200, 1_000, 9_000)))


def test_the_hash_knows_lines_and_not_their_order() -> None:
    assert digest([(1, "a"), (2, "b")]) == digest([(2, "b"), (1, "a")])
    assert digest([(1, "a")]) != digest([(1, "b")])


def data() -> dict[str, Any]:
    text = (settings.DATA / "nation/claims.yaml").read_text(encoding="utf-8")
    return copy.deepcopy(dict(read(text, name="claims.yaml").data))


@pytest.mark.parametrize(
    ("where", "key", "value"),
    [
        ("claim", "shortfall", "lottery"),
        ("claim", "county_prepares", "maybe"),
        ("claim", "late_months", -1),
        ("sample", "confidence_bp", 10_000),
        ("sample", "risk_percent", 101),
        ("copay", "percent", 101),
        ("copay", "items", {"0103": 200}),
        ("score", "bands", [{"from": 5_000, "deduct": 0}]),
        ("score", "bands", [{"from": 5_000, "deduct": 10}, {"from": 0, "deduct": 0}]),
        ("score", "parts", []),
    ],
)
def test_a_wrong_file_says_so(where: str, key: str, value: object) -> None:
    wrong = data()
    wrong[where] = {**wrong[where], key: value}
    with pytest.raises(DataError):
        build_terms(wrong)


def test_the_shipped_file_is_marked_assumed() -> None:
    known = build_terms(data())
    assert known.assumed
    assert sum(part.weight for part in known.parts) == 100
    assert known.bands[-1] == Band(0, 1_000)
    assert known.copay.of("0103", "") == 0
