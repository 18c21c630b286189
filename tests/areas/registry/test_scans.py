"""A person's page finds every row by an index: nothing on it grows with the number of persons."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests import make
from tests.areas.registry.samples import people
from tests.kit.people import logged_in

pytestmark = pytest.mark.django_db


def searched(plan: dict[str, Any], person: str) -> Iterator[str]:
    """Tables in which a plan looks for rows of the person without an index on what the person has."""
    bounds = plan.get("Index Cond") or plan.get("Recheck Cond", "")
    if person in plan.get("Filter", "") and "::uuid" not in bounds:
        yield plan["Relation Name"]
    for part in plan.get("Plans", ()):
        yield from searched(part, person)


LED = """SELECT 1 FROM pg_index i JOIN pg_attribute a ON (a.attrelid, a.attnum) = (i.indrelid, i.indkey[0])
         WHERE i.indrelid = %s::regclass AND a.attname IN ('person_id', 'owner_id')"""


def test_a_persons_page_looks_nowhere_through_the_rows_of_others() -> None:
    (person,) = people(1, make.village())
    client = logged_in(make.user("county_officer", make.COUNTY))
    with CaptureQueriesContext(connection) as asked:
        assert client.get(f"/people/{person.pk}/").status_code == 200
    found = set[str]()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # as if every table were long
        for query in asked.captured_queries:
            if query["sql"].startswith("SELECT"):
                cursor.execute("EXPLAIN (FORMAT JSON) " + query["sql"])
                ((plan,),) = cursor.fetchone()
                found |= set(searched(plan["Plan"], str(person.pk)))
        bare = [table for table in found if not cursor.execute(LED, [table]).fetchone()]
    assert not bare, "asked for a person's rows without an index that begins with the person"
