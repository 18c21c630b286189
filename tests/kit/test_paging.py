"""A narrowed list's pages and counts are those of the whole list, however they are found."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from tests import make

from songhe.engines.access.api import Scope, Tie
from songhe.engines.regions.ids import uuid7
from songhe.kit import paging

pytestmark = pytest.mark.django_db
FIRST = date(2020, 1, 1)
ORDERS = (
    ("id",),
    ("since", "id"),
    ("-since", "id"),
    ("until", "id"),
    ("-until", "-id"),
    ("region__name", "id"),
)


def ties(number: int) -> QuerySet[Tie]:
    villages = [make.village(), make.village(make.OTHER_COUNTY)]
    Tie.everywhere.bulk_create(
        [
            Tie(
                id=uuid7(), person_id=UUID(int=i), holder_id=UUID(int=i % 3), kind="kin", region_id=villages[i % 2],
                since=FIRST + timedelta(days=i % 7), until=None if i % 5 == 0 else FIRST + timedelta(days=100 + i % 11),
            )
            for i in range(number)
        ]
    )  # fmt: skip
    return Tie.objects.within(Scope.EVERYTHING)


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: order[0])
def test_pages_follow_each_other_and_the_first_knows_how_many_there_are(order: tuple[str, ...]) -> None:
    whole = ties(150)
    rows = whole.filter(holder_id__in=[UUID(int=0), UUID(int=1)])
    keys = paging.keys_of(Tie, order)
    wanted = [row.pk for row in rows.order_by(*(key.term(back=False) for key in keys))]
    shown, cursor, page = [], "", None
    while page is None or cursor:
        page = paging.take(rows, keys, cursor, size=40, whole=whole)
        assert (page.count == (len(wanted), True)) if not cursor else page.count is None
        assert paging.counted(rows, page) == (len(wanted), True)
        shown += [row.pk for row in page.rows]
        cursor = page.after
    assert shown == wanted


def test_the_first_page_asks_once_for_few_and_says_when_there_are_more_than_are_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(paging, "_many", {})
    monkeypatch.setattr(paging, "COUNTED", 60)
    rows, keys = ties(90), paging.keys_of(Tie, ("since", "id"))
    few = rows.filter(holder_id=UUID(int=0))
    with CaptureQueriesContext(connection) as asked:
        page = paging.take(few, keys, "", size=10, whole=rows)
        assert paging.counted(few, page) == (30, True)
    assert len(asked) == 2, "which rows and how many, and then the rows"
    for turn in range(2):
        with CaptureQueriesContext(connection) as asked:
            page = paging.take(rows, keys, "", size=10, whole=rows)
            assert paging.counted(rows, page) == (60, False)
        assert len(asked) == (3 if turn == 0 else 2), "many are not counted again for some minutes"
        assert [row.pk for row in page.rows] == [row.pk for row in rows.order_by("since", "id")[:10]]
    assert paging.take(rows.none(), keys, "", whole=rows) == paging.Page([], 1, "", "", (0, True))
