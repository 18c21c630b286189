"""The circle of a demo city: worked out, with two scenarios of the county that is shown and a search that has its answer."""

from __future__ import annotations

from datetime import timedelta

from songhe.areas.circle import actions
from songhe.areas.circle.actions import scenarios, sitings
from songhe.areas.circle.models import Goal, Scenario
from songhe.areas.circle.queries.candidates import VILLAGES
from songhe.areas.circle.queries.homes import opened
from songhe.areas.registry.api import middles
from songhe.core.codes import Point, span
from songhe.engines.access.api import SYSTEM, User
from songhe.engines.regions.models import Region
from songhe.engines.regions.tree import name_of
from songhe.site.demo.history import City, acting

SERVICE = "day_care"
BUILT, SEARCHED = 3, 5
COST_FEN = 45_000_000


def draw_circle(city: City) -> None:
    """Gather everybody's place, work the city out, and plan for the county that is shown."""
    code = int(city.places.city) * 10**6
    actions.gather(*span(code), at=city.at)
    actions.compute_now(code, actor=SYSTEM, at=city.at)
    officer = city.county_officer(city.shown)
    with acting(officer) as user:
        places = _by_people(city, user)
        if len(places) > 2 * BUILT:
            large = _scenario(city, officer, "大村优先", places[:BUILT])
            _scenario(city, officer, "偏远村优先", places[-BUILT:])
            _search(city, officer, large)


def _by_people(city: City, user: User) -> list[tuple[int, Point]]:
    """The villages of the county whose place is known, those with most people first."""
    low, high = span(city.shown)
    known = middles(user.scope(), low, high)
    region = opened().region
    counts = {code: int((region == code).sum()) for code in known}
    return [(code, known[code]) for code in sorted(known, key=lambda code: (-counts[code], code))]


def _scenario(city: City, officer: User, name: str, places: list[tuple[int, Point]]) -> Scenario:
    at = city.at - timedelta(days=2)
    made = scenarios.draft_scenario(
        actor=officer,
        at=at,
        name=name,
        kind=SERVICE,
        region=Region.objects.get(code=city.shown),
        note="2027年项目库草案",
    )
    for code, point in places:
        scenarios.add_site(
            made, actor=officer, at=at, name=f"{name_of(code)}日间照料中心", lon=str(point.lon), lat=str(point.lat),
            cost=scenarios.Fen(COST_FEN), places=20,
        )  # fmt: skip
    return made


def _search(city: City, officer: User, own: Scenario) -> None:
    asked = sitings.ask_sites(
        actor=officer, at=city.at - timedelta(days=1), region=own.region, kind=SERVICE, goal=Goal.COVER, where=VILLAGES,
        sites=SEARCHED, cost=scenarios.Fen(COST_FEN), scenario=own,
    )  # fmt: skip
    sitings.answer_now(asked, actor=officer, at=city.at, seconds=1.0).save()
