"""Loading the division tables of ``data/regions``."""

from __future__ import annotations

import csv
import gzip
from datetime import date
from pathlib import Path

import yaml
from django.db import connections
from pypinyin import Style, lazy_pinyin

from songhe.core.codes.region import level_of, parent, span
from songhe.engines.regions.models import Recode, Region


def load_table(path: Path, *, using: str = "default") -> int:
    """Read one table and bring the tree up to it; returns how many rows it has."""
    return put(read_table(path), using=using)


def read_table(path: Path) -> list[Region]:
    """The regions of a ``.csv.gz`` or ``.csv`` (code, name, urban_rural). KeyError or ValueError where it is none."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8-sig", newline="") as lines:
        return [_region(row) for row in csv.DictReader(lines)]


def put(rows: list[Region], *, using: str = "default") -> int:
    """Bring the tree up to these regions; a region's parent is among them or in the tree."""
    with connections[using].cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    Region.objects.using(using).bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "pinyin", "setting"],
        batch_size=2000,
    )
    return len(rows)


def _region(row: dict[str, str]) -> Region:
    code = int(row["code"])
    setting = row.get("urban_rural") or ""
    return Region(
        code=code,
        upper=span(code)[1],
        name=row["name"],
        pinyin="".join(lazy_pinyin(row["name"], style=Style.NORMAL))[:240],
        level=level_of(code),
        parent_id=parent(code),
        setting=int(setting) if setting else None,
    )


def load_recodes(path: Path, *, using: str = "default") -> int:
    """Read ``recodes.yaml``: old, new, since, kind, source, verified."""
    rows = yaml.safe_load(path.read_text(encoding="utf-8")) or []
    Recode.objects.using(using).bulk_create(
        [
            Recode(
                old=int(row["old"]),
                new=int(row["new"]),
                on=row["since"] if isinstance(row["since"], date) else date.fromisoformat(str(row["since"])),
                kind=row["kind"],
                source=row["source"],
                verified=bool(row.get("verified", False)),
            )
            for row in rows
        ],
        ignore_conflicts=True,
    )
    return len(rows)
