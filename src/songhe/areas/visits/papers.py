"""The sheet of a home's tag: what is told to whoever puts it up, and the part that is cut out and stuck to the door."""

from __future__ import annotations

from datetime import datetime

import segno
from django.utils.translation import gettext

from songhe.areas.visits.models import HomeTag
from songhe.core.visiting import shown_code
from songhe.engines.regions.tree import full_name
from songhe.engines.vault.api import reveal
from songhe.kit.pdf import INK, LINE, Paper
from songhe.kit.words import moment

SIDE = 70
"""The printed code, in millimetres."""


class Sheet(Paper):
    """One tag on one page."""

    def tag(self, address: str, code: str) -> None:
        """The part to be cut out: the code, and its short form for typing. It names nobody."""
        top, left = self.get_y() + 6, (self.w - SIDE - 24) / 2
        self.set_draw_color(*LINE)
        self.set_dash_pattern(1.5, 1.5)
        self.rect(left, top, SIDE + 24, SIDE + 42)
        self.set_dash_pattern()
        rows = tuple(segno.make(address, error="m", micro=False).matrix)
        unit = SIDE / len(rows)
        self.set_fill_color(*INK)
        for y, row in enumerate(rows):
            for x, dark in enumerate(row):
                if dark:
                    self.rect(left + 12 + x * unit, top + 10 + y * unit, unit + 0.02, unit + 0.02, style="F")
        self.set_text_color(*INK)
        for size, text, below in (
            (18, code, 14),
            (10, gettext("Scan on arrival, or type the code"), 24),
        ):
            self.set_font("sans", size=size)
            self.set_xy(left, top + SIDE + below)
            self.cell(SIDE + 24, 8, text, align="C")
        self.set_y(top + SIDE + 48)


def sheet(tag: HomeTag, name: str, address: str, *, at: datetime) -> bytes:
    """The sheet as a PDF file. ``address`` is what the code leads to, without the token."""
    token = reveal(tag.person_id, tag.token_sealed)
    whole = f"{address}?tag={token}"
    paper = Sheet(title=gettext("Home tag"), issuer=gettext("Songhe"), number=shown_code(token), at=at)
    paper.facts(
        [
            (gettext("Person"), name),
            (gettext("Region"), full_name(tag.region_id, below=2)),
            (gettext("Issued at"), moment(tag.issued_at)),
            (gettext("Tag issued by"), tag.issued_by),
        ]
    )
    paper.note(
        gettext(
            "Stick it inside the home, beside the door. A tag that is lost, torn or copied is replaced at once; the old "
            "one then proves nothing."
        )
    )
    paper.tag(whole, shown_code(token))
    paper.note(gettext("For an NFC sticker, write this address: {address}").format(address=whole))
    return paper.finished()
