"""The drawing of a map sheet, as vectors."""

from __future__ import annotations

from datetime import datetime
from math import cos, floor, log10, radians
from typing import Any

import numpy as np
from django.utils.translation import gettext

from songhe.areas.circle.book import book, say
from songhe.areas.circle.queries.beneath import beneath
from songhe.areas.circle.queries.ground import Streets, streets
from songhe.areas.circle.queries.looking import Cell, cells, totals
from songhe.areas.circle.queries.shapes import METRES, outline
from songhe.areas.circle.queries.tiles import tile_lines, tiles_of
from songhe.areas.circle.screens.common import Look, basis, circle_name
from songhe.engines.regions.tree import full_name
from songhe.kit.charts import grouped
from songhe.kit.pdf import INK, LINE, SOFT, Paper
from songhe.kit.words import moment

STEPS = (0.2, 0.4, 0.6, 0.8)
RAMP = ((178, 72, 46), (224, 150, 98), (238, 214, 160), (141, 190, 160), (36, 112, 84))
FEW = (214, 210, 200)
SITE = (24, 52, 92)
STREET, WATER, BORDER = (188, 182, 168), (190, 217, 230), (140, 110, 150)
HEIGHT = 150.0


def colour_of(share: float | None) -> tuple[int, int, int]:
    """The colour of a share, from nobody to everybody."""
    return FEW if share is None else RAMP[int(np.searchsorted(STEPS, share, side="right"))]


def map_sheet(found: Look, *, at: datetime) -> bytes:
    """One sheet with what the map shows."""
    title = gettext("{service}: {circle}").format(service=say(found.kind.label), circle=circle_name())
    paper = Paper(
        title=title,
        issuer=full_name(found.ask.region.code),
        number=f"{found.ask.region.code}-{found.ask.kind}",
        at=at,
    )
    people, covered = totals(found.held, found.ask)
    paper.facts(
        [
            (gettext("Group"), found.group_name), (gettext("Within"), found.times),
            (gettext("People"), grouped(people)), (gettext("Within reach"), f"{grouped(covered)} ({covered / people:.1%})" if people else "—"),
        ]
    )  # fmt: skip
    _resolution, rows = cells(found.held, found.ask)
    frame = _Frame(paper, rows)
    _streets(paper, frame)
    for cell in rows:
        _hex(paper, frame, cell)
    _sites(paper, frame, found)
    frame.close()
    _legend(paper)
    told = basis(found.held)
    paper.note(str(told["told"]) + ("  " + str(told["attribution"]) if told["attribution"] else ""))
    paper.note(
        gettext("Drawn {moment}. Hexes in which fewer than {n} people live are grey.").format(
            moment=moment(at), n=book().fewest
        )
    )
    paper.seals([gettext("Prepared by"), gettext("Approved by (seal)")])
    return paper.finished()


class _Frame:
    """Degrees to millimetres of the sheet."""

    def __init__(self, paper: Paper, rows: list[Cell]) -> None:
        corners = np.array([point for cell in rows for point in outline(cell.code)] or [(122.0, 37.0)])
        self.paper, self.left, self.top = paper, paper.l_margin, paper.get_y()
        self.wide, self.tall = paper.epw, HEIGHT
        (west, south), (east, north) = corners.min(0), corners.max(0)
        self.stretch = cos(radians((south + north) / 2))
        self.scale = min(
            (self.wide - 8) / max((east - west) * self.stretch, 1e-3),
            (self.tall - 8) / max(north - south, 1e-3),
        )
        self.middle = ((west + east) / 2, (south + north) / 2)
        self.box = (west, south, east, north)
        half = self.wide / 2 / self.stretch / self.scale, self.tall / 2 / self.scale
        self.sheet = (
            self.middle[0] - half[0], self.middle[1] - half[1], self.middle[0] + half[0], self.middle[1] + half[1],
        )  # fmt: skip

    def at(self, lon: float, lat: float) -> tuple[float, float]:
        """Where a point lies on the paper."""
        return (
            self.left + self.wide / 2 + (lon - self.middle[0]) * self.stretch * self.scale,
            self.top + self.tall / 2 - (lat - self.middle[1]) * self.scale,
        )

    def inside(self, x: float, y: float) -> bool:
        """Whether it lies on the map."""
        return self.left <= x <= self.left + self.wide and self.top <= y <= self.top + self.tall

    def close(self) -> None:
        """The border, the scale and the arrow to the north."""
        paper = self.paper
        paper.set_draw_color(*LINE)
        paper.set_line_width(0.3)
        paper.rect(self.left, self.top, self.wide, self.tall)
        per_metre = self.scale / METRES
        most = self.wide / 4 / per_metre
        step = 10 ** floor(log10(most))
        metres = next(step * nice for nice in (5, 2, 1) if step * nice <= most)
        x, y = self.left + 5, self.top + self.tall - 5
        paper.set_fill_color(255, 255, 255)
        paper.rect(x - 2, y - 7, metres * per_metre + 4, 9, style="F")
        paper.set_draw_color(*INK)
        paper.set_line_width(0.4)
        paper.polyline([(x, y - 2), (x, y), (x + metres * per_metre, y), (x + metres * per_metre, y - 2)])
        paper.set_font("sans", size=8)
        paper.set_text_color(*INK)
        unit = (
            gettext("{n} km").format(n=grouped(round(metres / 1000)))
            if metres >= 1000
            else gettext("{n} m").format(n=round(metres))
        )
        paper.text(x, y - 3, unit)
        right, top = self.left + self.wide - 8, self.top + 5
        paper.set_fill_color(*SOFT)
        paper.polygon(
            [(right, top), (right + 2, top + 7), (right, top + 5.4), (right - 2, top + 7)], style="F"
        )
        paper.text(right - 10, top + 6, gettext("North"))
        paper.set_y(self.top + self.tall + 4)


def _hex(paper: Paper, frame: _Frame, cell: Cell) -> None:
    share = None if cell.covered is None else cell.covered / cell.people
    paper.set_fill_color(*colour_of(share))
    paper.set_draw_color(255, 255, 255)
    paper.set_line_width(0.1)
    with paper.local_context(fill_opacity=0.86):
        paper.polygon([frame.at(*point) for point in outline(cell.code)], style="DF")


def _streets(paper: Paper, frame: _Frame) -> None:
    used = streets()
    if used is None:
        return
    detail = 0 if frame.box[2] - frame.box[0] > 0.25 else 1
    with paper.rect_clip(frame.left, frame.top, frame.wide, frame.tall):
        _beneath(paper, frame, used, detail)
        paper.set_draw_color(*STREET)
        kinds, first, points = tile_lines(used, detail, tiles_of(detail, frame.sheet))
        for kind, start, stop in zip(kinds, first, first[1:], strict=False):
            paper.set_line_width(0.35 if kind == 0 else 0.12)
            paper.polyline([frame.at(lon, lat) for lon, lat in points[start:stop].tolist()])


def _beneath(paper: Paper, frame: _Frame, used: Streets, detail: int) -> None:
    """Water (islands are left white), rivers and borders, as far as the sheet reaches."""
    for shape in beneath(used, detail, frame.sheet):
        for at, part in enumerate(shape.parts):
            line = [frame.at(lon, lat) for lon, lat in part]
            if shape.layer == "water":
                paper.set_fill_color(*((255, 255, 255) if at else WATER))
                paper.polygon(line, style="F")
                continue
            border = shape.layer in ("county", "town")
            paper.set_draw_color(*(BORDER if border else WATER))
            paper.set_line_width(0.5 if shape.layer in ("river", "county") else 0.2)
            if border:
                paper.set_dash_pattern(dash=1.6, gap=0.8)
            paper.polyline(line)
            paper.set_dash_pattern()


def _sites(paper: Paper, frame: _Frame, found: Look) -> None:
    paper.set_fill_color(*SITE)
    paper.set_draw_color(255, 255, 255)
    paper.set_line_width(0.2)
    for site in found.held.cover(found.ask.kind).sites.values():
        if site.point:
            x, y = frame.at(*site.point)
            if frame.inside(x, y):
                paper.circle(x, y, 1.0, style="DF")


def _legend(paper: Paper) -> None:
    y = paper.get_y()
    x = paper.l_margin
    paper.set_font("sans", size=8)
    paper.set_text_color(*INK)
    words = ["0–20 %", "20–40 %", "40–60 %", "60–80 %", "80–100 %"]
    entries: list[tuple[Any, str]] = [
        *zip(RAMP, words, strict=True),
        (FEW, gettext("few people")),
        (SITE, gettext("Site")),
    ]
    for colour, word in entries:
        paper.set_fill_color(*colour)
        if colour is SITE:
            paper.circle(x + 2, y + 2, 1.2, style="F")
        else:
            paper.rect(x, y, 5, 4, style="F")
        paper.text(x + 6.5, y + 3.2, word)
        x += 24
    paper.set_y(y + 8)
