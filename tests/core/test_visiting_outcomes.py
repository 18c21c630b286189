"""What coming in vain costs: by the rule of the outcome, with every reason."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songhe.core.labels import Label
from songhe.core.sources import DataError, read
from songhe.core.visiting import AtDoor, Outcome, Turn, build_outcomes, charged

FILE = Path(__file__).resolve().parents[2] / "data/nation/visits.yaml"
MINUTES = st.integers(1, 720)


def rule(**values: object) -> Outcome:
    shape = {
        "code": "absent",
        "label": Label("Nobody at home", "老人不在家"),
        "percent": 50,
        "minutes": True,
        "wait": 15,
        "proof": True,
        "turn": Turn.RETURN,
    }
    return Outcome(**(shape | values))  # type: ignore[arg-type]  # the values of each test


def door(promised: int = 60, waited: int = 15, *, there: bool = True) -> AtDoor:
    return AtDoor(promised=promised, waited=waited, there=there)


@pytest.mark.parametrize(
    ("values", "at_door", "percent", "minutes", "said"),
    [
        ({}, door(), 50, 30, "30 minutes of the grant"),
        ({}, door(there=False), 0, 0, "nothing proves"),
        ({"proof": False}, door(there=False), 50, 30, "50%"),
        ({}, door(waited=14), 0, 0, "waited 14 minutes, and the rule asks for 15"),
        ({"percent": 0}, door(), 0, 0, "nothing is charged"),
        ({"minutes": False}, door(), 50, 30, "No minutes of the grant"),
        ({"percent": 1}, door(promised=5), 1, 1, "1 minutes"),
    ],
)
def test_what_is_charged(
    values: dict[str, object], at_door: AtDoor, percent: int, minutes: int, said: str
) -> None:
    decision = charged(rule(**values), at_door)
    charge = decision.or_refuse()
    assert (charge.percent, charge.minutes) == (percent, minutes)
    assert said in " ".join(map(str, decision.reasons))


@given(promised=MINUTES, waited=st.integers(0, 240), there=st.booleans(), percent=st.integers(0, 100))
def test_never_more_than_was_promised_and_never_without_a_reason(
    promised: int, waited: int, there: bool, percent: int
) -> None:
    decision = charged(rule(percent=percent), door(promised, waited, there=there))
    charge = decision.or_refuse()
    assert 0 <= charge.minutes <= promised
    assert decision.reasons
    assert (charge.percent == 0) == (charge.minutes == 0)


@given(promised=MINUTES, waited=st.integers(0, 239), there=st.booleans())
def test_who_waits_longer_or_proves_it_is_never_paid_less(promised: int, waited: int, there: bool) -> None:
    less = charged(rule(), door(promised, waited, there=there)).or_refuse()
    assert less.percent <= charged(rule(), door(promised, waited + 1, there=True)).or_refuse().percent


def test_the_nations_file_is_whole() -> None:
    found = build_outcomes(read(FILE.read_text(encoding="utf-8")).data)
    assert list(found) == ["absent", "refused", "hospitalised", "no_entry"]
    assert found["absent"].look


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("order: elsewhere", "return or close"),
        ("percent: 101", "between 0 and 100"),
        ("order: close", "needs ends"),
        ("code: a_very_long_code", "12 signs"),
        ("wait: x", "wait"),
    ],
)
def test_a_broken_rule_is_named(change: str, said: str) -> None:
    lines = {
        "code": "absent",
        "en": "Nobody",
        "zh": "无人",
        "percent": "50",
        "wait": "15",
        "order": "return",
    }
    name, _colon, value = change.partition(": ")
    text = ", ".join(f"{key}: {found}" for key, found in (lines | {name: value}).items())
    with pytest.raises(DataError, match=said):
        build_outcomes(read(f"outcomes:\n  - {{{text}}}\n").data)
