"""What a map shows. A state has its colour, its shape and its word, so that no reader depends on colours."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Any

from songhe.core.codes import Point
from songhe.kit.words import TONES, Label

LAT_MOST = 85.0  # nearer to a pole a flat map says nothing
KINDS = 8


@dataclass(frozen=True, kw_only=True)
class Mark:
    """One place. ``to``: an address or a row, linked where the reader may open it; ``size``: a count, drawn as an
    area; ``word``: its state in words; ``note``: its figures; ``sign``: one or two letters inside, such as a turn.

    Without a ``point`` it is named in the list beside the map only.
    """

    label: Label
    point: Point | None
    tone: str = ""
    word: Label = ""
    size: int = 0
    note: Label = ""
    to: Any = ""
    sign: str = ""

    def __post_init__(self) -> None:
        _known(self.tone, self.label)
        if self.tone and not self.word:
            raise ValueError(f"{self.label}: a colour comes with its word")
        if self.size < 0:
            raise ValueError(f"{self.label}: a size is a count")
        if self.point:
            _on_earth((self.point,), self.label)


@dataclass(frozen=True, kw_only=True)
class Line:
    """A way through at least two points; ``dashed`` for one that is only planned.

    ``kind``: ways that are no states are told apart by it, with a colour and a stroke for each of ``KINDS``.
    """

    points: tuple[Point, ...]
    label: Label = ""
    tone: str = ""
    dashed: bool = False
    kind: int | None = None

    def __post_init__(self) -> None:
        _known(self.tone, self.label)
        if self.kind is not None and (self.tone or self.dashed or not 0 <= self.kind < KINDS):
            raise ValueError(f"{self.label}: a kind is from 0 to {KINDS - 1}, without tone or dashes")
        _on_earth(self.points, self.label, least=2)


@dataclass(frozen=True, kw_only=True)
class Area:
    """The inside of a ring of at least three points, which needs not be closed."""

    points: tuple[Point, ...]
    label: Label = ""
    tone: str = ""

    def __post_init__(self) -> None:
        _known(self.tone, self.label)
        _on_earth(self.points, self.label, least=3)


Shape = Mark | Line | Area


@dataclass(frozen=True, kw_only=True)
class Map:
    """Shapes in the order in which they are laid over each other; marks always come on top.

    ``sized_by``: what the size of a mark counts. ``empty``: what to do where no mark has a known place.
    """

    title: Label
    shapes: tuple[Shape, ...]
    empty: Label
    sized_by: Label = ""

    @property
    def marks(self) -> list[Mark]:
        """All marks, with and without a place."""
        return [shape for shape in self.shapes if isinstance(shape, Mark)]

    @property
    def placed(self) -> list[Mark]:
        """Marks whose place is known, larger ones first, so that none covers a smaller one."""
        return sorted((mark for mark in self.marks if mark.point), key=lambda mark: -mark.size)

    @property
    def points(self) -> list[Point]:
        """Everything that has to fit on the map."""
        flat = [point for shape in self.shapes if not isinstance(shape, Mark) for point in shape.points]
        return [*flat, *(mark.point for mark in self.marks if mark.point)]


def _known(tone: str, label: Label) -> None:
    if tone and tone not in TONES:
        raise ValueError(f"{label}: {tone!r} is none of {', '.join(TONES)}")


def _on_earth(points: tuple[Point, ...], label: Label, *, least: int = 1) -> None:
    if len(points) < least:
        raise ValueError(f"{label}: needs {least} points")
    for lon, lat in points:
        if not (isfinite(lon) and isfinite(lat) and abs(lon) <= 180 and abs(lat) <= LAT_MOST):
            raise ValueError(f"{label}: ({lon}, {lat}) is no place")
