"""Rows of canteens for the suite over every record."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

from tests import make
from tests.areas.providers import made as providers

from songhe.areas.canteens.books import post_donation
from songhe.areas.canteens.models import (
    Canteen,
    CanteenDay,
    CanteenMonth,
    Check,
    Cook,
    Diner,
    Donation,
    Duty,
    HeadCount,
    HygieneDay,
    Meal,
    MenuDay,
    Roll,
    Sample,
    Supply,
    of,
)
from songhe.areas.providers.api import Kind
from songhe.engines.access.api import SYSTEM
from songhe.engines.cases.api import open_case
from songhe.engines.regions.ids import uuid7

AT = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
DAY = date(2026, 11, 25)
ENTERED = {"by": "王经理", "at": AT}
PARTS = {"price_fen": 800, "subsidy_fen": 300, "village_fen": 250, "donation_fen": 250, "diner_fen": 0}


def canteen(region: int) -> Canteen:
    """A canteen of an organisation of its own."""
    owner = providers.organisation(region)
    facility = providers.facility(owner, Kind.DINING_TABLE)
    return Canteen.everywhere.create(
        facility=facility,
        organisation_id=owner.pk,
        region_id=region,
        name=facility.name,
        meals=["lunch"],
        since=date(2024, 1, 1),
    )


def diner(region: int, at: Canteen | None = None) -> Diner:
    """Somebody who eats there."""
    place = at or canteen(region)
    return Diner.everywhere.create(
        **of(place), person=make.person(region), since=date(2026, 1, 1), meals=["lunch"], neighbour="李邻居"
    )


def meal(region: int, one: Diner) -> Meal:
    """A lunch."""
    return Meal.everywhere.create(
        **of(one.canteen), diner=one, person=one.person, on=DAY, meal="lunch", way="dine_in", source="hand", policy_id=uuid4(),
        served_by="王经理", served_at=AT, **PARTS,
    )  # fmt: skip


def check(region: int, one: Diner) -> Check:
    """Somebody who did not come."""
    made = Check(
        id=uuid7(), **of(one.canteen), diner=one, person=one.person, on=DAY, meal="lunch", opened_at=AT
    )
    made.case = open_case(
        "diner_check", region_id=region, person_id=one.person_id, about=made, actor=SYSTEM, at=AT
    )
    made.number, made.due_at = made.case.number, made.case.due_at
    made.save(force_insert=True)
    return made


def donation(place: Canteen) -> Donation:
    """Money for meals."""
    made = Donation(
        id=uuid7(), **of(place), donor="村民", on=DAY, fen=10_000, reference=uuid4().hex[:12], **ENTERED
    )
    made.journal = post_donation(made, actor=SYSTEM, at=AT)
    made.save(force_insert=True)
    return made


def month(place: Canteen) -> CanteenMonth:
    """A stated month."""
    return CanteenMonth.everywhere.create(
        **of(place), month=date(2026, 10, 1), meals=1, days=1, diners=1, supplies_fen=500, digest="0" * 64, stated_by_id=uuid4(),
        stated_by="王经理", stated_at=AT, **PARTS,
    )  # fmt: skip


def days(n: int, region: int) -> list[CanteenDay]:
    """Closed days of one canteen."""
    place = canteen(region)
    return [
        CanteenDay.everywhere.create(
            **of(place), on=DAY - timedelta(days=ago), meals=1, closed_by="王经理", closed_at=AT, **PARTS
        )
        for ago in range(n)
    ]


def duties(n: int, region: int) -> list[Duty]:
    """Days on which one cook is on duty."""
    place = canteen(region)
    cook = _cook(place)
    return [
        Duty.everywhere.create(
            **of(place), cook=cook, on=DAY + timedelta(days=ahead), meal="lunch", **ENTERED
        )
        for ahead in range(n)
    ]


def _cook(place: Canteen) -> Cook:
    return Cook.everywhere.create(
        **of(place),
        name="丛师傅",
        kind="volunteer",
        certificate_no="J1",
        certificate_until=date(2027, 5, 1),
        since=date(2026, 1, 1),
    )


make.SAMPLES |= {
    "canteens": lambda n, region: [canteen(region) for _ in range(n)],
    "diners": lambda n, region: [diner(region) for _ in range(n)],
    "canteen-meals": lambda n, region: [meal(region, diner(region)) for _ in range(n)],
    "diner-checks": lambda n, region: [check(region, diner(region)) for _ in range(n)],
    "canteen-menus": lambda n, region: [
        MenuDay.everywhere.create(**of(canteen(region)), on=DAY, meal="lunch", dishes=["米饭"], allergens=["egg"], **ENTERED)
        for _ in range(n)
    ],
    "head-counts": lambda n, region: [
        HeadCount.everywhere.create(**of(canteen(region)), on=DAY, meal="lunch", expected=3, counted=3, **ENTERED) for _ in range(n)
    ],
    "canteen-rolls": lambda n, region: [
        Roll.everywhere.create(
            **of(canteen(region)), number=f"JC-{uuid4().hex[:10]}", monday=date(2026, 11, 23), meals=["lunch"], diners=[],
            printed_by="王经理", printed_at=AT,
        )
        for _ in range(n)
    ],
    "canteen-supplies": lambda n, region: [
        Supply.everywhere.create(**of(canteen(region)), on=DAY, item="大米", amount=25_000, unit="g", fen=12_000, **ENTERED)
        for _ in range(n)
    ],
    "food-samples": lambda n, region: [
        Sample.everywhere.create(
            **of(canteen(region)), on=DAY, meal="lunch", dish="白菜豆腐", grams=130, taken_at=AT, taken_by="丛师傅",
            keep_until=AT + timedelta(hours=48),
        )
        for _ in range(n)
    ],
    "hygiene-log": lambda n, region: [
        HygieneDay.everywhere.create(**of(canteen(region)), on=DAY, done=["health"], **ENTERED) for _ in range(n)
    ],
    "cooks": lambda n, region: [_cook(canteen(region)) for _ in range(n)],
    "cook-duties": duties,
    "canteen-days": days,
    "meal-donations": lambda n, region: [donation(canteen(region)) for _ in range(n)],
    "canteen-months": lambda n, region: [month(canteen(region)) for _ in range(n)],
}  # fmt: skip
