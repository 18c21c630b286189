"""Holds: setting units aside for something that may still not happen."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from songhe.core.books import whole
from songhe.core.refusal import Refused
from songhe.engines.access.actor import Actor
from songhe.engines.access.scope import Scope, entered
from songhe.engines.ledger.models import Account, Hold, Journal
from songhe.engines.ledger.posting import carry, locked, overdrawn, post


def reserve(
    account: Account, amount: int, *, key: str, at: datetime, until: datetime, about_id: UUID | None = None
) -> Hold:
    """Set ``amount`` aside until ``until``; the same key and amount give the same hold again.

    Refused are an account without cover (``overdrawn``) and a key used for another hold (``key_reused``).
    """
    if whole(amount) <= 0 or until <= at:
        raise ValueError("a hold keeps a positive amount for some time")
    with entered(Scope.EVERYTHING):
        found = locked([account.pk])[account.pk]
        first: Hold | None = Hold.everywhere.filter(key=key).first()
        if first is not None:
            if (first.account_id, first.amount) != (account.pk, amount):
                raise Refused("key_reused", "This key was used for another hold. Use a new key.", field="key")
            return first
        if found.free < amount and not found.may_overdraw:
            raise overdrawn(found, amount - found.free)
        _hold(found, amount)
        hold: Hold = Hold.everywhere.create(
            key=key,
            account=found,
            amount=amount,
            made_at=at,
            until=until,
            about_id=about_id,
            region_id=found.region_id,
            owner_id=found.owner_id,
        )
    return hold


def settle(hold: Hold, amount: int, *, to: Account, kind: str, at: datetime, actor: Actor) -> Journal:
    """Post what was used of a hold, at most what was held, and give the rest back.

    The hold's key is the journal's key with ``:settled``; a repeat gives the first journal again.
    """
    with entered(Scope.EVERYTHING):
        accounts = locked(sorted((hold.account_id, to.pk)))
        now = _fresh(hold)
        if now.state == Hold.State.SETTLED and now.journal is not None:
            return now.journal
        _pending(now)
        if not 0 < whole(amount) <= now.amount:
            raise Refused(
                "over_hold",
                "{amount} is not between 1 and the {held} that were set aside. Correct the amount.",
                field="amount",
                amount=amount,
                held=now.amount,
            )
        _hold(accounts[now.account_id], -now.amount)
        moves = carry(now.account_id, to.pk, amount, about_id=now.about_id)
        now.journal = post(moves, key=f"{now.key}:settled", kind=kind, at=at, actor=actor)
        _end(now, Hold.State.SETTLED, at)
        _same(hold, now)
        return now.journal


def void(hold: Hold, *, at: datetime, state: Hold.State = Hold.State.VOIDED) -> Hold:
    """Give a hold back unused; a hold already voided stays as it is."""
    with entered(Scope.EVERYTHING):
        accounts = locked([hold.account_id])
        now = _fresh(hold)
        if now.state != state:
            _pending(now)
            _hold(accounts[now.account_id], -now.amount)
            _end(now, state, at)
        _same(hold, now)
    return hold


def expire(at: datetime, *, most: int = 1_000) -> int:
    """Give back holds past their day; returns how many. Run by a periodic job."""
    with entered(Scope.EVERYTHING):
        due = Hold.everywhere.filter(state=Hold.State.PENDING, until__lte=at).order_by("account_id", "id")[
            :most
        ]
        for hold in due:
            void(hold, at=at, state=Hold.State.EXPIRED)
        return len(due)


def _hold(account: Account, change: int) -> None:
    account.held += change
    account.save(update_fields=["held"])


def _fresh(hold: Hold) -> Hold:
    now: Hold = Hold.everywhere.select_for_update(no_key=True, of=("self",)).get(pk=hold.pk)
    return now


def _pending(hold: Hold) -> None:
    if hold.state != Hold.State.PENDING:
        raise Refused(
            "hold_ended",
            "This hold has already ended ({state}). Set the amount aside again.",
            state=hold.get_state_display(),
        )


def _end(hold: Hold, state: Hold.State, at: datetime) -> None:
    hold.state, hold.ended_at = state, at
    hold.save(update_fields=["state", "ended_at", "journal"])


def _same(hold: Hold, now: Hold) -> None:
    hold.state, hold.ended_at, hold.journal = now.state, now.ended_at, now.journal
