"""A letter as a paper: A4, in letters large enough to be read at home, with room for the seal."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext

from songhe.areas.entitlement.explaining import day_words
from songhe.areas.entitlement.letters import Letter, Part
from songhe.kit.pdf import INK, LINE, SOFT, Column, Paper
from songhe.kit.words import is_chinese

SIZE, HEIGHT = 12, 7
"""Of the words of a letter: points, and millimetres from line to line."""
SEAL = 42
"""The width of an office's round seal, in millimetres."""


class Sheet(Paper):
    """The parts of a letter, one below the other."""

    def say(self, text: str, *, size: int = SIZE, indent: float = 0.0, font: str = "sans") -> None:
        """Sentences over the width of the page."""
        self.set_font(font, size=size)
        self.set_text_color(*INK)
        height = HEIGHT * size / SIZE
        if not is_chinese():  # in a Chinese font these are as wide as a character
            text = text.replace("“", '"').replace("”", '"')
        for line in self.lines_of(text, self.epw - indent):
            self.set_x(self.l_margin + indent)
            self.cell(self.epw - indent, height, line, new_x="LMARGIN", new_y="NEXT")

    def part(self, part: Part, *, below: float = 0.0) -> None:
        """A heading with its sentences, never alone at the foot of a page; ``below``: room for what goes with it."""
        if self.will_page_break((3 + (len(part.lines) if below else 0)) * HEIGHT + below):
            self.add_page()
        self.ln(3)
        self.set_font("serif", size=SIZE)
        self.set_text_color(*SOFT)
        self.cell(0, HEIGHT, part.heading, new_x="LMARGIN", new_y="NEXT")
        for line in part.lines:
            if part.listed:
                self.set_x(self.l_margin)
                self.set_font("sans", size=SIZE)
                self.cell(5, HEIGHT, "·")
                self.say(line, indent=5)
            else:
                self.say(line)

    def seal(self, issuer: str, day: str) -> None:
        """Who sends the letter, when, and room for the seal over both."""
        if self.will_page_break(SEAL + 10):
            self.add_page()
        left, top = self.w - self.r_margin - 70, self.get_y() + 6
        self.set_draw_color(*LINE)
        self.set_dash_pattern(1.2, 1.2)
        self.circle(x=left + 35, y=top + SEAL / 2, radius=SEAL / 2)
        self.set_dash_pattern()
        self.set_y(top + 2)
        self._write(9, SOFT)
        self.set_x(left)
        self.cell(70, 5, gettext("Seal"), align="C", new_x="LMARGIN", new_y="NEXT")
        self.set_y(top + SEAL / 2 - HEIGHT)
        self.set_font("sans", size=SIZE)
        self.set_text_color(*INK)
        for text in (*self.lines_of(issuer, 70), day):
            self.set_x(left)
            self.cell(70, HEIGHT, text, align="C", new_x="LMARGIN", new_y="NEXT")
        self.set_y(top + SEAL + 4)


def letter(told: Letter, *, at: datetime) -> bytes:
    """A letter as a PDF file."""
    sheet = Sheet(title=told.title, issuer=told.issuer, number=told.number, at=at)
    sheet.note(gettext("Number {number}").format(number=told.number))
    sheet.say(gettext("To {name}:").format(name=told.to))
    sheet.ln(2)
    sheet.say(told.decision, size=15, font="serif")
    if told.rows:
        sheet.ln(4)
        sheet.table_of(
            [
                Column(gettext("Benefit"), 30),
                Column(gettext("State"), 18),
                Column(gettext("Amount"), 22),
                Column(gettext("Reason"), 54),
            ],
            [[row.name, row.state, row.amount, row.reason] for row in told.rows],
            size=11,
        )
    for place, part in enumerate(told.parts, start=1):
        sheet.part(part, below=SEAL + 12 if place == len(told.parts) else 0.0)
    sheet.seal(told.issuer, day_words(told.day))
    return sheet.finished()
