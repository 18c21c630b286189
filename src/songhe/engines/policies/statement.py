"""Working a policy out in the database, apart from the other evaluators: what they gave is checked against it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.db import connection

from songhe.core.rules import Document, Tags
from songhe.core.rules.many import NOBODY, Columns
from songhe.core.rules.sql import columns as columns_of
from songhe.core.rules.sql import statement, tag_name


def by_statement(
    document: Document, columns: Columns, *, on: date, month: date, wanted: Sequence[str]
) -> dict[str, list[Any]]:
    """The values of the wanted rules for each row of the columns; None while pending. Meant for a sample."""
    kinds = columns_of(document)
    names = ", ".join(f'"{name}" {kind}' for name, kind in kinds.items())
    select = statement(document, on=on, month=month, wanted=wanted).replace("%", "%%")
    rows = json.dumps(list(_rows(document, columns)), default=str)
    query = f"WITH given AS (SELECT * FROM jsonb_to_recordset(%s::jsonb) AS x ({names})) {select} ORDER BY 1"  # noqa: S608  names checked at load
    with connection.cursor() as cursor:
        cursor.execute(query, [rows])
        found = cursor.fetchall()
    return {code: [row[place] for row in found] for place, code in enumerate(wanted, start=1)}


def _rows(document: Document, columns: Columns) -> Iterator[dict[str, Any]]:
    for row in range(columns.size):
        facts = columns.facts_of(row, document)
        tags = facts.pop("tags")
        assert isinstance(tags, Tags)
        home = NOBODY if columns.household is None else int(columns.household[row])
        yield {
            "key": row,
            "region": columns.places[int(columns.place[row])],
            "household": None if home == NOBODY else home,
            **facts,
            **{
                f"tag_{tag_name(tag)}": None if tag in tags.unsure else tag in tags.held
                for tag in document.tags
            },
            **{f"holds_{code}": bool(mask[row]) for code, mask in columns.holders.items()},
        }
