"""A question that is kept as SQL answers as the queryset does, for every value and in every scope."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from tests import make

from songhe.engines.access.api import Grant, Scope, Tie, asked, entered
from songhe.engines.regions.ids import uuid7

pytestmark = pytest.mark.django_db
DAY = date(2026, 1, 1)


def ties(holder: UUID, since: date, until: date | None, scope: Scope) -> QuerySet[Tie]:
    return Tie.objects.within(scope).filter(holder_id=holder, since__gte=since, until=until).order_by("since")


def made(holder: UUID, region: int, *, days: int = 0, until: date | None = None) -> Tie:
    return Tie.everywhere.create(
        person_id=uuid7(), holder_id=holder, kind="worker", region_id=region, since=DAY + timedelta(days), until=until
    )  # fmt: skip


def test_it_answers_as_the_queryset_does_for_each_value_and_scope() -> None:
    here, there, end = make.village(), make.village(make.OTHER_COUNTY), DAY + timedelta(400)
    holders = [uuid7(), uuid7()]
    for holder in holders:
        for region in (here, there):
            for days in (0, 10, 20):
                made(holder, region, days=days)
                made(holder, region, days=days, until=end)
    kept = asked(ties)
    scopes = [make.user("county_officer", code).scope() for code in (make.COUNTY, make.OTHER_COUNTY)]
    for scope in (*scopes, Scope.EVERYTHING, Scope.NOTHING, *scopes):
        with entered(scope):
            for holder in (*holders, uuid7()):
                for since in (DAY, DAY + timedelta(15), DAY + timedelta(99)):
                    for until in (None, end):
                        found = kept(holder, since, until, scope)
                        assert found == list(ties(holder, since, until, scope))
    assert kept(holders[0], DAY, None, scopes[0]) != kept(holders[0], DAY, None, scopes[1])


def test_a_statement_kept_in_one_scope_is_behind_the_second_lock_in_another() -> None:
    holder, wide = uuid7(), Scope.EVERYTHING
    row = made(holder, make.village(make.OTHER_COUNTY))
    kept = asked(ties)
    assert kept(holder, DAY, None, wide) == [row]
    with entered(make.user("county_officer", make.COUNTY).scope()):
        assert kept(holder, DAY, None, wide) == []


def test_rows_beside_others_and_plain_columns_come_as_they_do_from_the_queryset() -> None:
    user = make.user("county_officer", make.COUNTY)

    @asked
    def grants(user_id: UUID, role: str) -> QuerySet[Grant]:
        return Grant.objects.filter(user_id=user_id, role=role).select_related("region", "user")

    @asked
    def roles(user_id: UUID) -> QuerySet[Grant, Any]:
        return Grant.objects.filter(user_id=user_id).values_list("role", "region_id")

    grants(uuid7(), "nobody")
    with CaptureQueriesContext(
        connection,
    ) as told:
        (found,) = grants(user.pk, "county_officer")
        assert (found.user, found.region.code) == (user, make.COUNTY)
        assert roles(user.pk) == [("county_officer", make.COUNTY)]
    assert len(told) == 2


def test_a_tuple_is_as_many_values_as_it_holds() -> None:
    rows = {holder: made(holder, make.village()) for holder in (uuid7(), uuid7(), uuid7())}

    @asked
    def held(holders: tuple[UUID, ...], kind: str) -> QuerySet[Tie]:
        return Tie.everywhere.filter(holder_id__in=holders, kind=kind).order_by("id")

    for keys in ((), tuple(rows), tuple(rows)[:1], tuple(rows)[1:], (uuid7(),), tuple(rows)[::-1]):
        assert held(keys, "worker") == [row for holder, row in rows.items() if holder in keys]


def test_a_value_that_does_not_reach_the_statement_as_it_is_is_a_defect() -> None:
    @asked
    def around(day: date) -> QuerySet[Tie]:
        return Tie.everywhere.filter(since__gte=day - timedelta(days=1))

    @asked
    def until(day: date) -> QuerySet[Tie]:
        return Tie.everywhere.filter(since__lte=day, until__gt=day - timedelta(days=1))

    for question in (around, until):
        with pytest.raises(TypeError, match="as it is"):
            question(DAY)
