"""Values, strokes and tasks: what is read from a phone's form."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songhe.core.refusal import Refused
from songhe.core.sources import DataError, read
from songhe.core.visiting import (
    build_measures,
    build_tasks,
    check_together,
    outside,
    read_value,
    strokes,
)

NATION = Path(__file__).resolve().parents[2] / "data/nation"


def data(name: str) -> object:
    return read((NATION / f"{name}.yaml").read_text(encoding="utf-8")).data


MEASURES = build_measures(data("vitals"))  # type: ignore[arg-type]  # a mapping
TEMPERATURE = MEASURES["temperature"]


@pytest.mark.parametrize(
    ("said", "value"),
    [("36.5", 365), ("36", 360), ("36。5", 365), ("37，2", 372), (" 36.5 ", 365), ("", None), ("  ", None)],
)
def test_values_are_read_as_people_type_them(said: str, value: int | None) -> None:
    assert read_value(TEMPERATURE, said) == value


@pytest.mark.parametrize(
    "said", ["-36", "-1", "36.55", "3６.5", "1e2", "NaN", "200", "3", "36.5.1", "\0", "热", "9" * 400]
)
def test_what_is_no_value_is_refused(said: str) -> None:
    with pytest.raises(Refused) as caught:
        read_value(TEMPERATURE, said)
    assert caught.value.field == "temperature"


@given(st.text(max_size=12), st.sampled_from(sorted(MEASURES)))
def test_any_text_is_a_value_or_refused(said: str, code: str) -> None:
    measure = MEASURES[code]
    try:
        value = read_value(measure, said)
    except Refused:
        return
    assert value is None or measure.least <= value <= measure.most


@given(st.sampled_from(sorted(MEASURES)), st.data())
def test_a_value_that_is_written_is_read_again(code: str, data: st.DataObject) -> None:
    measure = MEASURES[code]
    value = data.draw(st.integers(measure.least, measure.most))
    assert read_value(measure, measure.number(value)) == value
    assert bool(outside(MEASURES, {code: value})) == (not measure.low <= value <= measure.high)


def test_what_cannot_be_together_is_refused() -> None:
    with pytest.raises(Refused, match="at least one"):
        check_together({})
    with pytest.raises(Refused, match="below the systolic"):
        check_together({"systolic": 120, "diastolic": 120})
    check_together({"diastolic": 80})


def test_reasons_name_the_bound() -> None:
    assert [str(reason) for reason in outside(MEASURES, {"systolic": 182, "temperature": 350})] == [
        "182 mmHg is above 160 mmHg.",
        "35.0 °C is below 35.5 °C.",
    ]


def test_strokes_are_read_strictly() -> None:
    drawn = "M10 20," + ",".join(f"L{n} {n}" for n in range(20))
    assert strokes(drawn).startswith("M10 20L0 0L1 1")


@pytest.mark.parametrize(
    "said",
    [
        "",
        "M1 1",
        "L1 1," * 10,
        "M1 1,<script>",
        "M1 1," + "L2000 1," * 10,
        "M1 1,L-1 2",
        "M1 1,L1 1" * 4000,
        'M1 1" onload="x',
        "M1 1,L1 999," * 9,
    ],
)
def test_what_is_no_signature_is_refused(said: str) -> None:
    with pytest.raises(Refused):
        strokes(said)


@given(st.text(max_size=200))
def test_no_text_gets_into_a_signature(said: str) -> None:
    try:
        path = strokes(said)
    except Refused:
        return
    assert set(path) <= set("ML0123456789 ")


def test_the_nations_tasks_are_whole() -> None:
    found = build_tasks(data("tasks"))  # type: ignore[arg-type]  # a mapping
    assert len(found["0103"]) == 4


def test_broken_lists_are_named() -> None:
    with pytest.raises(DataError, match="given twice"):
        build_tasks({"items": {"0101": [{"code": "a", "en": "A", "zh": "甲"}] * 2}})
    row = {"code": "pulse", "en": "P", "zh": "脉", "unit": "x", "decimals": 0}
    with pytest.raises(DataError, match="must rise"):
        build_measures({"measures": [row | {"least": 5, "low": 4, "high": 9, "most": 10}]})
    with pytest.raises(DataError, match="unknown or given"):
        build_measures({"measures": [row | {"code": "mood"}]})
