"""A list's last page reads as few blocks of the database as its first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests import make

from songhe.engines.access.api import Scope, Tie
from songhe.engines.regions.ids import uuid7
from songhe.kit import paging

pytestmark = pytest.mark.django_db
ROWS = 60_000


def blocks(work: Callable[[], Any]) -> int:
    """How many blocks of the database the statements of some work touch."""
    with CaptureQueriesContext(connection) as asked:
        work()
    with connection.cursor() as cursor:
        return sum(map(partial(_touched, cursor), asked.captured_queries))


def _touched(cursor: Any, query: dict[str, str]) -> int:
    cursor.execute("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + query["sql"])
    ((plan,),) = cursor.fetchone()
    return int(plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"])


@pytest.mark.long
def test_a_deep_page_costs_as_much_as_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "_many", {})
    village = make.village()
    first = date(2020, 1, 1)
    Tie.everywhere.bulk_create(
        [
            Tie(
                id=uuid7(),
                person_id=UUID(int=i),
                holder_id=UUID(int=i),
                kind="kin",
                region_id=village,
                since=first + timedelta(days=i % 2000),
            )
            for i in range(ROWS)
        ],
        batch_size=5000,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE access_tie")
    rows = Tie.objects.within(Scope.EVERYTHING)
    keys = paging.keys_of(Tie, ("id",))
    near = paging.take(rows, keys, "")
    last = next(iter(rows.order_by("id")[ROWS - 200 : ROWS - 199]))
    far_cursor = paging._write(keys, last, ROWS - 200, back=False)
    far = paging.take(rows, keys, far_cursor)
    assert len(far.rows) == len(near.rows) == paging.PAGE
    first_blocks, far_blocks = (blocks(partial(paging.take, rows, keys, c)) for c in ("", far_cursor))
    assert 0 < far_blocks < 2 * first_blocks
    assert paging.counted(rows) == (paging.COUNTED, False)
    with CaptureQueriesContext(connection) as asked:
        assert paging.counted(rows) == (paging.COUNTED, False)
        assert not asked.captured_queries, "many are not counted again for some minutes"
        assert paging.counted(rows.filter(since=first)) == (ROWS // 2000, True)
        elsewhere = Scope(((make.OTHER_COUNTY, make.OTHER_COUNTY + 1),))
        assert paging.counted(Tie.objects.within(elsewhere)) == (0, True), "nor told to another reader"
