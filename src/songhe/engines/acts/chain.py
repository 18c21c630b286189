"""Sealing acts into a hash chain, and checking it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

BATCH = 50_000


@dataclass(frozen=True, slots=True)
class Fault:
    """The first thing found wrong: the seal, the act where one can be named, and what is wrong."""

    seal: int
    act: str
    what: str


def seal(at: datetime) -> int:
    """Seal the acts not yet sealed; returns how many."""
    total = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute("SELECT acts_seal(%s, %s)", [at, BATCH])
            count = int(cursor.fetchone()[0])
        total += count
        if count < BATCH:
            return total


def verify(anchor: tuple[int, str] | None = None) -> Fault | None:
    """Walk the chain from its start; None where it is whole.

    ``anchor`` is a seal's number and hash (hex) kept by another level: it shows when the chain's end was cut off.
    """
    return _changed_act() or _broken_seal() or _missing_anchor(anchor)


def latest() -> tuple[int, str] | None:
    """Number and hash (hex) of the newest seal, for another level to keep."""
    row = _one("SELECT no, encode(hash, 'hex') FROM acts_seal ORDER BY no DESC LIMIT 1")
    return (int(row[0]), str(row[1])) if row else None


def _changed_act() -> Fault | None:
    row = _one(
        "SELECT coalesce(a.seal_no, 0), a.id, a.at FROM acts_act a"
        " WHERE a.digest IS DISTINCT FROM acts_digest(a) ORDER BY a.seq LIMIT 1"
    )
    return Fault(int(row[0]), str(row[1]), "this act was changed after it was written") if row else None


def _broken_seal() -> Fault | None:
    row = _one(
        "WITH found AS (SELECT seal_no, count(*) AS acts, string_agg(digest, ''::bytea ORDER BY seq) AS digests"
        "  FROM acts_act WHERE seal_no IS NOT NULL GROUP BY seal_no),"
        " link AS (SELECT s.*, lag(s.hash, 1, ''::bytea) OVER (ORDER BY s.no) AS expected,"
        "  lag(s.no, 1, 0::bigint) OVER (ORDER BY s.no) AS before FROM acts_seal s)"
        " SELECT coalesce(l.no, f.seal_no), CASE"
        "  WHEN l.no IS NULL THEN 'the seal over these acts is missing'"
        "  WHEN l.no <> l.before + 1 THEN 'a seal before this one is missing'"
        "  WHEN l.previous <> l.expected THEN 'this seal does not follow the one before it'"
        "  WHEN f.seal_no IS NULL OR f.acts <> l.acts THEN 'acts under this seal are missing or were added'"
        "  ELSE 'the acts under this seal are not those it was made over' END"
        " FROM link l FULL JOIN found f ON f.seal_no = l.no"
        " WHERE l.no IS NULL OR f.seal_no IS NULL OR l.no <> l.before + 1 OR l.previous <> l.expected"
        "  OR f.acts <> l.acts OR l.hash <> sha256(l.previous || f.digests)"
        " ORDER BY 1 LIMIT 1"
    )
    return Fault(int(row[0]), "", str(row[1])) if row else None


def _missing_anchor(anchor: tuple[int, str] | None) -> Fault | None:
    if anchor is None:
        return None
    row = _one("SELECT encode(hash, 'hex') FROM acts_seal WHERE no = %s", [anchor[0]])
    if row is None:
        return Fault(anchor[0], "", "the chain ends before a seal that another level keeps")
    return (
        None
        if row[0] == anchor[1]
        else Fault(anchor[0], "", "another level keeps a different hash for this seal")
    )


def _one(statement: str, values: list[Any] | None = None) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row
