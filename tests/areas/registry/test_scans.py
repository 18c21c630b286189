"""A person's page finds every row by an index: nothing on it grows with the number of persons."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests import make
from tests.areas.registry.samples import people
from tests.kit.people import logged_in

pytestmark = pytest.mark.django_db
SMALL = {"regions_region", "policies_policyversion", "forms_formversion", "providers_organisation"}
"""Tables whose length does not follow the number of persons."""


def scanned(plan: dict[str, Any]) -> Iterator[str]:
    """Tables that a plan reads from end to end."""
    if plan["Node Type"] == "Seq Scan":
        yield plan["Relation Name"]
    for part in plan.get("Plans", ()):
        yield from scanned(part)


def test_a_persons_page_reads_no_table_from_end_to_end() -> None:
    (person,) = people(1, make.village())
    client = logged_in(make.user("county_officer", make.COUNTY))
    with CaptureQueriesContext(connection) as asked:
        assert client.get(f"/people/{person.pk}/").status_code == 200
    found = set[str]()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for query in asked.captured_queries:
            if query["sql"].startswith("SELECT"):
                cursor.execute("EXPLAIN (FORMAT JSON) " + query["sql"])
                (told,) = cursor.fetchone()
                plan = told[0] if isinstance(told, list) else json.loads(told)[0]
                found |= set(scanned(plan["Plan"]))
    assert found <= SMALL, found - SMALL
