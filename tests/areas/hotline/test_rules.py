"""The hotline's number, and the windows an agent offers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songhe.areas.hotline.line import line
from songhe.areas.hotline.rules import build_line, quick_windows, window_of
from songhe.core.sources import DataError

moments = st.integers(0, 7 * 24 * 60).map(lambda m: datetime(2026, 11, 23, tzinfo=UTC) + timedelta(minutes=m))


def test_the_number_is_the_citys_own() -> None:
    assert line().number == "6012349"
    assert line().name.zh == "养老服务热线"
    with pytest.raises(DataError):
        build_line({"number": "12349"})


@given(moments)
def test_windows_lie_ahead_and_have_length(at: datetime) -> None:
    found = quick_windows(at)
    assert found[0].code == "soon"
    assert len({window.code for window in found}) == len(found)
    for window in found:
        assert at < window.since < window.until
        assert window_of(window.code, at) == window


def test_what_is_over_is_not_offered() -> None:
    evening = datetime(2026, 11, 25, 19, 0, tzinfo=UTC)
    assert [window.code for window in quick_windows(evening)] == [
        "soon",
        "tomorrow_am",
        "tomorrow_pm",
        "after_am",
        "after_pm",
    ]
    assert window_of("today_pm", evening) is None
