"""Verbs of overpayments: a cap is agreed, money comes back, a write-off takes two; what payments keep back is booked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.finance.api import Fen, fund_account, fund_of, place_account
from songhe.areas.payments.models import Batch, OwedState, PayLine, Receivable, Recovery, Way, holder_of
from songhe.areas.payments.rules.netting import withheld
from songhe.areas.registry.api import Death, Person, when_dead, when_living
from songhe.core.codes.region import COUNTY, at_level
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor, elevated
from songhe.engines.acts.api import act, four_eyes
from songhe.engines.ledger.api import Unit, carry, post
from songhe.engines.regions.ids import uuid7
from songhe.kit.fields import Field
from songhe.kit.words import yuan

Reason = Annotated[str, Field(label=_("Reason"), long=True, size=400)]


@dataclass(frozen=True, slots=True)
class Kept:
    """What the payments of a batch keep back: per person or body the overpayments and how much of each."""

    parts: Mapping[UUID, list[tuple[Receivable, int]]]

    def sum_of(self, who: UUID) -> int:
        """How much one payment keeps back."""
        return sum(fen for _one, fen in self.parts.get(who, ()))

    def book(self, lines: Mapping[UUID, PayLine], *, actor: Actor, at: datetime) -> None:
        """Write it down once the payments are."""
        for who, parts in self.parts.items():
            for one, fen in parts:
                _come_back(one, Way.WITHHELD, fen, actor=actor, at=at, line=lines[who])


def keep_back(batch: Batch, gross: Mapping[UUID, int]) -> Kept:
    """What payments keep back for open overpayments of the same purchaser, the oldest first."""
    rows = Receivable.everywhere.filter(
        Q(person_id__in=list(gross)) | Q(holder_id__in=list(gross)),
        purchaser=at_level(batch.region_id, COUNTY),
        state=OwedState.OPEN,
    )
    owed: dict[UUID, list[tuple[Receivable, int, int]]] = {}
    for one in rows.order_by("made_at", "id").select_for_update(no_key=True, of=("self",)):
        owed.setdefault(one.who, []).append((one, one.open_fen, one.cap_bp))
    found = {who: withheld(gross[who], debts) for who, debts in owed.items()}
    return Kept({who: parts for who, parts in found.items() if parts})


def let_go(line: PayLine, *, actor: Actor, at: datetime) -> None:
    """Undo what a payment kept back, because it is not made."""
    if not line.withheld_fen:
        return
    for step in Recovery.everywhere.filter(line=line, way=Way.WITHHELD).order_by("id"):
        one = Receivable.everywhere.select_for_update(no_key=True, of=("self",)).get(pk=step.receivable_id)
        _come_back(one, Way.UNDONE, -step.fen, actor=actor, at=at, line=line)


@act("payments.recover", verb="payments.agree_cap")
def agree_cap(
    owed: Receivable,
    *,
    actor: Actor,
    at: datetime,
    percent: Annotated[int, Field(label=_("Maximum share of a payment (%)"), least=0, most=100)],
    reason: Reason,
) -> Receivable:
    """Agree how much of later payments is kept back at most; 0 where it comes back otherwise."""
    _need(owed, OwedState.OPEN)
    owed.cap_bp, owed.reason = percent * 100, reason
    owed.save(update_fields=["cap_bp", "reason"])
    return owed


@act("payments.recover", verb="payments.pay_back")
def pay_back(
    owed: Receivable,
    *,
    actor: Actor,
    at: datetime,
    amount: Annotated[Fen, Field(label=_("Amount (yuan)"), least=1)],
    on: Annotated[date, Field(label=_("On"))],
    reference: Annotated[str, Field(label=_("Reference"), size=80)],
) -> Receivable:
    """Record what the person, the family or the estate paid back; it is the fund's again. A reference counts once."""
    _need(owed, OwedState.OPEN, OwedState.ESTATE)
    if on > timezone.localdate(at):
        raise Refused(
            "in_future", "The payment date is in the future. Enter the date on the bank's record.", field="on"
        )
    if Recovery.everywhere.filter(receivable=owed, way=Way.CASH, reference=reference).exists():
        raise Refused("payments.reference_booked", "This reference is booked already.", field="reference")
    if amount > owed.open_fen:
        raise Refused(
            "payments.too_much", "Only {open} yuan are owed.", field="amount", open=yuan(owed.open_fen)
        )
    step = uuid7()
    with elevated():  # the fund is the purchaser's, wherever the person lives now
        fund = fund_of(owed.purchaser, timezone.localdate(at))
        paid = place_account(owed.purchaser, "paid", unit=Unit.FEN, at=at)
        moves = carry(paid.pk, fund_account(fund, at=at).pk, amount, about_id=owed.pk)
        journal = post(
            moves, key=f"payments.pay_back:{step}", kind="payments.pay_back", at=at, actor=actor, about=fund
        )
    _come_back(owed, Way.CASH, amount, actor=actor, at=at, on=on, reference=reference, journal=journal)
    return owed


@act("payments.recover", verb="payments.ask_write_off")
def ask_write_off(owed: Receivable, *, actor: Actor, at: datetime, reason: Reason) -> Receivable:
    """Ask that the rest of an overpayment be written off; somebody else decides."""
    _need(owed, OwedState.OPEN, OwedState.ESTATE)
    owed.state, owed.reason, owed.asked_by_id, owed.asked_by = (
        OwedState.ASKED,
        reason,
        actor.id,
        actor.name[:80],
    )
    owed.save(update_fields=["state", "reason", "asked_by_id", "asked_by"])
    return owed


@act("payments.approve", verb="payments.write_off")
def write_off(owed: Receivable, *, actor: Actor, at: datetime) -> Receivable:
    """Write the rest off, as somebody else asked."""
    _need(owed, OwedState.ASKED)
    four_eyes(owed.asked_by_id, actor)
    if owed.open_fen:
        _come_back(owed, Way.WRITTEN_OFF, owed.open_fen, actor=actor, at=at)
    owed.state = OwedState.WRITTEN_OFF
    owed.decided_by_id, owed.decided_by, owed.decided_at = actor.id, actor.name[:80], at
    owed.save(update_fields=["state", "decided_by_id", "decided_by", "decided_at"])
    return owed


@act("payments.approve", verb="payments.keep_claim")
def keep_claim(owed: Receivable, *, actor: Actor, at: datetime, reason: Reason) -> Receivable:
    """Do not write it off: it is owed as before."""
    _need(owed, OwedState.ASKED)
    owed.state, owed.reason = _by_life(owed), reason
    owed.save(update_fields=["state", "reason"])
    return owed


@when_dead
def estate_owes(person: Person, death: Death, actor: Actor, at: datetime) -> None:
    """What a dead person owes, the estate owes: nothing is kept back of payments any more."""
    Receivable.everywhere.filter(person=person, state=OwedState.OPEN).update(state=OwedState.ESTATE)


@when_living
def person_owes(person: Person, death: Death, actor: Actor, at: datetime) -> None:
    """The death was a mistake."""
    Receivable.everywhere.filter(person=person, state=OwedState.ESTATE).update(state=OwedState.OPEN)


def _come_back(
    owed: Receivable,
    way: Way,
    fen: int,
    *,
    actor: Actor,
    at: datetime,
    line: PayLine | None = None,
    **more: Any,
) -> None:
    values = {"on": timezone.localdate(at), **more}
    Recovery.everywhere.create(
        receivable=owed, **holder_of(owed), region_id=owed.region_id, way=way, fen=fen, line=line,
        at=at, by=actor.name[:80], **values,
    )  # fmt: skip
    owed.back_fen += fen
    if owed.state in (OwedState.OPEN, OwedState.ESTATE) and not owed.open_fen:
        owed.state = OwedState.SETTLED
    elif owed.state in (OwedState.SETTLED, OwedState.WRITTEN_OFF) and owed.open_fen:
        owed.state = _by_life(owed)
    owed.save(update_fields=["back_fen", "state"])


def _by_life(owed: Receivable) -> OwedState:
    dead = owed.person_id and Person.everywhere.filter(pk=owed.person_id, died_on__isnull=False).exists()
    return OwedState.ESTATE if dead else OwedState.OPEN


def _need(owed: Receivable, *states: OwedState) -> None:
    if owed.state not in states:
        raise Refused(
            "payments.owed_state",
            "This is not possible while the overpayment is “{state}”. Reload the page and choose again.",
            state=owed.get_state_display(),
        )
