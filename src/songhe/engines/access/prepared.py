"""Statements that the database reads and plans once for each connection: with row-level security that takes it longer than the
answer, for questions about one person some five times as long."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connections
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.backends.utils import CursorWrapper

MOST = 300
"""So many are kept on a connection, each some 40 kB of the database's memory; the one not used for longest goes first."""


def rows_of(
    text: str, params: Sequence[Any], *, using: str = "default", kept: bool = True
) -> list[tuple[Any, ...]]:
    """The rows of a statement with its values, which go to the database apart from it unless it is not to be ``kept``.

    Where ``prepare_threshold`` is emptied in the database's address, for a pooler that cannot keep statements, it is read anew
    each time.
    """
    here = connections[using]
    here.ensure_connection()
    plain = here.queries_logged or not kept  # a log is to show the values
    with here.cursor() if plain else _binding(here) as cursor:
        cursor.execute(text, params)
        return list(cursor.fetchall())


def _binding(here: Any) -> CursorWrapper:
    here.connection.prepared_max = max(here.connection.prepared_max, MOST)
    binding: Any = ServerBindingCursor  # of psycopg; its stubs take it for a cursor of Django
    cursor: CursorWrapper = here.make_cursor(binding(here.connection))
    return cursor
