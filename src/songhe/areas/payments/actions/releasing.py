"""Verbs after the approval: the list goes to the bank, and what the bank did comes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.finance.api import place_account
from songhe.areas.payments.actions.approving import changed_since, hash_of
from songhe.areas.payments.actions.batches import Reason, lock_line
from songhe.areas.payments.actions.budgets import cover, hold_again, moves_back
from songhe.areas.payments.actions.recovering import let_go
from songhe.areas.payments.models import Batch, BatchState, Due, LineState, PayLine
from songhe.areas.payments.paying import bank_reasons, said
from songhe.areas.payments.queries.files import file_hash, file_rows
from songhe.areas.payments.queries.samples import sample_of
from songhe.areas.payments.queries.waiting import hold_dues, line_for
from songhe.areas.payments.rules.splitting import split
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor, elevated
from songhe.engines.acts.api import act, add_detail, four_eyes
from songhe.engines.ledger.api import Entry, Unit, carry, post
from songhe.engines.live.api import publish
from songhe.kit.fields import Field
from songhe.kit.words import yuan

STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Result:
    """What the bank did with one payment: paid, or why not."""

    line: PayLine
    paid: bool
    reason: str = ""
    on: date | None = None


@act("payments.release", verb="payments.release")
def release(batch: Batch, *, actor: Actor, at: datetime) -> Batch:
    """Send a batch to the bank once its sample is done. Journal, rows and file must have the same sum."""
    if batch.state != BatchState.APPROVED:
        raise _wrong(batch)
    four_eyes(batch.prepared_by_id, actor)
    sample = sample_of(batch)
    if not sample.is_done:
        raise Refused(
            "payments.sample_open",
            "The sample is not done: {open} of {drawn} are not verified, {wrong} are wrong and not explained.",
            rule="sample-first", open=sample.open, drawn=sample.drawn, wrong=sample.wrong,
        )  # fmt: skip
    with elevated():  # rows of persons who moved away meanwhile belong to it
        _as_approved(batch, timezone.localdate(at))
        rows = file_rows(batch)
        _same_sums(batch, sum(row.fen for row in rows))
        batch.file_hash = file_hash(rows)
    batch.state, batch.released_by, batch.released_at = BatchState.RELEASED, actor.name[:80], at
    batch.save()
    add_detail(rows=len(rows), hash=batch.file_hash)
    return _tell(batch, at=at)


@act("payments.approve", verb="payments.stop_line", locks=False)
def stop_line(line: PayLine, *, actor: Actor, at: datetime, reason: Reason) -> PayLine:
    """Stop a payment of an approved batch before the bank has it: its money is set aside again, and it waits."""
    batch = lock_line(line)
    if batch.state != BatchState.APPROVED or line.state != LineState.READY:
        raise _wrong(batch)
    line.said, line.said_by, line.said_by_id, line.said_at = reason, actor.name[:80], actor.id, at
    line.save(update_fields=["said", "said_by", "said_by_id", "said_at"])
    with elevated():
        _fail(batch, [Result(line, paid=False, reason=STOPPED)], actor=actor, at=at)
        _sum_up(batch)
    line.refresh_from_db()
    return line


@act("payments.approve", verb="payments.stop_changed")
def stop_changed(batch: Batch, *, actor: Actor, at: datetime, reason: Reason) -> Batch:
    """Stop every payment of an approved batch of which something became known since: each waits for the next batch."""
    if batch.state != BatchState.APPROVED:
        raise _wrong(batch)
    with elevated():
        lines = changed_since(batch, timezone.localdate(at))
        if not lines:
            raise Refused(
                "payments.nothing_changed",
                "Nothing new has become known about these payments since the approval.",
            )
        for line in lines:
            line.said, line.said_by, line.said_by_id, line.said_at = reason, actor.name[:80], actor.id, at
        PayLine.everywhere.bulk_update(lines, ["said", "said_by", "said_by_id", "said_at"], batch_size=2_000)
        _fail(batch, [Result(line, paid=False, reason=STOPPED) for line in lines], actor=actor, at=at)
        _sum_up(batch)
    add_detail(stopped=len(lines))
    return _tell(batch, at=at)


@act("payments.release", verb="payments.enter_result", locks=False)
def enter_result(
    line: PayLine,
    *,
    actor: Actor,
    at: datetime,
    reason: Annotated[
        str,
        Field(
            label=_("Bank's reason"),
            help=_("Leave empty if it was paid."),
            choices=lambda row, user: _reasons(),
        ),
    ] = "",
    on: Annotated[date | None, Field(label=_("Paid on"))] = None,
) -> PayLine:
    """Enter by hand what the bank did with one payment."""
    batch = lock_line(line)
    if line.state != LineState.READY:
        raise Refused("payments.result_known", "The bank's result of this payment is known already.")
    if not reason and on is None:
        raise Refused("payments.result_needed", "Enter the day of payment, or the bank's reason.", field="on")
    take_results(batch, actor=actor, at=at, results=[Result(line, paid=not reason, reason=reason, on=on)])
    line.refresh_from_db()
    return line


@act("payments.release", verb="payments.results")
def take_results(batch: Batch, *, actor: Actor, at: datetime, results: Sequence[Any]) -> Batch:
    """Book what the bank did: payable becomes paid, what failed goes back and waits with the reason.

    A result that is known already changes nothing.
    """
    if batch.state not in (BatchState.RELEASED, BatchState.DONE):
        raise _wrong(batch)
    hold_dues(batch.region_id)
    states = dict(
        PayLine.everywhere.filter(batch=batch, pk__in=[one.line.pk for one in results]).values_list(
            "pk", "state"
        )
    )
    fresh = [one for one in results if states.get(one.line.pk) == LineState.READY]
    with elevated():
        _paid(batch, [one for one in fresh if one.paid], actor=actor, at=at)
        _fail(batch, [one for one in fresh if not one.paid], actor=actor, at=at)
    # Added up and not counted anew: answers come in parts, and each would read the whole batch.
    batch.paid_fen += sum(one.line.fen for one in fresh if one.paid)
    batch.failed_fen += sum(one.line.fen for one in fresh if not one.paid)
    if batch.paid_fen + batch.failed_fen == batch.fen:
        batch.state = BatchState.DONE
    batch.save()
    add_detail(paid=sum(one.paid for one in fresh), failed=sum(not one.paid for one in fresh))
    return _tell(batch, at=at)


@act("payments.release", verb="payments.take_return", locks=False)
def take_return(
    line: PayLine,
    *,
    actor: Actor,
    at: datetime,
    reason: Annotated[
        str, Field(label=_("Bank's reason"), choices=lambda row, user: [one for one in _reasons() if one[0]])
    ],
    on: Annotated[date, Field(label=_("Returned on"))],
    reference: Annotated[
        str, Field(label=_("Reference"), help=_("The bank's record of the returned money."), size=80)
    ],
) -> PayLine:
    """Record that the bank sent back what it had paid: it is set aside again, and waits for the next batch."""
    batch = lock_line(line)
    if line.state != LineState.PAID:
        raise Refused(
            "payments.not_paid", "Only a paid amount can be returned. Enter the bank's result instead."
        )
    if on > timezone.localdate(at) or (line.paid_on and on < line.paid_on):
        raise Refused(
            "payments.return_day",
            "The return date must be after the payment and not in the future. Enter the date on the bank's record.",
            field="on",
        )
    hold_dues(batch.region_id)
    with elevated():
        _fail(batch, [Result(line, paid=False, reason=reason)], actor=actor, at=at, out="paid")
        _sum_up(batch)
    line.refresh_from_db()
    add_detail(on=f"{on}", reference=reference, fen=line.fen)
    return line


def _reasons() -> list[tuple[str, str]]:
    return [("", str(_("Paid"))), *((code, said(found.label)) for code, found in bank_reasons().items())]


def _paid(batch: Batch, results: Sequence[Result], *, actor: Actor, at: datetime) -> None:
    if not results:
        return
    days: dict[date | None, list[UUID]] = {}
    for one in results:
        days.setdefault(one.on, []).append(one.line.pk)
    for day, keys in days.items():
        PayLine.everywhere.filter(pk__in=keys).update(state=LineState.PAID, paid_on=day, reason="")
    payable = place_account(batch.region_id, "payable", unit=Unit.FEN, at=at)
    paid = place_account(batch.region_id, "paid", unit=Unit.FEN, at=at)
    moves = carry(payable.pk, paid.pk, sum(one.line.fen for one in results), about_id=batch.pk)
    post(moves, key=_key("paid", results), kind="payments.paid", at=at, actor=actor, about=batch)


def _fail(
    batch: Batch, results: Sequence[Result], *, actor: Actor, at: datetime, out: str = "payable"
) -> None:
    """Reverse payments by a journal of their own; what is due is covered again and waits for the next batch.

    ``out``: where their money is, payable or paid.
    """
    if not results:
        return
    line = line_for(batch.region_id, batch.fund.year, batch.benefit)
    assert line is not None, "a batch was posted from its line, and lines are never removed"
    hold_dues(batch.region_id)
    for one in results:
        one.line.state, one.line.reason, one.line.paid_on = LineState.FAILED, one.reason, None
        let_go(one.line, actor=actor, at=at)
    back = _unbound(results)
    PayLine.everywhere.bulk_update(
        [one.line for one in results], ["state", "reason", "paid_on"], batch_size=2_000
    )
    failed = sum(one.line.fen for one in results)
    left = list(batch.parts.items())
    parts = dict(
        zip((level for level, _fen in left), split(failed, [fen for _level, fen in left]), strict=True)
    )
    kind = "failed" if out == "payable" else "returned"
    source = place_account(batch.region_id, out, unit=Unit.FEN, at=at)
    moves = moves_back(line, parts, source, about=batch, at=at)
    post(moves, key=_key(kind, results), kind=f"payments.{kind}", at=at, actor=actor, about=batch)
    batch.parts = {level: fen - parts[level] for level, fen in left}
    _cover_again(line, results, back, parts, at=at)


def _unbound(results: Sequence[Result]) -> list[int]:
    """Take what was due off payments that failed, so that it waits; the keys of what waits."""
    by_reason: dict[str, list[UUID]] = {}
    for one in results:
        by_reason.setdefault(one.reason, []).append(one.line.pk)
    back: list[int] = []
    for reason, lines in by_reason.items():
        rows = Due.everywhere.filter(line__in=lines)
        back += rows.values_list("pk", flat=True)
        rows.update(line=None, covered=False, failed=reason)
    return back


def _cover_again(
    line: Any, results: Sequence[Result], back: Sequence[int], parts: dict[str, int], *, at: datetime
) -> None:
    """Money that came back is set aside for the same amounts; where part of it was kept back, the line covers the rest."""
    if all(one.line.withheld_fen == 0 for one in results):
        Due.everywhere.filter(pk__in=back).update(covered=True)
        hold_again(line, parts, at=at)
    else:
        cover(line, at=at)


def _key(what: str, results: Sequence[Result]) -> str:
    from songhe.engines.acts.once import digest_of

    return f"payments.{what}:{digest_of(sorted(str(one.line.pk) for one in results))}"


def _as_approved(batch: Batch, day: date) -> None:
    """Refuse rows that are not those that were approved, and payments of which something became known since."""
    if hash_of(batch) != batch.hash:
        raise Refused(
            "payments.not_as_approved",
            "The rows are no longer those that were approved, so nothing is sent. Report this.",
        )
    changed = changed_since(batch, day)
    if changed:
        raise Refused(
            "payments.changed_since",
            "Something new has become known about {count} payments since the approval: a death, a doubt or another account ({numbers}). Stop those payments first.",
            count=len(changed), numbers="、".join(line.number for line in changed[:5]),
        )  # fmt: skip


def _same_sums(batch: Batch, file_fen: int) -> None:
    lines = PayLine.everywhere.filter(batch=batch, state=LineState.READY).aggregate(n=Sum("fen"))["n"] or 0
    payable = (
        Entry.everywhere.filter(about_id=batch.pk, account__code="payable").aggregate(n=Sum("amount"))["n"]
        or 0
    )
    if not lines == payable == file_fen == batch.fen - batch.failed_fen or not lines:
        raise Refused(
            "payments.sums_differ",
            "Journal {journal}, rows {rows} and file {file} differ, so nothing is sent. Report this.",
            rule="journal-rows-file", journal=yuan(payable), rows=yuan(lines), file=yuan(file_fen),
        )  # fmt: skip


def _sum_up(batch: Batch) -> None:
    rows = PayLine.everywhere.filter(batch=batch)
    batch.paid_fen = rows.filter(state=LineState.PAID).aggregate(n=Sum("fen"))["n"] or 0
    batch.failed_fen = rows.filter(state=LineState.FAILED).aggregate(n=Sum("fen"))["n"] or 0
    batch.save()


def _wrong(batch: Batch) -> Refused:
    return Refused(
        "payments.batch_state",
        "This is not possible while the batch is “{state}”. Reload the page and choose again.",
        state=batch.get_state_display(),
    )


def _tell(batch: Batch, *, at: datetime) -> Batch:
    publish("payment-batches", batch.region_id, {"batch": str(batch.pk), "state": str(batch.state)}, at=at)
    return batch
