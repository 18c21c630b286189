"""The list for the bank: its rows, and a hash over them that whoever has the file can work out again."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from songhe.areas.entitlement.api import names_of_benefits
from songhe.areas.payments.models import Batch, LineState, Payee, PayLine
from songhe.areas.payments.paying import bank_text
from songhe.areas.payments.queries.parts import in_parts
from songhe.areas.payments.queries.payees import numbers
from songhe.core.refusal import Refused


@dataclass(frozen=True, slots=True)
class FileRow:
    """One row of the list."""

    number: str
    holder: str
    account: str
    bank: str
    fen: int
    remark: str
    seq: int = 0
    bank_name: str = ""
    branch: str = ""
    first_month: str = ""
    last_month: str = ""
    benefit: str = ""

    def __repr__(self) -> str:
        return f"FileRow({self.number}, …)"


def file_rows(batch: Batch) -> list[FileRow]:
    """The payments of a batch that the bank makes, with account numbers in the clear."""
    sent = PayLine.everywhere.filter(batch=batch).exclude(state__in=[LineState.OUT, LineState.HELD])
    benefit = names_of_benefits().get(batch.benefit, batch.benefit)
    rows: list[FileRow] = []
    for part in in_parts(sent.exclude(reason="stopped").select_related("payee")):
        found = numbers(line.payee for line in part if line.payee is not None)
        for line in part:
            if line.payee is None or line.payee.pk not in found:
                raise Refused(
                    "payments.erased",
                    "The account of {number} can no longer be read, because the data of its holder was erased. Stop that payment.",
                    number=line.number,
                )
            rows.append(_row(line, line.payee, found[line.payee.pk], benefit, len(rows) + 1))
    return rows


def _row(line: PayLine, payee: Payee, account: str, benefit: str, seq: int) -> FileRow:
    bank = bank_text(line.bank)
    return FileRow(
        number=line.number,
        holder=line.holder,
        account=account,
        bank=f"{bank} {payee.branch}".strip(),
        fen=line.fen,
        remark=f"{line.first_month:%Y-%m}"
        + (f"~{line.last_month:%Y-%m}" if line.last_month > line.first_month else ""),
        seq=seq,
        bank_name=bank,
        branch=payee.branch,
        first_month=f"{line.first_month:%Y-%m}",
        last_month=f"{line.last_month:%Y-%m}",
        benefit=benefit,
    )


def file_hash(rows: Sequence[FileRow]) -> str:
    """SHA-256 over number, account and fen of every row, each on a line of its own."""
    text = "\n".join(f"{row.number},{row.account},{row.fen}" for row in rows)
    return hashlib.sha256(text.encode()).hexdigest()
