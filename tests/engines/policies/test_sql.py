"""The statement that a policy becomes agrees with the evaluators: on random policies and people, and once a household."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.core.test_rules import CALLS, HOURS, MONTH, WEIHAI
from tests.core.test_rules_constructs import CITY, FACTS, MADE
from tests.core.test_rules_examples import POLICIES
from tests.core.test_rules_exclusive import COUNTY, ELSEWHERE, Town, people, towns
from tests.core.test_rules_many import crowds, documents

from songhe.core.refusal import Refused
from songhe.core.rules import Document, FactValue, Tags, build, decide_each, linked, program
from songhe.core.rules.grid import grid
from songhe.core.rules.many import decide_all, gathered
from songhe.core.rules.sql import columns, statement, tag_name
from songhe.core.sources import read

pytestmark = pytest.mark.django_db
SLOW = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def worked(
    document: Document,
    people: list[dict[str, FactValue]],
    regions: list[int],
    homes: list[int | None],
    wanted: Sequence[str] = (),
) -> list[tuple[Any, ...]]:
    """The statement's rows over these people."""
    kinds = columns(document)
    rows = [
        _row(document, person, number, region, home)
        for number, (person, region, home) in enumerate(zip(people, regions, homes, strict=True))
    ]
    holes = ", ".join(f"%s::{kind}" for kind in kinds.values())
    given_rows = ", ".join(f"({holes})" for _row in rows)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"WITH given ({', '.join(map(quoted, kinds))}) AS (VALUES {given_rows}) {statement(document, on=MONTH, month=MONTH, wanted=wanted).replace('%', '%%')} ORDER BY 1",
            [value for row in rows for value in row],
        )  # fmt: skip
        return [row[1:] for row in cursor.fetchall()]


def quoted(name: str) -> str:
    return f'"{name}"'


def _row(
    document: Document, person: dict[str, FactValue], number: int, region: int, home: int | None
) -> list[Any]:
    tags = person.get("tags")
    held = tags if isinstance(tags, Tags) else Tags(frozenset(), frozenset(document.tags))
    found: dict[str, Any] = {"key": number, "region": region, "household": home}
    found |= {code: person.get(code) for code in document.facts}
    found |= {
        f"tag_{tag_name(tag)}": True if tag in held.held else None if tag in held.unsure else False
        for tag in document.tags
    }
    return [found.get(name) for name in columns(document)]


@SLOW
@given(documents(), crowds)
def test_the_statement_agrees_on_random_policies_and_people(
    document: Document, crowd: list[tuple[dict[str, FactValue], int]]
) -> None:
    facts, regions = [one for one, _region in crowd], [region for _one, region in crowd]
    codes = [rule.code for rule in document.rules if rule.grants]
    try:
        alone = [
            tuple(
                outcome.value
                for outcome in decide_each(
                    program(document, on=MONTH, region=region), codes, one, month=MONTH
                ).values()
            )
            for one, region in crowd
        ]
    except Refused:
        worked(document, facts, regions, [None] * len(facts))
        return
    assert worked(document, facts, regions, [None] * len(facts)) == alone


@pytest.mark.parametrize(("policy", "region"), [(HOURS, WEIHAI), (MADE, CITY)])
def test_the_statement_agrees_on_every_kind_of_person(policy: Document, region: int) -> None:
    table, _complete = grid([policy], on=MONTH, region=region, most=150)
    people = [{**FACTS, **table.facts_of(row, policy)} for row in range(table.size)]
    made = decide_all(policy, gathered(policy, people, regions=[region] * table.size), on=MONTH, month=MONTH)
    together = [tuple(int(found.values[row]) for found in made.values()) for row in range(table.size)]
    assert worked(policy, people, [region] * table.size, [None] * table.size) == together


@pytest.mark.parametrize("file", POLICIES, ids=lambda file: f"{file.parts[-3]}-{file.stem}")
def test_the_statement_agrees_with_the_columns_on_every_policy_that_comes_along(file: Path) -> None:
    policy = build(read(file.read_text(encoding="utf-8"), name=file.name))
    codes = [rule.code for rule in policy.rules]
    table, _complete = grid([policy], on=MONTH, region=policy.region, most=200)
    people = [table.facts_of(row, policy) for row in range(table.size)]
    columns_ = gathered(policy, people, regions=[policy.region] * table.size)
    made = decide_all(policy, columns_, on=MONTH, month=MONTH, wanted=codes)
    together = [tuple(int(made[code].values[row]) for code in codes) for row in range(table.size)]
    assert worked(policy, people, [policy.region] * table.size, [None] * table.size, codes) == together


@SLOW
@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.booleans(), st.none() | st.dates(date(2020, 1, 1), date(2026, 1, 1))),
        min_size=1,
        max_size=12,
    )
)
def test_the_statement_agrees_on_what_a_household_receives_once(
    crowd: list[tuple[int, bool, date | None]],
) -> None:
    people: list[dict[str, FactValue]] = [
        {"enrolled": enrolled, "enrolled_on": since, "birth": date(1950, 1, 1)}
        for _home, enrolled, since in crowd
    ]
    homes = [home - 1 for home, *_rest in crowd]
    made = decide_all(
        CALLS,
        gathered(CALLS, people, regions=[WEIHAI] * len(people), households=homes),
        on=MONTH,
        month=MONTH,
    )
    found = worked(CALLS, people, [WEIHAI] * len(people), [home if home >= 0 else None for home in homes])
    assert [row[0] for row in found] == made["call_subsidy"].values.tolist()


@SLOW
@given(towns(), people)
def test_the_statement_agrees_on_benefits_that_exclude_each_other(
    town: Town, crowd: list[dict[str, FactValue]]
) -> None:
    for one in linked(town.documents()):
        name = one.code.removeprefix("of-")
        places = [COUNTY if row % 2 or one.region == COUNTY else ELSEWHERE for row in range(len(crowd))]
        alone = [
            (decide_each(program(one, on=MONTH, region=place), [name], facts, month=MONTH)[name].value,)
            for facts, place in zip(crowd, places, strict=True)
        ]
        assert worked(one, crowd, places, [None] * len(crowd), [name]) == alone
