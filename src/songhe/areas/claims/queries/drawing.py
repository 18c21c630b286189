"""The lines of a claim that is drawn up: an organisation's own visits of a month, each with what becomes of it.

Read beyond any scope: a grant, a ceiling and a fund are one, whoever else takes of them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from songhe.areas.claims.limits import terms
from songhe.areas.claims.models import Claim, ClaimLine, LineState, PayConsent, State
from songhe.areas.claims.rules import covered, digest, shares
from songhe.areas.contracts.api import Contract
from songhe.areas.entitlement.api import HOME_SERVICE, returnable_to
from songhe.areas.finance.api import (
    Accepted,
    Fund,
    Given,
    Payable,
    accepted,
    locked_fund,
    minutes_left,
    payable,
    payable_room,
    promised_minutes,
    settlements,
    settling,
    uncommitted,
)
from songhe.areas.visits.api import (
    PaidBy,
    Settleable,
    Visit,
    VisitState,
    bookings,
    charged,
    month_span,
    to_settle,
    unsettled,
)
from songhe.core.measure import Period
from songhe.engines.access.api import Scope, elevated
from songhe.engines.regions.models import Region

PENDING = (State.FILED, State.SCORED)
"""Claims whose lines hold grants, ceilings and funds that no settlement holds yet."""
PLENTY = 10**12
STATES = {
    "": LineState.PAYABLE, "over_grant": LineState.PART, "no_grant": LineState.GRANT,
    "contract": LineState.CONTRACT, "no_price": LineState.NO_PRICE,
}  # fmt: skip
Room = tuple[int, int | None]


@dataclass(frozen=True, slots=True)
class Of:
    """Whose claim it is: organisation, county, month, contract."""

    organisation_id: UUID
    county: Region
    period: Period
    contract: Contract | None

    @property
    def scope(self) -> Scope:
        """The county."""
        return Scope.EVERYTHING.narrowed(self.county.code, self.county.upper)

    @property
    def contract_id(self) -> UUID | None:
        """The contract's key."""
        return self.contract.pk if self.contract else None


def contracts_of(organisation_id: UUID, county: Region, period: Period) -> list[Contract | None]:
    """Under which contracts an organisation gave anything in a month that a grant pays for, or something of before comes late;
    None where under none."""
    first, after = month_span(period.start)
    with elevated():
        rows = Visit.everywhere.filter(
            charged(), organisation_id=organisation_id, settled_at=None, lapsed_at=None,
            region_id__gte=county.code, region_id__lt=county.upper, arrived_at__gte=first, arrived_at__lt=after,
        )  # fmt: skip
        rows = rows.filter(order__paid_by=PaidBy.ENTITLEMENT)
        given = rows.exclude(state=VisitState.IN_VAIN)
        keys: set[UUID | None] = set(given.values_list("order__contract_id", flat=True))
        vain = bookings(rows.filter(state=VisitState.IN_VAIN).select_related("order"))
        keys |= {contract_id for contract_id, _day in vain.values()}
        late = _late(organisation_id, county, period) - keys
        found = Contract.everywhere.in_bulk((keys | late) - {None})
        for key in late:
            of = Of(organisation_id, county, period, found.get(key) if key else None)
            if any(line.is_payable for line in drawn_up(of)):
                keys.add(key)
    named = sorted((found[key] for key in keys if key), key=lambda contract: str(contract.number))
    return [*named, None] if None in keys else [*named]


def _late(organisation_id: UUID, county: Region, period: Period) -> set[UUID | None]:
    """Contracts of what may be settled of the months whose late visits come with a month's claim."""
    since, until = month_span(period.shift(-terms().late_months).start)[0], month_span(period.start)[0]
    rows = unsettled(Scope.EVERYTHING.narrowed(county.code, county.upper)).select_related("order")
    rows = rows.filter(organisation_id=organisation_id, order__paid_by=PaidBy.ENTITLEMENT)
    found = bookings(rows.filter(arrived_at__gte=since, arrived_at__lt=until))
    return {contract_id for contract_id, _day in found.values()}


def drawn_up(of: Of) -> list[ClaimLine]:
    """Lines that are not saved yet: late visits of earlier months, then this month's. The fund is locked meanwhile."""
    with elevated():
        fund = locked_fund(of.county.code, of.period.start)
        rooms = _rooms(of)
        lines: list[ClaimLine] = []
        late: Counter[UUID] = Counter()
        for back in range(terms().late_months, -1, -1):
            period = of.period.shift(-back)
            if back and not _was_claimed(of, period):
                continue
            fresh = _month(of, period, rooms, late)
            lines += [line for line in fresh if line.claimed_minutes or line.claimed_fen] if back else fresh
        _within_budget(lines, free_of(fund))
        lines += _not_sure(of)
    return sorted(lines, key=lambda line: (line.on, str(line.visit_id)))


def hash_of(lines: Iterable[ClaimLine]) -> str:
    """The hash of what lines say."""
    return digest(
        (line.visit_id, line.state, line.minutes, line.claimed_minutes, line.claimed_fen, line.share_fen, line.beyond_fen)
        for line in lines
    )  # fmt: skip


def free_of(fund: Fund) -> int:
    """Fen of a fund that neither a prepared settlement nor a filed claim waits for."""
    with elevated():
        rows = Claim.everywhere.filter(
            region_id=fund.region_id, month__year=fund.year, state__in=PENDING
        ).aggregate(total=Sum("net_fen"))
    return uncommitted(fund) - (rows["total"] or 0)


def held(visits: Iterable[UUID]) -> set[UUID]:
    """Those of some visits that a claim holds."""
    with elevated():
        rows = ClaimLine.everywhere.filter(active=True, visit_id__in=list(visits))
        return set(rows.values_list("visit_id", flat=True))


def still_count(minutes: Mapping[UUID, int]) -> set[UUID]:
    """Those of some visits that may still be settled, with so many minutes as were claimed."""
    with elevated():
        rows = Visit.everywhere.filter(pk__in=list(minutes), settled_at=None, lapsed_at=None)
        return {visit.pk for visit in rows if visit.counts and visit.settled_minutes == minutes[visit.pk]}


def _month(of: Of, period: Period, rooms: dict[UUID, Room], late: Counter[UUID]) -> list[ClaimLine]:
    """The lines of a month. ``late``: minutes of it by person that visits of the months before take back, since they went on
    from there; what its own take back of the next is entered there."""
    part = _accepted(of, period)
    persons = {given.person_id for given in part.given}
    grants = Counter(minutes_left(persons, period.start))
    for taken in (promised_minutes(persons, period.start), _pending_minutes(persons, period), late):
        grants.subtract({key: minutes for key, minutes in taken.items() if key in persons})
    found = payable(part.given, grants=grants, prices=part.prices, ceilings=rooms)
    late.clear()
    for key, back in returnable_to(HOME_SERVICE, persons, period.start).items():
        spent = sum(one.minutes for one in found if one.given.person_id == key)
        late[key] = max(spent - (grants[key] - back), 0)
    full = payable(
        part.given,
        grants=dict.fromkeys(persons, PLENTY),
        prices=part.prices,
        ceilings=dict.fromkeys(rooms, (PLENTY, None)),
    )
    for one in found:
        if one.given.contract is not None:
            fen, minutes = rooms[one.given.contract]
            rooms[one.given.contract] = (fen - one.fen, None if minutes is None else minutes - one.minutes)
    agreed = _consents(of, period, persons)
    return [
        _line(
            of, one, price.fen, consent=any(days.holds(one.given.on) for days in agreed[one.given.person_id])
        )
        for one, price in zip(found, full, strict=True)
    ]


def _accepted(of: Of, period: Period) -> Accepted:
    """Accepted visits of a month that a grant pays for and nothing holds."""
    rows = to_settle(of.scope, period.start, organisation_id=of.organisation_id)
    mine: list[Settleable] = [
        visit for visit in rows if visit.paid_by == PaidBy.ENTITLEMENT and visit.contract_id == of.contract_id
    ]
    taken = settling(visit.visit_id for visit in mine) | held(visit.visit_id for visit in mine)
    found = accepted(visit for visit in mine if visit.visit_id not in taken)
    return found.get(of.organisation_id, Accepted())


def _line(of: Of, one: Payable, full: int, *, consent: bool) -> ClaimLine:
    given: Given = one.given
    number = of.contract.number if of.contract else ""
    parted = shares(full, one.fen, percent=terms().copay.of(given.item, number), consent=consent)
    beyond = parted.beyond if one.reason in ("over_grant", "no_grant") else 0
    return ClaimLine(
        visit_id=given.visit_id, person_id=given.person_id, organisation_id=of.organisation_id,
        region_id=given.region_id, item=given.item, on=given.on, minutes=given.minutes,
        claimed_minutes=one.minutes, payable_minutes=one.minutes, unit_fen=one.unit_fen, full_fen=full,
        share_fen=parted.share, beyond_fen=beyond, claimed_fen=parted.fund, net_fen=parted.fund,
        state=STATES[one.reason], contract_id=given.contract,
    )  # fmt: skip


def _within_budget(lines: Sequence[ClaimLine], available: int) -> None:
    wanted = sorted((line for line in lines if line.claimed_fen), key=lambda line: (line.on, line.visit_id))
    fits = covered([line.claimed_fen for line in wanted], available, terms().shortfall)
    for line, fit in zip(wanted, fits or [False for _ in wanted], strict=True):
        if not fit:
            line.state, line.share_fen = LineState.BUDGET, 0
            line.claimed_fen = line.net_fen = line.claimed_minutes = line.payable_minutes = 0


def _not_sure(of: Of) -> list[ClaimLine]:
    """Visits of the month that are not verified yet, or were found not to have been given: listed and not claimed."""
    first, after = month_span(of.period.start)
    rows = Visit.everywhere.filter(
        charged(), Q(state=VisitState.IN_VAIN) | Q(order__contract=of.contract),
        organisation_id=of.organisation_id, settled_at=None, lapsed_at=None,
        region_id__gte=of.county.code, region_id__lt=of.county.upper, arrived_at__gte=first, arrived_at__lt=after,
        order__paid_by=PaidBy.ENTITLEMENT,
    )  # fmt: skip
    unsure = [visit for visit in rows.select_related("order") if not visit.counts]
    booked = bookings(unsure)
    return [
        ClaimLine(
            visit_id=visit.pk, person_id=visit.person_id, organisation_id=of.organisation_id,
            region_id=visit.region_id, item=visit.item, on=timezone.localdate(visit.arrived_at),
            minutes=visit.minutes or visit.charge_minutes, contract_id=of.contract_id,
            state=LineState.UNVERIFIED if visit.rejected_at is None else LineState.REJECTED,
        )
        for visit in unsure
        if booked[visit.pk][0] == of.contract_id
    ]  # fmt: skip


def _was_claimed(of: Of, period: Period) -> bool:
    """Whether a month was claimed or settled, so that what is left of it is late."""
    mine = {
        "organisation_id": of.organisation_id,
        "region_id": of.county.code,
        "month": period.start,
    }
    closed = Claim.everywhere.filter(**mine, contract=of.contract).exclude(
        state__in=[State.DRAFT, State.WITHDRAWN, State.RETURNED]
    )
    return (
        closed.exists() or settlements(Scope.EVERYTHING).filter(**mine).exclude(state=State.RETURNED).exists()
    )


def _pending_minutes(persons: Iterable[UUID], period: Period) -> Mapping[UUID, int]:
    rows = _pending().filter(person_id__in=list(persons), on__gte=period.start, on__lt=period.end)
    return dict(rows.values_list("person_id").annotate(total=Sum("payable_minutes")))


def _rooms(of: Of) -> dict[UUID, Room]:
    """What can still be paid under the claim's contract, without what waits already."""
    if of.contract_id is None:
        return {}
    fen, minutes = payable_room([of.contract_id])[of.contract_id]
    lines = _pending().filter(contract_id=of.contract_id)
    waits = lines.aggregate(fen=Sum("net_fen", default=0), n=Sum("payable_minutes", default=0))
    return {of.contract_id: (fen - waits["fen"], None if minutes is None else minutes - waits["n"])}


def _pending() -> QuerySet[ClaimLine]:
    rows: QuerySet[ClaimLine] = ClaimLine.everywhere.filter(active=True, claim__state__in=PENDING).order_by()
    return rows


def _consents(of: Of, period: Period, persons: Iterable[UUID]) -> defaultdict[UUID, list[PayConsent]]:
    """By whom of some persons it was agreed to pay the organisation what goes beyond the grant on days of a month."""
    rows = PayConsent.everywhere.filter(organisation_id=of.organisation_id, since__lt=period.end)
    found: defaultdict[UUID, list[PayConsent]] = defaultdict(list)
    for row in rows.filter(Q(until=None) | Q(until__gte=period.start), person_id__in=list(persons)):
        found[row.person_id].append(row)
    return found
