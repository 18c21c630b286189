"""The order in which a demo city comes to be, all of it in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils.timezone import localtime

from songhe.areas.registry.api import find_middles
from songhe.core.codes import span
from songhe.core.measure import Period
from songhe.engines.access.api import SYSTEM, Scope, User, entered
from songhe.engines.indicators.api import indicators, provider_of, refresh
from songhe.kit.clock import now, today
from songhe.site.demo.alarms import cry_for_help
from songhe.site.demo.applications import apply_all
from songhe.site.demo.assessments import assess
from songhe.site.demo.bodies import bodies
from songhe.site.demo.calls import ring
from songhe.site.demo.canteens import dine
from songhe.site.demo.caring import care_for
from songhe.site.demo.cast import SHOWN, cast
from songhe.site.demo.circle import draw_circle
from songhe.site.demo.claims import claim
from songhe.site.demo.contracts import agree, tighten
from songhe.site.demo.devices import give_devices
from songhe.site.demo.doubts import doubt
from songhe.site.demo.drafts import draft
from songhe.site.demo.entitlements import entitle
from songhe.site.demo.finances import settle
from songhe.site.demo.grid import near
from songhe.site.demo.history import City
from songhe.site.demo.inspections import inspect
from songhe.site.demo.lines import ring_lines
from songhe.site.demo.messages import send_past
from songhe.site.demo.month import fill_month
from songhe.site.demo.orders import live_orders
from songhe.site.demo.payouts import pay
from songhe.site.demo.people import People
from songhe.site.demo.places import read_places
from songhe.site.demo.plans import plan_care
from songhe.site.demo.population import population
from songhe.site.demo.premises import build_premises
from songhe.site.demo.providers import add_providers
from songhe.site.demo.register import keep_register
from songhe.site.demo.rosters import roster
from songhe.site.demo.screening import screen
from songhe.site.demo.services import Services
from songhe.site.demo.settled import settled
from songhe.site.demo.stays import stay_all
from songhe.site.demo.tickets import send_cases
from songhe.site.demo.ties import tie_all
from songhe.site.demo.users import add_users
from songhe.site.ground import lay
from songhe.site.networks import Networks

Progress = Callable[[int, int, str], None]


def fill(*, people: int, seed: int, city: str, progress: Progress, streets: Path | None = None) -> bool:
    """Make the whole city; False where one is there already."""
    with entered(Scope.EVERYTHING):
        if User.objects.filter(is_demo=True).exists():
            return False
        made = _city(people=people, seed=seed, city=city, progress=progress, streets=streets)
        for done, (what, step) in enumerate(PAST):
            progress(done, len(PAST), what)
            step(made)
    return True


def _city(*, people: int, seed: int, city: str, progress: Progress, streets: Path | None) -> City:
    progress(0, 1, "Drawing the people")
    at = now()
    places = read_places(settings.DATA / "regions", city)
    if streets is not None:
        places = settled(places, Networks(streets).read(Networks(streets).names()[0]), seed=seed)
    columns = population(people, places=places, seed=seed, on=today())
    progress(0, 1, "Regions, policies and providers")
    lay(places.city, actor=SYSTEM, at=at)
    workers = min(3000, max(100, people // 45))
    made = bodies(places, workers=workers, seed=seed)
    providers = add_providers(made, places=places, at=at, seed=seed)
    load = People(columns, places=places, at=at, seed=seed)
    for done in load.load():
        progress(done, people, "People")
    find_middles(*span(int(places.city) * 10**6), at=at)
    users = add_users(cast(places, seed=seed), holders={}, at=at)
    shown = SHOWN[city] * 1_000_000
    return City(places, columns, load, providers, users, at, seed, shown)


def _assess(city: City) -> None:
    assess(city, min(90, max(24, len(city.columns) // 120)))


def _screen(city: City) -> None:
    screen(city)


def _serve(city: City) -> None:
    agree(city)
    holders = entitle(city)
    services = Services(city)
    services.serve(holders, min(140, max(40, len(city.columns) // 40)))
    fill_month(city, services.crews)
    plan_care(city, services.crews, holders)
    tighten(city)


def _ring(city: City) -> None:
    ring(city, min(160, max(30, len(city.columns) // 90)))


PLACES = "coverage_"
"""Figures of every village of the city: the present month is enough to look at."""


def _measure(city: City) -> None:
    """The figures of both months in which something happened, so that the front page shows a line and not a point."""
    day = localtime(city.at).date()
    month = Period.holding(day)
    months = [month, Period.holding(month.start - timedelta(days=1))]
    for code, definition in indicators().items():
        if provider_of(code) is not None:
            line = months[:1] if code.startswith(PLACES) else months
            for month in line if definition.period == "month" else [Period.holding(day, definition.period)]:
                refresh(code, month, at=city.at)


PAST: tuple[tuple[str, Callable[[City], None]], ...] = (
    ("Assessments", _assess),
    ("Screening", _screen),
    ("Register of sites", keep_register),
    ("Entitlements, orders and visits", _serve),
    ("Applications", apply_all),
    ("Payments", pay),
    ("Policy drafts", draft),
    ("Calls", _ring),
    ("Telephone lines", ring_lines),
    ("Cases of 12345", send_cases),
    ("Doubtful visits", doubt),
    ("Claims", claim),
    ("Settlements", settle),
    ("Ties", tie_all),
    ("Beds and stays", stay_all),
    ("Premises", build_premises),
    ("Spot checks", inspect),
    ("Canteens", dine),
    ("Devices", give_devices),
    ("Neighbours and grid", near),
    ("Friendly visits", care_for),
    ("Alarms", cry_for_help),
    ("Rosters", roster),
    ("Messages", send_past),
    ("Orders of today", live_orders),
    ("Service circle", draw_circle),
    ("Figures", _measure),
)
