"""Papers of canteens: the weekly roll, diners' cards, the month's statement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import segno
from django.utils.translation import gettext

from songhe.areas.canteens.limits import meal_name
from songhe.areas.canteens.models import Canteen, CanteenDay, CanteenMonth, Diner, Roll
from songhe.areas.canteens.rules.days import told_apart
from songhe.areas.canteens.rules.money import per_head
from songhe.core.visiting import shown_code
from songhe.engines.regions.tree import full_name
from songhe.engines.vault.api import reveal
from songhe.kit.pdf import INK, LINE, SHADE, SOFT, Column, Paper
from songhe.kit.words import WEEKDAYS, moment, yuan

NAME, ROW, HEAD, CODE = 40, 9.2, 14, 26
"""Millimetres: the column of names, one line, the head, the side of a code."""
ON_A_PAGE = 20


def draw_code(paper: Paper, text: str, left: float, top: float, side: float) -> None:
    """A QR code."""
    rows = tuple(segno.make(text, error="m", micro=False).matrix)
    unit = side / len(rows)
    paper.set_fill_color(*INK)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                paper.rect(left + x * unit, top + y * unit, unit + 0.02, unit + 0.02, style="F")


class RollPaper(Paper):
    """The sheets of one week: names and boxes to tick, nothing else of anybody."""

    def sheet(
        self, names: Sequence[tuple[int, str]], days: Sequence[date], meals: Sequence[str], address: str
    ) -> None:
        """One page of names with a box for each meal of each day; the code leads to where it is entered."""
        top = self.get_y()
        draw_code(self, address, self.w - self.r_margin - CODE, top, CODE)
        self.set_xy(self.l_margin, top)
        self.set_font("sans", size=10)
        self.set_text_color(*SOFT)
        for line in (
            gettext("Tick whoever ate. Leave the box empty for whoever did not come."),
            gettext("Take a picture of the whole sheet; scan the code to enter it."),
            gettext("Cook: ________    Village: ________"),
        ):
            for part in self.lines_of(line, self.epw - CODE - 6):
                self.cell(self.epw - CODE - 6, 6, part, new_x="LMARGIN", new_y="NEXT")
        self.set_y(top + CODE + 3)
        self._head(days, meals)
        for number, name in names:
            self._line(number, name, len(days), len(meals))

    def _head(self, days: Sequence[date], meals: Sequence[str]) -> None:
        width, top = (self.epw - NAME) / len(days), self.get_y()
        self.set_fill_color(*SHADE)
        self.rect(self.l_margin, top, self.epw, HEAD, style="F")
        self.set_text_color(*INK)
        self.set_font("sans", size=9)
        for place, day in enumerate(days):
            self.set_xy(self.l_margin + NAME + place * width, top + 1)
            self.cell(width, 5, str(WEEKDAYS[day.weekday()]), align="C")
            self.set_xy(self.l_margin + NAME + place * width, top + 5.5)
            self.cell(width, 4, f"{day:%m-%d}", align="C")
            self.set_font("sans", size=6)
            for nth, meal in enumerate(meals if len(meals) > 1 else ()):
                self.set_xy(self.l_margin + NAME + place * width + nth * width / len(meals), top + 9.5)
                self.cell(width / len(meals), 4, meal_name(meal)[:1], align="C")
            self.set_font("sans", size=9)
        self.set_y(top + HEAD)

    def _line(self, number: int, name: str, days: int, meals: int) -> None:
        top, width = self.get_y(), (self.epw - NAME) / days
        self.set_draw_color(*LINE)
        self.line(self.l_margin, top + ROW, self.w - self.r_margin, top + ROW)
        self.set_text_color(*SOFT)
        self.set_font("sans", size=8)
        self.set_xy(self.l_margin, top)
        self.cell(7, ROW, str(number), align="R")
        self.set_text_color(*INK)
        self.set_font("sans", size=12)
        self.set_xy(self.l_margin + 8, top)
        self.cell(NAME - 8, ROW, self.lines_of(name, NAME - 8)[0])
        self.set_draw_color(*INK)
        side = min(6.0, width / meals - 1.2)
        for day in range(days):
            for meal in range(meals):
                middle = self.l_margin + NAME + day * width + (meal + 0.5) * width / meals
                self.rect(middle - side / 2, top + (ROW - side) / 2, side, side)
        self.set_y(top + ROW)


def roll_paper(roll: Roll, canteen: Canteen, diners: Sequence[Diner], address: str, *, at: datetime) -> bytes:
    """The roll as a PDF file."""
    names = list(enumerate(told_apart([diner.person.name for diner in diners]), start=1))
    title = gettext("Weekly attendance sheet {first} – {last}").format(
        first=f"{roll.monday:%Y-%m-%d}", last=f"{roll.last:%m-%d}"
    )
    paper = RollPaper(title=title, issuer=canteen.name, number=roll.number, at=at)
    for start in range(0, len(names), ON_A_PAGE):
        if start:
            paper.add_page()
        paper.sheet(names[start : start + ON_A_PAGE], roll.days, roll.meals, address)
    return paper.finished()


def card_paper(diner: Diner, name: str, canteen: Canteen, address: str, *, at: datetime) -> bytes:
    """A diner's card: name, canteen and code, of the size of a bank card."""
    token = reveal(diner.person_id, diner.card_sealed)
    paper = Paper(title=gettext("Meal card"), issuer=canteen.name, number=shown_code(token), at=at)
    left, top, width, high = (paper.w - 86) / 2, paper.get_y() + 8, 86, 54
    paper.set_draw_color(*LINE)
    paper.set_dash_pattern(1.5, 1.5)
    paper.rect(left, top, width, high)
    paper.set_dash_pattern()
    draw_code(paper, f"{address}?tag={token}", left + width - 40, top + 7, 34)
    paper.set_text_color(*INK)
    for size, text, below in ((16, name, 8), (9, canteen.name, 20), (13, shown_code(token), 34)):
        paper.set_font("sans", size=size)
        paper.set_xy(left + 4, top + below)
        paper.cell(40, 8, paper.lines_of(text, 40)[0])
    paper.set_y(top + high + 6)
    paper.note(
        gettext(
            "Cut it out. Whoever finds it returns it to the canteen; a lost card is replaced and the old one is void."
        )
    )
    return paper.finished()


def month_paper(
    statement: CanteenMonth, canteen: Canteen, days: Sequence[CanteenDay], *, at: datetime
) -> bytes:
    """The statement of a month, for the town to accept and to file."""
    title = gettext("Statement of meals {month}").format(month=f"{statement.month:%Y-%m}")
    paper = Paper(title=title, issuer=canteen.name, number=f"{statement.digest[:16]}", at=at)
    cost = per_head(statement.supplies_fen, statement.meals)
    paper.facts(
        [
            (gettext("Region"), full_name(statement.region_id, below=2)),
            (gettext("State"), str(statement.get_state_display())),
            (gettext("Days served"), str(statement.days)),
            (gettext("Persons who ate"), f"{statement.diners:,}"),
            (gettext("Supplies (yuan)"), yuan(statement.supplies_fen)),
            (gettext("Food cost per meal (yuan)"), "—" if cost is None else yuan(cost)),
            (gettext("Statement submitted by"), f"{statement.stated_by} {moment(statement.stated_at)}"),
            (
                gettext("Decided by"),
                f"{statement.decided_by} {moment(statement.decided_at)}" if statement.decided_at else "—",
            ),
        ]
    )
    heads = [
        Column(gettext("Day"), 22), Column(gettext("Meals"), 14, number=True), Column(gettext("Meals delivered"), 14, number=True),
        Column(gettext("Price of the meals"), 20, number=True), Column(gettext("From the budget"), 20, number=True),
        Column(gettext("From the village"), 20, number=True), Column(gettext("From donations"), 20, number=True),
        Column(gettext("From the diners"), 20, number=True),
    ]  # fmt: skip
    paper.table_of(
        heads,
        [_cells(f"{day.on:%Y-%m-%d}", day) for day in days],
        totals=_cells(gettext("Total"), statement),
    )
    paper.seals([gettext("Canteen"), gettext("Village"), gettext("Town or street")])
    return paper.finished()


def _cells(head: str, row: CanteenDay | CanteenMonth) -> list[str]:
    sums = (row.price_fen, row.subsidy_fen, row.village_fen, row.donation_fen, row.diner_fen)
    return [head, f"{row.meals:,}", f"{row.delivered:,}", *map(yuan, sums)]
