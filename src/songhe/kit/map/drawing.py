"""A map as SVG with its legend, and the list beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext

from songhe.kit.charts import grouped
from songhe.kit.links import address
from songhe.kit.map.flat import Flat
from songhe.kit.map.names import Name, Spot, placed
from songhe.kit.map.shapes import Area, Line, Map, Mark
from songhe.kit.words import Label

WIDTH = 720
LETTERS = (("wide", 13.0, 1.0), ("narrow", 25.0, 1.3))
"""On a phone the sheet is half as large, so letters and marks are drawn larger there: class, letters, marks (map.css)."""
LEAST, PLAIN, SIGNED = 4.5, 7.0, 10.0
DENSE = ((60, 22.0), (250, 15.0), (800, 10.0))
DENSEST = 7.0

CORNERS = {
    "info": ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),
    "warn": ((0, -1.2), (1.1, 0.8), (-1.1, 0.8)),
    "danger": ((0, -1.25), (1.25, 0), (0, 1.25), (-1.25, 0)),
}
"""Shapes of states around the middle, in their radius; the other states are circles, hollow where muted."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """The parts of a map that the template puts together."""

    title: Label
    told: str
    svg: SafeString
    legend: SafeString
    beside: SafeString
    empty: Label


def draw(given: Map) -> Drawn:
    """The map in the reader's language, with the links that the reader may follow."""
    marks, others = given.placed, len(given.marks)
    svg = _sheet(given, marks) if given.points else mark_safe("")
    told = gettext("{shown} of {all} places are shown on the map; the others are only in the list.")
    if len(marks) == others:
        told = ngettext("{all} place.", "{all} places.", others)
    told = told.format(shown=grouped(len(marks)), all=grouped(others))
    return Drawn(given.title, told, svg, _legend(given, marks), _beside(given.marks), given.empty)


def _sheet(given: Map, marks: Sequence[Mark]) -> SafeString:
    flat, reach = Flat.around(given.points, WIDTH), _reaches(marks)
    spots = [
        Spot(*flat.at(mark.point), radius, str(mark.label))
        for mark, radius in zip(marks, reach, strict=True)
        if mark.point
    ]
    parts = [_below(shape, flat) for shape in given.shapes if not isinstance(shape, Mark)]
    parts += [_mark(mark, spot) for mark, spot in zip(marks, spots, strict=True)]
    parts += [_names(spots, flat, *letters) for letters in LETTERS]
    parts += [_rule(flat), _north(flat)]
    return format_html(
        '<svg class="sheet" viewBox="0 0 {} {}" aria-hidden="true">{}</svg>',
        flat.width, flat.height, format_html_join("", "{}", ((part,) for part in parts)),
    )  # fmt: skip


def _reaches(marks: Sequence[Mark]) -> list[float]:
    """Radii: the area grows with the count, and many marks are smaller."""
    if not marks:
        return []
    most = max(mark.size for mark in marks)
    largest = next((radius for count, radius in DENSE if len(marks) <= count), DENSEST)
    plain = min(PLAIN, largest)
    return [
        max(LEAST + (largest - LEAST) * sqrt(mark.size / most) if most else plain, SIGNED if mark.sign else 0)
        for mark in marks
    ]


def _below(shape: Line | Area, flat: Flat) -> SafeString:
    path = " ".join(f"{_px(x)},{_px(y)}" for x, y in map(flat.at, shape.points))
    title = format_html("<title>{}</title>", shape.label) if shape.label else ""
    if isinstance(shape, Area):
        return format_html('<polygon class="area {}" points="{}">{}</polygon>', shape.tone, path, title)
    return format_html('<polyline class="{}" points="{}">{}</polyline>', _way(shape), path, title)


def _way(shape: Line) -> str:
    kind = "" if shape.kind is None else f"kind{shape.kind}"
    return " ".join(filter(None, ("way", "dashed" if shape.dashed else "", shape.tone, kind)))


def _mark(mark: Mark, spot: Spot) -> SafeString:
    told = ": ".join(
        filter(None, (str(mark.label), ", ".join(filter(None, (str(mark.word), str(mark.note))))))
    )
    sign = (
        format_html('<text class="sign" y="4" text-anchor="middle">{}</text>', mark.sign) if mark.sign else ""
    )
    inner = format_html("<title>{}</title>{}{}", told, _shape(mark.tone, spot.reach), sign)
    place = f"translate({_px(spot.x)} {_px(spot.y)})"
    url = address(mark.to)
    if not url:
        return format_html('<g transform="{}">{}</g>', place, inner)
    # The list beside the map has the same links: the keyboard goes through them once.
    return format_html('<a href="{}" tabindex="-1" transform="{}">{}</a>', url, place, inner)


def _shape(tone: str, radius: float) -> SafeString:
    if tone not in CORNERS:
        return format_html('<circle class="mark {}" r="{}"/>', tone, _px(radius))
    path = " ".join(f"{_px(x * radius)},{_px(y * radius)}" for x, y in CORNERS[tone])
    return format_html('<polygon class="mark {}" points="{}"/>', tone, path)


def _names(spots: Sequence[Spot], flat: Flat, css: str, size: float, grown: float) -> SafeString:
    larger = [Spot(spot.x, spot.y, spot.reach * grown, spot.name) for spot in spots]
    found: list[Name] = placed(larger, size=size, width=flat.width, height=flat.height - 2 * size)
    rows = ((_px(name.x), _px(name.y), name.anchor, name.text) for name in found)
    return format_html(
        '<g class="{}">{}</g>',
        css,
        format_html_join("", '<text x="{}" y="{}" text-anchor="{}">{}</text>', rows),
    )


def _rule(flat: Flat) -> SafeString:
    metres, long = flat.rule()
    unit, shown = (gettext("{n} km"), metres // 1000) if metres >= 1000 else (gettext("{n} m"), metres)
    return format_html(
        '<g class="scale" transform="translate(16 {})"><path d="M0 -7V0H{}V-7"/><text y="-12">{}</text></g>',
        flat.height - 14, _px(long), unit.format(n=grouped(shown)),
    )  # fmt: skip


def _north(flat: Flat) -> SafeString:
    return format_html(
        '<g class="north" transform="translate({} 14)"><path d="M0 0L7 20L0 15L-7 20Z"/>'
        '<text x="-12" y="19" text-anchor="end">{}</text></g>',
        flat.width - 18, gettext("North"),
    )  # fmt: skip


def _legend(given: Map, marks: Sequence[Mark]) -> SafeString:
    """Each state with its shape, its word and how many there are; each way and area; what the size says."""
    states = Counter((mark.tone, str(mark.word)) for mark in given.marks if mark.word)
    keys = [
        format_html("<span>{}{} <b>{}</b></span>", _key(_shape(tone, 6)), word, grouped(count))
        for (tone, word), count in states.items()
    ]
    ways = dict.fromkeys(shape for shape in given.shapes if not isinstance(shape, Mark) and shape.label)
    named = {
        (type(shape), str(shape.label), shape.tone, getattr(shape, "kind", None)): shape for shape in ways
    }
    keys += [format_html("<span>{}{}</span>", _key(_sample(shape)), shape.label) for shape in named.values()]
    most = max((mark.size for mark in marks), default=0)
    if given.sized_by and most:
        radius = max(_reaches(marks))
        keys.append(
            format_html(
                '<span><svg class="key size" viewBox="-23 -23 46 46" aria-hidden="true">{}</svg>{}: {}</span>',
                format_html('<circle class="hollow" r="{}"/>', _px(radius)),
                given.sized_by,
                grouped(most),
            )
        )
    return format_html_join("", "{}", ((key,) for key in keys))


def _sample(shape: Line | Area) -> SafeString:
    if isinstance(shape, Area):
        return format_html('<rect class="area {}" x="-8" y="-6" width="16" height="12"/>', shape.tone)
    return format_html('<path class="{}" d="M-9 0H9"/>', _way(shape))


def _key(shape: SafeString) -> SafeString:
    return format_html('<svg class="key" viewBox="-10 -10 20 20" aria-hidden="true">{}</svg>', shape)


def _beside(marks: Sequence[Mark]) -> SafeString:
    """The list in the order in which the marks were given: what the map says, for keyboard, ear and paper."""
    keys = {tone: _key(_shape(tone, 6)) for tone in {mark.tone for mark in marks}}
    where = gettext("place not known")
    lines = []
    for mark in marks:
        url = address(mark.to)
        name = format_html('<a href="{}">{}</a>', url, mark.label) if url else mark.label
        notes = [str(part) for part in (mark.word, mark.note, "" if mark.point else where) if part]
        lines.append((keys[mark.tone], name, mark.sign, " · ".join(notes)))
    return format_html_join("", "<li>{}<span>{}</span><b>{}</b><small>{}</small></li>", lines)


def _px(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
