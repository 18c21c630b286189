"""What is left of a month and goes on to the next: nothing is lost, nothing is used twice."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from songhe.areas.entitlement.rules.carrying import Kept, brought_back, left_of, returnable


class Books:
    """Months one after the other, each opened with what was left of the one before."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.months: list[Kept] = []
        self.used = 0

    def open(self, granted: int) -> None:
        """Grant a month; what may go on from the one before goes on."""
        self.months.append(Kept(granted, 0, granted, 0))
        self.follow(len(self.months) - 1)

    def follow(self, place: int) -> None:
        """Carry into a month what is left of the one before by now."""
        if place:
            before, here = self.months[place - 1], self.months[place]
            wanted = min(left_of(before), self.limit)
            room = before.free if wanted > here.carried else here.free
            change = min(abs(wanted - here.carried), room)
            self.shift(place, change if wanted > here.carried else -change)

    def shift(self, place: int, change: int) -> None:
        """Move so much more into a month."""
        before, here = self.months[place - 1], self.months[place]
        self.months[place - 1] = replace(before, free=before.free - change, moved=before.moved + change)
        self.months[place] = replace(here, free=here.free + change, carried=here.carried + change)

    def use(self, place: int, minutes: int) -> int:
        """Settle a visit of a month, with what comes back for it; how much was covered."""
        covered = min(minutes, self.months[place].free + returnable(self.months[place:]))
        steps = brought_back(self.months[place:], covered - self.months[place].free)
        for later, change in enumerate(steps, start=1):
            self.shift(place + later, -change)
        here = self.months[place]
        self.months[place] = replace(here, free=here.free - covered)
        self.used += covered
        return covered


happenings = st.lists(
    st.one_of(
        st.tuples(st.just("open"), st.integers(0, 60)),
        st.tuples(st.just("use"), st.integers(0, 3), st.integers(0, 80)),
        st.tuples(st.just("follow"), st.integers(0, 3)),
    ),
    max_size=20,
)


@given(happenings, st.integers(0, 30))
def test_minutes_are_conserved_over_months(events: list[tuple[str, int, int]], limit: int) -> None:
    books = Books(limit)
    for event in events:
        if event[0] == "open":
            books.open(event[1])
        elif event[1] < len(books.months):
            books.use(event[1], event[2]) if event[0] == "use" else books.follow(event[1])
        assert sum(one.free for one in books.months) + books.used == sum(one.granted for one in books.months)
        for one, after in zip(books.months, [*books.months[1:], Kept()], strict=False):
            assert one.free >= 0 and 0 <= one.carried <= limit
            assert one.moved == after.carried, "what went on is what came"
            assert one.moved <= one.granted, "what was carried goes no further"


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 80), st.integers(0, 30))
def test_a_visit_told_late_comes_out_as_if_told_in_time(
    first: int, then: int, minutes: int, limit: int
) -> None:
    late, in_time = Books(limit), Books(limit)
    late.open(first)
    late.open(then)
    covered = late.use(0, minutes)
    in_time.open(first)
    assert in_time.use(0, minutes) == covered
    in_time.open(then)
    assert late.months == in_time.months


@given(st.lists(st.builds(Kept, *[st.integers(0, 50)] * 4), max_size=4), st.integers(0, 100))
def test_no_more_comes_back_than_went_on_and_is_there(months: list[Kept], short: int) -> None:
    steps = brought_back(months, short)
    assert sum(steps[:1]) == (min(short, returnable(months)) if len(months) > 1 else 0)
    for step, before in zip(steps, months, strict=False):
        assert 0 < step <= before.moved
