"""Verbs of whom a batch is laid before: approved by one or two others, in whole or without what is doubtful, or returned."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated

from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.finance.api import place_account
from songhe.areas.payments.actions.batches import COUNTED, Reason, look, need, sum_up, tell
from songhe.areas.payments.actions.budgets import free_hold, level_moves
from songhe.areas.payments.actions.checking import draw_sample
from songhe.areas.payments.actions.recovering import let_go
from songhe.areas.payments.models import Batch, BatchState, Due, LineState, PayLine
from songhe.areas.payments.paying import terms
from songhe.areas.payments.queries.doubts import doubts
from songhe.areas.payments.queries.parts import PART, in_parts
from songhe.areas.payments.queries.payees import in_use
from songhe.areas.payments.queries.waiting import hold_dues, line_for
from songhe.areas.payments.rules.splitting import split
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor, elevated
from songhe.engines.acts.api import act, add_detail, four_eyes
from songhe.engines.ledger.api import Unit, post
from songhe.kit.fields import Field

Seen = Annotated[str, Field(label=_("As it was seen"), hidden=True, size=64)]
"""The digest of the rows that somebody looked at; empty where nobody did."""


@act("payments.approve", verb="payments.approve_batch")
def approve_batch(batch: Batch, *, actor: Actor, at: datetime, seen: Seen = "") -> Batch:
    """Approve what others prepared: a large one needs a second person. The last approval posts one journal.

    Who decided a doubt of it prepared it as well. Refused where the rows are no longer those that were ``seen``.
    """
    need(batch, BatchState.PREPARED)
    _may_decide(batch, actor, seen)
    hold_dues(batch.region_id)
    with elevated():
        lines = list(PayLine.everywhere.filter(batch=batch, state__in=COUNTED).order_by("seq"))
        _decided(lines, timezone.localdate(at))
        if terms().batches.approvals(batch.fen) == 2 and batch.approved_by_id is None:
            batch.approved_by_id, batch.approved_by = actor.id, actor.name[:80]
            batch.save(update_fields=["approved_by_id", "approved_by"])
            return batch
        if batch.approved_by_id is None:
            batch.approved_by_id, batch.approved_by = actor.id, actor.name[:80]
        else:
            batch.second_by_id, batch.second_by = actor.id, actor.name[:80]
        _post(batch, lines, actor=actor, at=at)
        draw_sample(batch, lines)
    batch.state, batch.approved_at = BatchState.APPROVED, at
    batch.save()
    tell(batch, at=at)
    return batch


@act("payments.approve", verb="payments.approve_undoubted")
def approve_undoubted(batch: Batch, *, actor: Actor, at: datetime, reason: Reason, seen: Seen = "") -> Batch:
    """Take what is doubtful out of a batch, with one reason, and approve the rest; what was due waits for the next one."""
    need(batch, BatchState.PREPARED)
    _may_decide(batch, actor, seen)
    hold_dues(batch.region_id)
    with elevated():
        held = PayLine.everywhere.filter(batch=batch, state=LineState.HELD)
        for line in held.filter(withheld_fen__gt=0):
            let_go(line, actor=actor, at=at)
        Due.everywhere.filter(line__in=held).update(line=None)
        count = held.update(
            state=LineState.OUT, said=reason, said_by_id=actor.id, said_by=actor.name[:80], said_at=at
        )
        sum_up(batch)
    add_detail(taken_out=count)
    return approve_batch(batch, actor=actor, at=at)


@act("payments.approve", verb="payments.return_batch")
def return_batch(batch: Batch, *, actor: Actor, at: datetime, reason: Reason) -> Batch:
    """Return a batch with the reason; what is due waits for the next one."""
    need(batch, BatchState.PREPARED)
    hold_dues(batch.region_id)
    with elevated():
        for line in PayLine.everywhere.filter(batch=batch, withheld_fen__gt=0, state__in=COUNTED):
            let_go(line, actor=actor, at=at)
        Due.everywhere.filter(line__batch=batch).update(line=None)
        PayLine.everywhere.filter(batch=batch).update(state=LineState.OUT)
    batch.state, batch.note = BatchState.RETURNED, reason
    batch.save(update_fields=["state", "note"])
    tell(batch, at=at)
    return batch


def seen_of(batch: Batch) -> str:
    """SHA-256 over the rows of a batch as somebody sees them who is about to decide."""
    rows = PayLine.everywhere.filter(batch=batch).order_by("seq")
    with elevated():  # a digest alone
        shown = list(rows.values_list("number", "fen", "state", "payee_id"))
    return hashlib.sha256(repr(shown).encode()).hexdigest()


def hash_of(batch: Batch) -> str:
    """SHA-256 over who gets how much on which account, in the order of the rows; what was taken out has no part in it."""
    rows = PayLine.everywhere.filter(batch=batch).exclude(state=LineState.OUT).order_by("seq")
    shown = rows.values_list("number", Coalesce("person_id", "holder_id"), "fen", "payee__account_hash")
    made, between = hashlib.sha256(), ""
    for number, who, fen, account in shown.iterator(chunk_size=PART):
        made.update(f"{between}{number} {who} {fen} {bytes(account).hex()}".encode())
        between = "\n"
    return made.hexdigest()


def changed_since(batch: Batch, day: date) -> list[PayLine]:
    """Payments of an approved batch that would not be approved any more: a death, a doubt, an account that is not in use."""
    out = []
    for lines in in_parts(PayLine.everywhere.filter(batch=batch, state=LineState.READY)):
        payees = in_use([line.who for line in lines], day)
        found = doubts(lines, payees, day)
        out += [
            line
            for line in lines
            if set(found.get(line.who, ())) - set(line.doubts)
            or line.payee_id != (payees[line.who].pk if line.who in payees else None)
        ]
    return out


def _may_decide(batch: Batch, actor: Actor, seen: str) -> None:
    four_eyes(batch.prepared_by_id, actor)
    four_eyes(batch.approved_by_id, actor)
    if PayLine.everywhere.filter(batch=batch, said_by_id=actor.id, state__in=COUNTED).exists():
        four_eyes(actor.id, actor)
    if seen and seen != seen_of(batch):
        raise Refused(
            "payments.seen_changed",
            "The batch has changed since you looked at it. Look at it again, then decide.",
        )


def _decided(lines: Sequence[PayLine], day: date) -> None:
    """Refuse while a payment is doubtful, or has become so since the batch was prepared."""
    if not lines:
        raise Refused("payments.empty", "No payment is left in this batch. Return it.")
    held = sum(line.state == LineState.HELD for line in lines)
    if held:
        raise Refused(
            "payments.undecided",
            "{count} payments are doubtful. Confirm them or take them out first.",
            count=held,
        )
    before = {line.pk: (list(line.doubts), line.payee_id) for line in lines}
    look(lines, day)
    if any(
        set(line.doubts) - set(before[line.pk][0]) or line.payee_id != before[line.pk][1] for line in lines
    ):
        raise Refused(
            "payments.changed",
            "Something new has become known since this batch was prepared: a death, a doubt or another account. Have it checked again.",
        )


def _post(batch: Batch, lines: Sequence[PayLine], *, actor: Actor, at: datetime) -> None:
    """One journal: what is paid goes from the levels of the budget line to payable; the rest of the hold is free."""
    line = line_for(batch.region_id, batch.fund.year, batch.benefit)
    if line is None:
        raise Refused("payments.line_gone", "There is no budget line for this benefit any more. Open one.")
    gross, net = sum(one.gross_fen for one in lines), sum(one.fen for one in lines)
    held = free_hold(line, gross, at=at)
    parts = dict(zip(held, split(net, list(held.values())), strict=True))
    payable = place_account(batch.region_id, "payable", unit=Unit.FEN, at=at)
    moves = level_moves(line, parts, payable, about=batch, at=at)
    batch.journal = post(
        moves, key=f"payments.approve:{batch.pk}", kind="payments.approve", at=at, actor=actor, about=batch
    )
    batch.parts = {level: part for level, part in parts.items() if part}
    batch.hash = hash_of(batch)
