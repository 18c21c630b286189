"""Tables of streets: a row each, with two ends (``lon1 lat1 lon2 lat2``) or a line (``wkt``)."""

from __future__ import annotations

import csv
from codecs import getincrementaldecoder
from collections.abc import Callable, Sequence
from itertools import chain, pairwise
from os import SEEK_END
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from songhe.core.reach import Streets
from songhe.core.refusal import Refused
from songhe.edges.networks.lines import Lines, columns

Array = NDArray[Any]
ENDS = {
    "lon1": ("lon1", "from_lon", "x1", "起点经度"),
    "lat1": ("lat1", "from_lat", "y1", "起点纬度"),
    "lon2": ("lon2", "to_lon", "x2", "终点经度"),
    "lat2": ("lat2", "to_lat", "y2", "终点纬度"),
    "wkt": ("wkt", "geometry", "geom", "线"),
}
ENCODINGS = ("utf-8-sig", "gb18030")
SAID_EVERY = 200_000


def read(file: Path, told: Callable[[str], None]) -> Streets:
    """The streets of a table."""
    lines, unended = Lines(), not _ended(file)
    with file.open(encoding=_encoding(file), errors="replace", newline="") as content:
        rows = csv.reader(content)
        head = next(rows, [])
        where = columns(head, ENDS)
        if "wkt" not in where and not {"lon1", "lat1", "lon2", "lat2"} <= set(where):
            raise Refused(
                "network.columns",
                "{file} needs the columns lon1, lat1, lon2, lat2 (both ends of a street) or wkt (its line). Others that are read: "
                "metres, minutes, name, kind, oneway, foot, wheelchair, cycle, car, barrier, slope.",
                file=file.name,
            )
        try:
            for number, (row, after) in enumerate(pairwise(chain(rows, [None])), 2):
                if number % SAID_EVERY == 0:
                    told(f"{number:,} rows")
                lines.cut = unended and after is None and 0 < len(row or ()) < len(head)
                if row and any(row) and not lines.cut:
                    _add(lines, number, row, where)
        except csv.Error as error:
            raise Refused(
                "network.unreadable_table", "{file}, line {line}: not readable as a table ({why}).",
                file=file.name, line=rows.line_num, why=str(error),
            ) from error  # fmt: skip
    return lines.streets()


def _ended(file: Path) -> bool:
    """Whether the last line has its end."""
    with file.open("rb") as content:
        content.seek(max(content.seek(0, SEEK_END) - 1, 0))
        return content.read(1) in b"\r\n"


def _encoding(file: Path) -> str:
    """The first that fits; a sign that the end of the file cuts through does not speak against it."""
    for one in ENCODINGS:
        try:
            decoder = getincrementaldecoder(one)()
            with file.open("rb") as content:
                while piece := content.read(1 << 20):
                    decoder.decode(piece)
            return one
        except UnicodeDecodeError:
            continue
    raise Refused(
        "network.encoding", "{file} is neither UTF-8 nor GB 18030. Save it as UTF-8.", file=file.name
    )


def _add(lines: Lines, number: int, row: Sequence[str], where: dict[str, int]) -> None:
    said = {name: row[place] if place < len(row) else "" for name, place in where.items()}
    try:
        points = _line(said["wkt"]) if "wkt" in said else _ends(said)
    except (ValueError, shapely.errors.ShapelyError):
        lines.wrong.append(number)
        return
    for part in points:
        lines.add(number, part, said)


def _ends(said: dict[str, str]) -> list[Array]:
    return [
        np.array([[float(said["lon1"]), float(said["lat1"])], [float(said["lon2"]), float(said["lat2"])]])
    ]


def _line(text: str) -> list[Array]:
    shape = shapely.from_wkt(text)
    if shape is None or shape.geom_type not in {"LineString", "MultiLineString"}:
        raise ValueError(text)
    return [shapely.get_coordinates(part) for part in shapely.get_parts(shape)]
