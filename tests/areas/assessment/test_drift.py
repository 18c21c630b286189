"""How assessors judge against their peers: the interval, the flag, and who may look."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid5

import pytest
from django.utils.timezone import localdate
from hypothesis import given
from hypothesis import strategies as st
from tests import make
from tests.areas.assessment.office import Office, signed_in

from songhe.areas.assessment.rules.drift import Judged, drifts, wilson

HERE = UUID("01900000-0000-7000-8000-000000000002")
ALL = [uuid5(HERE, str(n)) for n in range(4)]
counts = st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
rows = st.lists(
    st.builds(Judged, st.frozensets(st.sampled_from(ALL), min_size=2, max_size=2), st.integers(0, 4)),
    max_size=80,
)


@given(counts)
def test_an_interval_holds_its_share_and_stays_a_share(given_: tuple[int, int]) -> None:
    hits, n = given_
    share = wilson(hits, n)
    assert 0 <= share.low <= hits / n <= share.high <= 1
    turned = wilson(n - hits, n)
    assert share.low == pytest.approx(1 - turned.high)


@given(counts, st.integers(2, 10))
def test_more_of_the_same_makes_the_interval_narrower(given_: tuple[int, int], times: int) -> None:
    hits, n = given_
    one, more = wilson(hits, n), wilson(hits * times, n * times)
    assert more.high - more.low < one.high - one.low


def test_known_figures_and_impossible_ones() -> None:
    share = wilson(8, 10)
    assert (round(share.low, 4), round(share.high, 4)) == (0.4902, 0.9433)
    assert (wilson(0, 0).low, wilson(0, 0).high) == (0, 1)
    with pytest.raises(ValueError, match="no share"):
        wilson(3, 2)


@given(rows, st.integers(1, 10))
def test_own_and_peers_are_everything_and_few_are_never_flagged(judged: list[Judged], least: int) -> None:
    found = drifts(judged, levels=range(5), least=least)
    assert {drift.assessor for drift in found} == {key for row in judged for key in row.assessors}
    for drift in found:
        assert sum(level.own.hits for level in drift.levels) == drift.n
        assert all(level.own.n + level.peers.n == len(judged) for level in drift.levels)
        if min(drift.n, len(judged) - drift.n) < least:
            assert not drift.flagged


def test_whoever_judges_otherwise_is_flagged_first() -> None:
    pair, odd = frozenset(ALL[:2]), frozenset(ALL[2:])
    judged = [Judged(pair, 1)] * 60 + [Judged(odd, 4)] * 40 + [Judged(odd, 1)] * 5
    found = drifts(judged, levels=range(5), least=30)
    assert all(drift.flagged for drift in found)
    level = found[-1].levels[4]
    assert level.own.apart_from(level.peers)
    same = drifts([Judged(pair, 1), Judged(odd, 1)] * 40, levels=range(5), least=30)
    assert not any(drift.flagged for drift in same)


@pytest.mark.django_db
def test_supervisors_alone_see_the_comparison(office: Office) -> None:
    office.signed(B_1_3="3")
    page = office.desk.get("/assessment-drift/", {"county": str(make.COUNTY)}).content.decode()
    assert "护士" in page
    assert "社工" in page
    assert "1 · mild impairment" in page
    assert "at least 30 assessments" in page
    assert "王秀英" not in page
    later = str(localdate() + timedelta(days=1))
    empty = office.desk.get("/assessment-drift/", {"since": later}).content.decode()
    assert "Nothing was signed in this county and period" in empty
    odd = office.desk.get("/assessment-drift/", {"since": "x", "until": "9999-99-99", "county": "0"})
    assert odd.status_code == 200
    assert office.first.get("/assessment-drift/").status_code == 403
    town = signed_in(make.user("town_officer", make.town()))
    assert town.get("/assessment-drift/").status_code == 403
    neighbour = signed_in(make.user("county_officer", make.OTHER_COUNTY))
    assert "护士" not in neighbour.get("/assessment-drift/", {"county": str(make.COUNTY)}).content.decode()
    city = signed_in(make.user("city_officer", make.CITY))
    city.cookies["django_language"] = "zh-hans"
    page = city.get("/assessment-drift/", {"county": str(make.COUNTY)}).content.decode()
    assert "评估员比对" in page
    assert "护士" in page
