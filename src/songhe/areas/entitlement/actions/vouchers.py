"""Reconciling the national vouchers with what the city pays, and deciding what does not add up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.entitlement.models import NationalVoucher, SuspectState, VoucherSuspect
from songhe.areas.entitlement.payers import paid_for
from songhe.areas.entitlement.queries.vouchers import month_known, months_of
from songhe.areas.entitlement.rules.vouchers import Suspected, suspects
from songhe.areas.entitlement.vouchers import the_voucher
from songhe.areas.providers.api import organisation_names
from songhe.core.codes.region import span
from songhe.core.days import month_of, months_later
from songhe.core.refusal import Refused
from songhe.core.text import normalise
from songhe.engines.access.api import Actor, Scope
from songhe.engines.acts.api import act, record_bulk
from songhe.engines.acts.once import digest_of
from songhe.kit.fields import Field

S = SuspectState
MONTHS_BACK = 12
"""So far back months are reconciled again when a list comes in; the city's own lines may come late."""
Why = Annotated[str, Field(label=_("Reason"), long=True, size=400)]
Key = tuple[UUID, str, str]


def reconcile(region: int, month: date, *, scope: Scope, actor: Actor, at: datetime) -> int:
    """List what does not add up in a month of a region; how many wait. Again, it adds nothing.

    A suspect whose cause is gone is settled by itself; one that was decided is not listed again.
    """
    rules, rows = the_voucher(), month_known(region, month, scope)
    city = paid_for({row.person_id for row in rows}, month, scope)
    months = months_of(rows, month, city=city, tags=rules.tags, benefits=rules.benefits)
    found: dict[Key, Suspected] = {
        (person, one.kind, one.sign): one
        for person, known in months.items()
        for one in suspects(known, most_fen=rules.most_fen)
    }
    inside = VoucherSuspect.objects.within(scope).within_region(*span(region)).filter(month=month)
    known_ones = {(row.person_id, row.kind, row.sign): row for row in inside}
    _settle(found, known_ones, at)
    fresh = [key for key in found if key not in known_ones]
    regions = {row.person_id: row.region_id for row in rows}
    told = _Told(rows, found.values())
    VoucherSuspect.everywhere.bulk_create(
        [
            VoucherSuspect(
                person_id=key[0],
                region_id=regions[key[0]],
                month=month,
                kind=key[1],
                sign=key[2],
                voucher_id=found[key].voucher,
                voucher_fen=found[key].voucher_fen,
                city_fen=found[key].city_fen,
                detail=told.detail(found[key]),
                found_at=at,
            )
            for key in fresh
        ],
        batch_size=1_000,
        ignore_conflicts=True,
    )
    record_bulk(
        "entitlement.reconcile",
        model=VoucherSuspect,
        count=len(fresh),
        digest=digest_of(sorted(" ".join(map(str, key)) for key in found)),
        actor=actor,
        at=at,
        region_id=region,
    )
    return int(inside.filter(state=S.OPEN).count())


def first_month(at: datetime) -> date:
    """The first month that is still reconciled."""
    return months_later(month_of(timezone.localdate(at)), -MONTHS_BACK)


@act("entitlement.compare")
def claim_back(suspect: VoucherSuspect, *, actor: Actor, at: datetime, reason: Why) -> VoucherSuspect:
    """Find that something was paid that must not have been; what is claimed back from whom is said in the reason."""
    return _decided(suspect, S.CLAIM, reason, actor, at)


@act("entitlement.compare")
def find_in_order(suspect: VoucherSuspect, *, actor: Actor, at: datetime, reason: Why) -> VoucherSuspect:
    """Find it in order, with the reason; the same is not listed again."""
    return _decided(suspect, S.IN_ORDER, reason, actor, at)


def _settle(found: Mapping[Key, Suspected], known: Mapping[Key, VoucherSuspect], at: datetime) -> None:
    gone = [row.pk for key, row in known.items() if key not in found and row.state == S.OPEN]
    back = [row.pk for key, row in known.items() if key in found and row.state == S.GONE]
    VoucherSuspect.everywhere.filter(pk__in=gone).update(state=S.GONE, decided_at=at)
    VoucherSuspect.everywhere.filter(pk__in=back).update(state=S.OPEN, decided_at=None, found_at=at)


class _Told:
    """Both sides of a suspect as they were found, as data that stays readable when the sources change."""

    def __init__(self, rows: Iterable[NationalVoucher], found: Iterable[Suspected]) -> None:
        bills = [bill for row in rows for bill in row.redemptions.all()]
        self.bills = {bill.pk: bill for bill in bills}
        self.names = organisation_names(
            line.organisation for one in found for line, _by in one.lines if line.organisation
        )

    def detail(self, one: Suspected) -> dict[str, Any]:
        """The bill, the city's lines, the support, and what would have been allowed."""
        told: dict[str, Any] = dict(one.extra)
        if one.redemption is not None:
            bill = self.bills[one.redemption]
            told["bill"] = {
                "on": bill.on.isoformat(),
                "provider": bill.provider,
                "bill_fen": bill.bill_fen,
                "deducted_fen": bill.deducted_fen,
                "receipt": bill.receipt,
            }
        if one.lines:
            told["lines"] = [
                {
                    "key": str(line.key),
                    "on": line.on.isoformat(),
                    "fen": line.fen,
                    "what": line.what,
                    "number": line.number,
                    "provider": self.names.get(line.organisation, "") if line.organisation else "",
                    "by": by,
                }
                for line, by in one.lines
            ]
        if one.support is not None:
            told["support"] = {
                "code": one.support.code,
                "amount": one.support.amount,
                "unit": one.support.unit,
            }
        return told


def _decided(
    suspect: VoucherSuspect, state: SuspectState, reason: str, actor: Actor, at: datetime
) -> VoucherSuspect:
    if suspect.state != S.OPEN:
        raise Refused("entitlement.suspect_decided", "This was decided already. Load the page again.")
    suspect.state, suspect.note = state, normalise(reason, lines=True)[:400]
    suspect.decided_at, suspect.decided_by_id, suspect.decided_by = at, actor.id, actor.name[:80]
    suspect.save()
    return suspect
