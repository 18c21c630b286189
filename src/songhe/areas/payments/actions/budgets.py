"""Verbs of budgets, and setting money of their lines aside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from songhe.areas.finance.api import Fen, Fund, booked_once, fund_account, place_account
from songhe.areas.payments.models import BudgetLevel, BudgetLine, Due, Level, Source
from songhe.areas.payments.paying import LineTerms, SourceTerms, said, source_terms, terms
from songhe.areas.payments.queries.waiting import hold_dues, in_money, sum_of, uncovered
from songhe.areas.payments.rules.shortfall import BLOCK, QUEUE, covered
from songhe.areas.payments.rules.splitting import WHOLE, most_within, split
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor, elevated
from songhe.engines.acts.api import act, add_detail
from songhe.engines.ledger.api import (
    Account,
    Hold,
    Move,
    Owner,
    OwnerKind,
    Unit,
    account_of,
    carry,
    post,
    reserve,
    void,
)
from songhe.kit.fields import Field
from songhe.kit.words import yuan


def _kinds(_row: Any, _user: Any) -> list[tuple[str, str]]:
    return [(code, said(found.label)) for code, found in terms().sources.items()]


def _lines(_row: Any, _user: Any) -> list[tuple[str, str]]:
    return [(code, said(found.label)) for code, found in terms().lines.items()]


def _sources(row: Any, user: Any) -> Any:
    rows = Source.objects.within(user.scope("finance.budget"))
    return rows.filter(fund_id=row.fund_id) if row is not None else rows


OfFund = Annotated[Fund, Field(label=_("Fund"))]
FromSource = Annotated[Source, Field(label=_("Source of money"), among=_sources)]


@act("finance.budget", verb="payments.open_line")
def open_line(
    *,
    actor: Actor,
    at: datetime,
    fund: OfFund,
    code: Annotated[str, Field(label=_("Budget line"), choices=_lines)],
) -> BudgetLine:
    """Open a budget line of a fund, with the shares and rules that the city's data gives it now."""
    found = terms().lines.get(code)
    if found is None:
        raise Refused(
            "payments.no_line", "There is no such budget line. Choose one from the list.", field="code"
        )
    if BudgetLine.everywhere.filter(fund=fund, code=code).exists():
        raise Refused(
            "payments.line_open", "This fund has that line already. Allot money to it.", field="code"
        )
    return _opened(fund, found, at=at)


@act("finance.budget", verb="payments.pay_also")
def pay_also(
    line: BudgetLine,
    *,
    actor: Actor,
    at: datetime,
    benefit: Annotated[str, Field(label=_("Benefit"), choices=lambda row, user: _unpaid(row))],
) -> BudgetLine:
    """Let a line pay one more benefit, such as one of a policy issued since; what waits is covered at once."""
    if any(line.purpose in rule.only for rule in terms().sources.values()):
        raise Refused(
            "payments.line_tied",
            "The money of “{line}” is earmarked. Choose another line.",
            field="benefit", rule="tied-money", line=str(line),
        )  # fmt: skip
    if benefit not in dict(_unpaid(line)):
        raise Refused(
            "payments.benefit_taken",
            "No policy grants this in money, or a line already pays it. Choose one from the list.",
            field="benefit",
        )
    line.benefits = [*line.benefits, benefit]
    line.save(update_fields=["benefits"])
    with elevated():  # who moved away meanwhile is still owed
        cover(line, at=at)
    return line


def _unpaid(line: BudgetLine | None) -> list[tuple[str, str]]:
    """Benefits in money that no line of the fund pays, nor one that may still be opened."""
    if line is None:
        return []
    taken = {code for one in terms().lines.values() for code in one.benefits}
    for codes in BudgetLine.everywhere.filter(fund_id=line.fund_id).values_list("benefits", flat=True):
        taken |= set(codes)
    return [(code, name) for code, name in in_money().items() if code not in taken]


@act("finance.budget", verb="payments.receive")
def receive(
    *,
    actor: Actor,
    at: datetime,
    fund: OfFund,
    rule: Annotated[str, Field(label=_("Kind of money"), choices=_kinds)],
    amount: Annotated[Fen, Field(label=_("Amount (yuan)"), least=1)],
    document: Annotated[str, Field(label=_("Budget document"), size=120)],
    whole: Annotated[
        Fen | None,
        Field(
            label=_("Total amount (yuan)"), help=_("The total of which it is a share, if a rule requires it.")
        ),
    ] = None,
) -> Source:
    """Receive money under a rule; refused where it breaks the rule. One document is booked once."""
    found = source_terms(rule)
    _keeps_rule(fund, found, amount, whole)
    if Source.everywhere.filter(fund=fund, rule=rule, document=document).exists():
        raise Refused("payments.document_booked", "This document is booked already.", field="document")
    made: Source = Source.everywhere.create(
        fund=fund, region_id=fund.region_id, rule=rule, level=found.level, document=document, fen=amount,
        whole_fen=whole, received_at=at, received_by=actor.name[:80],
    )  # fmt: skip
    origin = (
        fund_account(fund, at=at)
        if found.from_fund
        else place_account(fund.region_id, "treasury", unit=Unit.FEN, at=at)
    )
    moves = carry(origin.pk, source_account(made, at=at).pk, amount, about_id=made.pk)
    post(moves, key=f"payments.receive:{made.pk}", kind="payments.receive", at=at, actor=actor, about=made)
    return made


@act("finance.budget", verb="payments.allot")
def allot_line(
    line: BudgetLine,
    *,
    actor: Actor,
    at: datetime,
    source: FromSource,
    amount: Annotated[Fen, Field(label=_("Amount (yuan)"), least=1)],
    document: Annotated[str, Field(label=_("Number of the allotment"), size=80)],
) -> BudgetLine:
    """Give a line money of a source, for that source's level; then what waits is covered. A number is booked once."""
    if source.fund_id != line.fund_id:
        raise Refused(
            "payments.other_fund",
            "This money belongs to another fund. Choose one of this fund.",
            field="source",
        )
    rule = source_terms(source.rule)
    if rule.only and line.purpose not in rule.only:
        raise Refused(
            "payments.tied",
            "“{kind}” is earmarked and may not be used for “{line}”. Choose another source.",
            field="source", rule="tied-money", kind=said(rule.label), line=str(line),
        )  # fmt: skip
    level = line.levels.filter(level=source.level).first()
    if level is None:
        raise Refused(
            "payments.no_level",
            "{level} has no share in this line. Choose a source of another level.",
            field="source", level=Level(source.level).label,
        )  # fmt: skip
    hold_dues(line.region_id)  # before accounts of the ledger are locked, as everywhere
    with booked_once():
        post(
            carry(source_account(source, at=at).pk, level_account(level, at=at).pk, amount, about_id=line.pk),
            key=f"payments.allot:{line.pk}:{source.pk}:{document}",
            kind="payments.allot",
            at=at,
            actor=actor,
            about=line,
        )
    add_detail(fen=amount, source=source.rule)
    with elevated():  # who moved away meanwhile is still owed
        cover(line, at=at)
    return line


def source_account(source: Source, *, at: datetime) -> Account:
    """The money of a source that no line has yet."""
    owner = Owner(OwnerKind.FUND, source.pk, source.region_id)
    return account_of(owner, "source", unit=Unit.FEN, at=at, name=said(source_terms(source.rule).label))


def level_account(level: BudgetLevel, *, at: datetime) -> Account:
    """The money of one level of a line."""
    owner = Owner(OwnerKind.FUND, level.line_id, level.region_id)
    return account_of(owner, f"budget:{level.level}", unit=Unit.FEN, at=at, name=level.line.name_zh)


def levels_of(line: BudgetLine) -> Sequence[BudgetLevel]:
    """The levels of a line in their order, locked."""
    rows = (
        BudgetLevel.everywhere.filter(line=line)
        .order_by("place")
        .select_for_update(no_key=True, of=("self",))
    )
    return list(rows.select_related("line__fund", "hold"))


def cover(line: BudgetLine, *, at: datetime, posting: bool = False) -> int:
    """Set money aside for what waits, by the line's rule for a shortfall. Returns how much was set aside.

    A line that blocks refuses what is being posted, and nothing else: money that comes later, by an allotment or from
    the bank, covers what waits from the oldest month on.
    """
    hold_dues(line.region_id)
    levels = levels_of(line)
    rows = uncovered(line)
    needed = sum_of(rows)
    if not needed:
        return 0
    free = [level_account(level, at=at).free for level in levels]
    available = most_within(free, [level.share_bp for level in levels])
    if needed <= available:
        rows.update(covered=True)
        found = needed
    else:
        found = _cover_some(line, list(rows), needed, available, posting=posting)
    if found:
        parts = split(found, [level.share_bp for level in levels])
        for level, part in zip(levels, parts, strict=True):
            set_hold(level, level.held_fen + part, at=at)
    return found


def free_hold(line: BudgetLine, fen: int, *, at: datetime) -> dict[str, int]:
    """Give back what was set aside for some fen, in proportion to what each level holds. Returns the levels' parts."""
    levels = levels_of(line)
    parts = split(fen, [level.held_fen for level in levels])
    for level, part in zip(levels, parts, strict=True):
        set_hold(level, level.held_fen - part, at=at)
    return {level.level: part for level, part in zip(levels, parts, strict=True)}


def hold_again(line: BudgetLine, parts: Mapping[str, int], *, at: datetime) -> None:
    """Set parts of the levels aside again."""
    for level in levels_of(line):
        set_hold(level, level.held_fen + parts.get(level.level, 0), at=at)


def level_moves(
    line: BudgetLine, parts: Mapping[str, int], to: Account, *, about: Any, at: datetime
) -> list[Move]:
    """The moves that carry parts of the levels to an account."""
    moves: list[Move] = []
    for level in levels_of(line):
        if part := parts.get(level.level, 0):
            moves += carry(level_account(level, at=at).pk, to.pk, part, about_id=about.pk)
    return moves


def moves_back(
    line: BudgetLine, parts: Mapping[str, int], out: Account, *, about: Any, at: datetime
) -> list[Move]:
    """The moves that carry parts back to the levels."""
    moves: list[Move] = []
    for level in levels_of(line):
        if part := parts.get(level.level, 0):
            moves += carry(out.pk, level_account(level, at=at).pk, part, about_id=about.pk)
    return moves


def set_hold(level: BudgetLevel, fen: int, *, at: datetime) -> None:
    """Hold exactly so much of a level's account: one hold for a level, made anew with each change."""
    if fen == level.held_fen:
        return
    if level.hold is not None and level.hold.state == Hold.State.PENDING:
        void(level.hold, at=at)
    level.hold = None
    if fen:
        level.holds += 1
        until = max(datetime(level.line.fund.year + 3, 1, 1, tzinfo=UTC), at + timedelta(days=366))
        account = level_account(level, at=at)
        key = f"payments.hold:{level.pk}:{level.holds}"
        level.hold = reserve(account, fen, key=key, at=at, until=until, about_id=level.line_id)
    level.held_fen = fen
    level.save(update_fields=["hold", "holds", "held_fen"])


def split_off(one: Due, fen: int, **values: object) -> None:
    """A part of an amount as a row of its own; the rows add up to what the one was."""
    copy = {
        field.attname: getattr(one, field.attname)
        for field in Due._meta.concrete_fields
        if not field.primary_key
    }
    Due.everywhere.create(**(copy | {"fen": fen} | values))


def _cover_some(line: BudgetLine, rows: Sequence[Due], needed: int, available: int, *, posting: bool) -> int:
    policy = QUEUE if line.shortfall == BLOCK and not posting else line.shortfall
    parts = covered([row.fen for row in rows], available, policy)
    if parts is None:
        raise Refused(
            "payments.shortfall",
            "“{line}” is {missing} yuan short: {needed} are needed, {free} are available. Allot money to it first.",
            rule="reserve-then-post", line=str(line), missing=yuan(needed - available), needed=yuan(needed),
            free=yuan(available),
        )  # fmt: skip
    for row, part in zip(rows, parts, strict=True):
        if part == row.fen:
            Due.everywhere.filter(pk=row.pk).update(covered=True)
        elif part:
            Due.everywhere.filter(pk=row.pk).update(fen=row.fen - part)
            split_off(row, part, covered=True)
    return sum(parts)


def _opened(fund: Fund, found: LineTerms, *, at: datetime) -> BudgetLine:
    """A line of a fund. A benefit that another line of the fund pays already stays with that one."""
    opened = BudgetLine.everywhere.filter(fund=fund).values_list("benefits", flat=True)
    taken = {code for codes in opened for code in codes}
    made: BudgetLine = BudgetLine.everywhere.create(
        fund=fund, region_id=fund.region_id, code=found.code, name_en=found.label.en, name_zh=found.label.zh,
        purpose=found.purpose, benefits=[code for code in found.benefits if code not in taken], shortfall=found.shortfall, opened_at=at,
    )  # fmt: skip
    BudgetLevel.everywhere.bulk_create(
        BudgetLevel(line=made, region_id=fund.region_id, level=level, place=place, share_bp=share)
        for place, (level, share) in enumerate(found.shares.items())
    )
    return made


def _keeps_rule(fund: Fund, rule: SourceTerms, amount: int, whole: int | None) -> None:
    if rule.least_bp:
        if whole is None or whole < amount:
            raise Refused(
                "payments.whole_needed",
                "This money is a share of a total. Enter the total, at least as large as the share.",
                field="whole",
            )
        if amount * WHOLE < whole * rule.least_bp:
            raise Refused(
                "payments.share_too_small",
                "At least {least} % of “{kind}” goes to elderly care: {needed} yuan of {whole}. Correct the amount.",
                field="amount", rule="least-share", least=f"{rule.least_bp / 100:g}", kind=said(rule.label),
                needed=yuan(-(-whole * rule.least_bp // WHOLE)), whole=yuan(whole),
            )  # fmt: skip
    if rule.most_fen is not None:
        before = Source.everywhere.filter(fund__region_id=fund.region_id, rule=rule.code).aggregate(
            n=Sum("fen")
        )["n"]
        if (before or 0) + amount > rule.most_fen:
            raise Refused(
                "payments.more_than_granted",
                "“{kind}” is {most} yuan in all, and {before} were received. Correct the amount.",
                field="amount", kind=said(rule.label), most=yuan(rule.most_fen), before=yuan(before or 0),
            )  # fmt: skip
