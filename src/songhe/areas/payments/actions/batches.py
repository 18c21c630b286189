"""Verbs of batches: prepared, looked at again, decided line by line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Count, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.entitlement.api import names_of_benefits
from songhe.areas.finance.api import Fund, fund_of
from songhe.areas.payments.actions.recovering import keep_back, let_go
from songhe.areas.payments.models import Batch, BatchState, BudgetLine, Due, LineState, PayLine
from songhe.areas.payments.paying import terms
from songhe.areas.payments.queries.doubts import NO_ACCOUNT, doubts, households
from songhe.areas.payments.queries.parts import parts_of
from songhe.areas.payments.queries.payees import in_use
from songhe.areas.payments.queries.waiting import Owed, free, hold_dues, line_for, owed, sum_of
from songhe.core.codes.region import COUNTY, level_of
from songhe.core.refusal import Forbidden, Refused
from songhe.engines.access.api import Actor, elevated
from songhe.engines.acts.api import act, add_detail
from songhe.engines.live.api import publish
from songhe.engines.regions.models import Region
from songhe.kit.fields import Field
from songhe.kit.words import yuan

Purchaser = Annotated[
    Region, Field(label=_("Paying region"), help=_("A county, district or city at county level"))
]
Reason = Annotated[str, Field(label=_("Reason"), long=True, size=400)]
COUNTED = (LineState.READY, LineState.HELD)

_GATHER = """
UPDATE payments_due d SET line_id = l.id FROM unnest(%(lines)s::uuid[], %(whom)s::uuid[]) AS l (id, whom)
WHERE coalesce(d.person_id, d.holder_id) = l.whom AND d.benefit = %(benefit)s AND d.purchaser = %(purchaser)s
  AND d.year = %(year)s AND d.covered AND NOT d.netted AND d.line_id IS NULL AND d.receivable_id IS NULL AND d.fen > 0
"""
"""The payments come as arrays: of rows written a moment ago PostgreSQL knows no number, and would compare each with each."""


@act("payments.prepare", verb="payments.prepare_batch")
def prepare_batch(
    *,
    actor: Actor,
    at: datetime,
    region: Purchaser,
    benefit: Annotated[str, Field(label=_("Benefit"), choices=lambda row, user: _benefits(user))],
    year: Annotated[int, Field(label=_("Budget year"), least=2016, most=2100)],
) -> Batch:
    """Gather what posted runs owe and no batch has, one payment for each person, facility or organisation.

    Refused where nothing waits, where money is lacking for all of it, and while another batch is being prepared.
    """
    if level_of(region.pk) != COUNTY:
        raise Refused(
            "payments.not_county", "A batch is for a county or district. Choose one.", field="region"
        )
    if not actor.scope("payments.prepare").holds(region.pk):
        raise Forbidden(
            "outside_scope", "This is outside your area. Hand it to the colleague who is responsible there."
        )
    fund = fund_of(region.pk, date(year, 1, 1))
    hold_dues(fund.region_id)
    batch = _opened(fund, benefit, actor=actor, at=at)
    with elevated():  # who moved away meanwhile is still paid what was owed here
        found = owed(fund, benefit)
        if not found:
            _nothing(fund, benefit)
        lines = _write(batch, found, actor=actor, at=at)
        with connection.cursor() as cursor:
            cursor.execute(
                _GATHER,
                {
                    "lines": [line.pk for line in lines], "whom": [line.who for line in lines], "benefit": benefit,
                    "purchaser": region.pk, "year": fund.year,
                },
            )  # fmt: skip
        sum_up(batch)
    add_detail(lines=batch.lines, fen=batch.fen)
    return batch


@act("payments.prepare", verb="payments.recheck")
def recheck(batch: Batch, *, actor: Actor, at: datetime) -> Batch:
    """Look again for doubts and for accounts, so that the batch stands on what is known now."""
    need(batch, BatchState.PREPARED)
    with elevated():
        lines = list(PayLine.everywhere.filter(batch=batch, state__in=COUNTED).order_by("seq"))
        look(lines, timezone.localdate(at))
        PayLine.everywhere.bulk_update(
            lines, ["payee", "holder", "bank", "last_four", "doubts", "state"], batch_size=2_000
        )
        sum_up(batch)
    return batch


@act("payments.prepare", verb="payments.confirm_line", locks=False)
def confirm_line(line: PayLine, *, actor: Actor, at: datetime, reason: Reason) -> PayLine:
    """Decide that a doubtful payment is right, and say why."""
    _open_line(line, LineState.HELD)
    if line.payee_id is None:
        raise Refused(
            "payments.no_account",
            "There is no account in use for the payee. Propose one, have it confirmed, and check the batch again.",
        )
    return _say(line, LineState.READY, reason, actor=actor, at=at)


@act("payments.prepare", verb="payments.take_out", locks=False)
def take_out(line: PayLine, *, actor: Actor, at: datetime, reason: Reason) -> PayLine:
    """Take a payment out of a batch, with the reason; what is due waits for the next one."""
    _open_line(line, LineState.HELD, LineState.READY)
    hold_dues(line.batch.region_id)
    let_go(line, actor=actor, at=at)
    Due.everywhere.filter(line=line).update(line=None)
    _say(line, LineState.OUT, reason, actor=actor, at=at)
    sum_up(line.batch)
    return line


def _benefits(user: Any) -> list[tuple[str, str]]:
    """What lines pay: those that are open where the user prepares, and those of the city's data."""
    names, lines = names_of_benefits(), BudgetLine.objects.within(user.scope("payments.prepare"))
    codes = [code for line in terms().lines.values() for code in line.benefits]
    codes += [code for opened in lines.values_list("benefits", flat=True) for code in opened]
    return [(code, names.get(code, code)) for code in dict.fromkeys(codes)]


def _opened(fund: Fund, benefit: str, *, actor: Actor, at: datetime) -> Batch:
    head = f"FF-{fund.region_id // 10**6}-{timezone.localdate(at):%Y%m}-"
    taken = Batch.everywhere.filter(number__startswith=head).aggregate(n=Count("id"))["n"]
    made = Batch(
        region_id=fund.region_id, fund=fund, benefit=benefit, number=f"{head}{taken + 1:03d}",
        prepared_by_id=actor.id, prepared_by=actor.name[:80], prepared_at=at,
    )  # fmt: skip
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        raise Refused(
            "payments.batch_open",
            "A batch of this benefit is being prepared. Approve it or return it first.",
            field="benefit",
        ) from error
    return made


def _nothing(fund: Fund, benefit: str) -> None:
    waits = sum_of(free(fund.region_id, fund.year, [benefit]))
    if waits and line_for(fund.region_id, fund.year, benefit) is None:
        raise Refused(
            "payments.no_line_for",
            "{waits} yuan are due, but no budget line pays this benefit. Open one, or let a line pay it too.",
            field="benefit",
            waits=yuan(waits),
        )
    if waits:
        raise Refused(
            "payments.no_money",
            "{waits} yuan are due, but no money of a budget line covers them. Allot money to the line first.",
            field="benefit",
            waits=yuan(waits),
        )
    raise Refused(
        "payments.nothing",
        "Nothing is waiting to be paid for this benefit. Post a run first.",
        field="benefit",
    )


def _write(batch: Batch, found: Sequence[Owed], *, actor: Actor, at: datetime) -> list[PayLine]:
    homes = households(one.person_id for one in found if one.person_id)
    kept = keep_back(batch, {one.who: one.fen for one in found})
    lines = [
        PayLine(
            batch=batch, seq=seq, number=f"{batch.number}-{seq:05d}", person_id=one.person_id,
            holder_kind=one.holder_kind, holder_id=one.holder_id, organisation_id=one.organisation_id,
            holder_name=one.holder_name, region_id=one.region_id, benefit=batch.benefit, first_month=one.first_month, last_month=one.last_month,
            gross_fen=one.fen, withheld_fen=kept.sum_of(one.who), fen=one.fen - kept.sum_of(one.who),
            household=homes.get(one.who, {}), before=one.failed,
        )
        for seq, one in enumerate(found, 1)
    ]  # fmt: skip
    look(lines, timezone.localdate(at))
    PayLine.everywhere.bulk_create(lines, batch_size=2_000)
    kept.book({line.who: line for line in lines}, actor=actor, at=at)
    return lines


def look(lines: Sequence[PayLine], day: date) -> None:
    """Put accounts and doubts of a day on lines. A doubt already confirmed stays confirmed while nothing is new."""
    for part in parts_of(lines):
        _look(part, day)


def _look(lines: Sequence[PayLine], day: date) -> None:
    payees = in_use([line.who for line in lines], day)
    found = doubts(lines, payees, day)
    for line in lines:
        payee, fresh = payees.get(line.who), found.get(line.who, [])
        settled = bool(line.said) and set(fresh) <= set(line.doubts) and line.payee_id == (payee and payee.pk)
        line.payee_id, line.holder = (payee.pk, payee.holder) if payee else (None, "")
        line.bank, line.last_four = (payee.bank, payee.last_four) if payee else ("", "")
        line.state = LineState.READY if not fresh or (settled and NO_ACCOUNT not in fresh) else LineState.HELD
        line.doubts = fresh


def sum_up(batch: Batch) -> None:
    """Write what the rows of a batch come to; what was approved before has changed, and is approved anew."""
    rows = PayLine.everywhere.filter(batch=batch, state__in=COUNTED)
    sums = rows.aggregate(n=Count("id"), fen=Sum("fen"), kept=Sum("withheld_fen"))
    batch.lines, batch.fen, batch.withheld_fen = sums["n"], sums["fen"] or 0, sums["kept"] or 0
    batch.approved_by_id, batch.approved_by = None, ""  # what was approved before has changed
    batch.save(update_fields=["lines", "fen", "withheld_fen", "approved_by_id", "approved_by"])


def lock_line(line: PayLine) -> Batch:
    """Lock the batch of a payment, then the payment: in the order of verbs of whole batches, so that none waits for ever."""
    batch: Batch = Batch.everywhere.select_for_update(no_key=True, of=("self",)).get(pk=line.batch_id)
    line.refresh_from_db(from_queryset=PayLine.everywhere.select_for_update(no_key=True, of=("self",)))
    line.batch = batch
    return batch


def _open_line(line: PayLine, *states: LineState) -> None:
    need(lock_line(line), BatchState.PREPARED)
    if line.state not in states:
        raise Refused(
            "payments.line_state",
            "This is not possible while the payment is “{state}”. Reload the page and choose again.",
            state=line.get_state_display(),
        )


def _say(line: PayLine, state: LineState, reason: str, *, actor: Actor, at: datetime) -> PayLine:
    line.state, line.said, line.said_by, line.said_at = state, reason, actor.name[:80], at
    line.said_by_id = actor.id
    line.save(update_fields=["state", "said", "said_by", "said_by_id", "said_at"])
    return line


def need(batch: Batch, *states: BatchState) -> None:
    """Refuse a batch that stands elsewhere."""
    if batch.state not in states:
        raise Refused(
            "payments.batch_state",
            "This is not possible while the batch is “{state}”. Reload the page and choose again.",
            state=batch.get_state_display(),
        )


def tell(batch: Batch, *, at: datetime) -> None:
    """Tell open pages where a batch stands."""
    publish("payment-batches", batch.region_id, {"batch": str(batch.pk), "state": str(batch.state)}, at=at)
