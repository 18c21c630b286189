"""Laws of facts in two times, and of likeness."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.examples import tries

from songhe.areas.registry.rules.ages import age_on, birthday_after
from songhe.areas.registry.rules.likeness import Traits, is_near_id, likeness
from songhe.core.codes.resident_id import check_sign
from songhe.core.dated import ABSENT, Known, Span, amend, value_on

START = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = [date(2026, 1, 1) + timedelta(days=n) for n in range(60)]
ends = st.none() | st.sampled_from(DAYS)


@st.composite
def spans(draw: st.DrawFn) -> Span:
    start, end = draw(ends), draw(ends)
    if start is not None and end is not None:
        start, end = min(start, end), max(start, end) + timedelta(days=1)
    return Span(start, end)


changes = st.lists(st.tuples(st.sampled_from(["a", "b", "c", ABSENT]), spans()), max_size=8)


def played(steps: list[tuple[object, Span]]) -> list[list[Known]]:
    """All records after each step, the n-th step being recorded n hours after the start."""
    keys = count()
    records: list[Known] = []
    history = [list(records)]
    for hour, (value, span) in enumerate(steps, start=1):
        at = START + timedelta(hours=hour)
        current = [record for record in records if record.recorded_until is None]
        found = amend(current, value=value, span=span)
        records = [
            Known(r.key, r.value, r.span, r.recorded_at, at) if r.key in found.ended else r for r in records
        ]
        records += [Known(next(keys), kept, piece, at) for kept, piece, _left in found.added]
        history.append(list(records))
    return history


@settings(max_examples=tries(200), deadline=None)
@given(changes)
def test_the_last_word_on_a_day_holds(steps: list[tuple[object, Span]]) -> None:
    records = played(steps)[-1]
    now = START + timedelta(days=30)
    for day in DAYS:
        said = [value for value, span in steps if span.holds(day)]
        assert value_on(records, day=day, known_at=now) is (said[-1] if said else ABSENT)


@settings(max_examples=tries(200), deadline=None)
@given(changes)
def test_what_was_known_before_stays_known_as_it_was(steps: list[tuple[object, Span]]) -> None:
    history = played(steps)
    for hour, records in enumerate(history):
        known_at = START + timedelta(hours=hour, minutes=30)
        for day in DAYS[::7]:
            then = value_on(records, day=day, known_at=known_at)
            assert value_on(history[-1], day=day, known_at=known_at) is then


@settings(max_examples=tries(200), deadline=None)
@given(changes)
def test_at_no_moment_do_two_values_hold_on_a_day(steps: list[tuple[object, Span]]) -> None:
    records = played(steps)[-1]
    for hour in range(len(steps) + 1):
        known = [r for r in records if r.is_known(START + timedelta(hours=hour, minutes=30))]
        for day in DAYS[::5]:
            assert sum(record.span.holds(day) for record in known) <= 1


@given(changes, spans())
def test_saying_the_same_again_changes_nothing(steps: list[tuple[object, Span]], span: Span) -> None:
    records = played([*steps, ("a", span)])[-1]
    current = [record for record in records if record.recorded_until is None]
    assert amend(current, value="a", span=span).is_empty


@given(spans(), spans())
def test_cutting_leaves_exactly_the_days_outside(one: Span, other: Span) -> None:
    pieces = one.minus(other)
    for day in [*DAYS, date(1990, 1, 1), date(2090, 1, 1)]:
        assert any(piece.holds(day) for piece in pieces) == (one.holds(day) and not other.holds(day))


@given(st.dates(date(1900, 1, 1), date(2020, 1, 1)), st.integers(0, 110))
def test_a_birthday_adds_one_year(born: date, years: int) -> None:
    day = date(2026, 11, 25)
    assert (age_on(born, day) >= years) == (born <= birthday_after(day, years))


def traits(**given: object) -> Traits:
    base = {"name": "王建国", "pinyin": "wangjianguo", "sex": "male", "born": date(1943, 5, 2)}
    return Traits(**{**base, **given})  # type: ignore[arg-type]


def number(first17: str) -> str:
    return first17 + check_sign(first17)


def test_same_name_and_birthday_are_suspicious_only_without_two_numbers() -> None:
    assert likeness(traits(), traits()).is_suspicious
    assert likeness(traits(id_number=number("37108219430502001")), traits()).is_suspicious
    two = likeness(
        traits(id_number=number("37108219430502001")), traits(id_number=number("37061119430502773"))
    )
    assert not two.is_suspicious
    assert "other_id" in two.evidence


def test_a_number_copied_wrong_is_suspicious() -> None:
    one, other = number("37108219430502001"), number("37108219430502007")
    assert is_near_id(one, other)
    assert is_near_id(number("37108219430502012"), number("37108219430502021"))
    assert not is_near_id(one, number("37108219430512077"))
    assert likeness(traits(id_number=one), traits(id_number=other)).is_suspicious


def test_a_couple_with_one_phone_is_two_persons() -> None:
    wife = traits(
        name="李秀英", pinyin="lixiuying", sex="female", born=date(1944, 1, 1), phone=b"1", address=b"2"
    )
    assert likeness(traits(phone=b"1", address=b"2"), wife).score == 0


def test_another_character_of_the_same_sound_is_suspicious_with_birthday_and_phone() -> None:
    found = likeness(traits(phone=b"1"), traits(name="王健国", phone=b"1"))
    assert found.evidence == ("same_pinyin", "same_birth", "same_phone")
    assert found.is_suspicious


sample = st.builds(
    traits,
    name=st.sampled_from(["王建国", "王健国", "李秀英"]),
    sex=st.sampled_from(["male", "female", "unknown"]),
    born=st.sampled_from([None, date(1943, 5, 2), date(1943, 2, 5), date(1950, 1, 1)]),
    id_number=st.sampled_from(["", number("37108219430502001"), number("37108219430502007")]),
    phone=st.sampled_from([None, b"1", b"2"]),
    address=st.sampled_from([None, b"1", b"2"]),
)


@given(sample, sample)
def test_likeness_is_symmetric_and_bounded(one: Traits, other: Traits) -> None:
    found = likeness(one, other)
    assert found == likeness(other, one)
    assert 0 <= found.score <= 100


@given(sample)
def test_a_number_in_common_is_certain(one: Traits) -> None:
    if one.id_number:
        assert likeness(one, one).score == 100
