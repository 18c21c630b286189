"""Reading the books: balances, statements, and the check that stored and derived figures agree."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F, Sum, Value, Window

from songhe.engines.access.scope import Scope, entered
from songhe.engines.ledger.models import Account, Entry


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One entry with the balance after it."""

    at: datetime
    kind: str
    amount: int
    balance: int
    about_id: UUID | None
    journal_id: UUID


@dataclass(frozen=True, slots=True)
class Statement:
    """An account between two moments: what was there, what moved, what is there."""

    account: Account
    opening: int
    lines: tuple[StatementLine, ...]
    closing: int


def balance(account: Account | UUID) -> int:
    """The account's balance now, from the database, in whole units."""
    pk = account if isinstance(account, UUID) else account.pk
    return int(Account.everywhere.values_list("balance", flat=True).get(pk=pk))


def statement(
    account: Account, *, since: datetime | None = None, until: datetime | None = None, last: int | None = None
) -> Statement:
    """Entries from ``since`` up to, not including, ``until``; with ``last`` only that many newest ones."""
    rows = Entry.everywhere.filter(account=account)
    brought = 0
    if since is not None:
        brought = rows.filter(at__lt=since).aggregate(total=Sum("amount"))["total"] or 0
        rows = rows.filter(at__gte=since)
    if until is not None:
        rows = rows.filter(at__lt=until)
    moved = rows.aggregate(total=Sum("amount"))["total"] or 0
    running = Window(Sum("amount"), order_by=[F("at").asc(), F("id").asc()])
    newest = rows.annotate(after=running + Value(brought)).order_by("-at", "-id")
    lines = tuple(_line(entry) for entry in reversed(newest[:last]))
    opening = lines[0].balance - lines[0].amount if lines else brought
    return Statement(account, opening, lines, brought + moved)


def _line(entry: Any) -> StatementLine:
    return StatementLine(entry.at, entry.kind, entry.amount, entry.after, entry.about_id, entry.journal_id)


_FAULTS = """
SELECT 'unit ' || unit || ' does not add up to 0', sum(balance)::text
  FROM ledger_account GROUP BY unit HAVING sum(balance) <> 0
UNION ALL
SELECT 'balance of account ' || a.id, a.balance || ' instead of ' || coalesce(s.total, 0)
  FROM ledger_account a
  LEFT JOIN (SELECT account_id, sum(amount) AS total FROM ledger_entry GROUP BY 1) s ON s.account_id = a.id
  WHERE a.balance <> coalesce(s.total, 0)
UNION ALL
SELECT 'held on account ' || a.id, a.held || ' instead of ' || coalesce(h.total, 0)
  FROM ledger_account a
  LEFT JOIN (SELECT account_id, sum(amount) AS total FROM ledger_hold WHERE state = 'pending' GROUP BY 1) h
    ON h.account_id = a.id
  WHERE a.held <> coalesce(h.total, 0)
UNION ALL
SELECT 'journal ' || e.journal_id || ' in ' || a.unit, sum(e.amount)::text
  FROM ledger_entry e JOIN ledger_account a ON a.id = e.account_id
  GROUP BY e.journal_id, a.unit HAVING sum(e.amount) <> 0
"""


def faults() -> list[tuple[str, str]]:
    """Everything in the books that does not add up: what, and by how much. Empty when they are whole."""
    with entered(Scope.EVERYTHING), connection.cursor() as cursor:
        cursor.execute(_FAULTS)
        return [(str(what), str(much)) for what, much in cursor.fetchall()]
