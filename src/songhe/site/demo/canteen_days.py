"""The canteen of the demo city that has log-ins of its own, as people enter it, and the months of two others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from songhe.areas.canteens import actions
from songhe.areas.canteens.models import Canteen, Diner, HeadCount, Meal, PaperKind, Roll, Unit, of
from songhe.areas.canteens.models.kitchen import Cook
from songhe.areas.canteens.rules.money import Fen
from songhe.areas.registry.api import Person
from songhe.core.days import monday_of
from songhe.site.demo.claims import Colleague
from songhe.site.demo.history import City

SUPPLIES = (("大米", "50", Unit.GRAM, 26_000), ("白菜", "32.5", Unit.GRAM, 5_200), ("豆腐", "12", Unit.GRAM, 6_000),
            ("鲅鱼", "9.5", Unit.GRAM, 24_700), ("花生油", "10", Unit.MILLILITRE, 16_800), ("鸡蛋", "120", Unit.PIECE, 9_600))  # fmt: skip
COOKS = (
    ("丛玉兰", Cook.Kind.PAID, 230),
    ("毕桂芝", Cook.Kind.VOLUNTEER, 12),
    ("宋爱华", Cook.Kind.VOLUNTEER, 160),
)
DONATIONS = (("荣成市慈善总会", 1_000_000, 9, "慈收2026-118"), ("乡贤王先生", 200_000, 4, "收据0031"))


@dataclass
class Table:
    """A canteen with who eats there."""

    canteen: Canteen
    diners: list[Diner]
    persons: list[Person]


def show(city: City, table: Table, day: date) -> None:
    """Cooks, supplies, donations, cards, this week's roll, last month stated, today begun."""
    canteen, by, at = table.canteen, city.users["canteen"], city.at
    actions.enter_paper(
        canteen,
        actor=by,
        at=at,
        paper_kind=PaperKind.FILING,
        paper_no="鲁食备荣成0731",
        paper_until=day + timedelta(days=41),
    )
    for n, (name, kind, days) in enumerate(COOKS):
        cook = _cook(city, canteen, name, kind, day + timedelta(days=days), n)
        first = monday_of(day) + timedelta(days=2 * n)
        last = first + timedelta(days=1 + n)
        actions.put_on_duty(canteen, actor=by, at=at, cook=cook, since=first, last=last, meal="lunch")
    for n, (item, amount, unit, fen) in enumerate(SUPPLIES * 2):
        on = day - timedelta(days=1 + 3 * n)
        actions.buy(
            canteen,
            actor=by,
            at=at,
            on=on,
            item=item,
            amount=amount,
            unit=unit,
            paid=Fen(fen),
            supplier="镇供销社",
        )
    for donor, fen, ago, reference in DONATIONS:
        on = day - timedelta(days=ago)
        actions.receive_donation(
            canteen, actor=by, at=at, donor=donor, amount=Fen(fen), on=on, reference=reference
        )
    actions.note_diet(table.diners[0], actor=by, at=at, diet="糖尿病，少油少盐，不加糖")
    for diner in table.diners[:3]:
        actions.issue_card(diner, actor=by, at=at)
    _rolls(city, table, day)
    _close(city, table, day)
    _today(city, table, day)


def _cook(city: City, canteen: Canteen, name: str, kind: Cook.Kind, until: date, n: int) -> Cook:
    by = city.users["canteen"]
    made = actions.add_cook(
        canteen,
        actor=by,
        at=city.at,
        name=name,
        kind=kind,
        certificate_no=f"荣健{2026_0100 + n}",
        certificate_until=until,
    )
    Cook.everywhere.filter(pk=made.pk).update(since=date(2026, 1, 5))
    made.refresh_from_db()
    return made


def _rolls(city: City, table: Table, day: date) -> None:
    """Last week's roll still lacks its picture, this week's was printed this Monday."""
    by = city.users["village-canteen"]
    for ahead in (-7, 0):
        roll = actions.make_roll(table.canteen, actor=by, at=city.at, week_of=day + timedelta(days=ahead))
        Meal.everywhere.filter(canteen=table.canteen, on__range=(roll.monday, roll.last)).update(roll=roll)
        if ahead:
            Roll.everywhere.filter(pk=roll.pk).update(
                state="partly", revision=3, entered_by=by.name[:80], entered_at=city.at
            )


def _close(city: City, table: Table, day: date) -> None:
    """Every day but the last two is closed, and last month is stated for the town."""
    by, first = city.users["canteen"], day.replace(day=1)
    rows = Meal.everywhere.filter(canteen=table.canteen, on__lt=day - timedelta(days=2))
    days, many = sorted(set(rows.values_list("on", flat=True))), len(table.diners)
    HeadCount.everywhere.bulk_create(
        HeadCount(
            **of(table.canteen),
            on=on,
            meal="lunch",
            expected=many,
            counted=many - on.day % 3,
            by=by.name[:80],
            at=city.at,
        )
        for on in days
    )
    for on in days:
        actions.close_day(table.canteen, actor=by, at=city.at, on=on)
    actions.state_month(table.canteen, actor=by, at=city.at, month=first - timedelta(days=1))


def _today(city: City, table: Table, day: date) -> None:
    """Today's head count, some who came, one who called off, and one who did not come."""
    canteen, by = table.canteen, city.users["canteen"]
    if len(table.diners) < 4:
        return
    away, absent, *rest = table.diners
    actions.call_off(away, actor=by, at=city.at, since=day, last=day + timedelta(days=3), meal="lunch")
    for diner in rest[: len(rest) // 2]:
        actions.serve_diner(canteen, actor=by, at=city.at, diner=diner.pk, on=day, meal="lunch")
    actions.report_absent(absent, actor=by, at=city.at, on=day, meal="lunch")


def state(city: City, table: Table, day: date, *, accepted: bool) -> None:
    """Another canteen's month: stated, and accepted or not."""
    keeper = Colleague(f"{table.canteen.name}负责人")
    month = day.replace(day=1) - timedelta(days=1)
    rows = Meal.everywhere.filter(canteen=table.canteen, on__lt=day.replace(day=1))
    for on in sorted(set(rows.values_list("on", flat=True))):
        actions.close_day(table.canteen, actor=keeper, at=city.at, on=on)
    made = actions.state_month(table.canteen, actor=keeper, at=city.at, month=month)
    if accepted:
        actions.accept_month(made, actor=Colleague("镇民政办经办人"), at=city.at)
