"""Deciding: a contract is approved, suspended, resumed and ended, and how it is kept is remarked."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.contracts.actions.amending import decide
from songhe.areas.contracts.actions.booking import note
from songhe.areas.contracts.actions.common import Reason, check_whole, move, need, opened
from songhe.areas.contracts.actions.effects import cut
from songhe.areas.contracts.models import Contract, RemarkKind, State, VersionState
from songhe.core.refusal import Refused
from songhe.core.text import normalise
from songhe.engines.access.api import SYSTEM, Actor, elevated
from songhe.engines.acts.api import act, add_detail, four_eyes
from songhe.kit.fields import Field


@act("contracts.approve")
def approve(contract: Contract, *, actor: Actor, at: datetime) -> Contract:
    """Approve a contract that somebody else drafted; from its first day on orders may be taken under it."""
    need(contract, State.DRAFT)
    version = opened(contract)
    four_eyes(version.prepared_by_id, actor)
    four_eyes(contract.prepared_by_id, actor)
    day = timezone.localdate(at)
    if contract.until < day:
        raise Refused("term_over", "The term is over already. Set another one.", field="until")
    check_whole(contract, version)
    decide(version, VersionState.APPROVED, actor=actor, at=at)
    contract.approved_by, contract.approved_at = actor.name[:80], at
    move(contract, "approve", actor=actor, at=at, passed={"another"})
    if contract.since <= day:
        move(contract, "begin", actor=actor, at=at)
    contract.save()
    return contract


@act("contracts.approve")
def suspend(contract: Contract, *, actor: Actor, at: datetime, reason: Reason) -> Contract:
    """Let no more orders be taken; what is promised stays promised."""
    return _because(contract, "suspend", reason, actor=actor, at=at)


@act("contracts.approve")
def resume(contract: Contract, *, actor: Actor, at: datetime, reason: Reason) -> Contract:
    """Let orders be taken again."""
    if contract.until < timezone.localdate(at):
        raise Refused("term_over", "The term is over. Amend it, or end the contract.")
    return _because(contract, "resume", reason, actor=actor, at=at)


@act("contracts.approve")
def end(contract: Contract, *, actor: Actor, at: datetime, reason: Reason) -> Contract:
    """End a contract before its last day; what was given under it can still be settled.

    What is promised for today goes on. What is promised for later and nobody has begun comes back, to be assigned anew.
    """
    _because(contract, "end", reason, actor=actor, at=at)
    add_detail(let_go=cut(contract, last_day(contract, at), actor=actor, at=at))
    return contract


def last_day(contract: Contract, at: datetime) -> date:
    """The last day of a contract that is ended now."""
    return min(contract.until, timezone.localdate(at))


@act("contracts.draft")
def discard(contract: Contract, *, actor: Actor, at: datetime, reason: Reason) -> Contract:
    """Discard a draft."""
    decide(opened(contract), VersionState.DROPPED, actor=actor, at=at)
    return _because(contract, "discard", reason, actor=actor, at=at)


@act("contracts.note")
def remark(
    contract: Contract,
    *,
    actor: Actor,
    at: datetime,
    kind: Annotated[RemarkKind, Field(label=_("Kind"))],
    on: Annotated[date, Field(label=_("Day"))],
    words: Annotated[str, Field(label=_("Remark"), help=_("Without names of persons"), long=True, size=400)],
) -> Contract:
    """Enter how the contract was kept: an inspection, a complaint that was right, a service refused."""
    if on > timezone.localdate(at):
        raise Refused(
            "in_future", "This day is in the future. Choose the day on which it was seen.", field="on"
        )
    need(contract, State.IN_FORCE, State.SUSPENDED, State.ENDED)
    clean = normalise(words, lines=True, field="words")
    if not clean or len(clean) > 400:
        raise Refused("words", "Say in 1 to 400 characters what was seen.", field="words")
    note(contract.pk, RemarkKind(kind), clean, on=on, by=actor.name, at=at)
    add_detail(kind=str(kind), on=on.isoformat())
    return contract


def turn(*, at: datetime) -> dict[str, int]:
    """Let contracts come into force on their first day and end after their last; run by a periodic job."""
    day, counts = timezone.localdate(at), {"begun": 0, "ended": 0}
    with elevated():  # of all offices
        for contract in Contract.everywhere.filter(state=State.APPROVED, since__lte=day, until__gte=day):
            begin(contract, actor=SYSTEM, at=at)
            counts["begun"] += 1
        over = Contract.everywhere.filter(
            until__lt=day, state__in=[State.APPROVED, State.IN_FORCE, State.SUSPENDED]
        )
        for contract in over:
            end(contract, actor=SYSTEM, at=at, reason=gettext("The term is over."))
            counts["ended"] += 1
    return counts


@act("contracts.approve")
def begin(contract: Contract, *, actor: Actor, at: datetime) -> Contract:
    """Come into force on the first day."""
    move(contract, "begin", actor=actor, at=at)
    contract.save()
    return contract


def _because(contract: Contract, code: str, reason: str, *, actor: Actor, at: datetime) -> Contract:
    why = normalise(reason, lines=True, field="reason")
    if not why or len(why) > 400:
        raise Refused("reason", "Say in 1 to 400 characters why.", field="reason")
    move(contract, code, actor=actor, at=at, note=why)
    contract.reason = why
    contract.save()
    return contract
