"""Data files: lines are known and a key given twice is refused."""

from __future__ import annotations

from datetime import date

import pytest

from songhe.core.sources import DataError, check_written, day, label, part, read, rows, text, whole

TEXT = "a:\n  b: 1\n  c:\n    - d: 2\n    - d: 3\n"


def test_lines_point_at_the_part_or_the_nearest_part_around_it() -> None:
    source = read(TEXT, name="x.yaml")
    assert [source.line(path) for path in (("a", "b"), ("a", "c", 1, "d"), ("a", "c", 1, "e"))] == [2, 5, 5]


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ("a: 1\nb: 2\na: 3\n", "line 3: a is given twice"),
        ("- 1\n", "mapping at the top"),
        ("a: [", "YAML"),
        ("off: 1", "line 1: YAML reads off"),
        ("", "top"),
        ('a:\n  - "b\\0"', "line 2: a text holds the control character 0000; remove it"),
        ('"a\\x07": 1', "line 1: a text holds the control character 0007"),
        ("a: " + "9" * 31, "line 1: a number has at most 30 digits"),
        ("a: 0x" + "f" * 5000, "line 1: a number has at most 30 digits"),
        ("a: " + "[" * 40 + "]" * 40, "line 1: more than 30 levels"),
        ("a: " + "[" * 5000 + "]" * 5000, "not readable as YAML|more than 30 levels"),
    ],
)
def test_unclear_files_are_refused(broken: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read(broken, name="x.yaml")


@pytest.mark.parametrize(
    "value", ["!!int ''", "!!float ''", "!!bool x", "!!timestamp x", "!!set {b}", "!!python/tuple [1]", "! x"]
)
def test_nobody_tells_the_reader_what_a_value_is(value: str) -> None:
    with pytest.raises(DataError, match="line 2: no ! here; a value is what it looks like"):
        check_written(f"b: 1\na: {value}", name="x.yaml")


def test_typed_reading_names_the_place() -> None:
    data = {"n": -1, "t": " ", "d": "2026-01-31", "r": [], "p": 3, "yes": True}
    for reader, key in ((whole, "n"), (whole, "yes"), (text, "t"), (day, "d"), (rows, "r"), (part, "p")):
        with pytest.raises(DataError, match=f"here: {key} must be"):
            reader(data, key, "here")
    with pytest.raises(DataError, match="here: words are needed in both languages"):
        label({"en": "Yes"}, "here")
    for told in (date(1899, 12, 31), date(2200, 1, 1)):
        with pytest.raises(DataError, match=f"here: d must lie in the years 1900 to 2199, not on {told}"):
            day({"d": told}, "d", "here")


def test_a_day_that_does_not_exist_is_a_fault_of_the_file() -> None:
    with pytest.raises(DataError, match="not readable as YAML: day"):
        read("since: 2026-02-30", name="x.yaml")
