"""Names beside marks where there is room: the largest marks first, nothing over another mark or name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

CELL = 6
TRIED = 400  # of more marks only the largest may be named
LONGEST = 12  # widths of a Chinese sign


@dataclass(frozen=True, slots=True)
class Spot:
    """A mark on the sheet: its middle, its reach, its name."""

    x: float
    y: float
    reach: float
    name: str


@dataclass(frozen=True, slots=True)
class Name:
    """A name on the sheet: the ``anchor`` end of its base line."""

    x: float
    y: float
    anchor: str
    text: str


def placed(spots: Sequence[Spot], *, size: float, width: float, height: float) -> list[Name]:
    """Names in letters of a size that lie on the sheet and on nothing else."""
    taken: set[tuple[int, int]] = set()
    for spot in spots:
        reach = spot.reach + 1
        taken.update(_cells(spot.x - reach, spot.y - reach, 2 * reach, 2 * reach))
    out = []
    for spot in spots[:TRIED]:
        text = shortened(spot.name)
        for name, box in _around(spot, text, size):
            x, y, wide, tall = box
            if x < 2 or y < 2 or x + wide > width - 2 or y + tall > height - 2:
                continue
            cells = set(_cells(*box))
            if taken.isdisjoint(cells):
                taken |= cells
                out.append(name)
                break
    return out


def shortened(text: str) -> str:
    """A name of bearable length."""
    return text if _wide(text) <= LONGEST else text[: LONGEST * (1 if not text.isascii() else 2) - 1] + "…"


def _wide(text: str) -> float:
    """The width of a text in the height of its letters."""
    return sum(0.58 if sign.isascii() else 1.0 for sign in text)


def _around(spot: Spot, text: str, size: float) -> Iterator[tuple[Name, tuple[float, float, float, float]]]:
    """To the right, to the left, below, above: each with its box (left, top, width, height)."""
    wide, gap = _wide(text) * size, spot.reach + size / 3
    top, base = spot.y - size / 2, spot.y + size * 0.36
    yield Name(spot.x + gap, base, "start", text), (spot.x + gap, top, wide, size)
    yield Name(spot.x - gap, base, "end", text), (spot.x - gap - wide, top, wide, size)
    for y in (spot.y + gap + size * 0.6, spot.y - gap):
        yield Name(spot.x, y, "middle", text), (spot.x - wide / 2, y - size * 0.8, wide, size)


def _cells(x: float, y: float, wide: float, tall: float) -> Iterable[tuple[int, int]]:
    return (
        (column, row)
        for column in range(int(x // CELL), int((x + wide) // CELL) + 1)
        for row in range(int(y // CELL), int((y + tall) // CELL) + 1)
    )
