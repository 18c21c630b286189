"""Posting: the one way by which units move."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import IntegrityError, connection, models, transaction

from songhe.core.books import Journal as Draft
from songhe.core.books import Line
from songhe.core.refusal import Refused
from songhe.engines.access.actor import Actor
from songhe.engines.access.scope import Scope, entered
from songhe.engines.ledger.guards import COMPLETE
from songhe.engines.ledger.models import Account, Journal

_ENTRIES = """
INSERT INTO ledger_entry (journal_id, seq, account_id, amount, at, kind, region_id, owner_id, about_id)
SELECT %(journal)s, m.seq, a.id, m.amount, %(at)s, %(kind)s, a.region_id, a.owner_id, m.about
FROM unnest(%(accounts)s::uuid[], %(amounts)s::bigint[], %(abouts)s::uuid[])
  WITH ORDINALITY AS m(account, amount, about, seq)
JOIN ledger_account a ON a.id = m.account
"""

_LOCK = """
SELECT id, unit, balance - held, may_overdraw FROM ledger_account WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE
"""


@dataclass(frozen=True, slots=True)
class Move:
    """``amount`` whole units into (positive) or out of (negative) an account, for one thing."""

    account_id: UUID
    amount: int
    about_id: UUID | None = None


def carry(source: UUID, target: UUID, amount: int, *, about_id: UUID | None = None) -> tuple[Move, Move]:
    """The two moves that carry a positive amount from one account to another."""
    return Move(source, -amount, about_id), Move(target, amount, about_id)


def post(
    moves: Sequence[Move],
    *,
    key: str,
    kind: str,
    at: datetime,
    actor: Actor,
    about: models.Model | None = None,
) -> Journal:
    """Write one journal with all its entries, once for each ``key``.

    A repeat with the same moves gives the first journal back and moves nothing. Refused are a key used for
    other moves (``key_reused``) and an account without cover (``overdrawn``). Moves that do not balance in
    each unit raise ValueError. The right to post is the calling action's; the engine sees all accounts.
    A batch is one journal: 100,000 entries are one statement.
    """
    with entered(Scope.EVERYTHING):
        draft = _journal(moves, key=key, kind=kind, at=at, actor=actor, about=about)
        first = _claim(draft)
        if first is not None:
            return first
        accounts = _locked({move.account_id for move in moves})
        Draft(tuple(Line(str(m.account_id), accounts[m.account_id].unit, m.amount) for m in moves))
        _covered(accounts, moves)
        _write(draft, moves)
    return draft


def locked(ids: Sequence[UUID]) -> dict[UUID, Account]:
    """The accounts, locked in the order of their ids until the transaction ends."""
    rows = (
        Account.everywhere.filter(pk__in=list(ids))
        .order_by("pk")
        .select_for_update(no_key=True, of=("self",))
    )
    return {account.pk: account for account in rows}


def overdrawn(account: Account, missing: int) -> Refused:
    """The refusal for an account without cover, naming it and what is missing."""
    return Refused(
        "overdrawn",
        "“{account}” has {free} {unit} left, {missing} short. Choose less, or top up the account first.",
        rule="no-overdraft",
        account=str(account),
        free=account.free,
        unit=account.get_unit_display(),
        missing=missing,
    )


class _Cover(NamedTuple):
    """What posting must know of a locked account; a tuple, because a batch locks a hundred thousand."""

    unit: str
    free: int
    may_overdraw: bool


def _locked(ids: set[UUID]) -> dict[UUID, _Cover]:
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [sorted(ids)])
        found = {row[0]: _Cover(*row[1:]) for row in cursor.fetchall()}
    if missing := ids - set(found):
        raise ValueError(f"no such account: {', '.join(sorted(map(str, missing)))}")
    return found


def _journal(
    moves: Sequence[Move], *, key: str, kind: str, at: datetime, actor: Actor, about: models.Model | None
) -> Journal:
    body = sorted(f"{m.account_id} {m.amount} {m.about_id}" for m in moves)
    digest = hashlib.sha256("\n".join([kind, *body]).encode()).digest()
    about_id = about.pk if about is not None and isinstance(about.pk, UUID) else None
    if not moves:
        raise ValueError("a journal has at least two lines")
    return Journal(
        key=key,
        digest=digest,
        kind=kind,
        region_id=getattr(about, "region_id", None) or _region(moves[0].account_id),
        at=at,
        actor_id=actor.id,
        actor_name=actor.name[:80],
        about_kind=about._meta.label_lower if about is not None else "",
        about_id=about_id,
        size=len(moves),
    )


def _region(account_id: UUID) -> int:
    found: int | None = Account.everywhere.filter(pk=account_id).values_list("region_id", flat=True).first()
    if found is None:
        raise ValueError(f"no such account: {account_id}")
    return found


def _claim(draft: Journal) -> Journal | None:
    """Write the journal's head; the first journal instead where the key was used for the same moves."""
    if not draft.key or len(draft.key) > 200:
        raise ValueError("a journal's key has 1 to 200 characters")
    try:
        with transaction.atomic():
            draft.save(force_insert=True)
    except IntegrityError:
        first: Journal | None = Journal.everywhere.filter(key=draft.key).first()
        if first is None:
            raise
        if bytes(first.digest) != draft.digest:
            raise Refused(
                "key_reused", "This key was used for another posting. Use a new key.", field="key"
            ) from None
        return first
    return None


def _covered(accounts: Mapping[UUID, _Cover], moves: Sequence[Move]) -> None:
    change: dict[UUID, int] = {}
    for move in moves:
        change[move.account_id] = change.get(move.account_id, 0) + move.amount
    for account_id in sorted(change):
        account = accounts[account_id]
        after = account.free + change[account_id]
        if after < 0 and not account.may_overdraw:
            raise overdrawn(Account.everywhere.get(pk=account_id), -after)


def _write(journal: Journal, moves: Sequence[Move]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            _ENTRIES,
            {
                "journal": journal.pk,
                "at": journal.at,
                "kind": journal.kind,
                "accounts": [m.account_id for m in moves],
                "amounts": [m.amount for m in moves],
                "abouts": [m.about_id for m in moves],
            },
        )
        cursor.execute(f"SET CONSTRAINTS {COMPLETE} IMMEDIATE")
        cursor.execute(f"SET CONSTRAINTS {COMPLETE} DEFERRED")
