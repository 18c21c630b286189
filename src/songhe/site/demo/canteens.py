"""Canteens of the county shown: one that runs through a whole month and today, two whose month was stated, several more
with diners and this week's meals; one diner who did not come today.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils.timezone import localtime
from psycopg.types.json import Jsonb

from songhe.areas.canteens import actions
from songhe.areas.canteens.limits import hygiene_choices, terms
from songhe.areas.canteens.models import Canteen, Diner, Meal, MenuDay, Sample, Way, of
from songhe.areas.canteens.models.kitchen import HygieneDay
from songhe.areas.canteens.pricing import Priced, price
from songhe.areas.canteens.rules.days import week
from songhe.areas.providers.api import Facility
from songhe.areas.registry.api import Person
from songhe.core.codes.region import TOWN, at_level
from songhe.core.days import monday_of
from songhe.core.refusal import Refused
from songhe.engines.access.api import SYSTEM, Scope, Tie, entered, tie
from songhe.engines.regions.ids import uuid7
from songhe.site.demo.canteen_days import Table, show, state
from songhe.site.demo.cast import Seat
from songhe.site.demo.history import City
from songhe.site.demo.load import Load
from songhe.site.demo.users import add_users

MANY, SEATS = 10, 14
OF = ("canteen", "facility_id", "organisation_id", "region")
DINER = ("id", *OF, "person", "since", "way", "meals", "neighbour")
MEAL = (
    "id", *OF, "diner", "person", "on", "meal", "way", "source", "price_fen", "subsidy_fen", "village_fen", "donation_fen",
    "diner_fen", "grant_rule", "policy_id", "assumed", "served_by", "served_at",
)  # fmt: skip
MENU = ("id", *OF, "on", "meal", "dishes", "allergens", "by", "at")
CLEAN = ("id", *OF, "on", "done", "missing", "note", "by", "at")
SAMPLE = (
    "id",
    *OF,
    "on",
    "meal",
    "dish",
    "grams",
    "taken_at",
    "taken_by",
    "keep_until",
    "discarded_at",
    "discarded_by",
)
DISHES = (
    (("白菜炖豆腐", "蒸鲅鱼", "小米粥", "馒头"), ("soy", "fish", "gluten")),
    (("土豆烧鸡块", "蒜蓉油菜", "大米饭", "紫菜蛋花汤"), ("egg",)),
    (("萝卜炖排骨", "凉拌海带丝", "花卷"), ("gluten",)),
    (("韭菜鸡蛋包子", "拌黄瓜", "绿豆粥"), ("egg", "gluten")),
    (("茄子炖肉", "清炒豆芽", "大米饭", "冬瓜汤"), ("soy",)),
    (("手擀面", "肉末豆角卤", "拌菠菜"), ("gluten", "soy")),
    (("红烧带鱼", "醋溜白菜", "二米饭"), ("fish",)),
)
NEIGHBOURS = ("孙大嫂", "于大爷", "王婶", "姜姐", "丛大哥", "毕婶子")


def dine(city: City) -> None:
    """Make the canteens; nothing where the county shown has none. Nobody eats where no policy says what a meal costs."""
    with entered(Scope.EVERYTHING):
        tables, day = _tables(city), localtime(city.at).date()
        if not tables:
            return
        _log_ins(city, tables[0])
        if not _priced(tables[0], day):
            return
        _meals(city, tables, day)
        _kitchens(city, tables, day)
        show(city, tables[0], day)
        for number, other in enumerate(tables[1:3]):
            state(city, other, day, accepted=number == 0)


def _priced(table: Table, day: date) -> bool:
    try:
        price(table.persons[:1], day, "lunch", region=table.canteen.region_id)
    except Refused as refused:
        if refused.code != "no_price":
            raise
        return False
    return True


def _tables(city: City) -> list[Table]:
    """Canteens of the towns that have a log-in first, each with people who live near by."""
    own = at_level(city.users["town"].scope().areas[0][0], TOWN)
    sites = [key for key, _owner, site in city.providers.sites if site.kind in ("canteen", "dining_table")]
    rows = [
        row
        for row in Facility.everywhere.filter(pk__in=sites)
        if row.region_id // 10**6 * 10**6 == city.shown
    ]
    free = Person.everywhere.filter(
        region_id__in=[row.region_id for row in rows], state="alive", born__lt=date(1946, 11, 1)
    )
    counts = Counter(free.values_list("region_id", flat=True))
    rows.sort(key=lambda row: (at_level(row.region_id, TOWN) != own, -counts[row.region_id], row.name))
    found: list[Table] = []
    taken: set[UUID] = set()
    diners: list[tuple[object, ...]] = []
    for facility in rows[:MANY]:
        persons = _near(city, facility, taken)
        if not persons:
            continue
        canteen = actions.set_up(actor=SYSTEM, at=city.at, facility=facility)
        paper = {"paper_kind": "filing", "paper_no": f"鲁食备荣成{len(found) + 700:04d}"}
        Canteen.everywhere.filter(pk=canteen.pk).update(since=date(2022, 3, 1), **paper)
        found.append(Table(canteen, [], persons))
        diners += [_diner(canteen, person, n) for n, person in enumerate(persons)]
    load = Load(Diner, DINER)
    load.copy(diners)
    load.done("canteens.load", at=city.at, region=city.shown)
    made = (
        Diner.everywhere.filter(canteen__in=[one.canteen for one in found])
        .select_related("person")
        .order_by("id")
    )
    for diner in made:
        next(one for one in found if one.canteen.pk == diner.canteen_id).diners.append(diner)
    return found


def _near(city: City, facility: Facility, taken: set[UUID]) -> list[Person]:
    """Old people of the village, then of the town, whom no other canteen has."""
    out: list[Person] = []
    for width in (0, 3):
        keys = [city.ids[row] for row in city.rows_in(facility.region_id, width)[:200]]
        rows = Person.everywhere.filter(pk__in=keys, state="alive", born__lt=date(1961, 1, 1)).exclude(
            pk__in=taken
        )
        out += [row for row in rows.order_by("born", "id")[: SEATS - len(out)] if row not in out]
        if len(out) >= SEATS:
            break
    taken |= {row.pk for row in out}
    return out


def _diner(canteen: Canteen, person: Person, n: int) -> tuple[object, ...]:
    way = (Way.DINE_IN, Way.DINE_IN, Way.COLLECT, Way.DINE_IN, Way.DELIVERED)[n % 5]
    return (
        uuid7(),
        *_of(canteen),
        person.pk,
        date(2026, 1, 5),
        way,
        Jsonb(["lunch"]),
        NEIGHBOURS[n % len(NEIGHBOURS)],
    )


def _of(canteen: Canteen) -> tuple[object, ...]:
    row = of(canteen)
    return row["canteen_id"], row["facility_id"], row["organisation_id"], row["region_id"]


def _log_ins(city: City, first: Table) -> None:
    """Who runs the first canteen, and the worker of its village."""
    canteen = first.canteen
    seats = [
        Seat("canteen", "facility_manager", f"{canteen.name} 丛玉兰", city.shown, "facility"),
        Seat("village-canteen", "village_officer", f"{canteen.region.name} 于志国", canteen.region_id),
    ]
    city.users |= add_users(seats, holders={"canteen": canteen.facility_id}, at=city.at)
    for person in first.persons:
        tie(
            person.pk,
            canteen.facility_id,
            Tie.Kind.FACILITY,
            region_id=person.region_id,
            since=date(2026, 1, 5),
        )


def _meals(city: City, tables: Sequence[Table], day: date) -> None:
    """Meals of the last days of last month at the first three, and of this week at all."""
    load, first = Load(Meal, MEAL), day.replace(day=1)
    for place, table in enumerate(tables):
        before = [first - timedelta(days=n) for n in range(12, 0, -1)]
        before = [on for on in before if on.weekday() < 5][-(6, 3, 2)[place] :] if place < 3 else []
        days = [*before, *(on for on in week(monday_of(day)) if first <= on < day)]
        parts = price(table.persons, day, "lunch", region=table.canteen.region_id)
        load.copy(
            (
                *(uuid7(), *_of(table.canteen), diner.pk, diner.person_id, on, "lunch", diner.way, "roll"),
                *(*_parts(parts[diner.person_id]), "丛玉兰"),
                datetime.combine(on, datetime.min.time(), city.at.tzinfo) + timedelta(hours=4, minutes=n),
            )
            for on in days
            for n, diner in enumerate(table.diners)
            if (on.toordinal() * 7 + n * 3 + place) % 11
        )
    load.done("canteens.load", at=city.at, region=city.shown)


def _parts(one: Priced) -> tuple[object, ...]:
    split = one.split
    sums = (split.price, split.subsidy, split.village, split.donation, split.diner)
    return (*sums, one.grant_rule, one.policy_id, one.assumed)


def _kitchens(city: City, tables: Sequence[Table], day: date) -> None:
    """Menus of this week and the last, checklists and samples of the last days."""
    first, codes = monday_of(day) - timedelta(days=7), [code for code, _name in hygiene_choices()]
    menus, logs, samples = Load(MenuDay, MENU), Load(HygieneDay, CLEAN), Load(Sample, SAMPLE)
    keep = timedelta(hours=terms().sample_hours)
    for place, table in enumerate(tables):
        of_canteen = _of(table.canteen)
        days = [*week(first), *week(first + timedelta(days=7))]
        cooked = {on: DISHES[(on.toordinal() + place) % len(DISHES)] for on in days}
        menus.copy(
            (
                uuid7(),
                *of_canteen,
                on,
                "lunch",
                Jsonb(list(dishes)),
                Jsonb(list(allergens)),
                "丛玉兰",
                city.at,
            )
            for on, (dishes, allergens) in cooked.items()
        )
        past = [on for on in days if on < day]
        logs.copy(
            (uuid7(), *of_canteen, on, Jsonb(codes[:-1] if on.day % 9 == 4 else codes), Jsonb(codes[-1:] if on.day % 9 == 4 else []),
             "已联系燃气公司检修" if on.day % 9 == 4 else "", "丛玉兰", city.at)
            for on in past
        )  # fmt: skip
        samples.copy(
            _sample(
                of_canteen, on, dish, city.at, keep, forgotten=place == 0 and on == day - timedelta(days=3)
            )
            for on in past
            if day - on <= timedelta(days=6)
            for dish in cooked[on][0]
        )
    for load in (menus, logs, samples):
        load.done("canteens.load", at=city.at, region=city.shown)


def _sample(
    of_canteen: tuple[object, ...], on: date, dish: str, at: datetime, keep: timedelta, *, forgotten: bool
) -> tuple[object, ...]:
    taken = datetime.combine(on, datetime.min.time(), at.tzinfo) + timedelta(hours=3)
    over = taken + keep
    gone = over + timedelta(minutes=20) if over + timedelta(minutes=20) < at and not forgotten else None
    return (
        uuid7(),
        *of_canteen,
        on,
        "lunch",
        dish,
        130,
        taken,
        "丛玉兰",
        over,
        gone,
        "丛玉兰" if gone else "",
    )
