"""Charts say their numbers, stay inside their frame and carry no inline style."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songhe.kit import charts

numbers = st.integers(0, 10**9) | st.floats(0, 10**9, allow_nan=False)


def shapes(svg: str) -> ET.Element:
    """The SVG parsed; it must be well-formed."""
    return ET.fromstring(re.match(r"<svg.*?</svg>", svg, re.DOTALL)[0])  # type: ignore[index]  # noqa: S314


@given(st.lists(numbers, min_size=1, max_size=40))
def test_columns_stay_inside_their_frame(values: list[float]) -> None:
    svg = charts.columns([charts.Bar(str(i), value) for i, value in enumerate(values)], title="t")
    assert "style=" not in svg
    for rect in shapes(svg).iter("rect"):
        x, y, width, height = (float(rect.get(name, 0)) for name in ("x", "y", "width", "height"))
        assert 0 <= x <= x + width <= 640.2
        assert 0 <= y <= y + height <= 220.2


@given(st.lists(st.none() | numbers, min_size=1, max_size=40), st.none() | numbers)
def test_lines_stay_inside_and_break_where_there_is_no_figure(
    values: list[float | None], target: float | None
) -> None:
    drawn = charts.lines(
        [str(i) for i in range(len(values))], [charts.Series("s", values)], title="t", target=target
    )
    known = [value for value in values if value is not None]
    if not known:
        assert "<svg" not in drawn
        return
    dots = list(shapes(drawn).iter("circle"))
    assert len(dots) == len(known)
    assert all(0 <= float(dot.get("cy", -1)) <= 220 for dot in dots)


@given(numbers, numbers)
def test_progress_never_runs_over(done: float, whole: float) -> None:
    fill = list(shapes(charts.progress(done, whole, title="t")).iter("rect"))[1]
    assert 0 <= float(fill.get("width", -1)) <= 200


def test_a_chart_reads_aloud() -> None:
    svg = charts.bars([charts.Bar("Rongcheng", 1240, url="/x/"), charts.Bar("<b>", 8)], title="Orders & more")
    found = shapes(svg)
    assert found.get("role") == "img"
    assert [found[0].text, found[1].text] == ["Orders & more", "Rongcheng 1,240, <b> 8"]


@pytest.mark.parametrize("value", [0, 50, 100, 250])
def test_a_gauge_shows_its_words_and_target(value: int) -> None:
    svg = charts.gauge(value, 100, title="t", shown=f"{value} %", target=80)
    assert f">{value} %</text>" in svg
    assert 'class="mark"' in svg


def test_nothing_is_said_in_words() -> None:
    assert "<svg" not in charts.bars([], title="Orders")
    assert charts.spark([1], title="t") == ""
