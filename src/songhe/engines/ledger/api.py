"""The door of the ledger: the names others use."""

from songhe.engines.ledger.accounts import Owner, account_of, accounts_of, follow
from songhe.engines.ledger.holds import expire, reserve, settle, void
from songhe.engines.ledger.models import Account, Entry, Hold, Journal, OwnerKind, Unit
from songhe.engines.ledger.posting import Move, carry, post
from songhe.engines.ledger.reading import Statement, StatementLine, balance, faults, statement

__all__ = [
    "Account",
    "Entry",
    "Hold",
    "Journal",
    "Move",
    "Owner",
    "OwnerKind",
    "Statement",
    "StatementLine",
    "Unit",
    "account_of",
    "accounts_of",
    "balance",
    "carry",
    "expire",
    "faults",
    "follow",
    "post",
    "reserve",
    "settle",
    "statement",
    "void",
]
