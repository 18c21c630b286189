"""Reads of national vouchers: as facts of policies, as a list, and what is known of a month to reconcile it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import BigIntegerField, DateField, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Cast, Coalesce, TruncMonth

from songhe.areas.assessment.api import national_days
from songhe.areas.entitlement.models import (
    Entitlement,
    Grant,
    GrantSpan,
    GrantState,
    NationalVoucher,
    Redemption,
    State,
    SuspectState,
    Unit,
    VoucherSuspect,
)
from songhe.areas.entitlement.rules.vouchers import Issued, MonthOf, Paid, Support, Used
from songhe.areas.registry.api import tags_on
from songhe.core.codes.region import span
from songhe.core.days import month_end, month_of
from songhe.engines.access.api import Scope
from songhe.engines.access.scoped import ScopedQuerySet

UNUSED, PARTLY, USED = "unused", "partly", "used"


def vouchers(scope: Scope) -> QuerySet[Any]:
    """The vouchers of a scope, each with what it paid so far."""
    rows: QuerySet[NationalVoucher] = NationalVoucher.objects.within(scope)
    return with_used(rows)


def with_used(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Vouchers with ``used_fen``."""
    paid = Redemption.everywhere.filter(voucher=OuterRef("pk")).order_by().values("voucher")
    total = Subquery(paid.annotate(total=Sum("deducted_fen")).values("total"), output_field=BigIntegerField())
    found: QuerySet[Any] = rows.annotate(used_fen=Coalesce(total, Value(0), output_field=BigIntegerField()))
    return found


def by_use(rows: QuerySet[Any], use: str) -> QuerySet[Any]:
    """Vouchers that nobody used, that were used in part, or used up."""
    if use == UNUSED:
        return rows.filter(used_fen=0)
    return (
        rows.filter(used_fen__gte=F("most_fen"))
        if use == USED
        else rows.filter(used_fen__gt=0, used_fen__lt=F("most_fen"))
    )


def of_person(person_id: UUID) -> QuerySet[Any]:
    """The vouchers of a person, the newest month first."""
    return with_used(NationalVoucher.everywhere.filter(person_id=person_id)).order_by("-month", "number")


def with_voucher(person_ids: Iterable[UUID], on: date) -> set[UUID]:
    """Those of some persons who were issued a voucher for the month of a day."""
    rows = NationalVoucher.everywhere.filter(person_id__in=list(person_ids), month=month_of(on))
    return set(rows.values_list("person_id", flat=True))


def voucher_months(known_at: datetime | None = None) -> ScopedQuerySet[NationalVoucher]:
    """Vouchers with the days of their month (``start``, ``stop``) and ``told`` 1, as far as was known at a moment. Of the
    scope that is entered."""
    rows: ScopedQuerySet[NationalVoucher] = NationalVoucher.objects.here()
    if known_at is not None:
        rows = rows.filter(imported_at__lte=known_at)
    within_next = Cast(F("month") + timedelta(days=32), DateField())
    found: Any = rows.annotate(
        start=F("month"), stop=Cast(TruncMonth(within_next), DateField()), told=Value(1)
    )
    told: ScopedQuerySet[NationalVoucher] = found.order_by("month", "number")
    return told


def open_suspects(scope: Scope) -> QuerySet[VoucherSuspect]:
    """What does not add up in a scope and nobody has decided, the largest sums of the city first."""
    rows: QuerySet[VoucherSuspect] = VoucherSuspect.objects.within(scope).filter(state=SuspectState.OPEN)
    return rows.select_related("person").order_by("-city_fen", "-voucher_fen", "id")


def redeemed_months(region: int, scope: Scope, since: date) -> list[date]:
    """The months of a region in which vouchers were redeemed, from one on."""
    rows = Redemption.objects.within(scope).within_region(*span(region)).filter(voucher__month__gte=since)
    return list(rows.order_by("voucher__month").values_list("voucher__month", flat=True).distinct())


def month_known(region: int, month: date, scope: Scope) -> list[NationalVoucher]:
    """The vouchers of a month of everybody in a region of whom one was redeemed, with their redemptions."""
    inside = NationalVoucher.objects.within(scope).within_region(*span(region)).filter(month=month)
    used = Redemption.objects.within(scope).filter(voucher__in=inside).values("person_id")
    rows = inside.filter(person_id__in=used).select_related("person").prefetch_related("redemptions")
    return list(rows.order_by("person_id", "number"))


def months_of(
    rows: Iterable[NationalVoucher],
    month: date,
    *,
    city: dict[UUID, list[Paid]],
    tags: Collection[str],
    benefits: Collection[str],
) -> dict[UUID, MonthOf]:
    """What is known of each person's month, by person."""
    by_person: dict[UUID, list[NationalVoucher]] = defaultdict(list)
    for row in rows:
        by_person[row.person_id].append(row)
    levels, support = national_days(by_person), _support(set(by_person), month, tags, benefits)
    return {
        person: MonthOf(
            month,
            [Issued(one.pk, one.kind, one.percent, one.most_fen) for one in held],
            [
                Used(paid.pk, one.pk, paid.on, paid.bill_fen, paid.deducted_fen, paid.organisation_id)
                for one in held
                for paid in one.redemptions.all()
            ],
            tuple(levels.get(person, ())),
            held[0].person.died_on,
            tuple(city.get(person, ())),
            tuple(support.get(person, ())),
        )
        for person, held in by_person.items()
    }


def _support(
    persons: Collection[UUID], month: date, tags: Collection[str], benefits: Collection[str]
) -> dict[UUID, list[Support]]:
    """Comparable full support of some persons in a month: tags on its last day, and grants in force."""
    found: dict[UUID, list[Support]] = defaultdict(list)
    for person, held in tags_on(persons, month_end(month)).items():
        found[person] += [Support(term) for term in sorted(set(tags) & held.keys())]
    amounts = {
        (person, rule): (unit, amount)
        for person, rule, unit, amount in Entitlement.everywhere.filter(
            person_id__in=list(persons), rule__in=list(benefits), month=month, state=State.APPROVED
        ).values_list("person_id", "rule", "unit", "amount")
    }
    for person, benefit in sorted(_granted(persons, month, benefits) | amounts.keys()):
        unit, amount = amounts.get((person, benefit), ("", 0))
        fen = amount if unit == Unit.FEN else 0
        found[person].append(Support(benefit, fen, amount, unit))
    return found


def _granted(persons: Collection[UUID], month: date, benefits: Collection[str]) -> set[tuple[UUID, str]]:
    lasting = Q(until_month=None) | Q(until_month__gt=month)
    rows = Grant.everywhere.filter(lasting, person_id__in=list(persons), benefit__in=list(benefits))
    rows = rows.filter(from_month__lte=month)
    asleep = GrantSpan.everywhere.filter(lasting, grant__in=rows, from_month__lte=month)
    suspended = set(asleep.filter(state=GrantState.SUSPENDED).values_list("grant_id", flat=True))
    told = rows.values_list("pk", "person_id", "benefit")
    return {(person, benefit) for key, person, benefit in told if key not in suspended}
