"""What a city stands on before its first person: its regions down to the village, its policies, the desk's articles."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from songhe.areas.hotline.api import load_knowledge
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor
from songhe.engines.acts.api import record_bulk
from songhe.engines.policies.api import folders, load_pack
from songhe.engines.regions.load import load_recodes, put, read_table
from songhe.engines.regions.models import Region

PACKS = {
    "371000": "weihai",
    "370800": "jining",
    "410300": "luoyang",
    "410100": "zhengzhou",
    "420100": "wuhan",
}
"""The folder of each city's own data; where there is none yet, the nation's stands alone."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What was loaded: rows of the region table, and policies in the library."""

    regions: int
    policies: int


def tables() -> dict[str, Path]:
    """The region tables that Songhe brings, by the city's six digits."""
    return {path.name[:6]: path for path in sorted((settings.DATA / "regions").glob("*.csv.gz"))}


def lay(city: str, *, actor: Actor, at: datetime, table: Path | None = None) -> Ground:
    """Bring the regions and policies of a city up to their files; loading them again changes nothing."""
    path = table or tables().get(city)
    if not re.fullmatch(r"\d{6}", city) or path is None:
        raise Refused(
            "city.unknown",
            "There is no region table for {city}. Known: {known}. Name a table of your own with --table.",
            city=city,
            known=", ".join(tables()),
        )
    count = put(_sound(_read(path), int(city) * 1_000_000, path))
    load_recodes(settings.DATA / "regions/recodes.yaml")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    record_bulk(
        "regions.load", model=Region, count=count, digest=digest, actor=actor, at=at,
        region_id=int(city) * 1_000_000,
    )  # fmt: skip
    load_knowledge(int(city) * 1_000_000, actor=actor, at=at)
    pack = folders(PACKS.get(city, settings.CITY))
    return Ground(count, len(load_pack(*pack, actor=actor, at=at)))


def _read(path: Path) -> list[Region]:
    try:
        return read_table(path)
    except (OSError, KeyError, ValueError, EOFError) as fault:
        raise Refused(
            "city.table",
            "The region table {file} cannot be read ({why}). It is a CSV, or CSV in gzip, with the columns code, name "
            "and urban_rural, one row for each region from the province down.",
            file=path.name,
            why=f"{type(fault).__name__}: {fault}",
        ) from fault


def _sound(rows: list[Region], city: int, path: Path) -> list[Region]:
    codes = {row.code for row in rows}
    if city not in codes:
        raise Refused(
            "city.other", "The region table {file} holds no row {city}. Is it another city's?",
            file=path.name, city=city,
        )  # fmt: skip
    known = codes | set(
        Region.objects.filter(code__in={row.parent_id for row in rows}).values_list("code", flat=True)
    )
    for row in rows:
        if row.parent_id is not None and row.parent_id not in known:
            raise Refused(
                "city.orphan",
                "In the region table {file}, {region} lies in {parent}, which has no row. Add it.",
                file=path.name, region=row.code, parent=row.parent_id,
            )  # fmt: skip
    return rows
