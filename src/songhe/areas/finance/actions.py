"""Verbs of finance: allot, prepare, approve, return, pay."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from django.db.models import Count
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from songhe.areas.contracts import api as contracts
from songhe.areas.entitlement.api import HOME_SERVICE, bring_back
from songhe.areas.finance.books import booked_once, fund_account, owed_account, place_account, settled
from songhe.areas.finance.models import Fund, Line, Settlement, State
from songhe.areas.finance.queries import (
    Accepted,
    grant_code,
    locked_fund,
    minutes_left,
    payable_room,
    promised_minutes,
    waiting,
)
from songhe.areas.finance.rules import Fen, Payable, payable, totals
from songhe.areas.verification.api import look_through
from songhe.areas.visits import api as visits
from songhe.core.codes.region import COUNTY, level_of
from songhe.core.measure import Period
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor, elevated
from songhe.engines.acts.api import act, four_eyes, record_write
from songhe.engines.ledger.api import (
    Account,
    Journal,
    Unit,
    carry,
    post,
)
from songhe.engines.live.api import publish
from songhe.engines.regions.models import Level, Region
from songhe.kit.fields import Field

Purchaser = Annotated[
    Region, Field(label=_("Purchaser"), help=_("A county, district or city at county level"))
]


@act("finance.budget", verb="finance.open_fund")
def open_fund(
    *,
    actor: Actor,
    at: datetime,
    region: Purchaser,
    year: Annotated[int, Field(label=_("Year"), least=2016, most=2100)],
    name: Annotated[str, Field(label=_("Fund name"))],
) -> Fund:
    """Open a purchaser's fund for one year; refused where the county has one already."""
    if region.level != Level.COUNTY:
        raise Refused("not_county", "A purchaser is a county or district. Choose one.", field="region")
    if Fund.everywhere.filter(region=region, year=year).exists():
        raise Refused(
            "fund_exists",
            "There is already a fund for {year}. Allot money to that one.",
            field="year",
            year=year,
        )
    made: Fund = Fund.everywhere.create(region=region, year=year, name=name)
    fund_account(made, at=at)
    return made


@act("finance.budget", verb="finance.allot")
def allot(
    fund: Fund,
    *,
    actor: Actor,
    at: datetime,
    amount: Annotated[Fen, Field(label=_("Amount (yuan)"), least=1)],
    document: Annotated[
        str, Field(label=_("Budget document"), help=_("Number of the budget document"), size=120)
    ],
) -> Journal:
    """Put money of a budget document into a fund; one document is booked once."""
    treasury = place_account(fund.region_id, "treasury", unit=Unit.FEN, at=at)
    fund.source = document
    fund.save(update_fields=["source"])
    moves = carry(treasury.pk, fund_account(fund, at=at).pk, amount)
    key = f"finance.allot:{fund.pk}:{document}"
    with booked_once():
        return post(moves, key=key, kind="finance.allot", at=at, actor=actor, about=fund)


@act("finance.prepare", verb="finance.prepare_month")
def prepare_month(
    *,
    actor: Actor,
    at: datetime,
    region: Purchaser,
    month: Annotated[date, Field(label=_("Month"), help=_("Any day of the month"))],
) -> Fund:
    """Prepare a settlement for every organisation with accepted visits in a county and month.

    Returns the fund that will pay. Refused are a month that is not over, and a month with nothing to settle.
    """
    period = Period.holding(month)
    if period.end > _today(at):
        raise Refused("month_open", "This month is not over. Choose an earlier one.", field="month")
    if level_of(region.code) != COUNTY:
        raise Refused("not_county", "A purchaser is a county or district. Choose one.", field="region")
    look_through(at=at, low=region.code, high=region.upper)  # nothing is paid that nobody compared
    fund = locked_fund(region.code, period.start)
    found = waiting(actor.scope("finance.prepare"), region, period)
    if not found:
        raise Refused("nothing", "No accepted visits of this month are awaiting settlement.", field="month")
    for organisation_id in sorted(found):
        _prepare(fund, organisation_id, period, found[organisation_id], actor=actor, at=at)
    return fund


@act("finance.approve")
def approve(settlement: Settlement, *, actor: Actor, at: datetime) -> Settlement:
    """Approve what somebody else prepared: minutes and money move in one journal, and the visits are settled."""
    _must_be(settlement, State.PREPARED)
    four_eyes(settlement.prepared_by_id, actor)
    paid = list(Line.everywhere.filter(settlement=settlement, active=True).order_by("on", "id"))
    _within_contracts(paid)
    _bring_back(settlement, paid, actor=actor, at=at)
    moves = settled(settlement, paid, at=at)
    if not moves:
        raise Refused("nothing_payable", "Nothing in this settlement is payable. Return it with a reason.")
    settlement.journal = post(
        moves,
        key=f"finance.settle:{settlement.pk}",
        kind="finance.settle",
        at=at,
        actor=actor,
        about=settlement,
    )
    visits.mark_settled(
        {line.visit_id: line.minutes for line in paid}, batch=settlement.number, actor=actor, at=at
    )
    _book_on_contracts(paid, at=at)
    _decide(settlement, State.APPROVED, actor=actor, at=at)
    _tell(settlement, actor=actor, at=at)
    return settlement


Decided = Callable[[Settlement, Actor, datetime], None]
_DECIDED: list[Decided] = []


def when_decided(effect: Decided) -> Decided:
    """Let an area hear of a settlement that was approved, returned or paid: ``effect(settlement, actor, at)``, inside the act."""
    _DECIDED.append(effect)
    return effect


def _tell(settlement: Settlement, *, actor: Actor, at: datetime) -> None:
    for effect in _DECIDED:
        effect(settlement, actor, at)


@act("finance.approve", verb="finance.return")
def send_back(
    settlement: Settlement,
    *,
    actor: Actor,
    at: datetime,
    reason: Annotated[str, Field(label=_("Reason"), long=True, size=400)],
) -> Settlement:
    """Return a settlement with a reason; its visits are free to be prepared again."""
    _must_be(settlement, State.PREPARED)
    Line.everywhere.filter(settlement=settlement).update(active=False)
    settlement.reason = reason
    _decide(settlement, State.RETURNED, actor=actor, at=at)
    _tell(settlement, actor=actor, at=at)
    return settlement


@act("finance.claim", verb="finance.confirm")
def confirm(settlement: Settlement, *, actor: Actor, at: datetime) -> Settlement:
    """The organisation agrees with the figures."""
    if settlement.state == State.RETURNED:
        raise Refused("returned", "This settlement was returned. Wait for the new one.")
    settlement.confirmed_at = at
    settlement.save(update_fields=["confirmed_at"])
    return settlement


@act("finance.pay")
def pay(
    settlement: Settlement,
    *,
    actor: Actor,
    at: datetime,
    paid_on: Annotated[date, Field(label=_("Paid on"))],
    reference: Annotated[str, Field(label=_("Payment reference"), size=80)],
) -> Settlement:
    """Record that the bank paid an approved settlement; what was owed is owed no more."""
    _must_be(settlement, State.APPROVED)
    if paid_on > _today(at):
        raise Refused("in_future", "The payment date is in the future. Enter the date on the bank's record.", field="paid_on")  # fmt: skip
    if settlement.fen:
        owed = owed_account(settlement, at=at)
        paid = place_account(settlement.region_id, "paid", unit=Unit.FEN, at=at)
        post(
            carry(owed.pk, paid.pk, settlement.fen, about_id=settlement.pk),
            key=f"finance.pay:{settlement.pk}",
            kind="finance.pay",
            at=at,
            actor=actor,
            about=settlement,
        )
    settlement.state, settlement.paid_on, settlement.reference = State.PAID, paid_on, reference
    settlement.save(update_fields=["state", "paid_on", "reference"])
    _tell(settlement, actor=actor, at=at)
    return settlement


def _prepare(
    fund: Fund, organisation_id: UUID, period: Period, accepted: Accepted, *, actor: Actor, at: datetime
) -> Settlement:
    persons = {given.person_id for given in accepted.given}
    grants = Counter(minutes_left(persons, period.start))
    grants.subtract(promised_minutes(persons, period.start))
    found = payable(
        accepted.given, grants=grants, prices=accepted.prices, ceilings=payable_room(accepted.contracts)
    )
    sums = totals(found)
    made: Settlement = Settlement.everywhere.create(
        organisation_id=organisation_id,
        region_id=fund.region_id,
        fund=fund,
        month=period.start,
        number=_number(fund.region_id, period),
        visits=sums.visits,
        minutes=sums.minutes,
        payable_minutes=sums.payable_minutes,
        fen=sums.fen,
        prepared_by_id=actor.id,
        prepared_by=actor.name[:80],
        prepared_at=at,
    )
    Line.everywhere.bulk_create([_line(made, one) for one in found], batch_size=2_000)
    record_write("finance.prepare", made, actor=actor, at=at, after={"visits": sums.visits, "fen": sums.fen})
    return made


def settle_claimed(
    fund: Fund,
    organisation_id: UUID,
    month: date,
    lines: Sequence[Line],
    *,
    returned_fen: int,
    source_id: UUID,
    actor: Actor,
    at: datetime,
) -> Settlement:
    """Prepare a settlement from lines that another area has accepted, net of what it deducted and with what it gives back.

    Inside its act; whoever accepted them prepared it, and so may not approve it. The fund is locked by the caller.
    """
    made = Settlement(
        organisation_id=organisation_id,
        region_id=fund.region_id,
        fund=fund,
        month=month,
        number=_number(fund.region_id, Period.holding(month)),
        visits=len(lines),
        minutes=sum(line.minutes for line in lines),
        payable_minutes=sum(line.payable_minutes for line in lines),
        fen=sum(line.fen for line in lines) + returned_fen,
        deducted_fen=sum(line.deducted_fen for line in lines),
        returned_fen=returned_fen,
        source_id=source_id,
        prepared_by_id=actor.id,
        prepared_by=actor.name[:80],
        prepared_at=at,
    )
    made.save(force_insert=True)
    for line in lines:
        line.settlement, line.organisation_id = made, organisation_id
    Line.everywhere.bulk_create(lines, batch_size=2_000)
    told = {"visits": made.visits, "fen": made.fen, "returned_fen": returned_fen}
    record_write("finance.prepare", made, actor=actor, at=at, after=told)
    return made


def _line(settlement: Settlement, one: Payable) -> Line:
    return Line(
        settlement=settlement,
        visit_id=one.given.visit_id,
        person_id=one.given.person_id,
        organisation_id=settlement.organisation_id,
        region_id=one.given.region_id,
        item=one.given.item,
        on=one.given.on,
        minutes=one.given.minutes,
        payable_minutes=one.minutes,
        unit_fen=one.unit_fen,
        fen=one.fen,
        reason=one.reason,
        contract_id=one.given.contract,
    )


def _within_contracts(lines: Sequence[Line]) -> None:
    """Refuse what has gone beyond a contract's ceiling since it was prepared; the contracts are locked meanwhile."""
    sums: dict[UUID, contracts.Amount] = defaultdict(contracts.Amount)
    for line in lines:
        if line.contract_id is not None:
            sums[line.contract_id] += contracts.Amount(line.fen, line.payable_minutes, 1)
    with elevated():  # an order in one region takes of a ceiling that holds for all of them
        rows = contracts.Contract.everywhere.filter(pk__in=list(sums)).order_by("pk")
        numbers = {row.pk: row.number for row in rows.select_for_update(no_key=True, of=("self",))}
    for key, (fen, minutes) in contracts.unsettled_room(sums).items():
        if sums[key].fen > fen or (minutes is not None and sums[key].minutes > minutes):
            raise Refused(
                "contract_ceiling",
                "Contract {contract} has {left} yuan left to be paid, and this settlement pays {cost} under it. Return it, "
                "or amend the contract.",
                contract=numbers[key],
                left=contracts.in_yuan(fen),
                cost=contracts.in_yuan(sums[key].fen),
            )


def _book_on_contracts(lines: Sequence[Line], *, at: datetime) -> None:
    """Tell the contracts what was settled of them."""
    under = {line.visit_id: line for line in lines if line.contract_id is not None}
    orders = visits.orders_by_visit(under)
    contracts.settle([(orders[key], line.fen, line.payable_minutes) for key, line in under.items()], at=at)


def _number(region_id: int, period: Period) -> str:
    """JS-<county>-<month>-<running number>; taken under the fund's lock, so none is given twice."""
    head = f"JS-{region_id // 10**6}-{period.start:%Y%m}-"
    taken = Settlement.everywhere.filter(number__startswith=head).aggregate(n=Count("id"))["n"]
    return f"{head}{taken + 1:04d}"


def _bring_back(settlement: Settlement, lines: Sequence[Line], *, actor: Actor, at: datetime) -> None:
    """What went on to the next month comes back for visits that nobody knew of then, as far as they lack it: the earliest
    month first, since it takes of the later ones."""
    needed: defaultdict[date, Counter[UUID]] = defaultdict(Counter)
    for line in lines:
        needed[line.on.replace(day=1)][line.person_id] += line.payable_minutes
    for month, counts in sorted(needed.items()):
        rows = Account.everywhere.filter(owner_id__in=list(counts), unit=Unit.MINUTE, code=grant_code(month))
        free = {account.owner_id: account.free for account in rows}
        short = {key: count - free.get(key, 0) for key, count in counts.items() if count > free.get(key, 0)}
        if short:
            key = f"finance.settle:{settlement.pk}:back:{month:%Y-%m}"
            bring_back(HOME_SERVICE, month, short, key=key, actor=actor, at=at)


def _must_be(settlement: Settlement, state: State) -> None:
    if settlement.state != state:
        raise Refused(
            "wrong_state",
            "This settlement is now {state}. Open it again to see what happened.",
            state=settlement.get_state_display(),
        )


def _decide(settlement: Settlement, state: State, *, actor: Actor, at: datetime) -> None:
    settlement.state, settlement.decided_by, settlement.decided_at = state, actor.name[:80], at
    settlement.save(update_fields=["state", "decided_by", "decided_at", "journal", "reason"])
    publish(
        "settlements",
        settlement.region_id,
        {"settlement": str(settlement.pk), "state": str(state)},
        at=at,
        holder_id=settlement.organisation_id,
    )


def _today(at: datetime) -> date:
    return localtime(at).date()
