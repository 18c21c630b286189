"""The city's villages as columns: codes, weights by plausible size, made-up positions round the real county seats."""

from __future__ import annotations

import csv
import gzip
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray

# Longitude and latitude (WGS84, degrees) of the county seats and zone offices, read off a map to about a kilometre.
SEATS = {
    371002: (122.116, 37.502), 371003: (122.058, 37.193), 371071: (122.050, 37.520), 371072: (122.160, 37.430),
    371073: (122.020, 37.320), 371082: (122.487, 37.165), 371083: (121.540, 36.920),
    370811: (116.606, 35.444), 370812: (116.783, 35.553), 370826: (117.129, 34.807), 370827: (116.650, 35.012),
    370828: (116.312, 35.066), 370829: (116.342, 35.408), 370830: (116.497, 35.712), 370831: (117.251, 35.665),
    370832: (116.096, 35.802), 370871: (116.640, 35.430), 370881: (116.986, 35.581), 370883: (117.007, 35.402),
    410302: (112.469, 34.684), 410303: (112.428, 34.670), 410304: (112.500, 34.679), 410305: (112.396, 34.658),
    410307: (112.789, 34.728), 410308: (112.444, 34.826), 410311: (112.464, 34.619), 410323: (112.133, 34.728),
    410324: (111.616, 33.786), 410325: (112.085, 34.134), 410326: (112.473, 34.154), 410327: (112.180, 34.515),
    410328: (111.653, 34.389), 410329: (112.425, 34.421), 410371: (112.370, 34.640),
    410102: (113.613, 34.748), 410103: (113.640, 34.724), 410104: (113.677, 34.754), 410105: (113.660, 34.800),
    410106: (113.309, 34.803), 410108: (113.617, 34.867), 410122: (113.976, 34.719), 410171: (113.740, 34.720),
    410172: (113.560, 34.810), 410173: (113.850, 34.530), 410181: (113.023, 34.748), 410182: (113.383, 34.787),
    410183: (113.391, 34.539), 410184: (113.740, 34.396), 410185: (113.050, 34.454),
    420102: (114.309, 30.600), 420103: (114.271, 30.601), 420104: (114.215, 30.582), 420105: (114.218, 30.554),
    420106: (114.316, 30.553), 420107: (114.385, 30.640), 420111: (114.344, 30.500), 420112: (114.137, 30.620),
    420113: (114.084, 30.309), 420114: (114.029, 30.582), 420115: (114.322, 30.375), 420116: (114.376, 30.882),
    420117: (114.801, 30.842),
}  # fmt: skip
URBAN_ENDINGS = ("居委会", "居民委员会", "居委", "社区", "居民管理委员会")


@dataclass(frozen=True, slots=True)
class Places:
    """Villages of one city in code order. `weight` adds up to one; positions are degrees."""

    city: str
    code: NDArray[np.int64]
    name: list[str]
    urban: NDArray[np.bool_]
    weight: NDArray[np.float64]
    longitude: NDArray[np.float64]
    latitude: NDArray[np.float64]
    towns: dict[int, str]
    counties: dict[int, str]
    issuers: dict[int, tuple[int, ...]]

    def index(self, code: int) -> int:
        """Where a village stands in the columns."""
        at = int(np.searchsorted(self.code, code))
        if at == len(self.code) or self.code[at] != code:
            raise KeyError(code)
        return at


def read_places(folder: Path, city: str) -> Places:
    """Read `<city>.csv.gz` and `recodes.yaml` from the regions folder; weights and positions depend on the codes only."""
    with gzip.open(folder / f"{city}.csv.gz", "rt", encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    villages = [row for row in rows if row["level"] == "village"]
    code = np.array([int(row["code"]) for row in villages], np.int64)
    urban = np.array([row["name"].endswith(URBAN_ENDINGS) for row in villages])
    rng = np.random.default_rng(int(city))
    size = rng.lognormal(0.0, 0.55, len(code)) * np.where(urban, 900.0, 230.0)
    counties = {int(row["code"]): row["name"] for row in rows if row["level"] == "county"}
    longitude, latitude = _positions(code, rng)
    return Places(
        city=city,
        code=code,
        name=[row["name"] for row in villages],
        urban=urban,
        weight=size / size.sum(),
        longitude=longitude,
        latitude=latitude,
        towns={int(row["code"]): row["name"] for row in rows if row["level"] == "town"},
        counties=counties,
        issuers=_issuers(folder / "recodes.yaml", list(counties)),
    )


def address(places: Places, spot: int) -> str:
    """County, town and village names joined as addresses are written."""
    code = int(places.code[spot])
    return places.counties[code // 10**6 * 10**6] + places.towns[code // 1000 * 1000] + places.name[spot]


def _positions(
    code: NDArray[np.int64], rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Towns scatter round their county seat, villages round their town."""
    town, which = np.unique(code // 1000, return_inverse=True)
    seat = np.array([SEATS[int(t) // 1000] for t in town])
    spread = np.array(
        [0.045 if int(t) // 1000 % 100 < 20 or int(t) // 1000 % 100 > 70 else 0.10 for t in town]
    )
    centre = seat + rng.normal(0.0, 0.6, (len(town), 2)).clip(-1.2, 1.2) * spread[:, None]
    point = centre[which] + rng.normal(0.0, 0.012, (len(code), 2)).clip(-0.03, 0.03)
    return point[:, 0].round(6), point[:, 1].round(6)


def _issuers(path: Path, counties: list[int]) -> dict[int, tuple[int, ...]]:
    """For each county the six-digit codes its people's identity numbers begin with, newest first.

    Development zones are no GB/T 2260 counties: numbers there carry the code of the city's first district.
    """
    recodes = yaml.safe_load(path.read_text(encoding="utf-8"))
    older: dict[int, list[int]] = {}
    for row in recodes:
        older.setdefault(row["new"], []).append(row["old"])
    real = [county for county in counties if county // 1_000_000 % 100 not in range(70, 80)]
    table = {}
    for county in counties:
        queue, found = [county if county in real else min(real)], []
        while queue:
            code = queue.pop(0)
            found.append(code // 1_000_000)
            queue += [old for old in older.get(code, []) if old // 10**8 == county // 10**8]
        table[county] = tuple(found)
    return table
