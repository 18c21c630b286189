"""What work came to: counted again by other means, shown to whom it concerns, and as indicators."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from fractions import Fraction

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from tests import make
from tests.areas.providers import made as providers
from tests.areas.roster import made
from tests.areas.roster.test_rules import GROUND, ZONE

from songhe.areas.providers.api import Leave, Worker, take_leave
from songhe.areas.roster import actions
from songhe.areas.roster.models import WorkMonth
from songhe.areas.roster.rules import Stop, paid_day, tallied
from songhe.areas.visits.models import Visit
from songhe.core.measure import Period
from songhe.engines.access.api import SYSTEM, Scope, entered
from songhe.engines.indicators.api import figure_now
from songhe.engines.regions.models import Region

START = datetime(2026, 10, 1, tzinfo=ZONE)


@st.composite
def stops(draw: st.DrawFn) -> list[Stop]:
    """Visits of a few workers and persons around the beginning of a month, never two of a worker at once."""
    out = []
    for worker in "ab":
        at = START - timedelta(days=70)
        for _ in range(draw(st.integers(0, 8))):
            at += timedelta(minutes=draw(st.sampled_from([30, 100, 600, 60 * 24 * 9, 60 * 24 * 61])))
            state = draw(st.sampled_from(["done", "done", "missed", "in_vain"]))
            arrived = at + timedelta(minutes=draw(st.integers(-10, 25))) if state != "missed" else None
            left = (
                arrived + timedelta(minutes=draw(st.integers(1, 60))) if arrived and state == "done" else None
            )
            out.append(
                Stop(
                    worker=worker,
                    person=draw(st.sampled_from("xyz")),
                    promised=at,
                    arrived=arrived,
                    left=left,
                    minutes=int((left - arrived).total_seconds()) // 60 if left and arrived else 0,
                    state=state,
                )
            )
            at = max(at, left or at) + timedelta(minutes=11)
    return out


@given(stops())
def test_counts_are_those_of_a_slow_look_at_every_pair(rows: list[Stop]) -> None:
    found = tallied(rows, START, GROUND, 15)
    for worker in "ab":
        mine = [one for one in rows if one.worker == worker and one.promised >= START]
        tally = found.get(worker)
        if tally is None:
            assert mine == []
            continue
        done = [one for one in mine if one.state == "done"]
        assert (tally.visits, tally.due) == (len(done), len(mine))
        assert tally.service == sum(one.minutes for one in done)
        assert tally.punctual == sum(
            one.arrived is not None and (one.arrived - one.promised).total_seconds() <= 900 for one in mine
        )

        def lately(one: Stop) -> list[Stop]:
            return [
                other
                for other in rows
                if other.state == "done"
                and other.person == one.person
                and one.promised - timedelta(days=60) <= other.promised < one.promised
            ]

        assert tally.knowable == sum(bool(lately(one)) for one in done)
        assert tally.known == sum(any(other.worker == worker for other in lately(one)) for one in done)
        gaps = [
            min(
                (b.arrived - a.left for a in rows if a.left and a.worker == worker and a.left <= b.arrived),
                default=None,
            )
            for b in done
            if b.arrived
            and any(a.left and a.worker == worker and a.left.date() == b.arrived.date() for a in rows)
        ]
        minutes = [int(gap.total_seconds()) // 60 for gap in gaps if gap is not None]
        assert tally.travel <= sum(one for one in minutes if one <= 90)


def test_a_break_is_not_paid() -> None:
    assert paid_day(480, 1080, None, GROUND) == 600 - 45
    assert paid_day(480, 720, None, GROUND) == 240
    assert paid_day(480, 1080, 30, GROUND) == 570


@pytest.mark.django_db
def test_a_month_is_counted_shown_and_measured() -> None:
    here = made.office(workers=2, orders=4)
    made.published(here, made.plan(here))
    first = date(2026, 10, 1)
    spent = given_visits(first)
    Worker.everywhere.filter(organisation=here.organisation).update(
        since=first, works_from=time(8), works_until=time(18), break_minutes=60
    )
    take_leave(
        here.workers[0],
        actor=SYSTEM,
        at=timezone.now(),
        why=Leave.Why.OFF,
        since=date(2026, 10, 12),
        back=date(2026, 10, 14),
    )
    with entered(Scope.EVERYTHING):
        count = actions.count_work(actor=SYSTEM, at=timezone.now(), month=Period("month", 2026, 10))
        assert actions.count_work(actor=SYSTEM, at=timezone.now(), month=Period("month", 2026, 10)) == count
    assert WorkMonth.everywhere.count() == count
    days = [first + timedelta(days=n) for n in range(31)]
    full = sum(day.isoweekday() in here.workers[0].hours.days for day in days)
    off = sum(day.isoweekday() in here.workers[0].hours.days for day in days if day.day in (12, 13))
    row = WorkMonth.everywhere.get(level="organisation", organisation=here.organisation)
    assert (row.visits, row.due, row.service, row.paid) == (3, 4, spent, 540 * (2 * full - off))
    assert row.punctual == 2
    county = WorkMonth.everywhere.get(level="county", region=make.COUNTY)
    assert county.service == spent
    region = Region.objects.get(pk=make.COUNTY)
    with entered(Scope.EVERYTHING):
        used = figure_now("work_utilisation", region, Period("month", 2026, 10), Scope.EVERYTHING)
        on_time = figure_now("work_punctual", region, Period("month", 2026, 10), Scope.EVERYTHING)
    assert Fraction(used.numerator or 0, used.denominator or 1) == Fraction(spent, row.paid)
    assert (on_time.numerator, on_time.denominator) == (2, 4)
    seen(here)


def given_visits(first: date) -> int:
    """Move the visits into October: two on time, one late, one missed."""
    spent = 0
    for n, visit in enumerate(Visit.everywhere.order_by("starts_at", "id")):
        start = timezone.make_aware(datetime.combine(first + timedelta(days=n), time(9)))
        values = {"starts_at": start, "ends_at": start + timedelta(minutes=60), "state": "missed"}
        if n < 3:
            arrived = start + timedelta(minutes=(5, -10, 20)[n])
            values |= {
                "state": "done",
                "arrived_at": arrived,
                "left_at": arrived + timedelta(minutes=50 + n),
                "minutes": 50 + n,
            }
            spent += 50 + n
        Visit.everywhere.filter(pk=visit.pk).update(**values)
    return spent


def seen(here: made.Office) -> None:
    """The planner sees the own organisation's rows, a rival none, the county its own too."""
    own = here.client.get("/work-months/").content.decode()
    assert "75.0" not in own
    assert "50.0 %" in own, "two of four on time"
    assert here.organisation.name in own
    rival = providers.client_of(make.user("dispatcher", make.COUNTY, holder_id=providers.organisation().pk))
    assert "50.0 %" not in rival.get("/work-months/").content.decode()
    officer = providers.client_of(make.user("county_officer", make.COUNTY))
    assert "50.0 %" in officer.get("/work-months/?level=county").content.decode()
    table = officer.get("/work-months/?level=county&format=csv")
    assert table.status_code == 200
