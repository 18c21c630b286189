"""Complaints: until when each class is answered, and which consequence may follow. The numbers are a city's data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from songhe.core.flow import Span
from songhe.core.flow.calendar import build_span
from songhe.core.labels import Label
from songhe.core.sources import Data, DataError, label, part, rows, text, whole


@dataclass(frozen=True, slots=True)
class Klass:
    """One class of complaints: until when it is answered from the day it came in, and what happens when it is not."""

    code: str
    label: Label
    due: Span
    repeat: Span
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Consequence:
    """What may follow: nothing, a talk, a warning, a deduction. ``remark``: it is kept with the contract."""

    code: str
    label: Label
    remark: bool
    least_fen: int = 0
    most_fen: int = 0


@dataclass(frozen=True, slots=True)
class Complaining:
    """Classes, consequences, and the levels to which an overdue complaint rises."""

    klasses: Mapping[str, Klass]
    consequences: Mapping[str, Consequence]
    levels: tuple[Label, ...]
    usual: str
    reopens_most: int
    assumed: bool = True


def build_complaining(data: Data) -> Complaining:
    """The rules from their file; DataError names what is wrong."""
    klasses = {text(row, "code", "class"): _klass(row) for row in rows(data, "classes", "complaints")}
    usual = text(data, "usual", "complaints")
    if usual not in klasses:
        raise DataError(f"complaints: there is no class {usual}.")
    found = {
        text(row, "code", "consequence"): _consequence(row)
        for row in rows(data, "consequences", "complaints")
    }
    levels = tuple(label(row, "level") for row in rows(data, "levels", "complaints"))
    return Complaining(
        klasses,
        found,
        levels,
        usual,
        whole(data, "reopens_most", "complaints"),
        bool(data.get("assumed", True)),
    )


def _klass(row: Data) -> Klass:
    where = f"class {text(row, 'code', 'class')}"
    due, repeat = (build_span(part(row, key, where), where) for key in ("due", "again"))
    return Klass(text(row, "code", where), label(row, where), due, repeat, bool(row.get("urgent")))


def _consequence(row: Data) -> Consequence:
    code = text(row, "code", "consequence")
    least, most = (whole(row, key, code) if key in row else 0 for key in ("least_fen", "most_fen"))
    if most < least:
        raise DataError(f"consequence {code}: most_fen lies below least_fen.")
    return Consequence(code, label(row, code), bool(row.get("remark")), least, most)
