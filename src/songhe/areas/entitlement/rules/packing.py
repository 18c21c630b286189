"""Arrays in a tree of dataclasses, as one flat table of named arrays and back: what a snapshot is made of."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar, get_type_hints

import numpy as np

from songhe.areas.entitlement.rules.readings import Array

T = TypeVar("T")


def flat(tree: Any, prefix: str = "") -> dict[str, Array]:
    """Every array of a dataclass by its path; words become arrays of text. What is marked as later and holds nothing is
    left out."""
    found: dict[str, Array] = {}
    for field in fields(tree):
        value, name = getattr(tree, field.name), f"{prefix}{field.name}"
        if field.metadata.get("later") and not len(value):
            continue
        if is_dataclass(value):
            found |= flat(value, f"{name}.")
        else:
            found[name] = value if isinstance(value, np.ndarray) else np.array(value, np.str_)
    return found


def built(kind: type[T], arrays: Mapping[str, Array], prefix: str = "") -> T:
    """The dataclass again. Raises KeyError where a part is lacking that is not marked as later."""
    hints = get_type_hints(kind)
    parts: dict[str, Any] = {}
    for field in fields(kind):  # type: ignore[arg-type]  # T is a dataclass
        hint, name = hints[field.name], f"{prefix}{field.name}"
        if field.metadata.get("later") and not any(one.startswith(f"{name}.") for one in arrays):
            continue
        if is_dataclass(hint):
            parts[field.name] = built(hint, arrays, f"{name}.")  # type: ignore[arg-type]
        else:
            parts[field.name] = tuple(arrays[name].tolist()) if hint == tuple[str, ...] else arrays[name]
    return kind(**parts)


def digest(arrays: Mapping[str, Array]) -> str:
    """SHA-256 over names, kinds, shapes and contents; how the file is compressed does not matter."""
    made = hashlib.sha256()
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        made.update(f"{name} {array.dtype.str} {array.shape}\n".encode())
        made.update(array.tobytes())
    return made.hexdigest()


def to_bytes(arrays: Mapping[str, Array]) -> bytes:
    """One compressed file."""
    into = io.BytesIO()
    np.savez_compressed(into, allow_pickle=False, **arrays)
    return into.getvalue()


def from_bytes(body: bytes) -> dict[str, Array]:
    """The arrays of a file. Nothing in it is executed."""
    with np.load(io.BytesIO(body), allow_pickle=False) as file:
        return {name: file[name] for name in file.files}
