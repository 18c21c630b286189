"""The rules of the national voucher, as ``data/nation/national_voucher.yaml`` and the city's ``vouchers.yaml`` say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from songhe.core.labels import Label
from songhe.core.sources import Data, DataError, day, label, part, read, whole
from songhe.kit.words import is_chinese


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of service that a voucher pays, and by which words of the platform it is known."""

    code: str
    label: Label
    words: tuple[str, ...]

    def __str__(self) -> str:
        return self.label.zh if is_chinese() else self.label.en


@dataclass(frozen=True, slots=True)
class Voucher:
    """The rules. ``most_fen``: for a person in a month; ``least`` and ``most``: percent of a bill. ``tags`` and
    ``benefits`` are comparable full support. ``assumed``: which of them no text confirms."""

    since: date
    most_fen: int
    least: int
    most: int
    kinds: Mapping[str, Kind]
    tags: frozenset[str]
    benefits: frozenset[str]
    assumed: frozenset[str]


def the_voucher() -> Voucher:
    """The rules that hold in this city."""
    return _voucher(
        settings.DATA / "nation/national_voucher.yaml",
        settings.DATA / "cities" / settings.CITY / "vouchers.yaml",
    )


@lru_cache(maxsize=8)
def _voucher(nation: Path, city: Path) -> Voucher:
    return build(_data(nation), _data(city) if city.is_file() else {}, nation.name)


def _data(path: Path) -> Data:
    return read(path.read_text(encoding="utf-8"), name=path.name).data


def build(nation: Data, city: Data, name: str) -> Voucher:
    """The rules from plain data; DataError names what is missing or wrong."""
    share, cap = part(nation, "share", name), part(nation, "most_fen", name)
    least, most = whole(share, "least", name), whole(share, "most", name)
    if not 0 < least <= most <= 100:
        raise DataError(f"{name}, share: least and most must be percents, the first not above the second.")
    support: dict[str, Any] = dict(nation.get("comparable") or {})
    own: dict[str, Any] = dict(city.get("comparable") or {})
    told = {
        "share": share,
        "most_fen": cap,
        "tags": support,
        "benefits": own,
    }
    return Voucher(
        day(nation, "since", name),
        whole(cap, "value", name),
        least,
        most,
        {
            code: Kind(code, label(row, f"{name}, {code}"), tuple(row.get("words") or ()))
            for code, row in part(nation, "kinds", name).items()
        },
        frozenset(support.get("tags") or ()),
        frozenset(own.get("benefits") or ()),
        frozenset(code for code, row in told.items() if row.get("assumed")),
    )


def kind_text(code: str) -> str:
    """A kind of service in the language of the page; the code where the file no longer knows it."""
    found = the_voucher().kinds.get(code)
    return str(found) if found else code
