"""Statements that the database reads and plans once for each connection: with row-level security that takes it longer than the
answer, for questions about one person some five times as long."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connections
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.backends.utils import CursorWrapper

MOST = 300
"""So many are kept on a connection, each some 40 kB of the database's memory; the one not used for longest goes first."""


def rows_of(
    text: str, params: Sequence[Any], *, using: str = "default", kept: bool = True
) -> list[tuple[Any, ...]]:
    """The rows of a statement with its values, which go to the database apart from it unless it is not to be ``kept``.

    Where `SONGHE_PREPARED` is 0, for a pooler that cannot keep statements, it is read anew each time.
    """
    here = connections[using]
    if here.queries_logged or not kept or not settings.PREPARED:  # a log is to show the values
        with here.cursor() as cursor:
            cursor.execute(text, params)
            return list(cursor.fetchall())
    with _binding(here) as cursor, _keeping(here.connection):
        cursor.execute(text, params)
        return list(cursor.fetchall())


def _binding(here: Any) -> CursorWrapper:
    here.close_if_health_check_failed()
    here.ensure_connection()
    binding: Any = ServerBindingCursor  # of psycopg; its stubs take it for a cursor of Django
    cursor: CursorWrapper = here.make_cursor(binding(here.connection))
    return cursor


@contextmanager
def _keeping(line: Any) -> Iterator[None]:
    """Let psycopg keep what is asked in this block; all else on the connection it is neither to keep nor to count, since
    those texts hold their values.
    """
    line.prepare_threshold, line.prepared_max = 0, MOST
    try:
        yield
    finally:
        line.prepare_threshold = None
