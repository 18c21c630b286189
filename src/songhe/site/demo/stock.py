"""The facilities of a demo city, in the numbers that its own reports print.

Weihai: 160 institutions with 38,366 beds, 21,360 of them nursing beds, 297 day-care centres, 430 happiness homes,
37 medical-care sites, 507 canteens in Rongcheng, 111 dining tables in Rushan, 55 mutual-aid points in Wendeng.
Jining: 1,284 = 222 + 179 + 696 + 53 + 134 and 67,000 beds. Luoyang: its goals for 2023. Zhengzhou prints no numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from songhe.site.demo.places import Places

ENDINGS = ("社区居民委员会", "社区居委会", "居民委员会", "村民委员会", "居委会", "村委会", "社区", "居委")
NAMES = {
    "nursing_home": "养老院",
    "township_home": "敬老院",
    "day_care": "日间照料中心",
    "care_station": "养老照料站",
    "rehabilitation": "老年康复中心",
    "comprehensive": "乐养居",
    "demonstration": "示范性社区养老服务中心",
    "happiness_home": "农村幸福院",
    "mutual_point": "睦邻互助点",
    "canteen": "暖心食堂",
    "dining_table": "幸福餐桌",
    "medical_care": "医养结合服务站",
    "geriatric": "区域老年医疗中心",
}


@dataclass(frozen=True, slots=True)
class Line:
    """So many sites of a kind; `county`: only there (six digits); `urban`: only in communities or only in villages."""

    kind: str
    count: int
    county: int | None = None
    urban: bool | None = None
    beds: int = 0
    nursing: int = 0


STOCK: dict[str, tuple[Line, ...]] = {
    "371000": (
        Line("nursing_home", 118, beds=31_006, nursing=18_420),
        Line("township_home", 42, urban=False, beds=7_360, nursing=2_940),
        Line("day_care", 297, urban=True),
        Line("happiness_home", 430, urban=False),
        Line("medical_care", 37),
        Line("canteen", 507, county=371082, urban=False),
        Line("dining_table", 111, county=371083, urban=False),
        Line("mutual_point", 55, county=371003, urban=False),
    ),
    "370800": (
        Line("nursing_home", 150, beds=52_000, nursing=28_600),
        Line("township_home", 72, urban=False, beds=15_000, nursing=6_000),
        Line("day_care", 179, urban=True),
        Line("happiness_home", 696, urban=False),
        Line("demonstration", 53, urban=True),
        Line("canteen", 134),
    ),
    "410300": (
        Line("nursing_home", 9, beds=1_800, nursing=1_100),
        Line("township_home", 134, urban=False, beds=16_080, nursing=6_432),
        Line("comprehensive", 300, urban=True),
        Line("happiness_home", 1_919, urban=False),
        Line("geriatric", 1, urban=True),
    ),
    "410100": (
        Line("nursing_home", 120, beds=24_000, nursing=13_200),
        Line("township_home", 78, urban=False, beds=9_360, nursing=3_744),
        Line("care_station", 260, urban=True),
        Line("day_care", 210, urban=True),
        Line("rehabilitation", 24),
        Line("happiness_home", 320, urban=False),
    ),
    "420100": (
        Line("nursing_home", 210, beds=52_000, nursing=30_000),
        Line("township_home", 60, urban=False, beds=7_200, nursing=3_000),
        Line("comprehensive", 160, urban=True),
        Line("day_care", 430, urban=True),
        Line("canteen", 440, urban=True),
    ),
}
SOCIAL = {
    "371000": 153
}  # institutions not run by their public owner: 153 of 160 is the 95.6 % that Weihai reports


@dataclass(slots=True)
class Site:
    """One facility: where it stands as an index into `Places`, and what it has."""

    kind: str
    spot: int
    name: str
    beds: int = 0
    nursing: int = 0
    social: bool = True
    extra: dict[str, int] = field(default_factory=dict)


def stock(places: Places) -> list[Site]:
    """Every facility of the city; the same for every seed."""
    rng = np.random.default_rng([int(places.city), 3])
    sites = [site for line in STOCK[places.city] for site in _line(line, places, rng)]
    institutions = [site for site in sites if site.beds]
    for site in institutions[SOCIAL.get(places.city, round(len(institutions) * 0.9)) :]:
        site.social = False
    return sites


def stem(name: str) -> str:
    """A committee's place name without what kind of committee it is."""
    for ending in ENDINGS:
        if name.endswith(ending) and name != ending:
            return name.removesuffix(ending)
    return name


def split(total: int, weights: NDArray[np.float64]) -> NDArray[np.int64]:
    """Whole parts of a total by weight; they add up to it (largest remainders)."""
    ideal = total * weights / weights.sum()
    parts: NDArray[np.int64] = np.floor(ideal).astype(np.int64)
    order = np.argsort(parts - ideal, kind="stable")
    parts[order[: total - int(parts.sum())]] += 1
    return parts


def _line(line: Line, places: Places, rng: np.random.Generator) -> list[Site]:
    fits = np.ones(len(places.code), bool)
    if line.county:
        fits &= places.code // 10**6 == line.county
    if line.urban is not None and (fits & (places.urban == line.urban)).sum() >= line.count:
        fits &= places.urban == line.urban
    spots = np.flatnonzero(fits)
    chosen = rng.choice(spots, line.count, replace=False, p=places.weight[spots] / places.weight[spots].sum())
    beds = split(line.beds, 0.4 + rng.random(line.count)) if line.beds else np.zeros(line.count, np.int64)
    nursing = split(line.nursing, beds.astype(np.float64)) if line.nursing else np.zeros(line.count, np.int64)
    return [
        Site(line.kind, int(spot), stem(places.name[spot]) + NAMES[line.kind], int(bed), int(nurse))
        for spot, bed, nurse in zip(chosen, beds, nursing, strict=True)
    ]
