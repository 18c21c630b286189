"""A network as one file: a line of marks, a header in JSON, the columns packed one after the other, and a hash of it all.

Nothing in it is run when it is read. A file that was cut short or altered is refused before anything of it is used.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from hashlib import sha256
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from songhe.core.reach.basemap import Basemap
from songhe.core.reach.findings import Finding
from songhe.core.reach.network import Network
from songhe.core.reach.profile import KINDS
from songhe.core.refusal import Refused

Array = NDArray[Any]
MARK = b"SONGHE STREETS 1\n"
DIGEST = 32
COLUMNS = {
    "lon": "<i4", "lat": "<i4", "tail": "<i4", "head": "<i4", "first": "<i4", "open": "|u1", "kind": "|u1", "barrier": "|u1",
    "name": "<i4", "inner_lon": "<i4", "inner_lat": "<i4", "metres": "<f8", "slope": "<f4", "minutes": "<f8",
}  # fmt: skip
"""What is kept, in this order, and in which form."""
BASE = {"base.layer": "|u1", "base.end": "<i4", "base.lon": "<i4", "base.lat": "<i4"}
"""What is drawn beneath; older files have none of it."""
STEPS = ("tail", "first", "inner_lon", "inner_lat", "base.end", "base.lon", "base.lat")
"""Kept as differences, which pack better: one value is near the one before."""
MOST = 4 << 30


def dump(network: Network, *, about: Mapping[str, str] | None = None) -> bytes:
    """A network as a file's content."""
    packed, sizes, lengths = [], {}, {}
    for name, form in (COLUMNS | BASE).items():
        column = attrgetter(name)(network)
        plain = (np.diff(column, prepend=column.dtype.type(0)) if name in STEPS else column).astype(form)
        packed.append(zlib.compress(np.ascontiguousarray(plain).tobytes(), 4))
        sizes[name], lengths[name] = len(packed[-1]), len(column)
    head = {
        "about": dict(network.about if about is None else about),
        "kinds": list(KINDS),
        "names": list(network.names),
        "packed": sizes,
        "length": lengths,
        "findings": [
            [one.code, one.count, one.lon, one.lat, list(one.rows), one.metres, one.further]
            for one in network.findings
        ],
    }
    text = zlib.compress(json.dumps(head, ensure_ascii=False).encode(), 6)
    body = MARK + len(text).to_bytes(8, "big") + text + b"".join(packed)
    return body + sha256(body).digest()


def load(content: bytes, *, name: str = "") -> Network:
    """The network in a file's content; ``name`` is the file's, for what is said if it cannot be read."""
    head, place = _head(content, name)
    if sha256(memoryview(content)[:-DIGEST]).digest() != content[-DIGEST:]:
        wanted = place + sum(int(size) for size in head["packed"].values()) + DIGEST
        raise _cut(name, len(content), wanted) if len(content) < wanted else _altered(name)
    try:
        return _read(content, head, place)
    except (KeyError, TypeError, ValueError, zlib.error, IndexError) as error:
        raise _altered(name) from error


def about(content: bytes, *, name: str = "") -> dict[str, str]:
    """Where a stored network comes from, out of the beginning of its file."""
    found = _head(content, name)[0]["about"]
    return {str(key): str(value) for key, value in found.items()}


def _head(content: bytes, name: str) -> tuple[dict[str, Any], int]:
    if not content.startswith(MARK):
        raise Refused(
            "network.not_ours",
            "{file} is not a stored street network. Import streets with: songhe network import FILE --frame wgs84",
            file=name,
        )
    begin = len(MARK) + 8
    size = int.from_bytes(content[len(MARK) : begin], "big")
    if len(content) < begin + size:
        raise _cut(name, len(content), begin + size + DIGEST)
    try:
        unpack = zlib.decompressobj()
        head = json.loads(unpack.decompress(content[begin : begin + size], MOST))
        if not isinstance(head["packed"], dict) or not isinstance(head["about"], dict):
            raise _altered(name)
    except (ValueError, KeyError, TypeError, zlib.error) as error:
        raise _altered(name) from error
    return head, begin + size


def _read(content: bytes, head: Mapping[str, Any], place: int) -> Network:
    columns: dict[str, Any] = {}
    forms = COLUMNS | (BASE if "base.end" in head["packed"] else {})
    for name, form in forms.items():
        size, length = int(head["packed"][name]), int(head["length"][name])
        kind = np.dtype(form)
        plain = zlib.decompressobj().decompress(content[place : place + size], length * kind.itemsize + 1)
        column = np.frombuffer(plain, kind).copy()
        if len(column) != length:
            raise ValueError(name)
        columns[name] = np.cumsum(column, dtype=kind) if name in STEPS else column
        place += size
    kinds = [KINDS.index(kind) if kind in KINDS else 0 for kind in head["kinds"]]
    columns["kind"] = np.array(kinds, np.uint8)[columns["kind"]]
    base = Basemap(**{name.removeprefix("base."): columns.pop(name) for name in BASE if name in columns})
    network = Network(
        **columns,
        names=tuple(str(one) for one in head["names"]),
        findings=tuple(_finding(one) for one in head["findings"]),
        about={str(key): str(value) for key, value in head["about"].items()},
        base=base,
    )
    _sound(network)
    return network


def _finding(row: list[Any]) -> Finding:
    code, count, lon, lat, rows, metres, *further = (
        row  # networks of earlier versions tell the first place alone
    )
    places = tuple((float(x), float(y)) for x, y in (further[0] if further else ()))
    return Finding(str(code), int(count), lon, lat, tuple(int(one) for one in rows), float(metres), places)


def _sound(network: Network) -> None:
    """Raise where columns do not belong together."""
    streets, pieces, crossings = network.streets, network.pieces, network.crossings
    per_street = (network.head, network.open, network.kind, network.barrier, network.name)
    good = (
        all(len(column) == streets for column in per_street)
        and len(network.first) == streets + 1
        and int(network.first[0]) == 0
        and int(network.first[-1]) == pieces
        and len(network.lat) == crossings
        and len(network.inner_lon) == len(network.inner_lat) == pieces - streets
        and len(network.slope) in (0, pieces)
        and len(network.minutes) in (0, pieces)
        and network.base.sound
    )
    if good and streets:
        ends = np.concatenate([network.tail, network.head])
        good = (
            bool((np.diff(network.first) > 0).all())
            and 0 <= int(ends.min()) <= int(ends.max()) < crossings
            and 0 <= int(network.name.min()) <= int(network.name.max()) < len(network.names)
            and bool((network.metres >= 0).all())
        )
    if not good:
        raise ValueError("columns")


def _cut(name: str, size: int, wanted: int) -> Refused:
    return Refused(
        "network.cut",
        "The street network {file} is truncated: only {size} of {wanted} bytes are present. Import the streets again.",
        file=name,
        size=size,
        wanted=wanted,
    )


def _altered(name: str) -> Refused:
    return Refused(
        "network.altered",
        "The street network {file} has been altered: its content does not match its hash. Import the streets again.",
        file=name,
    )
