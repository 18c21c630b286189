"""Papers: A4 pages in Chinese and English with a letterhead, facts, tables and places for seals.

The fonts are Noto Sans SC and Noto Serif SC (SIL Open Font License) from the package ``pylopdf-fonts-zh-cn``; only
the characters that a paper uses are embedded. They have every character of the national table of 2013. Rarer ones of
names are drawn as 〓, the sign printers use, and named by their number at the end of the paper.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.utils.translation import gettext
from fpdf import FPDF, FontFace
from fpdf.enums import TableBordersLayout, TableCellFillMode
from pylopdf_fonts_zh_cn import sans_path, serif_path

from songhe.kit.lines import pieces
from songhe.kit.words import moment

INK, SOFT, LINE, RED, SHADE = (31, 42, 39), (86, 100, 96), (200, 196, 186), (176, 42, 31), (241, 237, 228)
MARGIN = 18
GETA = "〓"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: its head, its share of the width, and whether it holds numbers."""

    head: str
    width: int
    number: bool = False


class Paper(FPDF):
    """One paper in the making. Call its parts in order, then ``finished``."""

    def __init__(self, *, title: str, issuer: str, number: str, at: datetime) -> None:
        super().__init__(orientation="portrait", unit="mm", format="A4")
        self.add_font("sans", "", sans_path())
        self.add_font("serif", "", serif_path())
        self.set_title(title)
        self.set_author(issuer)
        self.set_creation_date(at)
        self.set_margins(MARGIN, MARGIN, MARGIN)
        self.set_auto_page_break(auto=True, margin=MARGIN)
        self.number, self.at = number, at
        self.lacking: dict[str, None] = {}
        self.alias_nb_pages()
        self.add_page()
        self._letterhead(issuer, title)

    def footer(self) -> None:
        """Number, moment and page at the foot of every page."""
        self.set_y(-14)
        self._write(8, SOFT)
        self.cell(0, 5, f"{self.number}    {moment(self.at)}", align="L")
        self.cell(0, 5, f"{self.page_no()} / {{nb}}", align="R")

    def facts(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Label and value, two pairs on a line; long ones go on below."""
        half = self.epw / 2
        for start in range(0, len(pairs), 2):
            top, bottom = self.get_y(), self.get_y()
            for place, (label, value) in enumerate(pairs[start : start + 2]):
                left = self.l_margin + place * half
                for offset, width, text, size, colour in (
                    (0.0, half * 0.34, label, 9, SOFT),
                    (half * 0.34, half * 0.64, value, 10, INK),
                ):
                    self._write(size, colour)
                    self.set_y(top)
                    for line in self.lines_of(text, width):
                        self.set_x(left + offset)
                        self.cell(width, 7, line, new_x="LMARGIN", new_y="NEXT")
                    bottom = max(bottom, self.get_y())
            self.set_y(max(bottom, top + 7))
        self.ln(3)

    def lines_of(self, text: str, width: float) -> list[str]:
        """A text in lines of the present font: Chinese breaks between any two characters, but not beside its points."""
        lines = [""]
        room = width - 2 * self.c_margin
        for piece in pieces(self.normalize_text(text)):
            if self.get_string_width(lines[-1] + piece) <= room:
                lines[-1] += piece
                continue
            lines.append(piece.lstrip())
            while self.get_string_width(lines[-1]) > room:  # one piece wider than the page
                fits = next(
                    n for n in range(len(lines[-1]), 0, -1) if n == 1 or self._fits(lines[-1][:n], room)
                )
                if fits == len(lines[-1]):
                    break
                lines[-1:] = [lines[-1][:fits], lines[-1][fits:]]
        return [line for line in lines if line] or [""]

    def normalize_text(self, text: str) -> str:
        """What the font cannot draw becomes 〓 and is remembered."""
        has: Any = getattr(self.current_font, "cmap", None)
        if has is None:
            return super().normalize_text(text)
        for sign in text:
            if ord(sign) not in has and sign.isprintable():
                self.lacking[sign] = None
        return "".join(sign if ord(sign) in has or not sign.isprintable() else GETA for sign in text)

    def table_of(
        self,
        columns: Sequence[Column],
        rows: Sequence[Sequence[str]],
        *,
        totals: Sequence[str] = (),
        size: int = 9,
    ) -> None:
        """Rows under heads that come again on every page; ``totals`` is the last line, set apart."""
        self._write(size, INK)
        with self.table(
            col_widths=[column.width for column in columns],
            text_align=[_side(column) for column in columns],
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
            cell_fill_color=(250, 248, 243),
            cell_fill_mode=TableCellFillMode.ROWS,
            headings_style=FontFace(color=SOFT, fill_color=SHADE, size_pt=9),
            line_height=6 if size < 11 else 7,
            padding=(0.8, 1.4),
        ) as table:
            table.row([column.head for column in columns])
            for cells in rows:
                table.row(list(cells))
            if totals:
                table.row(list(totals), style=FontFace(fill_color=SHADE, size_pt=10))
        self.ln(4)

    def note(self, text: str) -> None:
        """A quiet sentence over the whole width."""
        self._write(9, SOFT)
        self.multi_cell(0, 5, text, new_x="LMARGIN", new_y="NEXT")
        self.ln(2)

    def seals(self, labels: Sequence[str]) -> None:
        """Places for signatures and seals, side by side, never torn from each other by a page's end."""
        if self.will_page_break(34):
            self.add_page()
        width = self.epw / len(labels)
        top = self.get_y() + 4
        self._write(9, SOFT)
        for place, label in enumerate(labels):
            self.set_xy(self.l_margin + place * width, top)
            self.cell(width, 6, label, align="C")
            self.set_draw_color(*LINE)
            middle = self.l_margin + (place + 0.5) * width
            self.line(middle - width * 0.36, top + 22, middle + width * 0.36, top + 22)
        self.set_y(top + 28)

    def finished(self) -> bytes:
        """The paper as a PDF file."""
        if self.lacking:
            numbers = ", ".join(f"U+{ord(sign):04X}" for sign in self.lacking)
            self.note(
                gettext("{sign} stands for a character that this document cannot display: {numbers}").format(
                    sign=GETA, numbers=numbers
                )
            )
        return bytes(self.output())

    def _fits(self, text: str, room: float) -> bool:
        return bool(self.get_string_width(text) <= room)

    def _letterhead(self, issuer: str, title: str) -> None:
        self.set_font("serif", size=16)
        self.set_text_color(*RED)
        self.multi_cell(0, 9, issuer, align="C", new_x="LMARGIN", new_y="NEXT")
        self.set_draw_color(*RED)
        self.set_line_width(0.5)
        self.line(self.l_margin, self.get_y() + 1, self.w - self.r_margin, self.get_y() + 1)
        self.ln(6)
        self.set_text_color(*INK)
        self.set_font("serif", size=14)
        self.multi_cell(0, 8, title, align="C", new_x="LMARGIN", new_y="NEXT")
        self.set_line_width(0.2)
        self.set_draw_color(*LINE)
        self.ln(2)

    def _write(self, size: int, colour: tuple[int, int, int]) -> None:
        self.set_font("sans", size=size)
        self.set_text_color(*colour)


def _side(column: Column) -> Literal["RIGHT", "LEFT"]:
    return "RIGHT" if column.number else "LEFT"
