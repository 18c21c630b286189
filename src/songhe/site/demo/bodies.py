"""Organisations of a demo city and the care workers they employ, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from songhe.core.codes.credit_code import check_sign, organisation_check_sign
from songhe.site.demo.cast import SHOWN
from songhe.site.demo.names import names
from songhe.site.demo.places import Places
from songhe.site.demo.stock import Site, stock

CHAINS = ("康养集团", "颐养集团", "福寿康养老集团", "松鹤康养中心", "慈孝养老集团", "康宁医养集团")
CHAIN_SITES = 4
BRANDS = ("幸福到家", "康乐邻里", "孝心护航", "银龄乐", "暖阳居家", "安颐")
SKILLS = (
    (("care", "home"), 0.40),
    (("senior_care",), 0.16),
    (("home",), 0.14),
    (("nurse", "health"), 0.08),
    (("rehab",), 0.05),
    (("cook", "home"), 0.07),
    (("company", "social"), 0.07),
    (("retrofit", "fitter"), 0.03),
)


@dataclass(slots=True)
class Body:
    """An organisation with its sites; `region` is a 12-digit code."""

    name: str
    region: int
    kinds: list[str]
    code: str
    sites: list[Site] = field(default_factory=list)
    staff: list[Hand] = field(default_factory=list)


@dataclass(slots=True)
class Hand:
    """A care worker; `spot` is the base as an index into `Places`."""

    name: str
    sex: str
    spot: int
    skills: tuple[str, ...]
    phone: str


def credit_code(prefix: str, number: int) -> str:
    """A formally valid unified social credit code (GB 32100) of a made-up body; `prefix` is its first eight signs."""
    body = f"MJ{number:06d}"
    first17 = prefix + body + organisation_check_sign(body)
    return first17 + check_sign(first17)


def bodies(places: Places, *, workers: int, seed: int) -> list[Body]:
    """Every organisation: home services in each county first, then those that run sites, then city-wide ones."""
    rng = np.random.default_rng([seed, int(places.city), 4])
    made = [
        _body(f"{label}{brand}养老服务有限公司", county, "home", at=len(BRANDS) * number + place)
        for number, (county, label) in enumerate(places.counties.items())
        for place, brand in enumerate(BRANDS[: 3 if county // 10**6 == SHOWN[places.city] else 2])
    ]
    _employ(made, places, workers=workers, rng=rng)
    made += _operators(stock(places), places)
    city = int(places.city) * 10**6
    made.append(_body("12349养老服务热线中心", city, "call_centre", at=9001))
    made += [
        _body(f"{label}老年人能力评估中心", city, "assessment", at=9002 + n)
        for n, label in enumerate(("康正", "明德"))
    ]
    made.append(_body("安居适老化改造工程有限公司", city, "retrofit", at=9005))
    return made


def _body(name: str, region: int, *kinds: str, at: int) -> Body:
    """`at` numbers the bodies of a city; companies are registered by market supervision, others by civil affairs."""
    prefix = "91" if name.endswith(("公司", "集团")) else "52"
    return Body(name, region, list(kinds), credit_code(f"{prefix}{region // 10**6:06d}", at))


def _employ(employers: list[Body], places: Places, *, workers: int, rng: np.random.Generator) -> None:
    """Spread workers over the employers by the people of their counties, at least one of every skill set each."""
    share = np.array([places.weight[places.code // 10**6 == e.region // 10**6].sum() for e in employers])
    for employer, part in zip(employers, share / share.sum(), strict=True):
        count = max(len(SKILLS), round(workers * float(part)))
        more = rng.choice(len(SKILLS), count - len(SKILLS), p=[rate for _, rate in SKILLS])
        kinds = [*range(len(SKILLS)), *map(int, more)]
        here = np.flatnonzero(places.code // 10**6 == employer.region // 10**6)
        spots = rng.choice(here, count, p=places.weight[here] / places.weight[here].sum())
        sex = np.where(rng.random(count) < 0.86, 2, 1).astype(np.uint8)
        called = names(sex, year=rng.integers(1964, 1985, count), city=places.city, rng=rng)
        for kind, spot, who, name in zip(kinds, spots, sex, called, strict=True):
            phone = f"1{rng.choice([35, 38, 39, 50, 58, 86])}{rng.integers(0, 10**8):08d}"
            employer.staff.append(
                Hand(str(name), "m" if who == 1 else "f", int(spot), SKILLS[kind][0], phone)
            )


def _operators(sites: list[Site], places: Places) -> list[Body]:
    """Who runs the sites: chains of up to four homes, the county for its public homes, one body per town for the rest."""
    groups: dict[tuple[int, str], Body] = {}
    homes: dict[int, int] = {}
    for site in sites:
        code = int(places.code[site.spot])
        county, town = code // 10**6 * 10**6, code // 10**3 * 10**3
        label = places.counties[county]
        kinds: tuple[str, ...]
        if not site.beds:
            key, kinds = (town, f"{places.towns[town]}养老服务站"), ("community", "meals")
        elif not site.social:
            key, kinds = (county, f"{label}社会福利中心"), ("residential",)
        else:
            number = homes.get(county, 0) // CHAIN_SITES
            homes[county] = homes.get(county, 0) + 1
            turn = f"第{number // len(CHAINS) + 1}" if number >= len(CHAINS) else ""
            key, kinds = (county, f"{label}{turn}{CHAINS[number % len(CHAINS)]}"), ("residential",)
        if key not in groups:
            groups[key] = _body(key[1], key[0], *kinds, at=1000 + len(groups))
        _tell_apart(site, groups[key], places.towns[town])
        groups[key].sites.append(site)
    return list(groups.values())


def _tell_apart(site: Site, body: Body, town: str) -> None:
    """Two villages of one name, or a village and a community of it, may have the same kind of site under one body."""
    taken = {other.name for other in body.sites if other.kind == site.kind}
    plain = site.name
    for number in range(1, len(taken) + 2):
        if site.name not in taken:
            return
        site.name = f"{town}{plain}" if number == 1 else f"{town}{plain}({number})"
