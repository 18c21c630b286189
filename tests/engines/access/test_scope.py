"""Both locks: the Python filter and row-level security, each alone and together."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from uuid import UUID

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from tests import make

from songhe.engines.access.api import Grant, Scope, Tie, current, entered, tie, untie
from songhe.engines.access.scope import merged
from songhe.engines.regions.ids import uuid7

pytestmark = pytest.mark.django_db


def tied(region: int, holder: UUID | None = None) -> Tie:
    return Tie.everywhere.create(
        person_id=uuid7(),
        holder_id=holder or uuid7(),
        kind="worker",
        region_id=region,
        since=date(2026, 1, 1),
    )


def test_a_forgotten_scope_is_an_error_and_not_a_leak() -> None:
    with pytest.raises(LookupError):
        Tie.objects.all()


@pytest.mark.parametrize(
    ("spans", "around"),
    [
        (((371082000000, 371083000000),), 371082000000),
        (((371082102201, 371082102202),), 371082102201),
        (((371082102201, 371082102202), (371082102205, 371082102206)), 371082102000),
        (((371082000000, 371083000000), (371002000000, 371003000000)), 371000000000),
        (((371000000000, 371100000000), (410300000000, 410400000000)), 0),
        ((), 0),
    ],
)
def test_the_smallest_region_around_a_scope(spans: tuple[tuple[int, int], ...], around: int) -> None:
    assert Scope(spans).around == Scope((), spans).around == around
    assert Scope.EVERYTHING.around == 0


def test_each_lock_holds_alone() -> None:
    here, there = tied(make.village()), tied(make.village(make.OTHER_COUNTY))
    county = make.user("county_officer", make.COUNTY).scope()
    assert set(Tie.objects.within(county)) == {here}, "the Python filter alone"
    with entered(county):
        assert set(Tie.everywhere.all()) == {here}, "the database alone"
    assert {here, there} <= set(Tie.everywhere.all())


def test_a_holder_sees_only_what_is_tied_to_it_inside_its_bounds() -> None:
    mine = uuid7()
    near, far = tied(make.village(), mine), tied(make.village(make.OTHER_COUNTY), mine)
    other = tied(make.village())
    worker = make.user("worker", make.COUNTY, holder_id=mine).scope()
    assert set(Tie.objects.within(worker)) == {near}
    with entered(worker):
        assert set(Tie.everywhere.all()) == {near}
    assert {near, far, other} <= set(Tie.everywhere.all())


def test_a_write_outside_the_scope_is_refused_by_the_database() -> None:
    elsewhere = make.village(make.OTHER_COUNTY)
    county = make.user("county_officer", make.COUNTY).scope()
    refused = pytest.raises(ProgrammingError, match="row-level security")
    with entered(county), refused, transaction.atomic():
        tied(elsewhere)


def test_a_revoked_grant_ends_at_once() -> None:
    officer = make.user("county_officer", make.COUNTY)
    (held,) = officer.grants_in_force
    held.revoked_at = held.user.created_at or __import__("datetime").datetime.now(__import__("datetime").UTC)
    held.save()
    assert type(officer).objects.get(pk=officer.pk).scope().areas == ()


def test_the_kept_question_gives_the_grants_in_force_with_their_regions() -> None:
    user, today = make.user("county_officer", make.COUNTY), timezone.localdate()
    make.grant(user, "town_officer", make.town())
    make.grant(user, "auditor", make.COUNTY, since=today + timedelta(days=2))
    Grant.objects.filter(pk=make.grant(user, "auditor").pk).update(revoked_at=timezone.now())
    Grant.objects.filter(pk=make.grant(user, "auditor").pk).update(until=today - timedelta(days=2))
    make.user("auditor")
    expected = list(Grant.in_force(user.pk))
    assert len(expected) == 2
    for _again in range(2):
        with CaptureQueriesContext(connection) as asked:
            found = Grant.held_by(user.pk)
            assert [grant.region.upper for grant in found] == [grant.region.upper for grant in expected]
        assert len(asked) == 1
        for one, other in zip(found, expected, strict=True):
            for field in Grant._meta.concrete_fields:
                assert getattr(one, field.attname) == getattr(other, field.attname)


def test_an_outer_scope_comes_back() -> None:
    tied(make.village())
    with entered(Scope.NOTHING):
        assert not Tie.everywhere.exists()
        assert current() == Scope.NOTHING
    assert Tie.everywhere.exists()


def test_untie_ends_the_reach() -> None:
    worker, person = uuid7(), uuid7()
    tie(person, worker, Tie.Kind.WORKER, region_id=make.village(), since=date(2026, 1, 1))
    tie(person, worker, Tie.Kind.WORKER, region_id=make.village(), since=date(2026, 2, 1))
    assert Tie.persons_of([worker]).count() == 1
    assert untie(person, worker, until=date(2026, 3, 1)) == 1
    assert Tie.persons_of([worker]).count() == 0


def test_the_application_owns_nothing_and_cannot_bypass() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False,)
        cursor.execute(
            "SELECT count(*) FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE r.rolname = current_user"
        )
        assert cursor.fetchone() == (0,)


ranges = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 20)).map(lambda p: (p[0], p[0] + p[1])), max_size=8
)


@given(ranges, st.integers(0, 90))
def test_merging_ranges_keeps_what_they_hold(parts: list[tuple[int, int]], point: int) -> None:
    joined = merged(parts)
    assert any(a <= point < b for a, b in joined) == any(a <= point < b for a, b in parts)
    assert all(left[1] < right[0] for left, right in itertools.pairwise(joined))


def test_codes_that_ended_stay_known_in_what_is_made_of_a_scope() -> None:
    """A town that went to another county: its officer works in the new one, and so does whatever is recorded for it."""
    new, old = (371002001000, 371002002000), (371081003000, 371081004000)
    whole = Scope((new, old), former=(old,))
    for made in (whole, whole.shared, whole.narrowed(0, 10**12)):
        assert (made.around, made.worked) == (new[0], (new,))
        assert made.holds(old[0])
