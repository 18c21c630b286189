"""Reads of finance: settlements, lines, what is left of grants, what is payable."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db.models import Count, QuerySet, Sum

from songhe.areas.contracts.api import Tariff, tariffs, unsettled_room
from songhe.areas.entitlement.api import HOME_SERVICE, Entitlement, returnable_to
from songhe.areas.finance.models import Fund, Line, Settlement, State
from songhe.areas.finance.rules import Given, Price, Room
from songhe.areas.visits.api import PaidBy, Settleable, to_settle
from songhe.core.codes.region import COUNTY, at_level
from songhe.core.measure import Period
from songhe.core.refusal import Refused
from songhe.engines.access.api import Scope, elevated
from songhe.engines.ledger.api import Account, Entry, Journal, Unit, faults
from songhe.engines.regions.models import Region


def grant_code(month: date) -> str:
    """The use of the account that holds a person's minutes of home service for a month."""
    return Entitlement(rule=HOME_SERVICE, month=month.replace(day=1)).account_code


def settlements(scope: Scope) -> QuerySet[Settlement]:
    """The settlements a reader may see, with their organisations."""
    rows: QuerySet[Settlement] = Settlement.objects.within(scope).select_related("organisation")
    return rows


def lines(settlement: Settlement, scope: Scope) -> QuerySet[Line]:
    """The lines of a settlement that a reader may see."""
    rows: QuerySet[Line] = Line.objects.within(scope).filter(settlement=settlement)
    return rows.order_by("on", "id")


def line_of(visit_id: UUID, scope: Scope) -> Line | None:
    """The active line of a visit, or None while it is not settled."""
    found: Line | None = Line.objects.within(scope).filter(visit_id=visit_id, active=True).first()
    return found


def to_pay(scope: Scope) -> QuerySet[Settlement]:
    """Approved settlements that are not yet paid, oldest first."""
    return settlements(scope).filter(state=State.APPROVED).order_by("month", "number")


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many settlements, and their fen."""

    count: int = 0
    fen: int = 0


def sums(scope: Scope) -> defaultdict[str, Waiting]:
    """Settlements by state, with their sums in fen."""
    found: defaultdict[str, Waiting] = defaultdict(Waiting)
    rows = Settlement.objects.within(scope).values_list("state").annotate(n=Count("id"), fen=Sum("fen"))
    for state, count, fen in rows.order_by("state"):
        found[state] = Waiting(count, fen)
    return found


@dataclass(frozen=True, slots=True)
class Books:
    """Balances by use and unit as far as a reader sees, and how many faults the whole ledger has."""

    uses: list[tuple[str, str, int, int]]
    faults: int


def books(scope: Scope) -> Books:
    """The books for reconciliation: (use, unit, accounts, balance), uses of one kind in different months together."""
    sums: dict[tuple[str, str], tuple[int, int]] = {}
    rows = (
        Account.objects.within(scope)
        .values_list("code", "unit")
        .annotate(n=Count("id"), total=Sum("balance"))
    )
    for code, unit, count, total in rows.order_by("code", "unit"):
        key = (code.partition(":")[0], unit)
        known = sums.get(key, (0, 0))
        sums[key] = (known[0] + count, known[1] + total)
    return Books([(use, unit, *found) for (use, unit), found in sorted(sums.items())], len(faults()))


def minutes_left(person_ids: Iterable[UUID], month: date) -> dict[UUID, int]:
    """Free minutes of each person's grant for a month, with what went on to the next and is still there; a person without
    a grant is missing."""
    persons = list(person_ids)
    with elevated():  # an organisation that claims does not own the persons' accounts
        rows = Account.everywhere.filter(owner_id__in=persons, unit=Unit.MINUTE, code=grant_code(month))
        back = returnable_to(HOME_SERVICE, persons, month)
        return {account.owner_id: account.free + back.get(account.owner_id, 0) for account in rows}


@dataclass(slots=True)
class Accepted:
    """What one organisation gave in a month and nobody settled, with the price of each service."""

    given: list[Given] = field(default_factory=list)
    prices: dict[str, Price] = field(default_factory=dict)

    @property
    def contracts(self) -> set[UUID]:
        """The contracts under which any of it was given."""
        return {one.contract for one in self.given if one.contract is not None}


def waiting(scope: Scope, county: Region, period: Period) -> dict[UUID, Accepted]:
    """Accepted visits of a county and month that the entitlement pays and no settlement holds, by organisation."""
    reach = scope.narrowed(county.code, county.upper)
    rows = [visit for visit in to_settle(reach, period.start) if visit.paid_by == PaidBy.ENTITLEMENT]
    taken = settling(visit.visit_id for visit in rows) | spoken_for(county, period, rows)
    return accepted(visit for visit in rows if visit.visit_id not in taken)


SpokenFor = Callable[[int, date, Mapping[UUID, UUID]], set[UUID]]
_SPOKEN_FOR: list[SpokenFor] = []


def when_waiting(say: SpokenFor) -> SpokenFor:
    """Let an area keep visits from being prepared for settlement: (county, first of the month, organisation by visit) →
    the visits that it settles itself."""
    _SPOKEN_FOR.append(say)
    return say


def spoken_for(county: Region, period: Period, rows: Iterable[Settleable]) -> set[UUID]:
    """The visits that another area settles itself."""
    owners = {visit.visit_id: visit.organisation_id for visit in rows}
    return {key for say in _SPOKEN_FOR for key in say(county.code, period.start, owners)}


def settling(visits: Iterable[UUID]) -> set[UUID]:
    """Those of some visits that a settlement holds."""
    rows = Line.everywhere.filter(active=True, visit_id__in=list(visits))
    return set(rows.values_list("visit_id", flat=True))


def accepted(visits: Iterable[Settleable]) -> dict[UUID, Accepted]:
    """Visits by organisation with the prices that hold for them; those that lasted no minute are left out."""
    found: dict[UUID, Accepted] = defaultdict(Accepted)
    rows = list(visits)
    agreed = tariffs(
        (visit.contract_id, visit.item, visit.booked_on)
        for visit in rows
        if visit.contract_id and visit.booked_on
    )
    for visit in rows:
        if visit.minutes > 0:
            part = found[visit.organisation_id]
            part.given.append(
                Given(
                    visit.visit_id, visit.person_id, visit.region_id, visit.item, visit.minutes, visit.on,
                    contract=visit.contract_id, price=_price(visit, part, agreed), percent=visit.percent,
                    draws=visit.draws,
                )
            )  # fmt: skip
    return dict(found)


def _price(visit: Settleable, part: Accepted, agreed: Mapping[tuple[UUID, str, date], Tariff]) -> str:
    """Enter the price that holds for a visit, and say under which name: the contract's, or the catalogue's."""
    if visit.contract_id is None or visit.booked_on is None:
        if visit.fen is not None:
            part.prices[visit.item] = Price(visit.fen, visit.unit)
        return visit.item
    name = f"{visit.item} {visit.contract_id} {visit.booked_on}"
    tariff = agreed.get((visit.contract_id, visit.item, visit.booked_on))
    if tariff is not None:
        part.prices[name] = Price(tariff.fen, tariff.unit, tariff.charged)
    return name


def fund_of(region_id: int, month: date) -> Fund:
    """The purchaser's fund for the month's year. Refused where the county has none."""
    county = at_level(region_id, COUNTY)
    found: Fund | None = Fund.everywhere.filter(region_id=county, year=month.year).first()
    if found is None:
        raise Refused(
            "no_fund",
            "This purchaser has no fund for {year}. Open one under Funds and allot money to it first.",
            field="region",
            year=month.year,
        )
    return found


def locked_fund(region_id: int, month: date) -> Fund:
    """The same fund, held until the transaction ends: who prepares, files or accepts of one fund waits for each other."""
    with elevated():  # an organisation files against a fund that it does not see
        found: Fund = Fund.everywhere.select_for_update(no_key=True, of=("self",)).get(
            pk=fund_of(region_id, month).pk
        )
    return found


def uncommitted(fund: Fund) -> int:
    """Fen of a fund that no prepared settlement waits for."""
    with elevated():  # all settlements of the fund, whoever asks
        owned = Account.everywhere.filter(owner_id=fund.pk, unit=Unit.FEN, code="fund").first()
        waits = Settlement.everywhere.filter(fund=fund, state=State.PREPARED).aggregate(n=Sum("fen"))["n"]
    return (owned.free if owned else 0) - (waits or 0)


def promised_minutes(persons: Iterable[UUID], month: date) -> dict[UUID, int]:
    """Minutes of persons' grants of a month that prepared settlements will take."""
    first = month.replace(day=1)
    rows = Line.everywhere.filter(
        active=True, settlement__state=State.PREPARED, on__gte=first, on__lt=Period.holding(month).end
    )
    with elevated():  # another organisation's lines take of the same grant
        mine = rows.filter(person_id__in=list(persons)).order_by().values_list("person_id")
        return dict(mine.annotate(total=Sum("payable_minutes")))


def promised_under(contracts: Iterable[UUID]) -> dict[UUID, Room]:
    """Fen and minutes that prepared settlements will take of contracts' ceilings."""
    rows = Line.everywhere.filter(
        active=True, settlement__state=State.PREPARED, contract_id__in=list(contracts)
    )
    with elevated():  # a ceiling is one, wherever its visits were
        sums = rows.order_by().values_list("contract_id").annotate(fen=Sum("fen"), n=Sum("payable_minutes"))
        return {key: (fen, minutes) for key, fen, minutes in sums}


def payable_room(contracts: Iterable[UUID]) -> dict[UUID, Room]:
    """Fen and minutes of contracts' ceilings that can still be paid, without what prepared settlements will take."""
    wanted = list(contracts)
    waits, found = promised_under(wanted), {}
    for key, (fen, minutes) in unsettled_room(wanted).items():
        taken, spent = waits.get(key, (0, 0))
        found[key] = (fen - taken, None if minutes is None else minutes - (spent or 0))
    return found


def accounts(scope: Scope) -> QuerySet[Account]:
    """Accounts a reader may see."""
    rows: QuerySet[Account] = Account.objects.within(scope)
    return rows


def journals(scope: Scope) -> QuerySet[Journal]:
    """Journals a reader may see."""
    rows: QuerySet[Journal] = Journal.objects.within(scope)
    return rows


def entries(journal: Journal, scope: Scope, *, most: int = 200) -> list[Entry]:
    """The first entries of a journal that a reader may see, with their accounts."""
    rows = Entry.objects.within(scope).filter(journal=journal).select_related("account")
    return list(rows.order_by("seq")[:most])


def settled_in(period: Period, low: int, high: int) -> dict[int, int]:
    """Fen approved for visits given in a period, by the person's region, in a range of regions."""
    rows = Line.everywhere.filter(
        active=True,
        settlement__state__in=[State.APPROVED, State.PAID],
        on__gte=period.start,
        on__lt=period.end,
        region_id__gte=low,
        region_id__lt=high,
    )
    return dict(rows.values_list("region_id").annotate(total=Sum("fen")).order_by("region_id"))
