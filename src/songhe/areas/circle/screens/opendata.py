"""Places of care as open data: public facts of facilities only, with the licence in the file."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from datetime import date
from io import StringIO
from typing import Any

from songhe.areas.circle.book import book
from songhe.areas.providers.api import PublicPlace, hours_line
from songhe.engines.regions.tree import full_name

FIELDS = (
    "id", "name", "kind", "services", "region", "region_name", "address", "phone", "opening", "stars", "area_m2", "capacity", "prices",
)  # fmt: skip


def facts(row: PublicPlace) -> dict[str, Any]:
    """What is given away of one place."""
    return {
        "id": str(row.id), "name": row.name, "kind": row.kind, "services": list(row.services), "region": str(row.region),
        "region_name": full_name(row.region, below=1), "address": row.address, "phone": row.phone, "opening": hours_line(row.opening),
        "stars": row.stars, "area_m2": row.area_m2, "capacity": {kind: count for kind, count in row.capacity.items() if count},
        "prices": [{"item": price.item, "fen": price.fen, "per": price.per} for price in row.prices],
    }  # fmt: skip


def geojson_of(rows: Iterable[PublicPlace], on: date) -> bytes:
    """A feature for each place; those whose place is not known have no geometry."""
    licence = book().licence
    features = [
        {
            "type": "Feature",
            "id": str(row.id),
            "geometry": {"type": "Point", "coordinates": list(row.point)} if row.point else None,
            "properties": facts(row),
        }
        for row in rows
    ]
    whole = {
        "type": "FeatureCollection", "license": licence.url, "license_en": licence.label.en, "license_zh": licence.label.zh,
        "date": on.isoformat(), "crs_note": "WGS-84 / CGCS2000", "features": features,
    }  # fmt: skip
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()


def csv_of(rows: Iterable[PublicPlace]) -> bytes:
    """A line for each place; lists are joined by semicolons."""
    body = StringIO()
    writer = csv.writer(body)
    writer.writerow([*FIELDS, "lon", "lat", "license"])
    for row in rows:
        told = facts(row)
        told["services"] = ";".join(told["services"])
        told["capacity"] = ";".join(f"{kind}={count}" for kind, count in told["capacity"].items())
        told["prices"] = ";".join(
            f"{one['item']} {one['fen'] / 100:g} {one['per']}" for one in told["prices"]
        )
        lon, lat = row.point or ("", "")
        writer.writerow([*(_plain(told[name]) for name in FIELDS), lon, lat, book().licence.url])
    return ("\ufeff" + body.getvalue()).encode()


def _plain(value: Any) -> Any:
    """Nothing that a table program would take for a formula."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return "'" + value
    return "" if value is None else value
