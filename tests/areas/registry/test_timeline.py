"""What happened to a person is told to whoever may know of it, and to nobody else who sees the person."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from tests import make
from tests.areas.entitlement.samples import grants
from tests.kit.people import logged_in

from songhe.areas.registry.queries.having import SOURCES, had
from songhe.areas.registry.queries.timeline import FEEDERS, happenings
from songhe.engines.access.api import entered, roles
from songhe.kit.spec import RECORDS, Panel, panels_of

pytestmark = pytest.mark.django_db


def test_each_part_needs_its_right() -> None:
    (grant,) = grants(1, make.village())
    person = grant.person
    officer, assessor = make.user("county_officer", make.COUNTY), make.user("assessor", make.COUNTY)
    assert grant.name in [one.text for one in happenings(person, officer)]
    told = [one.text for one in happenings(person, assessor)]
    assert grant.name not in told
    assert len(told) < len(happenings(person, officer))


def test_every_part_names_a_right_that_somebody_holds() -> None:
    held = {right for role in roles().values() for right in role.rights}
    assert {right for right, _source, _feeder in FEEDERS} <= held


def test_a_part_whose_table_has_nothing_of_the_person_is_not_asked() -> None:
    (grant,) = grants(1, make.village())
    officer, other = make.user("county_officer", make.COUNTY), make.person(name="李秀英")
    for person, rows in ((grant.person, True), (other, False)):
        plain = [
            one
            for right, _source, feeder in FEEDERS
            if officer.may(right)
            for one in feeder(person, officer.scope(right))
        ]
        with CaptureQueriesContext(connection) as asked:
            told = happenings(person, officer)
        assert sorted(one.text for one in told) == sorted(one.text for one in plain), "nothing is left out"
        tables = [query["sql"] for query in asked.captured_queries if query["sql"].startswith('SELECT "')]
        assert not rows or [sql for sql in tables if "entitlement_grant" in sql]
        assert not [sql for sql in tables if "visits_visit" in sql], "no visit was ever made"


def test_a_page_is_the_same_whether_empty_tables_are_asked_or_not() -> None:
    user, person = make.user("city_officer", make.CITY), make.person()
    page: Any = logged_in(user).get(f"/people/{person.pk}/")
    request = page.wsgi_request
    with entered(user.scope("registry.view")):
        assert had(person, request) < set(SOURCES), "some of them are empty"
        for title, part in panels_of(RECORDS["people"]):
            if isinstance(part, Panel):
                request.had = {}
                skipped = render_to_string(
                    part.template, {"row": person, **part.query(person, request)}, request
                )
                request.had = {person.pk: frozenset(SOURCES)}
                asked = render_to_string(
                    part.template, {"row": person, **part.query(person, request)}, request
                )
                assert skipped == asked, title


def test_whether_a_table_has_a_row_of_the_person_is_read_off_an_index() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, a.attname FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid"
            " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0] WHERE i.indpred IS NULL"
        )
        indexed = set(cursor.fetchall())
    wanted = {(model._meta.db_table, by) for model, by in SOURCES}
    assert ("ledger_account", "owner_id") in wanted, "every area has registered"
    assert wanted <= indexed
