"""Reads of contracts: which count, what is used of them, and what is left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Count, QuerySet, Sum

from songhe.areas.contracts.models import (
    LIVE,
    Area,
    Contract,
    Remark,
    Service,
    Stage,
    State,
    Use,
    Version,
    VersionState,
)
from songhe.areas.contracts.rules import Amount, Deal, Served, Tariff, percent_used, room
from songhe.engines.access.api import Scope, elevated

COUNTED = (Stage.PROMISED, Stage.GIVEN, Stage.SETTLED)


@dataclass(frozen=True, slots=True)
class Standing:
    """What is used of a contract, by how far it has come, and its ceiling."""

    promised: Amount
    given: Amount
    settled: Amount
    fen: int
    minutes: int | None

    @property
    def used(self) -> Amount:
        """Everything that counts against the ceiling."""
        return self.promised + self.given + self.settled

    @property
    def left(self) -> tuple[int, int | None]:
        """Fen and minutes that are still free."""
        return room(self.fen, self.minutes, self.used)

    @property
    def percent(self) -> int:
        """How much is used, of money or minutes, whichever is more."""
        return percent_used(self.fen, self.minutes, self.used)


def standings(contracts: Iterable[Contract]) -> dict[UUID, Standing]:
    """How contracts stand. Counted beyond the reader's scope: a ceiling is one, wherever its orders lie."""
    found = list(contracts)
    sums: dict[tuple[UUID, str], Amount] = {}
    with elevated():
        rows = Use.everywhere.filter(contract__in=[row.pk for row in found], stage__in=COUNTED).order_by()
        total = rows.values_list("contract_id", "stage").annotate(Sum("fen"), Sum("minutes"), Count("id"))
        for key, stage, fen, minutes, n in total:
            sums[key, stage] = Amount(fen, minutes, n)
    none = Amount()
    return {
        row.pk: Standing(
            sums.get((row.pk, Stage.PROMISED), none),
            sums.get((row.pk, Stage.GIVEN), none),
            sums.get((row.pk, Stage.SETTLED), none),
            row.ceiling_fen,
            row.ceiling_minutes,
        )
        for row in found
    }


def deals(contracts: Iterable[Contract]) -> list[Deal]:
    """Contracts as the rules take them, with their approved versions in order."""
    rows = list(contracts)
    keys = [row.pk for row in rows]
    with elevated():  # terms and places of contracts that the caller was given
        places: defaultdict[UUID, list[tuple[int, int]]] = defaultdict(list)
        for contract_id, low, high in Area.everywhere.filter(contract__in=keys).values_list(
            "contract_id", "region_id", "upper"
        ):
            places[contract_id].append((low, high))
        versions = Version.everywhere.filter(contract__in=keys, state=VersionState.APPROVED)
        terms = _terms(list(versions.order_by("number")))
    return [_deal(row, places[row.pk], terms.get(row.pk, ())) for row in rows]


def draft_deal(contract: Contract, version: Version) -> Deal:
    """A contract as it would be with a version that is not approved yet."""
    with elevated():
        places = list(Area.everywhere.filter(contract=contract).values_list("region_id", "upper"))
        (terms,) = _terms([version]).values()
    deal = _deal(contract, places, terms)
    return Deal(
        id=deal.id, number=deal.number, organisation_id=deal.organisation_id, since=deal.since, until=version.until,
        ranges=deal.ranges, fen=version.ceiling_fen, minutes=version.ceiling_minutes, versions=deal.versions,
        served=deal.served,
    )  # fmt: skip


def _terms(versions: Sequence[Version]) -> dict[UUID, tuple[tuple[date, Mapping[str, Tariff]], ...]]:
    priced: defaultdict[UUID, dict[str, Tariff]] = defaultdict(dict)
    for row in Service.everywhere.filter(version__in=[version.pk for version in versions]):
        priced[row.version_id][row.item] = Tariff(
            item=row.item, unit=row.unit, fen=row.fen, charged=row.charged
        )
    found: defaultdict[UUID, list[tuple[date, Mapping[str, Tariff]]]] = defaultdict(list)
    for version in versions:
        found[version.contract_id].append((version.since, priced[version.pk]))
    return {key: tuple(rows) for key, rows in found.items()}


def _deal(
    row: Contract,
    places: Iterable[tuple[int, int]],
    versions: tuple[tuple[date, Mapping[str, Tariff]], ...],
) -> Deal:
    return Deal(
        id=row.pk,
        number=row.number,
        organisation_id=row.organisation_id,
        since=row.since,
        until=row.until,
        ranges=tuple(sorted(places)),
        fen=row.ceiling_fen,
        minutes=row.ceiling_minutes,
        versions=versions,
        served=Served(frozenset(row.served_tags), row.least_age),
    )


def live(organisations: Iterable[UUID]) -> QuerySet[Contract]:
    """Contracts of some organisations under which orders may be taken, each within its term."""
    rows: QuerySet[Contract] = Contract.everywhere.filter(
        organisation_id__in=list(organisations), state__in=LIVE
    )
    return rows.order_by("pk")


def ending(scope: Scope, on: date, days: int) -> QuerySet[Contract]:
    """Contracts in force that end within so many days, the first to end first."""
    rows = Contract.objects.within(scope).filter(state=State.IN_FORCE)
    found: QuerySet[Contract] = rows.filter(until__gte=on, until__lte=on + timedelta(days=days))
    return found.select_related("organisation").order_by("until", "id")


def nearly_used(scope: Scope, percent: int) -> list[tuple[Contract, Standing]]:
    """Contracts in force of which at least so many percent are used, the fullest first."""
    rows = list(Contract.objects.within(scope).filter(state=State.IN_FORCE).select_related("organisation"))
    stands = standings(rows)
    found = [(row, stands[row.pk]) for row in rows if stands[row.pk].percent >= percent]
    return sorted(found, key=lambda one: (-one[1].percent, one[0].number))


def version_of(contract: Contract, on: date) -> Version | None:
    """The approved version that holds on a day; the first one before the term begins."""
    with elevated():  # whoever sees a contract sees its terms
        rows = Version.everywhere.filter(contract=contract, state=VersionState.APPROVED)
        held: Version | None = rows.filter(since__lte=on).order_by("-number").first()
        return held or rows.order_by("number").first() or open_version(contract)


def open_version(contract: Contract) -> Version | None:
    """The version that waits to be approved."""
    with elevated():
        found: Version | None = Version.everywhere.filter(contract=contract, state=VersionState.DRAFT).first()
        return found


def versions_of(contract: Contract) -> list[Version]:
    """All versions, the latest first."""
    with elevated():
        return list(Version.everywhere.filter(contract=contract).order_by("-number"))


def services_of(version: Version | None) -> list[Service]:
    """The services of a version, in the order of the catalogue."""
    if version is None:
        return []
    with elevated():
        return list(Service.everywhere.filter(version=version).order_by("item"))


def places_of(contract: Contract) -> list[Area]:
    """The regions of a contract."""
    with elevated():
        return list(Area.everywhere.filter(contract=contract).select_related("region").order_by("region_id"))


def remarks_of(contract: Contract, *, most: int = 100) -> list[Remark]:
    """How it was kept, the latest first."""
    with elevated():
        return list(Remark.everywhere.filter(contract=contract).order_by("-on", "-id")[:most])


def charged_to(persons: Iterable[UUID], since: date, until: date) -> dict[tuple[UUID, str], int]:
    """Minutes of grants that orders under contracts take for days in [since, until), by person and stage: what is promised,
    and what is given and not settled yet."""
    with elevated():  # orders of other organisations count too
        rows = Use.everywhere.filter(
            person__id__among=list(persons),
            on__gte=since,
            on__lt=until,
            stage__in=[Stage.PROMISED, Stage.GIVEN],
        )
        sums = rows.order_by().values_list("person_id", "stage").annotate(Sum("minutes"))
        return {(person, stage): minutes for person, stage, minutes in sums}


def names_of(contracts: Iterable[UUID | None]) -> dict[UUID, str]:
    """Numbers and lots by contract; known to whoever may see an order under it."""
    wanted = {key for key in contracts if key}
    if not wanted:
        return {}
    with elevated():
        return {row.pk: str(row) for row in Contract.everywhere.filter(pk__in=wanted)}


def tariffs(pairs: Iterable[tuple[UUID, str, date]]) -> dict[tuple[UUID, str, date], Tariff]:
    """The price of each (contract, service, day), by the version that held then."""
    wanted = set(pairs)
    with elevated():
        found = {
            deal.id: deal for deal in deals(Contract.everywhere.filter(pk__in={one[0] for one in wanted}))
        }
    prices = {(key, item, on): found[key].tariff(item, on) for key, item, on in wanted if key in found}
    return {key: price for key, price in prices.items() if price is not None}


def unsettled_room(contracts: Iterable[UUID]) -> dict[UUID, tuple[int, int | None]]:
    """Fen and minutes of each ceiling that are not settled yet: so much can still be paid."""
    with elevated():
        rows = list(Contract.everywhere.filter(pk__in=list(contracts)))
    return {
        key: room(standing.fen, standing.minutes, standing.settled)
        for key, standing in standings(rows).items()
    }


def booked_under(keys: Iterable[UUID]) -> dict[UUID, tuple[UUID, date]]:
    """Under which contract and for which day each order, or each visit in vain, was booked, by its key."""
    wanted = list(keys)
    if not wanted:
        return {}
    with elevated():  # whoever sees an order sees under which contract it is
        rows = Use.everywhere.filter(order_id__among=wanted)
        return {
            key: (contract, on) for key, contract, on in rows.values_list("order_id", "contract_id", "on")
        }


def promised_by(orders: Iterable[UUID]) -> dict[UUID, Amount]:
    """What some orders have promised and not given, by contract."""
    with elevated():  # a plan's orders may lie with several organisations
        rows = Use.everywhere.filter(order_id__among=list(orders), stage=Stage.PROMISED).order_by()
        sums = rows.values_list("contract_id").annotate(Sum("fen"), Sum("minutes"), Count("id"))
        return {key: Amount(fen, minutes, n) for key, fen, minutes, n in sums}
