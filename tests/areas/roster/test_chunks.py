"""In which chunks a plan is published, and lines of calendars; laws with Hypothesis."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from songhe.areas.roster.calendars import called, escaped, folded
from songhe.areas.roster.rules import Step, batches

MIDNIGHT = datetime(2026, 12, 7, tzinfo=ZoneInfo("Asia/Shanghai"))
moments = st.integers(0, 200).map(lambda minute: MIDNIGHT + timedelta(minutes=minute))


@st.composite
def steps(draw: st.DrawFn) -> list[Step]:
    """Lines that take hours and free hours."""
    out = []
    for number in range(draw(st.integers(0, 25))):
        start, old = draw(moments), draw(moments)
        long = timedelta(minutes=draw(st.integers(1, 60)))
        worker, before = draw(st.sampled_from([None, "a", "b"])), draw(st.sampled_from([None, "a", "b"]))
        out.append(
            Step(
                key=str(number),
                worker=worker,
                start=start if worker else None,
                end=start + long if worker else None,
                old_worker=before,
                old_start=old if before else None,
                old_end=old + long if before else None,
            )
        )
    return out


@given(steps(), st.integers(1, 8))
def test_chunks_hold_each_line_once_and_never_wait_for_a_later_one(lines: list[Step], size: int) -> None:
    chunks = batches(lines, size)
    assert sorted(key for chunk in chunks for key in chunk) == sorted(line.key for line in lines)
    place = {key: number for number, chunk in enumerate(chunks) for key in chunk}
    for one in lines:
        for other in lines:
            if (
                one.worker
                and one.worker == other.old_worker
                and one.start < other.old_end
                and other.old_start < one.end
            ):  # type: ignore[operator]
                assert place[one.key] == place[other.key]


@given(st.text(max_size=200))
def test_lines_of_calendars_are_short_and_lose_nothing(text: str) -> None:
    line = "SUMMARY:" + escaped(text)
    parts = list(folded(line))
    assert all(len(part.encode("utf-8", "surrogatepass")) <= 75 for part in parts)
    assert parts[0] + "".join(part[1:] for part in parts[1:]) == line


def test_feeds_say_no_more_of_a_person_than_is_allowed() -> None:
    assert called("欧阳国华", "大庄许家社区", "surname_village") == "欧阳** 大庄许家社区"
    assert called("王建国", "大庄许家社区", "village") == "大庄许家社区"
    assert called("王建国", "大庄许家社区", "none") == ""
