"""Who can log in to a demo city: somebody for every role, several of them in more than one place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from pypinyin import lazy_pinyin

from songhe.site.demo.names import names
from songhe.site.demo.places import Places

SHOWN = {"371000": 371082, "370800": 370881, "410300": 410307, "410100": 410184, "420100": 420106}
"""The county of each city in which every role has somebody: Rongcheng, Qufu, Yanshi, Xinzheng, Wuchang."""

CITY_SEATS = (
    ("leader", "city_leader", "市政府 {}"),
    ("city", "city_officer", "市民政局 {}"),
    ("finance", "finance_officer", "市财政局 {}"),
    ("finance-2", "finance_officer", "市财政局 {}"),
    ("inspector", "inspector", "市民政局监督科 {}"),
    ("hotline", "hotline_agent", "12349热线 {}"),
    ("hotline2", "hotline_agent", "12349热线 {}"),
    ("assessor", "assessor", "评估员 {}"),
    ("assessor2", "assessor", "评估员 {}"),
    ("auditor", "auditor", "市审计局 {}"),
    ("admin", "administrator", "信息中心 {}"),
)


@dataclass(frozen=True, slots=True)
class Seat:
    """One log-in. `holder` names the kind of body or person the role is tied to: organisation, facility, worker, kin."""

    username: str
    role: str
    name: str
    region: int
    holder: str = ""


def county_slug(name: str, code: int) -> str:
    """A log-in name's ending for a county: pinyin where the name is short, its code for development zones."""
    return "".join(lazy_pinyin(name[:-1])) if len(name) <= 4 else str(code // 1_000_000)


def cast(places: Places, *, seed: int) -> list[Seat]:
    """All log-ins of a city, each with an invented name."""
    seats = [Seat(login, role, title, int(places.city) * 1_000_000) for login, role, title in CITY_SEATS]
    shown = SHOWN[places.city] * 1_000_000
    for code, name in places.counties.items():
        login = "county" if code == shown else f"county-{county_slug(name, code)}"
        seats.append(Seat(login, "county_officer", f"{name}民政局 {{}}", code))
    seats.append(Seat("county-2", "county_officer", f"{places.counties[shown]}民政局 {{}}", shown))
    towns = sorted(towns_by_size(places, shown), key=lambda pair: -pair[1])[:3]
    for number, (town, _) in enumerate(towns):
        end = str(number + 1) if number else ""
        seats.append(Seat(f"town{end}", "town_officer", f"{places.towns[town]} {{}}", town))
        village = max(
            np.flatnonzero(places.code // 1000 * 1000 == town),
            key=lambda at: places.weight[at],
        )
        seats.append(
            Seat(
                f"village{end}",
                "village_officer",
                f"{places.name[village]} {{}}",
                int(places.code[village]),
            )
        )
    seats.append(Seat("town-b", "town_officer", f"{places.towns[towns[0][0]]} {{}}", towns[0][0]))
    seats += bodies(shown)
    centre = Seat("county-dispatch", "county_dispatcher", f"{places.counties[shown]}服务调度中心", shown)
    houses = [
        Seat("nursing", "facility_manager", "养老院院长", shown, "facility"),
        Seat("daycare", "facility_manager", "日间照料中心主任", shown, "facility"),
    ]
    second = Seat("inspector2", "inspector", "市民政局监督科 第二检查组", int(places.city) * 1_000_000)
    whole = int(places.city) * 1_000_000
    desk = [
        Seat(f"hotline{n}", "hotline_agent", f"12349热线 {'三四五六'[n - 3]}号坐席", whole)
        for n in range(3, 7)
    ]
    desk.append(Seat("hotline-lead", "hotline_supervisor", "12349热线 值班长", whole))
    return [*named(seats, places, seed), centre, *houses, second, *desk]


def towns_by_size(places: Places, county: int) -> list[tuple[int, float]]:
    """A county's towns with their share of the city's people."""
    codes, which = np.unique(places.code // 1000 * 1000, return_inverse=True)
    share = np.bincount(which, places.weight)
    return [
        (int(code), float(part))
        for code, part in zip(codes, share, strict=True)
        if code // 10**6 * 10**6 == county
    ]


def bodies(county: int) -> list[Seat]:
    """Log-ins tied to an organisation, a facility, persons they visit or a relative."""
    return [
        Seat("manager", "organisation_manager", "{}", county, "organisation"),
        Seat("dispatcher", "dispatcher", "{}", county, "organisation"),
        Seat("worker", "worker", "{}", county, "worker"),
        Seat("worker2", "worker", "{}", county, "worker"),
        Seat("facility", "facility_manager", "{}", county, "facility"),
        Seat("volunteer", "volunteer", "志愿者 {}", county),
        Seat("family", "family", "{}", county, "kin"),
    ]


def named(seats: list[Seat], places: Places, seed: int) -> list[Seat]:
    """The seats with invented names of people of working age."""
    rng = np.random.default_rng([seed, int(places.city), 2])
    sex = rng.integers(1, 3, len(seats)).astype(np.uint8)
    made = names(sex, year=np.full(len(seats), 1972), city=places.city, rng=rng)
    return [
        Seat(seat.username, seat.role, seat.name.format(name), seat.region, seat.holder)
        for seat, name in zip(seats, made, strict=True)
    ]
