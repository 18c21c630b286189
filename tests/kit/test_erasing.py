"""What is left of erased persons anywhere: one of everything is made for persons of one rare name, and all are erased.

A table that comes to keep names in clear must say so in its ``names``, or this test finds it.
"""

from __future__ import annotations

import pytest
from django.db import connection
from tests import make

from songhe.areas.registry.actions.persons import correct
from songhe.areas.registry.api import Person, add_contact, erase_again
from songhe.engines.access.api import SYSTEM
from songhe.kit.clock import now

pytestmark = [pytest.mark.django_db, pytest.mark.long]
NAME = "鄢雪柏"
SOMEBODYS = {"tokens", "jobs", "all-jobs"}
"""Samples that belong to the user who reads them, and name nobody."""
COLUMNS = """
SELECT table_name, column_name, data_type FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
 WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
   AND data_type IN ('text', 'character varying', 'json', 'jsonb', 'bytea', 'ARRAY')
"""


def holding(word: str) -> set[str]:
    """Every column of every table in which a word stands in clear."""
    found = set()
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        for table, column, kind in cursor.fetchall():
            text = f"convert_to(%s, 'UTF8') IN \"{column}\"" if kind == "bytea" else f'%s IN "{column}"::text'
            cursor.execute(f'SELECT 1 FROM "{table}" WHERE position({text}) > 0 LIMIT 1', [word])
            if cursor.fetchone():
                found.add(f"{table}.{column}")
    return found


def test_nothing_in_clear_is_left_of_an_erased_person(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(make.person.__kwdefaults__, "name", NAME)
    for slug in make.SAMPLES.keys() - SOMEBODYS:
        make.SAMPLES[slug](1, make.village())
    told = make.person(id_number="", phone="13800008888")
    add_contact(told, actor=SYSTEM, at=now(), name=f"{NAME}之子", phone="13900000000")
    correct(told, actor=SYSTEM, at=now(), name="王五", sex=told.sex, where_from="户口簿")
    assert {
        "registry_person.name",
        "registry_move.person_name",
        "registry_contact.name",
        "registry_fact.value",
    } <= holding(NAME)
    for person in [told, *Person.everywhere.filter(name=NAME)]:
        person.refresh_from_db()
        erase_again(person, actor=SYSTEM, at=now())
    assert holding(NAME) == set()
