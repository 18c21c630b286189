"""Deadlines of cases over the working calendar."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from songhe.areas.tickets.rules import KINDS, LEVELS, build_terms, due, is_near
from songhe.core.flow import build_calendar
from songhe.core.sources import DataError, read

TEXT = (settings.DATA / "nation/tickets.yaml").read_text(encoding="utf-8")
TERMS = build_terms(read(TEXT).data)
CALENDAR = build_calendar(read((settings.DATA / "nation/calendar.yaml").read_text(encoding="utf-8")).data)
MOMENTS = st.integers(0, 480_000).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@given(st.sampled_from(KINDS), st.sampled_from(LEVELS), MOMENTS, st.integers(0, 400))
def test_what_is_more_urgent_is_never_due_later_and_12345s_own_deadline_holds(
    kind: str, level: str, at: datetime, hours: int
) -> None:
    made = due(kind, level, at, None, terms=TERMS, calendar=CALENDAR)
    assert at < made <= due(kind, "ordinary", at, None, terms=TERMS, calendar=CALENDAR)
    said = at + timedelta(hours=hours)
    assert due(kind, level, at, said, terms=TERMS, calendar=CALENDAR) == said


@given(MOMENTS, st.integers(0, 20_000), st.integers(0, 20_000))
def test_a_deadline_that_is_near_stays_near(at: datetime, ahead: int, later: int) -> None:
    until = at + timedelta(minutes=ahead)
    if is_near(at, until, terms=TERMS, calendar=CALENDAR):
        assert is_near(at + timedelta(minutes=later), until, terms=TERMS, calendar=CALENDAR)
    assert is_near(until, until, terms=TERMS, calendar=CALENDAR)


def test_holidays_do_not_count() -> None:
    before = datetime(2026, 9, 30, 2, 0, tzinfo=UTC)  # the day before National Day
    made = due("enquiry", "ordinary", before, None, terms=TERMS, calendar=CALENDAR)
    assert made.date() >= datetime(2026, 10, 8, tzinfo=UTC).date()


@pytest.mark.parametrize(
    ("old", "new"),
    [("enquiry: 1", "enquiry: 0"), ("urgent_minutes: 120", "urgent_minutes: 0"), ("help: 1", "helps: 1")],
)
def test_terms_that_cannot_be_name_the_place(old: str, new: str) -> None:
    assert old in TEXT
    with pytest.raises(DataError, match="tickets"):
        build_terms(read(TEXT.replace(old, new, 1)).data)
