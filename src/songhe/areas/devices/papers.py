"""Labels for tags and devices: a code to be scanned, and words that say nothing about anybody."""

from __future__ import annotations

from datetime import datetime

import segno
from django.utils.translation import gettext, gettext_noop, override

from songhe.areas.devices.limits import desk_number
from songhe.areas.devices.models import Device, Tag
from songhe.engines.vault.api import reveal
from songhe.kit.pdf import INK, LINE, SOFT, Paper

WIDE, HIGH, SIDE, ACROSS, DOWN = 84, 48, 34, 2, 4
"""Millimetres of a label and of its code, and how many labels there are on a sheet."""


class Sheet(Paper):
    """Labels to be cut out and sewn in, stuck on or hung up."""

    def labels(self, address: str, number: str) -> None:
        """The same label as often as it fits."""
        top, left = self.get_y() + 4, (self.w - ACROSS * WIDE) / 2
        rows = tuple(segno.make(address, error="m", micro=False).matrix)
        for place in range(ACROSS * DOWN):
            self._label(left + place % ACROSS * WIDE, top + place // ACROSS * HIGH, rows, number)
        self.set_y(top + DOWN * HIGH + 6)

    def _label(self, left: float, top: float, rows: tuple[bytearray, ...], number: str) -> None:
        self.set_draw_color(*LINE)
        self.set_dash_pattern(1.5, 1.5)
        self.rect(left, top, WIDE, HIGH)
        self.set_dash_pattern()
        unit = SIDE / len(rows)
        self.set_fill_color(*INK)
        for y, row in enumerate(rows):
            for x, dark in enumerate(row):
                if dark:
                    self.rect(left + 5 + x * unit, top + 7 + y * unit, unit + 0.02, unit + 0.02, style="F")
        for size, text, below, colour in (
            (10, _both(gettext_noop("This person may need help")), 8, INK),
            (8, _both(gettext_noop("Scan the code, or call")), 22, SOFT),
            (15, number, 35, INK),
        ):
            self.set_font("sans", size=size)
            self.set_text_color(*colour)
            self.set_xy(left + SIDE + 8, top + below)
            self.multi_cell(WIDE - SIDE - 11, size * 0.52, text, align="L")


def _both(text: str) -> str:
    """Words in Chinese, and below them in English, for whoever comes by."""
    with override("zh-hans"):
        first = gettext(text)
    return f"{first}\n{text}"


def sheet(tag: Tag, device: Device, address: str, *, at: datetime) -> bytes:
    """Labels of one device as a PDF file. ``address`` is the page for finders, without the code's token."""
    token = reveal(device.pk, tag.token_sealed)
    paper = Sheet(title=gettext("Labels"), issuer=gettext("Songhe"), number=device.code, at=at)
    paper.note(
        gettext(
            "Cut out the labels and put them where somebody would look: sewn into a coat, on a stick, inside a bag. They name "
            "nobody. When one is lost, make a new code: the old one ends."
        )
    )
    paper.labels(address.rstrip("/") + f"/{token}/", desk_number())
    return paper.finished()
